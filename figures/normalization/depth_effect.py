"""Signal and gradient through depth, with and without normalization, one line a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.normalization import Effect
from figures.axes import axis, chart, log_axis
from figures.theme import (
    BLACK,
    DASH_DOT,
    DASHED,
    DOTTED,
    GREEN,
    LONG_DASH,
    ORANGE,
    SKY,
    SOLID,
    VERMILLION,
    Dash,
    on_background,
    plotly_dash,
)
from networks.setup import NORMALIZATIONS
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STYLES: Mapping[str, tuple[str, Dash, str]] = {
    "none": (BLACK, SOLID, "circle"),
    "batch": (VERMILLION, DASHED, "square"),
    "layer": (SKY, DASH_DOT, "diamond"),
    "rms": (GREEN, DOTTED, "triangle-up"),
    "weight": (ORANGE, LONG_DASH, "cross"),
}


def effect_figure(effects: Sequence[Effect], column: str, *, dark: bool = False) -> go.Figure:
    """One column of the tables by layer, on a logarithmic axis. What is zero or not finite ends its line."""
    titles = {
        "std": "standard deviation of activations",
        "grad_std": "standard deviation of gradients",
    }
    traces = []
    for effect in effects:
        color, dash, symbol = _STYLES[effect.normalization]
        values = effect.table[column].to_numpy(dtype=np.float64)
        shown = np.where(np.isfinite(values) & (values > 0), values, np.nan)
        name = NORMALIZATIONS[effect.normalization]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": np.arange(1, len(values) + 1),
                "y": shown,
                "name": name,
                "line": {"color": on_background(color, dark), "width": 2.2, "dash": plotly_dash(dash)},
                "marker": {"symbol": symbol, "size": 6},
                "hovertemplate": f"{name}<br>layer %{{x}}<br>%{{y:.3g}}<extra></extra>",
            }
        )
    values = np.concatenate([effect.table[column].to_numpy(dtype=np.float64) for effect in effects])
    return chart(
        traces,
        dark,
        height=360,
        margin={"l": 8, "r": 8, "t": 56, "b": 8},
        xaxis=axis(dark, "layer", rangemode="tozero", zeroline=False),
        yaxis=log_axis(dark, f"{titles[column]}, logarithmic", values),
    )


def effect_table(effects: Sequence[Effect]) -> pd.DataFrame:
    """A row a kind: first and last layer of the signal, and of the gradient, numbers as text."""

    def at(column: str, row: int) -> list[str]:
        return [readable(float(effect.table[column].to_numpy()[row])) for effect in effects]

    return pd.DataFrame(
        {
            "normalization": [NORMALIZATIONS[effect.normalization] for effect in effects],
            "signal, layer 1": at("std", 0),
            "signal, last layer": at("std", -1),
            "gradient, last layer": at("grad_std", -1),
            "gradient, layer 1": at("grad_std", 0),
            "saturated, last layer": [
                f"{readable(100 * float(effect.table['saturated'].to_numpy()[-1]), 2)} %" for effect in effects
            ],
        }
    )


def effect_lines(effects: Sequence[Effect]) -> list[tuple[str, str]]:
    """(color of the line, verdict) of each kind; the color is that of the light theme."""
    return [
        (_STYLES[effect.normalization][0], f"{NORMALIZATIONS[effect.normalization]}. {effect.verdict}")
        for effect in effects
    ]
