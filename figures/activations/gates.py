"""A function of two inputs as a surface, and how steep it is: the GLU family and maxout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from figures.axes import axis, chart
from figures.theme import plotly_colorscale, shades
from networks import Gated

if TYPE_CHECKING:
    import plotly.graph_objects as go

_REACH, _POINTS = 4.0, 61


def _sampled() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ends = np.linspace(-_REACH, _REACH, _POINTS)
    a, b = np.meshgrid(ends, ends)
    return ends, a, b


def gate_surface(gate: Gated, *, dark: bool = False) -> go.Figure:
    """f(a, b) over both inputs from -4 to 4."""
    ends, a, b = _sampled()
    first, second = _inputs(gate)
    shade = shades(dark)

    def side(title: str) -> dict[str, Any]:
        return {
            "title": {"text": title, "font": {"color": shade.text, "size": 13}},
            "color": shade.muted,
            "gridcolor": shade.grid,
            "backgroundcolor": shade.background,
            "zerolinecolor": shade.grid,
            "nticks": 6,
            "showspikes": False,
        }

    surface = {
        "type": "surface",
        "x": ends,
        "y": ends,
        "z": np.asarray(gate.value(a, b), np.float32),
        "colorscale": plotly_colorscale(dark),
        "showscale": False,
        "hovertemplate": "a %{x:.3~g}<br>b %{y:.3~g}<br>f %{z:.3~g}<extra></extra>",
        "contours": {
            name: {"show": True, "color": "rgba(255, 255, 255, 0.35)", "start": -_REACH, "end": _REACH, "size": 1}
            for name in ("x", "y")
        },
    }
    return chart(
        [surface],
        dark,
        height=430,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        uirevision="gate",
        scene={
            "xaxis": side(first),
            "yaxis": side(second),
            "zaxis": side("f(a, b)"),
            "aspectratio": {"x": 1, "y": 1, "z": 0.75},
            "camera": {"eye": {"x": -1.5, "y": -1.5, "z": 1.05}, "center": {"x": 0, "y": 0, "z": -0.12}},
            "uirevision": "gate",
        },
    )


def gate_slopes(gate: Gated, *, dark: bool = False) -> go.Figure:
    """Both partial derivatives as maps, side by side, with one color scale."""
    ends, a, b = _sampled()
    first, second = _inputs(gate)
    gradient = np.asarray(gate.gradient(a, b), np.float32)
    limit = float(np.abs(gradient).max())
    titles = ("slope in a", "slope in b")
    traces = [
        {
            "type": "heatmap",
            "x": ends,
            "y": ends,
            "z": gradient[..., part],
            "xaxis": f"x{part + 1}",
            "yaxis": f"y{part + 1}",
            "zmin": -limit,
            "zmax": limit,
            "zsmooth": "best",
            "colorscale": _diverging(dark),
            "showscale": part == 1,
            "colorbar": {"thickness": 10, "outlinewidth": 0, "nticks": 7, "len": 0.9},
            "hovertemplate": "a %{x:.3~g}<br>b %{y:.3~g}<br>slope %{z:.3~g}<extra></extra>",
        }
        for part in (0, 1)
    ]
    return chart(
        traces,
        dark,
        xaxis=axis(dark, first, domain=[0, 0.46], nticks=5, fixedrange=True),
        xaxis2=axis(dark, first, domain=[0.54, 1], anchor="y2", nticks=5, fixedrange=True),
        yaxis=axis(dark, second, nticks=5, fixedrange=True),
        yaxis2=axis(dark, "", anchor="x2", nticks=5, fixedrange=True, showticklabels=False),
        annotations=[
            {
                "text": title,
                "x": 0.5,
                "y": 1.0,
                "xref": f"{side} domain",
                "yref": "paper",
                "showarrow": False,
                "xanchor": "center",
                "yanchor": "bottom",
                "font": {"size": 13},
            }
            for title, side in zip(titles, ("x", "x2"), strict=True)
        ],
        dragmode=False,
        height=330,
    )


def _inputs(gate: Gated) -> tuple[str, str]:
    """What the axes are called; maxout treats both inputs alike."""
    return ("a", "b") if gate.key == "maxout" else ("a, the value", "b, the gate")


def _diverging(dark: bool) -> list[list[Any]]:
    """Blue for negative, the background for zero, orange for positive: readable without red-green vision."""
    return [[0.0, "#2A86D1" if dark else "#0072B2"], [0.5, shades(dark).background], [1.0, "#E69F00"]]
