"""The chord, the weights that grow and the shapes of penalties as still pictures, as the link has them.

The browser draws the same from ``payload.py`` while a hand moves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.neuron import (
    DECAYS,
    REACH,
    SURFACES,
    Along,
    bowl_loss,
    bowl_of,
    bowl_penalty,
    chord_of,
    decay_place,
    ends_of,
    growth_of,
    optimum_of,
    path_of,
    surfaces_of,
    zero_from,
)
from figures.axes import axis, chart, log_axis, note
from figures.theme import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    on_background,
    plotly_colorscale,
    shades,
)
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]
Values = Mapping[str, Any]

_GRID, _BANDS, _SPAN = 81, 18, 1000.0
_COLORS = {"logistic": BLUE, "sigmoid_squared": VERMILLION}
_SIDES = ([0.0, 0.44], [0.56, 1.0])
_LEVELS = (0.03, 0.1, 0.22, 0.4, 0.65, 1, 1.5, 2.2)  # of the height from the lowest place to 0
_SUBSCRIPTS = ("₁", "₂")
_FINE = 161


def chord_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """Both losses over the weights with the segment from A to B, above the loss along it beside its chord."""
    surfaces, (a, b) = surfaces_of(values), ends_of(values)
    weights = np.linspace(-REACH, REACH, _GRID)
    points = np.stack(np.meshgrid(weights, weights), axis=-1)
    heights = {key: surface.value(points) for key, surface in surfaces.items()}
    lowest, highest = (float(end([each.ravel() for each in heights.values()])) for end in (np.min, np.max))
    low = np.log10(max(lowest, highest / _SPAN))
    high = float(np.log10(highest))
    first = next(iter(surfaces.values()))
    assert first.rows is not None
    names = first.rows.meanings
    second = f"w₂: {names[1]}" if values["weights"] == "two_features" else "b: bias"
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    for place, along in enumerate(chord_of(values)):
        over, under = (("x", "y"), ("x3", "y3")) if not place else (("x2", "y2"), ("x4", "y4"))
        traces += _map(weights, heights[along.key], low, high, over, dark)
        traces += _segment(along, a, b, over) + _along(along, under, dark)
        names_of = [f"{letter[0]}axis{letter[1:]}" for letter in (*over, *under)]
        ends, ticks = [-REACH, REACH], [-REACH, -REACH / 2, 0, REACH / 2, REACH]
        span = float(np.ptp([along.value, along.chord])) or 1.0
        bottom = float(min(along.value.min(), along.chord.min())) - 0.08 * span
        top = float(max(along.value.max(), along.chord.max())) + 0.08 * span
        layout |= {
            names_of[0]: axis(
                dark, f"w₁: {names[0]}", range=ends, domain=_SIDES[place], anchor=over[1], tickvals=ticks
            ),
            names_of[1]: axis(
                dark, "" if place else second, range=ends, domain=[0.5, 0.92], anchor=over[0], tickvals=ticks
            ),
            names_of[2]: axis(dark, "part of the way from A to B", range=[0, 1], domain=_SIDES[place], anchor=under[1]),
            names_of[3]: axis(
                dark, "" if place else "loss", range=[bottom, top], domain=[0.0, 0.3], anchor=under[0], nticks=4
            ),
        }
        said = f"<b>{SURFACES[along.key]}</b><br>{_verdict(along)}"
        notes.append(note(dark, said, x=_SIDES[place][0], y=0.93, yanchor="bottom"))
    shown = {"height": 560, "showlegend": False, "annotations": notes, "margin": {"l": 8, "r": 8, "t": 24, "b": 8}}
    return chart(traces, dark, **layout, **shown)


def _verdict(along: Along) -> str:
    """Both tests in a few words: the chord's, and the curvature's."""
    if along.above:
        return f"Up to {readable(along.above)} above its chord: not convex"
    if along.lowest < 0:
        return f"Eigenvalue down to {readable(along.lowest)}: not convex"
    return "Never above its chord: convex on this way"


def _map(
    weights: Array, heights: Array, low: float, high: float, at: tuple[str, str], dark: bool
) -> list[dict[str, Any]]:
    return [
        {
            "type": "contour",
            "x": weights,
            "y": weights,
            "z": np.log10(np.maximum(heights, 10**low)),
            "xaxis": at[0],
            "yaxis": at[1],
            "zmin": low,
            "zmax": high,
            "colorscale": plotly_colorscale(dark),
            "contours": {"start": low, "end": high, "size": (high - low) / _BANDS},
            "line": {"width": 0.5, "color": shades(dark).contour},
            "showscale": False,
        }
    ]


def _segment(along: Along, a: Array, b: Array, at: tuple[str, str]) -> list[dict[str, Any]]:
    place = {"xaxis": at[0], "yaxis": at[1], "type": "scatter"}
    way = a + along.part[:, None] * (b - a)
    above = np.where((along.value > along.chord) & (along.above > 0), way[:, 1], np.nan)
    ink, alarm = "#1B2027", ORANGE
    lines = [(way[:, 1], "#FFFFFF", 5.0), (way[:, 1], ink, 2.0), (above, "#FFFFFF", 7.0), (above, alarm, 4.5)]
    drawn = [
        place | {"mode": "lines", "x": way[:, 0], "y": ys, "line": {"color": color, "width": width}}
        for ys, color, width in lines
        if np.isfinite(ys).any()
    ]
    ends = np.stack([a, b])
    dots = {"size": 19, "color": ink, "line": {"color": "#FFFFFF", "width": 1.5}}
    letters = {"text": ["A", "B"], "textposition": "middle center", "textfont": {"color": "#FFFFFF", "size": 12}}
    return [*drawn, place | {"mode": "markers+text", "x": ends[:, 0], "y": ends[:, 1], "marker": dots} | letters]


def _along(along: Along, at: tuple[str, str], dark: bool) -> list[dict[str, Any]]:
    shade, place = shades(dark), {"xaxis": at[0], "yaxis": at[1], "type": "scatter", "mode": "lines"}
    color, alarm = on_background(_COLORS[along.key], dark), on_background(ORANGE, dark)
    over = np.maximum(along.value, along.chord) if along.above else along.chord
    between = place | {
        "x": np.concatenate([along.part, along.part[::-1]]),
        "y": np.concatenate([over, along.chord[::-1]]),
        "fill": "toself",
        "fillcolor": f"{alarm}66",
        "line": {"color": alarm, "width": 0},
    }
    chord = place | {"x": along.part, "y": along.chord, "line": {"color": shade.text, "width": 1.6, "dash": "6px,4px"}}
    loss = place | {"x": along.part, "y": along.value, "line": {"color": color, "width": 2.6}}
    return [between, chord, loss]


def growth_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """Length of the weights, loss and, where a line parts the classes, the angle to the widest margin, by step."""
    growth, shade, held = growth_of(values), shades(dark), decay_place(values["decay"])
    panels: list[tuple[str, Array]] = [("|w|", growth.length), ("cross-entropy", growth.loss)]
    if growth.angle is not None:
        panels.append(("angle to the<br>widest margin (°)", growth.angle))
    lanes = [(0, "without L2", VERMILLION, "solid")]
    lanes += [(held, f"with λ = {readable(DECAYS[held])}", BLUE, "8px,4px")] if held else []
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    each = 1 / len(panels)
    for number, (title, curves) in enumerate(panels):
        tail = "" if not number else str(number + 1)
        at = {"type": "scatter", "mode": "lines", "xaxis": f"x{tail}", "yaxis": f"y{tail}"}
        for place, name, color, dash in lanes:
            line = {"color": on_background(color, dark), "width": 2.6, "dash": dash}
            own = {"x": growth.steps, "y": curves[place], "name": name, "showlegend": not number, "line": line}
            traces.append(at | own)
        if growth.margin and not number:  # in the end a line of this slope, laid through the last point
            line = curves[0, -1] + np.log(growth.steps / growth.steps[-1]) / growth.margin
            theory = {"color": shade.muted, "width": 1.6, "dash": "dot"}
            told = {"name": "in the end: ln t / margin", "line": theory}
            traces.append(at | told | {"x": growth.steps, "y": np.where(line < 0, np.nan, line)})
        top = 1 - number * each
        shown = curves[np.isfinite(curves)]
        domain = [top - each * 0.76, top]
        low_title = "step" if number == len(panels) - 1 else ""
        layout[f"xaxis{tail}"] = log_axis(dark, low_title, growth.steps, anchor=f"y{tail}")
        layout[f"yaxis{tail}"] = (
            log_axis(dark, title, shown, ticks=4, domain=domain, anchor=f"x{tail}")
            if title == "cross-entropy"
            else axis(dark, title, range=[0, 1.06 * float(np.nanmax(curves))], domain=domain, anchor=f"x{tail}")
        )
    return chart(traces, dark, height=180 * len(panels), **layout)


def shapes_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """Contours of the loss, the shape of the penalty and the optimum, beside both weights by lambda."""
    bowl, shade, here = bowl_of(values["fitted"]), shades(dark), optimum_of(values)
    strengths, weights = path_of(values)
    reach = 1.5 * float(np.abs(weights[0]).max())
    middle = 0.35 * weights[0]
    xs, ys = (np.linspace(middle[i] - 2 * reach, middle[i] + 2 * reach, _FINE) for i in range(2))
    plane = np.stack(np.meshgrid(xs, ys), axis=-1)
    summed = values["form"] == "penalty"
    height = bowl_loss(bowl, plane)
    penalty = bowl_penalty(plane, here.mix)
    level = here.loss
    if summed:
        height, level = height + here.strength * penalty, here.loss + here.strength * here.radius
    bottom = level if summed else float(bowl_loss(bowl, weights[0]))
    rise = bowl.level - bottom
    rise = rise if rise > 0 else bowl.level
    path, green = on_background(PURPLE, dark), on_background(GREEN, dark)
    traces: list[dict[str, Any]] = [
        _contour(xs, ys, height, bottom + part * rise, shade.muted, 1.0) for part in _LEVELS
    ]
    if not summed and here.radius > 0:
        traces += _ball(here.radius, here.mix, green)
        if here.loss > bottom * (1 + 1e-9):
            traces.append(_contour(xs, ys, height, here.loss, shade.text, 2.2))
    traces += [
        {
            "type": "scatter",
            "mode": "lines",
            "x": weights[:, 0],
            "y": weights[:, 1],
            "name": "optimum while λ grows",
            "line": {"color": path, "width": 2.6, "dash": "dot"},
        },
        _dot(
            weights[0], "least loss", {"size": 9, "color": shade.background, "line": {"color": shade.text, "width": 2}}
        ),
        _dot(here.weights, f"optimum at λ = {readable(here.strength)}", {"size": 14, "color": path}),
    ]
    traces += _weights(values, strengths, weights, dark)
    told = f"λ = {readable(here.strength)} belongs to {here.shape}; mean squared error {readable(here.loss)}."
    low, high = min(0.0, float(weights.min())), max(0.0, float(weights.max()))
    margin = 0.07 * (high - low)
    named = [f"w{sign}: {name}" for sign, name in zip(_SUBSCRIPTS, bowl.names, strict=True)]
    zero = {"zeroline": True, "zerolinecolor": shade.text, "zerolinewidth": 1.2}
    return chart(
        traces,
        dark,
        height=560,
        annotations=[note(dark, told, x=0.0, y=0.345, yanchor="bottom")],
        xaxis=axis(dark, named[0], range=_around(middle[0], reach), anchor="y", nticks=7, **zero),
        yaxis=axis(
            dark, named[1], range=_around(middle[1], reach), domain=[0.53, 1.0], scaleanchor="x", nticks=6, **zero
        ),
        xaxis2=log_axis(dark, "λ", strengths[1:], anchor="y2"),
        yaxis2=axis(dark, "weight", range=[low - margin, high + margin], domain=[0.0, 0.3], anchor="x2", **zero),
    )


def _around(middle: float, half: float) -> list[float]:
    return [middle - half, middle + half]


def _contour(xs: Array, ys: Array, height: Array, level: float, color: str, width: float) -> dict[str, Any]:
    return {
        "type": "contour",
        "x": xs,
        "y": ys,
        "z": height,
        "contours": {"start": level, "end": level, "size": max(abs(level), 1e-9), "coloring": "none"},
        "colorscale": [[0.0, color], [1.0, color]],
        "line": {"color": color, "width": width},
        "showscale": False,
    }


def _ball(radius: float, mix: float, color: str) -> list[dict[str, Any]]:
    """All weights whose penalty is at most this; along every ray it is a quadratic of the distance."""
    turns = np.linspace(0, 2 * np.pi, 241)
    rays = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    first, square = mix * np.abs(rays).sum(-1), (1 - mix) / 2
    far = 2 * radius / (first + np.sqrt(first**2 + 4 * square * radius))
    outline = rays * far[:, None]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": outline[:, 0],
            "y": outline[:, 1],
            "name": "as large a penalty",
            "fill": "toself",
            "fillcolor": f"{color}38",
            "line": {"color": color, "width": 2},
        }
    ]


def _dot(place: Array, name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": place[:1],
        "y": place[1:],
        "name": name,
        "marker": marker,
    }


def _weights(values: Values, strengths: Array, weights: Array, dark: bool) -> list[dict[str, Any]]:
    """Each weight by lambda, and where it becomes exactly 0."""
    bowl, here = bowl_of(values["fitted"]), optimum_of(values)
    ends, at = zero_from(bowl, here.mix), {"type": "scatter", "xaxis": "x2", "yaxis": "y2"}
    xs = np.maximum(strengths, strengths[1] / 1.6)  # 0 has no place on this axis: it stands at its end
    traces: list[dict[str, Any]] = []
    for i, (color, dash) in enumerate(((BLUE, "solid"), (VERMILLION, "8px,4px"))):
        paint = on_background(color, dark)
        curve = at | {
            "mode": "lines",
            "x": xs,
            "y": weights[:, i],
            "line": {"color": paint, "width": 2.6, "dash": dash},
        }
        mark = {"size": 11, "color": paint, "line": {"color": shades(dark).background, "width": 1.5}}
        now = at | {"mode": "markers", "x": [max(here.strength, xs[0])], "y": here.weights[i : i + 1], "marker": mark}
        traces += [curve | {"name": f"w{_SUBSCRIPTS[i]}: {bowl.names[i]}"}, now | {"showlegend": False}]
        end = ends[i]
        if end is not None and xs[0] < end < xs[-1]:
            ring = {"size": 9, "color": shades(dark).background, "line": {"color": paint, "width": 2}}
            traces.append(at | {"mode": "markers", "x": [end], "y": [0.0], "marker": ring, "showlegend": False})
    return traces
