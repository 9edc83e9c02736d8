"""Slow: L falls steadily from the start on, far from its target, in updates that are small for the weights.

A healthy update is about a thousandth of the weights (Karpathy, CS231n, "Babysitting the learning process").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.history import Array
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.oscillating import OSCILLATING, swings
from trainers.diagnosis.measures import MIN_REPORTS, Measures, Swing, window_of
from trainers.diagnosis.remedies import lr, remedies
from trainers.diagnosis.trial_judging import LEARNED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a run is slow. Losses are shares of L0."""

    update: float = threshold(7e-4, "first updates over the weights", "CS231n: 1e-3 is healthy")
    update_linear: float = threshold(2e-3, "the same with one layer, which starts with small weights")
    left: float = threshold(0.25, "what is left")
    left_alone: float = threshold(0.5, "the same where the inside is not known, but the loss of a constant prediction")
    fall: float = threshold(0.002, "fall within the last fifth where the inside is not known")
    half: float = threshold(0.2, "share of the reports in which half of the fall came, where curves are alone")
    half_most: float = threshold(0.62, "the same at the most: what gathers pace has left a plateau")
    left_curves: float = threshold(0.35, "what is left of the loss where its way begins, where none is below 0")
    late_reports: int = threshold(20, "reports from which on that is asked")
    errors: float = threshold(4.0, "that fall in standard errors of a mean, where a loss falls in fewer reports")
    swings: float = threshold(4.0, "the same in swings")
    beside: float = threshold(0.5, "fall of V over that of L, from where L had half of its fall")
    steady: float = threshold(0.8, "reports in which V falls over those in which L does: short steps jolt neither")
    falling: float = threshold(0.9, "share of reports in which L falls, where the inside is not known")
    linear_left: float = threshold(0.2, "what is left with one layer at the end of the budget, where L still falls")
    linear_fall: float = threshold(0.02, "fall within the last fifth then")
    linear_budget: float = threshold(0.9, "share of the planned epochs then")
    since_start: float = threshold(0.01, "how far L has come at the least")


def _slow(m: Measures, at: Thresholds) -> Sign | None:
    if m.n < 2 * MIN_REPORTS or m.scale <= 0 or m.faint:
        return None
    # More of what has turned is no cure.
    if m.turned or m.may_have_turned or m.knows_better:
        return None
    turns = swings(m)
    if not turns and (sign := _unfinished(m, at)) is not None:
        return sign
    if m.curves_alone:
        return _creeps(m, at)
    if turns or m.left < at.left:
        return None
    first, ratio = float(m.train[0]), m.update_ratio
    if ratio is not None:
        largest = at.update_linear if m.one_layer else at.update
        if ratio > largest or m.bad_start or first - m.now < at.since_start * m.scale:
            return None
        strength, why = largest / max(ratio, 1e-12), f"updates begin at {readable(ratio, 2)} of the weights"
    else:
        falling = float(np.mean(np.diff(m.train) < 0))
        steady = m.trend.falls and m.trend.fall > at.fall * m.scale
        if m.left < at.left_alone or falling < at.falling or not steady or m.trend.fall > 0.5 * (m.now - m.floor):
            return None
        strength, why = 1.0 + falling, f"it falls in {falling:.0%} of the reports"
    return Sign(
        strength=min(strength, 10.0),
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} after {m.n} reports, from {readable(first)}; {why}.",
    )


