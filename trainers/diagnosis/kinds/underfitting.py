"""Underfitting: L has flattened far above its reference, and V lies close to it; or a penalty has shrunk the weights.

Nothing is claimed where the same budget again would do, at the pace of the last third of the work: L is to have
flattened while the rate was there to move it, and the metric then still to be below the reference's own error. Source:
Goodfellow, Bengio & Courville (2016), Deep Learning, section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Remedy, Sign, Start
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.oscillating import swings
from trainers.diagnosis.measures import COLLAPSED, MIN_REPORTS, Measures
from trainers.diagnosis.pace import left_later, metric_later, reference_error
from trainers.diagnosis.remedies import Changes, bigger, put, remedies, scaled
from trainers.diagnosis.trial_judging import FITTED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a network is too small. Losses are shares of L0."""

    left: float = threshold(0.55, "what is left after the same budget again")
    budget: float = threshold(0.5, "share of the planned epochs before which nothing is said")
    collapsed_left: float = threshold(0.2, "what is left where the weights have shrunk away")
    gap: float = threshold(0.1, "V less L, at the most")
    gap_factor: float = threshold(2.5, "so much wider where a reference model has spoken")
    reference_left: float = threshold(0.15, "what is left where a reference model has spoken")
    reference: float = threshold(0.03, "metric below the reference model's, after the same budget again")
    errors: float = threshold(3.0, "the same, in standard errors of the reference")
    fall: float = threshold(0.2, "share of what is left that the same budget again may take away")
    learned: float = threshold(0.2, "how far L has come from its first value, where nothing else tells where it began")


def _underfitting(m: Measures, at: Thresholds) -> Sign | None:
    if m.n < 2 * MIN_REPORTS or m.scale <= 0:
        return None
    if (m.bad_start and m.left > 1) or (m.knows_better and m.history.reference_metric is None):
        return None
    # A loss that was level from the start may be low already: what a constant prediction has is not known.
    if m.curves_alone and m.left > 1 - at.learned:
        return None
    if m.planned is not None and m.last_epoch < at.budget * m.planned:
        return None
    flat = m.flat_since
    settled = flat is not None and m.n - flat >= max(5, round(0.1 * m.n))
    if not settled and m.trend.fall > 0.05 * (m.now - m.floor):
        return None
    begins = flat if flat is not None else m.n // 2
    since = float(m.epochs[begins])
    later, floor = left_later(m), wrong_labels(m)
    if m.collapsed and later - floor > at.collapsed_left:
        return Sign(
            strength=COLLAPSED / max(m.weights_kept, 0.05),
            since=since,
            evidence=f"Training loss stays at {readable(m.now)}; the weights have shrunk to "
            f"{m.weights_kept:.0%} of their length.",
        )
    # What swings has not flattened either.
    if swings(m) or m.left - later > at.fall * m.left:
        return None
    gap = (m.val_now - m.now) / m.scale if m.has_val else 0.0
    later -= floor
    strength, beside = later / at.left, m.began
    reference = m.history.reference_metric
    which = next((k for k, metric in enumerate(m.metric_now) if np.isfinite(metric)), None)
    if reference is not None and which is not None:
        margin = max(at.reference, at.errors * reference_error(m))
        below = (reference - metric_later(m, which)) / margin
        strength = min(below, later / at.reference_left)
        beside = (
            f"{m.metric_word} is {readable(m.metric_now[which] / m.percent)}, a reference model's {readable(reference)}"
        )
        gap /= at.gap_factor
    if strength < 1 or gap > at.gap:
        return None
    return Sign(
        strength=strength,
        since=since,
        evidence=f"Training loss stays at {readable(m.now)} since epoch {readable_epoch(since)}; {beside}.",
    )


def wrong_labels(m: Measures) -> float:
    """The loss, as a share of L0, that wrong labels leave where nothing is learned by heart.

    Cross-entropy with a share q of labels drawn anew among the other of k classes: H(q) + q log(k - 1).
    """
    share = m.history.setting("data.label_noise") or 0.0
    if not 0 < share < 1 or m.scale <= 0 or m.history.setting("loss.name") not in ("cross_entropy", "bce"):
        return 0.0
    others = max(1.0, float(np.exp(m.baseline)) - 1)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share) + share * np.log(others)
    return min(float(entropy) / m.scale, m.left)


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    lighter = put(
        m, regularization__l2=0.0, regularization__l1=0.0, regularization__weight_decay=0.0, model__dropout=0.0
    )
    given: list[tuple[str, Changes, Start]] = [("Take a larger network.", bigger(m), "beginning")]
    if m.history.config is None or lighter:
        given.append(("Regularize less.", lighter, "beginning"))
    # What was added on purpose is taken back before more is built.
    if m.history.config is not None and lighter:
        given.reverse()
        if (m.history.setting("model.dropout") or 0.0) > 0:
            given.pop()
    return remedies(*given, ("Train twice as long.", scaled(m, "budget.epochs", 2, 1, 100_000), "here"))


UNDERFITTING = Kind(
    key="underfitting",
    name="Underfitting",
    meaning="The loss has flattened above what the data allow.",
    group="fit",
    rule=_underfitting,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=FITTED,
    curves=False,
    reference="Goodfellow, Bengio & Courville (2016), Deep Learning, section 5.2",
)
