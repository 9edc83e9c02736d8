"""What the browser needs to compute and draw a map (figures/frontend/maps/): programs, codes, what is known beforehand.

The blob is that of ``figures/frontend/wire.py``; buffers hold what the server has computed itself.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from experiments.maps import (
    FAMILIES,
    NONE,
    End,
    EndGrid,
    RestPoint,
    axes_of,
    end_path,
    flat_slope,
    grid_starts,
    rest_points,
    span,
    surface_of,
    theory_of,
    window_of,
)
from figures.frontend import Buffers, blob, plain
from figures.theme import BASINS, ENDS, OTHER_REST, on_background, optimizer_style, steps_color
from landscapes import Landscape
from numerals import readable
from optimizers import OPTIMIZERS, Hyperparameter, path_program

_NEAR = 6  # basins that must not have one color, as far as there are enough
Values = Mapping[str, Any]


def maps_payload(values: Values, race: Mapping[str, str], grids: Mapping[str, EndGrid] | None = None) -> bytes:
    """The view of these settings. race: the parameters of a link to its race, without rates and start.

    grids: where paths of those rules end that the browser cannot move, by slot.
    """
    buffers = Buffers()
    landscape, window = surface_of(values), window_of(values)
    codes = landscape.codes
    formula = landscape.key == "formula"
    header: dict[str, Any] = {
        "version": 1,
        "view": values["view"],
        "surface": {
            "key": landscape.key,
            "name": landscape.name if not formula else f"f = {landscape.name}",
            "value": codes.value,
            "gradient": codes.gradient,
            "hessian": codes.hessian,
            "rows": landscape.rows and landscape.rows.as_lists,
        },
        "window": window,
        "steps": values["steps"],
        "at": [values["at_x"], values["at_y"]],
        "colors": ENDS,
        "race": dict(race),
    }
    if values["view"] == "basins":
        part = _basins(values, landscape, grids or {}, buffers)
    else:
        part = {"rates": _rates, "sensitivity": _sensitivity}[values["view"]](values, landscape)
    return blob(header | part, buffers)


def _basins(values: Values, landscape: Landscape, grids: Mapping[str, EndGrid], buffers: Buffers) -> dict[str, Any]:
    window = window_of(values)
    rest = rest_points(landscape, window)
    slots = ["o1"] if values["o2"] == NONE else ["o1", "o2"]
    notes = []
    if not rest:
        notes.append("In this window f has no minimum, saddle or maximum that is a single point.")
    with np.errstate(all="ignore"):
        if not np.isfinite(landscape.value(grid_starts(window, 64))).all():
            notes.append("Where f is not defined or infinite, no path begins: these starts have the page's own color.")
    for slot, grid in grids.items():
        notes.append(
            f"{OPTIMIZERS[values[slot]].name} works each step out in a loop as long as it takes, which the browser "
            f"cannot: the server computes {grid.side} by {grid.side} starts{'' if grid.last else ', and more soon'}."
        )
    return {
        "rules": [
            _computed(slot, values, grids[slot], buffers) if slot in grids else _rule(slot, values) for slot in slots
        ],
        "ends": {"rest": drawn_rest(rest), "flat": flat_slope(landscape, window)},
        "notes": notes,
    }


def drawn_rest(rest: Sequence[RestPoint]) -> list[dict[str, Any]]:
    """Points at rest with names, letters and colors: neighbors differ as long as there are colors enough."""
    colors: list[int] = []
    places = np.array([(point.x, point.y) for point in rest]).reshape(-1, 2)
    drawn = []
    letters = iter(string.ascii_uppercase)
    for i, point in enumerate(rest):
        minimum = point.kind == "minimum"
        if minimum:
            near = np.argsort(np.hypot(*(places[:i] - places[i]).T))[:_NEAR]
            taken = [colors[j] for j in near]
            color = next((c for c in range(len(BASINS)) if c not in taken), None)
            colors.append(color if color is not None else taken[-1])
        else:
            colors.append(-1)
        own = BASINS[colors[-1]] if minimum else OTHER_REST
        letter = next(letters, "")
        drawn.append(
            {
                "x": point.x,
                "y": point.y,
                "value": point.value,
                "radius": point.radius,
                "name": f"{point.kind} {letter}".strip(),
                "letter": letter,
                "colors": [own, own],
            }
        )
    return drawn


def _rule(slot: str, values: Values) -> dict[str, Any]:
    key = values[slot]
    rule = OPTIMIZERS[key]
    own = {parameter.name: values[f"{slot}.{parameter.name}"] for parameter in rule.hyperparameters}
    return {"slot": slot, **_moved(key, own, values["steps"])}


def _computed(slot: str, values: Values, grid: EndGrid, buffers: Buffers) -> dict[str, Any]:
    """A rule without a program, with what the server knows of its map: ends are told from ``lowest`` on."""
    path, end, steps = end_path(values, slot)
    lowest = int(min(End))
    return {
        "slot": slot,
        **_named(values[slot]),
        "program": None,
        "rate": None,
        "computed": {
            "stride": grid.stride,
            "last": grid.last,
            "lowest": lowest,
            "kind": buffers.whole(grid.ends - lowest),
            "number": buffers.whole(grid.steps),
            "from": [values["at_x"], values["at_y"]],
            "x": buffers.exact(path[:, 0]),
            "y": buffers.exact(path[:, 1]),
            "end": [end, steps],
        },
    }


def _named(key: str) -> dict[str, Any]:
    rule = OPTIMIZERS[key]
    color, dash, _ = optimizer_style(key)
    return {
        "key": key,
        "label": rule.name,
        "short": rule.name if len(rule.name) <= 11 else f"{rule.name[:10]}…",
        "colors": [on_background(color, dark) for dark in (False, True)],
        "dash": list(dash),
    }


def _moved(key: str, own: Values, steps: int) -> dict[str, Any]:
    program = path_program(OPTIMIZERS[key], own, steps=steps)
    assert program is not None, key
    rate = axes_of(key).get("lr")
    stops = [] if rate is None else sorted({stop for stop in rate.slider_stops if stop > 0} | {own["lr"]} - {0.0})
    return {
        **_named(key),
        "program": asdict(program),
        "rate": None if rate is None else {"name": "lr", "stops": stops},
    }


def _goal(values: Values, landscape: Landscape) -> dict[str, Any]:
    """The lowest value that is known: the surface's own, else that of the lowest minimum in the window."""
    lowest = landscape.minimum
    if lowest is None:
        found = [point.value for point in rest_points(landscape, window_of(values)) if point.kind == "minimum"]
        lowest = min(found, default=None)
    return {"lowest": plain(lowest), "tolerance": values["tolerance"]}


