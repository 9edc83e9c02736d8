"""Scaling laws on logarithmic axes: points with the spread of networks, the fitted law, and curves of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.generalization import Scale, Scaling
from figures.axes import chart, log_axis, note
from figures.generalization.marks import LAYOUT
from figures.theme import BLUE, VERMILLION, on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go


def scale_figure(scaling: Scaling, scale: Scale, *, dark: bool = False) -> go.Figure:
    """The loss over one of parameters, rows or compute; what is not fitted is hollow."""
    muted, color = shades(dark).muted, on_background(BLUE, dark)
    traces: list[dict[str, Any]] = []
    if scale.key == "compute":
        traces += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": compute,
                "y": losses,
                "line": {"color": muted, "width": 1},
                "name": name,
                "hovertemplate": f"{name}: %{{y:.3~g}}",
            }
            for name, compute, losses in scaling.curves
        ]
    law = scale.law
    if law is not None:
        places = np.geomspace(scale.x.min(), scale.x.max(), 80)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": places,
                "y": np.minimum(law(places), 2 * scaling.start),
                "line": {"color": on_background(VERMILLION, dark), "width": 2.4, "dash": "8px,4px"},
                "name": "power law",
                "hovertemplate": "law: %{y:.3~g}",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": scale.x,
            "y": scale.loss,
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": scale.high - scale.loss,
                "arrayminus": scale.loss - scale.low,
                "color": color,
                "thickness": 1.2,
                "width": 3,
            },
            "marker": {
                "size": 9,
                "color": color,
                "symbol": ["circle" if fitted else "circle-open" for fitted in scale.fitted],
            },
            "name": "networks",
            "hovertemplate": f"%{{x:.4~s}} {scale.key}: %{{y:.3~g}}",
        }
    )
    shown = [*scale.low, *scale.high]
    if scale.key == "compute":
        shown += [loss for _, _, losses in scaling.curves for loss in losses]
    told = "too few points for a law yet"
    if law is not None:
        told = f"exponent {readable(law.exponent)} \N{PLUS-MINUS SIGN} {readable(law.error, 2)}"
    reach = scale.x if len(scale.x) else np.array([1.0])
    return chart(
        traces,
        dark,
        showlegend=False,
        xaxis=log_axis(dark, scale.name, reach, ticks=5),
        yaxis=log_axis(dark, "loss on new rows", shown, ticks=5),
        annotations=[note(dark, told, x=0.97, y=0.97, xanchor="right", yanchor="top")],
        hovermode="closest",
        height=380,
        **LAYOUT,
    )
