"""The set-ups of the page with what is known of them: theory at once, measurements as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from experiments.initialization import Signal, make_signal
from networks import Prediction, Setup, predict
from pages.parts.measuring import FEW, is_quick, kept, measure, measure_and_run_again

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
    quick = bool(last) and is_quick(setups)
    found = []
    for slot, setup in enumerate(setups, 1):
        trace = kept(setup)
        if trace is None and quick:
            trace = measure(setup, place, f"Measuring set-up {slot}")
        first = last.get(slot) if trace is not None else _first_look(setup, place) or last.get(slot)
        found.append(make_signal(slot, setup, _theory(repr(setup), setup), trace, first))
        if trace is not None:
            last[slot] = trace
    return tuple(found)


def _first_look(setup: Setup, place: Any) -> SignalTrace | None:
    """The set-up measured at few inputs: what is known while the rest is on its way. None where that is slow, too."""
    few = replace(setup, samples=min(setup.samples, FEW))
    known = kept(few)
    if known is None and is_quick([few], share=0.3):
        known = measure(few, place, "A first look")
    return known


def measure_next(found: Sequence[Signal], place: Any) -> None:
    """Measure the first set-up that is not measured yet, then run the page again. The next drag ends it."""
    for signal in found:
        if signal.trace is None:
            measure_and_run_again(signal.setup, place, f"Measuring set-up {signal.slot} of {len(found)}")
