"""Oscillating: L swings widely about a trend that hardly falls, and comes back.

Gradients that point against each other step after step are a rate beyond the edge of stability (Cohen et al., 2021,
arXiv:2103.00065); sharpness at that edge is no alarm by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.history import Array
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.overfitting import rise_of
from trainers.diagnosis.measures import MIN_REPORTS, Measures, Swing, noise_of, trend_of
from trainers.diagnosis.remedies import add, lr, remedies, scaled
from trainers.diagnosis.trial_judging import LEARNED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where L swings. Sizes are shares of L0."""

    swing: float = threshold(0.03, "spread of L about its trend that is a swing")
    matters: float = threshold(0.035, "spread of L about its trend that is a complaint")
    matters_alone: float = threshold(0.029, "the same where curves are alone: L0 is not known, and L begins above it")
    matters_val: float = threshold(0.055, "the same of V, where curves are alone")
    level_val: float = threshold(0.12, "that spread over the mean of V")
    returns: int = threshold(3, "how often L must turn back by a swing: up, down and up again")
    early: float = threshold(4.0, "reports at which twice the spread is asked for")
    turns: float = threshold(0.3, "share of reports at which L turns")
    gain: float = threshold(0.03, "mean of the swings over their lowest: what a calmer rate is worth")
    gain_relative: float = threshold(0.08, "the same, as a share of that mean")
    lost: float = threshold(0.015, "median of L over the last third, above the lowest before, where curves are alone")
    lost_swings: float = threshold(0.1, "swings of L over that: what rises evenly has another cause")
    lost_relative: float = threshold(0.1, "mean of L over the last third above its lowest, as a share of that mean")
    lost_errors: float = threshold(3.0, "the same above the lowest mean before, in standard errors of such a mean")
    jolted: float = threshold(0.7, "or correlation of the steps of L with those of V: one cause moves both")
    solved: float = threshold(0.99, "training accuracy or R^2 from which on swings cost nothing")
    step_errors: float = threshold(3.0, "spread of L in standard errors, where it is a mean of single steps")
    over_rise: float = threshold(2.0, "how much wider it must be where validation has turned as well")


AT = Thresholds()


def _oscillating(m: Measures, at: Thresholds) -> Sign | None:
    # A rate that has fallen to a few percent cannot be too high any more.
    if m.n < 2 * MIN_REPORTS or m.scale <= 0 or m.rate_rises or m.rate_spent:
        return None
    if m.metric_now[0] >= at.solved:
        return None
    return _training(m, at) or _higher(m, at) or _validation(m, at)


def _training(m: Measures, at: Thresholds) -> Sign | None:
    # A few reports swing by chance.
    matters = at.matters_alone if m.curves_alone else at.matters
    swing, least = m.swing, matters * m.scale * (1 + at.early / m.n)
    if swing.size < max(least, at.step_errors * m.step_error) or not _comes_back(m, at, m.train, swing):
        return None
    if swing.size < at.over_rise * least and rise_of(m) is not None:
        return None
    begins = int(np.argmax(np.abs(np.diff(m.train)) > at.swing * m.scale)) + 1
    return Sign(
        strength=swing.size / least,
        since=float(m.epochs[begins]),
        evidence=f"Training loss swings between {readable(swing.low)} and {readable(swing.high)} "
        f"over the last {swing.reports} reports and turns at {swing.turns:.0%} of them.",
    )


def _higher(m: Measures, at: Thresholds) -> Sign | None:
    """L stands above where it has been: steps that are short enough do not take it there again.

    The first loss, against which swings are measured, may be many times that of a constant prediction, so that little
    is asked for beside it; but L must be clear of its noise, or go up and down with V, as where the weights do.
    """
    swing, least = m.swing, at.lost * m.scale
    above, before = _lost(m.train, swing.reports), m.train[: -swing.reports]
    low = float(m.train.min())
    if above < least or swing.mean - low < at.lost_relative * (swing.mean - m.floor):
        return None
    # Where L0 is known, so is what a swing is, and what a calmer rate has to be worth.
    worth = swing.mean - low >= at.gain * m.scale and _returns(m.train, swing, at.swing * m.scale) >= at.returns
    if not m.curves_alone and not worth:
        return None
    if swing.turns < at.turns or swing.size < at.lost_swings * above:
        return None
    error = max(noise_of(m.train[-swing.reports :]) / float(np.sqrt(m.window)), m.step_error)
    means = m.smooth_train[m.window - 1 : -swing.reports]
    clear = len(means) > 0 and above - float(means.min() - before.min()) > at.lost_errors * error
    if not clear and _correlation(m, swing.reports) < at.jolted:
        return None
    since = int(np.argmin(before))
    return Sign(
        strength=above / least,
        since=float(m.epochs[since]),
        evidence=f"Training loss was {readable(float(before[since]))} at epoch {readable_epoch(m.epochs[since])}; "
        f"over the last {swing.reports} reports it is between {readable(swing.low)} and {readable(swing.high)}.",
    )


