"""How pages run, and run again."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from threading import Lock, Timer
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime import exists, get_instance
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state import SafeSessionState
from streamlit.runtime.state.common import is_element_id
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from widgets.address import keep_address
from widgets.notices import answered, store_told

_AGAIN = "run again"
_WHOLE = "whole page"
_PRESSED = "pressed"
_DRAWN = "buttons drawn"  # in which run each that may be pressed was drawn last
_COMPLETE = "complete run"  # the last that came to its end
_RUNS = 2  # the one that was ended, and the one in its place


def behind_app() -> None:
    """The first line of every page: run again, through app.py, where app.py has not run.

    Streamlit takes a folder named pages/ for its older kind of multipage app until app.py has called st.navigation
    once: the first link that a fresh server is asked for would open its page without theme, layout and navigation.
    """
    if "app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.session_state.runs = st.session_state.get("runs", 0) + 1  # of any page, see LinkedState
    _forget_gone_controls()


_pages: dict[tuple[Any, ...], StreamlitPage] = {}


def page_at(path: str, **options: Any) -> StreamlitPage:
    """A page as ``st.Page`` makes it, whose file is looked for once: for nineteen that is a tenth of a run."""
    context = get_script_run_ctx()
    if context is None:
        return st.Page(path, **options)
    place = (context.pages_manager.main_script_parent, path, *sorted(options.items()))
    if place not in _pages:
        _pages[place] = st.Page(path, **options)
    return copy(_pages[place])  # st.navigation marks the one that may run


def go_to(path: str, query: Mapping[str, str]) -> NoReturn:
    """Leave the page, in a run, for another one by its file, with these parameters.

    ``st.switch_page`` tells the browser the parameters while that is still at the page which is left: its entry of the
    history would be left with those of another page.

    Raises:
        KeyError: no page has this file.
    """
    context = get_script_run_ctx()
    if context is not None and context.script_requests is not None:
        file = str(Path(context.pages_manager.main_script_parent) / path)
        known = {page["script_path"]: key for key, page in context.pages_manager.get_pages().items()}
        context.script_requests.request_rerun(
            RerunData(
                query_string=urlencode(query),
                page_script_hash=known[file],
                cached_message_hashes=context.cached_message_hashes,
                context_info=context.context_info,
            )
        )
        st.empty()  # the run ends with the next thing that it draws
    st.stop()


def run_page(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """Run it, one of ``pages``; see ``store_told``, ``keep_address`` and, for a lesson beside it, ``beside``."""
    from widgets.lesson_panel import beside  # here: it stands on what stands on this module

    keep_address(page.url_path, [each.url_path for each in pages])
    try:
        with store_told(), beside(page, pages) as is_shown:
            if is_shown:
                page.run()
                answered()
                page_complete()
    finally:  # most runs end before the page does: a visitor has left or changed something, or the page begins again
        _let_go()


def _forget_gone_controls() -> None:
    """Let go of what controls that are gone would have called, with all that this holds: settings, races, runs.

    Streamlit drops their values at the end of each run, and keeps their declarations and names for as long as the
    session lasts: after some minutes of looking around those were 350 of each visitor, of which the page that is open
    had 60. What went with the last run stays until the next, which may bring a click on it.
    """
    context = get_script_run_ctx(suppress_warning=True)
    safe = None if context is None else context.session_state
    if not isinstance(safe, SafeSessionState):
        return
    with safe._lock:
        state = safe._state
        known, mapper = state._new_widget_state, state._key_id_mapper
        there = {*known.states, *filter(is_element_id, state._old_state)}
        for id in (known.widget_metadata.keys() | mapper.id_key_mapping.keys()) - there:
            if any(one in id for one in there):  # a component's events have its id in theirs, and no value
                continue
            known.widget_metadata.pop(id, None)
            key = mapper.id_key_mapping.pop(id, "")
            if mapper.get_id_from_key(key) == id:  # and not that of another control which has taken the name over
                del mapper._key_id_mapping[key]


_LET_GO = 120.0  # seconds, for which Streamlit keeps the session of a visitor whose connection has ended
_waiting = Lock()


def _let_go() -> None:
    """Collect the sessions of visitors who have left, every other minute while there are any.

    Each is a ring of references with an event loop of three open files. Streamlit would collect after every run, which
    takes longer than most of our pages and is off; Python by itself collects old rings only after many new ones. And
    what Streamlit keeps for those who may come back it looks through only when the next one leaves.
    """
    if _sessions() is not None and _waiting.acquire(blocking=False):
        later = Timer(_LET_GO, _collect)
        later.daemon = True
        later.start()


def _sessions() -> WebsocketSessionManager | None:
    """Of the server that runs in this process, if one does."""
    manager = getattr(get_instance(), "_session_mgr", None) if exists() else None
    return manager if isinstance(manager, WebsocketSessionManager) else None


def _collect() -> None:
    _waiting.release()
    manager = _sessions()
    if manager is None:  # the server has ended
        return
    remaining = len(manager.list_active_sessions())
    if isinstance(manager._session_storage, MemorySessionStorage):
        with manager._storage_lock:
            remaining += len(manager._session_storage._cache)  # asked for its length, it drops what is over
    gc.collect()
    if remaining:
        _let_go()


def run_again() -> NoReturn:
    """Run the page again, from within it; ``LinkedState`` must not take a late address for an opened link then."""
    st.session_state[_AGAIN] = True
    st.rerun()


def pressed(label: str, *, key: str, place: Any = st, **options: Any) -> bool:
    """``place.button``, and whether it was pressed; for what is done where the button stands, and by no callback.

    Streamlit forgets a press where another request ends the run before it comes to the button. This one is remembered
    for that request's run, and not for longer: who has left the page means it no more. Nor does who presses what has
    closed mean what opens next: of two quick clicks on *Delete* the second would delete the next run that is marked,
    unasked (see ``page_complete``).
    """
    place.button(label, key=key, on_click=_press, args=(key,), **options)
    run = st.session_state.get("runs", 0)
    st.session_state.setdefault(_DRAWN, {})[key] = run
    at = st.session_state.pop(f"{_PRESSED} {key}", None)
    return at is not None and run - at <= _RUNS


def page_complete() -> None:
    """At the end of a page: a button that it has not drawn is gone, and so is what was pressed on it."""
    st.session_state[_COMPLETE] = st.session_state.get("runs", 0)
    for name in [name for name in st.session_state if str(name).startswith(f"{_PRESSED} ")]:
        del st.session_state[name]


def _press(key: str) -> None:
    if st.session_state.get(_DRAWN, {}).get(key, 0) >= st.session_state.get(_COMPLETE, 0):
        st.session_state[f"{_PRESSED} {key}"] = st.session_state.get("runs", 0)


def whole_page() -> None:
    """Run the whole page after a callback inside a fragment, which says so by ``rerun_if_asked``."""
    st.session_state[_WHOLE] = True


def rerun_if_asked() -> None:
    """At the beginning of a fragment: run the whole page where a callback has asked for it."""
    if st.session_state.pop(_WHOLE, False):
        run_again()


def was_run_again() -> bool:
    """Whether ``run_again`` has caused this run; once."""
    return st.session_state.pop(_AGAIN, False)
