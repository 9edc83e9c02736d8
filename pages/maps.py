"""Maps: where every start of a window ends, and what two hyperparameters do. The browser computes most of them."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.map_links import race_of_map
from experiments.maps import NONE, VIEWS, end_grid, finer_grid, is_offered, surface_of
from experiments.surfaces import FORMULA
from figures.maps import maps_payload
from pages.parts.maps.controls import linked, maps_sidebar, take_settings
from widgets import behind_app, maps, page_head, page_style, progress_bar, run_again, take_away_menu

ABOUT = {
    "basins": "Every start has the color of the point that its path ends in, the fainter the more steps it takes.",
    "rates": "Every pair of values has the color of the steps that the rule needs with it, bright where they are few.",
    "sensitivity": "The value that each rule ends at, for 64 rates: a wide dip forgives a rate that is wrong.",
}

behind_app()
values = linked.open()
landscape = surface_of(values)
page_style()
head, waiting, picture = st.container(), st.container(), st.container()

# Rules that the browser cannot move.
here = [slot for slot in ("o1", "o2") if values.get(slot, NONE) != NONE and not is_offered(values[slot])]
with progress_bar(waiting, "The first map is computed") as progress:
    grids = {slot: end_grid(values, slot, progress) for slot in here}

with picture:  # first, for it is what people wait for
    maps(maps_payload(values, race_of_map(values), grids), key="maps", on_set=take_settings)

preset = maps_sidebar(values)
with head:
    name = "Your own formula" if values["surface"] == FORMULA else landscape.name
    with page_head(f"Maps: {name} &ensp; ${landscape.latex}$"):
        linked.one_of("view", values["view"], "View", VIEWS)
        take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "map", "maps", [])
    linked.tell_problems()
    st.caption(preset.look_for if preset else ABOUT[values["view"]])

with progress_bar(waiting, "The map grows finer") as progress:  # last: whatever a hand does meanwhile ends it
    finer = [slot for slot in here if finer_grid(values, slot, progress)]
if finer:
    run_again()
