"""Saddles in many dimensions: of random matrices at once, of random functions and networks by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.surface import SOURCES, Saddles, matrices, saddle_sentences, saddles_of, saddles_request
from figures.surface import heights_figure, minima_figure, spectrum_figure
from pages.parts.studies import study_part
from widgets import LinkedState, picture

_CAPTIONS: Mapping[str, str] = {
    "matrices": (
        "Symmetric matrices with normal entries stand for the Hessian of a random function; its height moves their "
        "eigenvalues. At height 0 all of them are positive with a chance that falls like exp(-n² ln 3 / 4) (Dean and "
        "Majumdar 2006): 0.5 in one dimension, 0.146 in two, 0.025 in three."
    ),
    "functions": (
        "A Gaussian random function of n numbers. From 100 places the norm of its gradient is made small, with exact "
        "Hessians; only points where the gradient is 0 to 8 digits count. Line: the semicircle in many dimensions "
        "(Bray and Dean 2007)."
    ),
    "networks": (
        "A tanh network with one hidden layer learns 30 rows of a noisy sine with a little L2; n counts its weights. "
        "From 100 places on and off the way of gradient descent the norm of the gradient is made small; only points "
        "where it is 0 to 8 digits count (as in Dauphin et al. 2014)."
    ),
}


def saddle_controls(linked: LinkedState[dict[str, Any]], values: Mapping[str, Any]) -> None:
    """Whose critical points, and in how many dimensions the spectrum is drawn."""
    linked.control("source", label="Of", names=SOURCES, hint=False)
    linked.control("n", label="Dimensions $n$")
    if values["source"] == "matrices":
        linked.control("height", label="Height")
    linked.control("seed", exact=True, label="Seed")


def saddles_part(values: Mapping[str, Any], dark: bool, *, begin: bool) -> None:
    """Height, spectrum and minima side by side. begin: whether a worker is asked unasked."""
    if values["source"] == "matrices":
        _show(matrices(int(values["n"]), float(values["height"]), values["seed"]), dark)
        return
    study_part(
        saddles_request(values),
        lambda cells: _show(saddles_of(values, cells), dark),
        invitation="Critical points are looked for in few to many dimensions; it takes about half a minute.",
        word="Look for them",
        begin=begin,
    )


def _show(saddles: Saddles, dark: bool) -> None:
    first, second, third = st.columns(3)
    with first:
        alt = "The share of negative eigenvalues of critical points over their height"
        picture(heights_figure(saddles, dark=dark), "saddles.heights", alt)
    with second:
        if len(saddles.spectrum):
            alt = f"A histogram of all eigenvalues in {saddles.n} dimensions"
            picture(spectrum_figure(saddles, dark=dark), "saddles.spectrum", alt)
        else:
            st.caption(f"No critical point in {saddles.n} dimensions is known yet.")
    with third:
        alt = "The share of minima among critical points over the dimension, on a logarithmic axis"
        picture(minima_figure(saddles, dark=dark), "saddles.minima", alt)
    for sentence in saddle_sentences(saddles):
        st.markdown(sentence)
    st.caption(_CAPTIONS[saddles.source])
