"""What happened in a race: one outcome and one sentence for every lane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.race.types import Lane, RaceResult
from landscapes import Landscape
from optimizers import Batches
from optimizers.outcome import Outcome, analyse, explain

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LaneReport:
    """A lane, the facts computed from its path, and the sentence that tells them."""

    lane: Lane
    outcome: Outcome
    sentence: str


def batch_noise(landscape: Landscape, point: Array, batches: Batches) -> float:
    """Standard deviation of a coordinate of a batch's gradient at a point ``(2,)``, the root of the mean over both.

    That of single rows over the root of the batch size, and less where no row comes twice (Cochran 1977, Sampling
    Techniques, 2.6).
    """
    n = batches.rows
    rows = np.stack([landscape.batch([i]).gradient(point) for i in range(n)])
    if not np.isfinite(rows).all():
        return 0.0
    share = 1.0 if batches.replacement or n == 1 else (n - batches.size) / (n - 1)
    return float(np.sqrt(rows.var(0).mean() / batches.size * share))


def report(result: RaceResult) -> tuple[LaneReport, ...]:
    """A report for each lane, in the order of the race."""
    landscape = result.race.landscape
    reports = []
    for lane in result.lanes:
        batches = result.race.batches(lane.entry)
        shaken = 0.0 if batches is None else batch_noise(landscape, lane.trajectory.points[-1], batches)
        outcome = analyse(
            landscape,
            lane.trajectory,
            minima=landscape.minima,
            minimum=landscape.minimum,
            distance=landscape.distance,
            saddles=landscape.saddles,
            domain=landscape.domain,
            noise=math.hypot(result.race.noise, shaken),
            batch=0 if batches is None or result.race.noise else batches.size,
        )
        reports.append(LaneReport(lane=lane, outcome=outcome, sentence=explain(outcome, lane.label)))
    return tuple(reports)
