"""What went wrong, was refused or done, told in one way on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import streamlit as st

from figures.runs import literal
from trainers.lab import LabError, the_lab
from trainers.store import StoredJob, StoreError
from widgets.browser import commander


@contextmanager
def store_told() -> Iterator[None]:
    """A wrong database, a folder that cannot be written or a full disk becomes a sentence."""
    try:
        yield
    except StoreError as error:
        st.error(literal(str(error)), icon=":material/database_off:")


_NEWS, _BEGUN = "news", "begun"
_SEEN = 1.5  # seconds until a hand has seen what a page shows, on its way to a browser and there
_UNANSWERED = 10.0  # seconds after which a page that has not answered is taken for one that has
T = TypeVar("T")


@dataclass
class _Begun:
    """What was begun last, when (seconds), and when a page that knows of it was complete, as far as one was."""

    what: Any
    at: float
    answered: float | None = None


def once(what: Any, begin: Callable[[], T]) -> T | None:
    """What ``begin`` gives, from a callback; None where it is not begun: it is on its way already.

    Whoever presses a button twice, for it is his habit or the page is slow to answer, wants no second run, trial or
    step of the same: a hand that asks for what it asked for last, and cannot have seen yet what came of it, asks once.

    what: all that says what is asked for; compared by ``==``.
    """
    begun: _Begun | None = st.session_state.get(_BEGUN)
    if begun is not None and begun.what == what:
        seen = begun.at + _UNANSWERED if begun.answered is None else begun.answered
        if monotonic() < seen + _SEEN:
            return None
    made = begin()
    if made is not None:
        st.session_state[_BEGUN] = _Begun(what, monotonic())
    return made


def answered() -> None:
    """At the end of a page: it shows what was begun before it ran."""
    begun: _Begun | None = st.session_state.get(_BEGUN)
    if begun is not None and begun.answered is None:
        begun.answered = monotonic()


def attempt(action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do it; a refusal is told by ``tell_news``. None where it was refused."""
    st.session_state.pop(_BEGUN, None)  # whoever stops something may begin it again at once
    try:
        return action(*arguments, **named)
    except (LabError, StoreError, ValueError) as error:
        st.session_state[_NEWS] = ("error", str(error))
        return None


def stop_work(kind: str, id: str) -> None:
    """A callback: end a job that this visitor has asked for; where others wait for it, it goes on for them."""
    if attempt(the_lab().stop_job, kind, id, by=commander()) is False:
        put_news("Others wait for this too: it goes on for them.")


def is_theirs(job: StoredJob) -> bool:
    """Whether others alone have asked for a job, so that this visitor's orders about it would be refused."""
    return not the_lab().has_part(job, commander())


def put_news(sentence: str) -> None:
    """Let ``tell_news`` say that something is done."""
    st.session_state[_NEWS] = ("done", sentence)


def tell_news() -> None:
    """What was refused or done, once."""
    kind, sentence = st.session_state.pop(_NEWS, ("", ""))
    if kind == "error":
        st.error(literal(sentence), icon=":material/error:")
    elif kind:
        st.toast(literal(sentence), icon=":material/check:")
