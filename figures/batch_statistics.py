"""Batch normalization in training and in evaluation: running averages, small batches, a forgotten eval mode.

One channel with one value a sample; the population is drawn once, skewed as activations are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
from networks.normalization import EPS, batch_error, forgotten_eval, running_path
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

SIZES = (1, 2, 4, 8, 32)
_SIMILAR = 0.1  # share of the population that counts as similar to a value


@cache
def population() -> Array:
    """20,000 values of one channel: four fifths around 2, one fifth around 7. Read-only."""
    generator = np.random.default_rng(20_000)
    high = generator.random(20_000) < 0.2
    values = np.where(high, generator.normal(7, 1.5, 20_000), generator.normal(2, 1.0, 20_000))
    values.setflags(write=False)
    return values


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """running_mean, running_variance: ``(steps + 1,)``, or None where batches of one cannot be trained on.

    batch_mean, batch_variance: ``(steps,)``. trained, ideal: the value in evaluation mode, with the running averages
    and with the population's statistics. forgotten: by batch size, the same value in training mode ``(draws,)``.
    """

    size: int
    value: float
    running_mean: Array | None = field(repr=False)
    running_variance: Array | None = field(repr=False)
    batch_mean: Array = field(repr=False)
    batch_variance: Array = field(repr=False)
    trained: float
    ideal: float
    forgotten: dict[int, Array] = field(repr=False)


def batch_view(
    *, size: int, momentum: float, batches: int, value: float, similar: bool, seed: int, draws: int = 200
) -> BatchView:
    """Train on ``batches`` batches of ``size``, then normalize one test value in both modes.

    similar: the other samples of its batch are the tenth of the population that is nearest to the value, as in a test
    set sorted by class.
    """
    everyone = population()
    drawn = np.random.default_rng(seed).choice(everyone, (batches, size, 1, 1))
    if size > 1:
        mean, variance = (path[:, 0] for path in running_path(drawn, momentum))
        end = float(mean[-1]), float(variance[-1])
    else:
        mean = variance = None
        end = 0.0, 1.0
    others = everyone
    if similar:
        others = everyone[np.argsort(np.abs(everyone - value))[: round(_SIMILAR * len(everyone))]]
    return BatchView(
        size=size,
        value=value,
        running_mean=mean,
        running_variance=variance,
        batch_mean=drawn.mean((1, 2, 3)),
        batch_variance=drawn.var((1, 2, 3), ddof=1) if size > 1 else np.zeros(batches),
        trained=(value - end[0]) / float(np.sqrt(end[1] + EPS)),
        ideal=float((value - everyone.mean()) / np.sqrt(everyone.var() + EPS)),
        forgotten={
            each: forgotten_eval(value, others, size=each, draws=draws, seed=seed) for each in sorted({*SIZES, size})
        },
    )


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
            place | {
                "mode": "markers", "x": steps, "y": batch, "name": "one batch",
                "marker": {"color": on_background(SKY, dark), "size": 4, "symbol": "circle-open"},
                "hovertemplate": f"batch %{{x:,d}}<br>its {own} %{{y:.3g}}",
            },
            place | {
                "mode": "lines", "x": [0, len(batch)], "y": [truth, truth], "name": "population",
                "line": {"color": shade.muted, "width": 1.6, "dash": plotly_dash(DASHED)},
                "hovertemplate": f"{own} of the population %{{y:.3g}}",
            },
        ]  # fmt: skip
        if running is not None:
            traces.append(
                place | {
                    "mode": "lines", "x": np.arange(len(running)), "y": running, "name": "running average",
                    "line": {"color": on_background(VERMILLION, dark), "width": 2.6},
                    "hovertemplate": f"after batch %{{x:,d}}<br>running {own} %{{y:.3g}}",
                }
            )  # fmt: skip
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
                "type": "scatter", "mode": "markers", "x": place + jitter[: len(values)], "y": values,
                "name": "training mode, each \N{MULTIPLICATION SIGN} another batch", "showlegend": place == 0,
                "marker": {
                    "color": on_background(VERMILLION, dark), "size": 4.5, "opacity": 0.55, "symbol": "x-thin-open"
                },
                "hovertemplate": f"batch of {size}<br>%{{y:.3g}}<extra></extra>",
            }
        )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "x": [-0.5, len(sizes) - 0.5], "y": [view.trained] * 2,
            "name": "evaluation mode", "line": {"color": on_background(BLUE, dark), "width": 2.6},
            "hovertemplate": "evaluation mode %{y:.3g}<extra></extra>",
        }
    )  # fmt: skip
    return chart(
        traces,
        dark,
        height=330,
        hovermode="closest",
        xaxis=axis(
            dark, "samples in the test batch", tickvals=list(range(len(sizes))), ticktext=[readable(s) for s in sizes],
            range=[-0.55, len(sizes) - 0.45], showgrid=False, zeroline=False,
        ),
        yaxis=axis(dark, "test value after normalization", zeroline=True, zerolinecolor=shade.muted),
    )  # fmt: skip


def error_figure(seed: int, *, dark: bool = False) -> go.Figure:
    """Root mean square error of a batch's statistics by its size, both axes logarithmic."""
    found = batch_error(population(), sizes=SIZES, seed=seed)
    lines = (
        ("mean (standard deviations)", found.mean, BLUE, (), "circle"),
        ("variance (share of it)", found.variance, VERMILLION, DASHED, "diamond"),
        ("normalized values", found.output, GREEN, DASH_DOT, "square"),
    )
    traces = [
        {
            "type": "scatter", "mode": "lines+markers", "x": list(SIZES), "y": values, "name": name,
            "line": {"color": on_background(color, dark), "width": 2.4, "dash": plotly_dash(dash)},
            "marker": {"size": 9, "symbol": symbol},
            "hovertemplate": f"batch of %{{x}}<br>error of {name} %{{y:.3g}}<extra></extra>",
        }
        for name, values, color, dash, symbol in lines
    ]  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "x": list(SIZES), "y": np.array(SIZES) ** -0.5, "name": "1/√n",
            "line": {"color": on_background(BLACK, dark), "width": 1.2, "dash": plotly_dash(DOTTED)},
            "hoverinfo": "skip",
        }
    )  # fmt: skip
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
        yaxis=axis(dark, "root mean square error", type="log", tickvals=[0.1, 0.2, 0.5, 1, 2]),
    )


