"""Signals through depth, measured when a page shows them: one at a time, kept, replaced by the next drag."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from networks import Setup
from networks.kept_traces import KeptTraces
from networks.workload import MEMORY, multiplications
from numerals import readable

if TYPE_CHECKING:
    from networks import SignalTrace


_QUICK = 0.7  # seconds for which the old picture may stay
FEW = 50  # inputs of a first look


@st.cache_resource(show_spinner=False)
def _traces() -> KeptTraces:
    return KeptTraces(most=96)


def kept(setup: Setup) -> SignalTrace | None:
    """Its measurement, where it is at hand."""
    return _traces().get(setup)


def is_quick(setups: Sequence[Setup], share: float = 1.0) -> bool:
    """Whether what is not at hand of these is measured in a moment, or in this share of one."""
    missing = sum(multiplications(setup) for setup in setups if kept(setup) is None)
    return "torch" in sys.modules and missing < share * _QUICK * _traces().speed


def measure(setup: Setup, place: Any, doing: str) -> SignalTrace:
    """Measure it, and keep that. ``place`` (``st.empty()``) shows how far it is, after what ``doing`` says.

    Streamlit ends an outdated run at its next call, so each sign of progress is a chance to be replaced.
    """
    traces = _traces()
    place.progress(0.0, f"{doing}: waiting for its turn")
    turn = traces.turn(setup)
    while not turn.acquire(timeout=0.1):
        place.progress(0.0, f"{doing}: waiting for its turn")
    try:
        if "torch" not in sys.modules:
            place.progress(0.0, "Loading PyTorch, once")
        from networks import trace

        begun = time.perf_counter()
        units = readable(setup.widths[-1]) if len(set(setup.widths)) == 1 else "different numbers of"
        size = f"{setup.depth} layers of {units} units, {readable(setup.samples)} inputs"
        result = trace(setup, memory_limit=MEMORY, progress=lambda share: place.progress(share, f"{doing}: {size}"))
        if setup.samples > FEW:  # few inputs cost what drawing their weights costs
            traces.speed = multiplications(setup) / (time.perf_counter() - begun)
    finally:
        turn.release()
    traces.put(setup, result)
    return result


def measure_and_run_again(setup: Setup, place: Any, doing: str) -> NoReturn:
    """At the end of a page: measure it, then show the page again, with it. The next drag ends it."""
    measure(setup, place, doing)
    st.rerun()
