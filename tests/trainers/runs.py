"""Small runs for tests: quick configurations, and a run with everything it told and kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trainers import Checkpoint, Report, Result, RunConfig, train, train_together

QUICK = {"data.size": 120, "budget.epochs": 4, "watch.pictures": False}


def quick(changes: dict[str, Any] | None = None) -> RunConfig:
    """A run of four short epochs."""
    base = RunConfig().changed(QUICK)
    if changes and "data.name" in changes:
        base = RunConfig().changed({**changes, "budget.epochs": 4, "watch.pictures": False})
    return base.changed(changes or {})


@dataclass
class Told:
    """What a run told and kept."""

    reports: list[Report] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    checkpoints: list[tuple[Checkpoint, str]] = field(default_factory=list)
    result: Result | None = None

    def report(self, batch: Any) -> None:
        self.reports += batch
        self.deliveries.append(len(batch))

    def keep(self, checkpoint: Checkpoint, kind: str) -> None:
        self.checkpoints.append((checkpoint, kind))

    def last(self, kind: str = "last") -> Checkpoint:
        return next(kept for kept, of in reversed(self.checkpoints) if of == kind)

    @property
    def ended(self) -> Result:
        assert self.result is not None
        return self.result


def run(config: RunConfig, **arguments: Any) -> Told:
    """Train on one CPU thread, and keep everything."""
    told = Told()
    arguments = {"device": "cpu", "threads": 1, "checkpoint": told.keep, **arguments}
    told.result = train(config, report=told.report, **arguments)
    return told


def curve(told: Told) -> list[tuple[Any, ...]]:
    """What must be the same for the same configuration: complete reports without anything a clock decides."""
    names = ("epoch", "step", "train_loss", "val_loss", "train_metric", "val_metric", "batch_loss", "lr", "grad_norm")
    return [(*(getattr(r, n) for n in names), r.internals) for r in told.reports if r.complete]


def together(configs: Sequence[RunConfig], **arguments: Any) -> list[Told]:
    """Train at once on one CPU thread, and keep everything that each told."""
    told = [Told() for _ in configs]
    ended: list[int] = []

    def report(batch: Any) -> None:
        for number, reports in batch.items():
            assert number not in ended
            told[number].report(reports)

    def end(number: int, result: Any) -> None:
        ended.append(number)
        told[number].result = result

    def keep(number: int, checkpoint: Checkpoint, kind: str) -> None:
        assert number not in ended
        assert checkpoint.epoch <= told[number].reports[-1].epoch or kind == "last"
        told[number].keep(checkpoint, kind)

    arguments = {"device": "cpu", "threads": 1, "checkpoint": keep, "ended": end, **arguments}
    results = train_together(configs, report=report, **arguments)
    assert sorted(ended) == list(range(len(configs)))
    assert [each.result for each in told] == results
    return told


def assert_close(mine: Any, theirs: Any, *, relative: float = 2e-3) -> None:
    """Everything told is the same to float rounding, which the steps enlarge."""
    if isinstance(theirs, float) and isinstance(mine, float):
        same = (math.isnan(mine) and math.isnan(theirs)) or math.isclose(mine, theirs, rel_tol=relative, abs_tol=2e-5)
        assert same, f"{mine} is not {theirs}"
    elif isinstance(theirs, tuple | list):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert_close(one, other, relative=relative)
    elif hasattr(theirs, "layers"):
        assert_close(tuple(vars(mine).values()), tuple(vars(theirs).values()), relative=relative)
    else:
        assert mine == theirs
