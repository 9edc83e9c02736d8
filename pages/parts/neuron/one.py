"""One neuron on rows: its numbers forward and backward, its boundary, its loss, and who walks down there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from experiments.map_links import map_of_race
from experiments.neuron import DATA_NAMES, KIND_NAMES, RowNames, row_names
from experiments.neuron_page import ShownNeuron, finished_neuron
from experiments.race import RaceResult, race_link
from figures.neuron import neuron_payload
from figures.race import player_payload
from pages.parts.neuron.own_rows import own_rows
from pages.parts.neuron.state import linked, neuron
from pages.parts.race.results import lane_sentences, race_files
from widgets import LinkedState, player, progress_bar


def neuron_part(_linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    """The numbers of a row and the three pictures, in one player; what became of every optimizer."""
    shown = linked.state
    picture = st.container()
    with progress_bar(st.container(), "The race is run") as progress:
        finished = finished_neuron(shown, progress)
    with picture, st.container(key="race-player"):
        payload = player_payload(finished.result, view=shown.view)
        player(
            neuron_payload(payload, shown.race.landscape, _names(shown), values),
            key="neuron",
            ground="neuron",
            on_row=take_row,
            on_pick=neuron.take_start,
            on_set=neuron.take_setting,
            on_view=neuron.take_view,
        )
    lane_sentences(finished)
    if values["file"]:
        st.caption("Your table stays on this page: its surface has no name that other pages know.")
        return
    with st.container(horizontal=True):
        st.page_link(
            "pages/descent.py",
            label="The same race on its surface",
            icon=":material/landscape:",
            query_params=dict(race_link(shown.race)),
        )
        st.page_link(
            "pages/maps.py",
            label="Where every start ends",
            icon=":material/grid_on:",
            query_params=map_of_race(shown.race),
        )


def _names(shown: ShownNeuron) -> RowNames:
    return row_names(str(shown.race.landscape.parameters.get("data", "")), shown.values)


def take_row(read: Mapping[str, float]) -> None:
    """Show another row; chosen in the picture."""
    if set(read) == {"row", "a", "b", "t"} and read["row"].is_integer():
        linked.put({**read, "row": int(read["row"])})


def neuron_controls(_linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """Rows, neuron and runners."""
    shown = linked.state
    race, set_to = shown.race, shown.race.landscape.parameters
    features = _names(shown).features
    linked.menu(
        "s.data",
        set_to.get("data"),
        st.selectbox,
        "Rows",
        list(DATA_NAMES),
        format_func=DATA_NAMES.__getitem__,
        placeholder="Your own table",
    )
    own_rows(values)
    linked.control("s.kind", label="Neuron and loss", names=KIND_NAMES, hint=False)
    # A menu of its own for every table: the browser tells the entries of a menu by their words.
    of_table = set_to.get("data") or race.landscape.key
    numbers = range(1, len(features) + 1)
    offered = {"s.first": ("Feature x₁", list(numbers)), "s.second": ("Feature x₂", [0, *numbers])}
    for name, (label, choices) in offered.items():
        linked.menu(
            f"{name} of {of_table}",
            set_to[name.removeprefix("s.")],
            st.selectbox,
            label,
            choices,
            partial(_put, name),
            format_func=("none", *features).__getitem__,
        )
    linked.control("s.scaled", label="Scale the features")
    if set_to["second"] or set_to["offset"]:
        linked.control("s.offset", label="Bias $b$")
    neuron.runners(race)


def _put(name: str, value: Any) -> None:
    linked.put({name: value})


def neuron_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The player, pictures, paths and script of the race, and the numbers of every row."""
    shown = linked.state

    def finished() -> RaceResult:
        return finished_neuron(shown).result

    def html_player() -> str:
        from exports import standalone_html

        payload = neuron_payload(
            player_payload(finished(), view=shown.view), shown.race.landscape, _names(shown), values
        )
        return standalone_html(payload, "One neuron", "neuron")

    def rows() -> str:
        from exports import neuron_csv

        result = finished()
        step = shown.view.get("step")
        return neuron_csv(result, None if step is None else min(step, result.race.steps))

    address = f"{st.context.url}?{urlencode(linked.link)}"
    numbers = ("Numbers of every row, CSV", "rows.csv", "text/csv", rows)
    return [*race_files(finished, address, html_player), numbers]
