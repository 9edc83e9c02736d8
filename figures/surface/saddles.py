"""Critical points: negative eigenvalues against height, the spectrum, and the chance of a minimum by dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.surface import Saddles, below, semicircle
from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, VERMILLION, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LAYOUT: dict[str, Any] = {"dragmode": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "height": 360}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def heights_figure(saddles: Saddles, *, dark: bool = False) -> go.Figure:
    """The share of negative eigenvalues of each critical point over its height; the chosen dimension is filled."""
    chosen, random = saddles.of == saddles.n, saddles.source != "networks"
    traces: list[dict[str, Any]] = [
        _points(saddles, ~chosen, "other dimensions", shades(dark).muted, "circle-open"),
        _points(saddles, chosen, f"n = {saddles.n}", on_background(BLUE, dark), "circle"),
    ]
    if random:
        places = np.linspace(-2.5, 2.5, 101)
        traces.append(_line(places, below(places), "many dimensions", on_background(VERMILLION, dark)))
    title = "height in roots of n" if random else "loss"
    return chart(
        [trace for trace in traces if len(trace["x"])],
        dark,
        xaxis=axis(dark, title, fixedrange=True),
        yaxis=axis(dark, "share of negative eigenvalues", range=[-0.04, 1.04], fixedrange=True),
        hovermode="closest",
        legend=_LEGEND,
        **_LAYOUT,
    )


def _points(saddles: Saddles, which: Any, name: str, color: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": saddles.heights[which],
        "y": saddles.shares[which],
        "customdata": saddles.of[which],
        "name": name,
        "marker": {"size": 7, "color": color, "symbol": symbol, "opacity": 0.75},
        "hovertemplate": "%{customdata} dimensions: height %{x:.3~g}, %{y:.2f} negative<extra></extra>",
    }


def _line(x: Any, y: Any, name: str, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        "line": {"color": color, "width": 2.4, "dash": "8px,4px"},
        "hovertemplate": f"{name}: %{{y:.3~g}}<extra></extra>",
    }


def spectrum_figure(saddles: Saddles, *, dark: bool = False) -> go.Figure:
    """All eigenvalues in the chosen dimension as a histogram; of random matrices with Wigner's semicircle."""
    random = saddles.source != "networks"
    density, edges = np.histogram(saddles.spectrum, bins=60, density=True) if len(saddles.spectrum) else ([], [0.0])
    edges = np.asarray(edges)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": (edges[1:] + edges[:-1]) / 2,
            "y": density,
            "width": np.diff(edges),
            "marker": {"color": on_background(BLUE, dark), "opacity": 0.7, "line": {"width": 0}},
            "name": "eigenvalues",
            "hovertemplate": "%{x:.3~g}: %{y:.3~g}<extra></extra>",
        }
    ]
    if saddles.source == "matrices":
        places = np.linspace(-2 - saddles.height, 2 - saddles.height, 201)
        color = on_background(VERMILLION, dark)
        traces.append(_line(places, semicircle(places, saddles.height), "semicircle", color))
    zero = {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper"}
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "eigenvalue in roots of n" if random else "eigenvalue", fixedrange=True),
        yaxis=axis(dark, "density", fixedrange=True, rangemode="tozero"),
        shapes=[zero | {"line": {"color": shades(dark).muted, "width": 1.5, "dash": "3px,3px"}}],
        showlegend=saddles.source == "matrices",
        legend=_LEGEND,
        **_LAYOUT,
    )


def minima_figure(saddles: Saddles, *, dark: bool = False) -> go.Figure:
    """The share of minima by dimension with its standard error; where none was met, an arrow's foot at 1 of them."""
    n, found = np.array(saddles.dimensions, dtype=np.float64), np.array(saddles.found, dtype=np.float64)
    chance = saddles.chances
    met = chance > 0
    error = np.sqrt(chance * (1 - chance) / np.maximum(found, 1))
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": n[met],
            "y": chance[met],
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": error[met],
                "arrayminus": np.minimum(error[met], 0.9 * chance[met]),
                "width": 3,
            },
            "name": "counted",
            "line": {"color": on_background(BLUE, dark), "width": 2},
            "marker": {"size": 9},
            "hovertemplate": "%{x} dimensions: %{y:.3~g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": n[~met],
            "y": 1 / np.maximum(found[~met], 1),
            "name": "none met, so less than",
            "marker": {"size": 11, "symbol": "triangle-down-open", "color": on_background(BLUE, dark)},
            "hovertemplate": "%{x} dimensions: none of them<extra></extra>",
        },
    ]
    shown = [*chance[met], *(1 / np.maximum(found[~met], 1)), 1.0]
    if saddles.source == "matrices" and not saddles.height and met.any():
        # Dean and Majumdar's decay, through the last dimension that has enough minima.
        last = int(np.flatnonzero(np.array(saddles.minima) >= 10)[-1])
        law = chance[last] * np.exp(-np.log(3) / 4 * (n**2 - n[last] ** 2))
        color = on_background(VERMILLION, dark)
        traces.append(_line(n[: last + 2], law[: last + 2], "exp(-n² ln 3 / 4)", color))
        shown += [*law[: last + 2]]
    return chart(
        [trace for trace in traces if len(trace["x"])],
        dark,
        xaxis=axis(dark, "dimensions n", fixedrange=True),
        yaxis=log_axis(dark, "share of minima", shown),
        hovermode="closest",
        legend=_LEGEND,
        **_LAYOUT,
    )
