"""Batch normalization by hand: cells to change, and the arithmetic of the unit that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from experiments.normalization import (
    SAMPLES_BY_HAND,
    by_hand,
    by_hand_sentence,
    by_hand_steps,
    cells_of,
    edited,
)
from figures.normalization import worked_figure
from numerals import readable
from widgets import LinkedState, held, picture, staged

_SAMPLES = [str(number) for number in range(1, SAMPLES_BY_HAND + 1)]
_UNITS = ("unit 1", "unit 2", "unit 3")


def hand_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """Scale and shift; the cells are changed in the table itself."""
    linked.control("gamma", label="Scale, gamma")
    linked.control("beta", label="Shift, beta")


def hand_part(linked: LinkedState, values: Mapping[str, Any], dark: bool) -> None:
    """The table before and after, and how each number comes about."""
    scale, shift = values["gamma"], values["beta"]
    worked = by_hand(values["cells"], scale=scale, shift=shift)
    st.markdown(by_hand_sentence(worked))
    key = f"normalization.cells {values['cells']}"  # another table once the cells are others

    def take() -> None:
        if given := held(key):
            linked.put({"cells": edited(values["cells"], given["edited_rows"], _SAMPLES)})

    left, right = st.columns(2)
    with left:
        st.caption("What each unit gives for samples 1 to 5; every cell can be changed")
        staged(
            st.data_editor,
            _table(cells_of(values["cells"])),
            key=key,
            name="cells",
            hide_index=True,
            disabled=["unit"],
            on_change=take,
        )
    with right:
        st.caption("After batch normalization")
        st.dataframe(_table(worked.output, _as_below), hide_index=True)
    picture(
        worked_figure(worked, dark=dark),
        "normalization.worked",
        f"Samples of each unit before and after batch normalization. {by_hand_sentence(worked)}",
    )
    unit = staged(
        st.segmented_control,
        "Worked out",
        range(len(_UNITS)),
        default=0,
        key="normalization.unit",
        name="unit",
        hidden=0,
        format_func=_UNITS.__getitem__,
        required=True,
    )
    for step in by_hand_steps(worked, unit or 0, scale=scale, shift=shift):
        st.latex(step)
    st.caption(
        "The deviation is that of the batch itself, without Bessel's correction. Source: Ioffe & Szegedy (2015)."
    )


def _as_below(cell: float) -> str:
    """In the digits of the arithmetic below the tables."""
    return readable(cell, 4)


def _table(cells: Any, written: Callable[[float], Any] = float) -> dict[str, list[Any]]:
    columns = {name: [written(float(cell)) for cell in cells[:, number]] for number, name in enumerate(_SAMPLES)}
    return {"unit": list(_UNITS), **columns}
