"""Settings that the link holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from settings import Declaration, Hyperparameter, LinkPreset, preset_of, read_settings, settle, write_settings
from widgets.controls import menu_of_presets, parameter_control
from widgets.session import keep_put, put


@dataclass
class _Held:
    """What a page's last run left in the session: its values, what was declared, its link, and what is to be told."""

    values: dict[str, Any]
    parameters: dict[str, Hyperparameter]
    link: dict[str, str]
    problems: list[str]
    run: int
    put: bool = False


@dataclass(frozen=True)
class LinkedSettings:
    """The settings of a page, in its controls, the session and the URL; the link is the state.

        settings = LinkedSettings("initialization", declared)   # see settings/query.py for ``declared``
        values = settings.open()                                # first thing of every run; also writes the link
        settings.tell_problems()
        settings.control("depth")                               # anywhere, in any order

    The control of a setting has the key ``page.name`` in ``st.session_state``. A setting whose declaration changed
    since the last run (the scale of another initializer) starts at its new default.
    """

    page: str
    declared: Declaration

    def open(self) -> dict[str, Any]:
        """The values of this run: from the link where it was changed from outside, else as the controls left them."""
        state, query = st.session_state, st.query_params.to_dict()
        held: _Held | None = state.get(f"settings.{self.page}")
        problems: list[str] = []
        if held is None:
            values, problems = read_settings(self.declared, query)
        else:
            returning = state.runs != held.run + 1  # other pages ran since; changing page clears the link
            values = self._collected(held)
            changed = held.put or values != held.values
            # A control that was moved before the browser knew the link of its last move sends the link before that.
            if query != held.link and not changed and (query or not returning):
                values, problems = read_settings(self.declared, query)
            elif not changed:
                problems = held.problems
        values, parameters = settle(self.declared, lambda key, parameter: values[key])
        for key, value in values.items():
            if state.get(self.key(key)) != value:  # setting it again could undo a drag that is on its way
                put(self.key(key), value)
        link = write_settings(self.declared, values)
        if link != query:
            st.query_params.from_dict(link)
        state[f"settings.{self.page}"] = _Held(values, parameters, link, problems, state.runs)
        return values

    @property
    def link(self) -> dict[str, str]:
        """The parameters of a link that opens this run's page."""
        return st.session_state[f"settings.{self.page}"].link

    def put(self, changes: Mapping[str, Any]) -> None:
        """Change settings from a callback; every other keeps its value where it is still declared."""
        keep_put()
        held: _Held = st.session_state[f"settings.{self.page}"]
        now = self._collected(held)

        def pick(key: str, parameter: Hyperparameter) -> Any:
            if key in changes:
                return parameter.check(changes[key])
            return now[key] if held.parameters.get(key) == parameter else parameter.default

        values, held.parameters = settle(self.declared, pick)
        for key, value in values.items():
            put(self.key(key), value)
        held.put = True

    def control(self, key: str, **options: Any) -> Any:
        """The control of a setting; ``options`` are those of ``parameter_control``."""
        parameter = st.session_state[f"settings.{self.page}"].parameters[key]
        return parameter_control(parameter, self.key(key), **options)

    def preset_menu(self, presets: Mapping[str, LinkPreset]) -> LinkPreset | None:
        """A menu of presets; the one that is shown, None where the settings are nobody's preset."""
        shown = preset_of(self.link, presets)
        menu_of_presets(
            f"{self.page}.preset",
            {key: preset.title for key, preset in presets.items()},
            shown,
            lambda key: self.put(read_settings(self.declared, presets[key].query)[0]),
        )
        return presets[shown] if shown else None

    def tell_problems(self) -> None:
        """Warn of each part of the link that could not be used, until a setting is changed."""
        for problem in st.session_state[f"settings.{self.page}"].problems:
            st.warning(problem, icon=":material/link_off:")

    def key(self, key: str) -> str:
        """The key of a setting's control in ``st.session_state``, for controls of another kind."""
        return f"{self.page}.{key}"

    def _collected(self, held: _Held) -> dict[str, Any]:
        def pick(key: str, parameter: Hyperparameter) -> Any:
            if held.parameters.get(key) != parameter:
                return parameter.default
            return st.session_state.get(self.key(key), held.values.get(key, parameter.default))

        return settle(self.declared, pick)[0]
