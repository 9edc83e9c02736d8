"""All surfaces as pictures to choose from, in a dialog."""

from __future__ import annotations

import streamlit as st

from experiments.race import Entry, Race
from experiments.surfaces import FORMULA
from landscapes import LANDSCAPES
from pages.parts.race.controls import linked
from pages.parts.race.results import thumbnail
from widgets import pressed

_STANDING = (Entry(optimizer="sgd", values={"lr": 1e-9}),)  # a race needs somebody; this one does not leave the start


def surfaces_button() -> None:
    """A button that opens the pictures."""
    if pressed("Choose by picture", icon=":material/grid_view:", width="stretch", key="descent.surfaces"):
        _surfaces()


@st.dialog("Surfaces", width="large")
def _surfaces() -> None:
    if pressed("Your own formula", icon=":material/function:", width="stretch", key="descent.surface.own"):
        _choose(FORMULA)
    with st.container(horizontal=True, key="cards-surfaces"):
        for key, landscape in LANDSCAPES.items():
            with st.container(key=f"surface-{key}", gap="xsmall"):
                race = Race(landscape=landscape, entries=_STANDING, start=landscape.start, steps=1)
                st.image(thumbnail(race), width="stretch", alt=landscape.character)
                if pressed(landscape.name, key=f"descent.surface.{key}", width="stretch", help=landscape.character):
                    _choose(key)


def _choose(key: str) -> None:
    linked.put({"surface": key})
    st.rerun()
