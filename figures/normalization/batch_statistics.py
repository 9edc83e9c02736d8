"""Pictures of batch normalization: running averages, small batches, a forgotten eval mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.normalization import SIZES, BatchView, population
from figures.axes import axis, chart
from figures.theme import (
    BLACK,
    BLUE,
    DASH_DOT,
    DASHED,
    DOTTED,
    GREEN,
    SKY,
    VERMILLION,
    on_background,
    plotly_dash,
    shades,
)
from networks.normalization import batch_error
from numerals import readable, readable_ticks

if TYPE_CHECKING:
    import plotly.graph_objects as go


def running_figure(view: BatchView, *, dark: bool = False) -> go.Figure:
    """Running mean and variance by batch, over the batches' own and the population's."""
    shade = shades(dark)
    everyone = population()
    traces: list[dict[str, Any]] = []
    for number, (own, running, batch, truth) in enumerate(
        (
            ("mean", view.running_mean, view.batch_mean, everyone.mean()),
            ("variance", view.running_variance, view.batch_variance, everyone.var()),
        ),
        1,
    ):
        place = {"xaxis": "x", "yaxis": "y" if number == 1 else "y2", "type": "scatter", "showlegend": number == 1}
        steps = np.arange(1, len(batch) + 1)
        traces += [
            place
            | {
                "mode": "markers",
                "x": steps,
                "y": batch,
                "name": "one batch",
                "marker": {"color": on_background(SKY, dark), "size": 4, "symbol": "circle-open"},
                "hovertemplate": f"batch %{{x:,d}}<br>its {own} %{{y:.3g}}",
            },
            place
            | {
                "mode": "lines",
                "x": [0, len(batch)],
                "y": [truth, truth],
                "name": "population",
                "line": {"color": shade.muted, "width": 1.6, "dash": plotly_dash(DASHED)},
                "hovertemplate": f"{own} of the population %{{y:.3g}}",
            },
        ]
        if running is not None:
            traces.append(
                place
                | {
                    "mode": "lines",
                    "x": np.arange(len(running)),
                    "y": running,
                    "name": "running average",
                    "line": {"color": on_background(VERMILLION, dark), "width": 2.6},
                    "hovertemplate": f"after batch %{{x:,d}}<br>running {own} %{{y:.3g}}",
                }
            )
    return chart(
        traces,
        dark,
        height=330,
        xaxis=axis(dark, "training batches seen", anchor="y2"),
        yaxis=axis(dark, "mean", domain=[0.56, 1], nticks=5),
        yaxis2=axis(dark, "variance", domain=[0, 0.44], nticks=5, anchor="x", rangemode="tozero"),
    )


def forgotten_figure(view: BatchView, *, dark: bool = False) -> go.Figure:
    """One test value after normalization: a single number in evaluation mode, a lottery in training mode."""
    shade = shades(dark)
    jitter = np.random.default_rng(0).uniform(-0.3, 0.3, 10_000)
    traces: list[dict[str, Any]] = []
    sizes = list(view.forgotten)
    for place, size in enumerate(sizes):
        values = view.forgotten[size]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": place + jitter[: len(values)],
                "y": values,
                "name": "training mode, each \N{MULTIPLICATION SIGN} another batch",
                "showlegend": place == 0,
                "marker": {
                    "color": on_background(VERMILLION, dark),
                    "size": 4.5,
                    "opacity": 0.55,
                    "symbol": "x-thin-open",
                },
                "hovertemplate": f"batch of {size}<br>%{{y:.3g}}<extra></extra>",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": [-0.5, len(sizes) - 0.5],
            "y": [view.trained] * 2,
            "name": "evaluation mode",
            "line": {"color": on_background(BLUE, dark), "width": 2.6},
            "hovertemplate": "evaluation mode %{y:.3g}<extra></extra>",
        }
    )
    return chart(
        traces,
        dark,
        height=330,
        hovermode="closest",
        xaxis=axis(
            dark,
            "samples in the test batch",
            tickvals=list(range(len(sizes))),
            ticktext=[readable(s) for s in sizes],
            range=[-0.55, len(sizes) - 0.45],
            showgrid=False,
            zeroline=False,
        ),
        yaxis=axis(dark, "test value after normalization", zeroline=True, zerolinecolor=shade.muted),
    )


_ERRORS = (0.1, 0.2, 0.5, 1, 2)  # told beside the axis


def error_figure(seed: int, *, dark: bool = False) -> go.Figure:
    """Root mean square error of a batch's statistics by its size, both axes logarithmic."""
    errors = batch_error(population(), sizes=SIZES, seed=seed)
    lines = (
        ("mean (standard deviations)", errors.mean, BLUE, (), "circle"),
        ("variance (share of it)", errors.variance, VERMILLION, DASHED, "diamond"),
        ("normalized values", errors.output, GREEN, DASH_DOT, "square"),
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(SIZES),
            "y": values,
            "name": name,
            "line": {"color": on_background(color, dark), "width": 2.4, "dash": plotly_dash(dash)},
            "marker": {"size": 9, "symbol": symbol},
            "hovertemplate": f"batch of %{{x}}<br>error of {name} %{{y:.3g}}<extra></extra>",
        }
        for name, values, color, dash, symbol in lines
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(SIZES),
            "y": np.array(SIZES) ** -0.5,
            "name": "1/√n",
            "line": {"color": on_background(BLACK, dark), "width": 1.2, "dash": plotly_dash(DOTTED)},
            "hoverinfo": "skip",
        }
    )
    return chart(
        traces,
        dark,
        height=300,
        margin={"l": 8, "r": 8, "t": 56, "b": 8},
        xaxis=axis(
            dark,
            "samples in a batch, logarithmic",
            type="log",
            tickvals=list(SIZES),
            ticktext=[readable(s) for s in SIZES],
        ),
        yaxis=axis(
            dark,
            "root mean square error",
            type="log",
            tickvals=_ERRORS,
            ticktext=readable_ticks(_ERRORS),
        ),
    )
