"""Activations with their first and second derivatives over one input, and where their slope is small or zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.activations import Curve
from figures.axes import axis, chart
from figures.theme import COLORS, DASHES, Dash, on_background, plotly_dash, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

_POINTS = 801
_PANELS = ("value", "slope", "curvature")
_BESIDE_A_KINK = 1e-9


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An interval of inputs with a small slope (saturated) or none at all (dead)."""

    low: float
    high: float
    dead: bool


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Values and derivatives of one curve at ``x``; NaN at its jumps, so that lines break there."""

    x: Array = field(repr=False)
    value: Array = field(repr=False)
    slope: Array = field(repr=False)
    curvature: Array = field(repr=False)


def curve_color(curve: Curve) -> str:
    """The color of a curve's place."""
    return COLORS[(curve.slot - 1) % len(COLORS)]


def curve_dash(curve: Curve) -> Dash:
    """The dash of a curve's place."""
    return DASHES[(curve.slot - 1) % len(DASHES)]


def grid(curves: Sequence[Curve], reach: float) -> Array:
    """Inputs from -reach to reach that all curves share, with one just before, at and just after every kink."""
    kinks = sorted({kink for curve in curves for kink in curve.activation.kinks(curve.hyper) if abs(kink) < reach})
    beside = [kink + side * _BESIDE_A_KINK for kink in kinks for side in (-1, 1)]
    return np.unique(np.concatenate([np.linspace(-reach, reach, _POINTS), kinks, beside]))


def sampled(curve: Curve, x: Array) -> Sampled:
    """The curve and its derivatives. What jumps at a kink is NaN right at it."""
    activation, hyper = curve.activation, curve.hyper
    with np.errstate(over="ignore", under="ignore"):
        value, slope, curvature = (
            np.array(function(x, hyper), dtype=np.float64)
            for function in (activation.value, activation.derivative, activation.second_derivative)
        )
    at = np.isin(x, activation.kinks(hyper))
    inside = at & (np.arange(len(x)) > 0) & (np.arange(len(x)) < len(x) - 1)
    for heights in (value, slope, curvature):
        places = np.flatnonzero(inside)
        jump = np.abs(heights[places + 1] - heights[places - 1]) > 1e-6
        heights[places[jump]] = np.nan
    return Sampled(x=x, value=value, slope=slope, curvature=curvature)


def zones(curve: Curve, x: Array, threshold: float) -> tuple[Zone, ...]:
    """The longest intervals of ``x`` (ascending) with a slope of exactly zero, or below ``threshold`` in size."""
    with np.errstate(over="ignore", under="ignore"):
        slope = np.abs(np.asarray(curve.activation.derivative(x, curve.hyper), dtype=np.float64))
    kinds = np.where(slope == 0, 2, np.where(slope < threshold, 1, 0))
    ends = np.flatnonzero(np.diff(kinds)) + 1
    runs = zip([0, *ends], [*ends, len(x)], strict=True)
    # A single point (a wave's crest, a kink) is no zone.
    return tuple(
        Zone(low=float(x[first]), high=float(x[last - 1]), dead=bool(kinds[first] == 2))
        for first, last in runs
        if kinds[first] and last - first > 1
    )


