"""The runs that the diagnosis is tested on: sound configurations, and the same with one cause of trouble put in.

Thresholds were set on the groups calibration, development and the eight rehearsals; the latter were reporting groups
of earlier freezes, and joined the others when they had been seen. The fifth has the tables of the fourth with other
seeds and rates, for the causes that two loss curves can show; those after it have other tables, and more runs of those
causes; the eighth and reporting have other activations, normalizations and seeds as well. Reporting has more tables of
regression with few rows, from which most gaps come. Plain perceptrons are in all, since some troubles belong to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.diagnosis_tables import TABLES, digest
from trainers import RunConfig

Changes = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Base:
    """A sound configuration of one model family on one data set; depth: where a deep stack can be built."""

    group: str
    data: str
    model: str
    changes: Mapping[str, Any]

    @property
    def config(self) -> RunConfig:
        named = {"data.name": self.data, "model.name": self.model, "watch.pictures": False, **self.changes}
        first = {"data.name": self.data}
        if self.data == "csv":
            named["data.file"] = digest(named["data.file"])
            first["data.task"] = named["data.task"]
        return RunConfig().changed(first).changed(named)

    @property
    def family(self) -> str:
        """The model's name; a perceptron with residual connections or normalization is another kind of network."""
        if self.changes.get("model.residual"):
            return "residual mlp"
        return "normalized mlp" if self.changes.get("model.normalization") else self.model

    @property
    def label(self) -> str:
        """The data set's name, or the table's."""
        return self.changes["data.file"] if self.data == "csv" else self.data

    @property
    def rows(self) -> int:
        """Rows before they are split."""
        if self.data == "csv":
            return TABLES[self.changes["data.file"]][0]
        known = {"wine": 178, "iris": 150, "breast_cancer": 569, "diabetes": 442, "digits": 1797}
        return known.get(self.data) or int(self.changes["data.size"])


@dataclass(frozen=True, kw_only=True)
class Case:
    """One run. data, model: what the sound run has. cause: what was put in ("" for a sound run). sound: without it."""

    group: str
    data: str
    model: str
    cause: str
    config: RunConfig
    sound: RunConfig

    @property
    def name(self) -> str:
        return f"{self.data}/{self.model}/{self.cause or 'sound'}/{self.config.budget.seed}"


def _base(group: str, data: str, model: str, epochs: int, lr: float, optimizer: str = "adam", /, **more: Any) -> Base:
    changes: Changes = {"optimizer.name": optimizer, "optimizer.lr": lr, "budget.epochs": epochs}
    changes |= {name.replace("__", "."): value for name, value in more.items()}
    return Base(group=group, data=data, model=model, changes=changes)


_SMALL: dict[str, Any] = {"data__size": 400, "budget__batch_size": 32}


def _table(group: str, table: str, model: str, epochs: int, lr: float, optimizer: str, /, **more: Any) -> Base:
    given = {"data__file": table, "data__task": TABLES[table][1], "budget__batch_size": 32, **more}
    return _base(group, "csv", model, epochs, lr, optimizer, **given)


def _rehearsed() -> tuple[Base, ...]:
    """The reporting group of the seventh freeze before this one."""
    return (
        _table("rehearsal", "friedman", "mlp", 60, 0.003, "adamw"),
        _table("rehearsal", "friedman", "mlp", 60, 0.01, "nesterov", model__width=24),
        _table("rehearsal", "plane", "linear", 50, 0.02, "sgd"),
        _table("rehearsal", "hastie", "mlp", 30, 0.003, "adam", model__width=48),
        _table("rehearsal", "quantiles", "mlp", 60, 0.002, "rmsprop"),
        _table(
            "rehearsal",
            "quantiles",
            "mlp",
            60,
            0.05,
            "momentum",
            model__activation="tanh",
            model__initializer="xavier_normal",
        ),
        _table("rehearsal", "clusters", "mlp", 50, 0.003, "nadam"),
        _table("rehearsal", "clouds", "logistic", 50, 0.01, "adam"),
        _table("rehearsal", "clouds", "logistic", 60, 0.05, "nesterov"),
        _base("rehearsal", "sine_exact", "mlp", 50, 0.005, "adam", data__size=300, data__noise=0.1),
        _base("rehearsal", "digits", "resnet", 10, 0.03, "momentum", model__width=6, model__stages=2),
    )


