"""Diverging: L is no number, or has been above twice its running minimum for five checks, or ends above where it began.

Source: Ben Braiek & Khomh (2023), ACM TOSEM 32, TheDeepChecker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.dead_relus import silent
from trainers.diagnosis.measures import MIN_REPORTS, Measures, onset
from trainers.diagnosis.remedies import add, lr, remedies
from trainers.diagnosis.trial_judging import LEARNED

_SWINGS = 5.0  # the highest over the median, from which a loss is not told to stay near the latter


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a loss has run away."""

    factor: float = threshold(2.0, "L over its running minimum", "TheDeepChecker")
    checks: int = threshold(5, "reports above that", "TheDeepChecker")
    share: float = threshold(0.3, "how far L must also be above that minimum, as a share of L0")
    left: float = threshold(0.7, "share of L0 that is left")
    beyond: float = threshold(1.2, "L over where it began")


def _diverging(m: Measures, at: Thresholds) -> Sign | None:
    """No number, or far above the lowest loss and staying there."""
    if m.broken is not None:
        epoch = float(m.history.epochs[m.broken])
        before = f", from {readable(float(m.train[-1]))} one report before" if m.n else ""
        return Sign(
            strength=10.0,
            since=epoch,
            evidence=f"The loss is no longer a number since epoch {readable_epoch(epoch)}{before}.",
        )
    return ran_away(m, at)


def ran_away(m: Measures, at: Thresholds) -> Sign | None:
    """The part of the rule that needs no broken number."""
    if m.n < MIN_REPORTS or m.scale <= 0:
        return None
    lowest = np.minimum.accumulate(m.train)
    above = (m.train - m.floor > at.factor * (lowest - m.floor)) & (m.train - lowest > at.share * m.scale)
    # A mean, since a loss that swings far above where it began comes below that now and then.
    start = max(float(m.train[0]), m.baseline) - m.floor
    level = float(m.train[-m.swing.reports :].mean()) - m.floor
    beyond = level > at.beyond * start
    begins = onset(above)
    if beyond:
        begins = min(begins, int(np.argmax(m.train - m.floor > at.beyond * start)))
    if m.n - begins < at.checks or m.left < at.left:
        return None
    # A network whose units have died predicts a constant: it has fallen silent and does not run away.
    if not beyond and silent(m) and m.left < at.beyond:
        return None
    low, high = float(lowest[-1]), float(np.median(m.train[begins:]))
    top = float(m.train[begins:].max())
    if beyond:
        strength = level / (at.beyond * start)
    else:
        strength = (high - m.floor) / max(at.factor * (low - m.floor), 1e-12 * m.scale)
        strength = min(strength, (high - low) / (at.share * m.scale))
    where = f"stays near {readable(high)}"
    if top - m.floor > _SWINGS * (high - m.floor):
        where = f"swings up to {readable(top)}, half of it above {readable(high)},"
    return Sign(
        strength=max(strength, 1.0),
        since=float(m.epochs[begins]),
        evidence=f"Training loss {where} since epoch {readable_epoch(m.epochs[begins])}; "
        f"its lowest was {readable(low)}.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Start again with a tenth of the rate.", lr(m, 0.1), "beginning"),
        ("Go back to the best epoch with a tenth of the rate.", lr(m, 0.1), "best"),
        ("Clip the length of the gradient at 1.", add(m, regularization__clip_norm=1.0), "beginning"),
    )


DIVERGING = Kind(
    key="diverging",
    name="Diverging",
    meaning="The loss runs away: steps are too long for this surface.",
    group="numeric",
    rule=_diverging,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"signal", "rate", "fit"}),
    cure="rate or weights too large",
    reference="Ben Braiek & Khomh (2023), ACM TOSEM 32, TheDeepChecker",
)
