"""The types of a race: who runs, under which conditions, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landscapes import Landscape
    from optimizers import Batches, ChosenSchedule, Trajectory


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One optimizer of a race. Names are catalogue keys; values not given are defaults.

    warmup: steps of linear warm-up before the schedule; 0 for none. batch: rows that each step sees, of a surface that
    is made of rows; 0 for all. draw: how they are drawn, ``shuffled`` or ``replaced``.
    """

    optimizer: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    schedule: str = "constant"
    schedule_values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    warmup: int = 0
    batch: int = 0
    draw: str = "shuffled"

    @property
    def chosen_schedule(self) -> ChosenSchedule | None:
        """What ``descend`` takes: None where the rate is constant, or the rule has none."""
        from optimizers import OPTIMIZERS, SCHEDULES

        names = {parameter.name for parameter in OPTIMIZERS[self.optimizer].hyperparameters}
        if "lr" not in names or (self.schedule == "constant" and not self.warmup):
            return None
        chosen = SCHEDULES[self.schedule].choose(**self.schedule_values)
        if not self.warmup:
            return chosen
        return SCHEDULES["linear_warmup"].choose(total_iters=self.warmup, then=chosen)


@dataclass(frozen=True, kw_only=True)
class Race:
    """Everything that determines the picture; hashable. start: (x, y). noise: standard deviation of gradient noise."""

    landscape: Landscape
    entries: tuple[Entry, ...]
    start: tuple[float, float]
    steps: int
    noise: float = 0.0
    seed: int = 0

    def batches(self, entry: Entry) -> Batches | None:
        """Which rows each step of a lane sees; None for all of them."""
        from optimizers import Batches

        rows = self.landscape.rows
        replaced = entry.draw == "replaced"
        if rows is None or not entry.batch or (entry.batch >= len(rows) and not replaced):
            return None
        return Batches(rows=len(rows), size=min(entry.batch, len(rows)), seed=self.seed, replacement=replaced)


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One runner of a finished race: what was asked and what came out.

    label is unique within the race ("Adam", or "Adam, rate 0.1" where the rate tells copies apart).
    """

    entry: Entry
    label: str
    trajectory: Trajectory


@dataclass(frozen=True, kw_only=True)
class RaceResult:
    race: Race
    lanes: tuple[Lane, ...]


def check_step(result: RaceResult, step: int | None) -> int:
    """``step``, or the last one for None. Raises ValueError for a step that the race does not have."""
    last = result.race.steps
    if step is None:
        return last
    if not 0 <= step <= last:
        raise ValueError(f"step was given {step!r}; allowed is a whole number from 0 to {last}")
    return int(step)
