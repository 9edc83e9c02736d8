"""Error against the step h on logarithmic axes: the valley where truncation meets rounding.

Where there is no derivative there is no error either, and the estimates themselves are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.derivatives import METHODS, Estimates, Place, error_of, estimated, methods_of, rule_of_thumb, steps
from figures.axes import axis, chart, log_axis
from figures.theme import BLACK, BLUE, GREEN, PURPLE, VERMILLION, on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

METHOD_COLORS = {"forward": VERMILLION, "central": BLUE, "complex": GREEN, "autodiff": PURPLE, "exact": BLACK}
METHOD_MARKS = {"forward": "circle", "central": "square", "complex": "diamond-open", "autodiff": "x"}
_SHORT = {"float64": "64", "float32": "32"}
_LAWS = {"forward": ("\N{PROPORTIONAL TO} h", "\N{PROPORTIONAL TO} 1/h"), "central": ("\N{PROPORTIONAL TO} h²", "")}


def swept(places: Sequence[Place]) -> list[Estimates]:
    """Every method that the curve allows, at every place, over all steps of a picture."""
    return [estimated(place, method, steps()) for place in places for method in methods_of(place.curve)]


def valley_figure(places: Sequence[Place], h: float, *, dark: bool = False) -> go.Figure:
    """The errors of all methods over h with theory's lines, and a point on each curve at the chosen h."""
    lines = swept(places)
    if places[0].slopes.derivative is None:
        return _estimates_figure(places, lines, h, dark)
    traces: list[dict[str, Any]] = []
    floor = _floor(lines)
    for line in lines:
        if line.theory is not None:
            traces.append(_theory(line, dark))
    for line in lines:
        assert line.error is not None
        traces.append(_line(line, np.maximum(line.error, floor), dark, several=len(places) > 1))
    for place in places:
        own = error_of(place, place.curve.derivative(place.x, place.precision))
        assert own is not None
        traces.append(_autodiff(max(float(own), floor), place, dark, several=len(places) > 1))
    for line in lines:
        at = estimated(line.place, line.method, np.array([h]))
        assert at.error is not None
        traces.append(_point(h, float(np.maximum(at.error, floor)[0]), line, dark))
    shown = np.concatenate([np.maximum(line.error, floor) for line in lines if line.error is not None])
    top = float(np.nanmax(np.where(np.isfinite(shown), shown, np.nan), initial=1e-16))
    return _chart(
        traces,
        dark,
        log_axis(dark, "error |estimate \N{MINUS SIGN} f\N{PRIME}(x₀)|", [floor, min(top, 1e4)], ticks=8),
        h,
        shapes=_thumbs(places, dark),
        annotations=[*_thumb_labels(places, dark), *_law_labels(lines, dark)],
    )


def _floor(lines: Sequence[Estimates]) -> float:
    """Where an error of exactly 0 is drawn: below all others."""
    errors = np.concatenate([line.error for line in lines if line.error is not None])
    seen = errors[np.isfinite(errors) & (errors > 0)]
    return float(max(seen.min() / 3, 1e-25)) if len(seen) else 1e-20


def _estimates_figure(places: Sequence[Place], lines: Sequence[Estimates], h: float, dark: bool) -> go.Figure:
    several = len(places) > 1
    traces = [_line(line, line.estimate, dark, several=several) for line in lines]
    slopes = places[0].slopes
    sides = {"left": slopes.left, "right": slopes.right}
    finite = [slope for slope in sides.values() if slope is not None and np.isfinite(slope)]
    for name, slope in sides.items():
        if slope is not None and np.isfinite(slope):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [steps()[0], steps()[-1]],
                    "y": [slope, slope],
                    "name": f"slope on the {name}",
                    "line": {"color": shades(dark).muted, "width": 1.2, "dash": "dot"},
                    "hovertemplate": "%{y:.4~g}",
                }
            )
    for place in places:
        own = float(place.curve.derivative(place.x, place.precision))
        traces.append(_autodiff(own, place, dark, several=several))
        finite.append(own if np.isfinite(own) else 0.0)
    for line in lines:
        at = estimated(line.place, line.method, np.array([h]))
        traces.append(_point(h, float(at.estimate[0]), line, dark))
    if not finite:
        finite = [0.0]
    low, high = min(finite), max(finite)
    room = max(high - low, 1.0)
    return _chart(
        traces, dark, axis(dark, "estimate", range=[low - 0.4 * room, high + 0.4 * room], fixedrange=True), h, shapes=[]
    )


def _chart(traces: list[dict[str, Any]], dark: bool, up: dict[str, Any], h: float, **layout: Any) -> go.Figure:
    cursor = {
        "type": "line",
        "x0": h,
        "x1": h,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": shades(dark).text, "width": 1},
        "layer": "below",
    }
    layout["shapes"] = [*layout["shapes"], cursor]
    across = log_axis(dark, "step h", steps(), ticks=9) | {"range": [-18, 0]}
    return chart(
        traces,
        dark,
        xaxis=across,
        yaxis=up,
        hovermode="closest",
        dragmode=False,
        height=440,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        **layout,
    )


