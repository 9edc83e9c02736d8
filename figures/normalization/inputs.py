"""Pictures of prepared inputs: one figure a stage, and the races of all stages together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.normalization import ARRIVED, StageRace, Window
from figures.axes import axis, chart, note
from figures.theme import (
    BLACK,
    DASH_DOT,
    DASHED,
    DOTTED,
    GREEN,
    LONG_DASH,
    ORANGE,
    PURPLE,
    SKY,
    SOLID,
    VERMILLION,
    Dash,
    on_background,
    plotly_colorscale,
    plotly_dash,
    shades,
)
from numerals import readable, readable_ticks

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

_GRID = 61
_SQUARE = {"l": 46, "r": 6, "t": 46, "b": 40}  # margins, the same for every stage, so that the panels line up
_STYLES: dict[str, tuple[str, Dash]] = {
    "raw": (PURPLE, DOTTED),
    "centered": (ORANGE, DASHED),
    "scaled": (SKY, DASH_DOT),
    "rotated": (GREEN, LONG_DASH),
    "whitened": (VERMILLION, SOLID),
    "zca": (VERMILLION, SOLID),
}


def stage_figure(race: StageRace, window: Window, *, dark: bool = False) -> go.Figure:
    """Two panels, one above the other: the inputs, and the loss over two weights with the path down it.

    window: of the weights, the same for every stage. Both panels have equal units on both axes, so shapes are true.
    """
    shade = shades(dark)
    color = on_background(_STYLES[race.stage][0], dark)
    path = race.trajectory.points
    sight = np.isfinite(path).all(-1) & (np.abs(path) < 1e4).all(-1)
    minimum = race.loss.minimum
    origin = {
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": shade.muted,
        "zerolinewidth": 1,
        "nticks": 5,
        "automargin": False,
    }
    box = {"showgrid": False, "zeroline": False, "nticks": 5, "constrain": "domain", "automargin": False}
    low, high = _square(race.inputs)
    loss_words = {
        "type": "scatter",
        "xaxis": "x2",
        "yaxis": "y2",
        "showlegend": False,
        "hovertemplate": "step %{customdata[0]:,d}<br>w₁ %{x:.3g}<br>w₂ %{y:.3g}<br>"
        "loss %{customdata[1]:.4g}<extra></extra>",
    }
    told = np.stack([np.arange(len(path)), race.trajectory.values], -1)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": _single(race.inputs[:, 0]),
            "y": _single(race.inputs[:, 1]),
            "marker": {"color": color, "size": 4, "opacity": 0.65},
            "showlegend": False,
            "hovertemplate": "x₁ %{x:.3g}<br>x₂ %{y:.3g}<extra></extra>",
        },
        _contours(race, window, dark),
        loss_words
        | {
            "mode": "lines+markers",
            "x": _single(path[sight, 0]),
            "y": _single(path[sight, 1]),
            "customdata": told[sight],
            "line": {"color": on_background(BLACK, dark), "width": 1.1},
            "marker": {"size": 3, "color": on_background(BLACK, dark)},
        },
        loss_words
        | {
            "mode": "markers",
            "x": [path[0, 0], minimum[0]],
            "y": [path[0, 1], minimum[1]],
            "customdata": [told[0], [race.trajectory.points.shape[0] - 1, float(race.loss.value(minimum))]],
            "marker": {
                "size": [9, 12],
                "symbol": ["circle-open", "star-diamond"],
                "color": on_background(BLACK, dark),
                "line": {"color": shade.halo, "width": [2, 1]},
            },
            "hovertemplate": "%{text}<br>w₁ %{x:.3g}<br>w₂ %{y:.3g}<extra></extra>",
            "text": ["start", "minimum"],
        },
    ]
    return chart(
        traces,
        dark,
        height=424,
        margin=_SQUARE,
        xaxis=axis(dark, "x₁", domain=[0, 1], range=[low[0], high[0]], constrain="domain", anchor="y") | origin,
        yaxis=axis(dark, "x₂", domain=[0.6, 1], range=[low[1], high[1]], scaleanchor="x", constrain="domain") | origin,
        xaxis2=axis(dark, "weight w₁", domain=[0, 1], range=list(window[0]), anchor="y2") | box,
        yaxis2=axis(dark, "weight w₂", domain=[0, 0.42], range=list(window[1]), anchor="x2", scaleanchor="x2") | box,
        annotations=[note(dark, heading(race), x=0, y=1, yshift=4, font={"size": 12.5, "color": shade.text})],
    )


def heading(race: StageRace) -> str:
    """Name, condition number and what became of the race, in two lines."""
    end = "not there yet" if race.arrived is None else _steps(race.arrived)
    end = "diverges" if race.diverges else end
    return f"<b>{race.name.replace('Centered and scaled', 'Scaled')}</b><br>κ {readable(race.condition)} · {end}"


def _steps(count: int) -> str:
    return f"{readable(count)} step{'' if count == 1 else 's'}"


def _contours(race: StageRace, window: Window, dark: bool) -> dict[str, Any]:
    x, y = (np.linspace(*side, _GRID) for side in window)
    away = np.stack(np.meshgrid(x, y), -1) - race.loss.minimum
    above = 0.5 * ((away @ race.loss.hessian(np.zeros(2))) * away).sum(-1)
    # The square root makes the rings of a quadratic evenly spaced: what is seen is their shape alone.
    levels = np.sqrt(above / above.max())
    line = "rgba(232, 234, 237, 0.35)" if dark else "rgba(255, 255, 255, 0.75)"
    return {
        "type": "contour",
        "x": _single(x),
        "y": _single(y),
        "z": _single(levels),
        "xaxis": "x2",
        "yaxis": "y2",
        "colorscale": plotly_colorscale(dark),
        "showscale": False,
        "hoverinfo": "skip",
        "zmin": 0,
        "zmax": 1,
        "contours": {"start": 0.1, "end": 0.95, "size": 0.1},
        "line": {"color": line, "width": 1},
    }


def _square(points: Array) -> tuple[Array, Array]:
    """Corners of the smallest square with some air that holds the points and the origin."""
    seen = np.concatenate([points, np.zeros((1, 2))])
    low, high = seen.min(0), seen.max(0)
    middle, half = (low + high) / 2, 0.56 * float((high - low).max())
    return middle - half, middle + half


def excess_figure(races: Sequence[StageRace], *, dark: bool = False) -> go.Figure:
    """Loss above its minimum by step, one line a stage, both axes logarithmic."""
    traces: list[dict[str, Any]] = []
    steps = max(len(race.excess) for race in races)
    for race in races:
        color, dash = _STYLES[race.stage]
        at = _thinned(steps)
        with np.errstate(all="ignore"):
            excess = np.clip(race.excess[at], 1e-9, 1e9)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": race.name,
                "x": at,
                "y": excess,
                "line": {"color": on_background(color, dark), "width": 2.4, "dash": plotly_dash(dash)},
                "hovertemplate": f"{race.name}<br>step %{{x:,d}}<br>%{{y:.3g}} of the start<extra></extra>",
            }
        )
    return chart(
        traces,
        dark,
        height=270,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        xaxis=axis(dark, "step, logarithmic", type="log", **_decades(0, np.log10(max(steps, 10)), 1)),
        yaxis=axis(
            dark,
            "loss above minimum,<br>share of the start",
            type="log",
            range=[-6, _top(races)],
            **_decades(-6, _top(races), 2),
        ),
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": ARRIVED,
                "y1": ARRIVED,
                "line": {"color": shades(dark).muted, "width": 1, "dash": "dot"},
            }
        ],
        annotations=[
            note(
                dark,
                "arrived",
                x=1,
                xanchor="right",
                yref="y",
                y=float(np.log10(ARRIVED)),
                font={"size": 12, "color": shades(dark).muted},
            )
        ],
    )


def _top(races: Sequence[StageRace]) -> float:
    highest = max(float(np.nanmax(np.clip(race.excess, 0, 1e6))) for race in races)
    return 0.3 if highest <= 1 else min(float(np.log10(highest)), 4.0)


def _decades(low: float, high: float, each: int) -> dict[str, Any]:
    """Ticks at powers of ten between two exponents: Plotly's own are 1, 10 and then powers in larger letters."""
    places = [10.0**power for power in range(round(low), int(np.floor(high)) + 1, each)]
    return {"tickvals": places, "ticktext": readable_ticks(places)}


def _thinned(steps: int) -> NDArray[np.int64]:
    """Steps from 1 as a logarithmic axis can show them."""
    return np.unique(np.round(np.geomspace(1, max(steps - 1, 1), 240)).astype(np.int64))


def _single(values: Any) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)
