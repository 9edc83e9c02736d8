"""What went wrong, was refused or done, told in one way on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from figures.runs import literal
from trainers.lab import LabError, the_lab
from trainers.store import StoreError
from widgets.browser import commander


@contextmanager
def store_told() -> Iterator[None]:
    """A wrong database, a folder that cannot be written or a full disk becomes a sentence."""
    try:
        yield
    except StoreError as error:
        st.error(literal(str(error)), icon=":material/database_off:")


_NEWS = "news"


def attempt(action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do it; a refusal is told by ``tell_news``. None where it was refused."""
    try:
        return action(*arguments, **named)
    except (LabError, StoreError, ValueError) as error:
        st.session_state[_NEWS] = ("error", str(error))
        return None


def stop_work(kind: str, id: str) -> None:
    """A callback: end a job that this visitor has asked for; where others wait for it, it goes on for them."""
    if attempt(the_lab().stop_job, kind, id, by=commander()) is False:
        put_news("Others wait for this too: it goes on for them.")


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
