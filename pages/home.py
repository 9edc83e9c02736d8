"""The landing page: what this is, a race that runs at once, and every preset as a picture that opens it."""

from __future__ import annotations

import streamlit as st

from widgets import behind_app, card_style, page_style, player, put_address

FIRST_LESSONS = (
    "good_fit",
    "overfitting",
    "rate_too_high",
    "vanishing_gradients",
    "dying_relu",
    "double_descent",
    "leakage",
    "overfitting_cures",
)


def hero() -> None:
    """The default race, playing. What it needs is loaded here, after the words are on the screen."""
    from experiments.race import finished_race, race_from_query
    from figures.race import player_payload

    race = finished_race(race_from_query({})[0])
    player(player_payload(race.result, view={"charts": False}), key="hero", height=450)


def gallery() -> None:
    """Every preset as a picture; each opens its link."""
    from experiments.race import PRESETS, race_link, view_to_query
    from pages.parts.race.results import thumbnail

    presets = list(PRESETS.values())
    for row in range(0, len(presets), 4):
        for column, preset in zip(st.columns(4), presets[row : row + 4], strict=False):
            link = {**race_link(preset.race), **view_to_query(preset.view)}
            with column.container(key=f"card-{preset.key}"):
                st.image(thumbnail(preset.race), width="stretch", alt=f"Paths of the race: {preset.title}")
                st.page_link("pages/descent.py", label=preset.title, query_params=link)
                st.caption(preset.look_for)


def lessons() -> None:
    """Training presets as cards; each opens its runs, or starts them."""
    from trainers.presets import PRESETS as LESSONS

    chosen = [LESSONS[key] for key in FIRST_LESSONS if key in LESSONS]
    for row in range(0, len(chosen), 4):
        for column, lesson in zip(st.columns(4), chosen[row : row + 4], strict=False):
            with column.container(key=f"card-lesson-{lesson.key}", border=True, height="stretch"):
                link = lesson.configs()[0][1].to_query()
                st.page_link("pages/training.py", label=f"**{lesson.title}**", query_params=link)
                st.caption(lesson.look_for)


behind_app()
put_address({})
page_style()
card_style()
words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("Descent Lab")
    st.markdown(
        "See how deep networks train: optimizers race down surfaces that you can drag, click and share. "
        "Real networks learn before your eyes, and the lab says what ails them, with the evidence."
    )
    with st.container(key="open-race", horizontal=True):
        st.page_link("pages/descent.py", label="Open the race", icon=":material/play_arrow:")
        st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")
    st.caption("Or begin with one phenomenon below: each picture opens a race, and its address is a link to share.")
with picture:
    hero()
st.header("Watch a network train")
lessons()
st.header("Races, one phenomenon each")
gallery()
