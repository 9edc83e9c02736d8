"""Errors over capacity or epochs, on a logarithmic axis, with what is chosen marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from experiments.generalization import ByCapacity, ByEpoch, Tradeoff
from figures.axes import axis, chart, log_axis
from figures.generalization.marks import LAYOUT, LEGEND
from figures.theme import BLUE, GREEN, ORANGE, TRAINING, VALIDATION, VERMILLION, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PEAK = 1e4  # to which the peak of double descent is drawn
_HIGHEST = 1e3  # times the least: a peak beyond is cut, and its height is in the sentence


def _line(x: Sequence[float], y: ArrayLike, name: str, color: str, dash: str = "solid", width: float = 2.4) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": np.asarray(y),
        "name": name,
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": f"{name} %{{y:.3~g}}",
    }


def _mark(at: float, dark: bool) -> dict[str, Any]:
    line = {"color": shades(dark).muted, "width": 1.5, "dash": "3px,3px"}
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _heights(arrays: Sequence[ArrayLike], dark: bool, title: str) -> dict[str, Any]:
    numbers = np.concatenate([np.asarray(array, dtype=np.float64).ravel() for array in arrays])
    numbers = numbers[np.isfinite(numbers) & (numbers > 1e-6)]
    least = float(numbers.min()) if len(numbers) else 1e-3
    return log_axis(dark, title, np.clip(numbers, least, _HIGHEST * max(least, 1e-3)))


def tradeoff_figure(errors: Tradeoff, *, capacity: int, model: str, dark: bool = False) -> go.Figure:
    """Bias, variance, noise, their sum and what was measured, over the capacity; the chosen one is marked."""
    shift = 1 if model == "polynomials" else 0
    x = [count - shift for count in errors.capacities]
    text = shades(dark).text
    traces = [
        _line(x, errors.training, "training error", on_background(TRAINING, dark), "2px,3px", 1.6),
        _line(x, errors.bias, "bias²", on_background(ORANGE, dark), "8px,4px"),
        _line(x, errors.variance, "variance", on_background(GREEN, dark), "10px,3px,2px,3px"),
        _line(x, np.full(len(x), errors.noise), "noise", shades(dark).muted, "2px,3px"),
        _line(x, errors.total, "their sum", text, width=3),
        {
            "type": "scatter",
            "mode": "markers",
            "x": x,
            "y": errors.measured,
            "name": "measured on new rows",
            "marker": {"size": 9, "symbol": "circle-open", "color": on_background(VALIDATION, dark)},
            "hovertemplate": "measured %{y:.3~g}",
        },
    ]
    at = capacity - shift
    shown = [errors.bias, errors.variance, errors.training, errors.total, [errors.noise or np.nan]]
    return chart(
        traces,
        dark,
        xaxis=_capacities(x, model, dark),
        yaxis=_heights(shown, dark, "mean squared error"),
        shapes=[_mark(at, dark)],
        hovermode="x unified",
        height=430,
        **LAYOUT,
        legend=LEGEND,
    )


def _capacities(x: Sequence[float], model: str, dark: bool) -> dict[str, Any]:
    if model != "networks":
        return axis(dark, "degree" if model == "polynomials" else "waves", dtick=1, fixedrange=True)
    across = log_axis(dark, "hidden units", [1, *x])
    return across | {"tickvals": list(x), "ticktext": [str(width) for width in x]}


def capacity_figure(errors: ByCapacity, *, functions: float, dark: bool = False) -> go.Figure:
    """The error on new rows and on those that were fitted over the number of functions; where there are as many as rows
    is marked, and so is the chosen number.
    """
    x = errors.counts
    traces = [
        _line(x, errors.training, "training error", on_background(TRAINING, dark), "2px,3px"),
        _line(x, errors.error, "error on new rows", on_background(VALIDATION, dark), width=3),
    ]
    shown = [float(errors.error.min()) / 20, *np.minimum(errors.error, _PEAK)]
    across = log_axis(dark, "functions", [1, x[-1]], ticks=6)
    note = {
        "x": float(np.log10(errors.rows)),
        "y": 0,
        "yref": "paper",
        "text": f"{errors.rows} rows ",
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom",
        "font": {"size": 13, "color": on_background(VERMILLION, dark)},
    }
    rows = _mark(errors.rows, dark)
    rows["line"] = {"color": on_background(VERMILLION, dark), "width": 1.5}
    return chart(
        traces,
        dark,
        xaxis=across,
        yaxis=log_axis(dark, "mean squared error (median of sets)", shown),
        shapes=[rows, _mark(functions, dark)],
        annotations=[note],
        hovermode="x unified",
        height=430,
        **LAYOUT,
        legend=LEGEND,
    )


def epoch_figure(errors: ByEpoch, *, epoch: float, dark: bool = False) -> go.Figure:
    """Error on new rows, its parts and the training loss over epochs; the chosen one and the valleys are marked."""
    x = errors.epochs
    traces = [
        _line(x, errors.training, "training loss", on_background(TRAINING, dark), "2px,3px"),
        _line(x, errors.fast, "fast features", on_background(ORANGE, dark), "8px,4px", 1.8),
        _line(x, errors.slow, "slow features", on_background(GREEN, dark), "10px,3px,2px,3px", 1.8),
        _line(x, errors.error, "error on new rows", on_background(VALIDATION, dark), width=3),
    ]
    places = [errors.at(valley) for valley in errors.valleys]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x[i] for i in places],
            "y": [errors.error[i] for i in places],
            "name": "valley",
            "marker": {"size": 11, "symbol": "diamond", "color": on_background(BLUE, dark)},
            "hovertemplate": "valley %{y:.3~g}",
        }
    )
    shown = [errors.error, errors.fast, errors.slow, errors.training]
    return chart(
        traces,
        dark,
        xaxis=log_axis(dark, "epoch", [1, x[-1]], ticks=8),
        yaxis=_heights(shown, dark, "mean squared error"),
        shapes=[_mark(epoch, dark)],
        hovermode="x unified",
        height=460,
        **LAYOUT,
        legend=LEGEND,
    )
