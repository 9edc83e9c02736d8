"""Step size: the loss swings, creeps, or stands still.

A healthy update is about a thousandth of the weights (Karpathy, CS231n, "Babysitting the learning process"). Gradients
that point against each other step after step are a rate beyond the edge of stability (Cohen et al., 2021,
arXiv:2103.00065); sharpness at that edge is no alarm by itself.
"""

from __future__ import annotations

import numpy as np

from numerals import readable
from trainers import thresholds as at
from trainers.diagnosis_measures import Measures, trend_of
from trainers.findings import Sign


def oscillating(m: Measures) -> Sign | None:
    """L swings widely about a trend that hardly falls."""
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0 or m.rate_rises:
        return None
    tail = m.train[-max(8, m.n // 3) :]
    steps = np.diff(tail)
    swing = float(np.median(np.abs(steps - np.median(steps)))) / 0.6745 / np.sqrt(2)
    turns = float(np.mean(np.sign(steps[1:]) != np.sign(steps[:-1]))) if len(steps) > 1 else 0.0
    # Rare spikes count too: what matters is that they come again and again.
    spikes = float(np.sqrt(np.mean(steps**2) / 2))
    size = max(swing, 0.5 * spikes if turns > at.SWING_TURNS else 0.0)
    if size < at.SWING * m.scale or turns < at.SWING_TURNS:
        return None
    if trend_of(m.train, len(tail)).fall > 3 * size:
        return None
    wide = np.abs(np.diff(m.train)) > at.SWING * m.scale
    begins = int(np.argmax(wide)) + 1
    low, high = float(tail.min()), float(tail.max())
    return Sign(
        strength=size / (at.SWING * m.scale),
        since=float(m.epochs[begins]),
        evidence=f"Training loss swings between {readable(low)} and {readable(high)} "
        f"over the last {len(tail)} reports and turns at {turns:.0%} of them.",
    )


def slow(m: Measures) -> Sign | None:
    """L still falls steadily, far from its target, in updates that are small for the weights."""
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0 or m.left < at.SLOW_LEFT:
        return None
    trend = m.trend
    remaining = m.now - m.floor
    steady = trend.falls and trend.fall > at.SLOW_FALL * m.scale
    ratio = m.update_ratio
    if not steady or trend.fall > 0.5 * remaining:
        return None
    falling = float(np.mean(np.diff(m.train) < 0))
    if ratio is not None:
        if ratio > at.SLOW_UPDATE:
            return None
        strength, why = at.SLOW_UPDATE / max(ratio, 1e-12), f"updates are {readable(ratio, 2)} of the weights"
    else:
        if falling < 0.9:
            return None
        strength, why = 1.0 + falling, f"it falls in {falling:.0%} of the reports"
    return Sign(
        strength=min(strength, 10.0),
        since=float(m.epochs[0]),
        evidence=f"Training loss still falls at {readable(m.now)}, from {readable(float(m.train[0]))}; {why}.",
    )


def plateau(m: Measures) -> Sign | None:
    """L stands still close to where a constant prediction is, though nothing says that this is all there is."""
    if m.n < 2 * at.MIN_REPORTS:
        return None
    if m.scale > 0 and m.left < at.PLATEAU_LEFT:
        return None
    since = flat_since(m)
    long_enough = max(5, round(0.1 * m.n))
    if since is None or m.n - since < long_enough or (m.scale <= 0 and m.baseline == 0):
        return None
    return Sign(
        strength=1.0 + (m.left - at.PLATEAU_LEFT) * 5 + min(1.0, (m.n - since) / m.n),
        since=float(m.epochs[since]),
        evidence=f"Training loss stays at {readable(m.now)} since epoch {m.epochs[since]:g}; "
        f"a constant prediction has {readable(m.baseline)}.",
    )


def flat_since(m: Measures) -> int | None:
    """Position since which L stays within a narrow band; None where it does not at the end."""
    band = max(at.FLAT_SHARE * m.scale, 3 * m.train_noise)
    within = np.abs(m.smooth_train - m.now) <= band
    outside = np.flatnonzero(~within)
    begins = int(outside[-1]) + 1 if len(outside) else 0
    return begins if m.n - begins >= 5 else None
