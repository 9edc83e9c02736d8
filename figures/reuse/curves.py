"""Curves of reuse: by epoch for each way, and the least loss by the number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.reuse import Reading, counts_of, least, reading_of
from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, on_background, rgb, shades
from trainers.transfers import ALONE, SHARED, WAYS, Study

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STYLES: Mapping[str, tuple[str, str]] = {
    "scratch": (VERMILLION, "2px,3px"),
    "frozen": (PURPLE, "8px,4px"),
    "tuned": (BLUE, "solid"),
    "discriminative": (ORANGE, "10px,3px,2px,3px"),
    "gradual": (GREEN, "12px,4px"),
    SHARED: (BLUE, "solid"),
    ALONE: (VERMILLION, "2px,3px"),
}
_NAMES = {**WAYS, SHARED: "shared layers", ALONE: "a network of its own"}
_LAYOUT: dict[str, Any] = {"dragmode": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "height": 430}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
_TITLES = {"loss": "validation loss", "score": "validation accuracy"}


def _line(x: Sequence[float], y: Any, way: str, dark: bool, *, markers: bool = False) -> dict[str, Any]:
    color, dash = _STYLES[way]
    return {
        "type": "scatter",
        "mode": "lines+markers" if markers else "lines",
        "x": list(x),
        "y": y,
        "name": _NAMES[way],
        "line": {"color": on_background(color, dark), "width": 2.6, "dash": dash},
        "hovertemplate": f"{_NAMES[way]} %{{y:.3~g}}",
    }


def _band(reading: Reading, way: str, dark: bool) -> dict[str, Any]:
    red, green, blue = rgb(on_background(_STYLES[way][0], dark))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*reading.epochs, *reversed(reading.epochs)],
        "y": np.concatenate([reading.high, reading.low[::-1]]),
        "fill": "toself",
        "fillcolor": f"rgba({red}, {green}, {blue}, 0.12)",
        "line": {"width": 0},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _heights(readings: Sequence[Reading], shown: str, dark: bool) -> dict[str, Any]:
    if shown == "score":
        return axis(dark, _TITLES[shown], range=[0, 1.02], fixedrange=True)
    values = np.concatenate([reading.middle for reading in readings])
    return log_axis(dark, _TITLES[shown], values[np.isfinite(values) & (values > 0)])


def epochs_figure(
    study: Study, ways: Sequence[str], *, rows: int = 0, task: int = 0, shown: str = "loss", dark: bool = False
) -> go.Figure | None:
    """Each way by epoch: the median of its seeds, of two ways with a band of all; None where nothing is there."""
    readings = {way: found for way in ways if (found := reading_of(study, way, rows, task=task, shown=shown))}
    if not readings:
        return None
    bands = [_band(reading, way, dark) for way, reading in readings.items() if reading.seeds > 1 and len(ways) < 3]
    lines = [_line(reading.epochs, reading.middle, way, dark) for way, reading in readings.items()]
    if shown == "loss" and "scratch" in readings:
        level = float(readings["scratch"].middle[readings["scratch"].best])
        shapes = [_level(level, dark)]
    else:
        shapes = []
    return chart(
        [*bands, *lines],
        dark,
        xaxis=axis(dark, "epoch", fixedrange=True, range=[0, study.epochs[-1]]),
        yaxis=_heights(list(readings.values()), shown, dark),
        shapes=shapes,
        hovermode="x unified",
        legend=_LEGEND,
        **_LAYOUT,
    )


def _level(level: float, dark: bool) -> dict[str, Any]:
    """The least loss from scratch, which the others are timed to."""
    line = {"color": shades(dark).muted, "width": 1.5, "dash": "3px,3px"}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": level, "y1": level, "line": line}


def rows_figure(study: Study, *, rows: int, dark: bool = False) -> go.Figure | None:
    """The least loss of each way by the number of rows; the shown number is marked. None where nothing is there."""
    traces, values, counts = [], [], counts_of(study)
    for way in WAYS:
        found = [(count, loss) for count in counts if (loss := least(study, way, count)) is not None]
        if found:
            x, y = zip(*found, strict=True)
            traces.append(_line(x, list(y), way, dark, markers=True))
            values += y
    if not traces:
        return None
    across = log_axis(dark, "training rows of the second task", sorted({*counts, rows})) | {
        "tickvals": counts,
        "ticktext": [str(count) for count in counts],
    }
    line = {"color": shades(dark).muted, "width": 1.5, "dash": "3px,3px"}
    mark = {"type": "line", "x0": rows, "x1": rows, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    return chart(
        traces,
        dark,
        xaxis=across,
        yaxis=log_axis(dark, "least validation loss (median)", values),
        shapes=[mark],
        hovermode="x unified",
        legend=_LEGEND,
        **_LAYOUT,
    )


def agreement_figure(study: Study, *, dark: bool = False) -> go.Figure | None:
    """The cosine between both tasks' gradients in the shared layers, by epoch; None where nothing is there."""
    reading = reading_of(study, SHARED, shown="agreement")
    if reading is None:
        return None
    return chart(
        [_band(reading, SHARED, dark), {**_line(reading.epochs, reading.middle, SHARED, dark), "showlegend": False}],
        dark,
        xaxis=axis(dark, "epoch", fixedrange=True, range=[0, study.epochs[-1]]),
        yaxis=axis(dark, "cosine of both gradients", range=[-1.05, 1.05], fixedrange=True),
        hovermode="x unified",
        **{**_LAYOUT, "height": 300},
    )
