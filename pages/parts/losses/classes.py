"""Losses of a class: a yes or no over its logit, and several classes against a smoothed target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.losses import (
    LOGITS,
    LOSSES_OF,
    TARGETS,
    classification_readings,
    classification_sentence,
    smoothed_of,
    smoothed_sentence,
)
from figures.losses import gradient_bars, logit_curves, probability_curves, reading_table, target_bars
from networks.losses import CONVENTIONS
from pages.parts.losses.explained import explained, loss_menu
from pages.parts.losses.state import linked
from widgets import picture


def classification_controls(values: Mapping[str, Any]) -> None:
    """The true answer and what the network says."""
    linked.control("target", label="True answer", names=TARGETS, hint=False)
    linked.control("logit", label="Logit $z$")


def classification_part(values: Mapping[str, Any], dark: bool) -> None:
    """The losses over the probability and over the logit."""
    readings = classification_readings(values)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown("**Over the probability**")
        alt = "Minus log of the probability, minus log of one less it, and the squared error"
        picture(lambda: probability_curves(values, dark=dark), "losses.probability", alt, about=(values, dark))
    with right:
        st.markdown("**Over the logit, and the slope that is passed back**")
        alt = "Loss and its slope over the logit: cross-entropy, squared error through the sigmoid, both hinges"
        picture(lambda: logit_curves(values, dark=dark), "losses.logit", alt, about=(values, dark))
    st.markdown(classification_sentence(readings, values))
    loss_menu("loss", values["loss"], LOSSES_OF["classification"])
    notes = {
        "bce": "Minus the log of the probability of the true answer, so it is never negative. Convex in the logit.",
        "sigmoid_mse": "Not convex in the logit: far on the wrong side it bends down and goes flat.",
        "hinge": "Its targets are -1 and 1, and its score is no probability.",
        "squared_hinge": "Its targets are -1 and 1, and its score is no probability.",
    }
    explained(values["loss"], values, notes=[notes[values["loss"]]])
    with st.expander("All four as numbers"):
        st.dataframe(reading_table(readings), hide_index=True)


def cross_entropy_controls(values: Mapping[str, Any]) -> None:
    """Logits, the true class, and the smoothing."""
    linked.control("classes", label="Classes")
    linked.control("true", label="True class")
    linked.control("convention", label=r"$\varepsilon$ is", names=CONVENTIONS, hint=False)
    linked.control("epsilon", label=r"Label smoothing $\varepsilon$")
    linked.control("temperature", label="Temperature $T$")
    for name in LOGITS[: values["classes"]]:
        linked.control(name, label=f"Logit $z_{name[1]}$")


def cross_entropy_part(values: Mapping[str, Any], dark: bool) -> None:
    """Probabilities beside targets, the gradient, the value and its floor."""
    view = smoothed_of(values)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**Softmax beside the target**")
        alt = "Probability of each class beside its target in both conventions of epsilon"
        picture(target_bars(view, convention=values["convention"], dark=dark), "losses.targets", alt)
    with right:
        st.markdown("**Gradient by each logit**")
        alt = "Gradient of the loss by each logit: probability less target"
        picture(gradient_bars(view, dark=dark), "losses.gradient", alt)
    st.markdown(smoothed_sentence(view))
    if view.other is None:
        st.caption("With so large an epsilon the other convention leaves the true class less than nothing.")
    loss_menu("loss", values["loss"], LOSSES_OF["cross_entropy"])
    notes = [
        "PyTorch spreads epsilon over all classes, the true one among them; some lectures give it to each wrong class. "
        "The first is the second with epsilon divided by the number of classes."
    ]
    if values["loss"] == "kl":
        notes.append("KL is the cross-entropy less the target's entropy: same gradient, and it reaches zero.")
    explained(values["loss"], values, notes=notes)
