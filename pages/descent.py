"""Optimizers race from one point on a surface: controls, the player, what happened, and everything to take away."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.map_links import map_of_race
from experiments.race import PRESETS, FairCodec, fair_of, finished_race, preset_of
from experiments.surfaces import FORMULA
from figures.race import player_payload
from optimizers import OPTIMIZERS
from pages.parts.race.controls import PICTURES, descent, linked
from pages.parts.race.results import all_rules, lane_sentences, lane_table, rules, take_away
from pages.parts.race.surfaces import surfaces_button
from widgets import behind_app, page_head, page_style, picture_drawn, player, progress_bar

behind_app()
shown = linked.open()
race, view = shown.race, shown.view
landscape = race.landscape

shows = view.get("picture", "map")
page_style()
head, picture, told = st.container(), st.container(), st.container()
with progress_bar(head, "The race is run") as progress:
    finished = finished_race(race, progress)

# What people wait for comes first: the picture, what happened, and only then the controls.
with picture, st.container(key="race-player"):
    payload = player_payload(finished.result, view=view)
    player(payload, key="race", on_pick=descent.take_start, on_set=descent.take_setting, on_view=descent.take_view)
picture_drawn(above=False)
with told:
    lane_sentences(finished)
    st.page_link(
        "pages/maps.py", label="Where every start ends", icon=":material/grid_on:", query_params=map_of_race(race)
    )
    lane_table(finished)

with head:
    name = "Your own formula" if landscape.key == FORMULA else landscape.name
    with (
        page_head(f"{name} &ensp; ${landscape.latex}$"),
    ):
        linked.one_of("picture", shows, "View", PICTURES)
        take_away(finished, f"{st.context.url}?{urlencode(linked.link)}")
    linked.tell_problems()
    if finished.shortened:
        st.info(finished.shortened, icon=":material/speed:")
    preset = preset_of(race)
    with st.container(key="look-for"):
        st.caption(PRESETS[preset].look_for if preset else landscape.difficulty)

picture_drawn()
with picture:
    descent.rates_beside(race.entries)
descent.sidebar(race, surfaces_button)
compared = st.expander(
    f"All {len(OPTIMIZERS)} rules compared: moments, memory, cost, source", key="descent.compared", on_change="rerun"
)
if compared.open:  # what nobody has opened costs the browser more than all that is in sight
    with compared:
        all_rules(race, descent.add_rule)
st.page_link(
    "pages/fair.py",
    label="A fair race: all tuned on one budget",
    icon=":material/trophy:",
    query_params=FairCodec().write(fair_of(race)),
)
written = st.expander("The rules, as formula and as code", key="descent.written", on_change="rerun")
if written.open:
    with written:
        rules(finished.result)
