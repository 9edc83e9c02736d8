"""One neuron on rows: its numbers forward and backward, its boundary, its loss, and who walks down there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.race import finished_race
from figures.race import player_payload
from pages.parts.neuron.state import linked, neuron
from pages.parts.race.results import lane_sentences
from widgets import LinkedState, player, progress_bar


def neuron_part(_linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    """The numbers of a row and the three pictures, in one player; what became of every optimizer."""
    shown = linked.state
    picture = st.container()
    with progress_bar(st.container(), "The race is run") as progress:
        finished = finished_race(shown.race, progress)
    with picture, st.container(key="race-player"):
        payload = player_payload(finished.result, view=shown.view)
        player(
            payload,
            key="neuron",
            on_pick=neuron.take_start,
            on_set=neuron.take_setting,
            on_view=neuron.take_view,
        )
    lane_sentences(finished)


def neuron_controls(_linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """Rows, neuron and runners."""
    race = linked.state.race
    for parameter in race.landscape.hyperparameters:
        linked.control(f"s.{parameter.name}")
    neuron.runners(race)


def neuron_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """What leaves the page of this part."""
    return []
