"""Ensembles: members beside their mean, the gain by their number, and where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from figures.axes import axis, chart
from figures.generalization.marks import LAYOUT, LEGEND, band
from figures.theme import BLUE, CLASSES, GREEN, VERMILLION, on_background, rgb, shades
from numerals import readable
from trainers.ensembles import Ensemble

if TYPE_CHECKING:
    import plotly.graph_objects as go


def members_figure(ensemble: Ensemble, *, dark: bool = False) -> go.Figure:
    """The validation loss of every member, of their mean prediction, of their mean weights and of a moving average of
    them."""
    rows = [(one.name, one.loss, shades(dark).muted, "circle") for one in ensemble.members]
    rows.append(("mean prediction", ensemble.predictions.loss, on_background(BLUE, dark), "diamond"))
    if ensemble.weights is not None:
        rows.append(("mean weights", ensemble.weights.loss, on_background(VERMILLION, dark), "square"))
    if ensemble.average is not None:
        rows.append((ensemble.average.name, ensemble.average.loss, on_background(GREEN, dark), "triangle-up"))
    losses = [loss if np.isfinite(loss) else None for _, loss, _, _ in rows]
    known = [loss for loss in losses if loss is not None]
    top = max(known, default=1.0)
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers+text",
        "x": losses,
        "y": [name for name, *_ in rows],
        "marker": {"size": 13, "color": [color for *_, color, _ in rows], "symbol": [mark for *_, mark in rows]},
        "text": [f"  {readable(loss)}" if loss is not None else "" for loss in losses],
        "textposition": "middle right",
        "textfont": {"color": shades(dark).text, "size": 12},
        "hovertemplate": "%{y}: %{x:.4~g}",
        "cliponaxis": False,
    }
    low = min(known, default=0.0)
    room = max(top - low, 0.1 * abs(top), 1e-9)
    return chart(
        [trace],
        dark,
        showlegend=False,
        xaxis=axis(dark, "validation loss", range=[low - 0.15 * room, top + 0.3 * room], fixedrange=True),
        yaxis=axis(dark, "", autorange="reversed", fixedrange=True),
        height=max(260, 90 + 34 * len(rows)),
        **LAYOUT,
    )


def sizes_figure(ensemble: Ensemble, *, dark: bool = False) -> go.Figure:
    """The mean loss of ensembles by their number of members, with each member's own at one."""
    sizes = [size for size, _, _ in ensemble.sizes]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [1] * len(ensemble.members),
            "y": [one.loss for one in ensemble.members],
            "name": "each member",
            "marker": {"size": 8, "symbol": "circle-open", "color": shades(dark).muted},
            "text": [one.name for one in ensemble.members],
            "hovertemplate": "%{text}: %{y:.4~g}",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": sizes,
            "y": [loss for _, loss, _ in ensemble.sizes],
            "name": "ensembles of so many, on average",
            "line": {"color": on_background(BLUE, dark), "width": 2.6},
            "hovertemplate": "%{x} members: %{y:.4~g}",
        },
    ]
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "members", dtick=1, fixedrange=True),
        yaxis=axis(dark, "validation loss", fixedrange=True),
        hovermode="closest",
        height=300,
        **LAYOUT,
        legend=LEGEND,
    )


def agreement_figure(ensemble: Ensemble, *, dark: bool = False) -> go.Figure | None:
    """Where members disagree: over two features the share that says another class, over one feature every curve."""
    area = ensemble.map
    if area is None:
        return None
    if area.curves:
        return _curves(ensemble, dark)
    against, winner = np.array(area.against), np.array(area.winner)
    x, y = np.linspace(*area.x, against.shape[1]), np.linspace(*area.y, against.shape[0])
    colors = [on_background(CLASSES[i % len(CLASSES)], dark) for i in range(max(2, ensemble.classes))]
    last = max(1, len(colors) - 1)
    scale = [[i / last, _faint(color, 0.4)] for i, color in enumerate(colors)]
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": x,
            "y": y,
            "z": winner,
            "zmin": 0,
            "zmax": last,
            "colorscale": scale,
            "showscale": False,
            "hoverinfo": "skip",
        },
        {
            "type": "heatmap",
            "x": x,
            "y": y,
            "z": against,
            "zmin": 0,
            "zmax": 50,
            "zsmooth": "best",
            "colorscale": [[0, _faint(shades(dark).text, 0.0)], [1, _faint(shades(dark).text, 0.85)]],
            "colorbar": {
                "title": {"text": "% against", "font": {"size": 12, "color": shades(dark).text}},
                "tickfont": {"size": 12, "color": shades(dark).text},
                "thickness": 12,
                "outlinewidth": 0,
            },
            "hovertemplate": "%{z:.0f} % of the members say another class",
        },
    ]
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "first feature", fixedrange=True, range=list(area.x)),
        yaxis=axis(dark, "second feature", fixedrange=True, range=list(area.y)),
        height=430,
        **LAYOUT,
    )


def _curves(ensemble: Ensemble, dark: bool) -> go.Figure:
    area = ensemble.map
    assert area is not None
    curves = np.array(area.curves)
    x, mean, spread = np.linspace(*area.x, curves.shape[1]), curves.mean(0), curves.std(0)
    traces: list[dict[str, Any]] = [band(x, mean - 2 * spread, mean + 2 * spread, "mean ± 2 deviations")]
    for number, (curve, member) in enumerate(zip(curves, ensemble.members, strict=False)):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": curve,
                "name": "each member",
                "showlegend": number == 0,
                "line": {"color": shades(dark).muted, "width": 1.2},
                "hovertemplate": f"{member.name}: %{{y:.3~g}}",
            }
        )
    line = {"color": on_background(BLUE, dark), "width": 3}
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": mean,
            "name": "mean prediction",
            "line": line,
            "hovertemplate": "mean %{y:.3~g}",
        }
    )
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "feature", fixedrange=True),
        yaxis=axis(dark, "prediction", fixedrange=True),
        hovermode="closest",
        height=430,
        **LAYOUT,
        legend=LEGEND,
    )


def _faint(color: str, opacity: float) -> str:
    red, green, blue = rgb(color)
    return f"rgba({red}, {green}, {blue}, {opacity})"
