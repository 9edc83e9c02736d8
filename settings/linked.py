"""Settings declared one after the other, read from a link and written as one.

A page declares its settings as hyperparameters by key. What is declared may depend on what was read before, since
``values`` is filled while the declaration runs:

    def declared(values):
        yield "activation", ACTIVATION
        for parameter in ACTIVATIONS[values["activation"]].hyperparameters:
            yield f"activation.{parameter.name}", parameter
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from settings.declare import Setting
from settings.query import QueryReader, query_text

Declaration = Callable[[Mapping[str, Any]], Iterable[tuple[str, Setting]]]


def settle(declared: Declaration, pick: Callable[[str, Setting], Any]) -> tuple[dict[str, Any], dict[str, Setting]]:
    """(value by key, declaration by key) of everything declared, each value as ``pick`` gives it."""
    values: dict[str, Any] = {}
    parameters: dict[str, Setting] = {}
    for key, parameter in declared(values):
        values[key], parameters[key] = pick(key, parameter), parameter
    return values, parameters


def read_settings(declared: Declaration, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Valid values, whatever the link says, and one sentence for each parameter that could not be used."""
    reader = QueryReader(query)
    values, _ = settle(declared, reader.value)
    reader.refuse_unread()
    return values, reader.problems


def write_settings(declared: Declaration, values: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a link that opens these values; inverse of ``read_settings``. Defaults are left out."""
    chosen, parameters = settle(declared, lambda key, parameter: values.get(key, parameter.default))
    return {key: query_text(value) for key, value in chosen.items() if value != parameters[key].default}


@dataclass(frozen=True)
class SettingsCodec:
    """The settings of a page as one state, a dict of checked values, and as a link; see the module for ``declared``."""

    declared: Declaration

    def read(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Valid values, whatever the link says, and one sentence for each parameter that could not be used."""
        return read_settings(self.declared, query)

    def write(self, state: Mapping[str, Any]) -> dict[str, str]:
        """The link that opens these values; defaults are left out."""
        return write_settings(self.declared, state)

    def changed(self, state: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The values with some changed; a setting whose declaration changes with them starts at its new default.

        Raises:
            ValueError: a value that is not allowed, with what is.
        """
        before = self._parameters(state)

        def pick(key: str, parameter: Setting) -> Any:
            if key in changes:
                return parameter.check(changes[key])
            return state[key] if before.get(key) == parameter else parameter.default

        return settle(self.declared, pick)[0]

    def setting(self, state: Mapping[str, Any], name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        return self._parameters(state)[name], state[name]

    def _parameters(self, state: Mapping[str, Any]) -> dict[str, Setting]:
        return settle(self.declared, lambda key, parameter: state.get(key, parameter.default))[1]
