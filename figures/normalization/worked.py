"""Batch normalization by hand as a picture: where a batch lies, unit by unit, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.normalization import ByHand
from figures.axes import axis, chart, note
from figures.theme import BLUE, GREEN, PURPLE, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

_STYLES = ((BLUE, "circle"), (GREEN, "square"), (PURPLE, "diamond"))
_ABOVE = 0.24  # of the mark of mean and deviation over its samples, so that neither hides the other


def worked_figure(worked: ByHand, *, dark: bool = False) -> go.Figure:
    """Two panels side by side, before and after: the samples of each unit over the bar of its mean and deviation."""
    units = [f"unit {number}" for number in range(1, len(worked.cells) + 1)]
    places = range(len(units), 0, -1)  # the first unit on top, as in the table
    panels = (
        ("", worked.cells, worked.mean, worked.deviation),
        ("2", worked.output, worked.output.mean(1), worked.output.std(1)),
    )
    traces = [
        trace
        for side, cells, means, deviations in panels
        for row, (unit, place) in enumerate(zip(units, places, strict=True))
        for trace in _unit(unit, place, cells[row], means[row], deviations[row], row, side, dark)
    ]
    rows = {"range": [0.4, len(units) + 0.7], "tickvals": list(places), "ticktext": units, "fixedrange": True}
    zero = {"zeroline": True, "zerolinecolor": shades(dark).muted, "zerolinewidth": 1, "fixedrange": True}
    return chart(
        traces,
        dark,
        height=230,
        showlegend=False,
        margin={"l": 48, "r": 10, "t": 26, "b": 36},
        xaxis=axis(dark, "what the unit gives", domain=[0, 0.47], anchor="y", nticks=6) | zero,
        xaxis2=axis(dark, "what is passed on", domain=[0.53, 1], anchor="y2", nticks=6) | zero,
        yaxis=axis(dark, anchor="x") | rows,
        yaxis2=axis(dark, anchor="x2") | rows | {"showticklabels": False},
        annotations=[
            note(dark, "<b>before</b>", x=0, y=1, yshift=4),
            note(dark, "<b>after</b>", x=0.53, y=1, yshift=4),
        ],
    )


def _unit(
    unit: str, place: int, cells: Array, mean: float, deviation: float, row: int, side: str, dark: bool
) -> list[dict[str, Any]]:
    color, symbol = _STYLES[row % len(_STYLES)]
    color = on_background(color, dark)
    both = {"type": "scatter", "xaxis": f"x{side}", "yaxis": f"y{side}"}
    bar = both | {
        "mode": "lines+markers",
        "x": [mean - deviation, mean, mean + deviation],
        "y": [place + _ABOVE] * 3,
        "line": {"color": color, "width": 3},
        "marker": {"symbol": "line-ns", "size": [8, 15, 8], "line": {"color": color, "width": 2.5}},
        "hovertemplate": f"{unit}<br>mean {mean:.4g}, deviation {deviation:.4g}<extra></extra>",
    }
    samples = both | {
        "mode": "markers",
        "x": cells.tolist(),
        "y": [place] * len(cells),
        "customdata": list(range(1, len(cells) + 1)),
        "marker": {"symbol": symbol, "size": 10, "color": color, "opacity": 0.75},
        "hovertemplate": f"{unit}, sample %{{customdata}}<br>%{{x:.4g}}<extra></extra>",
    }
    return [bar, samples]
