"""A map as a still picture: what the browser draws of it, computed here with fewer samples.

Basins: every start in the color of the point that its path ends in, fainter where that takes more steps. Rates: the
steps to the minimum over two hyperparameters. Sensitivity: the value at the end over the rate, one line a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.maps import (
    FAMILIES,
    NONE,
    End,
    EndGrid,
    RestPoint,
    axes_of,
    computed_grid,
    end_path,
    goal_of,
    line_axis,
    line_sheet,
    map_sheet,
    rest_points,
    span,
    starts_of,
    surface_of,
    theory_of,
    window_of,
)
from figures.axes import axis, chart, log_axis, note
from figures.maps.payload import drawn_rest
from figures.theme import ENDS, on_background, optimizer_style, plotly_dash, rgb, shades, steps_color
from numerals import readable
from optimizers import OPTIMIZERS, Hyperparameter

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]
Values = Mapping[str, Any]

_LEVELS = 16  # of steps, in one color
_FAINTEST = 0.34
_FEW = 50  # this part of the budget, and less, has the brightest color
_MOST = 7  # ends that the legend names
_LEAST = 1e-12  # of the first height: below it a line runs along the edge
_ENDS: Mapping[int, tuple[str, str]] = {
    End.MOVING: ("moving", "still on its way"),
    End.LEFT: ("left", "ends outside the window"),
    End.DIVERGED: ("diverged", "diverges"),
    End.UNDEFINED: ("undefined", "f is not defined at the start"),
    End.RESTING: ("resting", "at rest on a flat or a line of points"),
}
_HAPPENINGS: Mapping[int, tuple[str, str]] = {
    End.MOVING: ("slow", "not there within the budget"),
    End.DIVERGED: ("diverged", "diverges"),
    End.UNDEFINED: ("undefined", "f is not defined at the start"),
    End.SWINGING: ("swinging", "oscillates"),
}


def map_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """The map of these settings.

    Raises:
        ValueError: what ``descend`` says of hyperparameters that are not allowed.
    """
    return {"basins": _basins, "rates": _rates, "sensitivity": _sensitivity}[values["view"]](values, dark)


def _blended(color: str, paper: str, part: float) -> str:
    mixed = (round(part * one + (1 - part) * other) for one, other in zip(rgb(color), rgb(paper), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def _image(
    places: NDArray[np.intp], colors: Sequence[str], xs: Array, ys: Array, at: tuple[str, str]
) -> dict[str, Any]:
    """Cells in the color of their number, each a block of the finest map that has the color of its first sample, as in
    the browser. places: row 0 at the top, as samples are."""
    palette = [*colors, *([colors[-1]] * (256 - len(colors)))][:256]
    return {
        "type": "heatmap",
        "z": places[::-1].astype(np.float64),
        "x": xs,
        "y": ys,
        "xaxis": at[0],
        "yaxis": at[1],
        "zmin": 0.0,
        "zmax": 255.0,
        "colorscale": [[k / 255, color] for k, color in enumerate(palette)],
        "zsmooth": False,
        "showscale": False,
    }


def _entry(name: str, color: str, edge: str) -> dict[str, Any]:
    """A line of the legend alone."""
    marker = {"symbol": "square", "size": 12, "color": color, "line": {"color": edge, "width": 1}}
    return {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": name, "marker": marker}


def _share(count: int, total: int) -> str:
    part = 100 * count / max(1, total)
    return f"{part:.0f} %" if part >= 10 else f"{part:.1f} %" if part >= 0.1 else "< 0.1 %"


def _middles(axis_low: float, axis_high: float, side: int) -> Array:
    return axis_low + (np.arange(side) + 0.5) / side * (axis_high - axis_low)


# ---- basins ----------------------------------------------------------------------------------------------------------


def _basins(values: Values, dark: bool) -> go.Figure:
    landscape, window, shade = surface_of(values), window_of(values), shades(dark)
    rest = rest_points(landscape, window)
    drawn = drawn_rest(rest)
    slots = ["o1"] if values["o2"] == NONE else ["o1", "o2"]
    grids = {slot: computed_grid(map_sheet(values, slot)) for slot in slots}
    counts: dict[int, int] = {}
    for grid in grids.values():
        for kind, count in zip(*np.unique(grid.ends, return_counts=True), strict=True):
            counts[int(kind)] = counts.get(int(kind), 0) + int(count)
    order = sorted(counts, key=lambda kind: -counts[kind])
    inks = {kind: _ink_of(kind, drawn, dark) for kind in order}
    fading = [kind for kind in order if kind >= 0 or kind == End.RESTING][:14]
    colors, first = [], {}
    for kind in order:
        first[kind] = len(colors)
        own = np.linspace(1.0, _FAINTEST, _LEVELS) if kind in fading else (1.0,)
        colors += [_blended(inks[kind], shade.background, float(part)) for part in own]
    total = sum(counts.values())
    traces = [
        _entry(f"{_end_name(kind, rest, drawn)}: {_share(counts[kind], total)}", inks[kind], shade.muted)
        for kind in order[:_MOST]
    ]
    layout: dict[str, Any] = {}
    notes = []
    (left, right), (bottom, top) = window
    for number, slot in enumerate(slots):
        tail = "" if not number else "2"
        at = (f"x{tail}", f"y{tail}")
        grid, domain = grids[slot], [number * 0.54, number * 0.54 + 0.46] if len(slots) > 1 else [0.0, 1.0]
        places = _fading_places(grid, first, fading, values["steps"])
        xs, ys = _middles(left, right, grid.side), _middles(bottom, top, grid.side)
        traces.append(_image(places, colors, xs, ys, at))
        traces += _path_of(values, slot, at) + _rest_marks(drawn, at)
        rate = values.get(f"{slot}.lr")
        told = OPTIMIZERS[values[slot]].name + ("" if rate is None else f", rate {readable(rate)}")
        notes.append(note(dark, f"<b>{told}</b>", x=domain[0], y=1.01))
        square = {"scaleanchor": at[0], "constrain": "domain"} if len(slots) == 1 else {}
        layout[f"xaxis{tail}"] = axis(dark, "start x", range=[left, right], domain=domain, anchor=at[1], showgrid=False)
        layout[f"yaxis{tail}"] = axis(
            dark, "" if number else "start y", range=[bottom, top], anchor=at[0], showgrid=False, **square
        )
    legend = {"orientation": "h", "x": 0.0, "y": 1.06, "yanchor": "bottom"}
    return chart(traces, dark, height=560, annotations=notes, showlegend=True, legend=legend, **layout)


def _ink_of(kind: int, drawn: Sequence[Mapping[str, Any]], dark: bool) -> str:
    return str((drawn[kind]["colors"] if kind >= 0 else ENDS[_ENDS[kind][0]])[int(dark)])


def _end_name(kind: int, rest: Sequence[RestPoint], drawn: Sequence[Mapping[str, Any]]) -> str:
    if kind < 0:
        return _ENDS[kind][1]
    return f"{drawn[kind]['name']} at ({readable(rest[kind].x)}, {readable(rest[kind].y)})"


def _fading_places(grid: EndGrid, first: Mapping[int, int], fading: Sequence[int], most: int) -> NDArray[np.intp]:
    part = np.log1p(np.maximum(grid.steps, 0)) / np.log1p(most)
    level = np.clip(np.rint(part * (_LEVELS - 1)), 0, _LEVELS - 1).astype(np.intp)
    places = np.zeros(grid.ends.shape, dtype=np.intp)
    for kind, begin in first.items():
        here = grid.ends == kind
        places[here] = begin + (level[here] if kind in fading else 0)
    return places


def _rest_marks(drawn: Sequence[Mapping[str, Any]], at: tuple[str, str]) -> list[dict[str, Any]]:
    named = [point for point in drawn if point["letter"]]
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [point["x"] for point in named],
            "y": [point["y"] for point in named],
            "xaxis": at[0],
            "yaxis": at[1],
            "text": [point["letter"] for point in named],
            "textposition": "middle center",
            "textfont": {"size": 11, "color": "#1B2027"},
            "marker": {"size": 16, "color": "#FFFFFF", "line": {"color": "#1B2027", "width": 1.2}},
            "showlegend": False,
        }
    ]


def _path_of(values: Values, slot: str, at: tuple[str, str]) -> list[dict[str, Any]]:
    path, _, _ = end_path(map_sheet(values, slot), (values["at_x"], values["at_y"]))
    own = {"type": "scatter", "xaxis": at[0], "yaxis": at[1], "showlegend": False}
    lines = [
        own | {"mode": "lines", "x": path[:, 0], "y": path[:, 1], "line": {"color": color, "width": width}}
        for color, width in (("#FFFFFF", 4.0), ("#000000", 1.6))
    ]
    dot = {"size": 10, "color": "#000000", "line": {"color": "#FFFFFF", "width": 2}}
    return [*lines, own | {"mode": "markers", "x": path[:1, 0], "y": path[:1, 1], "marker": dot}]


# ---- rates -----------------------------------------------------------------------------------------------------------


def _rates(values: Values, dark: bool) -> go.Figure:
    shade, rule = shades(dark), values["o1"]
    known = axes_of(rule)
    axes = [known[values["across"]], known[values["up"]]]
    sheet = map_sheet(values, "o1")
    grid = computed_grid(sheet)
    few, budget = np.log1p(values["steps"] / _FEW), np.log1p(values["steps"])
    colors = [steps_color(i / 63) for i in range(64)]
    plain = {kind: ENDS[_HAPPENINGS[kind][0]][int(dark)] for kind in _HAPPENINGS}
    order = list(plain)
    level = np.clip((budget - np.log1p(np.maximum(grid.steps, 0))) / (budget - few), 0, 1)
    places = np.rint(63 * level).astype(np.intp)
    for number, kind in enumerate(order):
        places[grid.ends == kind] = 64 + number
    xs, ys = (_parts(one, grid.side) for one in axes)
    traces = [_image(places, [*colors, *plain.values()], xs, ys, ("x", "y"))]
    converged = int((grid.ends == 0).sum())
    if converged:
        row, column = np.unravel_index(
            np.where(grid.ends == 0, grid.steps, np.iinfo(np.int32).max).argmin(), places.shape
        )
        pair = ", ".join(
            f"{_words(one)} {readable(float(place))}"
            for one, place in zip(axes, sheet.samples(grid.stride)[row, column], strict=True)
        )
        steps = int(grid.steps[row, column])
        told = f"converges, {_share(converged, grid.ends.size)}; fewest steps: {steps} at {pair}"
        traces.append(_entry(told, colors[int(places[row, column])], shade.muted))
    for kind, color in plain.items():
        count = int((grid.ends == kind).sum())
        if count:
            traces.append(_entry(f"{_HAPPENINGS[kind][1]}, {_share(count, grid.ends.size)}", color, shade.muted))
    traces += _theory(values, axes) + _chosen(values, axes)
    drawn = [_hyper_axis(one, dark) for one in axes]
    legend = {"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom"}
    name = f"<b>{OPTIMIZERS[rule].name}</b> on {surface_of(values).name}: brighter is fewer steps"
    notes = [note(dark, name, x=0.0, y=0.0, yanchor="top", yshift=-44)]
    layout = {"xaxis": drawn[0] | {"showgrid": False}, "yaxis": drawn[1] | {"showgrid": False}, "annotations": notes}
    margin = {"l": 8, "r": 8, "t": 32, "b": 30}
    return chart(traces, dark, height=560, showlegend=True, legend=legend, margin=margin, **layout)


def _words(one: Hyperparameter) -> str:
    return "rate" if one.name == "lr" else one.name.replace("_", " ")


def _parts(one: Hyperparameter, side: int) -> Array:
    low, high = span(one)
    part = (np.arange(side) + 0.5) / side
    return low * (high / low) ** part if one.log else low + part * (high - low)


def _hyper_axis(one: Hyperparameter, dark: bool) -> dict[str, Any]:
    title = "learning rate" if one.name == "lr" else one.name.replace("_", " ")
    low, high = span(one)
    if not one.log:
        return axis(dark, title, range=[low, high])
    return log_axis(dark, title, [low, high]) | {"range": [float(np.log10(low)), float(np.log10(high))]}


def _theory(values: Values, axes: Sequence[Hyperparameter]) -> list[dict[str, Any]]:
    own = {each.name: values[f"o1.{each.name}"] for each in OPTIMIZERS[values["o1"]].hyperparameters}
    told = theory_of(surface_of(values), window_of(values), values["o1"], own, list(axes))
    if told is None:
        return []
    traces = []
    if told.stability:
        points = np.array(told.stability)
        name = "2 / L" if values["o1"] == "sgd" else "limit of stability"
        for color, width, dash in (("#FFFFFF", 4.0, "solid"), ("#000000", 1.8, "7px,4px")):
            line = {"color": color, "width": width, "dash": dash}
            own_line = {"type": "scatter", "mode": "lines", "x": points[:, 0], "y": points[:, 1], "line": line}
            traces.append(own_line | {"name": name, "showlegend": dash != "solid"})
    if told.best is not None:
        ring = {"symbol": "circle-open", "size": 16, "color": "#000000", "line": {"color": "#000000", "width": 2}}
        x, y = told.best
        best = {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "marker": ring}
        pair = ", ".join(f"{_words(one)} {readable(at)}" for one, at in zip(axes, told.best, strict=True))
        traces.append(best | {"name": f"best pair by theory: {pair}"})
    return traces


def _chosen(values: Values, axes: Sequence[Hyperparameter]) -> list[dict[str, Any]]:
    """A cross at the pair that is chosen."""
    x, y = (values[f"o1.{one.name}"] for one in axes)
    if any(one.log and place <= 0 for one, place in zip(axes, (x, y), strict=True)):
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x],
            "y": [y],
            "showlegend": False,
            "marker": {"symbol": "cross", "size": 15, "color": "#000000", "line": {"color": "#FFFFFF", "width": 2}},
        }
    ]


# ---- sensitivity -----------------------------------------------------------------------------------------------------


def _sensitivity(values: Values, dark: bool) -> go.Figure:
    landscape, goal = surface_of(values), goal_of(values, surface_of(values))
    with np.errstate(all="ignore"):
        heights = np.asarray(landscape.value(np.array(starts_of(values)))) - (goal.lowest or 0.0)
    finite = heights[np.isfinite(heights) & (heights > 0)]
    first = float(np.median(finite)) if len(finite) else 1.0
    traces, ends, shown = [], [], []
    family = FAMILIES[values["rules"]][1]
    axes = {key: line_axis(key) for key in family}
    every = [end for one in axes.values() if one is not None for end in span(one)]
    for key in family:
        one, grid = axes[key], computed_grid(line_sheet(values, key))
        xs = np.array([min(every), max(every)]) if one is None else _parts(one, len(grid.values))
        value = np.repeat(grid.values, 2) if one is None else grid.values
        if goal.lowest is not None:
            value = np.maximum(value - goal.lowest, _LEAST * first)
        value = np.where(np.isfinite(value), value, np.nan)
        color, dash, _ = optimizer_style(key)
        words = "" if one is None or one.name == "lr" else f", {_words(one)}"
        line = {"color": on_background(color, dark), "width": 2.2, "dash": plotly_dash(dash)}
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs,
                "y": np.where(np.isnan(value), 1e300 if goal.lowest is not None else np.nan, value),
                "name": f"{OPTIMIZERS[key].name}{words}",
                "line": line,
            }
        )
        ends += xs[[0, -1]].tolist()
        shown += value[np.isfinite(value) & (np.abs(value) < 1e12)].tolist()
    rates = all(one is not None and one.name == "lr" for one in axes.values())
    title = "learning rate" if rates else "learning rate, or the number beside the rule"
    if goal.lowest is None:
        low, high = min([*shown, 0.0]), min(max([*shown, 1.0]), 1e6)
        up = axis(dark, "value at the end", range=[low, high])
    else:
        low, high = max(_LEAST * first, min([*shown, first]) / 2), 100 * first
        up = log_axis(dark, "value above the minimum at the end", [low, high])
        up |= {"range": [float(np.log10(low)), float(np.log10(high))]}
    across = log_axis(dark, title, ends) | {"range": [float(np.log10(min(ends))), float(np.log10(max(ends)))]}
    legend = {"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom"}
    return chart(traces, dark, height=520, showlegend=True, legend=legend, xaxis=across, yaxis=up)
