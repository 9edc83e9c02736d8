"""Why models generalize: bias and variance, double descent, dropout, ensembles, augmentation, penalties."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.generalization import PARTS, PRESETS, generalization_code
from pages.parts.files import numbers_file
from pages.parts.generalization.augmenting import augmentation_controls, augmentation_part
from pages.parts.generalization.capacity import (
    capacity_controls,
    capacity_part,
    epochs_controls,
    epochs_part,
    tradeoff_controls,
    tradeoff_part,
)
from pages.parts.generalization.dropout import dropout_controls, dropout_part
from pages.parts.generalization.ensemble import ensemble_controls, ensemble_part
from pages.parts.generalization.penalties import penalties_controls, penalties_part
from pages.parts.generalization.scaling import scaling_controls, scaling_part
from pages.parts.generalization.state import linked
from settings import preset_of
from widgets import behind_app, dark_theme, page_head, page_style, picture_drawn, take_away_menu

# Controls and picture of each part, and what to look for where no preset says it.
VIEWS = {
    "tradeoff": (
        tradeoff_controls,
        tradeoff_part,
        "Move the capacity: bias falls, variance rises, and the error on new rows is their sum and the noise.",
    ),
    "capacity": (
        capacity_controls,
        capacity_part,
        "Move the number of functions through the number of rows and far beyond.",
    ),
    "epochs": (
        epochs_controls,
        epochs_part,
        "Move the epoch and the scale: when are both kinds of features learned, and when do they overfit?",
    ),
    "dropout": (
        dropout_controls,
        dropout_part,
        "Move the mask: each is another network. Then compare their mean with the one scaled pass.",
    ),
    "ensemble": (
        ensemble_controls,
        ensemble_part,
        "Several networks, asked together: their mistakes differ, so their mean makes fewer.",
    ),
    "augmentation": (
        augmentation_controls,
        augmentation_part,
        "Move a slider and look along the rows: this is what the network is shown in place of the image.",
    ),
    "penalties": (
        penalties_controls,
        penalties_part,
        "The same rows, network and seed under each penalty: which keep calm, and what their weights look like.",
    ),
    "scaling": (
        scaling_controls,
        scaling_part,
        "On logarithmic axes a power law is a straight line, and its slope is the exponent.",
    ),
}

behind_app()
values = linked.open()
controls, part, look_for = VIEWS[values["part"]]
preset = preset_of(linked.link, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, the part that is shown as a script."""
    files = [numbers_file()]
    if values["part"] not in ("ensemble", "augmentation", "penalties"):  # whose runs have scripts of their own
        files.append(("Python script", "py", "text/x-python", lambda: generalization_code(values)))
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "generalization", files, pictures=True)


page_style()
with page_head("Generalization"):
    take_away()
linked.one_of("part", values["part"], "Part", PARTS)  # a line of its own: eight do not fit beside the title
linked.tell_problems()
st.caption(PRESETS[preset].look_for if preset else look_for)
part(values, dark_theme())
picture_drawn()
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(values)
