"""Signal and gradient through depth with and without normalization; it imports torch when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.initialization import POSITIONS
from experiments.links import initialization_link
from experiments.normalization import COMPARED, Effect, compared_kinds, measure_effects, network_settings
from figures.normalization import effect_figure, effect_lines, effect_table
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.setup import NORMALIZATIONS
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


@st.cache_resource(max_entries=64, show_spinner="Sending a batch through every network")
def _effects(network: tuple[tuple[str, Any], ...], kinds: tuple[str, ...]) -> tuple[Effect, ...]:
    return measure_effects(dict(network), kinds)


def effect_part(values: Mapping[str, Any], dark: bool) -> None:
    """A verdict for each kind, the signal on its way up and the gradient on its way down."""
    effects = _effects(tuple(network_settings(values).items()), compared_kinds(values))
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
