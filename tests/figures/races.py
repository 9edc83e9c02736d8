"""Small finished races that the figure tests share."""

from __future__ import annotations

from functools import cache

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from landscapes import LANDSCAPES


@cache
def valley() -> RaceResult:
    """Four optimizers in Rosenbrock's valley; the second SGD diverges."""
    entries = (
        Entry(optimizer="sgd", values={"lr": 1e-3}),
        Entry(optimizer="sgd", values={"lr": 1e-2}),
        Entry(optimizer="adam", values={"lr": 0.1}),
        Entry(optimizer="newton"),
    )
    return run_race(Race(landscape=LANDSCAPES["rosenbrock"], entries=entries, start=(-1.5, 2.0), steps=120))


@cache
def noisy() -> RaceResult:
    """Two optimizers among Himmelblau's four minima, with gradient noise and a schedule."""
    entries = (
        Entry(optimizer="momentum", values={"lr": 3e-3}),
        Entry(optimizer="adam", values={"lr": 0.2}, schedule="cosine", warmup=5),
    )
    return run_race(
        Race(landscape=LANDSCAPES["himmelblau"], entries=entries, start=(0.0, -1.0), steps=40, noise=0.5, seed=7)
    )
