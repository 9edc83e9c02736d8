"""A fair race as pictures and as a table: who solves how many starts for what, and what is left at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.race import RACE_STARTS, SOLVED, FairResult, Tuned
from figures.axes import axis, chart, log_axis
from figures.theme import on_background, optimizer_style, plotly_dash, shades
from numerals import readable
from optimizers import OPTIMIZERS

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_LEAST, _MOST = 1e-12, 10.0  # ends of the axis of what is left


def profile_figure(result: FairResult, *, dark: bool = False) -> go.Figure:
    """Data profiles: the share of starts that a rule has solved, against gradient evaluations."""
    traces = []
    for each in result.tuned:
        color, dash, _ = optimizer_style(each.rule)
        solved = np.sort(each.solved[np.isfinite(each.solved)])
        x = np.concatenate([[0.0], solved, [result.race.budget]])
        y = np.concatenate([[0], np.arange(1, len(solved) + 1), [len(solved)]]) / RACE_STARTS
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": OPTIMIZERS[each.rule].name,
                "x": x,
                "y": y,
                "line": {"color": on_background(color, dark), "dash": plotly_dash(dash), "shape": "hv", "width": 2.5},
                "hovertemplate": "%{y:.0%} of the starts within %{x:,.0f} evaluations",
            }
        )
    ends = {"range": [0, result.race.budget], "fixedrange": True}
    share = axis(dark, "starts solved", range=[-0.02, 1.04], tickformat=".0%", fixedrange=True)
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "gradient evaluations", **ends),
        yaxis=share,
        hovermode="closest",
        dragmode=False,
        height=400,
        margin={"l": 8, "r": 8, "t": 10, "b": 8},
    )


def left_figure(result: FairResult, *, dark: bool = False) -> go.Figure:
    """For each rule the median and the middle half of what is left of the way down, on a logarithmic axis."""
    names, traces = [OPTIMIZERS[each.rule].name for each in result.tuned], []
    for name, each in zip(names, result.tuned, strict=True):
        color = on_background(optimizer_style(each.rule)[0], dark)
        low, middle, high = np.clip(quartiles(each.left), _LEAST, _MOST)
        shared = {"type": "scatter", "showlegend": False, "hoverinfo": "skip"}
        traces += [
            shared | {"mode": "lines", "x": [low, high], "y": [name, name], "line": {"color": color, "width": 7}},
            shared
            | {
                "mode": "markers",
                "x": [middle],
                "y": [name],
                "marker": {"color": color, "size": 15, "line": {"color": shades(dark).background, "width": 2}},
                "hoverinfo": "text",
                "hovertext": f"{name}: {_share(middle)} of the way is left in the middle",
            },
        ]
    ends = np.concatenate([[SOLVED, 1.0], *(np.clip(quartiles(each.left), _LEAST, _MOST) for each in result.tuned)])
    line = {"color": shades(dark).muted, "dash": "dot", "width": 1.5}
    return chart(
        traces,
        dark,
        xaxis=log_axis(dark, "share of the way down that is left", ends),
        yaxis=axis(dark, "", categoryorder="array", categoryarray=names[::-1], fixedrange=True),
        shapes=[{"type": "line", "x0": SOLVED, "x1": SOLVED, "y0": 0, "y1": 1, "yref": "paper", "line": line}],
        hovermode="closest",
        dragmode=False,
        height=400,
        margin={"l": 8, "r": 8, "t": 10, "b": 8},
    )


def quartiles(values: Any) -> np.ndarray[Any, Any]:
    """Lower quartile, median and upper quartile: values that occur, so that infinities may be among them."""
    return np.quantile(values, [0.25, 0.5, 0.75], method="lower")


def fair_table(result: FairResult) -> pd.DataFrame:
    """One row a rule, who solves most first, written with the app's numbers."""
    import pandas as pd

    def rank(each: Tuned) -> tuple[float, float]:
        return -each.share_solved(result.race.budget), float(np.median(each.left))

    rows = []
    for each in sorted(result.tuned, key=rank):
        low, middle, high = quartiles(each.finals)
        solved = each.solved[np.isfinite(each.solved)]
        rows.append(
            {
                "Rule": OPTIMIZERS[each.rule].name,
                "Starts solved": f"{len(solved)} of {len(each.solved)}",
                "Evaluations to solve": readable(float(np.median(solved))) if len(solved) else "—",
                "Final value, median": _value(middle),
                "Middle half": f"{_value(low)} to {_value(high)}",
                "Chosen": ", ".join(f"{name} {readable(value)}" for name, value in each.values.items()) or "—",
                "Tuning, evaluations": readable(each.spent),
            }
        )
    return pd.DataFrame(rows)


def _value(value: float) -> str:
    return readable(float(value)) if np.isfinite(value) else "diverged"


def _share(share: float) -> str:
    return f"{readable(100 * float(share))} %"
