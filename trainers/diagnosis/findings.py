"""The types of a diagnosis: what was found, and what could be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

Group = Literal["numeric", "data", "signal", "rate", "fit", "calm"]
# In order of precedence.
GROUPS: tuple[str, ...] = get_args(Group)
Start = Literal["here", "best", "beginning"]


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Something to try: one sentence, the settings it changes by dotted name, and where a fork with them begins.

    changes is empty where no configuration is known, or where nothing in it can be changed to this end. start: "best"
    is the checkpoint with the lowest validation loss; "beginning" is needed where the network itself changes.
    """

    label: str
    changes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    start: Start = "here"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One verdict. ``since`` is the epoch where it began, ``span`` the epochs to mark in the chart.

    confidence: 0.5 at the threshold of its rule, towards 1 far beyond it. evidence: one sentence with its numbers.
    secondary: another finding, earlier in the list, is the likely cause of this one. alarm: something is to be done.
    """

    kind: str
    name: str
    confidence: float
    since: float
    evidence: str
    remedies: tuple[Remedy, ...]
    span: tuple[float, float]
    secondary: bool = False
    alarm: bool = True


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a rule saw: how far beyond its threshold (1 is at it), since which epoch, and the sentence."""

    strength: float
    since: float
    evidence: str
    until: float | None = None
