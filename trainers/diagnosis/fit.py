"""Fit: what the network makes of the training rows, and how much of it carries over to the validation rows.

Overfitting needs both: V above its best by a margin for long enough, and L lower than it was there. A wide gap with V
at its best is no overfitting, and V that rises while accuracy holds is overconfidence (Guo et al., 2017,
arXiv:1706.04599). Every margin is absolute as well as relative, so that losses near zero raise no alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.measures import Measures, mean_of, window_of
from trainers.diagnosis.pace import left_later, metric_later, reference_error


@dataclass(frozen=True, kw_only=True)
class Rise:
    """How V has risen from its best, in multiples of the margin, while L fell. metric_lost: NaN where not measured."""

    strength: float
    best: int
    low: float
    high: float
    train_before: float
    train_now: float
    metric_before: float
    metric_now: float

    @property
    def metric_lost(self) -> float:
        return self.metric_before - self.metric_now


def rise_of(m: Measures) -> Rise | None:
    """V's rise where it is large, lasting, and paid for by a lower L."""
    count = len(m.val)
    if count < 2 * at.MIN_REPORTS or m.scale <= 0:
        return None
    best = m.best
    lasted = count - 1 - best
    if lasted < max(3, round(0.08 * count)):
        return None
    window = window_of(count)
    low, high = float(m.smooth_val[best]), m.val_now
    before, now = float(m.smooth_train_at_val[best]), float(m.smooth_train_at_val[-1])
    margin = max(
        at.RISE_SHARE * m.scale,
        at.RISE_RELATIVE * (low - m.floor),
        at.RISE_NOISE * m.val_noise / np.sqrt(window),
    )
    # Most of the time since the best must be above it: a last spike is no verdict.
    above = float(np.mean(m.smooth_val[best + 1 :] > low + 0.3 * margin))
    if high - low < margin or above < 0.5:
        return None
    # L must have gained by it, not merely drifted.
    if now - m.floor > at.RISE_PAID * (before - m.floor):
        return None
    # What an earlier stop would have kept: at the lowest V, or over the reports whose average of V is lowest.
    val_metric, lowest = m.metrics[1], int(np.searchsorted(m.val_epochs, m.best_epoch))
    kept = [mean_of(val_metric[begins : begins + window]) for begins in (lowest, max(0, best + 1 - window))]
    return Rise(
        strength=(high - low) / margin,
        best=best,
        low=low,
        high=high,
        train_before=before,
        train_now=now,
        metric_before=max(kept),
        metric_now=mean_of(val_metric[-window:]),
    )


def flat_since(m: Measures) -> int | None:
    """Position since which L stays within a narrow band; None where it does not at the end."""
    band = max(at.FLAT_SHARE * m.scale, 3 * m.train_noise)
    within = np.abs(m.smooth_train - m.now) <= band
    outside = np.flatnonzero(~within)
    begins = int(outside[-1]) + 1 if len(outside) else 0
    return begins if m.n - begins >= 5 else None


def overfitting(m: Measures) -> Sign | None:
    """V is above its best and L below what it was there."""
    rise = rise_of(m)
    if rise is None:
        return None
    return Sign(
        strength=rise.strength,
        since=m.best_epoch,
        evidence=f"Validation loss rises from {readable(rise.low)} to {readable(rise.high)} since epoch "
        f"{m.best_epoch:g} while training loss falls from {readable(rise.train_before)} "
        f"to {readable(rise.train_now)}.",
    )


def miscalibration(m: Measures) -> Sign | None:
    """V rises while the validation metric holds: the network is too sure of its mistakes."""
    rise = rise_of(m)
    if rise is None or not rise.metric_lost <= at.METRIC_HOLDS:
        return None
    return Sign(
        strength=rise.strength,
        since=m.best_epoch,
        evidence=f"Validation loss rises from {readable(rise.low)} to {readable(rise.high)} since epoch "
        f"{m.best_epoch:g} while its metric goes from {readable(rise.metric_before)} "
        f"to {readable(rise.metric_now)}.",
    )


def generalization_gap(m: Measures) -> Sign | None:
    """V stands at its best, far above L."""
    if len(m.val) < 2 * at.MIN_REPORTS or m.scale <= 0 or rise_of(m) is not None:
        return None
    train, val = m.now - m.floor, m.val_now - m.floor
    gap = val - train
    train_metric, val_metric = m.metric_now
    measured = np.isfinite(train_metric) and np.isfinite(val_metric)
    share = at.GAP_SHARE if measured else at.GAP_SHARE_ALONE
    strength = min(gap / (share * m.scale), val / max(at.GAP_FACTOR * train, 1e-12 * m.scale))
    if measured:
        strength = min(strength, (train_metric - val_metric) / at.GAP_METRIC)
    if strength < 1:
        return None
    wide = m.smooth_val - m.smooth_train_at_val > 0.5 * gap
    return Sign(
        strength=strength,
        since=float(m.val_epochs[int(np.argmax(wide))]),
        evidence=f"Validation loss is {readable(m.val_now)} and training loss {readable(m.now)}; neither has turned.",
    )


def underfitting(m: Measures) -> Sign | None:
    """L has flattened far above its reference, and V lies close to it; or a penalty has shrunk the weights away.

    Nothing is claimed where the same budget again would do, at the pace of the last third of the work: L is to have
    flattened while the rate was there to move it, and the metric then still to be below the reference's own error.
    """
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0:
        return None
    if m.bad_start and m.left > 1:
        return None
    if m.planned is not None and m.last_epoch < at.UNDERFIT_BUDGET * m.planned:
        return None
    flat = flat_since(m)
    settled = flat is not None and m.n - flat >= max(5, round(0.1 * m.n))
    if not settled and m.trend.fall > 0.05 * (m.now - m.floor):
        return None
    begins = flat if flat is not None else m.n // 2
    since = float(m.epochs[begins])
    later = left_later(m)
    if m.weights_kept < at.COLLAPSED and later > at.COLLAPSED_LEFT:
        return Sign(
            strength=at.COLLAPSED / max(m.weights_kept, 0.05),
            since=since,
            evidence=f"Training loss stays at {readable(m.now)}; the weights have shrunk to "
            f"{m.weights_kept:.0%} of their length.",
        )
    # What swings has not flattened either.
    if m.swings or m.left - later > at.UNDERFIT_FALL * m.left:
        return None
    gap = (m.val_now - m.now) / m.scale if m.has_val else 0.0
    strength, beside = later / at.UNDERFIT_LEFT, f"a constant prediction has {readable(m.baseline)}"
    reference = m.history.reference_metric
    which = next((k for k, metric in enumerate(m.metric_now) if np.isfinite(metric)), None)
    if reference is not None and which is not None:
        margin = max(at.UNDERFIT_REFERENCE, at.UNDERFIT_ERRORS * reference_error(m))
        below = (reference - metric_later(m, which)) / margin
        strength = min(below, later / at.UNDERFIT_REFERENCE_LEFT)
        beside = f"its metric is {readable(m.metric_now[which])}, a reference model's {readable(reference)}"
        gap /= at.UNDERFIT_GAP_FACTOR
    if strength < 1 or gap > at.UNDERFIT_GAP:
        return None
    return Sign(
        strength=strength,
        since=since,
        evidence=f"Training loss stays at {readable(m.now)} since epoch {since:g}; {beside}.",
    )
