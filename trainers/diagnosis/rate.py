"""Step size: the loss swings, creeps, or stands still.

A healthy update is about a thousandth of the weights (Karpathy, CS231n, "Babysitting the learning process"). Gradients
that point against each other step after step are a rate beyond the edge of stability (Cohen et al., 2021,
arXiv:2103.00065); sharpness at that edge is no alarm by itself.
"""

from __future__ import annotations

import numpy as np

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.fit import flat_since, rise_of
from trainers.diagnosis.measures import Measures, trend_of


def oscillating(m: Measures) -> Sign | None:
    """L swings widely about a trend that hardly falls, and comes back."""
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0 or m.rate_rises:
        return None
    # A few reports swing by chance.
    swing, least = m.swing, at.SWING_MATTERS * m.scale * (1 + at.SWING_EARLY / m.n)
    if swing.size < least or swing.turns < at.SWING_TURNS or trend_of(m.train, swing.reports).fall > 3 * swing.size:
        return None
    if swing.size < at.SWING_OVER_RISE * least and rise_of(m) is not None:
        return None
    if m.returns < at.SWING_RETURNS:
        return None
    # A calmer rate is worth nothing where the swings hardly go below their mean.
    above = swing.mean - swing.low
    if above < at.SWING_GAIN * m.scale or above < at.SWING_GAIN_RELATIVE * (swing.mean - m.floor):
        return None
    begins = int(np.argmax(np.abs(np.diff(m.train)) > at.SWING * m.scale)) + 1
    return Sign(
        strength=swing.size / least,
        since=float(m.epochs[begins]),
        evidence=f"Training loss swings between {readable(swing.low)} and {readable(swing.high)} "
        f"over the last {swing.reports} reports and turns at {swing.turns:.0%} of them.",
    )


def slow(m: Measures) -> Sign | None:
    """L falls steadily from the start on, far from its target, in updates that are small for the weights."""
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0 or m.swing.turns > at.SWING_TURNS or m.faint:
        return None
    if (sign := _unfinished(m)) is not None:
        return sign
    if m.left < at.SLOW_LEFT:
        return None
    first, ratio = float(m.train[0]), m.update_ratio
    if ratio is not None:
        largest = at.SLOW_UPDATE_LINEAR if m.one_layer else at.SLOW_UPDATE
        if ratio > largest or m.bad_start or first - m.now < at.SLOW_SINCE_START * m.scale:
            return None
        strength, why = largest / max(ratio, 1e-12), f"updates begin at {readable(ratio, 2)} of the weights"
    else:
        falling = float(np.mean(np.diff(m.train) < 0))
        steady = m.trend.falls and m.trend.fall > at.SLOW_FALL * m.scale
        if m.left < at.SLOW_LEFT_ALONE or falling < 0.9 or not steady or m.trend.fall > 0.5 * (m.now - m.floor):
            return None
        strength, why = 1.0 + falling, f"it falls in {falling:.0%} of the reports"
    return Sign(
        strength=min(strength, 10.0),
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} after {m.n} reports, from {readable(first)}; {why}.",
    )


def _unfinished(m: Measures) -> Sign | None:
    """The loss of a weighted sum has no other valley: where it still falls at the end, steps were too short."""
    if not m.one_layer or m.bad_start or m.planned is None or m.last_epoch < at.SLOW_LINEAR_BUDGET * m.planned:
        return None
    falling, least = float(np.mean(np.diff(m.train) < 0)), at.SLOW_LINEAR_FALL * m.scale
    if m.left < at.SLOW_LINEAR_LEFT or falling < 0.95 or m.trend.fall < least:
        return None
    return Sign(
        strength=m.trend.fall / least,
        since=float(m.epochs[0]),
        evidence=f"Training loss is {readable(m.now)} near the end of the budget and still falls, "
        f"in {falling:.0%} of the reports.",
    )


def plateau(m: Measures) -> Sign | None:
    """L stands still close to where a constant prediction is, though nothing says that this is all there is."""
    if m.n < 2 * at.MIN_REPORTS:
        return None
    least = at.PLATEAU_LEFT_ALONE if m.history.baseline_loss is None else at.PLATEAU_LEFT
    if (m.scale > 0 and m.left < least) or m.weights_kept < at.COLLAPSED or m.one_layer:
        return None
    # Where a signal leaves the first layer and its weights have moved, this is where the network ends.
    if m.moved > at.PLATEAU_MOVED and not m.faint:
        return None
    since = flat_since(m)
    long_enough = max(5, round(0.1 * m.n))
    if since is None or m.n - since < long_enough or (m.scale <= 0 and m.baseline == 0):
        return None
    return Sign(
        strength=1.0 + (m.left - least) * 5 + min(1.0, (m.n - since) / m.n),
        since=float(m.epochs[since]),
        evidence=f"Training loss stays at {readable(m.now)} since epoch {m.epochs[since]:g}; "
        f"a constant prediction has {readable(m.baseline)}.",
    )
