"""Histograms by layer, one small row each, the set-ups side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.initialization import Signal
from figures.axes import axis, chart
from figures.signals.depth import signal_color
from figures.theme import on_background, rgb, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from networks import SignalTrace

Array = NDArray[np.float64]
_LAYER_HEIGHT, _SHORTEST = 11, 530
_ROOM = {1: 1.1, 2: 1.22, 3: 1.42, 4: 1.6}  # of the width, with the numbers beside the histograms, on a phone too
_SPIKE = 2.5  # a bin higher than this many times the next is cut, so that the rest is seen
_ROW = 0.86  # of the distance between layers, so that no histogram covers another


def histograms_figure(signals: Sequence[Signal], *, part: str = "activations", dark: bool = False) -> go.Figure:
    """A column a set-up, a row a layer, the first layer on top; the spread is written at the end of each row.

    part: activations or gradients. All rows of a column share one axis, so that a signal that shrinks is seen to. The
    figure grows with depth: a row is never lower than 10 pixels. What is not measured yet stays empty.
    """
    depth = signals[0].setup.depth
    height = max(_SHORTEST, _LAYER_HEIGHT * depth + 90)
    traces: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    titles: list[dict[str, Any]] = []
    count, gap = len(signals), 0.03
    wide = (1 - gap * (count - 1)) / count
    for place, signal in enumerate(signals):
        number = "" if place == 0 else str(place + 1)
        left = place * (wide + gap)
        low, high = -1.0, 1.0
        shown = signal.trace or signal.earlier
        if shown is not None and len(shown.table) == depth:
            low, high = _limits(*_of(shown, part)[:2])
            traces += _column(signal, shown, part, (low, high), _ROOM[count], number, dark)
        width = high - low
        axes[f"xaxis{number}"] = axis(
            dark,
            part.removesuffix("s"),
            domain=[left, left + wide],
            anchor=f"y{number}",
            fixedrange=True,
            range=[low - 0.01 * width, low + width * _ROOM[count]],
            tickvals=_ends(low, high),
            ticktext=[readable(tick) for tick in _ends(low, high)],
        )
        axes[f"yaxis{number}"] = axis(
            dark,
            "layer" if place == 0 else "",
            range=[depth + 0.55, 0.05],
            anchor=f"x{number}",
            fixedrange=True,
            tickvals=_ticks(depth),
            showticklabels=place == 0,
            showgrid=False,
            zeroline=False,
        )
        titles.append(
            {
                "text": f"<b>{signal.slot}</b>",
                "x": left + wide / 2,
                "y": 1.0,
                "xref": "paper",
                "yref": "paper",
                "showarrow": False,
                "yanchor": "bottom",
                "font": {"size": 14, "color": on_background(signal_color(signal), dark)},
            }
        )
    return chart(
        traces,
        dark,
        **axes,
        annotations=titles,
        height=height,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
    )


def _of(trace: SignalTrace, part: str) -> tuple[Array, Array, Array, Array]:
    table = trace.table
    if part == "gradients":
        std = table["grad_std"].to_numpy(dtype=np.float64)
        return trace.gradient_edges, trace.gradient_shares, std, np.zeros_like(std)
    return trace.edges, trace.shares, table["std"].to_numpy(np.float64), table["mean"].to_numpy(np.float64)


def _limits(edges: Array, shares: Array) -> tuple[float, float]:
    """Round ends, with zero between or at one of them, that hold the histogram of every layer."""
    filled = edges[shares.sum(1) > 0]
    low, high = (float(filled.min()), float(filled.max())) if len(filled) else (-1.0, 1.0)
    largest = max(-low, high)
    if not 1e-30 < largest < 1e30:
        return -1.0, 1.0
    power = 10.0 ** np.floor(np.log10(largest))
    end = float(next(step * power for step in (1, 1.5, 2, 3, 4, 5, 7.5, 10.01) if step * power >= largest * 0.999))
    return (0.0 if low >= 0 else -end), (0.0 if high <= 0 else end)


def _ends(low: float, high: float) -> list[float]:
    return sorted({low, 0.0, high})


def _top(shares: Array) -> float:
    """The share that fills a row's height."""
    *_, second, first = np.sort(shares)
    return float(min(first, _SPIKE * second) if second > 0 else first)


def _column(
    signal: Signal, shown: SignalTrace, part: str, limits: tuple[float, float], room: float, number: str, dark: bool
) -> list[dict[str, Any]]:
    """One trace for all histograms, one for their numbers, and one of invisible points that the pointer reads."""
    edges, shares, std, mean = _of(shown, part)
    table = shown.table
    (low, high), end = limits, limits[0] + (limits[1] - limits[0]) * (room - 0.01)
    depth = len(table)
    xs: list[Array] = []
    ys: list[Array] = []
    for layer in range(depth):
        top = _top(shares[layer])
        if not top > 0:
            continue
        narrow = max(0.002 * (high - low), float(edges[layer, -1] - edges[layer, 0]) / 2)  # a spike stays visible
        middle = float(edges[layer, -1] + edges[layer, 0]) / 2
        half = float(edges[layer, -1] - edges[layer, 0]) / 2
        stretched = middle + (edges[layer] - middle) * (narrow / half if half else 1.0)
        heights = layer + 1.43 - _ROW * np.minimum(shares[layer] / top, 1.0)
        xs += [np.repeat(stretched, 2), np.array([stretched[0], np.nan])]
        ys += [
            np.concatenate([[layer + 1.43], np.repeat(heights, 2), [layer + 1.43]]),
            np.array([layer + 1.43, np.nan]),
        ]
    color = on_background(signal_color(signal), dark)
    r, g, b = rgb(color)
    said = [
        f"layer {layer + 1}<br>spread {readable(float(std[layer]))}<br>mean {readable(float(mean[layer]))}<br>"
        f"saturated {table['saturated'].iloc[layer]:.1%}<br>dead {table['dead'].iloc[layer]:.1%}"
        for layer in range(depth)
    ]
    every = 1 if depth <= 30 else 2 if depth <= 60 else 5
    words = [
        readable(float(value)) if (layer + 1) % every == 0 or layer == 0 else "" for layer, value in enumerate(std)
    ]
    shared = {"xaxis": f"x{number}", "yaxis": f"y{number}", "type": "scatter"}
    return [
        shared
        | {
            "mode": "lines",
            "x": np.concatenate(xs) if xs else [],
            "y": np.concatenate(ys) if ys else [],
            "fill": "toself",
            "fillcolor": f"rgba({r}, {g}, {b}, 0.55)",
            "line": {"color": color, "width": 0.8},
            "hoverinfo": "skip",
            "opacity": 1.0 if signal.trace is not None else 0.3,
        },
        shared
        | {
            "mode": "text",
            "x": np.full(depth, end),
            "y": np.arange(1, depth + 1) + 0.1,
            "textposition": "middle left",
            "text": words,
            "textfont": {"size": 11, "color": shades(dark).muted},
            "hoverinfo": "skip",
        },
        shared
        | {
            "mode": "markers",
            "x": np.tile(np.linspace(low, high, 9), depth),
            "marker": {"opacity": 0, "size": 12},
            "y": np.repeat(np.arange(1, depth + 1), 9),
            "customdata": np.repeat(said, 9),
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]


def _ticks(depth: int) -> list[int]:
    every = 1 if depth <= 20 else 5 if depth <= 60 else 10
    return [1, *(layer for layer in range(2, depth + 1) if layer % every == 0)]
