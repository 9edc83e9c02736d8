"""How pages run, and run again."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from threading import Lock
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from widgets.address import keep_address
from widgets.notices import store_told

_AGAIN = "run again"


def behind_app() -> None:
    """The first line of every page: run again, through app.py, where app.py has not run.

    Streamlit takes a folder named pages/ for its older kind of multipage app until app.py has called st.navigation
    once: the first link that a fresh server is asked for would open its page without theme, layout and navigation.
    """
    if "app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.session_state.runs = st.session_state.get("runs", 0) + 1  # of any page, see LinkedState


def run_page(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """Run it, one of ``pages``; see ``store_told`` and ``keep_address``."""
    keep_address(page.url_path, [each.url_path for each in pages])
    with store_told():
        page.run()
    _let_go()


_LET_GO = 120.0  # seconds
_collecting = Lock()
_collected = 0.0


def _let_go() -> None:
    """Collect, every other minute at most, the sessions of visitors who have left.

    Each is a ring of references with an event loop of three open files. Streamlit would collect after every run, which
    takes longer than most of our pages and is off; Python by itself collects old rings only after many new ones.
    """
    global _collected
    if time.monotonic() - _collected > _LET_GO and _collecting.acquire(blocking=False):
        try:
            gc.collect()
            _collected = time.monotonic()
        finally:
            _collecting.release()


def run_again() -> NoReturn:
    """Run the page again, from within it; ``LinkedState`` must not take a late address for an opened link then."""
    st.session_state[_AGAIN] = True
    st.rerun()


def was_run_again() -> bool:
    """Whether ``run_again`` has caused this run; once."""
    return st.session_state.pop(_AGAIN, False)
