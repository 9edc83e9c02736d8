"""Losses along the ways from one run to another: the straight line, the trained curve, the line after matching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, GREEN, VERMILLION, on_background
from trainers.surfaces import Surface

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STYLES = {
    "line": (VERMILLION, "dash", "straight line"),
    "matched": (GREEN, "dot", "line, units matched"),
    "curve": (BLUE, "solid", "trained curve"),
}


def ways_figure(surface: Surface, part: str = "train", *, log: bool = True, dark: bool = False) -> go.Figure:
    """The loss of a part, "train" or "val", along each way, over the share of the way."""
    traces: list[dict[str, Any]] = []
    values: list[float] = []
    for joint in surface.joints:
        losses = joint.val_loss if part == "val" and joint.val_loss else joint.train_loss
        color, dash, name = _STYLES[joint.kind]
        values += losses
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": joint.shares,
                "y": losses,
                "name": name,
                "line": {"color": on_background(color, dark), "width": 2.4, "dash": dash},
                "hovertemplate": "%{x:.0%} of the way: %{y:.4~g}",
            }
        )
    said = "validation loss" if part == "val" else "training loss"
    height = log_axis(dark, said, values) if log and values and min(values) > 0 else axis(dark, said)
    return chart(
        traces,
        dark,
        margin={"l": 8, "r": 24, "t": 8, "b": 8},  # the last number of the axis stands half beyond it
        xaxis=axis(dark, "share of the way from the first run to the second", tickformat=".0%"),
        yaxis=height,
        showlegend=True,  # of one line, too: it may be the only way there is
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        height=320,
    )
