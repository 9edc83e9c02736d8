"""The function at its place with tangent and secants, and the same place so near that rounding is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.derivatives import METHODS, Place, estimated
from figures.axes import axis, chart
from figures.derivatives.valley import METHOD_COLORS
from figures.theme import on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

_REACH = 2.0
_TAYLOR_BELOW = 1e-3  # of max(1, |x|): nearer, three terms of Taylor's series have more digits than float64


def secant_figure(place: Place, h: float, *, dark: bool = False) -> go.Figure:
    """f around x0, with the tangent, the forward and the central secant as lines."""
    x = place.x + np.linspace(-_REACH, _REACH, 401)
    y = np.asarray(place.curve.value(x), dtype=np.float64)
    traces = [_curve(x, y, shades(dark).text, "f", 2.2)]
    ends = np.array([place.x - _REACH, place.x + _REACH])
    exact = place.slopes.derivative
    if exact is not None:
        traces.append(_curve(ends, place.value + exact * (ends - place.x), shades(dark).muted, "tangent", 1.4, "dot"))
    for method in ("forward", "central"):
        slope = float(estimated(place, method, np.array([h])).estimate[0])
        middle = place.value
        if method == "central":
            around = np.array([place.x - h, place.x + h])
            middle = float(np.mean(place.curve.value(around)))
        dash = "solid" if method == "forward" else "6px,3px"
        if np.isfinite(slope) and np.isfinite(middle):
            line = middle + slope * (ends - place.x)
            color = on_background(METHOD_COLORS[method], dark)
            traces.append(_curve(ends, line, color, f"{METHODS[method]} secant", 1.8, dash))
    traces.append(_dots(place, h, dark))
    finite = y[np.isfinite(y)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (-1.0, 1.0)
    room = 0.12 * (high - low) or 1.0
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "x", range=ends.tolist(), fixedrange=True, nticks=6),
        yaxis=axis(dark, "f(x)", range=[low - room, high + room], fixedrange=True, nticks=5),
        height=215,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )


def near_figure(place: Place, h: float, *, dark: bool = False) -> go.Figure:
    """f between x0 - 2h and x0 + 2h as the precision computes it, both axes in units of h: slopes stay slopes."""
    kind: Any = np.dtype(place.precision).type
    part = np.linspace(-2, 2, 321)
    if not np.isfinite(place.value):  # nothing to measure heights from
        return _near_chart([_curve(part, np.full(len(part), np.nan), shades(dark).text, "f", 2.0)], (-1.0, 1.0), dark)
    x = kind(place.x) + (part * h).astype(kind)
    computed = np.asarray(place.curve.value(x, kind), dtype=np.float64) - place.value
    traces = [_curve(part, computed / h, shades(dark).text, f"f in {place.precision}", 2.0)]
    exact = _exact_rise(place, part * h)
    if exact is not None:
        traces.append(_curve(part, exact / h, shades(dark).muted, "f exactly", 1.4, "dot"))
    ends = {"forward": (0.0, 1.0), "central": (-1.0, 1.0)}
    for method, (left, right) in ends.items():
        two = kind(place.x) + (np.array([left, right]) * h).astype(kind)
        rise = np.asarray(place.curve.value(two, kind), dtype=np.float64) - place.value
        color = on_background(METHOD_COLORS[method], dark)
        trace = _curve(np.array([left, right]), rise / h, color, f"{METHODS[method]} secant", 2.0)
        traces.append(trace | {"mode": "lines+markers", "marker": {"size": 8, "color": color}})
    heights = [] if exact is None else [exact / h]
    heights += [rise for rise in (trace["y"] for trace in traces) if np.isfinite(rise).all()]
    low, high = (float(np.min(np.concatenate(heights))), float(np.max(np.concatenate(heights)))) if heights else (-1, 1)
    room = max(0.12 * (high - low), 0.05)
    return _near_chart(traces, (low - room, high + room), dark)


def _near_chart(traces: list[dict[str, Any]], heights: tuple[float, float], dark: bool) -> go.Figure:
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "(x \N{MINUS SIGN} x₀) / h", range=[-2, 2], fixedrange=True, nticks=5),
        yaxis=axis(dark, "(f(x) \N{MINUS SIGN} f(x₀)) / h", range=list(heights), fixedrange=True, nticks=5),
        height=215,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )


def _exact_rise(place: Place, away: np.ndarray) -> np.ndarray | None:
    """f(x0 + away) - f(x0) with more digits than the picture shows; None where no derivative is known."""
    if place.slopes.derivative is None or place.higher is None:
        return None
    if np.abs(away).max() > _TAYLOR_BELOW * max(1.0, abs(place.x)):
        return np.asarray(place.curve.value(place.x + away), dtype=np.float64) - float(place.curve.value(place.x))
    second, third = place.higher
    return away * (place.slopes.derivative + away * (second / 2 + away * third / 6))


def _curve(x: Any, y: Any, color: str, name: str, width: float, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        "line": {"color": color, "width": width, "dash": dash, "simplify": False},
        "hovertemplate": f"{name}: %{{y:.4~g}}",
    }


def _dots(place: Place, h: float, dark: bool) -> dict[str, Any]:
    x = np.array([place.x - h, place.x, place.x + h])
    colors = [METHOD_COLORS["central"], METHOD_COLORS["exact"], METHOD_COLORS["forward"]]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": np.asarray(place.curve.value(x), dtype=np.float64),
        "name": "x₀ and its neighbors",
        "marker": {"size": 8, "color": [on_background(color, dark) for color in colors]},
        "hovertemplate": "x %{x:.6~g}: %{y:.6~g}",
    }
