"""What is dragged on the page of losses as still pictures, at the place that the link names.

The browser draws the same from ``payload.py`` while a hand moves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.losses import MIDDLES, REGRESSION, SHIFTS, apart_of, at_shift, fits_of, on_grid, placed
from figures.axes import axis, chart
from figures.losses.styles import P_COLOR, Q_COLOR, loss_color, loss_dash
from figures.theme import on_background, plotly_dash, shades
from networks.losses import DISTANCES, LOSS_FUNCTIONS
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Values = Mapping[str, Any]
_HIGHEST, _STEEPEST = 6.5, 3.2  # of the distances and slopes that are drawn; KL goes far beyond
_UPPER, _LOWER = [0.5, 1.0], [0.0, 0.34]  # of the height: one row of panels above the other
_LEFT, _RIGHT = [0.0, 0.43], [0.57, 1.0]


def outlier_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """Points and the fit of each loss, above each point's share in the gradient."""
    fits, shade = fits_of(values), shades(dark)
    across, up = fits.across, fits.up
    ends = np.array([across[0] - 0.4, across[-1] + 0.4])
    lines: list[dict[str, Any]] = []
    bars: list[dict[str, Any]] = []
    for key in REGRESSION:
        fit, color = placed(fits, key, on_grid(values)), on_background(loss_color(key), dark)
        pull = np.abs(fit.slopes)
        name = f"{LOSS_FUNCTIONS[key].short}: outlier's share {readable(100 * fit.share, 2)} %"
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": ends,
                "y": fit.intercept + fit.slope * ends,
                "name": name,
                "line": {"color": color, "width": 2.4, "dash": plotly_dash(loss_dash(key))},
            }
        )
        bars.append(
            {
                "type": "bar",
                "x": fit.x,
                "y": 100 * pull / (float(pull.sum()) or 1.0),
                "xaxis": "x2",
                "yaxis": "y2",
                "showlegend": False,
                "marker": {"color": color},
            }
        )
    i, j = on_grid(values)
    points: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": x,
            "y": y,
            "name": name,
            "showlegend": bool(name),
            "marker": {"size": size, "color": color, "line": {"color": shade.background, "width": 1.5}},
        }
        for x, y, name, size, color in (
            (fits.x, fits.y, "", 8, shade.muted),
            (across[i : i + 1], up[j : j + 1], "outlier", 16, shade.text),
        )
    ]
    return chart(
        [*lines, *points, *bars],
        dark,
        height=520,
        xaxis=axis(dark, "x", range=ends.tolist(), anchor="y"),
        yaxis=axis(dark, "y", range=[up[0] - 0.6, up[-1] + 0.6], domain=_UPPER),
        xaxis2=axis(dark, "x of the point", range=ends.tolist(), anchor="y2"),
        yaxis2=axis(dark, "share of the gradient (%)", range=[0, 100], domain=_LOWER, anchor="x2"),
    )


def apart_figure(values: Values, *, dark: bool = False) -> go.Figure:
    """Both histograms, above every distance and its slope by the shift."""
    known, here, shade = apart_of(values), at_shift(values).shift, shades(dark)
    place = int(np.flatnonzero(here == SHIFTS)[0])
    half = (MIDDLES[1] - MIDDLES[0]) / 2
    edges = np.repeat(MIDDLES, 2) + np.tile([-half, half], len(MIDDLES))
    traces: list[dict[str, Any]] = []
    for name, heights, color in (("P", known.p, P_COLOR), (f"Q, moved by {readable(here)}", known.q[place], Q_COLOR)):
        paint = on_background(color, dark)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": edges,
                "y": np.repeat(heights, 2),
                "name": name,
                "fill": "tozeroy",
                "fillcolor": f"{paint}52",
                "line": {"color": paint, "width": 2},
            }
        )
    for key, distance in DISTANCES.items():
        value, slope = known.values[key], known.slopes[key]
        told = readable(float(value[place])) if np.isfinite(value[place]) else "∞"
        for heights, number in ((value, "2"), (slope, "3")):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": SHIFTS,
                    "y": np.where(np.isfinite(value), heights, np.nan),
                    "xaxis": f"x{number}",
                    "yaxis": f"y{number}",
                    "name": f"{distance.name}: {told}",
                    "showlegend": number == "2",
                    "line": {
                        "color": on_background(loss_color(key), dark),
                        "width": 2.2,
                        "dash": plotly_dash(loss_dash(key)),
                    },
                }
            )
    line = {"color": shade.muted, "width": 1.5, "dash": "dot"}
    marks = [
        {"type": "line", "xref": f"x{n}", "yref": f"y{n}", "x0": here, "x1": here, "y0": low, "y1": high, "line": line}
        for n, low, high in ((2, 0.0, _HIGHEST), (3, -_STEEPEST, _STEEPEST))
    ]
    ends = [float(SHIFTS[0]), float(SHIFTS[-1])]
    most = 1.12 * float(max(known.p.max(), known.q.max()))
    return chart(
        traces,
        dark,
        height=520,
        shapes=marks,
        xaxis=axis(dark, "x", range=[float(MIDDLES[0]), float(MIDDLES[-1])], anchor="y"),
        yaxis=axis(dark, "probability of a bin", range=[0, most], domain=_UPPER),
        xaxis2=axis(dark, "shift of Q", range=ends, domain=_LEFT, anchor="y2"),
        yaxis2=axis(dark, "distance", range=[0, _HIGHEST], domain=_LOWER, anchor="x2"),
        xaxis3=axis(dark, "shift of Q", range=ends, domain=_RIGHT, anchor="y3"),
        yaxis3=axis(dark, "slope", range=[-_STEEPEST, _STEEPEST], domain=_LOWER, anchor="x3"),
    )