def _correlation(m: Measures, count: int) -> float:
    """Of the steps of L with those of V over the last reports; 0 where they are not measured together."""
    if len(m.val) != m.n or not np.array_equal(m.val_rows_index, m.rows):
        return 0.0
    steps = np.diff(m.train[-count:]), np.diff(m.val[-count:])
    spread = float(steps[0].std() * steps[1].std())
    return float(np.mean((steps[0] - steps[0].mean()) * (steps[1] - steps[1].mean()))) / spread if spread > 0 else 0.0


def _validation(m: Measures, at: Thresholds) -> Sign | None:
    """The rows of validation are the same each time: where V swings widely about its level, the weights do.

    The training loss of many tools is a mean over an epoch, in which such swings are lost.
    """
    swing, count = m.val_swing, len(m.val)
    if count < 2 * MIN_REPORTS or rise_of(m) is not None:
        return None
    least = max(at.matters_val * m.scale * (1 + at.early / count), at.level_val * (swing.mean - m.floor))
    if swing.size < least or not _comes_back(m, at, m.val, swing):
        return None
    begins = int(np.argmax(np.abs(np.diff(m.val)) > at.swing * m.scale)) + 1
    return Sign(
        strength=swing.size / least,
        since=float(m.val_epochs[begins]),
        evidence=f"Validation loss swings between {readable(swing.low)} and {readable(swing.high)} "
        f"over the last {swing.reports} reports and turns at {swing.turns:.0%} of them.",
    )


def _comes_back(m: Measures, at: Thresholds, values: Array, swing: Swing) -> bool:
    """Whether a loss goes up and down about a level that hardly falls, and well below its mean at times."""
    if swing.turns < at.turns or trend_of(values, swing.reports).fall > 3 * swing.size:
        return False
    # A loss that is mostly lower than it was before goes down in spite of a jolt now and then.
    if _lost(values, swing.reports) <= 0:
        return False
    if _returns(values, swing, at.swing * m.scale) < at.returns:
        return False
    # A calmer rate is worth nothing where the swings hardly go below their mean.
    above = swing.mean - swing.low
    return above >= at.gain * m.scale and above >= at.gain_relative * (swing.mean - m.floor)


def swings(m: Measures) -> bool:
    """Whether L moves up and down widely at the end."""
    return m.swing.size > AT.swing * m.scale and m.swing.turns > AT.turns


def _lost(values: Array, count: int) -> float:
    """How far a loss mostly is, over so many of the last reports, above the lowest that it has been before."""
    return float(np.median(values[-count:]) - values[:-count].min()) if len(values) > count else 0.0


def _returns(values: Array, swing: Swing, least: float) -> int:
    """How often a loss turns back over the last third, by at least this much: 2 for one way up and down."""
    tail = values[-swing.reports :].tolist()
    low = high = tail[0] if tail else 0.0
    count = way = 0
    for value in tail:
        low, high = min(low, value), max(high, value)
        if way <= 0 and value - low > least:
            count, way, high = count + 1, 1, value
        elif way >= 0 and high - value > least:
            count, way, low = count + 1, -1, value
    return count


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Go on with a third of the rate.", lr(m, 1 / 3), "here"),
        ("Go on with a tenth of the rate.", lr(m, 0.1), "here"),
        ("Let the rate fall along a cosine.", add(m, schedule__name="cosine"), "here"),
        ("Take batches four times as large.", scaled(m, "budget.batch_size", 4, 1, 4096), "here"),
    )


OSCILLATING = Kind(
    key="oscillating",
    name="Oscillating",
    meaning="The loss swings about a level that it could fall below: the rate is too high.",
    group="rate",
    rule=_oscillating,
    thresholds=AT,
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"slow", "plateau", "fit"}),
    cure="rate or weights too large",
    reference="Cohen et al. (2021), arXiv:2103.00065",
)
