"""What trying a remedy does, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.training import setting_text, setting_title

if TYPE_CHECKING:
    from trainers.diagnosis import Remedy

_WHERE = {"here": "where it stands", "best": "its best epoch", "beginning": "the beginning"}


def remedy_help(remedy: Remedy) -> str:
    """What a press on a remedy does."""
    changes = ", ".join(f"{setting_title(name)} {setting_text(name, value)}" for name, value in remedy.changes.items())
    return (
        f"Goes on from {_WHERE.get(remedy.start, remedy.start)} twice: unchanged, and with {changes}. "
        "Both are drawn together."
    )
