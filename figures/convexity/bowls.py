"""Feature scaling: the two bowls with their paths, and what is left of the loss by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.neuron import TOLERANCE, Raced
from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, VERMILLION, on_background, plotly_colorscale, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_GRID = 121
_LEVELS = 15
_DECADES = 4.0  # of the height above the minimum, over which the contours are spread
_ASPECT = 1.5  # of the window, whose scale is the same on both axes: a round bowl is round
_BEYOND = 2.2  # of its half height, what is computed: narrow pages show more of it
_LEAST = 1e-6  # of the height: less than this is not drawn
_STYLES = {False: (VERMILLION, "solid", "as measured"), True: (BLUE, "dash", "mean 0, variance 1")}


def measured_bowl(raced: Raced, *, dark: bool = False) -> go.Figure:
    """Contours over weight and bias with the path of gradient descent, from 0 to where it stops."""
    walked = raced.path if raced.needed is None else raced.path[: raced.needed + 1]
    if len(walked) > 600:
        walked = walked[np.unique(np.rint(np.geomspace(1, len(walked), 600)).astype(np.intp)) - 1]
    seen = np.concatenate([walked, raced.minimum[None]])
    low, high = seen.min(0), seen.max(0)
    middle, tall = (low + high) / 2, 0.75 * max(high[1] - low[1], (high[0] - low[0]) / _ASPECT)
    xs, ys = (np.linspace(middle[i] - _BEYOND * tall, middle[i] + _BEYOND * tall, _GRID) for i in range(2))
    height = raced.surface.value(np.stack(np.meshgrid(xs, ys), axis=-1)) - raced.lowest
    shown = np.log10(np.maximum(height, _LEAST * float(height.max())))
    ends = max(float(shown.min()), float(shown.max()) - _DECADES), float(shown.max())
    color, dash, name = _STYLES[raced.scaled]
    color, shade = on_background(color, dark), shades(dark)
    traces: list[dict[str, Any]] = [
        {
            "type": "contour",
            "x": xs,
            "y": ys,
            "z": shown,
            "colorscale": plotly_colorscale(dark),
            "contours": {"start": ends[0], "end": ends[1], "size": (ends[1] - ends[0]) / _LEVELS},
            "line": {"width": 0.6, "color": shade.contour},
            "showscale": False,
            "hovertemplate": "w %{x:.3~g}<br>b %{y:.3~g}<extra></extra>",
            "name": "loss above its minimum, log10",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": walked[:, 0],
            "y": walked[:, 1],
            "name": f"gradient descent, {name}",
            "line": {"color": color, "width": 1.5, "dash": dash},
            "marker": {"size": 4, "color": color},
            "hovertemplate": "w %{x:.3~g}<br>b %{y:.3~g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": raced.minimum[:1],
            "y": raced.minimum[1:],
            "name": "minimum",
            "marker": {"symbol": "star", "size": 14, "color": "#FFFFFF", "line": {"color": "#1F2430", "width": 1.5}},
            "hovertemplate": "minimum<extra></extra>",
        },
    ]
    return chart(
        traces,
        dark,
        showlegend=False,
        dragmode=False,
        height=330,
        margin={"l": 60, "r": 8, "t": 8, "b": 48},
        xaxis=axis(dark, "weight w", fixedrange=True, nticks=6, range=_around(middle[0], _ASPECT * tall)),
        yaxis=axis(dark, "bias b", fixedrange=True, nticks=6, range=_around(middle[1], tall), scaleanchor="x"),
    )


def _around(middle: float, half: float) -> list[float]:
    return [middle - half, middle + half]


def left_curves(races: Sequence[Raced], *, dark: bool = False) -> go.Figure:
    """What is left of the loss above its minimum, as a share of the start's, by step; the tolerance as a line."""
    shade, traces, last = shades(dark), [], 10.0
    for raced in races:
        color, dash, name = _STYLES[raced.scaled]
        inside = (raced.steps > 0) & (raced.left > _LEAST)
        shown = inside.copy()
        shown[1] = True  # one step may be enough
        last = max(last, float(raced.steps[shown][-1]))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if inside.sum() < 3 else "lines",
                "x": raced.steps[shown],
                "y": np.maximum(raced.left[shown], _LEAST),
                "name": name,
                "line": {"color": on_background(color, dark), "width": 2.6, "dash": dash},
                "marker": {"size": 9, "color": on_background(color, dark)},
                "text": [readable(max(float(each), 0.0)) for each in raced.left[shown]],
                "hovertemplate": "step %{x:,}: %{text}",
            }
        )
    line = {"color": shade.muted, "width": 1.5, "dash": "dot"}
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": TOLERANCE, "y1": TOLERANCE, "line": line}
    return chart(
        traces,
        dark,
        dragmode=False,
        height=280,
        hovermode="closest",
        xaxis=log_axis(dark, "step", [1.0, last]),
        yaxis=log_axis(dark, "share of the height left", [_LEAST, 1.0]),
        shapes=[across],
    )