def curves_figure(
    curves: Sequence[Curve], *, reach: float, threshold: float, shaded: int = 0, dark: bool = False
) -> go.Figure:
    """Value, slope and curvature one above the other, and below them a strip of zones with a row for every curve.

    shaded: the slot of the curve whose zones run through all panels, 0 for none.
    """
    shade = shades(dark)
    x = grid(curves, reach)
    traces: list[dict[str, Any]] = []
    for curve in curves:
        lines = sampled(curve, x)
        color = on_background(curve_color(curve), dark)
        for panel, heights in enumerate((lines.value, lines.slope, lines.curvature), 1):
            traces.append(
                {
                    "type": "scatter",
                    "x": _single(x),
                    "y": _single(heights),
                    "xaxis": "x",
                    "yaxis": f"y{panel}",
                    "mode": "lines",
                    "line": {"color": color, "width": 2.4, "dash": plotly_dash(curve_dash(curve)), "simplify": False},
                    "name": curve.label,
                    "legendgroup": str(curve.slot),
                    "showlegend": panel == 1,
                    "hovertemplate": f"%{{y:.3~g}} {('', 'slope', 'curvature')[panel - 1]}",
                }
            )
        traces += [_bar(curve, zone, color, dark) for zone in zones(curve, x, threshold)]
    if not any(zones(curve, x, threshold) for curve in curves):
        traces.append({"type": "bar", "orientation": "h", "x": [0], "y": [0], "yaxis": "y4", "showlegend": False})
    domains = _domains(len(curves))
    title = ("value", "slope", "curvature", "")
    axes = {
        f"yaxis{panel}": axis(dark, title[panel - 1], domain=domains[panel - 1], nticks=5, fixedrange=True)
        for panel in range(1, 5)
    }
    axes["yaxis2"] |= _kept_in_sight(curves, x)
    axes["yaxis4"] |= {
        "range": [len(curves) - 0.4, -0.6],
        "tickvals": list(range(len(curves))),
        "showgrid": False,
        "ticktext": [_short(curve.label) for curve in curves],
        "zeroline": False,
    }
    owner = next((curve for curve in curves if curve.slot == shaded), None)
    return chart(
        traces,
        dark,
        **axes,
        xaxis=axis(
            dark,
            "input x",
            range=[-reach, reach],
            anchor="y4",
            fixedrange=True,
            hoverformat=".3~g",
            nticks=12,
            showspikes=True,
            spikemode="across",
            spikethickness=1,
            spikedash="solid",
            spikecolor=shade.muted,
        ),
        hovermode="x unified",
        hoversubplots="axis",
        dragmode=False,
        barmode="overlay",
        bargap=0.25,
        height=480 + 15 * max(len(curves) - 4, 0),
        shapes=[] if owner is None else [_through(zone, shade.muted) for zone in zones(owner, x, threshold)],
    )


def _kept_in_sight(curves: Sequence[Curve], x: Array) -> dict[str, Any]:
    """A range for the slope that always shows 0 and 1."""
    with np.errstate(all="ignore"):
        slopes = np.concatenate([np.asarray(c.activation.derivative(x, c.hyper), np.float64) for c in curves])
    low, high = min(0.0, float(np.nanmin(slopes))), max(1.0, float(np.nanmax(slopes)))
    return {"range": [low - 0.08 * (high - low), high + 0.08 * (high - low)]}


def _domains(rows: int) -> list[list[float]]:
    """Value, slope, curvature, zones from top to bottom; a row of zones is as high whatever their number."""
    height = 480 + 15 * max(rows - 4, 0)
    strip = (15 * rows + 6) / (height - 90)
    rest, gap = 1 - strip - 0.02, 0.035
    shares, ends, top = (0.42, 0.33, 0.25), [], 1.0
    for share in shares:
        ends.append([top - share * rest + gap, top])
        top -= share * rest
    return [*ends, [0.0, strip]]


def _bar(curve: Curve, zone: Zone, color: str, dark: bool) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "xaxis": "x",
        "yaxis": "y4",
        "showlegend": False,
        "base": [zone.low],
        "x": [zone.high - zone.low],
        "y": [curve.slot - 1],
        "marker": {
            "color": color if zone.dead else shades(dark).background,
            "line": {"color": color, "width": 1},
            "pattern": {"shape": "" if zone.dead else "/", "fgcolor": color, "size": 5, "solidity": 0.35},
        },
        "hoverinfo": "skip",
    }


def _through(zone: Zone, color: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": zone.low,
        "x1": zone.high,
        "y0": 0,
        "y1": 1,
        "fillcolor": color,
        "opacity": 0.2 if zone.dead else 0.1,
        "line": {"width": 0},
        "layer": "below",
    }


def _short(label: str) -> str:
    return label if len(label) <= 22 else label[:20] + "…"


def _single(values: Array) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)
