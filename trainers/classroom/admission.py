"""Who may open a room: everybody, or whoever knows the teacher's word."""

from __future__ import annotations

import os

from trainers.lab import is_teachers, teacher_is_known

OPENERS = "DESCENT_LAB_ROOMS"
ANYONE, TEACHER, NOBODY = "anyone", "teacher", "nobody"


def openers() -> str:
    """``ANYONE``, ``TEACHER`` (where the server has a teacher's word) or ``NOBODY``; another text is ``NOBODY``."""
    given = os.environ.get(OPENERS, "").strip().lower() or ANYONE
    if given == TEACHER and not teacher_is_known():
        return NOBODY
    return given if given in (ANYONE, TEACHER) else NOBODY


def may_open(word: str) -> bool:
    """Whether somebody with this word may open a room."""
    who = openers()
    return who == ANYONE or (who == TEACHER and is_teachers(word))
