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
    Answer,
    End,
    EndGrid,
    Goal,
    RestPoint,
    axes_of,
    end_path,
    flat_slope,
    goal_of,
    grid_starts,
    is_offered,
    line_axis,
    rest_points,
    server_sheets,
    span,
    starts_of,
    surface_of,
    theory_of,
    window_of,
)
from figures.frontend import Buffers, blob, plain
from figures.theme import BASINS, ENDS, OTHER_REST, on_background, optimizer_style, steps_color
from landscapes import Landscape
from numerals import readable
from optimizers import OPTIMIZERS, Hyperparameter, path_program

_LOWEST = int(min(End))
_NEAR = 6  # basins that must not have one color, as far as there are enough
Values = Mapping[str, Any]


def maps_payload(values: Values, race: Mapping[str, str], answers: Mapping[str, Answer] | None = None) -> bytes:
    """The view of these settings. race: the parameters of a link to its race, without rates and start.

    answers: what is known by now of the rules that the browser cannot move, by the names of ``server_sheets``.
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
    view = {"basins": _basins, "rates": _rates, "sensitivity": _sensitivity}[values["view"]]
    return blob(header | view(values, landscape, answers or {}, buffers), buffers)


def _basins(values: Values, landscape: Landscape, answers: Mapping[str, Answer], buffers: Buffers) -> dict[str, Any]:
    window = window_of(values)
    rest = rest_points(landscape, window)
    slots = ["o1"] if values["o2"] == NONE else ["o1", "o2"]
    notes = []
    if not rest:
        notes.append("In this window f has no minimum, saddle or maximum that is a single point.")
    with np.errstate(all="ignore"):
        if not np.isfinite(landscape.value(grid_starts(window, 64))).all():
            notes.append("Where f is not defined or infinite, no path begins: these starts have the page's own color.")
    rules = []
    for slot in slots:
        rule = _rule(slot, values, answers, buffers)
        if rule["program"] is None:
            path, end, steps = end_path(server_sheets(values)[slot], (values["at_x"], values["at_y"]))
            at = {"from": [values["at_x"], values["at_y"]], "end": [end, steps]}
            rule["computed"] |= at | {"x": buffers.exact(path[:, 0]), "y": buffers.exact(path[:, 1])}
            notes.append(_by_server([values[slot]], ", with fewer starts"))
        rules.append(rule)
    return {
        "rules": rules,
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


def _by_server(rules: Sequence[str], fewer: str = "") -> str:
    """Who is computed where."""
    *names, last = [OPTIMIZERS[key].name for key in rules]
    who, them = (f"{', '.join(names)} and {last} work", "them") if names else (f"{last} works", "it")
    return f"{who} each step out in a loop as long as it takes, so the server computes {them}{fewer}."


def _rule(slot: str, values: Values, answers: Mapping[str, Answer], buffers: Buffers) -> dict[str, Any]:
    key = values[slot]
    own = {parameter.name: values[f"{slot}.{parameter.name}"] for parameter in OPTIMIZERS[key].hyperparameters}
    moved = _moved(key, own, values["steps"]) if is_offered(key) else _waiting(key, own, answers.get(slot), buffers)
    return {"slot": slot, **moved}


def _waiting(key: str, own: Values, answer: Answer | None, buffers: Buffers) -> dict[str, Any]:
    """A rule without a program, with what the server knows of its map or line: ends are told from ``lowest`` on."""
    grid = None if answer is None else answer.grid
    return {
        **_named(key),
        "program": None,
        "rate": None,
        "inputs": {each.name: own[each.name] for each in axes_of(key).values()},
        "computed": {
            "last": grid is not None and grid.last,
            "share": 0.0 if answer is None else round(answer.share, 2),
            "lowest": _LOWEST,
            **({} if grid is None else _grid(grid, buffers)),
        },
    }


def _grid(grid: EndGrid, buffers: Buffers) -> dict[str, Any]:
    steps = grid.steps - _LOWEST  # -1 where nothing is counted
    told = {"stride": grid.stride, "kind": buffers.whole(grid.ends - _LOWEST), "number": buffers.whole(steps)}
    return told | ({"value": buffers.exact(grid.values.ravel())} if len(grid.values) else {})


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


def _goal_notes(goal: Goal) -> list[str]:
    return [] if goal.lowest is not None else ["No minimum is known in this window, so no path converges to it."]


def _rates(values: Values, landscape: Landscape, answers: Mapping[str, Answer], buffers: Buffers) -> dict[str, Any]:
    rule = _rule("o1", values, answers, buffers)
    known = axes_of(values["o1"])
    axes = [known[values["across"]], known[values["up"]]]
    goal = goal_of(values, landscape)
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
    if rule["program"] is None:
        notes.append(_by_server([values["o1"]], ", with fewer pairs"))
    return {
        "rules": [rule],
        "axes": [_axis(axis) for axis in axes],
        "starts": starts_of(values),
        "goal": _told(goal),
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


def _sensitivity(
    values: Values, landscape: Landscape, answers: Mapping[str, Answer], buffers: Buffers
) -> dict[str, Any]:
    family = FAMILIES[values["rules"]][1]
    axes = {key: line_axis(key) for key in family}
    spans = {key: span(axis) for key, axis in axes.items() if axis is not None}
    every = min(low for low, _ in spans.values()), max(high for _, high in spans.values())
    rules = []
    for key in family:
        axis, own = axes[key], OPTIMIZERS[key].defaults()
        low, high = spans.get(key, every)
        moved = _moved(key, own, values["steps"]) if is_offered(key) else _waiting(key, own, answers.get(key), buffers)
        varied = {"name": "", "words": ""} if axis is None else {"name": axis.name, "words": _words(axis)}
        rules.append({**moved, "axis": {**varied, "low": low, "high": high, "log": True}})
    goal, starts = goal_of(values, landscape), starts_of(values)
    with np.errstate(all="ignore"):
        heights = np.asarray(landscape.value(np.array(starts))) - (goal.lowest or 0.0)
    finite = heights[np.isfinite(heights) & (heights > 0)]
    first = float(np.median(finite)) if len(finite) else 1.0
    rates = all(axis is not None and axis.name == "lr" for axis in axes.values())
    notes = [f"Every rule keeps its defaults but for {'the rate' if rates else 'the number that is named beside it'}."]
    notes += [f"{OPTIMIZERS[key].name} has no number to choose." for key, axis in axes.items() if axis is None]
    here = [key for key in family if not is_offered(key)]
    return {
        "rules": rules,
        "starts": starts,
        "goal": _told(goal),
        "first": first,
        "notes": [*notes, *([_by_server(here)] if here else []), *_goal_notes(goal)],
    }


def _told(goal: Goal) -> dict[str, Any]:
    return {"lowest": plain(goal.lowest), "tolerance": goal.tolerance}
