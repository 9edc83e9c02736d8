"""Optimizers race from one point on a surface: controls, the player, what happened, and everything to take away."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.race import PRESETS, preset_of, race_to_query, view_to_query
from figures.race import player_payload, results_table, surface_figure
from pages.parts.race.controls import PICTURES, open_race, put_start, put_view, race_sidebar, write_race
from pages.parts.race.results import lane_sentences, rules, solved, take_away
from widgets import behind_app, dark_theme, page_style, player

behind_app()
race = open_race()
write_race(race)
finished = solved(race_to_query(race))
landscape, view = race.landscape, st.session_state.view

own = landscape.key == "formula"
three_d = view.get("picture") == "3d"
page_style()
head, picture = st.container(), st.container()

with picture:  # first, for it is what people wait for
    if three_d:
        st.plotly_chart(surface_figure(finished.result, step=view.get("step"), dark=dark_theme()), width="stretch")
    player(
        player_payload(finished.result, view=view | {"map": not three_d}),
        key="race",
        on_pick=put_start,
        on_view=put_view,
    )

with head:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {'Your own formula' if own else landscape.name} &ensp; ${landscape.latex}$", width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.segmented_control("View", list(PICTURES), key="picture", label_visibility="collapsed", required=True)
            take_away(finished, f"{st.context.url}?{urlencode(race_to_query(race) | view_to_query(view))}")
    for problem in st.session_state.problems:
        st.warning(problem, icon=":material/link_off:")
    preset = preset_of(race)
    st.caption(PRESETS[preset].look_for if preset else landscape.difficulty)

race_sidebar(race)
lane_sentences(finished)
st.dataframe(
    results_table(finished.result, [each.outcome for each in finished.reports]), hide_index=True, placeholder="—"
)
with st.expander("The rules, as formula and as code"):
    rules(finished.result)
