"""The learning rate of each step of one descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optimizers.types import ChosenSchedule


class RateStage(NamedTuple):
    """One schedule for some steps: its functions, as ``Schedule`` has them, and its values."""

    steps: int
    rate: Callable
    values: Mapping
    init: Callable | None = None
    observe: Callable | None = None


def stages(chosen: ChosenSchedule, steps: int) -> list[RateStage]:
    """The stages of a run: a warm-up, where there is one, and what follows it."""
    found: list[RateStage] = []
    stage: ChosenSchedule | None = chosen
    while stage is not None:
        length = steps if stage.then is None else min(int(stage.values["total_iters"]), steps)
        schedule = stage.schedule
        found.append(RateStage(length, schedule.rate, stage.values, schedule.init, schedule.observe))
        steps, stage = steps - length, stage.then
    return found


class Rates:
    """The rate of each step for one block of points, through a warm-up and what follows it."""

    def __init__(self, stages: Sequence[RateStage], base: Any, batch: tuple[int, ...] = ()) -> None:
        self._stages = list(stages)
        self._base = base
        self._batch = batch
        self._begin = 0
        self._enter()

    def _enter(self) -> None:
        stage = self._stages[0]
        self._state: Any = None
        if stage.init is not None:
            self._state = stage.init(np.broadcast_to(self._base, (*self._batch, 1)), stage.values)
        self.watches = stage.observe is not None

    def at(self, k: int) -> Any:
        """The rate of step k: a number, or ``(n, 1)``. Steps are asked for in order."""
        while len(self._stages) > 1 and k >= self._begin + self._stages[0].steps:
            self._begin += self._stages.pop(0).steps
            self._enter()
        stage = self._stages[0]
        rate = stage.rate(self._base, k - self._begin, stage.steps, stage.values, self._state)
        return rate if self._batch else float(np.asarray(rate).item())

    def observe(self, value: Any) -> None:
        """Hand f at the new points ``(*batch)`` to a schedule that watches it."""
        stage = self._stages[0]
        if stage.observe is not None and self._state is not None:
            self._state = stage.observe(self._state, np.asarray(value, dtype=np.float64)[..., None], stage.values)