def _rehearsed_again() -> tuple[Base, ...]:
    """The reporting group of the sixth freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    wave: dict[str, Any] = {"data__size": 300, "data__length": 12}
    return (
        _table("second_rehearsal", "friedman_2", "mlp", 60, 0.005, "adam"),
        _table("second_rehearsal", "swiss_roll", "mlp", 80, 0.03, "momentum"),
        _table("second_rehearsal", "swiss_roll", "mlp", 60, 0.003, "adamw", **residual),
        _table("second_rehearsal", "sparse", "linear", 50, 0.02, "nesterov"),
        _table("second_rehearsal", "waveform", "mlp", 30, 0.001, "rmsprop", model__width=16),
        _table("second_rehearsal", "waveform", "logistic", 50, 0.02, "sgd"),
        _table("second_rehearsal", "twonorm", "logistic", 50, 0.02, "adam"),
        _table(
            "second_rehearsal",
            "ringnorm",
            "mlp",
            30,
            0.05,
            "sgd",
            model__activation="tanh",
            model__initializer="xavier_normal",
        ),
        _table("second_rehearsal", "checkerboard", "mlp", 80, 0.005, "nadam"),
        _base("second_rehearsal", "adding", "lstm", 30, 0.01, data__size=500, data__length=8, model__width=16),
        _base("second_rehearsal", "sine_continuation", "gru", 30, 0.005, **wave, model__width=16),
        _base(
            "second_rehearsal",
            "sine_continuation",
            "transformer",
            30,
            0.003,
            "adamw",
            **wave,
            model__depth=1,
            model__heads=2,
        ),
    )


def _rehearsed_a_third_time() -> tuple[Base, ...]:
    """The reporting group of the fifth freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    normalized: dict[str, Any] = {"model__normalization": "batch"}
    return (
        _table("third_rehearsal", "friedman_3", "mlp", 40, 0.002, "adam", model__width=32),
        _table("third_rehearsal", "pinwheel", "mlp", 45, 0.01, "momentum", model__width=32),
        _table("third_rehearsal", "threenorm", "mlp", 30, 0.003, "adamw", model__width=16, model__depth=1),
        _table("third_rehearsal", "ripple", "mlp", 60, 0.004, "adam", **residual, model__width=32),
        _table("third_rehearsal", "threenorm", "mlp", 30, 0.01, "nesterov", **normalized, model__width=16),
        _table("third_rehearsal", "ripple", "mlp", 50, 0.005, "rmsprop", **normalized, model__width=32),
        _table("third_rehearsal", "segments", "logistic", 40, 0.02, "adam"),
        _table("third_rehearsal", "overlap", "logistic", 50, 0.05, "sgd"),
        _table("third_rehearsal", "correlated", "linear", 50, 0.02, "momentum"),
        _base("third_rehearsal", "adding", "rnn", 40, 0.005, data__size=600, data__length=5, model__width=16),
    )


