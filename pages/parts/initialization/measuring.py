"""Signals through depth, measured when a page shows them: one at a time, kept, replaced by the next drag."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from experiments.initialization import Signal, make_signal
from networks import Prediction, Setup, predict
from networks.kept_traces import KeptTraces
from networks.workload import MEMORY, multiplications
from numerals import readable

if TYPE_CHECKING:
    from networks import SignalTrace


_QUICK = 0.7  # seconds for which the old picture may stay
_FEW = 50  # inputs of a first look


@st.cache_resource(show_spinner=False)
def _traces() -> KeptTraces:
    return KeptTraces(most=96)


@st.cache_data(max_entries=256, show_spinner=False)
def _theory(key: str, _setup: Setup) -> Prediction | None:
    return predict(_setup)


def signals(setups: Sequence[Setup], place: Any) -> tuple[Signal, ...]:
    """Every set-up with its theory and, where it is at hand or quickly measured, its measurement.

    Call ``measure_next`` at the end of the run for those that remain. ``place`` (``st.empty()``) shows progress.
    """
    last: dict[int, SignalTrace] = st.session_state.setdefault("signals.last", {})
    traces = _traces()
    missing = sum(multiplications(setup) for setup in setups if traces.get(setup) is None)
    quick = bool(last) and "torch" in sys.modules and missing < _QUICK * traces.speed
    measured = []
    for slot, setup in enumerate(setups, 1):
        trace = traces.get(setup)
        if trace is None and quick:
            trace = _measure(setup, place, f"Measuring set-up {slot}")
        first = last.get(slot) if trace is not None else _first_look(setup, place) or last.get(slot)
        measured.append(make_signal(slot, setup, _theory(repr(setup), setup), trace, first))
        if trace is not None:
            last[slot] = trace
    return tuple(measured)


def _first_look(setup: Setup, place: Any) -> SignalTrace | None:
    """The set-up measured at few inputs: what is known while the rest is on its way. None where that is slow, too."""
    few = replace(setup, samples=min(setup.samples, _FEW))
    known = _traces().get(few)
    if known is None and "torch" in sys.modules and multiplications(few) < 0.3 * _QUICK * _traces().speed:
        known = _measure(few, place, "A first look")
    return known


def measure_next(found: Sequence[Signal], place: Any) -> None:
    """Measure the first set-up that is not measured yet, then run the page again. The next drag ends it."""
    for signal in found:
        if signal.trace is None:
            _measure(signal.setup, place, f"Measuring set-up {signal.slot} of {len(found)}")
            st.rerun()


def _measure(setup: Setup, place: Any, doing: str) -> SignalTrace:
    """Streamlit ends an outdated run at its next call, so each sign of progress is a chance to be replaced."""
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
        if setup.samples > _FEW:  # few inputs cost what drawing their weights costs
            traces.speed = multiplications(setup) / (time.perf_counter() - begun)
    finally:
        turn.release()
    traces.put(setup, result)
    return result
