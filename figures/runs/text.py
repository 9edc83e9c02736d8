"""Text of users, made safe to show, and small words of the runs page. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from numerals import readable

if TYPE_CHECKING:
    from trainers.diagnosis import Finding

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit reads icons, emoji, colors and arrows from text that was escaped, too: a joiner, which takes no room, parts
# what it looks for.
_JOINER = "\N{WORD JOINER}"
_READ_ANYWAY = re.compile(r":(?=\S)|[<>~=-](?=[<>=~-])")


def literal(text: str) -> str:
    """Markdown that shows ``text`` as it is, for labels: no link, no picture, no icon, on one line."""
    parted = _READ_ANYWAY.sub(rf"\g<0>{_JOINER}", " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", parted)


def own_role(name: str, role: str) -> str:
    """What a run is among those it began with, where its name does not tell so: "Plain against residual: 5 plain"."""
    return "" if name.endswith(role) else role


def name_and_role(name: str, role: str) -> str:
    """A run among others: its name, and what it is among those it began with."""
    return f"{name} · {own}" if (own := own_role(name, role)) else name


def confidence_words(confidence: float) -> str:
    """How sure a finding is, in words; 0.5 is at the threshold of its rule, 0.75 at twice it."""
    if confidence >= 0.9:
        return "very clear"
    if confidence >= 0.75:
        return "clear"
    return "likely" if confidence >= 0.6 else "possible"


def since_words(finding: Finding) -> str:
    """Since when and how sure: since epoch 14 · very clear. Empty where the finding claims nothing."""
    if finding.kind == "not_enough_evidence":
        return ""
    parts = [f"since epoch {readable(finding.since)}"] if finding.alarm else []
    return " · ".join([*parts, confidence_words(finding.confidence)])


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits: just now, 5 min ago, 3 h ago, 2 days ago; later the date."""
    if moment is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86_400)
    if days < 15:
        return f"{days} day{'s' if days > 1 else ''} ago"
    return f"{moment.day} {moment:%b %Y}"
