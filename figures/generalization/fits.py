"""Fits drawn over each other: one thin line for each training set, their middle, and the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.generalization import Fits
from figures.axes import axis, chart
from figures.generalization.marks import LAYOUT, LEGEND
from figures.theme import BLUE, ORANGE, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SHOWN = 40  # more lines than these only make a blot


def fits_figure(fits: Fits, *, middle: str, every: str = "each training set", dark: bool = False) -> go.Figure:
    """Fits over the input, with the rows of one training set. middle: what the thick line is called."""
    shade = shades(dark)
    lines = np.concatenate([fits.each[:_SHOWN], np.full((min(_SHOWN, len(fits.each)), 1), np.nan)], axis=1)
    low, high = float(min(fits.truth.min(), fits.y.min())), float(max(fits.truth.max(), fits.y.max()))
    room = 0.35 * (high - low)
    span = [low - room, high + room]
    # What leaves the picture leaves it at once: numbers beyond a browser's reach draw nothing.
    beyond = 20 * (high - low)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.tile(np.append(fits.places, np.nan), len(lines)),
            "y": np.clip(lines, low - beyond, high + beyond).ravel(),
            "name": every,
            "line": {"color": shade.muted, "width": 0.8},
            "opacity": 0.55,
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": fits.x,
            "y": fits.y,
            "name": "rows of one set",
            "marker": {"size": 6, "color": shade.text, "symbol": "circle-open"},
            "hovertemplate": "row: x %{x:.3~g}, y %{y:.3~g}",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": fits.places,
            "y": fits.truth,
            "name": "truth",
            "line": {"color": on_background(ORANGE, dark), "width": 3, "dash": "8px,4px"},
            "hovertemplate": "truth %{y:.3~g}",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": fits.places,
            "y": np.clip(fits.mean, low - beyond, high + beyond),
            "name": middle,
            "line": {"color": on_background(BLUE, dark), "width": 3},
            "hovertemplate": f"{middle} %{{y:.3~g}}",
        },
    ]
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "x", range=[-1, 1], fixedrange=True),
        yaxis=axis(dark, "y", range=span, fixedrange=True),
        hovermode="closest",
        height=430,
        **LAYOUT,
        legend=LEGEND,
    )
