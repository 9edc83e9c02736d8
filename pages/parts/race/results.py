"""What pages show of a race besides the player: its solution, sentences and rules, and everything to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from experiments.race import MAX_ENTRIES, Finished, Lane, Race, RaceResult, finished_race, race_link
from experiments.surfaces import space_of
from figures.race import drawn_lanes, player_payload, results_table, rules_table
from optimizers import OPTIMIZERS
from widgets import colored_sentences, dark_theme, held, plain_table, take_away_menu

_ADDED = "descent.rules added"


def thumbnail(race: Race) -> str:
    """A small picture of a race, as SVG."""
    return _thumbnail(tuple(race_link(race).items()), dark_theme(), race)


@st.cache_data(max_entries=128, show_spinner=False)
def _thumbnail(link: tuple[tuple[str, str], ...], dark: bool, _race: Race) -> str:
    from figures.race import race_svg

    return race_svg(finished_race(_race).result, width=320, height=200, dark=dark, chrome=False)


@st.cache_data(max_entries=16, show_spinner=False)
def _animation(link: tuple[tuple[str, str], ...], surface: str, dark: bool, _result: RaceResult) -> bytes:
    """Drawn once for everybody: it takes seconds. surface: its key, which a link of another page may not tell."""
    from figures.race import race_gif

    return race_gif(_result, dark=dark)


def lane_sentences(race: Finished) -> None:
    """What happened, a sentence a lane, each behind its colour."""
    lanes = drawn_lanes(race.result)
    colored_sentences([(lane.color, each.sentence) for lane, each in zip(lanes, race.reports, strict=True)])


def lane_table(race: Finished) -> None:
    """The numbers of every lane, the best first."""
    plain_table("Results", results_table(race.result, [each.outcome for each in race.reports]))


def take_away(race: Finished, address: str) -> None:
    """Everything on the page in forms that leave it; each file is made, and its code loaded, when it is asked for."""
    result = race.result
    name = f"descent-{result.race.landscape.key}"
    ground = "line" if result.race.landscape.dimensions == 1 else "player"

    def html_player() -> str:
        from exports import standalone_html

        return standalone_html(player_payload(result), name, ground)

    take_away_menu(address, "picture", name, race_files(lambda: result, address, html_player))


def race_files(
    finished: Callable[[], RaceResult], address: str, html_player: Callable[[], str]
) -> list[tuple[str, str, str, Any]]:
    """The files of a race: label, ending, type, and what makes each.

    finished: the race, which need not have been run before a file is asked for.
    """
    dark = dark_theme()

    def gif() -> bytes:
        result = finished()
        return _animation(tuple(race_link(result.race).items()), result.race.landscape.key, dark, result)

    def svg() -> str:
        from figures.race import race_svg

        return race_svg(finished(), width=1280, height=720, dark=dark)

    def png() -> bytes:
        from figures.race import race_png

        return race_png(finished(), width=1920, height=1080, dark=dark)

    def csv() -> str:
        from exports import paths_csv

        return paths_csv(finished())

    def script() -> str:
        from exports import python_script

        return python_script(finished(), address)

    return [
        ("Player, HTML", "html", "text/html", html_player),
        ("Animation, GIF", "gif", "image/gif", gif),
        ("Picture, SVG", "svg", "image/svg+xml", svg),
        ("Picture, PNG", "png", "image/png", png),
        ("Paths, CSV", "csv", "text/csv", csv),
        ("Python script", "py", "text/x-python", script),
    ]


def rules(result: RaceResult) -> None:
    """Formula beside code for every rule of the race, once each; a formula for each form of it that runs."""
    from exports import rule_code, torch_call

    for key in dict.fromkeys(lane.entry.optimizer for lane in result.lanes):
        lanes = [lane for lane in result.lanes if lane.entry.optimizer == key]
        rule = lanes[0].trajectory.optimizer
        forms: dict[str, Lane] = {}
        for lane in lanes:
            forms.setdefault(rule.formula(lane.trajectory.hyperparameters), lane)
        st.markdown(f"**{rule.name}** — {rule.idea}")
        left, right = st.columns(2)
        for formula, lane in forms.items():
            if len(forms) > 1:
                left.caption(lane.label)
            left.latex(formula)
        calls = dict.fromkeys(torch_call(rule, lane.trajectory.hyperparameters) for lane in forms.values())
        for code in (*calls, rule_code(rule)):
            if code is not None:
                right.code(code, language="python", wrap_lines=True)
        st.caption(" ".join(filter(None, [rule.notes, f"Source: {rule.reference}"])))


def all_rules(race: Race, add: Callable[[str], None]) -> None:
    """The table of every rule; a click on one calls ``add`` with its key."""
    times = st.session_state.setdefault(_ADDED, 0)
    offered = space_of(race.landscape).rules
    key = f"{_ADDED} {times}"  # a new one after each click, so that the same rule can be clicked again

    def clicked() -> None:
        chosen = held(key)
        for row, _ in chosen.selection.cells if chosen else ():  # none where a second click has taken the first back
            st.session_state[_ADDED] = times + 1
            add(offered[row])

    full = len(race.entries) >= MAX_ENTRIES
    st.caption(
        f"{MAX_ENTRIES} optimizers race, no more: remove one first."
        if full
        else "Click a rule to add it to the race. n: number of weights; h: steps remembered."
    )
    st.dataframe(
        rules_table(OPTIMIZERS[each] for each in offered),
        hide_index=True,
        placeholder="—",
        height=420,
        key=key,
        on_select="ignore" if full else clicked,
        selection_mode="single-cell",
        column_config={
            "Rule": st.column_config.TextColumn(pinned=True),
            "First moment": st.column_config.TextColumn(help="What it keeps of past gradients."),
            "Second moment": st.column_config.TextColumn(
                help="What it keeps of their squares, coordinate by coordinate."
            ),
            "Bias-corrected": st.column_config.TextColumn(help="Whether a start at zero is divided out."),
            "Memory": st.column_config.TextColumn(help="Numbers held beside the weights and their gradient."),
            "Cost": st.column_config.TextColumn(help="Arithmetic of a step, beside the gradient's own."),
            "Year": st.column_config.NumberColumn(format="%d"),
        },
    )
