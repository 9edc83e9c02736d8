"""Signal and gradient through depth with and without normalization; it imports torch when it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from experiments.initialization import POSITIONS
from experiments.links import initialization_link
from experiments.normalization import COMPARED, compared_kinds, effect_setups, measure_effects, network_settings
from figures.normalization import effect_figure, effect_lines, effect_table
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.setup import NORMALIZATIONS
from pages.parts.measuring import is_quick, kept, measure, measure_and_run_again
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

    Returns:
        What is to be called at the end of the page where kinds are not measured yet: it measures the next of them.
    """
    network, kinds = network_settings(values), compared_kinds(values)
    place = st.empty()
    setups = {setup.normalization: setup for setup in effect_setups(network, kinds)}
    known = {kind: trace for kind, setup in setups.items() if (trace := kept(setup)) is not None}
    missing = [kind for kind in kinds if kind not in known]
    # What takes longer than a moment is shown kind by kind: the first before anything is drawn, others after the page.
    for kind in missing if is_quick(tuple(setups.values())) else missing[: not known]:
        known[kind] = measure(setups[kind], place, NORMALIZATIONS[kind])
    place.empty()
    effects = measure_effects(network, kinds, lambda setup: known.get(setup.normalization))
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
    st.page_link(
        "pages/initialization.py",
        label="Open these networks on the initialization page: histograms, theory, dead and saturated units",
        icon=":material/stacked_line_chart:",
        query_params=initialization_link(values),
    )
    rest = [kind for kind in kinds if kind not in known]
    return partial(measure_and_run_again, setups[rest[0]], place, NORMALIZATIONS[rest[0]]) if rest else None
