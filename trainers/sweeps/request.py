"""What a search varies: one or two settings of a configuration, how values are proposed, and the budget.

Samplers and pruners are Optuna's: T. Akiba et al. (2019), Optuna, KDD, 2623-2631.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from settings import Hyperparameter, Setting, quoted
from trainers.config import IMAGE_AUGMENTATION, OPTIMIZERS, RunConfig

SAMPLERS: Mapping[str, str] = {"grid": "Grid", "random": "At random", "tpe": "Model-based"}
PRUNERS: Mapping[str, str] = {"none": "None", "halving": "Successive halving", "hyperband": "Hyperband"}
GOALS: Mapping[str, str] = {"val_loss": "validation loss", "val_metric": "validation accuracy or R²"}
MAX_RUNS = 200  # of one search
MAX_SEEDS = 10
MAX_VALUES = 24
MAX_SIDES = 4
MAX_SECONDS = 3600.0
DECAY = "decay"
"""The weight decay of whatever optimizer is chosen: in the gradient where it has L2, beside the step where not."""

_KINDS = ("int", "float", "bool", "choice")
# They change what is watched or stored, not how a run trains.
_FIXED_SETTINGS = frozenset({"budget.keep_going", "data.leak"})
_OF_IMAGES = frozenset(f"augmentation.{name}" for name in IMAGE_AUGMENTATION)


def variable(config: RunConfig) -> dict[str, Hyperparameter]:
    """What of a configuration can be varied, by name: ``decay``, too, and what is for images where there are some."""
    found = {
        name: setting
        for name, setting in config.settings().items()
        if isinstance(setting, Hyperparameter)
        and setting.kind in _KINDS
        and not name.startswith("watch.")
        and name not in _FIXED_SETTINGS
        and (config.inputs == "image" or name not in _OF_IMAGES)
    }
    return found | {DECAY: found["regularization.weight_decay"]}


def own_name(name: str, config: RunConfig) -> str:
    """The dotted name of a setting: that of the optimizer's own weight decay for ``decay``."""
    if name != DECAY:
        return name
    return "regularization.l2" if OPTIMIZERS[config.optimizer.name].decays == "l2" else "regularization.weight_decay"


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One setting that is varied: over a range from ``low`` to ``high``, or over ``values`` where there are some."""

    name: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    values: tuple[Any, ...] = ()

    def check(self, setting: Setting | None) -> None:
        """Raises ValueError where this setting cannot be varied so; it says what is allowed."""
        if not isinstance(setting, Hyperparameter):
            raise ValueError(f"{self.name[:80]} cannot be varied")
        if self.values:
            if len(self.values) > MAX_VALUES or len(set(self.values)) < len(self.values):
                raise ValueError(
                    f"{self.name} was given {len(self.values)} values; allowed are {MAX_VALUES}, each once"
                )
            for value in self.values:
                setting.check(value)
            return
        if setting.kind not in ("int", "float"):
            raise ValueError(f"{self.name} has no range; allowed are some of its values")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(
                f"{self.name} was given from {self.low:g} to {self.high:g}; allowed are a lower and a higher number"
            )
        setting.check(self.low)
        setting.check(self.high)
        if self.log and self.low <= 0:
            raise ValueError(f"{self.name} was given from {self.low:g} on; a logarithmic range begins above 0")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the studies that a search holds side by side: its sampler, and the value that sets it apart.

    key: what stands in the roles of its runs. changes: to the configuration, by dotted name.
    """

    key: str
    sampler: str
    side: Any = None
    changes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SweepRequest:
    """What is asked for; a search is the same for all who ask the same.

    config: as JSON text. axes: one or two. beside: a setting whose values get a study each. trials: of each study.
    seeds: runs of each trial, whose seeds follow on that of the configuration. seconds: of training, of all runs
    together, after which no more begin; 0 for no end. draw: the seed of the samplers.

    Raises:
        ValueError: it says what was given and what is allowed.
    """

    config: str
    axes: tuple[Axis, ...]
    beside: Axis | None = None
    samplers: tuple[str, ...] = ("random",)
    pruner: str = "none"
    goal: str = "val_loss"
    trials: int = 16
    seeds: int = 1
    seconds: float = 0.0
    draw: int = 0

    def __post_init__(self) -> None:
        _among("samplers", self.samplers, SAMPLERS)
        _among("pruner", (self.pruner,), PRUNERS)
        _among("goal", (self.goal,), GOALS)
        if not 1 <= len(self.axes) <= 2:
            raise ValueError(f"{len(self.axes)} settings are varied; allowed are one or two")
        names = [axis.name for axis in (*self.axes, *((self.beside,) if self.beside else ()))]
        if len(set(names)) < len(names):
            raise ValueError(f"{names[-1][:80]} is varied twice; allowed is each setting once")
        for what, given, most in (("seeds", self.seeds, MAX_SEEDS), ("trials", self.trials, MAX_RUNS)):
            if not 1 <= given <= most:
                raise ValueError(f"{what} were given as {given}; allowed are 1 to {most}")
        if not 0 <= self.seconds <= MAX_SECONDS:
            raise ValueError(f"seconds were given as {self.seconds:g}; allowed are 0 to {MAX_SECONDS:g}")
        if not 0 <= self.draw < 2**32:
            raise ValueError(f"draw was given as {quoted(self.draw)}; allowed is a whole number in [0, 4294967295]")
        config = self.run_config
        settings = variable(config)
        for axis in self.axes:
            axis.check(settings.get(axis.name))
        if self.beside is not None:
            self.beside.check(settings.get(self.beside.name))
            if not 2 <= len(self.beside.values) <= MAX_SIDES:
                raise ValueError(
                    f"{self.beside.name} was given {len(self.beside.values)} values to stand side by side; allowed "
                    f"are 2 to {MAX_SIDES}"
                )
        if (runs := self.runs) > MAX_RUNS:
            raise ValueError(
                f"this search would take {runs:,} runs; allowed are {MAX_RUNS} (trials times seeds, for each sampler)"
            )

    @property
    def run_config(self) -> RunConfig:
        """The configuration of which settings are varied."""
        return RunConfig.from_json(self.config)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The studies, side by side."""
        if self.beside is None:
            return tuple(Part(key=sampler, sampler=sampler, changes={}) for sampler in self.samplers)
        config, found = self.run_config, []
        for number, value in enumerate(self.beside.values, 1):
            changes = {own_name(self.beside.name, config): value}
            found += [
                Part(key=f"{sampler}{number}", sampler=sampler, side=value, changes=changes)
                for sampler in self.samplers
            ]
        return tuple(found)

    @property
    def maximize(self) -> bool:
        """Whether more is better."""
        return self.goal == "val_metric"

    def trials_of(self, part: Part) -> int:
        """How many trials a study has: a grid no more than it has points."""
        if part.sampler != "grid":
            return self.trials
        return math.prod(len(values) for values in self.grid.values())

    @property
    def runs(self) -> int:
        """How many runs the whole search has."""
        return self.seeds * sum(self.trials_of(part) for part in self.parts)

    @property
    def grid(self) -> dict[str, list[Any]]:
        """The values of each setting on the grid: as many points as ``trials`` pays for.

        Settings with a list have all its values; ranges share what is left evenly, on their own scale.
        """
        listed = math.prod(len(axis.values) for axis in self.axes if axis.values)
        ranges = sum(not axis.values for axis in self.axes)
        each = 1 if not ranges else max(1, round_down(self.trials / listed, ranges))
        settings = variable(self.run_config)
        return {axis.name: _points(axis, each, settings[axis.name].kind == "int") for axis in self.axes}

    def configured(self, part: Part, values: Mapping[str, Any], seed: int) -> RunConfig:
        """The configuration of one run: of this study, with these values by the names of the axes.

        Raises:
            ValueError: the values do not suit each other.
        """
        config = self.run_config.changed(part.changes)
        changes = {own_name(name, config): value for name, value in values.items()}
        config = config.changed(changes)
        return config.changed({"budget.seed": (config.budget.seed + seed) % 2**32})

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        plain = asdict(self)
        for axis in (*plain["axes"], *((plain["beside"],) if plain["beside"] else ())):
            axis["values"] = list(axis["values"])
        return plain | {"axes": list(plain["axes"]), "samplers": list(plain["samplers"])}

    @classmethod
    def from_plain(cls, plain: Any) -> SweepRequest:
        """Read ``to_plain`` back. Raises ValueError for anything else."""
        try:
            beside = plain["beside"]
            return cls(
                config=_of(str, plain["config"]),
                axes=tuple(_axis(axis) for axis in _few(plain["axes"], 2)),
                beside=None if beside is None else _axis(beside),
                samplers=tuple(_of(str, key) for key in _few(plain["samplers"], len(SAMPLERS))),
                pruner=_of(str, plain["pruner"]),
                goal=_of(str, plain["goal"]),
                trials=_of(int, plain["trials"]),
                seeds=_of(int, plain["seeds"]),
                seconds=float(plain["seconds"]),
                draw=_of(int, plain["draw"]),
            )
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"this is no search: {error!r:.80}") from None


def round_down(room: float, dimensions: int) -> int:
    """The whole number whose power with so many dimensions fits into ``room``."""
    side = int(room ** (1 / dimensions))
    return side + 1 if (side + 1) ** dimensions <= room else side


def _points(axis: Axis, count: int, whole: bool) -> list[Any]:
    if axis.values:
        return list(axis.values)
    shares = [0.5] if count == 1 else [step / (count - 1) for step in range(count)]
    if axis.log:
        spread = [axis.low * (axis.high / axis.low) ** share for share in shares]
    else:
        spread = [axis.low + (axis.high - axis.low) * share for share in shares]
    inside = [min(max(value, axis.low), axis.high) for value in spread]
    return sorted({round(value) for value in inside}) if whole else [float(f"{value:.6g}") for value in inside]


def _among(what: str, given: Sequence[str], allowed: Mapping[str, str]) -> None:
    if not given or len(set(given)) < len(given) or not set(given) <= set(allowed):
        raise ValueError(f"{what} was given {quoted(', '.join(given))}; allowed is one of {', '.join(allowed)}, once")


def _axis(plain: Mapping[str, Any]) -> Axis:
    values = tuple(_of((int, float, bool, str), value) for value in _few(plain["values"], MAX_VALUES))
    return Axis(
        name=_of(str, plain["name"]),
        low=float(plain["low"]),
        high=float(plain["high"]),
        log=_of(bool, plain["log"]),
        values=values,
    )


def _few(given: Any, most: int) -> Sequence[Any]:
    if not isinstance(given, list | tuple) or len(given) > most:
        raise ValueError(f"this is no search: {quoted(given)} is no list of at most {most}")
    return given


def _of(kind: Any, given: Any) -> Any:
    if not isinstance(given, kind) or (kind is int and isinstance(given, bool)):
        raise TypeError(f"{quoted(given)} is no {getattr(kind, '__name__', 'number or text')}")
    return given
