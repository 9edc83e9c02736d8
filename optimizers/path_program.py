"""The program of a path: one rule with its schedule, written down by running their own functions on recorded arrays.

Booleans, choices and whole numbers are fixed when it is written; every real number (rates, decays, epsilon) is an
input, and so is k. What a rule asks of the surface are calls of the program, so one program moves points on any
surface. A rule that looks at numbers to decide what it does next, as line searches do, has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from optimizers.rates import RateStage, stages
from optimizers.types import ChosenSchedule, Optimizer
from programs import Code, NotRecordedError, Recorded, Tape, lifted
from settings import Hyperparameter


@dataclass(frozen=True, kw_only=True)
class PathProgram:
    """How to move a point, in the language of programs/language.py.

    inputs: what may be changed while it runs, by the name of its word (``@lr``); those of the schedule begin with
    ``schedule.`` and those of a warm-up before it with ``warmup.``. memory: the size of each thing that is remembered,
    by name, in the order of their numbers ``@0``, ``@1``, ...; the schedule's begin with ``schedule.``. init leaves
    those numbers at the start, from x, y and the inputs. step leaves x, y, the rate of the step, what it spent and
    those numbers, from x, y, ``@k``, the inputs, the memory and, where ``noisy``, the tilt ``@tilt_x``, ``@tilt_y``.
    own: of a rule whose points are look-ahead points, x and y of its own sequence, from x, y, the memory there and the
    inputs, of which ``@lr`` is the rate of the step that led there; None for the others. scale: of a rule that divides
    by the root of a second moment, that root for x and y, from the memory, the inputs and ``@k``, the step that led
    there.
    """

    inputs: Mapping[str, float]
    memory: Mapping[str, int]
    init: Code
    step: Code
    noisy: bool
    own: Code | None = None
    scale: Code | None = None


class _RecordedSurface:
    """A metered objective whose answers are calls of the program, tilted by the noise of the step."""

    def __init__(self, tape: Tape, tilt: Recorded | None) -> None:
        self._tape = tape
        self._tilt = tilt
        self.spent: Any = 0

    def _ask(self, points: Recorded, *words: str) -> Recorded:
        x, y = points.nodes.tolist()
        return Recorded(self._tape, [self._tape.apply(word, x, y) for word in words])

    def value(self, points: Recorded, where: Any = None) -> Recorded:
        self.spent = self.spent + (1 if where is None else where)
        value = self._ask(points, "value")[0]
        return value if self._tilt is None else value + (self._tilt * points).sum(-1)

    def gradient(self, points: Recorded, where: Any = None) -> Recorded:
        self.spent = self.spent + (1 if where is None else where)
        gradient = self._ask(points, "dx", "dy")
        return gradient if self._tilt is None else gradient + self._tilt

    def hessian(self, points: Recorded, where: Any = None) -> Recorded:
        self.spent = self.spent + (2 if where is None else 2 * where)
        nodes = self._ask(points, "dxx", "dxy", "dyy").nodes[[0, 1, 1, 2]]
        return Recorded(self._tape, nodes.reshape(2, 2))


class _RecordedRates:
    """The rate of a step that is not known, through a warm-up and what follows it (as ``Rates`` for known ones)."""

    def __init__(self, tape: Tape, chosen: ChosenSchedule | None, base: Recorded, steps: int) -> None:
        self._tape, self._base = tape, base
        self._stages: list[tuple[int, RateStage]] = []
        begin, each = 0, chosen
        for stage in stages(chosen, steps) if chosen is not None else []:
            assert each is not None
            values = _symbols(tape, each.schedule.hyperparameters, stage.values, _prefix(each))
            self._stages.append((begin, stage._replace(values=values)))
            begin, each = begin + stage.steps, each.then

    def first_state(self) -> dict[str, Any]:
        """What the last stage, the only one that may watch the loss, remembers when it begins."""
        _, stage = self._stages[-1] if self._stages else (0, None)
        if stage is None or stage.init is None:
            return {}
        return {name: np.broadcast_to(0.0, (1,)) + each for name, each in stage.init(self._base, stage.values).items()}

    def at(self, k: Any, state: dict[str, Any]) -> Any:
        rate: Any = self._base
        for i, (begin, stage) in enumerate(self._stages):
            own = stage.rate(self._base, k - begin if begin else k, stage.steps, stage.values, state or None)
            rate = own if i == 0 else np.where(k >= begin, own, rate)
        return rate.item() if isinstance(rate, Recorded) else rate

    def observe(self, k: Recorded, state: dict[str, Any], value: Recorded) -> dict[str, Any]:
        if not state:
            return {}
        begin, stage = self._stages[-1]
        assert stage.observe is not None
        seen = stage.observe(state, value[None], stage.values)
        return {name: np.where(k >= begin, seen[name], each) for name, each in state.items()} if begin else seen


def path_program(
    optimizer: Optimizer,
    hyperparameters: Mapping[str, Any],
    *,
    schedule: ChosenSchedule | None = None,
    steps: int,
    noisy: bool = False,
) -> PathProgram | None:
    """The program of a rule with checked hyperparameters (numbers) and a schedule, or None where there is none."""
    fixed: list[Any] = [_fixed(optimizer.hyperparameters, hyperparameters)]
    inputs = _inputs(optimizer, hyperparameters, schedule)
    each = schedule
    while each is not None:
        fixed.append((each.schedule, _fixed(each.schedule.hyperparameters, each.values)))
        each = each.then
    lane = _Lane((optimizer, *fixed), optimizer, hyperparameters, schedule)
    program = _recorded_once(lane, int(steps), bool(noisy))
    return None if program is None else replace(program, inputs=inputs)


@dataclass(frozen=True)
class _Lane:
    """What a program is written from; lanes that differ in real numbers only are equal."""

    key: tuple[Any, ...]
    optimizer: Optimizer = field(compare=False)
    values: Mapping[str, Any] = field(compare=False)
    schedule: ChosenSchedule | None = field(compare=False)


def _fixed(parameters: Sequence[Hyperparameter], values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, values[each.name]) for each in parameters if each.kind != "float")


def _inputs(optimizer: Optimizer, values: Mapping[str, Any], chosen: ChosenSchedule | None) -> dict[str, float]:
    inputs = {each.name: float(values[each.name]) for each in optimizer.hyperparameters if each.kind == "float"}
    while chosen is not None:
        prefix = _prefix(chosen)
        real = [each.name for each in chosen.schedule.hyperparameters if each.kind == "float"]
        inputs |= {f"{prefix}{name}": float(chosen.values[name]) for name in real}
        chosen = chosen.then
    return inputs


def _prefix(chosen: ChosenSchedule) -> str:
    return "schedule." if chosen.then is None else "warmup."


@lru_cache(maxsize=256)
def _recorded_once(lane: _Lane, steps: int, noisy: bool) -> PathProgram | None:
    try:
        return _recorded(lane.optimizer, lane.values, lane.schedule, steps, noisy)
    except NotRecordedError:
        return None


def _recorded(
    optimizer: Optimizer, values: Mapping[str, Any], chosen: ChosenSchedule | None, steps: int, noisy: bool
) -> PathProgram:
    tape = Tape()
    point = Recorded(tape, [tape.x, tape.y])
    k = Recorded(tape, tape.input("k"))
    hyper = _symbols(tape, optimizer.hyperparameters, values, "")
    rates = _RecordedRates(tape, chosen, hyper.get("lr", k), steps)

    waiting = rates.first_state()
    started = _with_rate(hyper, rates.at(0, waiting))
    remembered: dict[str, Any] = dict(optimizer.init(point, started))  # type: ignore[arg-type]
    first = [*remembered.items(), *((f"schedule.{name}", each) for name, each in waiting.items())]
    symbols: dict[str, Recorded] = {}
    for name, entry in first:
        used = sum(each.size for each in symbols.values())
        nodes = [tape.input(str(used + i)) for i in range(int(np.size(entry)))]
        symbols[name] = Recorded(tape, np.reshape(nodes, np.shape(entry)))
    tilt = Recorded(tape, [tape.input("tilt_x"), tape.input("tilt_y")]) if noisy else None
    surface = _RecordedSurface(tape, tilt)
    state = {name: symbols[name] for name in remembered}
    watched = {name: symbols[f"schedule.{name}"] for name in waiting}
    rate = rates.at(k, watched)
    moved: Any
    moved, after = optimizer.step(surface, point, state, _with_rate(hyper, rate), k)  # type: ignore[arg-type]
    seen = rates.observe(k, watched, _RecordedSurface(tape, None).value(moved)) if watched else {}
    results = [moved, rate if "lr" in hyper else 0.0, surface.spent]
    results += [after[name] for name in remembered] + [seen[name] for name in waiting]
    own = None if optimizer.own is None else optimizer.own(point, state, hyper)  # type: ignore[arg-type]
    scale = None if optimizer.moment is None else np.sqrt(optimizer.moment(state, hyper, k))  # type: ignore[arg-type]
    return PathProgram(
        inputs={},
        memory={name: each.size for name, each in symbols.items()},
        init=tape.code(*_nodes(tape, [each for _, each in first])),
        step=tape.code(*_nodes(tape, results)),
        noisy=noisy,
        own=None if own is None else tape.code(*_nodes(tape, [own])),
        scale=None if scale is None else tape.code(*_nodes(tape, [scale])),
    )


def _symbols(
    tape: Tape, parameters: Sequence[Hyperparameter], values: Mapping[str, Any], prefix: str
) -> dict[str, Any]:
    """Values in which every real number is an input."""
    real = [each.name for each in parameters if each.kind == "float"]
    return {**values, **{name: Recorded(tape, tape.input(f"{prefix}{name}")) for name in real}}


def _with_rate(hyper: Mapping[str, Any], rate: Any) -> dict[str, Any]:
    return {**hyper, "lr": rate} if "lr" in hyper else dict(hyper)


def _nodes(tape: Tape, results: Sequence[Any]) -> list[int]:
    return [node for each in results for node in lifted(tape, each).nodes.ravel().tolist()]