def _starts(values: Values) -> list[list[float]]:
    if values["starts"] == "one":
        return [[values["at_x"], values["at_y"]]]
    return grid_starts(window_of(values), 3).reshape(-1, 2).tolist()


def _goal_notes(goal: Mapping[str, Any]) -> list[str]:
    return [] if goal["lowest"] is not None else ["No minimum is known in this window, so no path converges to it."]


def _rates(values: Values, landscape: Landscape) -> dict[str, Any]:
    rule = _rule("o1", values)
    known = axes_of(values["o1"])
    axes = [known[values["across"]], known[values["up"]]]
    goal = _goal(values, landscape)
    own = {parameter.name: values[f"o1.{parameter.name}"] for parameter in OPTIMIZERS[values["o1"]].hyperparameters}
    told = theory_of(landscape, window_of(values), values["o1"], own, axes)
    notes = _goal_notes(goal)
    lines, best = [], None
    if told is not None:
        low, high = told.curvatures
        notes.append(f"A quadratic: curvatures {readable(low)} and {readable(high)}, condition {readable(high / low)}.")
        if told.stability:
            plain_sgd = values["o1"] == "sgd"
            lines.append({"label": "2 / L" if plain_sgd else "limit of stability", "points": told.stability})
        if told.best is not None:
            best = {"label": "best pair", "point": told.best}
            pair = ", ".join(f"{_words(axis)} {readable(at)}" for axis, at in zip(axes, told.best, strict=True))
            notes.append(f"Best pair by theory: {pair}.")
    if axes[0].name == axes[1].name:
        notes.append("Both axes show the same hyperparameter; choose two to see a plane.")
    return {
        "rules": [rule],
        "axes": [_axis(axis) for axis in axes],
        "starts": _starts(values),
        "goal": goal,
        "theory": {"lines": lines, "best": best},
        "palette": [steps_color(i / 63) for i in range(64)],
        "notes": notes,
    }


def _words(axis: Hyperparameter) -> str:
    return "rate" if axis.name == "lr" else axis.name.replace("_", " ")


def _axis(axis: Hyperparameter) -> dict[str, Any]:
    low, high = span(axis)
    title = "learning rate" if axis.name == "lr" else axis.name.replace("_", " ")
    return {"name": axis.name, "title": title, "words": _words(axis), "low": low, "high": high, "log": axis.log}


def _sensitivity(values: Values, landscape: Landscape) -> dict[str, Any]:
    rules = []
    for key in FAMILIES[values["rules"]][1]:
        axis = axes_of(key)["lr"]
        low, high = span(axis)
        own = _moved(key, OPTIMIZERS[key].defaults(), values["steps"])
        rules.append({**own, "axis": {"low": low, "high": high, "log": axis.log}})
    goal, starts = _goal(values, landscape), _starts(values)
    with np.errstate(all="ignore"):
        heights = np.asarray(landscape.value(np.array(starts))) - (goal["lowest"] or 0.0)
    finite = heights[np.isfinite(heights) & (heights > 0)]
    first = float(np.median(finite)) if len(finite) else 1.0
    return {
        "rules": rules,
        "starts": starts,
        "goal": goal,
        "first": first,
        "notes": ["Every rule keeps its defaults but for the rate.", *_goal_notes(goal)],
    }
