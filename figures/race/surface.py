"""The race on the 3-D surface, as a Plotly figure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.race import RaceResult, check_step
from figures.race.drape import Plane
from figures.race.field import Box, FieldScale, field_scale, sample
from figures.race.lanes import DrawnLane, drawn_lanes
from figures.theme import (
    DASH_DOT,
    DASHED,
    DOTTED,
    LONG_DASH,
    Dash,
    on_background,
    plotly_colorscale,
    plotly_layout,
    shades,
)
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]
Single = NDArray[np.float32]

_GRID = 80
_MAX_STEPS = 200  # shown to the pointer
_SYMBOLS = {
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "triangle": "circle-open",
    "triangle_down": "square-open",
    "pentagon": "diamond-open",
    "star": "x",
    "cross": "cross",
}


def surface_figure(result: RaceResult, *, step: int | None = None, dark: bool = False) -> go.Figure:
    """The surface over the domain with the paths up to ``step`` (None: the end) slightly above it.

    The height is f, or the field's logarithmic level where values span decades; then the axis says so and its ticks
    still read f. What lies outside the box is not drawn. A step beyond the end counts as the end.

    Raises:
        ValueError: a negative step.
    """
    step = check_step(result, None if step is None else min(step, result.race.steps))
    race = result.race
    box = _box(result)
    x, y, values = sample(race.landscape, box, _GRID, _GRID)
    scale = field_scale(values)
    plane = Plane(landscape=race.landscape, box=box, scale=scale)

    import plotly.graph_objects as go  # takes a third of a second, and no page needs it before this

    hover = "customdata" if scale.logarithmic else "z"
    surface = _trace(
        "surface",
        x=_single(x),
        y=_single(y),
        z=_single(plane.height(values)),
        customdata=_single(values) if scale.logarithmic else None,
        surfacecolor=None if scale.logarithmic else _single(scale.levels(values)),
        cmin=0,
        cmax=1,
        colorscale=plotly_colorscale(dark),
        showscale=False,
        hovertemplate=f"x %{{x:.3g}}<br>y %{{y:.3g}}<br>f %{{{hover}:.3g}}<extra></extra>",
        contours={"z": _contour_lines(plane, dark)},
        lighting={"ambient": 0.8, "diffuse": 0.45, "specular": 0.04, "roughness": 0.95, "fresnel": 0.0},
        name=_plain(race.landscape.name),
    )
    runners = [trace for lane in drawn_lanes(result) for trace in _runner(lane, plane, step, dark)]
    return go.Figure(
        [surface, *_landmarks(result, plane, dark), *runners], {"template": {}} | _layout(result, plane, dark)
    )


def _box(result: RaceResult) -> Box:
    (x_low, x_high), (y_low, y_high) = result.race.landscape.domain
    x, y = result.race.start
    return (min(x_low, x), max(x_high, x)), (min(y_low, y), max(y_high, y))


def _runner(lane: DrawnLane, plane: Plane, step: int, dark: bool) -> list[dict[str, Any]]:
    """Three traces: the trail, its steps for the pointer, and the head with its name."""
    path = lane.trajectory
    color = on_background(lane.color, dark)
    first = int(path.first_nonfinite)
    diverged = 0 <= first <= step
    points, values = path.points[: step + 1], path.values[: step + 1]
    last = first - 1 if diverged else step
    x, y, z = _single(plane.draped(points))
    steps = np.unique(np.round(np.linspace(0, last, min(last + 1, _MAX_STEPS))).astype(int))
    steps = steps[plane.holds(points[steps])]
    seen = not diverged and bool(plane.holds(points[step]))
    shared: dict[str, Any] = {"name": _plain(lane.label), "legendgroup": lane.label}
    hover = "step %{customdata[0]:,d}<br>x %{x:.4g}<br>y %{y:.4g}<br>f %{customdata[1]:.3g}"

    def at(chosen: NDArray[np.intp], lift: float, shown: bool = True) -> dict[str, Any]:
        rows = np.stack([*points[chosen].T, plane.height(values[chosen]) + lift, chosen, values[chosen]])
        rows = _single(rows if shown else np.full_like(rows, np.nan))
        return {
            "x": rows[0],
            "y": rows[1],
            "z": rows[2],
            "customdata": rows[3:].T.copy(),
            "hovertemplate": hover,
            **shared,
        }

    head = {
        "color": color,
        "size": 6,
        "symbol": _SYMBOLS[lane.marker],
        "line": {"color": shades(dark).halo, "width": 1},
    }
    line = {"color": color, "width": 5, "dash": _dash(lane.dash)}
    # The head stands for its lane in the legend, since it shows color, dash and symbol at once; Plotly lists it only
    # if it has a point, so one that is out of sight has NaN.
    return [
        _trace("scatter3d", x=x, y=y, z=z, mode="lines", line=line, hoverinfo="skip", showlegend=False, **shared),
        _trace(
            "scatter3d", mode="markers", marker={"color": color, "size": 2.4}, showlegend=False, **at(steps, plane.lift)
        ),
        _trace(
            "scatter3d",
            mode="lines+markers",
            line=line,
            marker=head,
            showlegend=True,
            **at(np.array([step]), 2 * plane.lift, seen),
        ),
    ]


def _landmarks(result: RaceResult, plane: Plane, dark: bool) -> list[dict[str, Any]]:
    landscape = result.race.landscape
    shade = shades(dark)
    traces = []
    for name, points, symbol, size in (
        ("start", (result.race.start,), "circle", 5),
        ("minimum", landscape.minima, "circle-open", 9),
        ("saddle", landscape.saddles, "x", 5),
    ):
        if not points:
            continue
        places = np.array(points, dtype=np.float64)
        values = landscape.value(places)
        traces.append(
            _trace(
                "scatter3d",
                x=_single(places[:, 0]),
                y=_single(places[:, 1]),
                z=_single(plane.height(values) + plane.lift),
                customdata=_single(values),
                mode="markers",
                marker={"color": shade.text, "size": size, "symbol": symbol},
                name=name,
                hovertemplate="x %{x:.4g}<br>y %{y:.4g}<br>f %{customdata:.3g}",
            )
        )
    return traces


def _contour_lines(plane: Plane, dark: bool) -> dict[str, Any]:
    low, high = (0.0, 1.0) if plane.scale.logarithmic else (plane.scale.low, plane.scale.high)
    color = f"rgba(255, 255, 255, {0.25 if dark else 0.45})"
    size = (high - low) / 15
    return {"show": True, "start": low + size, "end": high - size / 2, "size": size, "color": color, "width": 1}


def _layout(result: RaceResult, plane: Plane, dark: bool) -> dict[str, Any]:
    shade = shades(dark)
    layout = plotly_layout(dark)
    axis = {
        "backgroundcolor": shade.background,
        "gridcolor": shade.grid,
        "zerolinecolor": shade.grid,
        "color": shade.muted,
        "showspikes": False,
        "nticks": 6,
        "title": {"font": {"color": shade.text, "size": 13}},
    }
    named = {side: axis | {"title": axis["title"] | {"text": side}} for side in ("x", "y")}
    height = axis | {"title": axis["title"] | {"text": "f, logarithmic" if plane.scale.logarithmic else "f"}}
    if plane.scale.logarithmic:
        ticks = _ticks(plane.scale)
        height |= {
            "tickvals": [plane.scale.levels(np.array(t)).item() for t in ticks],
            "ticktext": [readable(t) for t in ticks],
        }
    (x_low, x_high), (y_low, y_high) = plane.box
    across, up = x_high - x_low, y_high - y_low
    longer = max(across, up)
    return {
        **{name: layout[name] for name in ("paper_bgcolor", "font", "legend", "hoverlabel", "separators")},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "uirevision": "camera",
        "scene": {
            "xaxis": named["x"] | {"range": [x_low, x_high]},
            "yaxis": named["y"] | {"range": [y_low, y_high]},
            "zaxis": height,
            "aspectmode": "manual",
            "aspectratio": {"x": max(across / longer, 0.4), "y": max(up / longer, 0.4), "z": 0.55},
            "camera": {"eye": {"x": 0.85, "y": -1.25, "z": 1.3}, "center": {"x": 0, "y": 0, "z": -0.15}},
            "uirevision": "camera",
        },
    }


def _ticks(scale: FieldScale) -> list[float]:
    """Powers of ten above the lowest value, as far apart as they can be read."""
    if scale.low > -1e-9:
        candidates = [10.0**power for power in range(-12, 13)]
    else:
        candidates = [scale.value(level) for level in np.linspace(0, 1, 7)]
        candidates = [float(f"{value:.1g}") for value in candidates]
    chosen: list[float] = []
    placed: list[float] = []
    for value in sorted((v for v in candidates if scale.low <= v <= scale.high), reverse=True):
        level = float(scale.levels(np.array(value)))
        if all(abs(level - other) >= 0.09 for other in placed):
            chosen.append(value)
            placed.append(level)
    return chosen[::-1]


def _dash(dash: Dash) -> str:
    """The 3-D scene knows dashes by name only."""
    return {DASHED: "dash", DOTTED: "dot", DASH_DOT: "dashdot", LONG_DASH: "longdash"}.get(dash, "solid")


def _trace(kind: str, **settings: Any) -> dict[str, Any]:
    return {"type": kind, **settings}


def _plain(text: str) -> str:
    """Plotly reads names as HTML; a user's text must stay text."""
    return escape(text)


def _single(values: ArrayLike) -> Single:
    """float32 is sent in a third of the bytes of text, and is finer than a pixel."""
    return np.asarray(values, dtype=np.float32)
