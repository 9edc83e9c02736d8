"""Verdicts without an alarm: a good fit, or not enough evidence yet."""

from __future__ import annotations

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.fit import flat_since
from trainers.diagnosis.measures import Measures


def good_fit(m: Measures) -> Sign | None:
    """L and V far below L0, V near its best."""
    if m.n < 2 * at.MIN_REPORTS or m.scale <= 0 or not m.has_val:
        return None
    reference, metric = m.history.reference_metric, m.metric_now[1]
    as_good = reference is not None and metric >= reference - at.UNDERFIT_REFERENCE
    if m.left > (at.GOOD_LEFT_BESIDE if as_good else at.GOOD_LEFT):
        return None
    if m.val_now - float(m.smooth_val[m.best]) > at.GOOD_RISE * m.scale:
        return None
    since = flat_since(m)
    start = float(m.epochs[since]) if since is not None else float(m.epochs[-1])
    best = float(m.val.min())
    near = ", its lowest" if readable(best) == readable(m.val_now) else f" ({readable(best)} at its best)"
    return Sign(
        strength=1.0 + (1 - m.left) * (2.0 if since is not None else 0.5),
        since=start,
        evidence=f"Validation loss is {readable(m.val_now)}{near}; training loss is {readable(m.now)}.",
    )


def not_enough_evidence(m: Measures) -> Sign:
    """Nothing else can be said, or nothing yet."""
    epoch = m.last_epoch
    if not m.n:
        evidence = "No loss has been measured yet."
    elif m.n < 2 * at.MIN_REPORTS:
        few = "There is 1 report" if m.n == 1 else f"There are {m.n} reports"
        evidence = f"{few} so far; most verdicts need {2 * at.MIN_REPORTS}."
    elif m.scale > 0 and m.trend.falls:
        evidence = f"Training loss still falls, {readable(m.now)} so far; training longer may be all it takes."
    else:
        evidence = f"Training loss is {readable(m.now)}; nothing in the curves decides for one verdict."
    return Sign(strength=1.0, since=epoch, evidence=evidence)
