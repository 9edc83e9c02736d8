"""Penalties side by side: of each run its fit, its weights and its losses, on the same axes for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.generalization import Penalized
from figures.axes import axis, chart
from figures.theme import BLUE, CLASSES, ORANGE, TRAINING, VALIDATION, on_background, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go


def penalty_figure(run: Penalized, beside: Sequence[Penalized], *, dark: bool = False) -> go.Figure:
    """One run. beside: all that are shown, whose axes it shares."""
    traces = [*_fit(run, dark), *_weights(run, beside, dark), *_losses(run, dark)]
    small = {"size": 11, "color": shades(dark).text}

    def plain(title: str, **more: Any) -> dict[str, Any]:
        made = axis(dark, title, fixedrange=True, **more)
        return made | {"title": made["title"] | {"font": small, "standoff": 2}, "tickfont": small, "nticks": 4}

    finite = np.concatenate([np.concatenate([one.train, one.val]) for one in beside])
    finite = finite[np.isfinite(finite)]
    first = max((float(one.val[0]) for one in beside if np.isfinite(one.val[0])), default=1.0)
    highest = min(float(finite.max()) if len(finite) else 1.0, 2.0 * first) * 1.05
    top = max(one.top for one in beside) or 1.0
    return chart(
        traces,
        dark,
        showlegend=False,
        xaxis=plain("", domain=[0, 1], anchor="y"),
        yaxis=plain("", domain=[0.52, 1.0], anchor="x"),
        xaxis2=plain("weight", domain=[0, 0.4], anchor="y2", range=[-top, top]),
        yaxis2=plain("share", domain=[0.0, 0.38], anchor="x2", range=[0, 1], tickformat=".0%"),
        xaxis3=plain("epoch", domain=[0.64, 1.0], anchor="y3", range=[0, max(float(one.epochs[-1]) for one in beside)]),
        yaxis3=plain("loss", domain=[0.0, 0.38], anchor="x3", range=[0, highest]),
        hovermode="closest",
        height=380,
        dragmode=False,
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
    )


def _fit(run: Penalized, dark: bool) -> list[dict[str, Any]]:
    if "surface" in run.pictures:
        return _surface(run, dark)
    if "curve" not in run.pictures:
        return []
    curve, shade = run.pictures["curve"], shades(dark)
    points = run.points
    traces: list[dict[str, Any]] = []
    if points:
        for part, symbol, color in (("train", "circle", shade.text), ("val", "circle-open", shade.muted)):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": points[f"{part}_x"],
                    "y": points[f"{part}_y"],
                    "name": "training rows" if part == "train" else "validation rows",
                    "marker": {"size": 5, "symbol": symbol, "color": color},
                    "hoverinfo": "skip",
                }
            )
    line = {"color": on_background(BLUE, dark), "width": 2.6}
    name = f"fit: {run.name}"
    return [
        *traces,
        {"type": "scatter", "mode": "lines", "x": curve["x"], "y": curve["y"], "name": name, "line": line},
    ]


def _surface(run: Penalized, dark: bool) -> list[dict[str, Any]]:
    surface = run.pictures["surface"]
    sure = np.asarray(surface["confidence"], dtype=np.float64) / 255
    likely = np.where(np.asarray(surface["winner"]) == 1, sure, 1 - sure)
    colors = [on_background(color, dark) for color in CLASSES[:2]]
    side = likely.shape[0]
    (left, right), (low, high) = surface["x"], surface["y"]
    x, y = np.linspace(left, right, side), np.linspace(low, high, side)
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": x,
            "y": y,
            "z": np.round(likely, 3),
            "zmin": 0,
            "zmax": 1,
            "name": "probability of the second class",
            "colorscale": [[0, colors[0]], [0.5, shades(dark).background], [1, colors[1]]],
            "opacity": 0.55,
            "showscale": False,
            "hovertemplate": "second class: %{z:.0%}",
        },
        {
            "type": "contour",
            "x": x,
            "y": y,
            "z": np.round(likely, 3),
            "name": "boundary",
            "contours": {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
            "line": {"color": shades(dark).text, "width": 1.6},
            "showscale": False,
            "hoverinfo": "skip",
        },
    ]
    points = run.points
    for number, color in enumerate(colors) if points else ():
        mine = np.asarray(points["train_class"]) == number
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": np.asarray(points["train_x"])[mine],
                "y": np.asarray(points["train_y"])[mine],
                "name": f"training rows, class {number + 1}",
                "marker": {
                    "size": 6,
                    "symbol": ("circle", "triangle-up")[number],
                    "color": color,
                    "line": {"color": shades(dark).background, "width": 1},
                },
                "hoverinfo": "skip",
            }
        )
    return traces


def _weights(run: Penalized, beside: Sequence[Penalized], dark: bool) -> list[dict[str, Any]]:
    """Shares of the weights in as many bins as they were counted in; the bin around zero in a color of its own."""
    edges = np.linspace(-run.top, run.top, len(run.counts) + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    share = run.counts / max(1, run.total)
    blue, orange = on_background(BLUE, dark), on_background(ORANGE, dark)
    zero = len(share) // 2
    bars: list[dict[str, Any]] = []
    rest, exact = share.copy(), np.zeros_like(share)
    exact[zero] = run.zero_share
    rest[zero] = max(0.0, share[zero] - run.zero_share)
    for heights, color, name in ((exact, orange, "exactly zero"), (rest, blue, "other weights")):
        bars.append(
            {
                "type": "bar",
                "x": middle,
                "y": heights,
                "base": exact if name == "other weights" else 0,
                "width": np.diff(edges),
                "name": name,
                "marker": {"color": color, "line": {"width": 0}},
                "xaxis": "x2",
                "yaxis": "y2",
                "offset": -np.diff(edges) / 2,
                "hovertemplate": f"{name}, around %{{x:.2~g}}: %{{y:.1%}}",
            }
        )
    return bars


def _losses(run: Penalized, dark: bool) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": run.epochs,
            "y": values,
            "name": name,
            "line": {"color": on_background(color, dark), "width": 2, "dash": dash},
            "xaxis": "x3",
            "yaxis": "y3",
            "hovertemplate": f"{name} %{{y:.3~g}} at epoch %{{x}}",
        }
        for name, values, color, dash in (
            ("training loss", run.train, TRAINING, "4px,3px"),
            ("validation loss", run.val, VALIDATION, "solid"),
        )
    ]