def _creeps(m: Measures, at: Thresholds) -> Sign | None:
    """From curves alone the floor is not known, but how the fall is spread over the run is.

    A fall that had the time to level off has had half of it early on, whatever its floor: e^(-8 t) by a twelfth of the
    run, a logarithm by a fifth of 40 reports. With short steps it is spread over the run, also where a schedule ends
    it: half of the steps of a cosine are made by a quarter of the run. What an untrained network gains by its second
    report is no pace. V has to go the same way.
    """
    if m.n < at.late_reports:
        return None
    first, part = _way(m.train, m.now)
    fall = float(m.train[first]) - m.now
    if not _spread(at, part, m.n) or not _clear(at, m.train, fall, m.train_noise, m.swing):
        return None
    if fall <= at.since_start * m.scale or (m.floor == 0 and m.now < at.left_curves * float(m.train[first])):
        return None
    # What stands still at a known rate has arrived, or was brought to rest by a schedule on purpose.
    if m.rate_spent or (np.isfinite(m.history.lr[m.rows]).all() and not m.trend.falls):
        return None
    if not _with_validation(m, at, first + round(part * (m.n - 1 - first)), fall):
        return None
    return Sign(
        strength=part / at.half,
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} after {m.n} reports, from {readable(float(m.train[0]))}; "
        f"half of its fall took {part:.0%} of them.",
    )


def _way(values: Array, end: float) -> tuple[int, float]:
    """Where a loss starts on its way, and the share of the reports from there in which it has come half of it.

    It starts at its highest in the first quarter, the first report left out: of that on an untrained network running
    means know nothing yet, nor does it tell a pace.
    """
    first = 1 + int(np.argmax(values[1 : max(3, len(values) // 4)]))
    high, rest = float(values[first]), values[first:]
    return first, float(np.argmax(rest <= (high + end) / 2)) / (len(rest) - 1) if high > end else 0.0


def _spread(at: Thresholds, part: float, count: int) -> bool:
    """Whether a fall is spread over the run, more evenly than a logarithm's."""
    logarithm = (float(np.sqrt(2 * count)) - 2) / (count - 2)
    return max(at.half, logarithm) <= part <= at.half_most


def _with_validation(m: Measures, at: Thresholds, middle: int, fall: float) -> bool:
    """Whether V is as long on its way as L, and goes on where L, past the middle of its fall, does."""
    if len(m.val) < 2 * MIN_REPORTS:
        return True
    first, part = _way(m.val, m.val_now)
    whole = float(m.val[first]) - m.val_now
    if not _spread(at, part, len(m.val)) or not _clear(at, m.val, whole, m.val_noise, m.val_swing):
        return False
    if _falling(m.val) < at.steady * _falling(m.train):
        return False
    begins = min(int(np.searchsorted(m.val_epochs, m.epochs[middle])), len(m.val) - 1)
    return float(m.val[begins]) - m.val_now >= at.beside * fall / 2


def _clear(at: Thresholds, values: Array, fall: float, noise: float, swing: Swing) -> bool:
    """Whether a loss falls in nearly all reports, or in all by more than its noise and swings."""
    if swing.turns <= OSCILLATING.thresholds.turns and _falling(values) >= at.falling:
        return True
    error = noise * float(np.sqrt(2 / window_of(len(values))))
    return fall > max(at.errors * error, at.swings * swing.size)


def _falling(values: Array) -> float:
    return float(np.mean(np.diff(values) < 0))


def _unfinished(m: Measures, at: Thresholds) -> Sign | None:
    """The loss of a weighted sum has no other valley: where it still falls at the end, steps were too short."""
    if not m.one_layer or m.bad_start or m.planned is None or m.last_epoch < at.linear_budget * m.planned:
        return None
    falling, least = float(np.mean(np.diff(m.train) < 0)), at.linear_fall * m.scale
    if m.left < at.linear_left or falling < 0.95 or m.trend.fall < least:
        return None
    return Sign(
        strength=m.trend.fall / least,
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} near the end of the budget and still falls, "
        f"in {falling:.0%} of the reports.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Go on with ten times the rate.", lr(m, 10.0), "here"),
        ("Go on with three times the rate.", lr(m, 3.0), "here"),
    )


SLOW = Kind(
    key="slow",
    name="Slow",
    meaning="The loss creeps down in steps that are small for the weights.",
    group="rate",
    rule=_slow,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"plateau", "underfitting", "generalization_gap"}),
    cure="too little movement",
    reference="Karpathy, CS231n, Babysitting the learning process",
)
