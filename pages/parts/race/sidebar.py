"""The controls of a race, in two dimensions or in one: the sidebar of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from experiments.race import (
    MAX_ENTRIES,
    Entry,
    Preset,
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
from experiments.surfaces import FORMULA, Space
from landscapes import Landscape
from numerals import readable
from optimizers import OPTIMIZERS, SCHEDULES
from widgets import LinkedState

_DRAWS = {"shuffled": "Shuffled each epoch", "replaced": "With replacement"}
_SCHEDULES = {key: schedule.name for key, schedule in SCHEDULES.items()}


def _batch_words(stop: float) -> str:
    return f"batch {readable(stop)}" if stop else "all rows"


@dataclass(frozen=True, kw_only=True)
class RaceControls:
    """What a page that shows a race takes from hands; ``linked`` is its state, in controls, session and link."""

    page: str
    codec: RaceCodec
    presets: Mapping[str, Preset]
    surface: str = "Surface"
    formula: str = "f(x, y) ="
    linked: LinkedState[Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "linked", LinkedState(self.page, self.codec))

    @property
    def space(self) -> Space:
        """Where the race runs: on a line or in the plane."""
        return self.codec.space

    def take_start(self, point: Mapping[str, float]) -> None:
        """Begin every path here; a point picked in the picture."""
        self.linked.show(with_start(self.linked.state, float(point["x"]), float(point["y"])))

    def take_setting(self, name: str, value: float) -> None:
        """Set what was moved in the picture; a handle of a race before this one says nothing any more."""
        if any(held.name == name for held in in_hand(self.linked.state.race)):
            self.linked.put({name: value})

    def take_view(self, view: Mapping[str, Any]) -> None:
        """Remember how the player shows the race."""
        self.linked.show(with_view(self.linked.state, view))

    def sidebar(self, race: Race, surfaces: Callable[[], None] = lambda: None) -> None:
        """Draw the controls of the race. It comes after the picture, which is what people wait for.

        surfaces: draws the button that leads to all surfaces as pictures.
        """
        with st.sidebar:
            titles = {key: preset.title for key, preset in self.presets.items()}
            self.linked.preset_menu(titles, preset_of(race, self.presets), self._open_preset)
            self._landscape_controls(race.landscape, surfaces)
            self.runners(race)

    def runners(self, race: Race) -> None:
        """Who runs, from where, for how long and under which noise."""
        self._entry_controls(race.entries, of_rows=race.landscape.rows is not None)
        self.linked.control("steps", label="Steps")
        columns = st.columns(2)
        for column, name in zip(columns, "xy"[: self.space.dimensions], strict=False):
            with column:
                self.linked.control(f"start_{name}", exact=True, label=f"Start {name}", format="%.5g")
        self.linked.control("noise", label="Gradient noise")
        self.linked.control("seed", exact=True, label="Seed")

    def _open_preset(self, key: str) -> None:
        """The preset in its own view; the large picture stays what it is."""
        picture = {name: value for name, value in self.linked.state.view.items() if name == "picture"}
        preset = self.presets[key]
        self.linked.show(ShownRace(race=preset.race, view={**preset.view, **picture}))

    def _landscape_controls(self, landscape: Landscape, surfaces: Callable[[], None]) -> None:
        names = {FORMULA: "Your own formula"} | {key: item.name for key, item in self.space.catalogue.items()}
        self.linked.control("surface", label=self.surface, names=names, hint=False)
        surfaces()
        if landscape.key == FORMULA:
            self._formula_controls()
            return
        st.caption(landscape.character)
        for parameter in landscape.hyperparameters:
            self.linked.control(f"s.{parameter.name}")

    def _formula_controls(self) -> None:
        self.linked.control("f", label=self.formula, keeps=True)
        self.linked.tell_refusal("f", *self.space.window_names)
        with st.expander("Window", type="compact"):
            for name in self.space.window_names:
                self.linked.control(name, exact=True, keeps=True, label=name.replace("_", " "))

    def _entry_controls(self, entries: tuple[Entry, ...], *, of_rows: bool) -> None:
        st.markdown("**Optimizers**")
        for number, entry in enumerate(entries, 1):
            self._entry_control(number, entry, alone=len(entries) == 1, of_rows=of_rows)
        st.button(
            "Add an optimizer",
            icon=":material/add:",
            key=f"{self.page}.add",
            on_click=lambda: self._race(with_one_more(self.linked.state.race)),
            width="stretch",
            disabled=len(entries) >= MAX_ENTRIES,
            help=f"Up to {MAX_ENTRIES} race together; the same one may run twice with other settings.",
        )

    def add_rule(self, key: str) -> None:
        """One more lane, of this rule."""
        self._race(with_one_more(self.linked.state.race, key))

    def rates_beside(self, entries: tuple[Entry, ...]) -> None:
        """The rates once more, beside the picture; the page's style shows them where the sidebar covers it."""
        with st.container(key="beside-picture", gap="xsmall"):
            for number, entry in enumerate(entries, 1):
                name, rule = f"o{number}.lr", OPTIMIZERS[entry.optimizer]
                if any(parameter.name == "lr" for parameter in rule.hyperparameters):
                    self.linked.control_again(name, "beside", label=f"{rule.name}: rate", unit=rule.name)

    def _entry_control(self, number: int, entry: Entry, *, alone: bool, of_rows: bool) -> None:
        """One optimizer of the race: its name, its rate, and all the rest in a drawer below."""
        own = f"o{number}"
        names = {key: OPTIMIZERS[key].name for key in self.space.rules}
        self.linked.control(own, label=f"Optimizer {number}", names=names, hidden=True)
        rule = OPTIMIZERS[entry.optimizer]
        rate = next((parameter for parameter in rule.hyperparameters if parameter.name == "lr"), None)
        if rate is not None:
            self.linked.control(f"{own}.lr", label=f"Rate of {rule.name}", unit="rate")
        if of_rows:
            self.linked.control(f"{own}.batch", label=f"Batch of {rule.name}", unit="rows", words=_batch_words)
        # No popover: one that holds sliders closes again right after the click that opens it (Streamlit 1.67).
        called = self.linked.calls_for(f"{own}.", without=(f"{own}.lr", f"{own}.batch"))
        key = f"{self.page}.{own}.drawer{' called' if called else ''}"
        drawer = st.expander(f"More of {rule.name}", called, type="compact", key=key, on_change="rerun")
        if not drawer.open:
            return
        with drawer:
            st.caption(rule.idea)
            for parameter in rule.hyperparameters:
                if parameter is not rate:
                    self.linked.control(f"{own}.{parameter.name}")
            if of_rows:
                self.linked.control(f"{own}.draw", label="How rows are drawn", names=_DRAWS)
            if rate is not None:
                self.linked.control(f"{own}.schedule", label="Schedule of the rate", names=_SCHEDULES, hint=False)
                for parameter in SCHEDULES[entry.schedule].hyperparameters:
                    self.linked.control(f"{own}.schedule.{parameter.name}")
                self.linked.control(f"{own}.warmup", label="Warm-up steps")
            st.button(
                "Remove",
                icon=":material/delete:",
                key=f"{self.page}.{own}.remove",
                on_click=lambda: self._race(without(self.linked.state.race, number)),
                disabled=alone,
                width="stretch",
            )

    def _race(self, race: Race) -> None:
        self.linked.show(replace(self.linked.state, race=race))
