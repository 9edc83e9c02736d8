"""Two histograms slid apart by hand: Kullback-Leibler both ways, Jensen-Shannon, Wasserstein-1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.losses import SHAPES, apart_sentence, at_shift
from figures.losses import apart_payload, distance_table
from networks.losses import DISTANCES
from pages.parts.losses.explained import distance_explained
from pages.parts.losses.state import linked
from widgets import losses


def distributions_controls(values: Mapping[str, Any]) -> None:
    """Shapes, widths and the shift."""
    linked.control("shift", label="Shift of $Q$")
    linked.control("p", label="Shape of $P$", names=SHAPES, hint=False)
    linked.control("p_width", label="Width of $P$")
    linked.control("q", label="Shape of $Q$", names=SHAPES, hint=False)
    linked.control("q_width", label="Width of $Q$")


def distributions_part(values: Mapping[str, Any], dark: bool) -> None:
    """The histograms under the finger, and every distance."""
    at = at_shift(values)
    losses(apart_payload(values), key="dragged", on_set=linked.put)
    st.markdown(apart_sentence(at))
    linked.menu(
        "distance",
        values["distance"],
        st.segmented_control,
        "Formula and code of",
        list(DISTANCES),
        format_func=lambda key: DISTANCES[key].name,
        required=True,
    )
    distance_explained(values)
    with st.expander("All four as numbers"):
        st.dataframe(distance_table(at), hide_index=True)
