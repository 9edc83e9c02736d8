"""How rows depend on each other: one matrix a normalization, output by input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.normalization import WAYS, Coupling
from figures.axes import axis, chart, note
from figures.theme import BLUE, on_background, rgb, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SCALE = ((0.0, 0.0), (0.1, 0.4), (1.0, 1.0))


def coupling_figure(coupled: Sequence[Coupling], *, top: float, dark: bool = False) -> go.Figure:
    """One matrix beside the other, on a scale from 0 to ``top``; full color is a long gradient."""
    shade = shades(dark)
    ink, paper = (np.array(rgb(color), dtype=np.float64) for color in (on_background(BLUE, dark), shade.background))
    # Small cells are to be seen beside large ones: a tenth of the scale has four tenths of the color.
    colors = [[at, "rgb({:.0f},{:.0f},{:.0f})".format(*(paper + part * (ink - paper)))] for at, part in _SCALE]
    gap = 0.03
    width = (1 - gap * (len(coupled) - 1)) / len(coupled)
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    notes = []
    for place, one in enumerate(coupled):
        side = str(place + 1) if place else ""
        start = place * (width + gap)
        rows = list(range(1, len(one.matrix) + 1))
        traces.append(
            {
                "type": "heatmap",
                "z": one.matrix,
                "x": rows,
                "y": rows,
                "xaxis": f"x{side}",
                "yaxis": f"y{side}",
                "xgap": 1,
                "ygap": 1,
                "zmin": 0,
                "zmax": top,
                "colorscale": colors,
                "showscale": place == len(coupled) - 1,
                "colorbar": {
                    "title": {"text": "length", "side": "top", "font": {"size": 12}},
                    "thickness": 10,
                    "len": 0.9,
                    "nticks": 5,
                },
                "hovertemplate": "output of row %{y}, input of row %{x}<br>%{z:.3g}<extra>"
                + WAYS[one.way]
                + "</extra>",
                "name": WAYS[one.way],
            }
        )
        frame = {"showgrid": False, "zeroline": False, "nticks": 6, "fixedrange": True}
        layout[f"xaxis{side}"] = (
            axis(dark, "input of row", domain=[start, start + width], anchor=f"y{side}")
            | frame
            | {"constrain": "domain"}
        )
        layout[f"yaxis{side}"] = (
            axis(dark, "" if place else "output of row", anchor=f"x{side}", autorange="reversed")
            | frame
            | {"showticklabels": not place}
        )
        title = WAYS[one.way].replace(" ", "<br>", 1)  # in one line the two would touch on a phone
        notes.append(note(dark, f"<b>{title}</b>", x=start, y=1, yshift=4))
    return chart(traces, dark, height=346, margin={"l": 44, "r": 8, "t": 46, "b": 40}, annotations=notes, **layout)
