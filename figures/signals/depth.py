"""Signal and gradient by layer: what was measured as points, what mean-field theory says as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.initialization import Signal
from figures.axes import HIGHEST, LOWEST, axis, chart, log_axis
from figures.theme import (
    DASH_DOT,
    DASHED,
    DOTTED,
    GREEN,
    ORANGE,
    SKY,
    SOLID,
    VERMILLION,
    Dash,
    on_background,
    plotly_dash,
    shades,
)
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go


_SYMBOLS = ("circle", "square", "diamond", "cross")
_STYLES: tuple[tuple[str, Dash], ...] = (
    (VERMILLION, SOLID),
    (SKY, DASHED),
    (GREEN, DOTTED),
    (ORANGE, DASH_DOT),
)
_PANELS = (
    ("std", "signal, std"),
    ("grad_std", "gradient, std"),
    ("weight_grad_std", "weight grad., std"),
)


def signal_color(signal: Signal) -> str:
    """The color of a set-up's place."""
    return _STYLES[signal.slot - 1][0]


def spread_figure(signals: Sequence[Signal], *, dark: bool = False) -> go.Figure:
    """Three logarithmic panels (signal, gradient, weight gradient) and one with saturated and dead shares."""
    depth = signals[0].setup.depth
    layers = np.arange(1.0, depth + 1)
    traces: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    domains = ((0.775, 1.0), (0.52, 0.74), (0.265, 0.485), (0.0, 0.23))
    for panel, ((column, title), domain) in enumerate(zip(_PANELS, domains[:3], strict=True), 1):
        everything = [np.array([1.0])] if panel < 3 else []
        for signal in signals:
            measured, predicted = _measured(signal, column), _predicted(signal, column)
            everything += [line for line in (measured, predicted) if line is not None]
            traces += _lines(signal, layers, measured, predicted, panel, dark)
        values = np.concatenate(everything) if everything else np.array([1.0])
        axes[f"yaxis{panel}"] = log_axis(dark, title, values, ticks=4, domain=domain)
    for signal in signals:
        if signal.trace is not None:
            traces += _shares(signal, layers, dark)
    axes["yaxis4"] = axis(
        dark,
        "share of units",
        domain=domains[3],
        range=[-0.06, 1.06],
        tickvals=[0, 0.5, 1],
        ticktext=["0", "50 %", "100 %"],
        fixedrange=True,
    )
    return chart(
        traces,
        dark,
        **axes,
        xaxis=axis(
            dark,
            "layer",
            range=[0.5, depth + 0.5],
            anchor="y4",
            fixedrange=True,
            hoverformat="d",
            nticks=min(depth + 1, 11),
            showspikes=True,
            spikemode="across",
            spikethickness=1,
            spikedash="solid",
            spikecolor=shades(dark).muted,
        ),
        hovermode="x",
        hoversubplots="axis",
        dragmode=False,
        height=530,
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 10, "b": 8},
    )


def _measured(signal: Signal, column: str) -> NDArray[np.float64] | None:
    return None if signal.trace is None else signal.trace.table[column].to_numpy(dtype=np.float64)


def _predicted(signal: Signal, column: str) -> NDArray[np.float64] | None:
    return None if signal.theory is None else getattr(signal.theory, column)


def _lines(
    signal: Signal,
    layers: NDArray[np.float64],
    measured: NDArray[np.float64] | None,
    predicted: NDArray[np.float64] | None,
    panel: int,
    dark: bool,
) -> list[dict[str, Any]]:
    color = on_background(signal_color(signal), dark)
    shared = {"type": "scatter", "x": layers, "yaxis": f"y{panel}", "legendgroup": str(signal.slot)}
    traces = []
    if predicted is not None:
        traces.append(
            shared
            | {
                "mode": "lines",
                "y": _on_log(predicted),
                "name": f"{signal.slot} theory",
                "hoverinfo": "skip",
                "line": {"color": color, "width": 2, "dash": plotly_dash(_STYLES[signal.slot - 1][1])},
            }
        )
    if measured is not None:
        said = [readable(float(value)) for value in measured]
        if predicted is not None:
            said = [f"{m}, theory {readable(float(t))}" for m, t in zip(said, predicted, strict=True)]
        traces.append(
            shared
            | {
                "mode": "markers",
                "y": _on_log(measured),
                "name": str(signal.slot),
                "customdata": said,
                "marker": {
                    "color": color,
                    "symbol": _SYMBOLS[signal.slot - 1],
                    "size": 7 if len(layers) <= 30 else 5,
                    "line": {"color": shades(dark).background, "width": 0.8},
                },
                "hovertemplate": f"{signal.slot}: %{{customdata}}<extra></extra>",
            }
        )
    return traces


def _shares(signal: Signal, layers: NDArray[np.float64], dark: bool) -> list[dict[str, Any]]:
    assert signal.trace is not None
    color = on_background(signal_color(signal), dark)
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": layers,
            "yaxis": "y4",
            "name": f"{signal.slot} {column}",
            "y": signal.trace.table[column].to_numpy(),
            "legendgroup": str(signal.slot),
            "line": {"color": color, "width": 2 if column == "saturated" else 1.2, "dash": dash},
            "marker": {
                "color": color,
                "symbol": _SYMBOLS[signal.slot - 1] + ("" if column == "saturated" else "-open"),
                "size": 6 if len(layers) <= 30 else 4,
            },
            "hovertemplate": f"{signal.slot}: %{{y:.1%}} {column}<extra></extra>",
        }
        for column, dash in (("saturated", plotly_dash(_STYLES[signal.slot - 1][1])), ("dead", "1px,3px"))
    ]


def _on_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN for what cannot stand on a logarithmic axis: zero, infinite, or beyond 1e-30 and 1e30."""
    with np.errstate(invalid="ignore"):
        return np.where((values >= LOWEST) & (values <= HIGHEST), values, np.nan)
