"""Scaling laws: how the loss falls with parameters, rows and compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.generalization import (
    LEARNED,
    PRESETS,
    SCALED_INPUTS,
    scaling_of,
    scaling_request,
    scaling_sentences,
)
from figures.generalization import scale_figure
from pages.parts.generalization.state import linked
from pages.parts.studies import study_part
from settings import preset_of
from widgets import picture


def scaling_controls(values: Mapping[str, Any]) -> None:
    """What is learned, by how many networks, and what law is fitted."""
    linked.control("learn", label="Learned", names=LEARNED, hint=False)
    if values["learn"] == "teacher":
        linked.control("inputs", label="Inputs $d$", names=SCALED_INPUTS)
        linked.control("noise", label=r"Noise $\sigma$")
    linked.control("seeds", label="Networks of each size")
    linked.control("floor", label="A floor in the law")
    linked.control("seed", exact=True, label="Seed")


def scaling_part(values: Mapping[str, Any], dark: bool) -> None:
    """Three laws side by side, as soon as there are points."""

    def show(cells: Mapping[str, Mapping[str, Any]]) -> None:
        scaling = scaling_of(values, cells)
        for column, scale in zip(st.columns(3), scaling.scales, strict=True):
            with column:
                if not len(scale.x):
                    st.caption(f"Networks on few to many {scale.name} come next.")
                    continue
                alt = f"The loss on new rows over {scale.name}, on logarithmic axes, with the fitted power law"
                picture(scale_figure(scaling, scale, dark=dark), f"scaling.{scale.key}", alt)
        for sentence in scaling_sentences(scaling, values):
            st.markdown(sentence)
        power = r"\text{scale}\cdot x^{-\text{exponent}}"
        law = rf"\text{{floor}} + {power}" if values["floor"] else power
        st.caption(
            f"Law: $\\text{{loss}} = {law}$, "
            "least squares of logarithms where less than half is left to learn (filled points); "
            "± is its standard error, bars reach from the best to the worst network. Compute counts 6 operations a "
            "parameter and row seen; its points are the best of all widths (Kaplan et al. 2020). Rows are fitted by "
            "the widest network, with early stopping."
        )

    study_part(
        scaling_request(values),
        show,
        invitation="Networks of many sizes are trained, some at once; with two cores it takes about a minute.",
        begin=preset_of(linked.link, PRESETS) is not None,
    )
