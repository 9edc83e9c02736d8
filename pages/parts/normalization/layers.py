"""Layers that normalize: which cells share statistics, and batch normalization in training and in evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.normalization import (
    COMPANIONS,
    batch_view,
    error_table,
    forgotten_sentence,
    group_count,
    normalized_example,
    running_sentence,
    train_and_eval_code,
)
from figures.normalization import (
    error_figure,
    forgotten_figure,
    formula,
    group_table,
    pytorch_line,
    running_figure,
    sharing_figure,
    tensor_figure,
    tensor_sentence,
)
from networks.normalization import KINDS
from widgets import LinkedState, picture


def layers_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """The kind, the shape of the tensor, and scale and shift."""
    linked.control("kind", label="Normalization", names={key: kind.name for key, kind in KINDS.items()})
    linked.control("samples", label="Samples N")
    linked.control("channels", label="Channels C")
    linked.control("hw", label="Positions H·W")
    linked.control("groups", label="Groups of channels")
    linked.control("gamma", label="Scale, gamma")
    linked.control("beta", label="Shift, beta")


def layers_part(values: Mapping[str, Any], dark: bool) -> None:
    """All kinds in small, the chosen one with its numbers, formula, code and a table of its statistics."""
    kind, groups = values["kind"], group_count(values)
    shape = (values["samples"], values["channels"], values["hw"])
    x, result = normalized_example(
        kind, shape, groups=groups, scale=values["gamma"], shift=values["beta"], seed=values["seed"]
    )
    st.markdown(tensor_sentence(kind, x, result))
    alt = "Which cells share statistics, for batch, layer, group, instance and RMS normalization"
    picture(sharing_figure(kind, shape, groups=groups, dark=dark), "normalization.kinds", alt)
    alt = "Cells that share statistics, and the numbers before and after normalization"
    picture(tensor_figure(x, result, kind, groups=groups, dark=dark), "normalization.tensor", alt)
    left, right = st.columns(2)
    left.latex(formula(kind))
    right.code(pytorch_line(kind, shape, groups), language="python")
    st.caption(f"{KINDS[kind].when_to_use} Source: {KINDS[kind].source}")
    st.dataframe(group_table(x, result), hide_index=True)


def batch_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """How it is trained, and which value is tested among which others."""
    linked.control("batch", label="Samples in a batch")
    linked.control("momentum", label="Momentum of the averages")
    linked.control("batches", label="Training batches")
    linked.control("value", label="Test value")
    linked.control("companions", label="Rest of its batch", names=COMPANIONS)


def batch_part(values: Mapping[str, Any], dark: bool) -> None:
    """Running averages, a forgotten eval mode, the error of small batches, and the code."""
    view = batch_view(
        size=values["batch"],
        momentum=values["momentum"],
        batches=values["batches"],
        value=values["value"],
        similar=values["companions"] == "similar",
        seed=values["seed"],
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Training: running averages**")
        st.caption(running_sentence(view, values["momentum"]))
        alt = "Running mean and variance by training batch, over those of each batch and of the population"
        picture(running_figure(view, dark=dark), "normalization.running", alt)
    with right:
        st.markdown("**Testing: eval mode, or forgotten**")
        st.caption(forgotten_sentence(view))
        alt = "One test value after normalization: one number in evaluation mode, many in training mode"
        picture(forgotten_figure(view, dark=dark), "normalization.forgotten", alt)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Small batches know the population badly**")
        st.caption("The error falls with the square root of the batch; at 1 the variance is lost.")
        alt = "Error of mean, variance and normalized values by batch size"
        picture(error_figure(values["seed"], dark=dark), "normalization.error", alt)
    with right:
        st.markdown("**The mistake, and its cure**")
        st.code(train_and_eval_code(values["momentum"]), language="python", wrap_lines=True)
        st.caption(
            "Momentum weighs the newest batch, as in PyTorch; in other libraries it weighs the past. "
            "The running variance is unbiased; a batch is divided by the biased one."
        )
    with st.expander("Errors of small batches as numbers"):
        st.dataframe(error_table(values["seed"]), hide_index=True)
