"""Generalization gap: V stands at its best, far above L.

Source: Keskar et al. (2017), arXiv:1609.04836.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.oscillating import swings
from trainers.diagnosis.kinds.overfitting import rise_of
from trainers.diagnosis.measures import MIN_REPORTS, Measures, window_of
from trainers.diagnosis.remedies import add, put, remedies
from trainers.diagnosis.trial_judging import KEPT


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where the gap is wide."""

    share: float = threshold(0.15, "V less L, as a share of L0")
    share_alone: float = threshold(0.19, "the same where no metric says so")
    factor: float = threshold(2.0, "V over L")
    clear_share: float = threshold(0.1, "V less L, as a share of L0, where no metric says so and V is many times L")
    clear_factor: float = threshold(15.0, "V over L then")
    plain_share: float = threshold(0.06, "V less L, as a share of L0, where curves are alone and not noisy")
    plain_noise: float = threshold(300.0, "V less L over the noise of one report then")
    metric: float = threshold(0.05, "training metric less validation metric")
    noise: float = threshold(4.0, "V less L in standard errors of both means")


def _gap(m: Measures, at: Thresholds) -> Sign | None:
    if len(m.val) < 2 * MIN_REPORTS or m.scale <= 0 or rise_of(m) is not None:
        return None
    train, val = m.now - m.floor, m.val_now - m.floor
    gap = val - train
    train_metric, val_metric = m.metric_now
    measured = np.isfinite(train_metric) and np.isfinite(val_metric)
    share = at.share if measured else at.share_alone
    times = val / max(train, 1e-12 * m.scale)
    noise = float(np.hypot(m.val_noise, m.train_noise))
    strength = min(gap / (share * m.scale), times / at.factor)
    if measured:
        strength = min(strength, (train_metric - val_metric) / at.metric)
    else:
        strength = max(strength, min(gap / (at.clear_share * m.scale), times / at.clear_factor))
        # The first loss, which stands for L0 where curves are alone, may be many times that: then noise is the measure.
        if m.curves_alone and gap > at.plain_noise * noise:
            strength = max(strength, min(gap / (at.plain_share * m.scale), times / at.factor))
    error = noise / np.sqrt(window_of(len(m.val)))
    # Swings are no gap.
    if strength < 1 or gap < at.noise * error or swings(m):
        return None
    wide = m.smooth_val - m.smooth_train_at_val > 0.5 * gap
    return Sign(
        strength=strength,
        since=float(m.val_epochs[int(np.argmax(wide))]),
        evidence=f"Validation loss is {readable(m.val_now)}{_beside(m)} and training loss {readable(m.now)}.",
    )


def _beside(m: Measures) -> str:
    lowest = readable(float(m.smooth_val[m.best]))
    return f", {lowest} at its best," if m.turned and lowest != readable(m.val_now) else ", near its lowest,"


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Use all training rows.", put(m, data__train_size=0), "beginning"),
        ("Drop a third of the units at each step.", add(m, model__dropout=0.3), "here"),
        ("Add weight decay.", add(m, regularization__weight_decay=0.01), "here"),
    )


GENERALIZATION_GAP = Kind(
    key="generalization_gap",
    name="Generalization gap",
    meaning="It memorizes more than it transfers, though validation is not worse yet.",
    group="fit",
    rule=_gap,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=KEPT,
    cure="memorizing",
    reference="Keskar et al. (2017), arXiv:1609.04836",
)
