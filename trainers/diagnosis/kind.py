"""``Kind``: one kind of verdict whole: its words, its rule with its numbers, its remedies, how a trial judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from trainers.diagnosis.findings import GROUPS, Group, Remedy, Sign
from trainers.diagnosis.measures import Measures
from trainers.diagnosis.trial_judging import KEPT, Judging

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """One number of a rule: what it bounds, and where it is from; source is empty where it was set on labelled runs."""

    name: str
    value: float
    meaning: str
    source: str = ""


def threshold(value: Any, meaning: str, source: str = "") -> Any:
    """A field of a kind's thresholds: a frozen dataclass with one such field a number."""
    return field(default=value, metadata={"meaning": meaning, "source": source})


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[T]):
    """One kind of verdict.

    Args:
        key, name, meaning: a public format, a title, one sentence.
        group: its precedence: numeric failure, data, signal, rate, fit, calm; within a group the catalogue's order.
        rule: what it sees in the measures with these thresholds; None where there is no sign of it.
        thresholds: a frozen dataclass whose fields are made by ``threshold``; None where the rule has no number.
        remedies: what to try, the one that gains most often first.
        judging: which number decides whether a remedy held.
        explains: keys and groups of kinds that are mere symptoms where this one holds.
        cure: a word for the direction of its cure, which related kinds share.
        alarm: whether something is to be done.
        curves: whether two loss curves alone can show it.
    """

    key: str
    name: str
    meaning: str
    group: Group
    rule: Callable[[Measures, T], Sign | None] = field(repr=False)
    thresholds: T = field(repr=False)
    remedies: Callable[[Measures], tuple[Remedy, ...]] = field(repr=False, default=lambda measures: ())
    judging: Judging = KEPT
    explains: frozenset[str] = frozenset()
    cure: str = ""
    alarm: bool = True
    curves: bool = True
    reference: str = ""

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"group was given {self.group!r:.40}; allowed is one of {', '.join(GROUPS)}")

    def sign(self, measures: Measures) -> Sign | None:
        """What the rule sees, if anything."""
        return self.rule(measures, self.thresholds)

    def explained(self, other: Kind[Any]) -> bool:
        """Whether the other kind is a mere symptom where this one holds."""
        return other.key != self.key and bool(self.explains & {other.key, other.group})

    def table(self) -> tuple[Threshold, ...]:
        """The numbers of the rule, in the order of their declaration."""
        if self.thresholds is None:
            return ()
        made = []
        for each in fields(self.thresholds):  # pyright: ignore[reportArgumentType]
            made.append(Threshold(name=each.name, value=getattr(self.thresholds, each.name), **each.metadata))
        return tuple(made)
