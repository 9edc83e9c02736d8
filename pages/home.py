"""The landing page: what this is, a race that runs at once, and every preset as a picture that opens it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from widgets import (
    behind_app,
    card_style,
    dark_theme,
    look_buttons,
    page_style,
    player,
    put_address,
    store_told,
)

if TYPE_CHECKING:
    from experiments.race import Preset

LINES = ("wells", "rates", "kink", "cliff")
"""The races in one dimension that the page shows."""
SUBJECTS = {
    "activations": ("Activations", "Functions side by side: value, slope, and what is left of a gradient behind them."),
    "initialization": (
        "Initialization",
        "How a signal dies, explodes or survives on its way through untrained layers.",
    ),
    "derivatives": (
        "Derivatives",
        "By hand, by differences, backward through a graph: what digits are lost, and why.",
    ),
    "normalization": ("Normalization", "Which numbers share a mean, and why a round loss is quick to descend."),
    "neuron": ("One neuron", "Forward, backward, step: the numbers of one neuron, its boundary and its loss."),
    "losses": ("Losses", "What each loss says of an error: drag an outlier, slide two distributions apart."),
    "generalization": (
        "Generalization",
        "Bias, variance and noise; why far too many parameters can be fine; dropout as many networks.",
    ),
    "surface": (
        "Loss surface",
        "Around trained networks: how sharp their valleys are, what lies between two of them, and saddles.",
    ),
}


def hero() -> None:
    """The default race, playing. What it needs is loaded here, after the words are on the screen."""
    from experiments.race import finished_race, race_from_query
    from figures.race import player_payload

    race = finished_race(race_from_query({})[0])
    with st.container(key="hero"):
        player(player_payload(race.result, view={"charts": False}), key="hero", height=450)


def gallery() -> None:
    """Every preset as a picture; each opens its link."""
    from experiments.race import PRESETS

    _pictures("races", "pages/descent.py", PRESETS.values())


def one_dimension() -> None:
    """Some of the presets in one dimension."""
    from experiments.race import LINE_PRESETS

    _pictures("lines", "pages/line.py", [LINE_PRESETS[key] for key in LINES])


def _pictures(own: str, page: str, presets: Iterable[Preset]) -> None:
    from experiments.race import race_link, view_to_query
    from pages.parts.race.results import thumbnail

    with st.container(horizontal=True, key=f"cards-{own}"):
        for preset in presets:
            link = {**race_link(preset.race), **view_to_query(preset.view)}
            with st.container(key=f"card-{own}-{preset.key}"):
                st.image(thumbnail(preset.race), width="stretch", alt=f"Paths of the race: {preset.title}")
                st.page_link(page, label=preset.title, query_params=link)
                st.caption(preset.look_for)


def lessons() -> None:
    """Training presets as cards; each opens its runs, or starts them."""
    from experiments.training import query_of_view
    from figures.landing import LESSONS, lesson_svg
    from trainers.presets import PRESETS

    with st.container(horizontal=True, key="cards-lessons"):
        for lesson in (PRESETS[key] for key in LESSONS):
            with st.container(key=f"card-lesson-{lesson.key}"):
                st.image(lesson_svg(lesson.key, dark_theme()), width="stretch", alt=f"Loss by epoch: {lesson.title}")
                link = lesson.configs()[0][1].to_query() | query_of_view(lesson.view)
                st.page_link("pages/training.py", label=lesson.title, query_params=link)
                st.caption(lesson.look_for)
    st.caption("Dashed: loss on the rows it learns from. Solid: loss on rows it has not seen.")


def short_lessons() -> None:
    """Lessons for a first visit, and the one that was left."""
    from pages.parts.lessons.listing import short_cards

    short_cards()
    st.page_link("pages/lesson.py", label="All lessons, and your own", icon=":material/school:")


def subjects() -> None:
    """The pages that are neither race nor training, each behind a picture."""
    from figures.landing import subject_svg

    with st.container(horizontal=True, key="cards-subjects"):
        for key, (title, about) in SUBJECTS.items():
            with st.container(key=f"card-{key}"):
                st.image(subject_svg(key, dark_theme()), width="stretch", alt=f"Lines that stand for {title.lower()}")
                st.page_link(f"pages/{key}.py", label=title)
                st.caption(about)


def pinned() -> None:
    """Runs that the teacher has put here."""
    from trainers.lab import teacher_is_known, the_lab

    if not teacher_is_known():
        return
    from figures.runs import literal

    with store_told():
        runs = the_lab().pinned()
        if runs:
            st.header("From your teacher")
            with st.container(horizontal=True, key="pinned-runs"):
                for run in runs:
                    label = f"{run.name} · {run.role}" if run.role and run.role != run.name else run.name
                    st.page_link(
                        "pages/training.py", label=literal(label), icon=":material/keep:", query_params={"run": run.id}
                    )


behind_app()
put_address({})
page_style(controls=False)
card_style()
with st.container(key="first"):
    words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title("Descent Lab", width="content")
        look_buttons()
    st.markdown(
        "See how deep networks train: optimizers race down surfaces that you can drag, click and share. "
        "Real networks learn before your eyes, and the lab says what ails them, with the evidence."
    )
    st.markdown(
        "New to this? A network learns by walking downhill on its error; an optimizer, such as SGD, "
        "decides how far each step goes."
    )
    with st.container(key="open-race", horizontal=True):
        st.page_link("pages/descent.py", label="Open the race", icon=":material/play_arrow:")
        st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")
        st.page_link("pages/join.py", label="Join a class", icon=":material/cast_for_education:")
    st.caption("Or begin with one phenomenon below: each picture opens a page, and its address is a link to share.")
with picture:
    hero()
pinned()
st.header("Lessons")
short_lessons()
st.header("Watch a network train")
lessons()
st.header("What a network is made of")
subjects()
st.header("In one dimension")
one_dimension()
st.header("Races, one phenomenon each")
with st.container(horizontal=True, key="beyond-races"):
    st.page_link("pages/maps.py", label="Where every start ends: maps of basins and rates", icon=":material/grid_on:")
    st.page_link("pages/fair.py", label="A fair race: all tuned on one budget", icon=":material/trophy:")
gallery()
