"""How the curves of a training are shown, as settings of a link: the panel, its scales, the runs among them.

A view is a dict of what differs from the defaults. The browser's word is as untrusted as a link's. Names have no dot:
an address with nothing else is still bare (see ``LinkedState.is_bare``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import Setting, Text, choice, read_settings, switch, write_settings

_KEY, _KEYS = r"[a-z0-9_]{0,40}", "letters, digits and underscores"
_IDS = r"([A-Za-z0-9]{1,20}(\.[A-Za-z0-9]{1,20}){0,7})?"

VIEW: Mapping[str, Setting] = {
    "look": Text(name="look", meaning="The run that is looked at.", pattern=r"[A-Za-z0-9]{0,20}", allowed="a run's id"),
    "panel": Text(name="panel", meaning="What the chart shows.", pattern=_KEY, allowed=_KEYS),
    "picture": Text(name="picture", meaning="What the network is pictured as.", pattern=_KEY, allowed=_KEYS),
    "clock": choice("clock", ("own", "epoch", "step", "seconds"), "What the chart runs along."),
    "x": choice("x", ("linear", "log"), "The horizontal axis."),
    "y": choice("y", ("own", "linear", "log"), "The vertical axis."),
    "aside": switch("aside", "Whether loss as trained, or what else stands aside, is shown."),
    "apart": switch("apart", "Whether each run has a chart of its own, all on common scales."),
    "hidden": Text(name="hidden", meaning="Runs that are not drawn.", pattern=_IDS, allowed="ids of runs with dots"),
    "zoom": Text(
        name="zoom",
        meaning="From where to where the chart goes.",
        pattern=r"([0-9.e+-]{1,24}~[0-9.e+-]{1,24})?",
        allowed="two numbers with ~ between them",
    ),
}


def _declared(_values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    yield from VIEW.items()


def view_of_query(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The view of a link, and one sentence for each part that could not be used."""
    values, problems = read_settings(_declared, {name: text for name, text in query.items() if name in VIEW})
    return _differing(values), problems


def query_of_view(view: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a link that opens this view."""
    return write_settings(_declared, view)


def checked_view(view: Mapping[str, Any]) -> dict[str, Any]:
    """What of a view is known and valid."""
    known = {}
    for name, setting in VIEW.items():
        try:
            known[name] = setting.check(view.get(name, setting.default))
        except ValueError:
            continue
    return _differing(known)


def _differing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != VIEW[name].default}