def forgotten_sentence(view: BatchView) -> str:
    """Both modes in numbers, for the batch size that is set."""
    values = view.forgotten[view.size]
    fixed = f"Evaluation mode gives {readable(view.trained)}, whatever the batch."
    if view.size == 1:
        return f"{fixed} Training mode with a batch of 1 gives 0 for every input: the value itself is its own mean."
    low, high = np.quantile(values, [0.05, 0.95])
    flips = float(np.mean(np.sign(values) != np.sign(view.trained)))
    return (
        f"{fixed} Training mode in batches of {view.size} gives {readable(float(low), 2)} to "
        f"{readable(float(high), 2)}, with the wrong sign in {readable(100 * flips, 2)} % of batches."
    )


def running_sentence(view: BatchView, momentum: float) -> str:
    """How far the running averages have come."""
    if view.running_mean is None or view.running_variance is None:
        return "PyTorch refuses to train on one value a channel: its variance is zero, and every output would be too."
    everyone = population()
    kept = 100 * (1 - momentum) ** len(view.batch_mean)
    return (
        f"After {readable(len(view.batch_mean))} batches the running mean is {readable(float(view.running_mean[-1]))}, "
        f"the population's {readable(float(everyone.mean()))}. "
        f"The first guess still weighs {readable(kept, 2) if kept >= 0.1 else 'less than 0.1'} %."
    )


def error_table(seed: int) -> pd.DataFrame:
    """The errors by batch size, numbers as text."""
    found = batch_error(population(), sizes=SIZES, seed=seed)
    return pd.DataFrame(
        {
            "samples in a batch": [readable(size) for size in found.sizes],
            "error of the mean (standard deviations)": _texts(found.mean),
            "error of the variance (share)": _texts(found.variance),
            "error of normalized values": _texts(found.output),
        }
    )


def _texts(values: Array | Sequence[float]) -> list[str]:
    return [readable(float(value)) for value in values]


def train_and_eval_code(momentum: float) -> str:
    """The order of both modes in PyTorch."""
    return (
        f"layer = torch.nn.BatchNorm1d(1, momentum={momentum:g})\n"
        "layer.train()   # each batch is its own yardstick\n"
        "# ... training ...\n"
        "layer.eval()    # forget this line, and the answer depends on who else is in the batch\n"
        "y = layer(x)"
    )
