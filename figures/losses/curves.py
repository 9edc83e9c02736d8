"""Value and slope of losses as curves: over an error, over a predicted probability, over a logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.losses import (
    CLASSIFICATION,
    Reading,
    classification_readings,
    hyper_of,
    regression_readings,
    shown_losses,
    target_of,
)
from figures.axes import axis, chart
from figures.losses.styles import loss_color, loss_dash
from figures.theme import on_background, plotly_dash, shades
from networks.losses import LOSS_FUNCTIONS

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

_MINUS = "\N{MINUS SIGN}"
_POINTS = 401
_BESIDE_A_KINK = 1e-9
_LEAST = 0.002  # probabilities nearer to 0 or 1 are not drawn


def error_curves(values: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """Value and slope over the error, one line a loss; marks at the error that is read."""
    keys = shown_losses(values)
    reach = max(4.0, 1.2 * abs(values["error"]))
    return _two_panels(
        values, keys, reach, 0.0, regression_readings(values), values["error"], f"error ŷ {_MINUS} y", dark=dark
    )


def logit_curves(values: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """Value and slope over the logit, one line a loss; marks at the logit that is read."""
    reach = max(8.0, 1.1 * abs(values["logit"]))
    return _two_panels(
        values,
        CLASSIFICATION,
        reach,
        None,
        classification_readings(values),
        values["logit"],
        "logit z (the hinge's score)",
        dark=dark,
    )


def _two_panels(
    values: Mapping[str, Any],
    keys: Sequence[str],
    reach: float,
    target: float | None,
    readings: Sequence[Reading],
    at: float,
    title: str,
    *,
    dark: bool,
) -> go.Figure:
    shade = shades(dark)
    traces: list[dict[str, Any]] = []
    heights: list[tuple[Array, Array]] = []
    for key in keys:
        own = target_of(key, values["target"]) if target is None else target
        x, value, slope = _sampled(key, reach, own, values)
        heights.append((value, slope))
        traces += [_line(key, x, value, "value", key == values["loss"], "y", dark)]
        traces += [_line(key, x, slope, "slope", key == values["loss"], "y2", dark)]
    for reading in readings:
        color = on_background(loss_color(reading.key), dark)
        for panel, height in (("y", reading.value), ("y2", reading.slope)):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": [at],
                    "y": [height],
                    "yaxis": panel,
                    "xaxis": "x",
                    "showlegend": False,
                    "hoverinfo": "skip",
                    "marker": {"color": color, "size": 9, "line": {"color": shade.background, "width": 1.5}},
                }
            )
    chosen = next((each for each in readings if each.key == values["loss"]), None)
    _, top = _span([value for value, _ in heights], 1.3, 0.0 if chosen is None else chosen.value)
    low, high = _span([slope for _, slope in heights], 2.5, 0.0 if chosen is None else chosen.slope)
    return chart(
        traces,
        dark,
        xaxis=axis(dark, title, range=[-reach, reach], anchor="y2", fixedrange=True, hoverformat=".3~g", nticks=10),
        yaxis=axis(dark, "loss", domain=[0.47, 1], range=[-0.06 * top, top], fixedrange=True, nticks=6),
        yaxis2=axis(dark, "slope", domain=[0, 0.41], range=[low, high], fixedrange=True, nticks=6),
        hovermode="x unified",
        hoversubplots="axis",
        dragmode=False,
        height=470,
        shapes=[_upright(at, shade.muted)],
    )


def _upright(at: float, color: str) -> dict[str, Any]:
    line = {"color": color, "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": line}


def _span(curves: Sequence[Array], times: float, read: float) -> tuple[float, float]:
    """Ends of an axis that holds most curves whole and what is read of the chosen one.

    A curve that grows much faster than the others leaves the picture: ``times`` the largest size of the middle one.
    """
    sizes = sorted(float(np.nanmax(np.abs(curve))) for curve in curves)
    most = max(times * sizes[len(sizes) // 2], abs(read), 1.0)
    low = max(min(float(np.nanmin(curve)) for curve in curves), -most)
    high = min(max(float(np.nanmax(curve)) for curve in curves), most)
    margin = 0.08 * max(high - low, 0.5)
    return low - margin, high + margin


def _sampled(key: str, reach: float, target: float, values: Mapping[str, Any]) -> tuple[Array, Array, Array]:
    """Predictions, values and slopes; the slope is NaN right where it jumps, so that its line breaks there."""
    loss, hyper = LOSS_FUNCTIONS[key], hyper_of(key, values)
    kinks = [target * kink if loss.takes == "score" else kink + target for kink in loss.kinks(hyper)]
    beside = [kink + side * _BESIDE_A_KINK for kink in kinks for side in (-1, 1)]
    x = np.unique(np.concatenate([np.linspace(-reach, reach, _POINTS), kinks, beside]))
    x = x[np.abs(x) <= reach]
    full = np.full_like(x, target)
    value, slope = loss.value(x, full, hyper), np.array(loss.gradient(x, full, hyper), dtype=np.float64)
    for at in np.flatnonzero(np.isin(x, kinks)):
        if 0 < at < len(x) - 1 and abs(slope[at + 1] - slope[at - 1]) > 1e-6:
            slope[at] = np.nan
    return x, value, slope


def _line(key: str, x: Array, y: Array, what: str, chosen: bool, panel: str, dark: bool) -> dict[str, Any]:
    loss = LOSS_FUNCTIONS[key]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "yaxis": panel,
        "xaxis": "x",
        "name": loss.short if what == "value" else f"{loss.short}, slope",
        "legendgroup": key,
        "showlegend": what == "value",
        "line": {
            "color": on_background(loss_color(key), dark),
            "width": 3.2 if chosen else 2,
            "dash": plotly_dash(loss_dash(key)),
            "simplify": False,
        },
        "hovertemplate": "%{y:.3~g}",
    }


def probability_curves(values: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """The two losses of a probability over it: both answers of cross-entropy, and the squared error."""
    p = np.linspace(_LEAST, 1 - _LEAST, _POINTS)
    z = np.log(p) - np.log1p(-p)
    yes = values["target"] == "yes"
    traces = []
    for key, answer, name, dash in (
        ("bce", "yes", f"{_MINUS}log ŷ", "solid"),
        ("bce", "no", f"{_MINUS}log(1 {_MINUS} ŷ)", "dash"),
        ("sigmoid_mse", values["target"], f"(ŷ {_MINUS} y)²", "dot"),
    ):
        loss = LOSS_FUNCTIONS[key]
        chosen = (answer == "yes") == yes
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": p,
                "y": loss.value(z, np.full_like(z, target_of(key, answer)), loss.defaults()),
                "name": name,
                "opacity": 1 if chosen else 0.45,
                "line": {
                    "color": on_background(loss_color(key), dark),
                    "width": 3 if chosen else 2,
                    "dash": dash,
                    "simplify": False,
                },
                "hovertemplate": "%{y:.3~g}",
            }
        )
    at = 1 / (1 + float(np.exp(-values["logit"])))
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "predicted probability ŷ of yes", range=[0, 1], fixedrange=True, hoverformat=".3~g", nticks=6),
        yaxis=axis(dark, "loss", range=[-0.15, 5.2], fixedrange=True, nticks=7),
        hovermode="x unified",
        dragmode=False,
        height=470,
        shapes=[_upright(at, shades(dark).muted)],
    )
