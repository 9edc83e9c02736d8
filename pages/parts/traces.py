"""Signals through depth, measured when a page shows them: one at a time, kept for all, replaced by the next drag."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from networks import Setup
from networks.kept_traces import KeptTraces
from networks.workload import MEMORY, multiplications
from numerals import readable

if TYPE_CHECKING:
    from networks import SignalTrace


FEW = 50
"""Inputs of a first look."""

_WAITS = "traces.waits"
_QUICK = 0.7  # seconds for which the old picture may stay


@st.cache_resource(show_spinner=False)
def kept_traces() -> KeptTraces:
    """What was measured last, for whoever asks."""
    return KeptTraces(most=96)


def are_quick(setups: Sequence[Setup]) -> bool:
    """Whether those that are missing are measured while the old picture stands."""
    traces = kept_traces()
    missing = sum(multiplications(setup) for setup in setups if traces.get(setup) is None)
    return "torch" in sys.modules and missing < _QUICK * traces.speed


def first_look(setup: Setup, place: Any) -> SignalTrace | None:
    """The set-up measured at few inputs: what is known while the rest is on its way. None where that is slow, too."""
    few = replace(setup, samples=min(setup.samples, FEW))
    known = kept_traces().get(few)
    if known is None and "torch" in sys.modules and multiplications(few) < 0.3 * _QUICK * kept_traces().speed:
        known = measure(few, place, "A first look")
    return known


def measure(setup: Setup, place: Any, doing: str) -> SignalTrace:
    """Streamlit ends an outdated run at its next call, so each sign of progress is a chance to be replaced.

    Who has asked for it first measures it; those who have waited meanwhile take what he has found.
    """
    units = readable(setup.widths[-1]) if len(set(setup.widths)) == 1 else "different numbers of"
    size = f"{setup.depth} layers of {units} units, {readable(setup.samples)} inputs"

    def waits() -> None:
        _ = _WAITS in st.session_state  # a call that sends nothing: sixty who wait tell the browser once

    def told(share: float) -> None:
        loads = "torch" not in sys.modules
        place.progress(share, "Loading PyTorch, once" if loads else f"{doing}: {size}")

    place.progress(0.0, f"{doing}: waiting for its turn")
    return _measured(setup, waits, told)


def measured_trace(setup: Setup) -> SignalTrace:
    """The set-up measured, or as it was measured for somebody else."""
    return kept_traces().get(setup) or _measured(setup, lambda: None, lambda share: None)


def _measured(setup: Setup, waits: Callable[[], None], told: Callable[[float], None]) -> SignalTrace:
    """waits: called while others are measured. told: the share that is done."""
    traces = kept_traces()
    with traces.turn(setup).taken(waits):
        known = traces.get(setup)
        if known is not None:
            return known
        if "torch" not in sys.modules:
            told(0.0)
        from networks import trace

        begun = time.perf_counter()
        result = trace(setup, memory_limit=MEMORY, progress=told)
        if setup.samples > FEW:  # few inputs cost what drawing their weights costs
            traces.speed = multiplications(setup) / (time.perf_counter() - begun)
        traces.put(setup, result)
        return result
