"""L1 and L2: shapes and penalties over the bowl, the path of the optimum, and what lambda is called elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.neuron import FORMS, MIXES, NUMBER_ROWS, conventions_of, penalties_code, penalty_sentences
from figures.convexity import convention_table, shapes_payload
from widgets import LinkedState, convexity


def penalties_controls(linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """The settings of this part."""
    linked.control("fitted", label="Rows", names=NUMBER_ROWS, hint=False)
    linked.control("lambda", label=r"Strength $\lambda$")


def penalties_part(linked: LinkedState[Any], values: Mapping[str, Any], _dark: bool) -> None:
    """The pictures of this part."""
    options = {"label_visibility": "collapsed", "required": True}
    with st.container(horizontal=True):
        mixes = sorted({*MIXES, values["mix"]}, reverse=True)
        linked.menu("mix", values["mix"], st.segmented_control, "Penalty", mixes, format_func=_mix_name, **options)
        forms = list(FORMS)
        linked.menu(
            "form", values["form"], st.segmented_control, "Seen as", forms, format_func=FORMS.__getitem__, **options
        )
    convexity(shapes_payload(values), key="shapes", on_set=linked.put)
    for sentence in penalty_sentences(values):
        st.markdown(f"- {sentence}")
    st.markdown("**The same optimum, and what others call its strength**")
    with st.container(key="penalties-table"):
        st.html(
            "<style>.st-key-penalties-table { overflow-x: auto; }"
            ".st-key-penalties-table table { min-width: 34rem; }</style>"
        )
        st.markdown(convention_table(conventions_of(values)))
    st.caption(
        r"Between L1 and L2 lies the elastic net: $\rho$ of L1 and $1 - \rho$ of L2. $n$ is the number of rows. "
        "A bias pays nothing: features and target have mean 0 here, so it is 0. For a classifier the loss is "
        "cross-entropy in place of the squares; the numbers are found in the same way."
    )


def _mix_name(mix: float) -> str:
    return {1.0: "L1", 0.0: "L2"}.get(mix, f"{mix:g} L1")


def penalties_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The same optimum by another hand."""
    return [("scikit-learn script", "py", "text/x-python", lambda: penalties_code(values))]
