"""The set-ups of the initialization page, measured as far as that is quick, and one at a time beyond."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from experiments.initialization import Signal, make_signal
from networks import Prediction, Setup, predict
from pages.parts.traces import are_quick, first_look, kept_traces, measure, measured_trace

if TYPE_CHECKING:
    from networks import SignalTrace


@st.cache_data(max_entries=256, show_spinner=False)
def _theory(key: str, _setup: Setup) -> Prediction | None:
    return predict(_setup)


def signals(setups: Sequence[Setup], place: Any) -> tuple[Signal, ...]:
    """Every set-up with its theory and, where it is at hand or quickly measured, its measurement.

    Call ``measure_next`` at the end of the run for those that remain. ``place`` (``st.empty()``) shows progress.
    """
    last: dict[int, SignalTrace] = st.session_state.setdefault("signals.last", {})
    quick = bool(last) and are_quick(setups)
    measured = []
    for slot, setup in enumerate(setups, 1):
        trace = kept_traces().get(setup)
        if trace is None and quick:
            trace = measure(setup, place, f"Measuring set-up {slot}")
        first = last.get(slot) if trace is not None else first_look(setup, place) or last.get(slot)
        measured.append(make_signal(slot, setup, _theory(repr(setup), setup), trace, first))
        if trace is not None:
            last[slot] = trace
    return tuple(measured)


def measured(setups: Sequence[Setup]) -> tuple[Signal, ...]:
    """Every set-up with its theory and its measurement, however long that takes."""
    return tuple(
        make_signal(slot, setup, _theory(repr(setup), setup), measured_trace(setup), None)
        for slot, setup in enumerate(setups, 1)
    )


def measure_next(found: Sequence[Signal], place: Any) -> None:
    """Measure the first set-up that is not measured yet, then run the page again. The next drag ends it."""
    for signal in found:
        if signal.trace is None:
            measure(signal.setup, place, f"Measuring set-up {signal.slot} of {len(found)}")
            st.rerun()
