"""Along with the class: the bar at the foot of every page while a browser's tab is in a room.

The tab itself listens, follows and leads (figures/frontend/classroom/), by posts to the server (broadcast.py); a page
is run only where its link changes. Python puts the bar there once a tab is in a room or asks for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit import config

from widgets.components import classroom_bar


@dataclass
class _Class:
    """What the session keeps.

    asked, joined: how often the entrance was asked for, and a room was joined. passed: the room, and the visit of a
    page, that the browser's own buttons have led to.
    """

    shown: bool = False
    asked: int = 0
    code: str = ""
    joined: int = 0
    visit: int = -1
    passed: tuple[str, int] | None = None


def _class() -> _Class:
    return st.session_state.setdefault("class of page", _Class())


def class_button() -> None:
    """On every page: the way to open a room, or to its code."""
    st.button(
        "Along with the class",
        icon=":material/cast_for_education:",
        type="tertiary",
        key="look.class",
        on_click=_ask,
        help="Open a room: students join by a code and follow what you show.",
    )


def _ask() -> None:
    kept = _class()
    kept.asked += 1
    kept.shown = True


def join_room(code: str, visit: int) -> bool:
    """Let this tab follow a room, once in this visit of a page; whether it is new to it."""
    kept = _class()
    if (kept.code, kept.visit) == (code, visit):
        return False
    kept.code, kept.visit, kept.shown = code, visit, True
    kept.joined += 1
    return True


def pass_room(code: str, visit: int, *, back: bool) -> bool:
    """Whether this visit only comes past a room: the browser's own buttons led here, and nobody has asked to join.

    back: whether this run is theirs. Joined at once, a room would be a place that they cannot lead out of.
    """
    kept = _class()
    if back:
        kept.passed = (code, visit)
    return kept.passed == (code, visit)


def ask_to_join() -> None:
    """From a callback: the room that the page names is joined, however one has come there."""
    kept = _class()
    kept.passed, kept.code = None, ""


def class_frame(paths: Sequence[str], *, inside: bool) -> None:
    """The bar, where there is one. paths: of all pages. inside: whether the browser says that its tab is in a room."""
    kept = _class()
    kept.shown = kept.shown or inside
    if not kept.shown:
        return
    from trainers.classroom import openers
    from widgets.lesson_panel import class_question  # here: it stands on what stands on this module

    base = f"/{config.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    data = {"base": base, "paths": tuple(paths), "who": openers(), "asked": kept.asked}
    data |= {"join": kept.code, "joined": kept.joined, "question": class_question()}
    classroom_bar(data, key="class.bar")
