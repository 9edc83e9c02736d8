"""The controls of a race: the sidebar of the descent page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from experiments.race import (
    MAX_ENTRIES,
    PRESETS,
    Entry,
    Race,
    RaceCodec,
    ShownRace,
    in_hand,
    preset_of,
    with_one_more,
    with_start,
    with_view,
    without,
)
from experiments.surfaces import FORMULA, WINDOW
from landscapes import LANDSCAPES, Landscape
from numerals import readable
from optimizers import OPTIMIZERS, SCHEDULES
from widgets import LinkedState

PICTURES = {"map": "Map", "3d": "3-D"}
"""What the page shows large: its key in a link, and the label of the switch."""
_SURFACES = {FORMULA: "Your own formula"} | {key: item.name for key, item in LANDSCAPES.items()}
_RULES = {key: rule.name for key, rule in OPTIMIZERS.items()}
_SCHEDULES = {key: schedule.name for key, schedule in SCHEDULES.items()}

_DRAWS = {"shuffled": "Shuffled each epoch", "replaced": "With replacement"}

linked: LinkedState[ShownRace] = LinkedState("descent", RaceCodec())
"""What the descent page shows, in its controls, the session and the link."""


def take_start(point: Mapping[str, float]) -> None:
    """Begin every path here; a point picked on the map."""
    linked.show(with_start(linked.state, float(point["x"]), float(point["y"])))


def take_setting(name: str, value: float) -> None:
    """Set what was moved in the picture; a handle of a race before this one says nothing any more."""
    if any(held.name == name for held in in_hand(linked.state.race)):
        linked.put({name: value})


def take_view(view: Mapping[str, Any]) -> None:
    """Remember how the player shows the race."""
    linked.show(with_view(linked.state, view))


def race_sidebar(race: Race, surfaces: Callable[[], None]) -> None:
    """Draw the controls of the race. It comes after the picture, which is what people wait for.

    surfaces: draws the button that leads to all surfaces as pictures.
    """
    with st.sidebar:
        titles = {key: preset.title for key, preset in PRESETS.items()}
        linked.preset_menu(titles, preset_of(race), _open_preset)
        _landscape_controls(race.landscape, surfaces)
        _entry_controls(race.entries, of_rows=race.landscape.rows is not None)
        linked.control("steps", label="Steps")
        left, right = st.columns(2)
        for column, name in ((left, "x"), (right, "y")):
            with column:
                linked.control(f"start_{name}", exact=True, label=f"Start {name}", format="%.5g")
        linked.control("noise", label="Gradient noise")
        linked.control("seed", exact=True, label="Seed")


def _open_preset(key: str) -> None:
    """The preset in its own view; the large picture stays what it is."""
    picture = {name: value for name, value in linked.state.view.items() if name == "picture"}
    linked.show(ShownRace(race=PRESETS[key].race, view={**PRESETS[key].view, **picture}))


def _landscape_controls(landscape: Landscape, surfaces: Callable[[], None]) -> None:
    linked.control("surface", label="Surface", names=_SURFACES, hint=False)
    surfaces()
    if landscape.key == FORMULA:
        _formula_controls()
        return
    st.caption(landscape.character)
    for parameter in landscape.hyperparameters:
        linked.control(f"s.{parameter.name}")


def _formula_controls() -> None:
    linked.control("f", label="f(x, y) =", keeps=True)
    linked.tell_refusal("f", *WINDOW)
    with st.expander("Window", type="compact"):
        for name in WINDOW:
            linked.control(name, exact=True, keeps=True, label=name.replace("_", " "))


def _entry_controls(entries: tuple[Entry, ...], *, of_rows: bool) -> None:
    st.markdown("**Optimizers**")
    for number, entry in enumerate(entries, 1):
        _entry_control(number, entry, alone=len(entries) == 1, of_rows=of_rows)
    st.button(
        "Add an optimizer",
        icon=":material/add:",
        key="descent.add",
        on_click=lambda: _race(with_one_more(linked.state.race)),
        width="stretch",
        disabled=len(entries) >= MAX_ENTRIES,
        help=f"Up to {MAX_ENTRIES} race together; the same one may run twice with other settings.",
    )


def _batch_words(stop: float) -> str:
    return f"batch {readable(stop)}" if stop else "all rows"


def add_rule(key: str) -> None:
    """One more lane, of this rule."""
    _race(with_one_more(linked.state.race, key))


def rates_beside(entries: tuple[Entry, ...]) -> None:
    """The rates once more, beside the picture; the page's style shows them where the sidebar covers it."""
    with st.container(key="beside-picture", gap="xsmall"):
        for number, entry in enumerate(entries, 1):
            name, rule = f"o{number}.lr", OPTIMIZERS[entry.optimizer]
            if any(parameter.name == "lr" for parameter in rule.hyperparameters):
                linked.control_again(name, "beside", label=f"{rule.name}: rate", unit=rule.name)


def _entry_control(number: int, entry: Entry, *, alone: bool, of_rows: bool) -> None:
    """One optimizer of the race: its name, its rate, and all the rest in a drawer below."""
    own = f"o{number}"
    linked.control(own, label=f"Optimizer {number}", names=_RULES, hidden=True)
    rule = OPTIMIZERS[entry.optimizer]
    rate = next((parameter for parameter in rule.hyperparameters if parameter.name == "lr"), None)
    if rate is not None:
        linked.control(f"{own}.lr", label=f"Rate of {rule.name}", unit="rate")
    if of_rows:
        linked.control(f"{own}.batch", label=f"Batch of {rule.name}", unit="rows", words=_batch_words)
    # No popover: one that holds sliders closes again right after the click that opens it (Streamlit 1.67).
    with st.expander(f"More of {rule.name}", type="compact", key=f"descent.{own}.drawer"):
        st.caption(rule.idea)
        for parameter in rule.hyperparameters:
            if parameter is not rate:
                linked.control(f"{own}.{parameter.name}")
        if of_rows:
            linked.control(f"{own}.draw", label="How rows are drawn", names=_DRAWS)
        if rate is not None:
            linked.control(f"{own}.schedule", label="Schedule of the rate", names=_SCHEDULES, hint=False)
            for parameter in SCHEDULES[entry.schedule].hyperparameters:
                linked.control(f"{own}.schedule.{parameter.name}")
            linked.control(f"{own}.warmup", label="Warm-up steps")
        st.button(
            "Remove",
            icon=":material/delete:",
            key=f"descent.{own}.remove",
            on_click=lambda: _race(without(linked.state.race, number)),
            disabled=alone,
            width="stretch",
        )


def _race(race: Race) -> None:
    linked.show(ShownRace(race=race, view=linked.state.view))
