"""Bias and variance, double descent by capacity and by epoch: fits beside errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.generalization import (
    MODELS,
    PRESETS,
    TRUTHS,
    Fits,
    Tradeoff,
    by_capacity,
    by_epoch,
    capacity_name,
    capacity_sentences,
    chosen_capacity,
    epoch_sentences,
    fits_of,
    networks_of,
    smallest_fits,
    spread_of,
    spread_request,
    tradeoff_of,
    tradeoff_sentences,
)
from figures.generalization import capacity_figure, epoch_figure, fits_figure, tradeoff_figure
from pages.parts.generalization.state import linked
from pages.parts.studies import study_part
from settings import preset_of
from widgets import picture


def tradeoff_controls(values: Mapping[str, Any]) -> None:
    """The model, the rows, and how often they are drawn."""
    networks = values["model"] == "networks"
    capacity = "Capacity: degree + 1" if values["model"] == "polynomials" else "Capacity"  # pictures count by degree
    linked.control("width" if networks else "capacity", label="Hidden units" if networks else capacity)
    linked.control("model", label="Model", names=MODELS, hint=False)
    linked.control("rows", label="Rows $n$")
    linked.control("noise", label=r"Noise $\sigma$")
    linked.control("ridge", label=r"Penalty $\lambda$")
    linked.control("truth", label="Truth", names=TRUTHS, hint=False)
    linked.control("sets", label="Training sets")
    linked.control("seed", exact=True, label="Seed")


def tradeoff_part(values: Mapping[str, Any], dark: bool) -> None:
    """Fits to many training sets, and where the error comes from by capacity; networks are trained first."""
    if values["model"] != "networks":
        _tradeoff(tradeoff_of(values), fits_of(values), values, dark)
        st.caption(
            f"{values['sets']} training sets of {int(values['rows'])} rows, each fitted by least squares with "
            f"{capacity_name(values['model'], values['capacity'])}; 40 of the fits are drawn. "
            "The penalty counts the squares of all coefficients (Geman, Bienenstock and Doursat 1992)."
        )
        return

    def show(cells: Mapping[str, Mapping[str, Any]]) -> None:
        _tradeoff(spread_of(values, cells), networks_of(values, cells), values, dark)
        st.caption(
            f"{values['sets']} training sets of {int(values['rows'])} rows, each learned by a network with weights of "
            "its own in 2,000 steps of Adam on all rows, all at once; variance is that of rows and first weights "
            "together (Neal et al. 2018)."
        )

    study_part(
        spread_request(values),
        show,
        invitation="Networks of ten widths are trained, each on every training set; it takes about half a minute.",
        begin=preset_of(linked.link, PRESETS) is not None,
    )


def _tradeoff(errors: Tradeoff, fits: Fits | None, values: Mapping[str, Any], dark: bool) -> None:
    left, right = st.columns(2)
    with left:
        alt = "The fit of each training set, their mean, and the truth over x"
        if fits is None:
            st.caption("This width is not trained, or not yet.")
        else:
            picture(fits_figure(fits, middle="mean of all fits", dark=dark), "generalization.fits", alt)
    with right:
        alt = "Squared bias, variance, noise and their sum over the capacity, and the error measured on new rows"
        figure = tradeoff_figure(errors, capacity=chosen_capacity(values), model=values["model"], dark=dark)
        picture(figure, "generalization.errors", alt)
    for sentence in tradeoff_sentences(errors, values):
        st.markdown(sentence)


def capacity_controls(values: Mapping[str, Any]) -> None:
    """How many functions, and the rows."""
    linked.control("functions", label="Functions $p$")
    linked.control("rows", label="Rows $n$")
    linked.control("noise", label=r"Noise $\sigma$")
    linked.control("ridge", label=r"Penalty $\lambda$")
    linked.control("truth", label="Truth", names=TRUTHS, hint=False)
    linked.control("seed", exact=True, label="Seed")


def capacity_part(values: Mapping[str, Any], dark: bool) -> None:
    """The smallest fits with so many functions, and errors over their number."""
    errors, fits = by_capacity(values), smallest_fits(values)
    left, right = st.columns(2)
    with left:
        alt = "The smallest fit to the rows, fits to other rows, and the truth over x"
        picture(
            fits_figure(fits, middle="fit to these rows", every="fits to other rows", dark=dark),
            "generalization.smallest",
            alt,
        )
    with right:
        alt = "Error on new rows and on fitted rows over the number of functions, with a peak at as many as rows"
        picture(capacity_figure(errors, functions=values["functions"], dark=dark), "generalization.capacity", alt)
    for sentence in capacity_sentences(errors, values):
        st.markdown(sentence)
    st.caption(
        "Cosines, slow ones first and cheapest; of all fits that are equally good the one with the smallest "
        "coefficients is taken, as gradient descent from 0 does. Medians of 41 training sets (Belkin et al. 2019)."
    )


def epochs_controls(values: Mapping[str, Any]) -> None:
    """How different the features are, and which epoch is read."""
    linked.control("epoch", label="Epoch")
    linked.control("scale", label="Scale of slow features $s$")
    linked.control("noise", label=r"Noise $\sigma$")
    linked.control("apart", label="A rate for each kind")
    linked.control("seed", exact=True, label="Seed")


def epochs_part(values: Mapping[str, Any], dark: bool) -> None:
    """Errors over epochs, and what each kind of feature adds to them."""
    errors = by_epoch(values)
    alt = "Error on new rows over epochs, its two parts, and the training loss"
    picture(epoch_figure(errors, epoch=values["epoch"], dark=dark), "generalization.epochs", alt)
    for sentence in epoch_sentences(errors, values):
        st.markdown(sentence)
    st.caption(
        "Least squares on 100 rows with 60 features of scale 1 and 20 of scale s, by gradient descent, solved exactly; "
        "means of 30 training sets (Heckel and Yilmaz 2021)."
    )
