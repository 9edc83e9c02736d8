"""Signal and gradient through depth with and without normalization; it imports torch when it measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from experiments.initialization import POSITIONS
from experiments.links import initialization_link
from experiments.normalization import COMPARED, Effect, compared_kinds, effect_of, effect_setups, network_settings
from figures.normalization import effect_figure, effect_lines, effect_table
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.setup import NORMALIZATIONS
from numerals import readable
from pages.parts.traces import FEW, are_quick, first_look, kept_traces, measure
from widgets import LinkedState, colored_sentences, picture


def effect_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """The network, and which kinds are compared with none."""
    linked.control("activation", label="Activation", names={key: each.name for key, each in ACTIVATIONS.items()})
    linked.control("initializer", label="Initializer", names={key: each.name for key, each in INITIALIZERS.items()})
    if "scale" in values:
        linked.control("scale", label="Scale of the weights")
    for key in COMPARED:
        linked.control(f"norm.{key}", label=NORMALIZATIONS[key])
    linked.control("position", label="It acts", names=POSITIONS)
    linked.control("residual", label="Residual connections")
    linked.control("depth", label="Layers")
    linked.control("width", label="Units a layer")


def effect_part(values: Mapping[str, Any], dark: bool) -> Callable[[], None] | None:
    """A verdict for each kind, the signal on its way up and the gradient on its way down.

    Where all networks are quickly measured, they are. Else a first look at each stands, or what this session saw last
    of its kind, and what comes back measures the next one, to be called when the page stands.
    """
    kinds = compared_kinds(values)
    with st.container(height=42, border=False):  # its room stays, so nothing moves as it goes
        place = st.empty()
    setups = effect_setups(network_settings(values), kinds)
    last: dict[str, Effect] = st.session_state.setdefault("normalization.effects", {})
    quick = are_quick(setups)
    effects, missing = [], []
    for kind, setup in zip(kinds, setups, strict=True):
        name = NORMALIZATIONS[kind]
        trace = kept_traces().get(setup) or (measure(setup, place, f"Measuring: {name}") if quick else None)
        if trace is None:
            missing.append((name, setup))
            trace = first_look(setup, place)
        if trace is not None:
            last[kind] = effect_of(trace)
            effects.append(last[kind])
        elif kind in last:
            effects.append(replace(last[kind], verdict="Measuring; these are the lines of the network before."))
    if missing:
        place.caption(
            f"{len(missing)} of {len(kinds)} networks are still to be measured; new lines are of {FEW} inputs."
        )
    else:
        place.caption(f"{readable(setups[0].samples)} inputs went through each network.")
    if effects:
        _show(effects, dark)
    else:
        st.info("Nothing is measured yet.", icon=":material/hourglass_top:")
    st.page_link(
        "pages/initialization.py",
        label="Open these networks on the initialization page: histograms, theory, dead and saturated units",
        icon=":material/stacked_line_chart:",
        query_params=initialization_link(values),
    )

    def measure_next() -> None:
        name, setup = missing[0]
        measure(setup, place, f"Measuring, {len(missing)} to go: {name}")
        st.rerun()

    return measure_next if missing else None


def _show(effects: Sequence[Effect], dark: bool) -> None:
    colored_sentences(effect_lines(effects))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Signal, forward**")
        alt = "Standard deviation of the activations by layer, for every kind of normalization"
        picture(effect_figure(effects, "std", dark=dark), "normalization.signal", alt)
    with right:
        st.markdown("**Gradient, backward: it enters at the last layer**")
        alt = "Standard deviation of the gradients by layer, for every kind of normalization"
        picture(effect_figure(effects, "grad_std", dark=dark), "normalization.gradient", alt)
    st.dataframe(effect_table(effects), hide_index=True)
