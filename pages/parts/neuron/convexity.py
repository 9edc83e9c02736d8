"""Convex or not: a chord on two losses, weights that grow for ever, and features brought to one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.neuron import (
    DATA_NAMES,
    ENDS,
    MEASURED_ROWS,
    SIGHTS,
    TOLERANCE,
    WEIGHTS,
    chord_of,
    chord_sentence,
    convexity_code,
    growth_of,
    growth_sentences,
    races_of,
    scaling_sentence,
)
from figures.convexity import chord_payload, growth_payload, left_curves, measured_bowl
from widgets import LinkedState, convexity, picture


def convexity_controls(linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """The settings of this part."""
    if values["sight"] == "scaling":
        linked.control("measured", label="Rows", names=MEASURED_ROWS, hint=False)
        st.caption("One feature and a bias: both surfaces have the same minimum, and the start predicts the same.")
        return
    linked.control("classes", label="Rows", names=DATA_NAMES, hint=False)
    linked.control("weights", label="Weights", names=WEIGHTS, hint=False)
    if values["sight"] == "growth":
        linked.control("decay", label=r"$\lambda$ of L2")
        return
    left, right = st.columns(2)
    second = "$w_2$" if values["weights"] == "two_features" else "$b$"
    for name in ENDS:
        with left if name[1] == "x" else right:
            label = f"{name[0].upper()}: {'$w_1$' if name[1] == 'x' else second}"
            linked.control(name, exact=True, label=label, format="%.1f", step=0.1)


def convexity_part(linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    """The pictures of this part."""
    linked.one_of("sight", values["sight"], "What is shown", SIGHTS)
    {"chord": _chord, "growth": _growth, "scaling": _scaling}[values["sight"]](linked, values, dark)


def _chord(linked: LinkedState[Any], values: Mapping[str, Any], _dark: bool) -> None:
    convexity(chord_payload(values), key="chord", on_set=linked.put)
    for along in chord_of(values):
        st.markdown(f"- {chord_sentence(along)}")
    st.caption(
        "A function is convex if no chord lies below it: exactly if no eigenvalue of its Hessian is ever negative. "
        "Drag A and B, or move them with the arrow keys. Both maps have the same rows, the same sigmoid and one scale; "
        "features have mean 0 and variance 1."
    )


def _growth(linked: LinkedState[Any], values: Mapping[str, Any], _dark: bool) -> None:
    convexity(growth_payload(values), key="growth", on_set=linked.put)
    for sentence in growth_sentences(growth_of(values), values["decay"]):
        st.markdown(f"- {sentence}")
    st.caption(
        "Gradient descent on cross-entropy from 0. Where a line parts the classes, the direction comes to rest, the "
        r"length never: it grows like $\ln t$ divided by the margin, and its direction becomes the widest margin's "
        "(Soudry et al., JMLR 19, 2018). L2 gives the loss a minimum; its price is a loss that stays above 0."
    )


def _scaling(_linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    races = races_of(values)
    for column, raced in zip(st.columns(2, gap="medium"), races, strict=True):
        with column:
            st.markdown("**Mean 0 and variance 1**" if raced.scaled else "**As measured**")
            name = "scaled" if raced.scaled else "measured"
            alt = "Contours of the loss over weight and bias with the path of gradient descent"
            picture(measured_bowl(raced, dark=dark), f"neuron.{name}", alt)
            st.markdown(scaling_sentence(raced))
    picture(left_curves(races, dark=dark), "neuron.left", "What is left of the loss by step, for both")
    st.caption(
        f"The race ends when {100 * TOLERANCE:g} % of the start's height above the minimum is left. The rate is one "
        "over the steepest curvature of the loss, which is safe everywhere. The condition number is the largest "
        "eigenvalue of the Hessian at the minimum divided by the smallest."
    )


def convexity_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The script of what is shown."""
    return [("PyTorch script", "py", "text/x-python", lambda: convexity_code(values))]