def _rehearsed_a_fourth_time() -> tuple[Base, ...]:
    """The reporting group of the fourth freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    return (
        _table("fourth_rehearsal", "corners", "mlp", 40, 0.005, "adam", model__width=24),
        _table("fourth_rehearsal", "shells", "mlp", 40, 0.02, "momentum", model__width=32),
        _table("fourth_rehearsal", "bands", "mlp", 45, 0.005, "nadam", model__width=32),
        _table("fourth_rehearsal", "additive", "mlp", 40, 0.004, "adamw", model__width=32),
        _table("fourth_rehearsal", "product", "mlp", 40, 0.004, "adam", **residual, model__width=24),
        _table("fourth_rehearsal", "corners", "mlp", 30, 0.02, "nesterov", model__normalization="rms", model__width=24),
        _table(
            "fourth_rehearsal", "additive", "mlp", 35, 0.004, "rmsprop", model__normalization="batch", model__width=24
        ),
        _table("fourth_rehearsal", "thirds", "logistic", 40, 0.03, "adam"),
        _table("fourth_rehearsal", "ridge", "linear", 45, 0.02, "sgd"),
    )


def _rehearsed_a_sixth_time() -> tuple[Base, ...]:
    """The reporting group of the third freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    return (
        _table("sixth_rehearsal", "waves", "mlp", 40, 0.005, "adam", model__width=24),
        _table("sixth_rehearsal", "petals", "mlp", 40, 0.02, "momentum", model__width=32),
        _table("sixth_rehearsal", "octants", "mlp", 45, 0.005, "nadam", model__width=32),
        _table("sixth_rehearsal", "bumps", "mlp", 40, 0.004, "adamw", model__width=32),
        _table("sixth_rehearsal", "quotient", "mlp", 40, 0.004, "adam", **residual, model__width=24),
        _table("sixth_rehearsal", "waves", "mlp", 30, 0.02, "nesterov", model__normalization="rms", model__width=24),
        _table("sixth_rehearsal", "bumps", "mlp", 35, 0.004, "rmsprop", model__normalization="batch", model__width=24),
        _table("sixth_rehearsal", "grades", "logistic", 40, 0.03, "adam"),
        _table("sixth_rehearsal", "blend", "linear", 45, 0.02, "sgd"),
    )


def _rehearsed_a_seventh_time() -> tuple[Base, ...]:
    """The reporting group of the second freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    return (
        _table("seventh_rehearsal", "chevrons", "mlp", 40, 0.005, "adam", model__width=24),
        _table("seventh_rehearsal", "squares", "mlp", 40, 0.02, "momentum", model__width=32),
        _table("seventh_rehearsal", "helices", "mlp", 45, 0.005, "nadam", model__width=32),
        _table("seventh_rehearsal", "passes", "mlp", 40, 0.004, "adamw", model__width=32),
        _table("seventh_rehearsal", "hinges", "mlp", 40, 0.004, "adam", **residual, model__width=24),
        _table(
            "seventh_rehearsal", "chevrons", "mlp", 30, 0.02, "nesterov", model__normalization="rms", model__width=24
        ),
        _table(
            "seventh_rehearsal", "passes", "mlp", 35, 0.004, "rmsprop", model__normalization="batch", model__width=24
        ),
        _table("seventh_rehearsal", "votes", "logistic", 40, 0.03, "adam"),
        _table("seventh_rehearsal", "lagged", "linear", 45, 0.02, "sgd"),
    )


def _rehearsed_an_eighth_time() -> tuple[Base, ...]:
    """The reporting group of the freeze before this one."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "rms", "model__depth": 4}
    smooth: dict[str, Any] = {"model__activation": "silu", "model__depth": 3}
    normalized: dict[str, Any] = {"model__normalization": "layer", "model__activation": "gelu"}
    return (
        _table("eighth_rehearsal", "lenses", "mlp", 50, 0.008, "adamw", model__width=32),
        _table("eighth_rehearsal", "stairs", "mlp", 40, 0.02, "nesterov", model__width=32),
        _table("eighth_rehearsal", "rosettes", "mlp", 45, 0.006, "adam", **smooth, model__width=24),
        _table("eighth_rehearsal", "terraces", "mlp", 40, 0.004, "nadam", model__width=24),
        _table("eighth_rehearsal", "vortex", "mlp", 40, 0.008, "adam", **residual, model__width=20),
        _table("eighth_rehearsal", "stairs", "mlp", 35, 0.006, "adamw", **normalized, model__width=24),
        _table(
            "eighth_rehearsal", "terraces", "mlp", 35, 0.02, "momentum", model__normalization="batch", model__width=24
        ),
        _table("eighth_rehearsal", "panels", "logistic", 40, 0.03, "nadam"),
        _table("eighth_rehearsal", "seasons", "linear", 45, 0.01, "nesterov"),
    )


