"""Prepared inputs and what gradient descent makes of them: one panel a stage, and the races side by side.

Every stage is fitted on the training part. The loss over two weights is the exact quadratic of least squares, and the
path is that of ``descend`` with plain gradient descent, from the same start in every stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
from networks.whitening import STAGES, Data, LeastSquares, condition_number, fit
from numerals import readable
from optimizers import OPTIMIZERS, Trajectory, descend

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

ARRIVED = 1e-3
"""A race has arrived where the loss above its minimum is this share of what it was at the start."""
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


@dataclass(frozen=True, kw_only=True)
class StageRace:
    """One stage: the training inputs ``(n, 2)`` after it, least squares on them, and gradient descent down that.

    excess: ``(steps + 1,)``, loss above the minimum as a share of what it is at the start. arrived: the first step at
    which that is at most ``ARRIVED``, or None.
    """

    stage: str
    name: str
    inputs: Array = field(repr=False)
    loss: LeastSquares = field(repr=False)
    condition: float
    rate: float
    trajectory: Trajectory = field(repr=False)
    excess: Array = field(repr=False)
    arrived: int | None

    @property
    def diverges(self) -> bool:
        """Whether the rate is above what the steepest direction allows."""
        return self.rate > self.loss.largest_stable_rate


def race_stages(
    data: Data,
    stages: Sequence[str],
    *,
    start: tuple[float, float],
    steps: int,
    share: float | None = 1.0,
    rate: float = 0.1,
) -> tuple[StageRace, ...]:
    """Gradient descent on every stage. With ``share`` the rate is that share of each stage's best one, else ``rate``.

    The best rate of a quadratic is 2 / (largest + smallest curvature). Source: Polyak (1964).
    """
    return tuple(_race(data, stage, start, steps, share, rate) for stage in stages)


def _race(
    data: Data, stage: str, start: tuple[float, float], steps: int, share: float | None, rate: float
) -> StageRace:
    inputs = fit(stage, data.train_x).apply(data.train_x)
    loss = LeastSquares(x=inputs, y=data.train_y)
    curvatures = np.linalg.eigvalsh(loss.hessian(np.zeros(2)))
    chosen = rate if share is None else share * 2 / float(curvatures.sum())
    trajectory = descend(loss, OPTIMIZERS["sgd"], start=start, steps=steps, lr=chosen)
    # From the distance to the minimum: the difference of two losses would drown in rounding.
    away = trajectory.points - loss.minimum
    above = 0.5 * ((away @ loss.hessian(np.zeros(2))) * away).sum(-1)
    excess = above / above[0] if above[0] > 0 else np.zeros_like(above)
    below = np.flatnonzero(excess <= ARRIVED)
    return StageRace(
        stage=stage,
        name=STAGES[stage],
        inputs=inputs,
        loss=loss,
        condition=condition_number(inputs),
        rate=chosen,
        trajectory=trajectory,
        excess=excess,
        arrived=int(below[0]) if len(below) else None,
    )


def weight_window(races: Sequence[StageRace]) -> tuple[tuple[float, float], tuple[float, float]]:
    """One square window over the weights that holds every start and minimum, and the paths that stay near them."""
    anchors = np.array([point for race in races for point in (race.trajectory.points[0], race.loss.minimum)])
    low, high = anchors.min(0), anchors.max(0)
    reach = max(float((high - low).max()), 1e-6)
    near = [
        path[(path > low - 0.6 * reach).all(-1) & (path < high + 0.6 * reach).all(-1)]
        for path in (race.trajectory.points for race in races)
    ]
    points = np.concatenate([anchors, *near])
    low, high = points.min(0), points.max(0)
    half = 0.58 * float((high - low).max())
    (x, y) = (low + high) / 2
    return (x - half, x + half), (y - half, y + half)


def stage_figure(
    race: StageRace, window: tuple[tuple[float, float], tuple[float, float]], *, dark: bool = False
) -> go.Figure:
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
        "type": "scatter", "xaxis": "x2", "yaxis": "y2", "showlegend": False, "hovertemplate":
        "step %{customdata[0]:,d}<br>w₁ %{x:.3g}<br>w₂ %{y:.3g}<br>loss %{customdata[1]:.4g}<extra></extra>",
    }  # fmt: skip
    told = np.stack([np.arange(len(path)), race.trajectory.values], -1)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "markers", "x": _single(race.inputs[:, 0]), "y": _single(race.inputs[:, 1]),
            "marker": {"color": color, "size": 4, "opacity": 0.65}, "showlegend": False,
            "hovertemplate": "x₁ %{x:.3g}<br>x₂ %{y:.3g}<extra></extra>",
        },
        _contours(race, window, dark),
        loss_words | {
            "mode": "lines+markers", "x": _single(path[sight, 0]), "y": _single(path[sight, 1]),
            "customdata": told[sight], "line": {"color": on_background(BLACK, dark), "width": 1.1},
            "marker": {"size": 3, "color": on_background(BLACK, dark)},
        },
        loss_words | {
            "mode": "markers", "x": [path[0, 0], minimum[0]], "y": [path[0, 1], minimum[1]],
            "customdata": [told[0], [race.trajectory.points.shape[0] - 1, float(race.loss.value(minimum))]],
            "marker": {
                "size": [9, 12], "symbol": ["circle-open", "star"], "color": on_background(BLACK, dark),
                "line": {"color": shade.halo, "width": [2, 1]},
            },
            "hovertemplate": "%{text}<br>w₁ %{x:.3g}<br>w₂ %{y:.3g}<extra></extra>", "text": ["start", "minimum"],
        },
    ]  # fmt: skip
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


def _contours(race: StageRace, window: tuple[tuple[float, float], tuple[float, float]], dark: bool) -> dict[str, Any]:
    x, y = (np.linspace(*side, _GRID) for side in window)
    away = np.stack(np.meshgrid(x, y), -1) - race.loss.minimum
    above = 0.5 * ((away @ race.loss.hessian(np.zeros(2))) * away).sum(-1)
    # The square root makes the rings of a quadratic evenly spaced: what is seen is their shape alone.
    levels = np.sqrt(above / above.max())
    line = "rgba(232, 234, 237, 0.35)" if dark else "rgba(255, 255, 255, 0.75)"
    return {
        "type": "contour", "x": _single(x), "y": _single(y), "z": _single(levels), "xaxis": "x2", "yaxis": "y2",
        "colorscale": plotly_colorscale(dark), "showscale": False, "hoverinfo": "skip", "zmin": 0, "zmax": 1,
        "contours": {"start": 0.1, "end": 0.95, "size": 0.1}, "line": {"color": line, "width": 1},
    }  # fmt: skip


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
                "type": "scatter", "mode": "lines", "name": race.name, "x": at, "y": excess,
                "line": {"color": on_background(color, dark), "width": 2.4, "dash": plotly_dash(dash)},
                "hovertemplate": f"{race.name}<br>step %{{x:,d}}<br>%{{y:.3g}} of the start<extra></extra>",
            }
        )  # fmt: skip
    return chart(
        traces,
        dark,
        height=270,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        xaxis=axis(dark, "step, logarithmic", type="log", dtick=1),
        yaxis=axis(
            dark, "loss above minimum,<br>share of the start", type="log", range=[-6, _top(races)], dtick=2
        ),
        shapes=[
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": ARRIVED, "y1": ARRIVED,
             "line": {"color": shades(dark).muted, "width": 1, "dash": "dot"}}
        ],
        annotations=[
            note(dark, "arrived", x=1, xanchor="right", yref="y", y=float(np.log10(ARRIVED)),
                 font={"size": 12, "color": shades(dark).muted})
        ],
    )  # fmt: skip


def _top(races: Sequence[StageRace]) -> float:
    highest = max(float(np.nanmax(np.clip(race.excess, 0, 1e6))) for race in races)
    return 0.3 if highest <= 1 else min(float(np.log10(highest)), 4.0)


def _thinned(steps: int) -> NDArray[np.int64]:
    """Steps from 1 as a logarithmic axis can show them."""
    return np.unique(np.round(np.geomspace(1, max(steps - 1, 1), 240)).astype(np.int64))


def stage_table(races: Sequence[StageRace]) -> pd.DataFrame:
    """A row a stage, numbers as text."""
    return pd.DataFrame(
        {
            "stage": [race.name for race in races],
            "condition number κ": [readable(race.condition) for race in races],
            "learning rate": [readable(race.rate) for race in races],
            "largest stable rate": [readable(race.loss.largest_stable_rate) for race in races],
            "steps to 1/1,000": [
                "diverges"
                if race.diverges
                else "not within the run"
                if race.arrived is None
                else readable(race.arrived)
                for race in races
            ],
            "loss at the minimum": [readable(float(race.loss.value(race.loss.minimum))) for race in races],
        }
    )


def stage_sentence(races: Sequence[StageRace]) -> str:
    """Which stage brings the condition number down, with the numbers."""
    known = {race.stage: race.condition for race in races}
    white = known.get("whitened", known.get("zca", 1.0))
    numbers = (
        f"The condition number is {readable(known['raw'])} as measured, {readable(known['centered'])} centered, "
        f"{readable(known['scaled'])} scaled, {readable(white)} whitened."
    )
    if known["scaled"] < 2:
        return f"{numbers} The features are nearly independent, so scaling suffices."
    return f"{numbers} The features are dependent, so only whitening suffices."


def _single(values: Any) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)
