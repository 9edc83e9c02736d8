"""Overfitting: V is above its best by a margin for long enough, and L below what it was there.

A wide gap with V at its best is no overfitting, and V that rises while accuracy holds is overconfidence. Every margin
is absolute as well as relative, so that losses near zero raise no alarm. Source: Prechelt (1998), Early stopping, but
when?
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign, Start
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import MIN_REPORTS, Measures, mean_of, window_of
from trainers.diagnosis.remedies import IMAGES, Changes, add, put, remedies
from trainers.diagnosis.trial_judging import KEPT


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """How far V has risen from its best."""

    share: float = threshold(0.04, "rise of V as a share of L0")
    relative: float = threshold(0.08, "rise of V over its best")
    noise: float = threshold(4.0, "the same in standard errors of V's mean")
    paid: float = threshold(0.95, "L over what it was at the best V, at the most")
    mild: float = threshold(0.045, "rise of V over its best, where it has lasted")
    mild_share: float = threshold(0.022, "the same as a share of L0")
    mild_lasted: float = threshold(0.45, "share of the run that a mild rise has lasted")
    mild_noise: float = threshold(0.15, "noise of one report over a mild rise")


AT = Thresholds()


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
    mild: bool = False

    @property
    def metric_lost(self) -> float:
        return self.metric_before - self.metric_now


def rise_of(m: Measures, at: Thresholds = AT) -> Rise | None:
    """V's rise where it is large, lasting, and paid for by a lower L."""
    count = len(m.val)
    if count < 2 * MIN_REPORTS or m.scale <= 0:
        return None
    best = m.best
    lasted = count - 1 - best
    if lasted < max(3, round(0.08 * count)):
        return None
    window = window_of(count)
    low, high = float(m.smooth_val[best]), m.val_now
    before, now = float(m.smooth_train_at_val[best]), float(m.smooth_train_at_val[-1])
    margin = max(at.share * m.scale, at.relative * (low - m.floor), at.noise * m.val_noise / np.sqrt(window))
    mild = high - low < margin
    if mild:
        margin = max(at.mild_share * m.scale, at.mild * (low - m.floor), m.val_noise / at.mild_noise)
        if lasted < at.mild_lasted * count:
            return None
    # Most of the time since the best must be above it: a last spike is no verdict.
    above = float(np.mean(m.smooth_val[best + 1 :] > low + 0.3 * margin))
    if high - low < margin or above < 0.5:
        return None
    # L must have gained by it, not merely drifted.
    if now - m.floor > at.paid * (before - m.floor):
        return None
    # What an earlier stop would have kept: at the lowest V, or over the reports whose average of V is lowest.
    val_metric, lowest = m.metrics[1], int(np.searchsorted(m.val_epochs, m.best_epoch))
    stops = [mean_of(val_metric[begins : begins + window]) for begins in (lowest, max(0, best + 1 - window))]
    return Rise(
        strength=(high - low) / margin,
        best=best,
        low=low,
        high=high,
        train_before=before,
        train_now=now,
        metric_before=max(stops),
        metric_now=mean_of(val_metric[-window:]),
        mild=mild,
    )


def _overfitting(m: Measures, at: Thresholds) -> Sign | None:
    rise = rise_of(m, at)
    if rise is None:
        return None
    return Sign(
        strength=rise.strength,
        since=m.best_epoch,
        evidence=f"Validation loss rises {_how(rise)}from {readable(rise.low)} to {readable(rise.high)} since epoch "
        f"{m.best_epoch:g} while training loss falls from {readable(rise.train_before)} "
        f"to {readable(rise.train_now)}.",
    )


def _how(rise: Rise) -> str:
    """How mild a slow rise is."""
    return f"slowly, by {(rise.high - rise.low) / abs(rise.low):.0%}, " if rise.mild and rise.low else ""


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    image = m.history.setting("model.name") in IMAGES
    augment = add(m, augmentation__crop=1, augmentation__rotation=10.0) if image else {}
    given: list[tuple[str, Changes, Start]] = [
        ("Stop early and keep the best epoch.", add(m, regularization__patience=10), "best"),
        ("Use all training rows.", put(m, data__train_size=0), "beginning"),
        ("Drop a third of the units at each step.", add(m, model__dropout=0.3), "best"),
        ("Add weight decay.", add(m, regularization__weight_decay=0.01), "best"),
    ]
    if image:
        given.insert(2, ("Shift and turn the images.", augment, "best"))
    return remedies(*given)


OVERFITTING = Kind(
    key="overfitting",
    name="Overfitting",
    meaning="It learns the training rows at the cost of the validation rows.",
    group="fit",
    rule=_overfitting,
    thresholds=AT,
    remedies=_remedies,
    judging=KEPT,
    explains=frozenset({"generalization_gap"}),
    cure="memorizing",
    reference="Prechelt (1998), Early stopping, but when?",
)