def _reported() -> tuple[Base, ...]:
    """Data sets that played no part in setting a threshold."""
    residual: dict[str, Any] = {"model__residual": True, "model__normalization": "layer", "model__depth": 3}
    smooth: dict[str, Any] = {"model__activation": "gelu"}
    normalized: dict[str, Any] = {"model__normalization": "layer", "model__activation": "silu"}
    return (
        _table("reporting", "crescents", "mlp", 40, 0.005, "adam", model__width=24),
        _table("reporting", "facets", "mlp", 40, 0.02, "nesterov", model__width=24),
        _table("reporting", "tides", "mlp", 45, 0.005, "adamw", **smooth, model__width=32),
        _table("reporting", "couples", "mlp", 40, 0.004, "adam", model__width=32),
        _table("reporting", "dunes", "mlp", 40, 0.02, "momentum", model__width=32),
        _table("reporting", "gates", "mlp", 40, 0.004, "adam", **residual, model__width=24),
        _table("reporting", "couples", "mlp", 40, 0.004, "rmsprop", **normalized, model__width=24),
        _table("reporting", "gates", "mlp", 35, 0.02, "nesterov", model__normalization="batch", model__width=24),
        _table("reporting", "facets", "mlp", 30, 0.004, "nadam", model__normalization="rms", model__width=24),
        _table("reporting", "ballots", "logistic", 40, 0.03, "adam"),
        _table("reporting", "levers", "linear", 45, 0.02, "sgd"),
    )


