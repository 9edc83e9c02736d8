"""Losses: value and gradient of each, an outlier under the finger, smoothed targets, two distributions slid apart."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.losses import PARTS, PRESETS
from pages.parts.files import numbers_file
from pages.parts.losses.classes import (
    classification_controls,
    classification_part,
    cross_entropy_controls,
    cross_entropy_part,
)
from pages.parts.losses.distances import distributions_controls, distributions_part
from pages.parts.losses.explained import table_controls, table_part
from pages.parts.losses.numbers import outlier_controls, outlier_part, regression_controls, regression_part
from pages.parts.losses.state import linked
from settings import preset_of
from widgets import behind_app, dark_theme, page_head, page_style, picture_drawn, take_away_menu

# Controls and picture of each part, and what to look for where no preset says it.
VIEWS = {
    "regression": (
        regression_controls,
        regression_part,
        "Compare the slopes below: they are what a network gets to hear of an error.",
    ),
    "outlier": (
        outlier_controls,
        outlier_part,
        "Drag the large point: each line is the best one for its loss, wherever the point is.",
    ),
    "classification": (
        classification_controls,
        classification_part,
        "Look at the slopes where the network is sure and wrong: a flat loss cannot call it back.",
    ),
    "cross_entropy": (
        cross_entropy_controls,
        cross_entropy_part,
        "The gradient of a logit is its probability less its target, and nothing else.",
    ),
    "distributions": (
        distributions_controls,
        distributions_part,
        "Drag Q sideways: watch which distances keep a slope when the two have nothing in common.",
    ),
    "table": (
        table_controls,
        table_part,
        "An output and a loss that belong together have the gradient prediction minus target.",
    ),
}

behind_app()
values = linked.open()
controls, part, look_for = VIEWS[values["part"]]
preset = preset_of(linked.link, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, the part that is shown as a script."""

    def script() -> str:
        from experiments.losses import losses_code

        return losses_code(values)

    files = [("PyTorch script", "py", "text/x-python", script)]
    if values["part"] not in ("outlier", "distributions", "table"):  # the first two have their own, the last no numbers
        files.insert(0, numbers_file())
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "losses", files, pictures=True)


page_style()
head = st.container()
part(values, dark_theme())
picture_drawn(above=False)
with head:
    with page_head("Losses"):
        linked.one_of("part", values["part"], "Part", PARTS)
        take_away()
    linked.tell_problems()
    st.caption(PRESETS[preset].look_for if preset else look_for)
picture_drawn()
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(values)
