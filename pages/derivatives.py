"""Derivatives three ways: by numbers, on the computational graph, and one fit in five forms of code."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.derivatives import PRESETS, VIEWS, DerivativesCodec
from pages.parts.derivatives.cubic import cubic_controls, cubic_files, cubic_part
from pages.parts.derivatives.graph import graph_controls, graph_files, graph_part
from pages.parts.derivatives.numbers import numbers_controls, numbers_files, numbers_part
from pages.parts.files import numbers_file
from settings import preset_of
from widgets import LinkedState, behind_app, dark_theme, page_head, page_style, picture_drawn, take_away_menu

behind_app()
linked = LinkedState("derivatives", DerivativesCodec())
values = linked.open()
# Controls, picture, files and what to look for in each view.
PARTS = {
    "numbers": (
        numbers_controls,
        numbers_part,
        numbers_files,
        "Drag h: large steps miss the curve, small ones lose digits. The valley lies where both are alike.",
    ),
    "graph": (
        graph_controls,
        graph_part,
        graph_files,
        "Press play, or the arrow keys: values run forward, then every node hands its adjoint back.",
    ),
    "cubic": (
        cubic_controls,
        cubic_part,
        cubic_files,
        "Choose a form: the code changes, the four numbers do not.",
    ),
}
controls, part, files, look_for = PARTS[values["view"]]
preset = preset_of(linked.link, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, and what the view adds."""
    take_away_menu(
        f"{st.context.url}?{urlencode(linked.link)}",
        "page",
        "derivatives",
        [numbers_file(), *files(values)],
        pictures=True,
    )


page_style()
with page_head("Derivatives"):
    linked.one_of("view", values["view"], "View", VIEWS)
    take_away()
linked.tell_problems()
st.caption(PRESETS[preset].look_for if preset else look_for)
part(linked, values, dark_theme())
picture_drawn()
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(linked, values)
