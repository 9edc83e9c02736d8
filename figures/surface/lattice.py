"""A loss surface as a map with level lines, as level lines alone, or as heights in space; a line as a curve."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.axes import axis, chart, log_axis
from figures.theme import BLACK, BLUE, ORANGE, VERMILLION, on_background, plotly_colorscale, shades
from numerals import readable
from trainers.surfaces import Mark, Surface

if TYPE_CHECKING:
    import plotly.graph_objects as go

Limits = tuple[float, float]
_LEVELS = 18
_SHADES = 128  # of the strip with the colors
_SCALE_HEIGHT = 76
_WAYS = {"line": (VERMILLION, "dash", "straight line"), "curve": (BLUE, "solid", "trained curve")}
_SYMBOLS = {"run": "star", "path": "circle", "control": "x"}


def limits_of(surfaces: Sequence[Surface], name: str) -> Limits | None:
    """The lowest and highest value of all surfaces, for one scale; None where there is none."""
    grids = [surface.values[name].ravel() for surface in surfaces if name in surface.values]
    values = np.concatenate(grids) if grids else np.zeros(0)
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def surface_figure(
    surface: Surface,
    name: str,
    *,
    view: str = "map",
    log: bool = True,
    limits: Limits | None = None,
    title: str = "",
    bar: bool = True,
    path: bool = True,
    dark: bool = False,
) -> go.Figure:
    """A surface as ``view`` says: "map", "lines" or "height". limits: of the scale; log: of losses, where all are
    positive; bar: whether the scale is drawn beside it; path: whether kept weights on the way are. A line is a curve
    over its axis, whatever the view.
    """
    if not path:
        surface = replace(surface, marks=tuple(mark for mark in surface.marks if mark.kind != "path"))
    limits = limits or limits_of([surface], name) or (0.0, 1.0)
    log = log and _may_be_log(name, limits)
    if surface.line:
        return _curve(surface, name, log, limits, title, dark)
    heights, (low, high) = _scaled(surface.values[name], log), _ends(limits, log)
    beside = {
        "title": {"text": _said(surface, name), "side": "right"},
        "thickness": 12,
        "outlinewidth": 0,
        "tickcolor": shades(dark).grid,
        **_ticks(low, high, log),
    }
    hover = {
        "customdata": surface.values[name],
        "hovertemplate": "alpha %{x:.3g}, beta %{y:.3g}: %{customdata:.4~g}<extra></extra>",
    }
    scale = {"colorscale": plotly_colorscale(dark), "colorbar": beside, "showscale": bar}
    at = {"x": surface.alphas, "y": surface.betas, "z": heights}
    if view == "height":
        return _space(surface, heights, at | scale | hover | {"cmin": low, "cmax": high}, title, dark, beside)
    level = {"start": low, "end": high, "size": (high - low) / _LEVELS}
    contours: dict[str, Any] = {**level, "coloring": "fill" if view == "map" else "lines", "showlines": True}
    width = 0.6 if view == "map" else 1.6
    line = {"width": width, "smoothing": 0} | ({"color": shades(dark).contour} if view == "map" else {})
    traces: list[dict[str, Any]] = [
        {
            "type": "contour",
            **at,
            **scale,
            **hover,
            "zmin": low,
            "zmax": high,
            "autocontour": False,
            "contours": contours,
            "line": line,
            "name": _said(surface, name),
            "showlegend": False,
        }
    ]
    traces += _ways(surface, dark) + _marks(surface.marks, dark)
    return chart(
        traces,
        dark,
        margin={"l": 8, "r": 8, "t": 30 if title else 8, "b": 8},
        title={"text": _plain(title), "font": {"size": 15}, "x": 0.02, "y": 0.98} if title else None,
        xaxis=axis(dark, "alpha", range=[surface.alphas[0], surface.alphas[-1]]),
        yaxis=axis(dark, "beta", range=[surface.betas[0], surface.betas[-1]]),
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        height=380,
    )


def _may_be_log(name: str, limits: Limits) -> bool:
    return name.endswith("loss") and limits[0] > 0


def scale_figure(surface: Surface, name: str, limits: Limits, *, log: bool = True, dark: bool = False) -> go.Figure:
    """The colors that several surfaces share, with their numbers, as a strip as wide as there is room. limits: as
    given to the surfaces, one of which tells what is measured.
    """
    log = log and _may_be_log(name, limits)
    low, high = _ends(limits, log)
    places = np.linspace(low, high, _SHADES)
    strip = {
        "type": "heatmap",
        "x": places,
        "y": [0.0],
        "z": places[None, :],
        "zmin": low,
        "zmax": high,
        "colorscale": plotly_colorscale(dark),
        "showscale": False,
        "hoverinfo": "skip",
    }
    return chart(
        [strip],
        dark,
        margin={"l": 34, "r": 34, "t": 4, "b": 8},
        minreducedheight=12,  # else Plotly keeps 64 pixels for the strip, and none for its numbers
        xaxis=axis(
            dark, _said(surface, name), range=[low, high], showgrid=False, fixedrange=True, **_ticks(low, high, log)
        ),
        yaxis={"visible": False, "fixedrange": True, "range": [-0.5, 0.5]},
        height=_SCALE_HEIGHT,
    )


def _curve(surface: Surface, name: str, log: bool, limits: Limits, title: str, dark: bool) -> go.Figure:
    part = name.partition("_")[2]
    traces: list[dict[str, Any]] = []
    pairs = ((f"train_{part}", BLUE, "training", "solid"), (f"val_{part}", VERMILLION, "validation", "dash"))
    for key, color, said, dash in pairs:
        if key in surface.values:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": surface.alphas,
                    "y": surface.values[key][0],
                    "name": said,
                    "line": {"color": on_background(color, dark), "width": 2.4, "dash": dash},
                }
            )
    told = [value for trace in traces for value in trace["y"]]
    of_both = "loss" if part == "loss" else surface.metric
    grid = shades(dark).muted
    lines = [
        {
            "type": "line",
            "x0": m.alpha,
            "x1": m.alpha,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": grid, "dash": "dot"},
        }
        for m in surface.marks
    ]
    notes = [
        {"x": m.alpha, "y": 1, "yref": "paper", "text": _plain(m.label), "showarrow": False, "yanchor": "bottom"}
        for m in surface.marks
    ]
    return chart(
        traces,
        dark,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        xaxis=axis(dark, "share of the way from the first run to the second"),
        yaxis=log_axis(dark, of_both, told) if log else axis(dark, of_both),
        shapes=lines,
        annotations=notes,
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        height=380,
    )


def _space(
    surface: Surface, heights: NDArray[np.float64], body: dict[str, Any], title: str, dark: bool, beside: dict[str, Any]
) -> go.Figure:
    bar = body["showscale"]  # where the strip tells them, heights are not told once more, cut off in a narrow column
    low, high = body["cmin"], body["cmax"]
    traces: list[dict[str, Any]] = [
        {
            "type": "surface",
            **body,
            "contours": {"z": {"show": True, "start": low, "end": high, "size": (high - low) / _LEVELS, "width": 1}},
            "showlegend": False,
        }
    ]
    for mark in surface.marks:
        height = _height_at(surface, heights, mark)
        if height is not None:
            traces.append(
                {
                    "type": "scatter3d",
                    "mode": "markers",
                    "x": [mark.alpha],
                    "y": [mark.beta],
                    "z": [height],
                    "name": _plain(mark.label) or "run",
                    "marker": {"size": 4, "color": on_background(VERMILLION, dark)},
                    "showlegend": False,
                }
            )
    shade = shades(dark)
    side = {"backgroundcolor": "rgba(0,0,0,0)", "gridcolor": shade.grid, "color": shade.muted}
    ticks = {key: beside[key] for key in ("tickvals", "ticktext") if key in beside}
    return chart(
        traces,
        dark,
        margin={"l": 0, "r": 0, "t": 30 if title else 0, "b": 0},
        title={"text": _plain(title), "font": {"size": 15}, "x": 0.02, "y": 0.98} if title else None,
        scene={
            "xaxis": {**side, "title": {"text": "alpha"}},
            "yaxis": {**side, "title": {"text": "beta"}},
            "zaxis": {**side, "title": {"text": ""}, "range": [low, high], **ticks, "showticklabels": bar},
            "aspectratio": {"x": 1, "y": 1, "z": 0.8},
            "camera": {"eye": {"x": 1.5, "y": 1.5, "z": 1.3}, "center": {"x": 0, "y": 0, "z": -0.1}},
        },
        height=400,
    )


def _height_at(surface: Surface, heights: NDArray[np.float64], mark: Mark) -> float | None:
    """The height of the lattice's point that is nearest."""
    column = int(np.argmin(np.abs(np.array(surface.alphas) - mark.alpha)))
    row = int(np.argmin(np.abs(np.array(surface.betas) - mark.beta)))
    height = float(heights[row, column])
    return height if np.isfinite(height) else None


