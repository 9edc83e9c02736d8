"""The learning rate of each step of one descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from optimizers.types import Array, ChosenSchedule, Hyper, State


class Rates:
    """The rate of each step for one block, through a warm-up and what follows it."""

    def __init__(self, chosen: ChosenSchedule, base: Any, steps: int, batch: tuple[int, ...]) -> None:
        self._base = base
        self._batch = batch
        self._stages: list[tuple[int, int, ChosenSchedule]] = []  # first step, steps, schedule
        begin = 0
        stage: ChosenSchedule | None = chosen
        while stage is not None:
            length = min(int(stage.values["total_iters"]), steps - begin) if stage.then is not None else steps - begin
            self._stages.append((begin, length, stage))
            begin += length
            stage = stage.then
        self._stage = -1
        self._enter()

    def _enter(self) -> None:
        self._stage += 1
        self._begin, self._steps, chosen = self._stages[self._stage]
        self._schedule, self._values = chosen.schedule, chosen.values
        self._state: State | None = None
        if self._schedule.init is not None:
            self._state = self._schedule.init(np.broadcast_to(self._base, (*self._batch, 1)), self._values)
        self.watches = self._schedule.observe is not None

    def at(self, k: int) -> Any:
        """The rate of step k: a number, or ``(n, 1)``. Steps are asked for in order."""
        while self._stage + 1 < len(self._stages) and k >= self._stages[self._stage + 1][0]:
            self._enter()
        rate = self._schedule.rate(self._base, k - self._begin, self._steps, self._values, self._state)
        return rate if self._batch else float(np.asarray(rate).item())

    def observe(self, value: Any) -> None:
        """Hand f at the new points ``(*batch)`` to a schedule that watches it."""
        observe: Callable[[State, Array, Hyper], State] | None = self._schedule.observe
        if observe is not None and self._state is not None:
            self._state = observe(self._state, np.asarray(value, dtype=np.float64)[..., None], self._values)
