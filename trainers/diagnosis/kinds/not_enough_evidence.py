"""Not enough evidence: nothing else can be said, or nothing yet."""

from __future__ import annotations

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.kind import Kind
from trainers.diagnosis.measures import MIN_REPORTS, MIN_WINDOW, Measures

STILL = 0.005  # fall within the last fifth over the whole fall, from which on L still falls
LEVEL = 0.05  # half the width of the band in which a loss counts as level from the start


def _open(m: Measures, at: None) -> Sign:
    return Sign(strength=1.0, since=m.last_epoch, evidence=_evidence(m))


def _evidence(m: Measures) -> str:
    need, count = 2 * MIN_REPORTS, len(m.val)
    if not m.n:
        return "No loss has been measured yet."
    if m.n < need:
        few = "There is 1 report" if m.n == 1 else f"There are {m.n} reports"
        return f"{few} so far; {_went(m) if count >= MIN_WINDOW else ''}most verdicts need {need}."
    if MIN_WINDOW <= count < need:
        return f"There are {count} validation losses so far; {_went(m)}most verdicts need {need}."
    if m.turned:
        low = readable(float(m.smooth_val[m.best]))
        return f"Training loss is {readable(m.now)}; validation loss is {readable(m.val_now)}, above its lowest, {low}."
    if m.scale > 0 and m.trend.falls and m.trend.fall > STILL * (m.baseline - m.now):
        return f"Training loss still falls, {readable(m.now)} so far; training longer may be all it takes{below(m)}."
    if m.curves_alone and m.flat_since is not None and not m.knows_better and _level(m):
        return (
            f"Training loss stands at {readable(m.now)} since epoch {readable_epoch(m.epochs[_level(m) - 1])}; "
            "a metric would tell whether that is low or what a constant prediction has."
        )
    return f"Training loss is {readable(m.now)}; nothing in the curves decides for one verdict{below(m)}."


def _went(m: Measures) -> str:
    first, low, last = (readable(float(value)) for value in (m.val[0], m.val.min(), m.val[-1]))
    over = f"down to {low} and up " if m.may_have_turned and low not in (first, last) else ""
    return f"validation went from {first} {over}to {last}; "


def _level(m: Measures) -> int:
    """The report, counted from 1, since which all losses are level, where that is at the very start; 0 where not."""
    band = max(LEVEL * abs(m.now - m.floor), 3 * m.train_noise)
    outside = [i for i, value in enumerate(m.train) if abs(value - m.now) > band]
    since = outside[-1] + 2 if outside else 1
    return since if since <= MIN_WINDOW else 0


def below(m: Measures) -> str:
    """A word on a validation loss below the training loss, which is nothing to worry about."""
    return "; validation below training is usual with dropout or easier rows" if m.below else ""


NOT_ENOUGH_EVIDENCE = Kind(
    key="not_enough_evidence",
    name="Not enough evidence",
    meaning="The curves do not decide for a verdict yet.",
    group="calm",
    rule=_open,
    thresholds=None,
    alarm=False,
)
