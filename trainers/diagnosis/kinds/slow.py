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
from trainers.diagnosis.kinds.oscillating import OSCILLATING
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
    late: float = threshold(0.12, "share of the whole fall in the last third of the reports, where curves are alone")
    late_trained: float = threshold(0.15, "share of the fall since the second report: before it nothing was learned")
    late_again: float = threshold(0.65, "that fall over that of the third before then; a logarithm has 0.58")
    gathers: float = threshold(2.0, "that fall over that of the third before, at the most: a plateau was left")
    late_reports: int = threshold(20, "reports from which on that is asked")
    left_curves: float = threshold(0.15, "what is left of the first loss then, where no loss is below 0")
    errors: float = threshold(4.0, "that fall in standard errors of L's mean, where L falls in fewer reports")
    swings: float = threshold(4.0, "the same in swings of L")
    beside: float = threshold(0.3, "fall of V over that of L in the last third")
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
    turns = m.swing.turns > OSCILLATING.thresholds.turns
    if not turns and (sign := _unfinished(m, at)) is not None:
        return sign
    if m.curves_alone:
        return _levels_never(m, at)
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


def _levels_never(m: Measures, at: Thresholds) -> Sign | None:
    """From curves alone the floor is not known: L falls as a straight line would, and has not begun to level off.

    Where the first report is of a network that has not learned yet, what it gains by the second says nothing of its
    pace. A fall that noise breaks counts where it is clear of the noise.
    """
    third = m.n // 3
    if m.n < at.late_reports or not m.trend.falls:
        return None
    before, then, now = (float(m.smooth_train[place]) for place in (-1 - 2 * third, -1 - third, -1))
    whole, late = float(m.smooth_train[0]) - now, then - now
    if whole <= at.since_start * m.scale or (m.floor == 0 and m.left < at.left_curves):
        return None
    middle, trained = before - then, max(float(m.train[1]) - now, late)
    # What stood above its first value comes down from a height, and what gathers pace has left a plateau.
    if not 0 < late <= min(at.gathers * middle, whole) or not _together(m, at, third, late):
        return None
    again = min(late / (at.late_trained * trained), late / (at.late_again * middle))
    strength = max(late / (at.late * whole), again)
    if strength < 1:
        return None
    return Sign(
        strength=strength,
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} after {m.n} reports, from {readable(float(m.train[0]))}; "
        f"{late / whole:.0%} of its fall came in the last third.",
    )


def _together(m: Measures, at: Thresholds, third: int, late: float) -> bool:
    """Whether L and V go down together, by no matter of chance.

    Where a gap opens, or V is jolted while L falls evenly, steps are not short.
    """
    if not _clear(at, m.train, late, m.train_noise, m.swing):
        return False
    if len(m.val) < 2 * MIN_REPORTS:
        return True
    begins = min(int(np.searchsorted(m.val_epochs, m.epochs[-1 - third])), len(m.val) - 1)
    fall = float(m.smooth_val[begins]) - m.val_now
    if fall < at.beside * late or not _clear(at, m.val, fall, m.val_noise, m.val_swing):
        return False
    return _falling(m.val) >= at.steady * _falling(m.train)


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
