"""Which cells of a tensor share statistics, and its numbers before and after normalization.

The tensor (samples, channels, positions) is laid out flat: a row a sample, a block of columns a channel, and in each
block a column a position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from figures.axes import axis, chart, note
from figures.theme import BLACK, BLUE, COLORS, VERMILLION, on_background, rgb, shades
from networks.normalization import KINDS, Normalized, sharing
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go


Array = NDArray[np.float64]

_GAP = 0.35  # between two channels, in cells
_TINTS = tuple(color for color in COLORS if color != BLACK)
_MOST_NUMBERS = 18  # columns of cells whose numbers can still be read


def sharing_figure(kind: str, shape: tuple[int, int, int], *, groups: int, dark: bool = False) -> go.Figure:
    """Small pictures of every kind side by side, ``kind`` in bold: cells of one color share mean and variance."""
    shade = shades(dark)
    width = 1 / len(KINDS)
    traces, layout, titles = [], {}, []
    for number, (key, each) in enumerate(KINDS.items()):
        own = str(number + 1) if number else ""
        left = number * width + (0.012 if number else 0)
        traces.append(_groups_trace(key, shape, groups, dark) | {"xaxis": f"x{own}", "yaxis": f"y{own}"})
        hidden = {"visible": False, "fixedrange": True}
        layout[f"xaxis{own}"] = hidden | {"domain": [left, (number + 1) * width], "anchor": f"y{own}"}
        layout[f"yaxis{own}"] = hidden | {"autorange": "reversed", "anchor": f"x{own}"}
        chosen = key == kind
        name = f"<b>{each.name}</b> \N{BLACK DOWN-POINTING TRIANGLE}" if chosen else each.name
        font = {"size": 13, "color": shade.text if chosen else shade.muted}
        titles.append(note(dark, name, x=left, y=1, yshift=2, font=font))
    margin = {"l": 2, "r": 2, "t": 24, "b": 2}
    return chart(traces, dark, height=116, margin=margin, annotations=titles, **layout)


def tensor_figure(x: Array, result: Normalized, kind: str, *, groups: int, dark: bool = False) -> go.Figure:
    """Three panels over the same cells: who shares statistics, the numbers before, and the numbers after."""
    shape: tuple[int, int, int] = x.shape  # pyright: ignore[reportAssignmentType]
    shade = shades(dark)
    edges, _ = _columns(shape)
    middles = [(edges[c * (shape[2] + 1)] + edges[c * (shape[2] + 1) + shape[2]]) / 2 for c in range(shape[1])]
    largest = float(max(np.abs(x).max(), np.abs(result.output).max()))
    traces = [_groups_trace(kind, shape, groups, dark, numbers=True)]
    for number, values in ((2, x), (3, result.output)):
        traces.append(_values_trace(values, x, result, number, largest, dark))
    thirds = ((0.72, 1.0), (0.36, 0.64), (0.0, 0.28))
    titles = (
        "<b>Shared statistics</b>: cells of one number and color",
        f"<b>Before</b>: mean {readable(float(x.mean()))}, standard deviation {readable(float(x.std()))}",
        f"<b>After</b>, scaled and shifted: mean {readable(_tidy(float(result.output.mean())))}, "
        f"standard deviation {readable(float(result.output.std()))}",
    )
    layout: dict[str, Any] = {}
    for number, domain in enumerate(thirds, 1):
        own = "" if number == 1 else str(number)
        layout[f"yaxis{own}"] = axis(
            dark,
            "sample",
            domain=list(domain),
            autorange="reversed",
            showgrid=False,
            zeroline=False,
            dtick=1,
            anchor="x",
            fixedrange=True,
        )
    return chart(
        traces,
        dark,
        height=150 + 3 * 24 * max(shape[0], 3),
        margin={"l": 8, "r": 8, "t": 26, "b": 8},
        xaxis=axis(
            dark,
            "channel, with a column a position",
            tickvals=middles,
            ticktext=list(range(1, shape[1] + 1)),
            showgrid=False,
            zeroline=False,
            anchor="y3",
            fixedrange=True,
        ),
        annotations=[
            note(dark, title, x=0, y=domain[1], yshift=3) for title, domain in zip(titles, thirds, strict=True)
        ],
        hoverlabel={"font": {"color": shade.text}, "bgcolor": shade.background, "bordercolor": shade.grid},
        **layout,
    )


def group_table(x: Array, result: Normalized) -> pd.DataFrame:
    """A row for every set of cells with shared statistics, numbers as text."""
    rows = []
    for group in range(int(result.sharing.max()) + 1):
        cells = result.sharing == group
        before, after = x[cells], result.output[cells]
        rows.append(
            {
                "shared by": f"cells with number {group + 1}",
                "cells": readable(int(cells.sum())),
                "mean taken off": readable(float(result.mean[cells][0])),
                "divided by": readable(float(np.sqrt(result.variance[cells][0]))),
                "mean before": readable(float(before.mean())),
                "mean after": readable(_tidy(float(after.mean()))),
                "standard deviation after": readable(_tidy(float(after.std()))),
            }
        )
    return pd.DataFrame(rows)


def tensor_sentence(kind: str, x: Array, result: Normalized) -> str:
    """What shares, and in how many sets."""
    sets = int(result.sharing.max()) + 1
    per_set = x.size // sets
    what = {
        "batch": "Each channel shares over the whole batch, so a sample depends on its neighbours.",
        "layer": "Each sample stands alone: all its channels share, and the batch does not matter.",
        "group": "Each sample stands alone, and its channels share within their group.",
        "instance": "Each channel of each sample stands alone, so the contrast of a sample is lost.",
        "rms": "As layer normalization, but the mean stays in: only the size is divided out.",
    }[kind]
    return f"{what} Here {readable(sets)} sets of {readable(per_set)} cells."


def _tidy(value: float) -> float:
    return 0.0 if abs(value) < 1e-12 else value


def _columns(shape: tuple[int, int, int]) -> tuple[Array, list[int]]:
    """Edges of all columns, gaps between channels included, and which columns are cells."""
    edges, cells = [0.0], []
    for channel in range(shape[1]):
        for _ in range(shape[2]):
            cells.append(len(edges) - 1)
            edges.append(edges[-1] + 1)
        if channel + 1 < shape[1]:
            edges.append(edges[-1] + _GAP)
    return np.array(edges), cells


def _flat(values: NDArray[Any], shape: tuple[int, int, int]) -> NDArray[Any]:
    """``(N, C, HW)`` as rows and columns, NaN (or empty text) in the gaps."""
    edges, cells = _columns(shape)
    numeric = values.dtype.kind in "fi"
    flat = np.full((shape[0], len(edges) - 1), np.nan if numeric else "", dtype=np.float64 if numeric else object)
    flat[:, cells] = values.reshape(shape[0], -1)
    return flat


def _rows(shape: tuple[int, int, int]) -> Array:
    return np.arange(0.5, shape[0] + 1)


def _groups_trace(
    kind: str, shape: tuple[int, int, int], groups: int, dark: bool, numbers: bool = False
) -> dict[str, Any]:
    number = sharing(kind, shape, groups)
    # Numbers of colors go 3 further a sample, so that neighbours differ both ways.
    first = np.array([np.argwhere(number == group)[0] for group in range(int(number.max()) + 1)])
    order = {int(c): i for i, c in enumerate(sorted({int(c) for c in first[:, 1]}))}
    tint = np.array([(order[int(c)] + 3 * int(n)) % len(_TINTS) for n, c, _ in first])
    if KINDS[kind].axes == (1, 2) and not KINDS[kind].grouped:
        tint = first[:, 0] % len(_TINTS)
    tints = [_toned(on_background(color, dark), dark) for color in _TINTS]
    scale = [[(i + edge) / len(tints), color] for i, color in enumerate(tints) for edge in (0, 1)]
    edges, _ = _columns(shape)
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": edges,
        "y": _rows(shape),
        "z": _flat(tint[number].astype(np.float64), shape),
        "zmin": -0.5,
        "zmax": len(tints) - 0.5,
        "colorscale": scale,
        "showscale": False,
        "xgap": 1.5,
        "ygap": 1.5,
        "hovertemplate": "shares with every %{text}<extra></extra>",
        "text": _flat((number + 1).astype(str), shape),
        "hoverongaps": False,
    }
    if numbers and shape[1] * shape[2] <= 2 * _MOST_NUMBERS:
        trace |= {"texttemplate": "%{text}", "textfont": {"size": 11, "color": shades(dark).text}}
    return trace


def _toned(color: str, dark: bool) -> str:
    """Paler, so that numbers stand out on it."""
    paper = rgb(shades(dark).background)
    mixed = (round(0.5 * a + 0.5 * b) for a, b in zip(rgb(color), paper, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _values_trace(
    values: Array, before: Array, result: Normalized, panel: int, largest: float, dark: bool
) -> dict[str, Any]:
    shape: tuple[int, int, int] = values.shape  # pyright: ignore[reportAssignmentType]
    edges, _ = _columns(shape)
    shade = shades(dark)
    told = np.stack(
        [
            _flat(each.astype(np.float64), shape)
            for each in (result.sharing + 1, result.mean, np.sqrt(result.variance), before, result.output)
        ],
        -1,
    )
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": edges,
        "y": _rows(shape),
        "yaxis": f"y{panel}",
        "z": _flat(values, shape),
        "zmin": -largest,
        "zmax": largest,
        "showscale": False,
        "xgap": 1.5,
        "ygap": 1.5,
        "customdata": told,
        "colorscale": [[0, on_background(BLUE, dark)], [0.5, shade.grid], [1, on_background(VERMILLION, dark)]],
        "hovertemplate": "before %{customdata[3]:.3g}, after %{customdata[4]:.3g}<br>number %{customdata[0]}: "
        "mean %{customdata[1]:.3g}, divided by %{customdata[2]:.3g}<extra></extra>",
        "hoverongaps": False,
    }
    if shape[1] * shape[2] <= _MOST_NUMBERS:
        words = np.array(
            [f"{round(value, 1) + 0.0:.1f}".replace("-", "\N{MINUS SIGN}") for value in values.ravel()], dtype=object
        )
        trace |= {
            "text": _flat(words.reshape(shape), shape),
            "texttemplate": "%{text}",
            "textfont": {"size": 11, "color": shade.text},
        }
    return trace


def formula(kind: str) -> str:
    """The kind in LaTeX, epsilon, scale and shift included."""
    if KINDS[kind].centers:
        return r"y = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"
    return r"y = \gamma\, \frac{x}{\sqrt{\mathrm{mean}(x^2) + \epsilon}} + \beta"


def pytorch_line(kind: str, shape: tuple[int, int, int], groups: int) -> str:
    """The PyTorch module for a tensor of this shape."""
    return KINDS[kind].torch.format(channels=shape[1], positions=shape[2], groups=groups)
