"""Softmax with temperature: the probabilities now, over all temperatures, and their derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from figures.axes import axis, chart, log_axis
from figures.theme import COLORS, DASHES, on_background, plotly_dash, shades
from networks import softmax, softmax_jacobian
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NAMES = ("class 1", "class 2", "class 3", "class 4")


def softmax_bars(logits: Sequence[float], temperature: float, *, dark: bool = False) -> go.Figure:
    """Probabilities at this temperature; outlines show them at 1."""
    shown, plain = softmax(logits, temperature), softmax(logits)
    colors = [on_background(color, dark) for color in COLORS[: len(shown)]]
    names = [f"{name}<br>z = {readable(logit)}" for name, logit in zip(_NAMES, logits, strict=True)]
    return chart(
        [
            {
                "type": "bar",
                "x": names,
                "y": shown,
                "marker": {"color": colors},
                "width": 0.62,
                "name": "at T",
                "text": [readable(p) for p in shown],
                "textposition": "outside",
                "cliponaxis": False,
                "constraintext": "none",
                "textfont": {"size": 12},
                "hovertemplate": "%{y:.3~g}<extra></extra>",
            },
            {
                "type": "bar",
                "x": names,
                "y": plain,
                "width": 0.62,
                "name": "at T = 1",
                "marker": {"color": "rgba(0, 0, 0, 0)", "line": {"color": shades(dark).muted, "width": 1.5}},
                "hovertemplate": "%{y:.3~g} at T = 1<extra></extra>",
            },
        ],
        dark,
        barmode="overlay",
        showlegend=False,
        dragmode=False,
        height=330,
        xaxis=axis(dark, "", fixedrange=True),
        yaxis=axis(dark, "probability", range=[0, 1.08], fixedrange=True),
    )


def softmax_by_temperature(logits: Sequence[float], temperature: float, *, dark: bool = False) -> go.Figure:
    """Every probability over temperatures from 0.01 to 100, the chosen one marked."""
    scale = np.logspace(-2, 2, 161)
    curves = np.stack([softmax(logits, float(t)) for t in scale])
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": scale,
            "y": curves[:, i],
            "name": _NAMES[i],
            "line": {
                "color": on_background(COLORS[i], dark),
                "width": 2.4,
                "dash": plotly_dash(DASHES[i]),
                "simplify": False,
            },
            "hovertemplate": "%{y:.3~g}",
        }
        for i in range(len(logits))
    ]
    mark = {
        "type": "line",
        "x0": temperature,
        "x1": temperature,
        "xref": "x",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": shades(dark).muted, "width": 1.5},
    }
    return chart(
        traces,
        dark,
        shapes=[mark],
        hovermode="x unified",
        dragmode=False,
        height=330,
        xaxis=log_axis(dark, "temperature T", scale, hoverformat=".3~g"),
        yaxis=axis(dark, "probability", range=[0, 1.08], fixedrange=True),
    )


def softmax_slopes(logits: Sequence[float], temperature: float, *, dark: bool = False) -> go.Figure:
    """The Jacobian: how much each probability moves with each logit, as numbers in a map."""
    jacobian = softmax_jacobian(logits, temperature)
    limit = max(float(np.abs(jacobian).max()), 1e-300)
    shade = shades(dark)
    trace = {
        "type": "heatmap",
        "z": jacobian,
        "x": [f"z{i + 1}" for i in range(len(logits))],
        "zmin": -limit,
        "y": [f"p{i + 1}" for i in range(len(logits))],
        "zmax": limit,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "colorscale": [[0, "#2A86D1" if dark else "#0072B2"], [0.5, shade.background], [1, "#E69F00"]],
        "text": [[readable(entry) for entry in row] for row in jacobian],
        "texttemplate": "%{text}",
        "hovertemplate": "d%{y} / d%{x} = %{text}<extra></extra>",
    }
    return chart(
        [trace],
        dark,
        dragmode=False,
        height=330,
        xaxis=axis(dark, "logit", fixedrange=True),
        yaxis=axis(dark, "probability", autorange="reversed", fixedrange=True),
    )


def softmax_sentence(logits: Sequence[float], temperature: float) -> str:
    """Which class leads, by how much, and what that leaves of its own slope."""
    p = softmax(logits, temperature)
    first = int(np.argmax(p))
    slope = float(softmax_jacobian(logits, temperature)[first, first])
    given = readable(float(p[first]))
    return f"{_NAMES[first].capitalize()} gets {given}; this moves by {readable(slope)} for each unit of its logit."
