"""Good fit: L and V far below L0, V near its best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.not_enough_evidence import below
from trainers.diagnosis.kinds.underfitting import UNDERFITTING
from trainers.diagnosis.measures import MIN_REPORTS, Measures
from trainers.diagnosis.pace import reference_error


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a fit is good. Losses are shares of L0."""

    left: float = threshold(0.4, "what is left, at the most")
    left_beside: float = threshold(0.8, "the same where a reference model does no better")
    rise: float = threshold(0.05, "V above its best, at the most")
    errors: float = threshold(2.0, "standard errors by which the metric may be below a reference model's")


def _good_fit(m: Measures, at: Thresholds) -> Sign | None:
    # Health needs as much evidence as a gap.
    if m.n < 2 * MIN_REPORTS or m.scale <= 0 or len(m.val) < 2 * MIN_REPORTS:
        return None
    reference, metric = m.history.reference_metric, m.metric_now[1]
    beside = UNDERFITTING.thresholds
    margin = max(beside.reference, at.errors * reference_error(m))
    as_good = reference is not None and metric >= reference - margin
    if reference is not None and np.isfinite(metric) and not as_good:
        return None
    if m.left > (at.left_beside if as_good else at.left):
        return None
    if m.val_now - float(m.smooth_val[m.best]) > at.rise * m.scale:
        return None
    since = m.flat_since
    start = float(m.epochs[since]) if since is not None else float(m.epochs[-1])
    best = float(m.val.min())
    near = ", its lowest" if readable(best) == readable(m.val_now) else f" ({readable(best)} at its best)"
    return Sign(
        strength=1.0 + (1 - m.left) * (2.0 if since is not None else 0.5),
        since=start,
        evidence=f"Validation loss is {readable(m.val_now)}{near}; training loss is {readable(m.now)}{below(m)}.",
    )


GOOD_FIT = Kind(
    key="good_fit",
    name="Good fit",
    meaning="Both losses are low and stay there.",
    group="calm",
    rule=_good_fit,
    thresholds=Thresholds(),
    alarm=False,
)