BASES: tuple[Base, ...] = (
    _base("calibration", "moons", "mlp", 60, 0.005, **_SMALL),
    _base("calibration", "moons", "mlp", 60, 0.1, "sgd", **_SMALL),
    _base("calibration", "spirals", "mlp", 80, 0.01, **_SMALL, model__width=32, data__turns=0.8, data__noise=0.05),
    _base("calibration", "blobs", "logistic", 50, 0.02, **_SMALL),
    _base("calibration", "wine", "mlp", 50, 0.003, "adam", model__width=16, regularization__weight_decay=0.0),
    _base("calibration", "wine", "logistic", 60, 0.05, "sgd"),
    _base("calibration", "noisy_sine", "mlp", 80, 0.005, data__size=300),
    _base("calibration", "noisy_sine", "mlp", 80, 0.02, "momentum", data__size=300),
    _base("calibration", "sine_continuation", "rnn", 30, 0.003, data__size=300, data__length=12, model__width=16),
    _base("calibration", "sine_continuation", "lstm", 30, 0.01, data__size=300, data__length=12, model__width=16),
    _base("development", "circles", "mlp", 60, 0.005, **_SMALL),
    _base("development", "xor", "mlp", 60, 0.1, "sgd", **_SMALL),
    _base("development", "breast_cancer", "mlp", 30, 0.001, budget__batch_size=32, model__width=16),
    _base("development", "breast_cancer", "logistic", 40, 0.05, "sgd", budget__batch_size=32),
    _base("development", "iris", "mlp", 80, 0.01, budget__batch_size=16, model__width=8),
    _base("development", "iris", "logistic", 80, 0.05, "momentum", budget__batch_size=16),
    _base("development", "diabetes", "linear", 50, 0.02, "sgd", budget__batch_size=32),
    _base("development", "polynomial", "mlp", 80, 0.005, data__size=300),
    _base("development", "digits", "cnn", 15, 0.003, model__width=8, model__depth=2, model__hidden=32),
    _base("development", "digits", "cnn", 15, 0.05, "momentum", model__width=8, model__depth=2, model__hidden=32),
    _base("development", "adding", "gru", 30, 0.01, data__size=500, data__length=8, model__width=16),
    _base(
        "development",
        "adding",
        "transformer",
        30,
        0.003,
        "adamw",
        data__size=500,
        data__length=8,
        model__depth=1,
        model__heads=2,
    ),
    *_rehearsed(),
    *_rehearsed_again(),
    *_rehearsed_a_third_time(),
    *_rehearsed_a_fourth_time(),
    *(replace(base, group="fifth_rehearsal") for base in _rehearsed_a_fourth_time()),
    *_rehearsed_a_sixth_time(),
    *_rehearsed_a_seventh_time(),
    *_rehearsed_an_eighth_time(),
    *_reported(),
)
# Units die by chance, so there are more tries.
SEEDS = {"narrow and deep": 4, "rate that kills units": 4}
# Kinds that the groups before have few of.
SECOND_SEEDS = SEEDS | {
    "rate too high": 4,
    "weights too large": 3,
    "deep sigmoid": 3,
    "large weights under tanh": 3,
    "tiny weights": 3,
    "wrong labels": 3,
    "few rows, long": 3,
    "narrow and deep": 3,
    "rate that kills units": 3,
}
THIRD_SEEDS = SEEDS | {"rate too high": 4, "few rows, long": 3, "narrow and deep": 3}
# About half of all confirmed labels of a reporting group are to be healthy.
SOUND_SEEDS = {
    "calibration": 10,
    "development": 15,
    "rehearsal": 18,
    "second_rehearsal": 22,
    "third_rehearsal": 20,
    "fourth_rehearsal": 18,
    "fifth_rehearsal": 6,
    "sixth_rehearsal": 25,
    "seventh_rehearsal": 22,
    "eighth_rehearsal": 26,
    "reporting": 38,
}
# Causes of what two loss curves can show; of each so many runs more.
CURVE_SEEDS = {"rate far too high": 1, "rate too high": 2, "rate too low": 3, "few rows, long": 2, "few rows": 3}
SIXTH_SEEDS = SEEDS | {name: 2 + more for name, more in CURVE_SEEDS.items()}
SEVENTH_SEEDS = {"rate far too high": 3, "rate too high": 4, "rate too low": 4, "few rows, long": 4, "few rows": 4}
EIGHTH_SEEDS = SEVENTH_SEEDS | {"rate too high": 6, "few rows, long": 5, "few rows": 6, "wrong labels": 3}
# So many runs of each cause that 15 of each kind that two curves can show may be expected, and as many of others as is
# needed for about half a dozen.
REPORTED_SEEDS = {
    "rate far too high": 5,
    "rate too high": 10,
    "rate too low": 4,
    "wrong labels": 4,
    "few rows, long": 7,
    "few rows": 8,
    "narrow and deep": 4,
    "rate that kills units": 4,
}
SEEDS_OF = {
    "second_rehearsal": SECOND_SEEDS,
    "third_rehearsal": THIRD_SEEDS,
    "fifth_rehearsal": CURVE_SEEDS,
    "sixth_rehearsal": SIXTH_SEEDS,
    "seventh_rehearsal": SEVENTH_SEEDS,
    "eighth_rehearsal": EIGHTH_SEEDS,
    "reporting": REPORTED_SEEDS,
}
FIRST_SEEDS = {"fifth_rehearsal": 100, "eighth_rehearsal": 200, "reporting": 300}  # none that the groups before have

FEWEST = {"fifth_rehearsal": 0, "reporting": 3}


def cases(*groups: str) -> list[Case]:
    """Every run of these groups, or of all, in a fixed order: drawn, so that the first ones stand for the group."""
    chosen = [(base, number) for number, base in enumerate(BASES) if base.group in groups or not groups]
    made = [case for base, number in chosen for case in _of(base, number)]
    # Two bases that differ in nothing but what a cause replaces give the same run.
    different = list({(case.config, case.cause): case for case in made}.values())
    return [different[i] for i in np.random.default_rng(0).permutation(len(different))]


