"""Dropout: one mask, many masks, and the one scaled pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from experiments.generalization import DROPS, OUTPUTS, SAYS, TRUTHS, dropout_sentences, dropped_of
from figures.generalization import answers_figure, masked_figure, network_figure
from numerals import readable
from pages.parts.generalization.state import linked
from widgets import picture, plain_table


def dropout_controls(values: Mapping[str, Any]) -> None:
    """How much is dropped, in either way to say it, and what is looked at."""
    linked.control("say", label="Strength given as", names=SAYS, hint=False)
    if values["say"] == "keep":
        linked.menu(
            "drop", values["drop"], _slider, "Share kept p", DROPS[::-1], format_func=lambda drop: f"{1 - drop:.2f}"
        )
    else:
        linked.control("drop", label="Share dropped $q$")
    linked.control("mask", label="Mask")
    linked.control("units", label="Hidden units")
    linked.control("at", label="Read at $x$")
    linked.control("output", label="Answer", names=OUTPUTS, hint=False)
    linked.control("rows", label="Rows $n$")
    linked.control("noise", label=r"Noise $\sigma$")
    linked.control("truth", label="Truth", names=TRUTHS, hint=False)
    linked.control("seed", exact=True, label="Seed")


def dropout_part(values: Mapping[str, Any], dark: bool) -> None:
    """The network under a mask, what masked networks answer, and three readings of it."""
    layer, probability = dropped_of(values), values["output"] == "probability"
    left, right = st.columns([1, 2])
    with left:
        alt = "The network with the units that this mask drops crossed out"
        picture(network_figure(layer, mask=values["mask"], dark=dark), "dropout.network", alt)
    with right:
        alt = "What masked networks answer over x, a band around most of them, and the one scaled pass"
        figure = masked_figure(layer, mask=values["mask"], probability=probability, dark=dark)
        picture(figure, "dropout.masked", alt)
    left, right = st.columns([1, 1])
    with left:
        alt = "How often masked networks answer what at the chosen input"
        picture(answers_figure(layer, probability=probability, dark=dark), "dropout.answers", alt)
    with right:
        keep = 1 - values["drop"]
        plain_table(
            "What a unit answers in training and without masks",
            {
                "a unit that answers 1": ["as first published", "inverted (PyTorch)"],
                "in training": ["1 or 0", f"{readable(1 / keep)} or 0"],
                "without masks": [f"its weight times {readable(keep)}", "1"],
            },
        )
        st.markdown(
            f"Both give the same network. Here q = {readable(float(values['drop']))} is dropped, "
            f"p = {readable(keep)} kept: PyTorch's `Dropout(p)` takes the share **dropped**, "
            "the paper's p is the share kept."
        )
    for sentence in dropout_sentences(layer, values):
        st.markdown(f"- {sentence}")
    st.caption(
        "Hidden units are bumps drawn by the seed; the weights behind them are the best ones for the loss with dropout "
        "(Srivastava et al. 2014; Wager, Wang and Liang 2013)."
    )


def _slider(label: str, offered: Sequence[float], default: float | None = None, **options: Any) -> Any:
    return st.select_slider(label, offered, value=default, **options)
