"""Not enough evidence: nothing else can be said, or nothing yet."""

from __future__ import annotations

from numerals import readable
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.kind import Kind
from trainers.diagnosis.measures import MIN_REPORTS, Measures


def _open(m: Measures, at: None) -> Sign:
    epoch = m.last_epoch
    if not m.n:
        evidence = "No loss has been measured yet."
    elif m.n < 2 * MIN_REPORTS:
        few = "There is 1 report" if m.n == 1 else f"There are {m.n} reports"
        evidence = f"{few} so far; most verdicts need {2 * MIN_REPORTS}."
    elif m.scale > 0 and m.trend.falls:
        evidence = f"Training loss still falls, {readable(m.now)} so far; training longer may be all it takes."
    else:
        evidence = f"Training loss is {readable(m.now)}; nothing in the curves decides for one verdict."
    return Sign(strength=1.0, since=epoch, evidence=evidence)


NOT_ENOUGH_EVIDENCE = Kind(
    key="not_enough_evidence",
    name="Not enough evidence",
    meaning="The curves do not decide for a verdict yet.",
    group="calm",
    rule=_open,
    thresholds=None,
    alarm=False,
)
