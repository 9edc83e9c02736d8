"""How far the loss of many rows is above its least, by iteration or by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.neuron import Solved, Walked
from figures.axes import axis, chart, log_axis
from figures.theme import BLACK, BLUE, VERMILLION, on_background

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LOOKS = ((BLACK, "solid", "circle"), (BLUE, "7px,3px", "square"), (VERMILLION, "2px,2px", "diamond"))


def many_rows_figure(solved: Solved, by: str, *, dark: bool = False) -> go.Figure:
    """One line a path on a logarithmic height; by: ``iteration`` (logarithmic) or ``epoch``."""
    traces = [_line(walked, by, look, dark) for walked, look in zip(solved.walked, _LOOKS, strict=True)]
    heights = np.concatenate([walked.excess for walked in solved.walked])
    start = solved.walked[0].excess[0]
    shown = heights[np.isfinite(heights) & (heights > 0) & (heights < 100 * start)]
    if by == "iteration":
        counts = np.concatenate([walked.iterations for walked in solved.walked])
        across = log_axis(dark, "iteration", counts[counts > 0], ticks=7)
    else:
        across = axis(dark, "epoch: passes over all rows", range=[0, solved.asked.epochs], fixedrange=True)
    return chart(
        traces,
        dark,
        xaxis=across,
        yaxis=log_axis(dark, "mean squared error above its least", shown, ticks=7),
        hovermode="closest",
        dragmode=False,
        height=440,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )


def _line(walked: Walked, by: str, look: tuple[str, str, str], dark: bool) -> dict[str, Any]:
    color, dash, symbol = look
    at = walked.iterations if by == "iteration" else walked.epochs
    known = np.isfinite(walked.excess) & (walked.excess > 0) & ((at > 0) | (by != "iteration"))
    few = len(at) <= 40
    return {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "x": at[known],
        "y": walked.excess[known],
        "name": f"{walked.name[0].upper()}{walked.name[1:]} a step",
        "line": {"color": on_background(color, dark), "width": 2, "dash": dash},
        "marker": {"symbol": symbol, "size": 7},
        "hovertemplate": f"{walked.name}, {by} %{{x:.4~g}}: %{{y:.3~g}}",
    }
