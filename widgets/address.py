"""The address of a page: what it says, and what is written into it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import streamlit as st

_STALE = 5.0  # seconds in which a browser may still send the address it had before the last one was written


def opened_link(name: str) -> dict[str, str] | None:
    """The query of a link that was opened from outside, or None where it is the one this page has written.

    A link is opened on the first run, by an address that was typed or clicked, or by the back button. Right after a
    link was written the browser may ask for another run with the address from before (a slider that is being dragged
    does): that is no opened link, and following it would undo the drag. ``name`` is the page's own.
    """
    query = st.query_params.to_dict()
    written: list[tuple[dict[str, str], float]] | None = st.session_state.get(f"{name} links")
    if written is None:
        return query
    now = time.monotonic()
    known = any(query == link and now < end for link, end in written)
    return None if known or not query else query


def write_link(name: str, link: Mapping[str, str]) -> None:
    """Put a page's state into the address; see ``opened_link``."""
    link, now = dict(link), time.monotonic()
    key = f"{name} links"
    before = [(old, min(end, now + _STALE)) for old, end in st.session_state.get(key, []) if now < end and old != link]
    st.session_state[key] = [*before[-50:], (link, math.inf)]
    if link != st.query_params.to_dict():
        st.query_params.from_dict(link)
