"""Everything that pages share and that needs Streamlit: controls made from declared hyperparameters, and components.

A control's value lives in ``st.session_state[key]``; whoever renders it has put a valid value there before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from hyperparameters import Hyperparameter
from numerals import readable


def parameter_control(
    parameter: Hyperparameter, key: str, *, label: str | None = None, on_change: Callable[[], None] | None = None
) -> Any:
    """The control that suits a hyperparameter, holding ``st.session_state[key]``; returns its value.

    A switch is a toggle, a choice a menu, an uneven or logarithmic range a slider over its stops, any other a slider.
    A value from a link that lies between or beyond the stops gets a stop of its own, so that nothing is rounded.
    """
    given = st.session_state.setdefault(key, parameter.default)
    text = label if label is not None else f"{parameter.name} ${parameter.symbol}$"
    common: dict[str, Any] = {"key": key, "help": parameter.meaning, "on_change": on_change}
    if parameter.kind == "bool":
        return st.toggle(text, **common)
    if parameter.kind == "choice":
        return st.selectbox(text, parameter.choices, **common)
    if parameter.slider_stops:
        cast = int if parameter.kind == "int" else float
        stops = sorted({*map(cast, parameter.slider_stops), given})
        return st.select_slider(text, stops, format_func=readable, **common)
    if parameter.kind == "int":
        return st.slider(text, int(min(parameter.low, given)), int(max(parameter.high, given)), step=1, **common)
    low, high = min(float(parameter.low), given), max(float(parameter.high), given)
    return st.slider(text, low, high, step=(high - low) / 200, format="%.3g", **common)


def chip(color: str) -> str:
    """Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``."""
    return f'<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{color}"></span>'
