"""What happened in a race: one outcome and one sentence for every lane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.race.line_words import line_sentence
from experiments.race.types import Lane, Race, RaceResult
from landscapes import Landscape, turning_points
from numerals import readable
from optimizers import Batches
from optimizers.outcome import Outcome, analyse, explain
from optimizers.stability import noise_gap

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
    return float(np.sqrt(np.trace(_covariance(landscape, point, batches)) / 2))


def _covariance(landscape: Landscape, point: Array, batches: Batches) -> Array:
    """Of a batch's gradient at a point, ``(2, 2)``; zero where it is not finite."""
    n = batches.rows
    rows = np.stack([landscape.batch([i]).gradient(point) for i in range(n)])
    if not np.isfinite(rows).all():
        return np.zeros((2, 2))
    share = 1.0 if batches.replacement or n == 1 else (n - batches.size) / (n - 1)
    return np.cov(rows.T, ddof=0) / batches.size * share


def _by_theory(race: Race, lane: Lane) -> str:
    """What theory says of a path that hovers: gradient descent at a constant rate, near a minimum that is known."""
    path, minima = lane.trajectory, race.landscape.minima
    if lane.entry.optimizer != "sgd" or path.schedule is not None or path.hyperparameters["weight_decay"] or not minima:
        return ""
    nearest = np.array(min(minima, key=lambda at: float(np.hypot(*(path.points[-1] - np.array(at))))))
    batches = race.batches(lane.entry)
    covariance = race.noise**2 * np.eye(2)
    if batches is not None:
        covariance = covariance + _covariance(race.landscape, nearest, batches)
    gap = noise_gap(race.landscape.hessian(nearest), covariance, float(path.hyperparameters["lr"]))
    if gap is None:
        return ""
    one_by_one = batches is not None and not batches.replacement
    return f" By theory {'independent batches hold' if one_by_one else 'this rate holds'} it at {readable(gap)}."


def report(result: RaceResult) -> tuple[LaneReport, ...]:
    """A report for each lane, in the order of the race."""
    landscape = result.race.landscape
    low, high = landscape.domain[0]
    turns = turning_points(landscape) if landscape.dimensions == 1 else None
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
        sentence = explain(outcome, lane.label)
        if turns is not None:
            sentence = line_sentence(outcome, lane.label, turns, high - low)
        elif outcome.state == "hovering":
            sentence += _by_theory(result.race, lane)
        reports.append(LaneReport(lane=lane, outcome=outcome, sentence=sentence))
    return tuple(reports)
