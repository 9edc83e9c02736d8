"""Whose a run or a job is, and who may change it: whoever asked for it, and the teacher.

A visitor is sixteen letters and digits that only his browser can give, with an @ and a word for his network behind it.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING

from trainers.allowances import TEACHER, owner_of

if TYPE_CHECKING:  # pages ask who is there before they need a store
    from trainers.store import StoredJob, StoredLesson, StoredRun

SECRET = "DESCENT_LAB_TEACHER"


def not_yours(thing: StoredRun | StoredJob | StoredLesson, by: str | None) -> str:
    """Why ``by`` may not change this, in a sentence; empty where he may.

    by: a visitor, or ``TEACHER``; None is the lab itself. What nobody in particular has asked for anybody may change.
    """
    owner = owner_of(thing.visitor)
    if by is None or by == TEACHER or not owner or hmac.compare_digest(owner.encode(), owner_of(by).encode()):
        return ""
    if hasattr(thing, "config"):
        return "This run is somebody else's; only whoever began it, and the teacher, may change it. Fork it instead."
    return "This is somebody else's: whoever began it, and the teacher, may change it."


def teacher_is_known() -> bool:
    """Whether the server has a word for its teacher."""
    return bool(os.environ.get(SECRET))


def is_teachers(word: str) -> bool:
    """Whether this is the teacher's word."""
    return teacher_is_known() and hmac.compare_digest(word.encode(), os.environ[SECRET].encode())
