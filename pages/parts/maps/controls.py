"""The controls of the maps: the sidebar of their page."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from experiments.map_rates import map_rate
from experiments.maps import (
    FAMILIES,
    NONE,
    PRESETS,
    STARTS,
    MapsCodec,
    axes_of,
    declared,
    rule_keys,
    surface_of,
)
from experiments.surfaces import FORMULA, WINDOW
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from widgets import LinkedState

linked: LinkedState[dict[str, Any]] = LinkedState("maps", MapsCodec(partial(declared, rate=map_rate)))
"""What the page of maps shows, in its controls, the session and the link."""
_SURFACES = {FORMULA: "Your own formula"} | {key: item.name for key, item in LANDSCAPES.items()}
_SET = "maps.set"
_AXES = {"lr": "Learning rate"}


def take_settings(changes: Any) -> None:
    """What a hand has chosen in the picture."""
    linked.put(changes)
    st.session_state[_SET] = True


def is_set() -> bool:
    """Whether a hand has chosen something in the picture; once."""
    return st.session_state.pop(_SET, False)


def maps_sidebar(values: dict[str, Any]) -> None:
    """Draw the controls."""
    with st.sidebar:
        linked.link_presets(PRESETS)
        _surface_controls(values)
        if values["view"] == "sensitivity":
            linked.control("rules", label="Rules", names={key: name for key, (name, _) in FAMILIES.items()}, hint=False)
        else:
            _rule_controls("o1", values, "Rule")
        if values["view"] == "basins":
            _rule_controls("o2", values, "Second rule, side by side")
        if values["view"] == "rates":
            names = {name: _AXES.get(name, name.replace("_", " ")) for name in axes_of(values["o1"])}
            linked.control("across", label="Across", names=names, hint=False)
            linked.control("up", label="Up", names=names, hint=False)
        linked.control("steps", label="Steps")
        if values["view"] != "basins":
            linked.control("starts", label="Whose steps", names=STARTS, hint=False)
            linked.control("tolerance", label="Tolerance")
        if values.get("starts", "one") == "one":
            left, right = st.columns(2)
            for column, name in ((left, "x"), (right, "y")):
                with column:
                    linked.control(f"at_{name}", exact=True, label=f"Start {name}", format="%.5g")
        if values["view"] == "rates":
            st.caption(not_on_offer())


def not_on_offer() -> str:
    """Which rules a map of rates lacks, and why."""
    names = [rule.name for key, rule in OPTIMIZERS.items() if key not in rule_keys("rates")]
    return f"Not on offer: {', '.join(names)}. No number to vary: see its basins, or race it on Descent."


def _surface_controls(values: dict[str, Any]) -> None:
    linked.menu(
        "surface",
        values["surface"],
        st.selectbox,
        "Surface",
        list(_SURFACES),
        format_func=_SURFACES.__getitem__,
    )
    if values["surface"] == FORMULA:
        linked.control("f", label="f(x, y) =", keeps=True)
        linked.tell_refusal("f")
    else:
        for parameter in surface_of(values).hyperparameters:
            linked.control(f"s.{parameter.name}")
    with st.expander("Window", type="compact"):
        for name in WINDOW:
            linked.control(name, exact=True, keeps=True, label=name.replace("_", " "))
    linked.tell_refusal("surface", *WINDOW)


def _rule_controls(slot: str, values: dict[str, Any], label: str) -> None:
    names = {key: OPTIMIZERS[key].name for key in rule_keys(linked.state["view"])}
    if slot == "o2":
        names = {NONE: "None"} | names
    linked.menu(
        slot,
        values[slot],
        st.selectbox,
        label,
        list(names),
        format_func=names.__getitem__,
    )
    if values[slot] == NONE:
        return
    rule = OPTIMIZERS[values[slot]]
    known = {parameter.name: parameter for parameter in rule.hyperparameters}
    if "lr" in known:
        linked.control(f"{slot}.lr", label=f"Rate of {rule.name}", unit="rate")
    with st.expander(f"More of {rule.name}", type="compact", key=f"maps.{slot}.drawer"):
        st.caption(rule.idea)
        for name in known:
            if name != "lr":
                linked.control(f"{slot}.{name}")
