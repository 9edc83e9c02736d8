"""One trial of a search as its runs in the store tell it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainers.store import Store, StoredRun
from trainers.sweeps import NOT_BEGUN, OVER, RUNNING, WAITING, Part, Trial, thinned, trial_name

TOO_LATE = "Not begun: the time of the search was spent."


@dataclass(kw_only=True)
class Curve:
    """What a run has told of the goal. read: the number of the newest report that was read, of this generation."""

    values: dict[float, float] = field(default_factory=dict)
    read: int = 0
    generation: int = -1
    seconds: float = 0.0


@dataclass(kw_only=True)
class FollowedTrial:
    """A trial of a study. values: by the names of the axes. goal: a key of ``GOALS``. runs: ids by seed."""

    part: Part
    number: int
    values: Mapping[str, Any]
    goal: str
    runs: dict[int, str] = field(default_factory=dict)
    curves: dict[int, Curve] = field(default_factory=dict)
    state: str = WAITING
    sentence: str = ""
    ended: float = 0.0
    epochs: float = 1.0
    goals: tuple[float, ...] = ()
    _told: int = 0

    @property
    def name(self) -> str:
        """Its name within the search."""
        return trial_name(self.part.key, self.number)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    @property
    def seconds(self) -> float:
        """Of training, all seeds together."""
        return sum(curve.seconds for curve in self.curves.values())

    def follow(self, store: Store, seed: int, run: StoredRun) -> None:
        """Read what a run has told since."""
        curve = self.curves.setdefault(seed, Curve())
        if run.status != "queued" and self.state == WAITING:
            self.state = RUNNING
        curve.seconds = run.taken
        if run.config is not None:
            self.epochs = float(run.config.budget.epochs)
        if run.generation != curve.generation:
            curve.values, curve.read, curve.generation = {}, 0, run.generation
        if run.last > curve.read:
            for number, report in store.reports(run.id, curve.read):
                curve.read = number
                value = report.val_loss if self.goal == "val_loss" else report.val_metric
                if report.complete and value is not None:
                    curve.values[report.epoch] = value

    def news(self) -> Iterator[tuple[int, float]]:
        """(epoch, mean over the seeds), of epochs that all seeds have reached and that were not given out yet."""
        for epoch, value in self._mean():
            if int(epoch) > self._told and math.isfinite(value):
                self._told = int(epoch)
                yield self._told, value

    def share(self) -> float:
        """How much of it is done."""
        reached = sum(max(curve.values, default=0.0) for curve in self.curves.values())
        return min(1.0, reached / (self.epochs * max(1, len(self.runs))))

    def outcome(self, runs: Mapping[int, StoredRun | None], *, pruned: bool) -> tuple[str, str]:
        """(state, sentence) of a trial whose runs have all ended; empty where one is to go on."""
        present = [run for run in runs.values() if run is not None]
        if len(present) < len(runs) or not present:
            return "failed", "A run of it was deleted."
        for run in present:
            if run.status in ("failed", "no_data", "out_of_memory", "interrupted"):
                return "failed", run.sentence
        if any(run.status == "diverged" for run in present):
            return "diverged", "Its loss became no number."
        if all(run.status in ("finished", "early_stopped") for run in present):
            return "complete", ""
        if all(run.sentence == TOO_LATE for run in present):
            return NOT_BEGUN, TOO_LATE
        return ("pruned", "") if pruned else ("stopped", "It was stopped by hand.")

    def end(self, state: str, sentence: str, runs: Mapping[int, StoredRun | None], maximize: bool) -> None:
        """It has ended; ``state`` is one of ``OVER``."""
        best = max if maximize else min
        self.goals = tuple(
            best(finite)
            for _, curve in sorted(self.curves.items())
            if (finite := [value for value in curve.values.values() if math.isfinite(value)])
        )
        if state == "complete" and len(self.goals) < len(self.runs):
            state, sentence = "failed", "It has told no number to compare."
        self.state, self.sentence = state, sentence
        ends = [run.ended.timestamp() for run in runs.values() if run is not None and run.ended is not None]
        self.ended = max(ends, default=0.0)

    @property
    def told_state(self) -> str:
        """The state as the study knows it: a diverged trial is complete, and the worst there is."""
        return {"diverged": "complete", "stopped": "failed", NOT_BEGUN: "failed"}.get(self.state, self.state)

    def worth(self, maximize: bool) -> float | None:
        """What the study is told."""
        if self.state == "diverged":
            return -math.inf if maximize else math.inf
        return self._goal() if self.state == "complete" else None

    def shown(self, order: int | None, maximize: bool) -> Trial:
        """As pages show it."""
        mean = self._mean()
        places = thinned(len(mean))
        goals = self.goals
        if not self.over:
            best = max if maximize else min
            found = [[v for v in curve.values.values() if math.isfinite(v)] for curve in self.curves.values()]
            goals = tuple(best(values) for values in found if values)
        return Trial(
            part=self.part.key,
            number=self.number,
            values=tuple(self.values.values()),
            state=self.state,
            goal=sum(goals) / len(goals) if goals and self.state != "diverged" else None,
            goals=goals,
            runs=tuple(id for _, id in sorted(self.runs.items())),
            epochs=tuple(mean[place][0] for place in places),
            curve=tuple(mean[place][1] for place in places),
            seconds=self.seconds,
            order=order,
            sentence=self.sentence,
        )

    def _goal(self) -> float | None:
        return sum(self.goals) / len(self.goals) if self.goals else None

    def _mean(self) -> list[tuple[float, float]]:
        """(epoch, mean over the seeds) of the epochs that all have reached."""
        curves = [self.curves[seed].values for seed in self.runs if seed in self.curves]
        if not curves or len(curves) < len(self.runs):
            return []
        common = set(curves[0]).intersection(*curves[1:])
        return [(epoch, sum(curve[epoch] for curve in curves) / len(curves)) for epoch in sorted(common)]