def _of(base: Base, number: int) -> Iterator[Case]:
    rng = np.random.default_rng(1000 + number)
    others, fewest = FIRST_SEEDS.get(base.group, 0), FEWEST.get(base.group, 2)
    for seed in range(SOUND_SEEDS[base.group]):
        config = _varied(base, rng, others + seed)
        yield Case(group=base.group, data=base.label, model=base.family, cause="", config=config, sound=config)
    seeds = SEEDS_OF.get(base.group, SEEDS)
    for cause, changes in _causes(base):
        for seed in range(seeds.get(cause, fewest)):
            sound = _varied(base, rng, 20 + others + seed)
            broken = {name: value(rng, sound) if callable(value) else value for name, value in changes.items()}
            try:
                config = sound.changed(broken)
            except ValueError as error:
                raise ValueError(f"{base.data} {base.model} {cause}: {error}") from None
            yield Case(group=base.group, data=base.label, model=base.family, cause=cause, config=config, sound=sound)


def _varied(base: Base, rng: np.random.Generator, seed: int) -> RunConfig:
    """The same kind of run with another seed, split, rate and size."""
    config = base.config
    changes: Changes = {
        "budget.seed": seed,
        "data.seed": seed,
        "optimizer.lr": float(f"{config.optimizer.lr * 10 ** rng.uniform(-0.2, 0.2):.3g}"),
        "budget.epochs": round(config.budget.epochs * rng.uniform(0.85, 1.3)),
    }
    if "noise" in config.data and base.data in ("moons", "circles", "blobs", "xor"):
        changes["data.noise"] = float(f"{config.data.noise * rng.uniform(0.6, 1.4):.3g}")
    if rng.random() < 0.2:
        changes["schedule.name"] = str(rng.choice(["cosine", "milestones", "exponential"]))
    return config.changed(changes)


def _times(low: float, high: float) -> Any:
    def value(rng: np.random.Generator, config: RunConfig) -> float:
        return float(f"{config.optimizer.lr * np.exp(rng.uniform(np.log(low), np.log(high))):.3g}")

    return value


def _one_of(*values: Any) -> Any:
    return lambda rng, config: values[int(rng.integers(len(values)))]


def _more_epochs(times: float) -> Any:
    return lambda rng, config: round(config.budget.epochs * times)


def _causes(base: Base) -> Iterator[tuple[str, Changes]]:
    adaptive = base.changes["optimizer.name"] in ("adam", "adamw", "nadam", "rmsprop")
    yield "rate far too high", {"optimizer.lr": _times(300, 3000) if adaptive else _times(50, 500)}
    yield "rate too high", {"optimizer.lr": _times(15, 80) if adaptive else _times(8, 30)}
    yield "rate too low", {"optimizer.lr": _times(1 / 500, 1 / 60)}
    # Residual connections and normalization are the cure of what a deep stack suffers from.
    if base.family in ("mlp", "cnn"):
        yield from _stacked(base)
    if base.model == "rnn":
        exploding = {"model.nonlinearity": "relu", "model.init_scale": _one_of(4.0, 6.0), "data.length": 30}
        yield "weights too large", exploding
    if base.model in ("mlp", "cnn", "resnet", "rnn", "lstm", "gru", "transformer"):
        yield from _too_much(base)
    if base.data != "digits":
        yield "few validation rows", {"data.val_share": _share_of(base)}
    if base.model in ("mlp", "logistic", "linear"):
        yield "rows in both parts", {"data.leak": "duplicates", **_memorized(base)}
        if base.data in ("wine", "breast_cancer", "iris", "diabetes", "csv"):
            yield "target as a feature", {"data.leak": "feature"}
    yield from _too_little(base)


def _share_of(base: Base) -> Any:
    return lambda rng, config: float(f"{rng.integers(3, 9) / base.rows:.3g}")


def _memorized(base: Base) -> Changes:
    """A leak shows where rows are learned by heart."""
    changes: Changes = {"budget.epochs": _more_epochs(2)}
    if base.model == "mlp":
        changes["model.width"] = 128
    if base.data in ("moons", "circles", "xor", "noisy_sine", "polynomial", "sine_exact"):
        changes |= {"data.noise": 0.5, "data.size": 150}
    return changes


