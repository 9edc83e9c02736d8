"""Two tasks at once: heads on shared layers against a network for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.reuse import SHOWN, tasks_sentences
from figures.reuse import agreement_figure, epochs_figure
from pages.parts.reuse.state import linked
from trainers.transfers import ALONE, FIRST_ROWS, SECONDS, SHARED, Study
from widgets import dark_theme, picture


def tasks_controls(values: Mapping[str, Any]) -> None:
    """The second task, how much each counts, and how many units there are."""
    linked.control("second", label="Second task", names=SECONDS)
    linked.control("weight", label="Weight of the first loss $w$")
    linked.control("rows", label="Rows of the second task")
    linked.control("width", label="Width of the shared layers")
    linked.control("seeds", label="Seeds")


def tasks_part(study: Study, values: Mapping[str, Any]) -> None:
    """What there is of the study."""
    dark, shown = dark_theme(), values["shown"]
    linked.one_of("shown", shown, "What is drawn", SHOWN)
    names = (f"First task: which digit it is, {FIRST_ROWS} rows", f"Second: {SECONDS[values['second']]}")
    for task, (column, name) in enumerate(zip(st.columns(2), names, strict=True)):
        with column:
            st.markdown(f"**{name}**" + (f", {values['rows']} rows" if task else ""))
            figure = epochs_figure(study, (SHARED, ALONE), task=task, shown=shown, dark=dark)
            if figure is not None:
                alt = f"{SHOWN[shown]} by epoch of this task on shared layers and with a network of its own"
                picture(figure, f"reuse.task{task}", alt)
    for sentence in tasks_sentences(study, values):
        st.markdown(sentence)
    left, right = st.columns(2)
    with left:
        st.markdown("**Do the gradients agree?**")
        figure = agreement_figure(study, dark=dark)
        if figure is not None:
            picture(figure, "reuse.agreement", "Cosine between both tasks' gradients in the shared layers, by epoch")
    with right:
        st.latex(r"L = w\, L_1 + (1 - w)\, L_2")
        st.latex(r"\nabla_{\mathrm{shared}} L = w\, \nabla L_1 + (1 - w)\, \nabla L_2")
        st.latex(r"\nabla_{\mathrm{head}\,1} L = w\, \nabla L_1")
        st.caption(
            "The shared layers follow the sum. Above 0 a step for one task is one for the other too; below 0 "
            f"they pull apart. Medians of {values['seeds']} seeds, bands from the least to the largest "
            "(Caruana 1997; Yu et al. 2020)."
        )
