"""One neuron on rows: forward and backward, its boundary and its loss; convex or not; what penalties do."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.neuron import PARTS, PRESETS
from pages.parts.files import numbers_file
from pages.parts.neuron.convexity import convexity_controls, convexity_files, convexity_part
from pages.parts.neuron.many_rows import many_controls, many_files, many_part
from pages.parts.neuron.one import neuron_controls, neuron_files, neuron_part
from pages.parts.neuron.penalties import penalties_controls, penalties_files, penalties_part
from pages.parts.neuron.state import linked
from settings import preset_of
from widgets import behind_app, dark_theme, page_head, page_style, picture_drawn, take_away_menu

# Controls, picture, files and what to look for in each part.
VIEWS = {
    "neuron": (
        neuron_controls,
        neuron_part,
        neuron_files,
        "Press play, or drag a weight: the numbers, the boundary and the point on the loss are one neuron.",
    ),
    "convexity": (
        convexity_controls,
        convexity_part,
        convexity_files,
        "Is the loss one bowl, how deep is it, and how narrow? Chords, growing weights and scaled features say so.",
    ),
    "penalties": (
        penalties_controls,
        penalties_part,
        penalties_files,
        "Move λ: the optimum slides along the dotted path. Watch whether it reaches an axis before it reaches 0.",
    ),
    "many": (
        many_controls,
        many_part,
        many_files,
        "By iteration all rows lead. Switch to epochs: one row a step is far ahead, until its noise holds it.",
    ),
}

behind_app()
values = linked.open().values
controls, part, files, look_for = VIEWS[values["part"]]
preset = preset_of(linked.link, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, and what the part adds."""
    by_plotly = values["part"] == "many" or (values["part"], values["sight"]) == ("convexity", "scaling")
    numbers = [numbers_file()] if by_plotly else []  # others have their own
    link = f"{st.context.url}?{urlencode(linked.link)}"
    take_away_menu(link, "page", "neuron", [*numbers, *files(values)], pictures=by_plotly)


page_style()
with page_head("Neuron"):
    linked.one_of("part", values["part"], "Part", PARTS)
    take_away()
linked.tell_problems()
st.caption(PRESETS[preset].look_for if preset else look_for)
part(linked, values, dark_theme())
picture_drawn()
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(linked, values)
