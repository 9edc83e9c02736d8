"""Rows that depend on each other: d(output of row i) / d(input of row j) under each normalization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.normalization import COUPLED_UNITS, WAYS, coupled_rows, coupling_sentence
from figures.normalization import coupling_figure
from networks.activations import ACTIVATIONS
from widgets import LinkedState, picture


def coupling_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """The batch and the network."""
    linked.control("rows", label="Rows in the batch")
    linked.control("deep", label="Layers")
    linked.control("activation", label="Activation", names={key: each.name for key, each in ACTIVATIONS.items()})


def coupling_part(values: Mapping[str, Any], dark: bool) -> None:
    """The matrices of all ways, the numbers of the batch's own, and the code that gives them."""
    chosen = {name: values[name] for name in ("rows", "deep", "activation", "seed")}
    coupled = {way: coupled_rows(way, **chosen) for way in WAYS}
    st.markdown(coupling_sentence(coupled))
    shown = list(coupled.values())
    top = max(float(one.matrix.max()) for one in shown) or 1.0
    left, right = st.columns(2)
    for column, pair, key in ((left, shown[:2], "bare"), (right, shown[2:], "kept")):
        with column:
            alt = f"Length of the gradient of each output row in each input row: {', '.join(WAYS[c.way] for c in pair)}"
            picture(coupling_figure(pair, top=top, dark=dark), f"normalization.coupling_{key}", alt)
    st.caption(
        f"Cell (i, j) is the length of d(output of row i) / d(input of row j), {COUPLED_UNITS} units a layer. "
        "Off the diagonal, one row's gradient reaches the others: its example changes theirs."
    )
    left, right = st.columns(2)
    left.latex(
        r"\frac{\partial \hat x_i}{\partial z_j} = \frac{1}{\sigma} \left(\delta_{ij} - \frac{1}{N}"
        r" - \frac{\hat x_i \hat x_j}{N}\right)"
    )
    right.code(
        "jacobian = torch.autograd.functional.jacobian(network, x)  # (rows, units, rows, units)\n"
        "coupled = jacobian.square().sum((1, 3)).sqrt()  # (output row, input row)",
        language="python",
    )
    st.caption("Of one unit under batch normalization in training. Source: Ioffe & Szegedy (2015), arXiv:1502.03167.")
