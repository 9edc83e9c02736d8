"""The plane of weight and bias spread: order, chaos, the edge between them, and where the set-ups stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.initialization import Signal
from figures.axes import axis, chart
from figures.signals.depth import signal_color
from figures.theme import on_background, shades
from networks import PhaseDiagram, edge_of_chaos, phase_diagram
from networks.types import Activation, Hyper
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

_W, _B = "\N{GREEK SMALL LETTER SIGMA}<sub>w</sub>", "\N{GREEK SMALL LETTER SIGMA}<sub>b</sub>"
_FINE, _COARSE = (121, 81), (41, 27)
_HIGH_W, _HIGH_B, _LOW_W, _LARGEST_W = 3.0, 2.0, 0.1, 12.0
_DEPTHS = 100.0  # a depth scale beyond this is drawn like this one


def plane_of(activation: Activation, hyper: Hyper) -> PhaseDiagram:
    """The diagram, wide enough to show where the edge begins."""
    return _plane(activation, tuple(sorted(hyper.items())))


@lru_cache(maxsize=32)
def _plane(activation: Activation, settings: tuple[tuple[str, float], ...]) -> PhaseDiagram:
    hyper = dict(settings)
    edge = edge_of_chaos(activation, hyper)[0]
    high = min(max(_HIGH_W, 1.4 * float(np.nanmin(edge))), _LARGEST_W) if len(edge) else _HIGH_W
    return phase_diagram(
        activation, hyper, np.linspace(_LOW_W, high, _FINE[0]), np.linspace(0, _HIGH_B * high / _HIGH_W, _FINE[1])
    )


def spreads_of(signal: Signal) -> tuple[float, float]:
    """(sigma_w, sigma_b): the spread of the weights times the root of their inputs, and that of the biases."""
    setup = signal.setup
    return float(np.sqrt(setup.widths[-2] * setup.weight_variance(setup.depth))), setup.bias_scale


def phase_figure(plane: PhaseDiagram, signals: Sequence[Signal], *, focus: int, dark: bool = False) -> go.Figure:
    """ln chi as color, the edge as a line, set-ups with this activation as numbers, and a net of points to click.

    The last trace is the net; a selected point's x and y are sigma_w and sigma_b.
    """
    shade = shades(dark)
    with np.errstate(all="ignore"):
        growth = np.clip(np.nan_to_num(np.log(plane.chi) / 2, nan=0.0, posinf=9.0, neginf=-9.0), -1.0, 1.0)
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": plane.sigma_w,
            "y": plane.sigma_b,
            "z": growth.astype(np.float32),
            "zmin": -1,
            "zmax": 1,
            "colorscale": [[0, "#2A86D1" if dark else "#0072B2"], [0.5, shade.background], [1, "#E69F00"]],
            "hoverinfo": "skip",
            "opacity": 0.75,
            "colorbar": {
                "thickness": 10,
                "outlinewidth": 0,
                "tickvals": [-1, -0.5, 0, 0.5, 1],
                "len": 0.95,
                "ticktext": [readable(float(np.exp(v)), 2) for v in (-1, -0.5, 0, 0.5, 1)],
                "title": {"text": "gradient a layer", "side": "right", "font": {"size": 12}},
            },
        },
        {
            "type": "scatter",
            "x": plane.edge_w,
            "y": plane.edge_b,
            "hoverinfo": "skip",
            "mode": "lines+markers",
            "line": {"color": shade.text, "width": 2.5},
            "connectgaps": False,
            "marker": {"color": shade.text, "size": _crosses(plane.edge_w), "symbol": "x"},
            "name": "edge of chaos",
        },
    ]
    for signal in signals:
        if signal.setup.activation != plane.activation:
            continue
        sigma_w, sigma_b = spreads_of(signal)
        outside = sigma_w > plane.sigma_w[-1] or sigma_b > plane.sigma_b[-1] or sigma_w < plane.sigma_w[0]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "text": [str(signal.slot)],
                "hoverinfo": "skip",
                "x": [float(np.clip(sigma_w, plane.sigma_w[0], plane.sigma_w[-1]))],
                "y": [float(min(sigma_b, plane.sigma_b[-1]))],
                "textfont": {"size": 12, "color": shade.text},
                "marker": {
                    "size": 22,
                    "color": shade.background,
                    "symbol": "square" if outside else "circle",
                    "line": {
                        "color": on_background(signal_color(signal), dark),
                        "width": 4 if signal.slot == focus else 2,
                    },
                },
                "cliponaxis": False,
                "opacity": 0.45 if signal.off_plane else 1.0,
            }
        )
    traces.append(_net(plane))
    return chart(
        traces,
        dark,
        height=360,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        clickmode="event+select",
        xaxis=axis(
            dark,
            f"{_W}: spread of weights, times the root of inputs",
            fixedrange=True,
            range=[plane.sigma_w[0], plane.sigma_w[-1]],
            showgrid=False,
        ),
        yaxis=axis(
            dark,
            f"{_B}: spread of biases",
            fixedrange=True,
            range=[-0.06 * plane.sigma_b[-1], plane.sigma_b[-1]],
            showgrid=False,
            zeroline=False,
        ),
        margin={"l": 8, "r": 8, "t": 14, "b": 8},
    )


def _crosses(edge_w: NDArray[np.float64]) -> list[int]:
    """Sizes of markers: a cross where a branch of the edge is a single point, which no line shows."""
    beside = np.concatenate([[np.nan], edge_w, [np.nan]])
    return np.where(np.isnan(beside[:-2]) & np.isnan(beside[2:]), 11, 0).tolist()


def phase_sentence(plane: PhaseDiagram, signal: Signal) -> str:
    """In which phase a set-up is, and what its gradient does from layer to layer: the number that its verdict tells.

    The plane speaks of plain layers that go on for ever; residual connections, normalization and unequal widths make
    another map of them, so that only what was measured counts.
    """
    sigma_w, sigma_b = spreads_of(signal)
    where = f"{signal.slot}: weights spread by {readable(sigma_w)} and biases by {readable(sigma_b)}"
    here = _measured(signal)
    if signal.off_plane:
        return f"{where} with {signal.off_plane}, which this plane does not know{here and f'; {here}'}."
    if sigma_w < plane.sigma_w[0] or sigma_w > plane.sigma_w[-1] or sigma_b > plane.sigma_b[-1]:
        return f"{where} lie outside this plane{here and f'; {here}'}."
    column = int(np.abs(plane.sigma_w - sigma_w).argmin())
    row = int(np.abs(plane.sigma_b - sigma_b).argmin())
    factor = float(np.sqrt(plane.chi[row, column]))
    if abs(factor - 1) < 0.02:
        return f"{where}: on the edge of chaos{here and f'; {here}'}."
    phase = "ordered" if factor < 1 else "chaotic"
    return f"{where}: {phase}{here and f'; {here}'}; {_change(factor)} a layer in the long run."


def _measured(signal: Signal) -> str:
    factor, depth = signal.gradient_factor, signal.setup.depth
    if factor is None or depth < 2:
        return ""
    return f"through these {depth} layers its gradient {_change(factor)} a layer"


def _change(factor: float) -> str:
    if abs(factor - 1) < 0.02:
        return "keeps its size, with a factor " + readable(factor)
    return f"{'shrinks' if factor < 1 else 'grows'} by a factor {readable(1 / factor if factor < 1 else factor)}"


def _net(plane: PhaseDiagram) -> dict[str, Any]:
    """Points that cannot be seen but clicked: a heatmap reports no selection."""
    sigma_w = np.round(np.linspace(plane.sigma_w[0], plane.sigma_w[-1], _COARSE[0]), 2)
    sigma_b = np.round(np.linspace(0, plane.sigma_b[-1], _COARSE[1]), 2)
    x, y = (side.ravel() for side in np.meshgrid(sigma_w, sigma_b))
    columns = np.abs(plane.sigma_w[:, None] - x).argmin(0)
    rows = np.abs(plane.sigma_b[:, None] - y).argmin(0)
    with np.errstate(all="ignore"):
        growth, depth = np.sqrt(plane.chi[rows, columns]), plane.depth_scale[rows, columns]
    reach = ["100 layers or more" if d >= _DEPTHS else f"{readable(float(d), 2)} layers" for d in depth]
    said = [f"gradient {readable(float(g))} a layer<br>reaches {r}" for g, r in zip(growth, reach, strict=True)]
    invisible = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "customdata": said,
        "name": "net",
        "marker": {"size": 14, "opacity": 0},
        "selected": invisible,
        "unselected": invisible,
        "hovertemplate": f"{_W} %{{x:.3~g}}, {_B} %{{y:.3~g}}<br>%{{customdata}}<extra></extra>",
    }
