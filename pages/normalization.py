"""Normalization of inputs and of layers: what shares statistics, what that does to descent, and what goes wrong."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from experiments.normalization import PARTS, PRESETS, declared
from pages.parts.files import numbers_file
from pages.parts.normalization.by_hand import hand_controls, hand_part
from pages.parts.normalization.coupling import coupling_controls, coupling_part
from pages.parts.normalization.depth import effect_controls, effect_part
from pages.parts.normalization.inputs import data_controls, data_part, leak_controls, leak_part
from pages.parts.normalization.layers import batch_controls, batch_part, layers_controls, layers_part
from settings import SettingsCodec, preset_of
from widgets import LinkedState, behind_app, dark_theme, page_head, page_style, picture_drawn, take_away_menu

behind_app()
linked = LinkedState("normalization", SettingsCodec(declared))
values = linked.open()
# Controls and picture of each part, and what to look for where no preset says it.
VIEWS = {
    "data": (
        data_controls,
        data_part,
        "Look at the rings: the rounder they are, the straighter and shorter the path.",
    ),
    "leak": (
        leak_controls,
        leak_part,
        "Compare the crosses: statistics that saw the test part pull both parts together.",
    ),
    "layers": (
        layers_controls,
        layers_part,
        "Look at which cells share a color: mean and variance are taken over exactly those.",
    ),
    "hand": (
        hand_controls,
        partial(hand_part, linked),
        "Change a cell: mean and deviation are those of its row, over the batch.",
    ),
    "batch": (batch_controls, batch_part, "Blue is one answer for one input; every other mark is chance."),
    "coupling": (
        coupling_controls,
        coupling_part,
        "Look off the diagonal: there one row's input moves another row's output.",
    ),
    "effect": (
        effect_controls,
        effect_part,
        "A flat line is healthy; a slope on this axis is a factor in every layer.",
    ),
}

controls, part, look_for = VIEWS[values["part"]]
preset = preset_of(linked.link, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, the part that is shown as a script."""

    def script() -> str:
        from exports import normalization_script

        return normalization_script(values)

    files = [
        numbers_file(),
        ("PyTorch script", "py", "text/x-python", script),
    ]
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "normalization", files, pictures=True)


page_style()
with page_head("Normalization"):
    linked.one_of("part", values["part"], "Part", PARTS)
    take_away()
linked.tell_problems()
st.caption(PRESETS[preset].look_for if preset else look_for)
remaining = part(values, dark_theme())
picture_drawn()
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(linked, values)
    linked.control("seed", label="Seed")
if remaining:
    remaining()
