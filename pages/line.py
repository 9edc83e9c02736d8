"""Optimizers race on a function of one variable: the curve, tangent and step, and where every start ends."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.race import LINE_PRESETS, finished_race, preset_of
from experiments.surfaces import FORMULA
from figures.race import player_payload
from optimizers import OPTIMIZERS
from pages.parts.race.controls import line
from pages.parts.race.results import all_rules, lane_sentences, lane_table, rules, take_away
from widgets import behind_app, page_head, page_style, picture_drawn, player, progress_bar

behind_app()
shown = line.linked.open()
race, view = shown.race, shown.view
landscape = race.landscape

page_style()
head, picture, told = st.container(), st.container(), st.container()
with progress_bar(head, "The race is run") as progress:
    finished = finished_race(race, progress)

# First, for it is what people wait for.
with picture, st.container(key="race-player"):
    payload = player_payload(finished.result, view=view)
    player(
        payload,
        key="line",
        ground="line",
        on_pick=line.take_start,
        on_set=line.take_setting,
        on_view=line.take_view,
    )
picture_drawn(above=False)
with told:
    lane_sentences(finished)
    lane_table(finished)

with head:
    name = "Your own function" if landscape.key == FORMULA else landscape.name
    with page_head(f"{name} &ensp; ${landscape.latex}$"):
        take_away(finished, f"{st.context.url}?{urlencode(line.linked.link)}")
    line.linked.tell_problems()
    if finished.shortened:
        st.info(finished.shortened, icon=":material/speed:")
    preset = preset_of(race, LINE_PRESETS)
    with st.container(key="look-for"):
        st.caption(LINE_PRESETS[preset].look_for if preset else landscape.difficulty)

picture_drawn()
with picture:
    line.rates_beside(race.entries)
line.sidebar(race)
compared = st.expander(
    f"All {len(line.space.rules)} rules compared: moments, memory, cost, source",
    key="line.compared",
    on_change="rerun",
)
if compared.open:  # what nobody has opened costs the browser more than all that is in sight
    with compared:
        all_rules(race, line.add_rule)
        st.caption(
            f"{OPTIMIZERS['coordinate_descent'].name} is left out: of two coordinates in turn, one would never move."
        )
written = st.expander("The rules, as formula and as code", key="line.written", on_change="rerun")
if written.open:
    with written:
        rules(finished.result)
