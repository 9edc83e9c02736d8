"""Dropout: the network under one mask, the functions of many masks, and their answers at one input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.generalization import Dropped
from figures.axes import axis, chart
from figures.generalization.marks import LAYOUT, LEGEND, band
from figures.theme import BLUE, NEGATIVE, ORANGE, POSITIVE, VERMILLION, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LINES = 60


def network_figure(layer: Dropped, *, mask: int, dark: bool = False) -> go.Figure:
    """The layer as units between input and output; those that the mask drops are empty, their lines left out."""
    stays = layer.masks[mask - 1]
    heights = np.linspace(1, -1, len(stays))
    shade = shades(dark)
    largest = float(np.abs(layer.weights).max()) or 1.0
    traces: list[dict[str, Any]] = []
    into: list[float | None] = []
    tall: list[float | None] = []
    for height, stay in zip(heights, stays, strict=True):
        if stay:
            into += [0, 1, None]
            tall += [0, float(height), None]
    traces.append(_edges(into, tall, shade.muted, 1.0))
    for height, stay, weight in zip(heights, stays, layer.weights, strict=True):
        if stay:
            color = on_background(POSITIVE if weight > 0 else NEGATIVE, dark)
            traces.append(_edges([1, 2], [float(height), 0.0], color, 0.6 + 3.4 * abs(float(weight)) / largest))
    size = max(6.0, min(15.0, 420 / len(stays)))
    fill = [on_background(BLUE, dark) if stay else "rgba(0,0,0,0)" for stay in stays]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [1] * len(stays),
            "y": heights,
            "marker": {
                "size": size,
                "color": fill,
                "line": {"color": on_background(BLUE, dark), "width": 1.5},
                "symbol": ["circle" if stay else "x-thin" for stay in stays],
            },
            "text": ["stays" if stay else "dropped" for stay in stays],
            "customdata": layer.weights,
            "hovertemplate": "%{text}, weight %{customdata:.3~g}",
        }
    )
    ends = {"size": 24, "color": shade.background, "line": {"color": shade.text, "width": 1.5}}
    traces.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [0, 2],
            "y": [0, 0],
            "text": ["x", "ŷ"],
            "marker": ends,
            "textfont": {"size": 14, "color": shade.text},
            "hoverinfo": "skip",
        }
    )
    hidden = {"visible": False, "fixedrange": True}
    return chart(
        traces,
        dark,
        showlegend=False,
        xaxis=hidden | {"range": [-0.15, 2.15]},
        yaxis=hidden | {"range": [-1.12, 1.12]},
        hovermode="closest",
        height=430,
        **LAYOUT,
    )


def _edges(x: Any, y: Any, color: str, width: float) -> dict[str, Any]:
    line = {"color": color, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "opacity": 0.8}


def masked_figure(layer: Dropped, *, mask: int, probability: bool, dark: bool = False) -> go.Figure:
    """What masked networks answer over the input: a band of two standard deviations, the one scaled pass, one mask.

    Of probabilities the band is where the middle 95 % of the answers lie: two deviations may be below 0 or above 1.
    """
    shade, blue = shades(dark), on_background(BLUE, dark)
    if probability:
        low, high = np.quantile(layer.masked, (0.025, 0.975), axis=0)
    else:
        mean, spread = layer.masked.mean(0), layer.masked.std(0)
        low, high = mean - 2 * spread, mean + 2 * spread
    lines = np.concatenate([layer.masked[:_LINES], np.full((_LINES, 1), np.nan)], axis=1)
    x = layer.places
    traces: list[dict[str, Any]] = [
        band(x, low, high, "the middle 95 % of all masks" if probability else "mean ± 2 deviations of all masks"),
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.tile(np.append(x, np.nan), _LINES),
            "y": lines.ravel(),
            "name": "one mask each",
            "line": {"color": shade.muted, "width": 0.7},
            "opacity": 0.5,
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": layer.truth,
            "name": "truth",
            "line": {"color": on_background(ORANGE, dark), "width": 2.4, "dash": "8px,4px"},
            "hovertemplate": "truth %{y:.3~g}",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": layer.masked[mask - 1],
            "name": f"mask {mask}",
            "line": {"color": on_background(VERMILLION, dark), "width": 2},
            "hovertemplate": f"mask {mask} %{{y:.3~g}}",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": layer.scaled,
            "name": "one scaled pass",
            "line": {"color": blue, "width": 3},
            "hovertemplate": "scaled pass %{y:.3~g}",
        },
    ]
    if not probability:
        traces.insert(
            2,
            {
                "type": "scatter",
                "mode": "markers",
                "x": layer.x,
                "y": layer.y,
                "name": "rows",
                "marker": {"size": 6, "color": shade.text, "symbol": "circle-open"},
                "hovertemplate": "row: x %{x:.3~g}, y %{y:.3~g}",
            },
        )
    at = float(layer.places[layer.at])
    line = {"color": shade.muted, "width": 1.5, "dash": "3px,3px"}
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "x", range=[-1, 1], fixedrange=True),
        yaxis=axis(dark, "probability" if probability else "y", fixedrange=True),
        shapes=[{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}],
        hovermode="closest",
        height=430,
        **LAYOUT,
        legend=LEGEND,
    )


def answers_figure(layer: Dropped, *, probability: bool, dark: bool = False) -> go.Figure:
    """How often masked networks answer what at the chosen input, with their mean and the scaled pass."""
    here, shade = layer.here, shades(dark)
    marks = [
        (float(here.mean()), "mean of masks", on_background(VERMILLION, dark), "8px,4px"),
        (float(layer.scaled[layer.at]), "scaled pass", on_background(BLUE, dark), "solid"),
    ]
    counts, edges = np.histogram(here, bins=24)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": (edges[:-1] + edges[1:]) / 2,
            "y": counts,
            "width": np.diff(edges),
            "name": f"{len(here)} masked passes",
            "marker": {"color": shade.muted, "opacity": 0.5},
            "hovertemplate": "around %{x:.3~g}: %{y} masks",
        }
    ]
    for value, name, color, dash in marks:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [value, value],
                "y": [0, float(counts.max()) * 1.15],
                "name": name,
                "line": {"color": color, "width": 3, "dash": dash},
                "hovertemplate": f"{name} %{{x:.4~g}}",
            }
        )
    title = "probability" if probability else "answer"
    return chart(
        traces,
        dark,
        xaxis=axis(dark, f"{title} at x = {layer.places[layer.at]:.3g}", fixedrange=True),
        yaxis=axis(dark, "masks", fixedrange=True),
        bargap=0.04,
        hovermode="closest",
        height=300,
        **LAYOUT,
        legend=LEGEND,
    )
