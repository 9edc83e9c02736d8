"""Optimizers race on a function of one variable: the curve, tangent and step, and where every start ends."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.race import LINE_PRESETS, finished_race, preset_of
from experiments.surfaces import FORMULA
from figures.race import player_payload, results_table
from optimizers import OPTIMIZERS
from pages.parts.race.controls import line
from pages.parts.race.results import all_rules, lane_sentences, rules, take_away
from widgets import behind_app, page_head, page_style, player, progress_bar

behind_app()
shown = line.linked.open()
race, view = shown.race, shown.view
landscape = race.landscape

page_style()
head, picture = st.container(), st.container()
with progress_bar(head, "The race is run") as progress:
    finished = finished_race(race, progress)

with picture:  # first, for it is what people wait for
    with st.container(key="race-player"):
        payload = player_payload(finished.result, view=view)
        player(
            payload,
            key="line",
            ground="line",
            on_pick=line.take_start,
            on_set=line.take_setting,
            on_view=line.take_view,
        )
    line.rates_beside(race.entries)

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

line.sidebar(race)
lane_sentences(finished)
st.dataframe(
    results_table(finished.result, [each.outcome for each in finished.reports]), hide_index=True, placeholder="—"
)
with st.expander(f"All {len(line.space.rules)} rules compared: moments, memory, cost, source"):
    all_rules(race, line.add_rule)
    st.caption(
        f"{OPTIMIZERS['coordinate_descent'].name} is left out: of two coordinates in turn, one would never move."
    )
with st.expander("The rules, as formula and as code"):
    rules(finished.result)
