"""By numbers: one function at one place, its derivative by hand, by differences and by autodiff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.derivatives import FUNCTIONS, OWN_CURVE, PRECISIONS, curve_of, place_of, step_of
from figures.derivatives import estimate_sentences, estimate_table, near_figure, secant_figure, valley_figure
from numerals import readable
from widgets import LinkedState, picture

_NAMES = {key: function.name for key, function in FUNCTIONS.items()} | {OWN_CURVE: "Your own formula"}
_PRECISIONS = {"float64": "float64", "float32": "float32", "both": "Both"}


def _step_words(power: float) -> str:
    return readable(step_of({"log_h": power}))


def numbers_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """Function, place, precision; the step is beside the picture."""
    linked.control("f", label="Function", names=_NAMES, hint=False)
    if values["f"] == OWN_CURVE:
        linked.control("formula", label="f(x) =", keeps=True)
        linked.tell_refusal("formula")
    linked.control("x0", label="Place $x_0$")
    linked.control("precision", label="Numbers", names=_PRECISIONS, hint=False)


def numbers_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """Nothing beyond the numbers of the pictures."""
    return []


def numbers_part(linked: LinkedState, values: Mapping[str, Any], dark: bool) -> None:
    """The valley, the secants, and what each method says."""
    curve = curve_of(values["f"], values["formula"])
    places = [place_of(curve, values["x0"], precision) for precision in PRECISIONS[values["precision"]]]
    h, known = step_of(values), values["f"] != OWN_CURVE
    left, right = st.columns([3, 2])
    with left:
        picture(
            valley_figure(places, h, dark=dark),
            "valley",
            "Error of every method against the step h on logarithmic axes; dotted: theory; points: at the chosen h.",
        )
        linked.control("log_h", label="Step $h$", words=_step_words)
        for sentence in estimate_sentences(places[0], h):
            st.markdown(sentence)
    with right:
        picture(
            secant_figure(places[0], h, dark=dark),
            "secants",
            "The function around x0 with its tangent, dotted, the forward and, dashed, the central secant.",
        )
        picture(
            near_figure(places[0], h, dark=dark),
            "near",
            f"The function within two steps of x0 as {places[0].precision} computes it: stairs where h is tiny.",
        )
        st.caption(
            f"The lower picture: f within two steps of x₀, as {places[0].precision} computes it. Stairs are rounding."
        )
    st.latex(f"f(x) = {curve.latex}")
    derived = curve.by_hand_latex() if known else curve.derivative_latex
    if derived is not None:
        st.latex(rf"f'(x) = {derived}")
    st.dataframe(estimate_table(places, h, curve.by_hand(places[0].x) if known else None), hide_index=True)
    st.caption(
        "Errors are against the derivative from 400 digits. Dotted lines: truncation plus rounding. "
        "√ε and ∛ε are rules of thumb for the best h."
    )