def _ways(surface: Surface, dark: bool) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [alpha for alpha, _ in joint.at],
            "y": [beta for _, beta in joint.at],
            "name": _WAYS[joint.kind][2],
            "line": {"color": on_background(_WAYS[joint.kind][0], dark), "width": 3, "dash": _WAYS[joint.kind][1]},
            "hoverinfo": "skip",
        }
        for joint in surface.joints
        if joint.at and joint.kind in _WAYS
    ]


def _marks(marks: Sequence[Mark], dark: bool) -> list[dict[str, Any]]:
    edge = on_background(BLACK, dark)
    path = [mark for mark in marks if mark.kind == "path"]
    traces: list[dict[str, Any]] = []
    if path:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [mark.alpha for mark in path],
                "y": [mark.beta for mark in path],
                "text": [mark.label for mark in path],
                "hovertemplate": "%{text}<extra></extra>",
                "name": "path, from the start to the end",
                "line": {"color": on_background(VERMILLION, dark), "width": 2},
                "marker": {"size": [7] * (len(path) - 1) + [13], "color": on_background(VERMILLION, dark)},
            }
        )
    others = [mark for mark in marks if mark.kind != "path"]
    if others:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text" if len(others) > 1 else "markers",
                "x": [mark.alpha for mark in others],
                "y": [mark.beta for mark in others],
                "text": [_plain(mark.label) for mark in others],
                "textposition": "top center",
                "hovertemplate": "%{text}<extra></extra>",
                "showlegend": False,
                "marker": {
                    "size": 13,
                    "symbol": [_SYMBOLS[mark.kind] for mark in others],
                    "color": ORANGE,
                    "line": {"color": edge, "width": 1},
                },
            }
        )
    return traces


def _plain(label: str) -> str:
    """Plotly reads tags in texts; a run's name is none."""
    return html.escape(label, quote=False)


def _said(surface: Surface, name: str) -> str:
    part, _, what = name.partition("_")
    said = {"train": "training", "val": "validation"}[part]
    return f"{said} {'loss' if what == 'loss' else surface.metric}"


def _scaled(grid: NDArray[np.float64], log: bool) -> NDArray[np.float64]:
    if not log:
        return grid
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(grid > 0, np.log10(grid), np.nan)


def _ends(limits: Limits, log: bool) -> Limits:
    low, high = (float(np.log10(x)) for x in limits) if log else limits
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ticks(low: float, high: float, log: bool) -> dict[str, Any]:
    if not log:
        return {}
    places = np.linspace(low, high, 6)
    return {"tickvals": places.tolist(), "ticktext": [readable(float(f"{10**place:.2g}")) for place in places]}
