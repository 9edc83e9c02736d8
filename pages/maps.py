"""Maps: where every start of a window ends, and what two hyperparameters do. The browser computes most of them."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.map_links import race_of_map
from experiments.maps import PRESETS, VIEWS, ask_grids, server_sheets, surface_of
from experiments.surfaces import FORMULA
from figures.maps import maps_payload
from pages.parts.maps.controls import is_set, linked, maps_sidebar, take_settings
from settings import preset_of
from widgets import behind_app, maps, page_head, page_style, picture_drawn, run_again, take_away_menu

ABOUT = {
    "basins": "Every start has the color of the point that its path ends in, the fainter the more steps it takes.",
    "rates": "Every pair of values has the color of the steps that the rule needs with it, bright where they are few.",
    "sensitivity": "The value that each rule ends at, for 64 rates or what it has in their place: a wide dip forgives.",
}
TICK = 0.5  # seconds between two looks at what the server computes
FIRST = 0.25  # seconds that a page waits for something to show

behind_app()
values = linked.open()
landscape = surface_of(values)
page_style()
head, place = st.container(), st.container()
sheets = server_sheets(values)  # of the rules that the browser cannot move


def picture(known: bool) -> None:
    """Draw what is known by now. known: whether all of it was when the page was drawn."""
    if is_set():
        run_again()  # a hand within the picture has changed what the page shows
    answers = ask_grids(sheets)
    maps(maps_payload(values, race_of_map(values), answers), key="maps", on_set=take_settings)
    if not known and all(answer.last for answer in answers.values()):
        run_again()  # ends the ticking


with place:  # first, for it is what people wait for
    is_set()
    if sheets:
        known = all(answer.last for answer in ask_grids(sheets, FIRST).values())
        st.fragment(picture, run_every=None if known else TICK)(known)
    else:
        picture(True)
picture_drawn(above=False)
preset = preset_of(linked.link, PRESETS)
with head:
    name = "Your own formula" if values["surface"] == FORMULA else landscape.name
    with page_head(f"Maps: {name} &ensp; ${landscape.latex}$"):
        linked.one_of("view", values["view"], "View", VIEWS)
        take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "map", "maps", [])
    linked.tell_problems()
    st.caption(PRESETS[preset].look_for if preset else ABOUT[values["view"]])
picture_drawn()
maps_sidebar(values)
