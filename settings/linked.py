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
from typing import Any

from settings.hyperparameter import Hyperparameter
from settings.query import QueryReader, query_text

Declaration = Callable[[Mapping[str, Any]], Iterable[tuple[str, Hyperparameter]]]


def settle(
    declared: Declaration, pick: Callable[[str, Hyperparameter], Any]
) -> tuple[dict[str, Any], dict[str, Hyperparameter]]:
    """(value by key, hyperparameter by key) of everything declared, each value as ``pick`` gives it."""
    values: dict[str, Any] = {}
    parameters: dict[str, Hyperparameter] = {}
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
