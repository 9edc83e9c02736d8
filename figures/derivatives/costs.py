"""What a Jacobian costs in both modes, against the number of inputs; in words for the graph that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.derivatives import Cost, layer_cost
from figures.axes import chart, log_axis
from figures.derivatives.walk import COLORS
from figures.theme import on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST = 1000


def cost_figure(inputs: int, outputs: int, *, dark: bool = False) -> go.Figure:
    """Operations of a layer's Jacobian over the number of inputs, for so many outputs, as multiples of the layer's."""
    most = max(_MOST, inputs)
    counts = np.unique(np.round(np.logspace(0, np.log10(most), 60)).astype(int))
    costs = [layer_cost(int(n), outputs) for n in counts]
    here = layer_cost(inputs, outputs)
    traces: list[dict[str, Any]] = []
    shown = [1.0]
    for mode, name, dash in (("forward", "forward mode", "6px,3px"), ("reverse", "reverse mode", "solid")):
        heights = np.array([getattr(cost, mode) / cost.values for cost in costs])
        shown += heights.tolist()
        color = on_background(COLORS[mode], dark)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": counts,
                "y": heights,
                "name": name,
                "line": {"color": color, "width": 2.2, "dash": dash},
                "hovertemplate": "%{y:.3~g} times f",
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [inputs],
                "y": [getattr(here, mode) / here.values],
                "name": f"{name}, n = {inputs}",
                "showlegend": False,
                "marker": {
                    "size": 11,
                    "symbol": "circle" if mode == "forward" else "square",
                    "color": color,
                    "line": {"color": shades(dark).background, "width": 1.5},
                },
                "hovertemplate": "%{y:.3~g} times f",
            }
        )
    return chart(
        traces,
        dark,
        xaxis=log_axis(dark, f"inputs n, with {readable(outputs)} output{'s' * (outputs > 1)}", counts, ticks=5),
        yaxis=log_axis(dark, "all derivatives, in costs of f", shown, ticks=5),
        height=300,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )


def layer_sentence(inputs: int, outputs: int) -> str:
    """What both modes cost for a layer, and which wins."""
    cost = layer_cost(inputs, outputs)
    forward, reverse = cost.forward / cost.values, cost.reverse / cost.values
    wins = "reverse" if reverse < forward else "forward" if forward < reverse else "neither"
    return (
        f"A layer of {_counted(inputs, 'input')} and {_counted(outputs, 'output')}: forward mode takes "
        f"{_counted(inputs, 'sweep')}, {readable(forward)} times f; reverse mode {_counted(outputs, 'sweep')}, "
        f"{readable(reverse)} times f. {'Neither mode' if wins == 'neither' else wins.capitalize() + ' mode'} wins."
    )


def cost_table(cost: Cost) -> list[dict[str, Any]]:
    """The operations of a graph's Jacobian by mode."""
    return [
        {
            "mode": name,
            "sweeps": sweeps,
            "values": cost.values,
            "local derivatives": cost.local,
            "one sweep": one,
            "all": total,
        }
        for name, sweeps, one, total in (
            ("forward", cost.inputs, cost.forward_sweep, cost.forward),
            ("reverse", cost.outputs, cost.reverse_sweep, cost.reverse),
        )
    ]


def _counted(number: int, what: str) -> str:
    return f"{readable(number)} {what}{'s' * (number != 1)}"
