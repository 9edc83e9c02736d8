"""The two ways to a learning rate: loss against a rate that is raised, and losses of rates that are halved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, GREEN, VERMILLION, on_background, shades
from numerals import readable
from trainers.rates import RateSearch, Suggestion, smoothed

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def range_figure(search: RateSearch, found: Suggestion, *, dark: bool = False) -> go.Figure:
    """The loss of every batch over the rate before it, its mean, and the rates that were read from it."""
    test = search.range_test
    losses = np.array(test.losses)
    heights = np.array(smoothed(test.losses)) if len(losses) else losses
    color = on_background(BLUE, dark)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": test.rates,
            "y": np.where(np.isfinite(losses), losses, np.nan),
            "name": "each batch",
            "marker": {"size": 5, "color": shades(dark).muted},
            "hovertemplate": "rate %{x:.3~g}: %{y:.4~g}",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": test.rates,
            "y": np.where(np.isfinite(heights), heights, np.nan),
            "name": "mean around it",
            "line": {"color": color, "width": 2.4},
            "hovertemplate": "rate %{x:.3~g}: %{y:.4~g}",
        },
    ]
    shapes, notes = [], []
    marks = [(found.rate, "suggested", GREEN, "solid"), (found.breaks, "breaks", VERMILLION, "6px,4px")]
    for rate, word, shade, dash in marks:
        if rate is None:
            continue
        line = {"color": on_background(shade, dark), "width": 2, "dash": dash}
        top = 0.93 if not notes else 0.86  # below the one before, which it would meet on a phone
        shapes.append({"type": "line", "x0": rate, "x1": rate, "y0": 0, "y1": top, "yref": "paper", "line": line})
        notes.append(
            {
                "x": float(np.log10(rate)),
                "y": top,
                "yref": "paper",
                "text": f"{word} {readable(rate)}",
                "showarrow": False,
                "yanchor": "bottom",
                "font": {"size": 13, "color": on_background(shade, dark)},
                "bgcolor": shades(dark).background,  # the curve rises where it breaks
                "borderpad": 1,
            }
        )
    known = heights[np.isfinite(heights)]
    start = float(known[0]) if len(known) else 1.0
    least = float(known.min()) if len(known) else 0.0
    room = max(start - least, 0.1 * abs(start), 1e-9)
    shown = [test.rates[0], test.most] if test.rates else [1e-5, 10.0]
    across = log_axis(dark, "learning rate", shown, ticks=8)
    return chart(
        traces,
        dark,
        xaxis=across,
        yaxis=axis(dark, "training loss of a batch", range=[least - 0.15 * room, start + 0.9 * room], fixedrange=True),
        shapes=shapes,
        annotations=notes,
        hovermode="closest",
        dragmode=False,
        height=400,
        margin=_MARGIN,
        legend=_LEGEND,
    )


def trials_figure(search: RateSearch, *, dark: bool = False) -> go.Figure:
    """The losses of each trial by step: the one that held drawn through, those before it dashed."""
    traces: list[dict[str, Any]] = []
    top = max((trial.losses[0] for trial in search.trials if trial.losses), default=1.0)
    broken = [readable(trial.rate) for trial in search.trials if not trial.held]
    diverged = f"{broken[0] if len(broken) == 1 else f'{broken[0]} to {broken[-1]}'} diverged" if broken else ""
    for trial in search.trials:
        losses = np.array(trial.losses)
        shade = on_background(GREEN, dark) if trial.held else shades(dark).muted
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.arange(len(losses)),
                "y": np.where(np.isfinite(losses), losses, np.nan),
                "name": f"{readable(trial.rate)} held" if trial.held else diverged,
                "line": {
                    "color": shade,
                    "width": 2.6 if trial.held else 1.3,
                    "dash": "solid" if trial.held else "4px,3px",
                },
                "hovertemplate": f"rate {readable(trial.rate)}, step %{{x}}: %{{y:.4~g}}",
                "showlegend": trial.held or trial is search.trials[0],
            }
        )
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "step", rangemode="tozero", fixedrange=True),
        yaxis=axis(dark, "training loss of a batch", range=[0, 2.2 * max(top, 1e-9)], fixedrange=True),
        hovermode="closest",
        dragmode=False,
        height=400,
        margin=_MARGIN,
        legend=_LEGEND,
    )
