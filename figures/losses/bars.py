"""Cross-entropy against a smoothed target: probabilities beside targets, and the gradient between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.losses import STILL, Smoothed
from figures.axes import axis, chart
from figures.theme import BLUE, ORANGE, VERMILLION, on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MINUS = "\N{MINUS SIGN}"


def _names(view: Smoothed) -> list[str]:
    return [
        f"class {i}{', true' * (i - 1 == view.true)}<br>z = {readable(float(z))}" for i, z in enumerate(view.logits, 1)
    ]


def _height(view: Smoothed) -> int:
    return 130 + 64 * len(view.logits)


def target_bars(view: Smoothed, *, convention: str, dark: bool = False) -> go.Figure:
    """Probabilities beside the target in both conventions of epsilon; the one that is chosen is filled."""
    shade, names = shades(dark), _names(view)
    orange = on_background(ORANGE, dark)
    titles = {"all": "target, ε over all (PyTorch)", "wrong": "target, ε each wrong class"}
    traces = [
        _bars(names, view.probabilities, "probability", {"color": on_background(BLUE, dark)}, shade.text),
        _bars(
            names,
            view.target,
            titles[convention],
            {
                "color": orange,
                "pattern": {"shape": "/", "bgcolor": orange, "fgcolor": shade.background, "solidity": 0.2, "size": 7},
            },
            shade.text,
        ),
    ]
    if view.other is not None:
        other = next(title for key, title in titles.items() if key != convention)
        outline = {"color": "rgba(0, 0, 0, 0)", "line": {"color": orange, "width": 2}}
        traces.append(_bars(names, view.other, other, outline, shade.text))
    return chart(
        traces,
        dark,
        barmode="group",
        bargap=0.2,
        dragmode=False,
        height=_height(view),
        xaxis=axis(dark, "probability", range=[0, 1.12], fixedrange=True),
        yaxis=axis(dark, "", autorange="reversed", fixedrange=True),
    )


def _bars(names: Sequence[str], heights: Any, name: str, marker: dict[str, Any], ink: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(names),
        "x": np.asarray(heights),
        "name": name,
        "marker": marker,
        "text": [readable(float(height)) for height in heights],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "textangle": 0,
        "textfont": {"size": 11, "color": ink},
        "hovertemplate": "%{x:.4~g}",
    }


def gradient_bars(view: Smoothed, *, dark: bool = False) -> go.Figure:
    """The gradient by each logit: bars to the right push a logit down, bars to the left up."""
    gradient = np.where(np.abs(view.gradient) < STILL, 0.0, view.gradient)  # as the sentence below it says
    colors = [on_background(VERMILLION if each > 0 else BLUE, dark) for each in gradient]
    most = max(float(np.abs(gradient).max()), 0.05)
    trace = _bars(_names(view), gradient, "gradient", {"color": colors}, shades(dark).text)
    over = "" if view.temperature == 1 else " / T"
    return chart(
        [trace],
        dark,
        showlegend=False,
        dragmode=False,
        height=_height(view),
        xaxis=axis(dark, f"gradient (p {_MINUS} y){over}", range=[-1.6 * most, 1.6 * most], fixedrange=True, nticks=5),
        yaxis=axis(dark, "", autorange="reversed", fixedrange=True),
    )
