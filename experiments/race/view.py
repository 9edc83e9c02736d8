"""How the player shows a race, as query parameters and back: ``v.step=120  v.x=evaluations  v.hidden=Adam|GD``.

A view from a link, or from the browser, is untrusted: what cannot be used is left out, and named when it came by link.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

PREFIX = "v."
_LONGEST = 600


def _one_of(*allowed: Any) -> Callable[[Any], Any]:
    names = {str(value).lower(): value for value in allowed}

    def read(value: Any) -> Any:
        return names[str(value).lower()]

    return read


def _step(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= 5000:
        raise ValueError
    return number


def _speed(value: Any) -> float:
    number = float(value)
    if not 0.25 <= number <= 16:
        raise ValueError
    return number


def _text(value: Any) -> str:
    return str(value)[:80]


def _texts(value: Any) -> list[str]:
    parts = value.split("|") if isinstance(value, str) else list(value)
    return [_text(part) for part in parts[:12] if part]


def _zoom(value: Any) -> list[float]:
    parts = value.split(",") if isinstance(value, str) else value
    x_low, x_high, y_low, y_high = (float(part) for part in parts)
    if not (x_low < x_high and y_low < y_high and all(map(math.isfinite, (x_low, x_high, y_low, y_high)))):
        raise ValueError
    return [x_low, x_high, y_low, y_high]


def _camera(value: Any) -> list[float]:
    parts = value.split(",") if isinstance(value, str) else value
    turn, tilt = (float(part) for part in parts)
    if not (-180 <= turn <= 180 and 0 <= tilt <= 90):
        raise ValueError
    return [turn, tilt]


# Name -> what reads it, from text or from the browser's JSON, and what is allowed.
_FIELDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "step": (_step, "a whole number from 0 to 5000"),
    "x": (_one_of("step", "evaluations", "epochs", "rows", "time"), "step, evaluations, epochs, rows or time"),
    "y": (
        _one_of("value", "distance", "gradient", "sampled", "rate", "sum", "squares", "position"),
        "value, distance, gradient, sampled, rate, sum, squares or position",
    ),
    "memory": (_text, "the name of a state, effective step or curvature"),
    "lane": (_text, "the label of an optimizer"),
    "hidden": (_texts, "labels of optimizers with | between them"),
    "arrows": (_one_of(True, False), "true or false"),
    "slopes": (_one_of(True, False), "true or false"),
    "anatomy": (_one_of(True, False), "true or false"),
    "loop": (_one_of(True, False), "true or false"),
    "speed": (_speed, "a number from 0.25 to 16"),
    "zoom": (_zoom, "x low, x high, y low, y high with commas between them"),
    "camera": (_camera, "degrees around, -180 to 180, and up, 0 to 90, with a comma between them"),
    "picture": (_one_of("map", "3d"), "map or 3d"),
}


def checked_view(view: Mapping[str, Any]) -> dict[str, Any]:
    """What of a view is known and valid."""
    return _read(view)[0]


def view_from_query(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The view of a link, and one sentence for each part that could not be used."""
    return _read({key[len(PREFIX) :]: text[:_LONGEST] for key, text in query.items() if key.startswith(PREFIX)})


def view_to_query(view: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a link that opens this view."""
    query = {}
    for name, value in checked_view(view).items():
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, list):
            value = ("," if name in ("zoom", "camera") else "|").join(
                f"{v:.9g}" if isinstance(v, float) else v for v in value
            )
        elif isinstance(value, float):
            value = f"{value:g}"
        query[PREFIX + name] = str(value)
    return query


def _read(view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known: dict[str, Any] = {}
    problems = []
    for name, value in view.items():
        if name not in _FIELDS:
            problems.append(f"{(PREFIX + name)[:40]!r} is not a parameter of this page; it is left out.")
            continue
        read, allowed = _FIELDS[name]
        try:
            known[name] = read(value)
        except (ValueError, TypeError, KeyError, OverflowError):
            problems.append(f"{PREFIX}{name} was given {str(value)[:40]!r}; allowed is {allowed}; it is left out.")
    return known, problems
