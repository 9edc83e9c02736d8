"""Losses of a number: curves over the error, and an outlier that is dragged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.losses import (
    LOSSES_OF,
    MODELS,
    REGRESSION,
    fits_of,
    on_grid,
    outlier_sentence,
    placed,
    regression_readings,
    regression_sentence,
)
from figures.losses import error_curves, loss_color, outlier_payload, reading_table
from pages.parts.losses.explained import explained, loss_menu
from pages.parts.losses.state import linked
from widgets import colored_sentences, losses, picture


def regression_controls(values: Mapping[str, Any]) -> None:
    """The error that is read, Huber's turning point, and which curves are drawn."""
    linked.control("error", label="Error ŷ \N{MINUS SIGN} y")
    linked.control("delta", label=r"Huber's turning point $\delta$")
    st.markdown("**Curves**")
    for key in REGRESSION:
        linked.control(key, hint=False)


def regression_part(values: Mapping[str, Any], dark: bool) -> None:
    """Value and slope over the error."""
    readings = regression_readings(values)
    curves, table = st.columns([3, 1], gap="medium")
    with curves:
        alt = "Loss and its slope over the error, one line a loss"
        picture(lambda: error_curves(values, dark=dark), "losses.error", alt, about=(values, dark))
    with table:
        st.dataframe(reading_table(readings), hide_index=True)
        st.markdown(regression_sentence(readings, values["error"]))
    loss_menu("loss", values["loss"], LOSSES_OF["regression"])
    notes = {
        "mse": "Some books write one half in front, which halves value and slope.",
        "mae": "At an error of 0 the slope jumps; PyTorch gives 0 there.",
        "huber": "Its square has a half in front, so that its slope is the error itself.",
    }
    explained(values["loss"], values, notes=[notes[values["loss"]]])


def outlier_controls(values: Mapping[str, Any]) -> None:
    """What is fitted, and to which points."""
    linked.control("model", label="Fit", names=MODELS, hint=False)
    linked.control("delta", label=r"Huber's turning point $\delta$")
    linked.control("ox", label="Outlier $x$")
    linked.control("oy", label="Outlier $y$")
    linked.control("spread", label=r"Spread $\sigma$ of the others")
    linked.control("seed", exact=True, label="Seed")


def outlier_part(values: Mapping[str, Any], dark: bool) -> None:
    """The point under the finger, and what each fit makes of it."""
    losses(outlier_payload(values), key="dragged", on_set=linked.put)
    fits, place = fits_of(values), on_grid(values)
    colored_sentences(
        [(loss_color(key), outlier_sentence(placed(fits, key, place), line=fits.line)) for key in REGRESSION]
    )
    loss_menu("fit", values["fit"], REGRESSION)
    explained(values["fit"], values, notes=["A point's pull is the size of its gradient at the best fit."])
