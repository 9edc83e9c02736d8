"""Penalties side by side: the same data, network and seed, each run with one penalty more; what is left in the end.

The networks are so large for their rows that without a penalty they learn the noise. Each penalty has a usual strength
on each data set; one factor moves all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.generalization.settings import PENALTIES
from numerals import readable
from trainers.config import RunConfig
from trainers.lab import Feed

_SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
_TABLE = {
    "data.val_share": 0.5,
    "data.test_share": 0.0,
    "optimizer.name": "sgd",
    "budget.batch_size": 0,
    "watch.internals": False,
}
_MOONS = {
    **_TABLE,
    "data.size": 120,
    "data.noise": 0.35,
    "model.width": 32,
    "model.activation": "tanh",
    "optimizer.lr": 1.0,
    "budget.epochs": 1000,
    "watch.every": 20,
}
_SINE = {
    **_TABLE,
    "optimizer.name": "adam",
    "data.size": 60,
    "data.noise": 0.3,
    "model.width": 32,
    "model.activation": "tanh",
    "optimizer.lr": 0.01,
    "budget.epochs": 500,
    "watch.every": 10,
}
_LINE = {
    **_TABLE,
    "data.size": 60,
    "data.noise": 0.3,
    "model.name": "linear",
    "optimizer.lr": 0.02,
    "budget.epochs": 1000,
    "watch.every": 20,
}
_BASES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "moons": ("moons", _MOONS),
    "sine": ("noisy_sine", _SINE),
    "line": ("noisy_sine", _LINE),
}
_R = "regularization."
# What a strength of 1 sets, times a factor; where less is stronger, divided by it.
_CHANGES: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "none": lambda s: {},
    "l2": lambda s: {_R + "l2": 0.01 * s},
    "l1": lambda s: {_R + "l1": 0.01 * s, _R + "proximal": True},
    "l1_sign": lambda s: {_R + "l1": 0.01 * s},
    "max_norm": lambda s: {_R + "max_norm": 1.0 / s},
    "jacobian": lambda s: {_R + "jacobian": 0.02 * s},
    "orthogonality": lambda s: {_R + "orthogonality": 0.003 * s},
    "early": lambda s: {_R + "patience": 2},
    "input_noise": lambda s: {"augmentation.noise": 0.4 * s},
    "weight_noise": lambda s: {_R + "weight_noise": 0.1 * s},
    "activity_noise": lambda s: {_R + "activity_noise": 0.8 * s},
    "smoothing": lambda s: {"loss.label_smoothing": min(0.1 * s, 0.9)},
}
# Adam divides gradients by their size, but not the threshold: it wants a larger one.
_AT_SINE: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "l1": lambda s: {_R + "l1": 0.1 * s, _R + "proximal": True},
    "l1_sign": lambda s: {_R + "l1": 0.003 * s},
    "jacobian": lambda s: {_R + "jacobian": 0.05 * s},
    "early": lambda s: {_R + "patience": 5},
    "input_noise": lambda s: {"augmentation.noise": 0.1 * s},
    "weight_noise": lambda s: {_R + "weight_noise": 0.03 * s},
    "activity_noise": lambda s: {_R + "activity_noise": 0.1 * s},
}
# On a line noise is an L2 penalty of twice its square.
_LINE_NOISE, _LINE_L2 = 0.5, 2 * 0.5**2
_AT_LINE: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "l2": lambda s: {_R + "l2": _LINE_L2 * s},
    "input_noise": lambda s: {"augmentation.noise": _LINE_NOISE * s**0.5},
    "l1": lambda s: {_R + "l1": 0.3 * s, _R + "proximal": True},
    "l1_sign": lambda s: {_R + "l1": 0.3 * s},
    "jacobian": lambda s: {_R + "jacobian": _LINE_L2 * s},
    "max_norm": lambda s: {_R + "max_norm": 0.3 / s},
}


def suited(penalty: str, rows: str) -> bool:
    """Whether a penalty does anything on these rows: labels are smoothed of classes, activations shaken of networks."""
    if penalty == "smoothing":
        return rows == "moons"
    return rows != "line" or penalty in _AT_LINE or penalty in ("none", "weight_noise", "early")


def chosen(values: Mapping[str, Any]) -> list[str]:
    """The penalties that are shown, each once, in the order of the menu; none first."""
    named = {name for name in values["penalties"].split(",") if name}
    return [name for name in PENALTIES if (name == "none" or name in named) and suited(name, values["on"])]


def penalized(values: Mapping[str, Any]) -> list[tuple[str, RunConfig]]:
    """(penalty, configuration) of every run that is shown."""
    key, base = _BASES[values["on"]]
    start = RunConfig().changed({"data.name": key}).changed({**base, "budget.seed": values["seed"]})
    changes = {**_CHANGES, **{"line": _AT_LINE, "sine": _AT_SINE}.get(values["on"], {})}
    return [(name, start.changed(changes[name](values["strength"]))) for name in chosen(values)]


def strength_words(penalty: str, config: RunConfig) -> str:
    """How strong a penalty is, in the letters of its control."""
    r = config.regularization
    said = {
        "l2": f"λ = {readable(r.l2)}",
        "l1": f"λ = {readable(r.l1)}",
        "l1_sign": f"λ = {readable(r.l1)}",
        "max_norm": f"at most {readable(r.max_norm)}",
        "jacobian": f"λ = {readable(r.jacobian)}",
        "orthogonality": f"λ = {readable(r.orthogonality)}",
        "early": f"patience {r.patience}",
        "input_noise": f"{_SIGMA} = {readable(config.augmentation.noise)}",
        "weight_noise": f"{_SIGMA} = {readable(r.weight_noise)}",
        "activity_noise": f"{_SIGMA} = {readable(r.activity_noise)}",
        "smoothing": f"ε = {readable(config.loss.get('label_smoothing', 0.0))}",
    }
    return said.get(penalty, "")


@dataclass(frozen=True, kw_only=True)
class Penalized:
    """What became of one run. epochs, train and val: its curve; best: the epoch with the least validation loss.

    counts: how many weights lie in each of as many bins from ``-top`` to ``top``. pictures: the newest of the run.
    points: the rows, as ``DataFacts`` has them. metric: on the validation rows at the end.
    """

    penalty: str
    name: str
    strength: str
    epochs: np.ndarray = field(repr=False)
    train: np.ndarray = field(repr=False)
    val: np.ndarray = field(repr=False)
    metric: float
    counts: np.ndarray = field(repr=False)
    top: float
    zeros: int
    total: int
    pictures: Mapping[str, Any] = field(repr=False)
    points: Mapping[str, Any] = field(repr=False)
    stopped: bool

    @property
    def best(self) -> int:
        """The place of the least validation loss."""
        return int(np.nanargmin(self.val)) if np.isfinite(self.val).any() else 0

    @property
    def zero_share(self) -> float:
        """Weights that are exactly zero, of all."""
        return self.zeros / max(1, self.total)


def penalized_of(penalty: str, config: RunConfig, feed: Feed) -> Penalized | None:
    """A run that has reported, as it stands; None before its first report."""
    pictures = dict(feed.album[-1][1]) if feed.album else {}
    weights = pictures.get("weights")
    if not len(feed.epochs) or weights is None:
        return None
    metric = feed.series["val_metric"]
    return Penalized(
        penalty=penalty,
        name=PENALTIES[penalty],
        strength=strength_words(penalty, config),
        epochs=feed.epochs,
        train=feed.series["train_loss"],
        val=feed.series["val_loss"],
        metric=float(metric[-1]),
        counts=np.asarray(weights["counts"]),
        top=float(weights["top"]),
        zeros=int(weights["zeros"]),
        total=int(weights["total"]),
        pictures=pictures,
        points=feed.run.facts.points if feed.run.facts is not None else {},
        stopped=feed.run.status == "early_stopped",
    )


def penalty_sentences(runs: Sequence[Penalized]) -> list[str]:
    """What overfits without a penalty, which helps most, and which weights are exactly zero."""
    by_name = {run.penalty: run for run in runs}
    plain = by_name.get("none")
    if plain is None:
        return []
    sentences = [
        f"Without a penalty the training loss ends at {readable(float(plain.train[-1]))}, the validation loss at "
        f"{readable(float(plain.val[-1]))}; it was {readable(float(plain.val[plain.best]))} at epoch "
        f"{plain.epochs[plain.best]:.0f}."
    ]
    others = [run for run in runs if run is not plain and np.isfinite(run.val[-1])]
    if others:
        least = min(others, key=lambda run: float(run.val[-1]))
        helped = sum(float(run.val[-1]) < float(plain.val[-1]) for run in others)
        sentences.append(
            f"{helped} of {len(others)} penalties end with a lower validation loss; the lowest, "
            f"{readable(float(least.val[-1]))}, is that of {_lower(least.name)}."
        )
    sentences += _zero_sentence(by_name)
    sentences += _line_sentence(by_name)
    return sentences


def _zero_sentence(by_name: Mapping[str, Penalized]) -> list[str]:
    exact, sign = by_name.get("l1"), by_name.get("l1_sign")
    if exact is None:
        return []
    share = f"{readable(100 * exact.zero_share)} %"
    text = f"L1 by soft thresholds: {exact.zeros:,} of {exact.total:,} weights, {share}, are exactly zero."
    if sign is not None:
        text += (
            f" By the sign in the gradient: {sign.zeros:,}; there weights step over zero and back, and only come near."
        )
    return [text]


def _line_sentence(by_name: Mapping[str, Penalized]) -> list[str]:
    noise, l2, slopes = (by_name.get(name) for name in ("input_noise", "l2", "jacobian"))
    if noise is None or l2 is None or l2.total != 1:
        return []
    said = f", {readable(slopes.top)} with the Jacobian penalty" if slopes is not None else ""
    return [
        f"A line is one weight: {readable(l2.top)} with L2 of λ = 2{_SIGMA}²{said}, {readable(noise.top)} with noise "
        f"{_SIGMA} on the input. For squared errors of a linear model all are one penalty, but for the noise drawn."
    ]


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
