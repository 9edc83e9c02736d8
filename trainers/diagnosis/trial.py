"""``judge``: whether the claim of a finding held, from the run that went on unchanged and the one with the remedy.

Which number decides depends on the kind. Where the network does not learn it is the training loss after equal epochs,
and validation must not be worse; where it learns too much by heart, the validation loss at the end; with a leak, the
metric on clean rows, which must fall; with few validation rows, the interval of what they say. Both numbers are means
over the last w = max(3, 5 % of the reports), and a difference counts only beyond a margin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numerals import readable
from trainers.diagnosis.history import History
from trainers.diagnosis.trial_sides import (
    GAIN_RELATIVE,
    GAIN_SHARE,
    Side,
    comparable,
    gains,
    half_interval,
    metric_margin,
    sides_of,
)

# Two splits disagree where their losses differ by this share of what was learned.
SPLITS_DIFFER = 0.15

MEMORIZING = frozenset({"overfitting", "generalization_gap", "miscalibration"})
LEARNING = frozenset(
    {
        "diverging",
        "exploding_gradients",
        "vanishing_gradients",
        "dead_relus",
        "saturation",
        "oscillating",
        "slow",
        "plateau",
        "underfitting",
    }
)
KINDS = MEMORIZING | LEARNING | {"leakage", "validation_too_small"}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """held: whether the remedy did what was claimed; None where that is not decided. sentence: why, with numbers."""

    held: bool | None
    sentence: str


def judge(kind: str, unchanged: History, remedied: History, *, since: float, running: bool) -> Judgement:
    """Whether the remedy helped, for a finding of this kind.

    Args:
        kind: a key of ``DIAGNOSES``; any other is judged by the validation loss.
        since: the epoch at which both began to differ, 0 where they began anew.
        running: whether one of them still goes on; then nothing is decided, and the sentence says how it stands.
    """
    sides = sides_of(unchanged, remedied, since)
    if sides is None:
        if running:
            return Judgement(held=None, sentence="Still running: no epoch is complete in both runs yet.")
        return Judgement(held=None, sentence="Nothing can be compared: one of the runs has no report.")
    rule = _clean if kind == "leakage" else _interval if kind == "validation_too_small" else None
    if rule is not None:
        return _standing(*sides, "val_metric") if running else rule(*sides)
    name = "train_loss" if kind in LEARNING else "val_loss"
    if running:
        return _standing(*sides, name if comparable(*sides) else "val_metric")
    return _learned(*sides) if kind in LEARNING else _kept(kind, *sides)


def _learned(a: Side, b: Side) -> Judgement:
    """Training loss is lower, and validation loss not worse than it was."""
    if b.broken_at is not None:
        return _no_number(b)
    if a.broken_at is not None:
        held = gains(a.train, b.train, b.baseline)
        without = f"without, it is no number from epoch {a.broken_at:g} on"
        ends = f"training loss ends at {readable(b.train)} with the remedy"
        return _said(held, f"{ends}; {without}" if held else f"{ends}, no number without")
    numbers = _pair("training loss", a.train, b.train, a, b)
    if not gains(a.train, b.train, a.baseline):
        return _unhelpful(numbers, worse=gains(b.train, a.train, a.baseline))
    if a.measures.has_val and b.measures.has_val and gains(b.lowest_val, a.val, a.baseline):
        return _said(
            False,
            f"training loss is lower, but validation loss is {readable(b.lowest_val)} with it at best, "
            f"{readable(a.val)} without",
        )
    return _said(True, numbers)


def _kept(kind: str, a: Side, b: Side) -> Judgement:
    """Validation loss is lower; where the losses differ in kind, what can be compared."""
    if b.broken_at is not None:
        return _no_number(b)
    if not comparable(a, b):
        return _own_rise(a, b) if kind == "miscalibration" else _by_metric(a, b)
    if not b.measures.has_val or not a.measures.has_val:
        return Judgement(held=None, sentence="Nothing can be compared: no validation loss was measured.")
    numbers = _pair("validation loss", a.val, b.val, a, b)
    if gains(a.val, b.val, a.baseline):
        return _said(True, numbers)
    return _unhelpful(numbers, worse=gains(b.val, a.val, a.baseline))


def _own_rise(a: Side, b: Side) -> Judgement:
    """Each loss against its own lowest, and accuracy must hold."""
    rises = [side.val - side.lowest_val for side in (a, b)]
    shares = [rise / (side.baseline or 1.0) for rise, side in zip(rises, (a, b), strict=True)]
    numbers = (
        f"validation loss ends {readable(rises[1], 2)} above its lowest with the remedy, "
        f"{readable(rises[0], 2)} without; losses differ"
    )
    if a.metric - b.metric > metric_margin(a, b):
        return _by_metric(a, b)
    if shares[0] - shares[1] > max(GAIN_SHARE, GAIN_RELATIVE * shares[0]):
        return _said(True, numbers)
    return _unhelpful(numbers, worse=False)


def _by_metric(a: Side, b: Side) -> Judgement:
    if not math.isfinite(a.metric - b.metric):
        return Judgement(held=None, sentence="Nothing can be compared: their losses differ in kind.")
    numbers = (
        f"validation {b.what} ends at {readable(b.metric)} with the remedy, {readable(a.metric)} without; losses differ"
    )
    margin = metric_margin(a, b)
    if b.metric - a.metric > margin:
        return _said(True, numbers)
    return _unhelpful(numbers, worse=a.metric - b.metric > margin)


def _clean(a: Side, b: Side) -> Judgement:
    """The earlier number was too good where clean rows are harder."""
    if math.isfinite(a.metric - b.metric):
        numbers = f"validation {b.what} is {readable(b.metric)} on clean rows, {readable(a.metric)} with the leak"
        held = a.metric - b.metric > metric_margin(a, b)
    elif a.measures.has_val and b.measures.has_val:
        numbers = f"validation loss is {readable(b.val)} on clean rows, {readable(a.val)} with the leak"
        held = gains(b.val, a.val, a.baseline)
    else:
        return Judgement(held=None, sentence="Nothing can be compared: nothing was measured on validation rows.")
    return Judgement(held=held, sentence=f"{'The claim held' if held else 'The leak made no difference'}: {numbers}.")


def _interval(a: Side, b: Side) -> Judgement:
    """More rows: what they say is known more closely. Another split of as many: it says something else."""
    rows = [side.measures.val_count for side in (a, b)]
    if rows[0] is None or rows[1] is None:
        return Judgement(held=None, sentence="Nothing can be compared: the validation rows are not counted.")
    if rows[0] == rows[1] and a.history.setting("data.seed") != b.history.setting("data.seed"):
        learned = a.baseline - (a.val + b.val) / 2
        held = abs(a.val - b.val) > math.sqrt(2) * SPLITS_DIFFER * abs(learned)
        start = "The claim held, splits disagree" if held else "The claim did not hold, splits agree"
        return Judgement(
            held=held, sentence=f"{start}: validation loss is {readable(b.val)} on one, {readable(a.val)} on the other."
        )
    if a.classified and b.classified:
        # Both at one accuracy: what more rows bring must not depend on the luck of the new ones.
        before, after = (half_interval(a.metric, count) for count in (rows[0], rows[1]))
        numbers = (
            f"accuracy is known to ±{readable(after, 2)} from {rows[1]} rows, ±{readable(before, 2)} from {rows[0]}"
        )
    else:
        before, after = 1 / rows[0], 1 / rows[1]
        numbers = f"one row is {after:.1%} of the validation loss with the remedy, {before:.1%} without"
    held = before - after > GAIN_RELATIVE * before
    return _said(True, numbers) if held else _unhelpful(numbers, worse=after > before)


def _pair(what: str, before: float, after: float, a: Side, b: Side) -> str:
    without = f"{readable(before)} without" if math.isfinite(before) else "no number without"
    if b.stops and what == "validation loss":
        return f"{what} is {readable(after)} at its best with the remedy, {without}"
    if a.epoch != b.epoch and a.broken_at is None:
        return f"{what} is {readable(after)} after {b.epoch:g} epochs with the remedy, {without} after {a.epoch:g}"
    return f"{what} ends at {readable(after)} with the remedy, {without}"


def _said(held: bool, numbers: str) -> Judgement:
    return Judgement(held=held, sentence=f"{'The claim held' if held else 'The remedy did not help'}: {numbers}.")


def _unhelpful(numbers: str, *, worse: bool) -> Judgement:
    start = "The remedy made it worse" if worse else "The remedy made no clear difference"
    return Judgement(held=False, sentence=f"{start}: {numbers}.")


def _no_number(b: Side) -> Judgement:
    return _said(False, f"with it, the loss is no number from epoch {b.broken_at:g} on")


def _standing(a: Side, b: Side, name: str) -> Judgement:
    """How both stand at the last epoch that both have."""
    epoch = min(a.epoch, b.epoch)
    values = []
    for side in (a, b):
        column = getattr(side.history, name)[side.history.epochs <= epoch]
        values.append(float(column[-1]) if len(column) else math.nan)
    what = {"train_loss": "training loss", "val_loss": "validation loss"}.get(name, f"validation {a.what}")
    if not all(map(math.isfinite, values)):
        return Judgement(held=None, sentence=f"Still running: both have come to epoch {epoch:g}.")
    numbers = f"at epoch {epoch:g}, {what} is {readable(values[1])} with the remedy, {readable(values[0])} without"
    return Judgement(held=None, sentence=f"Still running: {numbers}.")
