"""What activations cost on this machine, measured once a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from experiments.activations import Curve
from networks import ACTIVATIONS, measure_cost
from networks.activations import Cost


def measured_costs(curves: Sequence[Curve]) -> dict[str, Cost]:
    """What each activation costs on this machine, measured once a server."""
    return {curve.activation.key: _cost(curve.activation.key, dict(curve.hyper)) for curve in curves}


@st.cache_data(max_entries=64, show_spinner=False)
def _cost(key: str, _hyper: dict[str, Any]) -> Cost:
    return measure_cost(ACTIVATIONS[key], _hyper)
