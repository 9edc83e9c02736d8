"""The cubic over sin x, and its loss by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.derivatives import CubicFit, cubic_at, cubic_rows
from figures.axes import axis, chart, log_axis
from figures.theme import BLUE, GREEN, VERMILLION, on_background, shades
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_POINTS = 241


def cubic_figure(fit: CubicFit, *, dark: bool = False) -> go.Figure:
    """sin x, the cubic at the start, after descent, and the least squares one."""
    x, sine = cubic_rows(_POINTS)
    traces = [_line(x, sine, shades(dark).text, "sin x", 2.4)]
    lines = (
        (fit.start, VERMILLION, "start", "2px,3px"),
        (fit.best, GREEN, "least squares", "8px,4px"),
        (fit.coefficients, BLUE, "cubic", "solid"),
    )
    with np.errstate(all="ignore"):
        for coefficients, color, name, dash in lines:
            heights = cubic_at(coefficients, x)
            if np.isfinite(heights).all():
                traces.append(_line(x, heights, on_background(color, dark), name, 2.0, dash))
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "x", range=[-np.pi, np.pi], fixedrange=True, nticks=8),
        yaxis=axis(dark, "y", range=[-1.9, 1.9], fixedrange=True, nticks=6),
        height=270,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )


def loss_figure(fit: CubicFit, *, dark: bool = False) -> go.Figure:
    """The sum of squared errors by step on a log axis, with that of least squares."""
    x, sine = cubic_rows(fit.rows)
    least = float(np.square(cubic_at(fit.best, x) - sine).sum())
    usable = np.isfinite(fit.loss) & (fit.loss < 1e30)
    traces = [
        _line(fit.step[usable], fit.loss[usable], on_background(BLUE, dark), "loss", 2.2, mode="lines+markers")
        | {"marker": {"size": 5 if usable.sum() < 30 else 0.1}},
        _line(
            np.array([0, max(float(fit.step[-1]), 1.0)]),
            np.array([least, least]),
            on_background(GREEN, dark),
            "least squares",
            1.6,
            "8px,4px",
        ),
    ]
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "step", range=[0, max(float(fit.step[-1]), 1.0)], fixedrange=True, nticks=6),
        yaxis=log_axis(dark, "sum of squared errors", [*fit.loss[usable], least]),
        height=230,
        dragmode=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )


def cubic_sentence(fit: CubicFit, rate: float, steps: int) -> str:
    """Where descent has come to, or that it diverges and why."""
    if fit.diverged or fit.loss[-1] > fit.loss[0]:
        return (
            f"The rate {readable(rate)} is above 2 / L = {readable(fit.limit)} (L: the largest curvature of the loss): "
            "the loss grows with every step."
            if rate > fit.limit
            else f"After {readable(steps)} steps the loss has grown to {readable(float(fit.loss[-1]))}."
        )
    share = f"The rate may be up to 2 / L = {readable(fit.limit)}."
    return (
        f"After {readable(steps)} steps the loss is {readable(float(fit.loss[-1]))}, "
        f"down from {readable(float(fit.loss[0]))}. {share}"
    )


def cubic_table(fit: CubicFit, steps: int) -> list[dict[str, str]]:
    """a, b, c, d at the start, after descent and of least squares, with twelve decimals."""
    rows = {"start": fit.start, f"after {readable(steps)} steps": fit.coefficients, "least squares": fit.best}
    title = "y = a + b x + c x² + d x³"
    return [
        {title: name, **{letter: _decimals(each) for letter, each in zip("abcd", four, strict=True)}}
        for name, four in rows.items()
    ]


def _decimals(number: float) -> str:
    if not abs(number) < 1e6:
        return readable(number, 6)
    return f"{round(number, 12) + 0.0:.12f}".replace("-", "\N{MINUS SIGN}")


def _line(
    x: Any, y: Any, color: str, name: str, width: float, dash: str = "solid", mode: str = "lines"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "x": x,
        "y": y,
        "name": name,
        "line": {"color": color, "width": width, "dash": dash, "simplify": False},
        "hovertemplate": f"{name}: %{{y:.4~g}}",
    }
