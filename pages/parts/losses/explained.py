"""One loss as formula, gradient and code, and all of them as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from experiments.losses import losses_code
from figures.losses import loss_table
from networks.losses import DISTANCES, LOSS_FUNCTIONS
from pages.parts.losses.state import linked


def loss_menu(name: str, value: str, offered: Sequence[str]) -> None:
    """Which loss is worked out."""
    linked.menu(
        name,
        value,
        st.segmented_control,
        "Formula and code of",
        list(offered),
        format_func=lambda key: LOSS_FUNCTIONS[key].short,
        required=True,
    )


def explained(key: str, values: Mapping[str, Any], *, notes: Sequence[str] = ()) -> None:
    """Formula and gradient of one loss beside the code that gives the numbers that are shown."""
    loss = LOSS_FUNCTIONS[key]
    formula, code = st.columns(2, gap="medium")
    with formula:
        st.markdown(f"**{loss.name}.** {loss.meaning}")
        where = rf",\quad {loss.where}" if loss.where else ""
        st.latex(f"L = {loss.latex}{where}")
        by = r"\hat y" if loss.takes == "number" else "z"
        st.latex(rf"\frac{{\partial L}}{{\partial {by}}} = {loss.latex_gradient}")
        st.markdown(
            f"**Output unit:** {loss.output}. **Best constant:** {loss.constant}. **Used for:** {loss.used_for}"
        )
        st.caption(" ".join([*notes, f"The loss of several rows is their mean. Source: {loss.source}."]))
    with code:
        st.code(losses_code(values), language="python", wrap_lines=True)


def distance_explained(values: Mapping[str, Any]) -> None:
    """Formula of one distance beside its code."""
    distance = DISTANCES[values["distance"]]
    formula, code = st.columns(2, gap="medium")
    with formula:
        st.markdown(f"**{distance.name}.** {distance.meaning}")
        st.latex(distance.latex)
        st.caption("Bins of width 0.1; the slope is by the shift of Q, through the mass of every bin.")
    with code.expander("PyTorch script with these numbers", icon=":material/code:"):
        st.code(losses_code(values), language="python", wrap_lines=True)


def table_part(values: Mapping[str, Any], dark: bool) -> None:
    """Which output unit goes with which loss."""
    with st.container(key="losses-table"):
        st.html("<style>.st-key-losses-table { overflow-x: auto; }</style>")
        st.markdown(loss_table())
    st.caption(
        "PyTorch's classifying losses take logits: the sigmoid or softmax is inside, so that no logarithm of zero "
        "is met. Do not put one in front."
    )
    with st.expander("All of them as PyTorch code", icon=":material/code:"):
        st.code(losses_code(values), language="python", wrap_lines=True)


def table_controls(values: Mapping[str, Any]) -> None:
    """The table has no controls but the turning point of Huber, which the code shows."""
    linked.control("delta", label=r"Huber's turning point $\delta$")