def _stacked(base: Base) -> Iterator[tuple[str, Changes]]:
    deep = 6 if base.model == "cnn" else 9
    plain = {"optimizer.name": "sgd", "optimizer.lr": 0.05}
    yield "weights too large", {"model.depth": deep, "model.init_scale": _one_of(4.0, 6.0), **plain}
    yield (
        "deep sigmoid",
        {
            "model.depth": deep,
            "model.activation": "sigmoid",
            "model.initializer": "xavier_normal",
            "optimizer.name": _one_of("sgd", "momentum"),
            "optimizer.lr": 0.05,
        },
    )
    # The rate is high for the first epochs only: what it leaves behind are units that never answer again.
    yield (
        "rate that kills units",
        {
            "optimizer.name": "adam",
            "optimizer.lr": _one_of(0.3, 0.5),
            "model.depth": 8 if deep == 9 else 5,
            "schedule.name": "exponential",
            "schedule.gamma": 0.3,
        },
    )
    if base.model == "mlp":
        yield "narrow and deep", {"model.depth": _one_of(10, 12, 14), "model.width": 3}
    yield (
        "large weights under tanh",
        {
            "model.activation": _one_of("tanh", "sigmoid"),
            "model.init_scale": _one_of(20.0, 50.0),
            "model.initializer": "xavier_normal",
            "optimizer.name": "sgd",
            "optimizer.lr": 0.01,
        },
    )
    if base.data in ("wine", "breast_cancer"):
        yield (
            "no scaling",
            {
                "data.scaling": "none",
                "model.activation": "tanh",
                "model.initializer": "xavier_normal",
                "optimizer.name": "sgd",
                "optimizer.lr": 0.02,
            },
        )
    yield (
        "tiny weights",
        {
            "model.init_scale": _one_of(0.02, 0.05),
            "model.depth": 3,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.05,
        },
    )


def _too_much(base: Base) -> Iterator[tuple[str, Changes]]:
    large: Changes = {"model.width": 128} if base.model == "mlp" else {}
    small = {"digits": 60, "adding": 40, "sine_continuation": 30}.get(base.data, 30)
    noise = _one_of(0.2, 0.3, 0.4)
    yield (
        "wrong labels",
        {
            **large,
            "data.train_size": 2 * small,
            "data.label_noise": noise,
            "budget.epochs": _more_epochs(2.5),
            "optimizer.name": "adam",
            "optimizer.lr": 0.01,
            "schedule.name": "constant",
        },
    )
    yield (
        "few rows, long",
        {
            **large,
            "data.train_size": small,
            "budget.epochs": _more_epochs(3),
            "optimizer.name": "adam",
            "optimizer.lr": 0.01,
            "schedule.name": "constant",
        },
    )
    yield "few rows", {**large, "data.train_size": small, "budget.epochs": _more_epochs(1.5)}


_CURVED = (
    "moons",
    "spirals",
    "circles",
    "xor",
    "noisy_sine",
    "polynomial",
    "sine_exact",
    "friedman",
    "quantiles",
    "hastie",
    "friedman_2",
    "swiss_roll",
    "ringnorm",
    "checkerboard",
    "friedman_3",
    "pinwheel",
    "threenorm",
    "corners",
    "shells",
    "bands",
    "product",
    "waves",
    "petals",
    "octants",
    "bumps",
    "quotient",
    "chevrons",
    "squares",
    "helices",
    "passes",
    "hinges",
    "lenses",
    "stairs",
    "rosettes",
    "terraces",
    "vortex",
    "crescents",
    "facets",
    "tides",
    "couples",
    "dunes",
    "gates",
)


def _too_little(base: Base) -> Iterator[tuple[str, Changes]]:
    if base.family in ("mlp", "cnn"):
        yield "penalty", {"regularization.l2": _one_of(0.2, 0.5), "optimizer.name": "sgd", "optimizer.lr": 0.05}
    if base.family == "mlp" and (base.data in _CURVED or base.changes.get("data.file") in _CURVED):
        simple = (
            "linear"
            if base.data in ("noisy_sine", "polynomial", "sine_exact") or base.changes.get("data.task") == "regression"
            else "logistic"
        )
        yield "no hidden layer", {"model.name": simple}
        yield "one unit", {"model.width": 1, "model.depth": 1, "model.activation": "tanh"}
