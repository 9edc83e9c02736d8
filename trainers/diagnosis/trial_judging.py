"""How a trial is judged: which number decides whether a remedy held, and what is said of it.

Where the network does not learn it is the training loss after equal epochs, and validation must not be worse; where it
learns too much by heart, the validation loss at the end. A kind that is judged otherwise brings its own rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from numerals import readable, readable_epoch
from trainers.diagnosis.trial_sides import Side, comparable, gains, metric_margin

Feed = Literal["train_loss", "val_loss", "val_metric"]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """held: whether the remedy did what was claimed; None where that is not decided. sentence: why, with numbers."""

    held: bool | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Judging:
    """rule: the judgement from the unchanged and the remedied side, both ended. watched: what is told before that."""

    rule: Callable[[Side, Side], Judgement] = field(repr=False)
    watched: Feed


def learned(a: Side, b: Side) -> Judgement:
    """Training loss is lower, and validation loss not worse than it was."""
    if b.broken_at is not None:
        return no_number(b)
    if a.broken_at is not None:
        held = gains(a.train, b.train, b.baseline)
        without = f"without, it is no number from epoch {readable_epoch(a.broken_at)} on"
        ends = f"training loss ends at {readable(b.train)} with the remedy"
        return said(held, f"{ends}; {without}" if held else f"{ends}, no number without")
    numbers = _pair("training loss", a.train, b.train, a, b)
    if not gains(a.train, b.train, a.baseline):
        return unhelpful(numbers, worse=gains(b.train, a.train, a.baseline))
    if a.measures.has_val and b.measures.has_val and gains(b.lowest_val, a.val, a.baseline):
        return said(
            False,
            f"training loss is lower, but validation loss is {readable(b.lowest_val)} with it at best, "
            f"{readable(a.val)} without",
        )
    return said(True, numbers)


def fitted(a: Side, b: Side) -> Judgement:
    """Training loss is lower and validation does not pay for it at the end; both numbers are told."""
    judged = learned(a, b)
    if not judged.held or not (a.measures.has_val and b.measures.has_val) or not comparable(a, b):
        return judged
    numbers = f"{readable(b.val)} with it, {readable(a.val)} without"
    train = f"training loss {readable(b.train)} with the remedy, {readable(a.train)} without"
    if gains(b.val, a.val, a.baseline):
        return said(False, f"{train}, but validation loss ends at {numbers}")
    return said(True, f"{train}; validation loss {readable(b.val)}, {readable(a.val)} without")


def kept(a: Side, b: Side) -> Judgement:
    """Validation loss is lower; where the losses differ in kind, what can be compared."""
    if b.broken_at is not None:
        return no_number(b)
    if not comparable(a, b):
        return by_metric(a, b)
    if not b.measures.has_val or not a.measures.has_val:
        return Judgement(held=None, sentence="Nothing can be compared: no validation loss was measured.")
    numbers = _pair("validation loss", a.val, b.val, a, b)
    if gains(a.val, b.val, a.baseline):
        return said(True, numbers)
    return unhelpful(numbers, worse=gains(b.val, a.val, a.baseline))


def by_metric(a: Side, b: Side) -> Judgement:
    """The validation metric is higher, where the losses differ in kind."""
    if not math.isfinite(a.metric - b.metric):
        return Judgement(held=None, sentence="Nothing can be compared: their losses differ in kind.")
    numbers = (
        f"validation {b.what} ends at {readable(b.metric)} with the remedy, {readable(a.metric)} without; losses differ"
    )
    margin = metric_margin(a, b)
    if b.metric - a.metric > margin:
        return said(True, numbers)
    return unhelpful(numbers, worse=a.metric - b.metric > margin)


def _pair(what: str, before: float, after: float, a: Side, b: Side) -> str:
    without = f"{readable(before)} without" if math.isfinite(before) else "no number without"
    if b.stops and what == "validation loss":
        return f"{what} is {readable(after)} at its best with the remedy, {without}"
    if a.epoch != b.epoch and a.broken_at is None:
        with_it = f"{readable(after)} after {readable_epoch(b.epoch)} epochs with the remedy"
        return f"{what} is {with_it}, {without} after {readable_epoch(a.epoch)}"
    return f"{what} ends at {readable(after)} with the remedy, {without}"


def said(held: bool, numbers: str) -> Judgement:
    """The judgement with its numbers."""
    return Judgement(held=held, sentence=f"{'The claim held' if held else 'The remedy did not help'}: {numbers}.")


def unhelpful(numbers: str, *, worse: bool) -> Judgement:
    """The remedy did not help, or did harm."""
    start = "The remedy made it worse" if worse else "The remedy made no clear difference"
    return Judgement(held=False, sentence=f"{start}: {numbers}.")


def no_number(b: Side) -> Judgement:
    """The remedied side broke."""
    assert b.broken_at is not None
    return said(False, f"with it, the loss is no number from epoch {readable_epoch(b.broken_at)} on")


def standing(a: Side, b: Side, name: Feed) -> Judgement:
    """How both stand at the last epoch that both have."""
    epoch = min(a.epoch, b.epoch)
    values = []
    for side in (a, b):
        column = getattr(side.history, name)[side.history.epochs <= epoch]
        values.append(float(column[-1]) if len(column) else math.nan)
    what = {"train_loss": "training loss", "val_loss": "validation loss"}.get(name, f"validation {a.what}")
    if not all(map(math.isfinite, values)):
        return Judgement(held=None, sentence=f"Still running: both have come to epoch {readable_epoch(epoch)}.")
    numbers = f"{what} is {readable(values[1])} with the remedy, {readable(values[0])} without"
    return Judgement(held=None, sentence=f"Still running: at epoch {readable_epoch(epoch)}, {numbers}.")


LEARNED = Judging(rule=learned, watched="train_loss")
FITTED = Judging(rule=fitted, watched="train_loss")
KEPT = Judging(rule=kept, watched="val_loss")
