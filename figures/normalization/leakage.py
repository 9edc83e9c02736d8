"""What leaks when statistics have seen the test part: both ways side by side, and the score each reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.normalization import LeakView
from figures.axes import axis, chart, log_axis, note
from figures.theme import BLUE, VERMILLION, on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go


def leak_figure(view: LeakView, *, leaked: bool, dark: bool = False) -> go.Figure:
    """Training and test inputs after one way of preparing them. Both ways share one window."""
    everything = np.concatenate([*view.honest, *view.leaked])
    middle = (everything.min(0) + everything.max(0)) / 2
    half = 0.56 * float((everything.max(0) - everything.min(0)).max())
    train, test = view.leaked if leaked else view.honest
    ring = np.linspace(0, 2 * np.pi, 90)
    shade = shades(dark)
    words = "x₁ %{x:.3g}<br>x₂ %{y:.3g}"
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.cos(ring),
            "y": np.sin(ring),
            "hoverinfo": "skip",
            "line": {"color": shade.muted, "width": 1, "dash": "dot"},
            "name": "1 std",
        },
    ]
    for name, points, color, symbol in (
        ("training part", train, BLUE, "circle"),
        ("test part", test, VERMILLION, "diamond-open"),
    ):
        ink = on_background(color, dark)
        traces += [
            {
                "type": "scatter",
                "mode": "markers",
                "x": points[:, 0],
                "y": points[:, 1],
                "name": name,
                "marker": {"color": ink, "symbol": symbol, "size": 7},
                "hovertemplate": f"{name}<br>{words}",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [points[:, 0].mean()],
                "y": [points[:, 1].mean()],
                "marker": {"color": ink, "symbol": "cross", "size": 14, "line": {"color": shade.halo, "width": 2}},
                "showlegend": False,
                "name": f"mean, {name}",
                "hovertemplate": f"mean of the {name}<br>{words}",
            },
        ]
    title = "Leaked: from both parts" if leaked else "Right: from the training part"
    box = {"zeroline": True, "zerolinecolor": shade.muted, "nticks": 7, "constrain": "domain"}
    return chart(
        traces,
        dark,
        height=340,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        hovermode="closest",
        legend={"orientation": "h", "y": -0.18, "x": 0, "yanchor": "top", "bgcolor": "rgba(0,0,0,0)"},
        xaxis=axis(dark, "x₁, prepared", range=[middle[0] - half, middle[0] + half]) | box,
        yaxis=axis(dark, "x₂, prepared", range=[middle[1] - half, middle[1] + half], scaleanchor="x") | box,
        annotations=[note(dark, f"<b>{title}</b>", x=0, y=1, yshift=4)],
    )


def score_figure(view: LeakView, *, dark: bool = False) -> go.Figure:
    """The score that each way reports, over all draws."""
    traces = []
    for name, values, color, symbol in (
        ("right", view.scores.honest, BLUE, "circle"),
        ("leaked", view.scores.leaked, VERMILLION, "diamond-open"),
    ):
        ink = on_background(color, dark)
        traces.append(
            {
                "type": "box",
                "y": values,
                "name": name,
                "boxmean": True,
                "boxpoints": "outliers",
                "line": {"color": ink, "width": 1.6},
                "marker": {"color": ink, "symbol": symbol, "size": 4},
                "showlegend": False,
                "hovertemplate": "loss %{y:.3g}",
            }
        )
    return chart(
        traces,
        dark,
        height=340,
        margin={"l": 8, "r": 8, "t": 26, "b": 8},
        xaxis=axis(dark, "statistics", showgrid=False),
        yaxis=log_axis(
            dark, "loss on the test part, logarithmic", np.concatenate([view.scores.honest, view.scores.leaked])
        ),
        annotations=[
            note(dark, f"<b>Score</b> of {readable(len(view.scores.honest))} draws; dashed: mean", x=0, y=1, yshift=4)
        ],
    )


def leak_table(view: LeakView) -> pd.DataFrame:
    """What the test part looks like after each way, numbers as text."""
    leaks = view.found

    def pair(values: NDArray[np.float64]) -> str:
        return ", ".join(readable(float(value)) for value in values)

    return pd.DataFrame(
        {
            "statistics from": ["training part", "both parts"],
            "test mean": [pair(leaks.mean), pair(leaks.leaked_mean)],
            "test variance": [pair(leaks.variance), pair(leaks.leaked_variance)],
            "test loss, this draw": [readable(leaks.test_loss), readable(leaks.leaked_loss)],
            "test loss, mean of draws": [
                readable(float(view.scores.honest.mean())),
                readable(float(view.scores.leaked.mean())),
            ],
        }
    )


def leak_sentences(view: LeakView) -> tuple[str, str]:
    """How far the training inputs move though only the test part was added, and what the score is worth."""
    honest, leaked = float(view.scores.honest.mean()), float(view.scores.leaked.mean())
    moves = (
        f"Seeing the test part moves every training input by {readable(view.moved, 2)} on average."
        if view.moved > 0
        else "This stage uses no statistics, so nothing leaks."
    )
    if view.moved == 0 or abs(leaked / honest - 1) < 0.02:
        return moves, f"Both ways report a loss of about {readable(honest, 2)} over all draws."
    if leaked < honest:
        better = 1 - leaked / honest
        return moves, (
            f"The leak reports a loss of {readable(leaked, 2)} where use would give {readable(honest, 2)}: "
            f"{readable(100 * better, 2)} % too good."
        )
    return moves, (
        f"The leak hides the drift from the eye and spoils training: "
        f"loss {readable(leaked, 2)} in place of {readable(honest, 2)}."
    )
