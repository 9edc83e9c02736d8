"""Augmentation: images beside what a network is shown of them, and accuracy with it and without."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.axes import axis, chart
from figures.generalization.marks import LAYOUT, LEGEND
from figures.theme import BLUE, VERMILLION, on_background, rgb, shades
from trainers.lab import Feed

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from trainers.loop import Shown

_PIXELS = 96  # of a picture's side in the file, at least: browsers blur what they enlarge


def images_figure(shown: Shown, *, dark: bool = False) -> go.Figure:
    """A row an image: as it is, then as it was drawn."""
    count, draws = shown.drawn.shape[:2]
    height, width = shown.originals.shape[1:3]
    times = max(1, -(-_PIXELS // height))
    gap = max(2, height * times // 10)
    tall, wide = height * times + gap, width * times + gap
    paper = np.array(rgb(shades(dark).background), dtype=np.uint8)
    sheet = np.tile(paper, (count * tall - gap, (draws + 1) * wide, 1))
    for row in range(count):
        for column in range(draws + 1):
            tile = shown.originals[row] if column == 0 else shown.drawn[row, column - 1]
            left = column * wide + (gap if column else 0)  # originals stand apart
            large = np.broadcast_to(tile, (height, width, 3)).repeat(times, 0).repeat(times, 1)
            sheet[row * tall : row * tall + height * times, left : left + width * times] = large
    centers = [row * tall + height * times / 2 for row in range(count)]
    titles = [width * times / 2, wide * (draws + 1) / 2 + wide / 2]
    plain = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True, "showline": False}
    trace = {
        "type": "image",
        "source": f"data:image/png;base64,{_png(sheet)}",
        "hoverinfo": "skip",
    }
    return chart(
        [trace],
        dark,
        xaxis=axis(
            dark,
            side="top",
            tickvals=titles,
            ticktext=["as it is", f"as it is shown, drawn {draws} times"],
            range=[0, sheet.shape[1]],
            constrain="domain",
            **plain,
        ),
        yaxis=axis(
            dark,
            tickvals=centers,
            ticktext=list(shown.classes),
            range=[sheet.shape[0], 0],
            scaleanchor="x",
            constrain="domain",
            **plain,
        ),
        height=470,
        **LAYOUT,
    )


def _png(pixels: np.ndarray) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def accuracy_figure(named: Sequence[tuple[str, Feed]], *, dark: bool = False) -> go.Figure:
    """Accuracy over epochs of runs without and with augmentation: on validation rows, and on training rows."""
    colors = [on_background(color, dark) for color in (VERMILLION, BLUE)]
    traces: list[dict[str, Any]] = []
    for (name, feed), color, mark in zip(named, colors, ("square", "circle"), strict=True):
        for series, part, dash, width in (("val", "validation", "solid", 2.8), ("train", "training", "3px,3px", 1.8)):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "x": feed.epochs,
                    "y": 100 * feed.series[f"{series}_metric"],
                    "name": f"{name}, {part}",
                    "line": {"color": color, "dash": dash, "width": width},
                    "marker": {"symbol": mark, "size": 6, "maxdisplayed": 7},
                    "hovertemplate": f"{name}, {part}: %{{y:.1f}} %",
                }
            )
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "epoch", fixedrange=True),
        yaxis=axis(dark, "accuracy, %", fixedrange=True),
        hovermode="x",
        height=400,
        **LAYOUT,
        legend=LEGEND,
    )
