"""One task after another: curves of each way, the least loss by rows, how many times faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.reuse import SHOWN, pace_columns, transfer_sentences
from figures.reuse import epochs_figure, rows_figure
from pages.parts.reuse.state import linked
from trainers.transfers import EPOCHS, PAIRS, SOURCE_EPOCHS, WAYS, Study
from widgets import dark_theme, picture, plain_table


def transfer_controls(values: Mapping[str, Any]) -> None:
    """The two tasks, the rows, and how layers learn."""
    linked.control("pair", label="First task, second task", names={key: pair.name for key, pair in PAIRS.items()})
    linked.control("rows", label="Training rows $n$")
    linked.control("freeze", label="Frozen layers")
    linked.control("factor", label="Rate of each layer, by the next")
    linked.control("unfreeze", label="Epochs between unfreezings")
    linked.control("layers", label="Hidden layers")
    linked.control("width", label="Width")
    linked.control("seeds", label="Seeds")
    st.page_link("pages/runs.py", label="Start a run from one of yours", icon=":material/start:")


def transfer_part(study: Study, values: Mapping[str, Any]) -> None:
    """What there is of the study."""
    dark, rows = dark_theme(), int(values["rows"])
    left, right = st.columns(2)
    with left:
        linked.one_of("shown", values["shown"], "What is drawn", SHOWN)
        figure = epochs_figure(study, list(WAYS), rows=rows, shown=values["shown"], dark=dark)
        if figure is None:
            st.caption(f"Those with {rows} rows come next.")
        else:
            alt = f"{SHOWN[values['shown']]} by epoch with {rows} rows: from scratch, frozen, fine-tuned, two more"
            picture(figure, "reuse.epochs", alt)
    with right:
        st.markdown("**By the number of rows**")
        figure = rows_figure(study, rows=rows, dark=dark)
        if figure is not None:
            picture(figure, "reuse.rows", "The least validation loss of each way by the number of training rows")
    for sentence in transfer_sentences(study, values):
        st.markdown(sentence)
    if columns := pace_columns(study):
        plain_table("How soon each way is as low as from scratch", columns)
    st.caption(
        f"Medians of {values['seeds']} seeds. The first task is learned for {SOURCE_EPOCHS} epochs from all its rows, "
        f"the second for {EPOCHS}, by Adam; the last layer is taken over where the classes are the same (Yosinski et "
        "al. 2014; rates by layer and unfreezing: Howard and Ruder 2018). Dashed: the lowest loss from scratch."
    )
