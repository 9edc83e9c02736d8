"""What one visitor's session remembers between runs, and values put into controls from code."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from widgets.notices import store_told


def behind_app() -> None:
    """The first line of every page: run again, through app.py, where app.py has not run.

    Streamlit takes a folder named pages/ for its older kind of multipage app until app.py has called st.navigation
    once: the first link that a fresh server is asked for would open its page without theme, layout and navigation.
    """
    if "app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.session_state.runs = st.session_state.get("runs", 0) + 1  # of any page, see LinkedSettings
    keep_put()


def run_page(page: StreamlitPage) -> None:
    """Run it; see ``store_told``."""
    with store_told():
        page.run()


_LATE = 1.5  # seconds in which a browser may still send what a control held before a value was put into it


def put(key: str, value: Any) -> None:
    """Set a control from code: ``st.session_state[key] = value``, which a browser that is busy does not undo.

    A browser sends the values of all its controls. A control that is moved before the browser has heard of the put
    value brings the one from before along, and Streamlit cannot tell it from a user's choice.
    """
    state = st.session_state
    if key in state and state[key] != value:
        state.setdefault("put", {})[key] = (state[key], value, state.get("runs", 0), time.monotonic() + _LATE)
    state[key] = value


def is_late(key: str) -> bool:
    """Whether the browser has sent the value that ``put`` has replaced; then the put value is put again."""
    state = st.session_state
    puts: dict[str, tuple[Any, Any, int, float]] = state.get("put", {})
    if key not in puts:
        return False
    before, value, run, end = puts[key]
    now = state.get(key)
    if now == before and time.monotonic() < end:
        put(key, value)
        return True
    # Not in the run that put it: once the browser has sent the put value, the old one is a choice again.
    if now != value or state.get("runs", 0) > run + 1:
        del puts[key]
    return False


def keep_put() -> None:
    """Put again what the browser has not heard of, before anything reads the controls."""
    for key in list(st.session_state.get("put", ())):
        is_late(key)