def _line(line: Estimates, heights: Array, dark: bool, *, several: bool) -> dict[str, Any]:
    inside = np.isfinite(heights)
    bits = f", {line.place.precision}" if several else ""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": line.h,
        "y": np.where(inside, heights, np.nan),
        "name": f"{METHODS[line.method]}{bits}",
        "line": {
            "color": on_background(METHOD_COLORS[line.method], dark),
            "width": 1.8,
            "dash": "solid" if line.place.precision == "float64" else "4px,2px",
        },
        "hovertemplate": "h %{x:.2~e}<br>%{y:.3~e}",
    }


def _theory(line: Estimates, dark: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": line.h,
        "y": line.theory,
        "name": f"theory, {METHODS[line.method]}, {line.place.precision}",
        "line": {"color": on_background(METHOD_COLORS[line.method], dark), "width": 1, "dash": "1px,3px"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _autodiff(height: float, place: Place, dark: bool, *, several: bool) -> dict[str, Any]:
    bits = f", {place.precision}" if several else ""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [steps()[0], steps()[-1]],
        "y": [height, height],
        "name": f"autodiff{bits}",
        "line": {"color": on_background(METHOD_COLORS["autodiff"], dark), "width": 1.6, "dash": "10px,3px,2px,3px"},
        "hovertemplate": "autodiff, no h: %{y:.3~e}",
    }


def _point(h: float, height: float, line: Estimates, dark: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [h],
        "y": [height],
        "name": f"{METHODS[line.method]} at this h",
        "showlegend": False,
        "marker": {
            "symbol": METHOD_MARKS[line.method],
            "size": 11,
            "color": on_background(METHOD_COLORS[line.method], dark),
            "line": {"color": _edge(line.method, dark), "width": 2 if line.method == "complex" else 1.5},
        },
        "hovertemplate": f"{METHODS[line.method]}, h %{{x:.2~e}}: %{{y:.3~e}}",
    }


def _edge(method: str, dark: bool) -> str:
    """The complex step's mark is open: it lies where the central one does while truncation rules both."""
    return on_background(METHOD_COLORS[method], dark) if method == "complex" else shades(dark).background


def _marks(places: Sequence[Place]) -> list[tuple[str, str, float]]:
    """(method, label, step) of every rule of thumb."""
    marks = []
    for place in places:
        root = "\N{SQUARE ROOT}ε", "\N{CUBE ROOT}ε"
        scale = "" if abs(place.x) <= 1 else "·|x|"
        bits = f" ({_SHORT[place.precision]})" if len(places) > 1 else ""
        for method, sign in zip(("forward", "central"), root, strict=True):
            step = rule_of_thumb(place, method)
            if step is not None and step < 1:
                marks.append((method, f"{sign}{scale}{bits}", step))
    return marks


_THUMB_ENDS = {"forward": 0.94, "central": 0.88}  # of the height: names that stand close do not touch


def _thumbs(places: Sequence[Place], dark: bool) -> list[dict[str, Any]]:
    return [
        {
            "type": "line",
            "x0": step,
            "x1": step,
            "y0": 0,
            "y1": _THUMB_ENDS[method],
            "yref": "paper",
            "line": {"color": on_background(METHOD_COLORS[method], dark), "width": 1, "dash": "3px,3px"},
            "layer": "below",
        }
        for method, _, step in _marks(places)
    ]


def _thumb_labels(places: Sequence[Place], dark: bool) -> list[dict[str, Any]]:
    return [
        {
            "x": float(np.log10(step)),
            "y": _THUMB_ENDS[method],
            "yref": "paper",
            "xref": "x",
            "text": label,
            "hovertext": f"{label} = {readable(step)}",
            "showarrow": False,
            "yanchor": "bottom",
            "font": {"size": 13, "color": on_background(METHOD_COLORS[method], dark)},
        }
        for method, label, step in _marks(places)
    ]


def _law_labels(lines: Sequence[Estimates], dark: bool) -> list[dict[str, Any]]:
    """Theory's slopes, written beside its lines on both sides of the valley of the first precision."""
    labels = []
    first = lines[0].place.precision
    for line in lines:
        if line.theory is None or line.place.precision != first or not np.isfinite(line.theory).all():
            continue
        lowest = int(np.argmin(line.theory))
        for law, side in zip(_LAWS[line.method], (1, -1), strict=True):
            at = (lowest + (len(line.h) - 1 if side > 0 else 0)) // 2
            steep = abs(at - lowest) > len(line.h) // 16 and line.theory[at] > 2 * line.theory[lowest]
            if law and steep:
                labels.append(
                    {
                        "x": float(np.log10(line.h[at])),
                        "y": float(np.log10(line.theory[at])),
                        "text": law,
                        "showarrow": False,
                        "xanchor": "right" if side > 0 else "left",
                        "xshift": -8 * side,
                        "yshift": 10,
                        "font": {"size": 13, "color": on_background(METHOD_COLORS[line.method], dark)},
                    }
                )
    return labels
