"""The part of the page of the neuron that has many rows and many weights: gradient descent against single rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.neuron import AXES, many_rows_of, many_rows_sentences, solved
from exports import many_rows_script
from figures.neuron import many_rows_figure
from numerals import readable
from widgets import LinkedState, picture, progress_bar


def many_controls(linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """What is solved, and how."""
    linked.control("m.some", label="Rate of rows and batches, of what they bear")
    linked.control("m.falls", label="It falls with every epoch")
    linked.control("m.all", label="Rate of all rows, of $2/L$")
    linked.control("m.batch", label="Rows of a batch")
    linked.control("m.epochs", label="Epochs")
    linked.control("m.rows", label="Rows $n$")
    linked.control("m.features", label="Weights $d$")
    linked.control("m.spread", label="Variance, largest over smallest")
    linked.control("m.noise", label=r"Noise $\sigma$")
    linked.control("m.draw", exact=True, label="Draw")


def many_part(linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    """One picture with two axes, and both halves in words."""
    linked.one_of("m.axis", values["m.axis"], "Horizontal axis", AXES)
    place = st.container()
    asked = many_rows_of(values)
    with progress_bar(place, f"{asked.rows:,} rows are walked through {asked.epochs} times") as progress:
        result = solved(asked, progress)
    with place:
        picture(
            many_rows_figure(result, values["m.axis"], dark=dark),
            "many_rows",
            f"Mean squared error above its least, {AXES[values['m.axis']].lower()}, on logarithmic heights: "
            "gradient descent on all rows, mini-batches and single rows.",
        )
    for sentence in many_rows_sentences(result):
        st.markdown(sentence)
    st.latex(r"L(w) = \tfrac1n \textstyle\sum_i (x_i^\top w - t_i)^2, \qquad w \gets w - \eta\, \nabla L_B(w)")
    rates = ", ".join(f"{walked.name} {readable(walked.rate)}" for walked in result.walked)
    st.caption(
        f"{asked.rows:,} rows, {asked.features} weights, condition number {readable(result.condition)}. Rates: {rates}."
        " One step of all rows reads the table once; so do as many steps as there are batches."
    )


def many_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The same paths as a script of NumPy."""
    asked = many_rows_of(values)
    return [("Script, NumPy", "py", "text/x-python", lambda: many_rows_script(asked))]
