"""What is left of a gradient after L layers: the product of the derivatives on its way, one line an activation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.activations import Curve
from figures.activations.curves import curve_color, curve_dash
from figures.axes import HIGHEST, LOWEST, axis, chart, log_axis
from figures.theme import on_background, plotly_dash, rgb, shades
from networks import derivative_product
from numerals import readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]


def products_of(curve: Curve, chain: Mapping[str, Any]) -> Array:
    """``(depth, samples)`` derivatives of every layer by the input; ``chain`` holds the page's settings."""
    return derivative_product(curve.activation, curve.hyper, **chain)


def chain_figure(curves: Sequence[Curve], products: Sequence[Array], *, weight: float, dark: bool = False) -> go.Figure:
    """Root mean square of the product by layer on a log axis, its middle 90 %, the steepest slope's power, and w^l."""
    depth = len(products[0])
    layers = np.arange(1.0, depth + 1)
    traces: list[dict[str, Any]] = []
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # far out a product is infinite, not drawn
        traces.append(_line(layers, np.abs(float(weight)) ** layers, shades(dark).muted, "1px", "linear: |w| to the l"))
        for curve, product in zip(curves, products, strict=True):
            color = on_background(curve_color(curve), dark)
            bound = (abs(weight) * curve.activation.steepest_slope(curve.hyper)) ** layers
            bound_line = _line(layers, bound, color, "1px,3px", curve.label)
            traces.append(
                bound_line | {"showlegend": False, "hoverinfo": "skip", "line": bound_line["line"] | {"width": 1.2}}
            )
            low, high = np.quantile(np.abs(product), (0.05, 0.95), axis=1)
            traces.append(_band(layers, low, high, color))
        for curve, product in zip(curves, products, strict=True):
            color = on_background(curve_color(curve), dark)
            traces.append(_line(layers, spread(product), color, plotly_dash(curve_dash(curve)), curve.label))
    shown = np.concatenate([spread(product) for product in products] + [np.abs([float(weight), 1.0])])
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "layers passed", range=[0.8, depth + 0.2], fixedrange=True, nticks=10, hoverformat="d"),
        yaxis=log_axis(dark, "gradient that is left", shown),
        hovermode="x unified",
        dragmode=False,
        height=290,
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )


def spread(product: Array) -> Array:
    """Root mean square over the samples, ``(depth,)``."""
    largest = np.abs(product).max(1)
    with np.errstate(all="ignore"):
        scaled = np.where(largest[:, None] > 0, product / largest[:, None], 0.0)
        return largest * np.sqrt((scaled**2).mean(1))


def chain_sentences(curves: Sequence[Curve], products: Sequence[Array], *, weight: float) -> list[tuple[str, str]]:
    """(color, sentence) of every curve: what is left at the end, the bound, and how many inputs get nothing."""
    sentences = []
    starved = any((product[-1] == 0).mean() > 0.005 for product in products)
    for curve, product in zip(curves, products, strict=True):
        depth, left = len(product), float(spread(product)[-1])
        limit = abs(weight) * curve.activation.steepest_slope(curve.hyper)
        zero = float((product[-1] == 0).mean())
        if left == 0:
            tail = "no gradient is left."
        else:
            tail = f"{readable(left)} of the gradient is left"
            if zero > 0.005:
                tail += f"; {100 * zero:.{1 if zero > 0.99 else 0}f} % of the inputs get none."
            elif limit < 0.999:
                with np.errstate(under="ignore"):
                    tail += f"; at most {readable(limit)} to the power {depth} is {readable(limit**depth)}."
            elif starved and zero == 0:
                tail += "; every input gets some."
            else:
                tail += "."
        sentences.append((curve_color(curve), f"{curve.label}: after {depth} layer{'s' * (depth > 1)} {tail}"))
    return sentences


def _line(layers: Array, heights: Array, color: str, dash: str, name: str) -> dict[str, Any]:
    inside = np.isfinite(heights) & (heights > 0)
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(layers) == 1 else "lines",
        "x": layers,
        "name": name,
        "y": np.where(inside, heights, np.nan),
        "line": {"color": color, "width": 2.4 if dash != "1px" else 1, "dash": dash},
        "hovertemplate": "%{y:.3~g}",
    }


def _band(layers: Array, low: Array, high: Array, color: str) -> dict[str, Any]:
    """Between two quantiles where both can stand on a log axis."""
    usable = (low > LOWEST) & (high < HIGHEST)
    r, g, b = rgb(color)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([layers[usable], layers[usable][::-1]]),
        "y": np.concatenate([low[usable], high[usable][::-1]]),
        "fill": "toself",
        "hoverinfo": "skip",
        "fillcolor": f"rgba({r}, {g}, {b}, 0.1)",
        "line": {"width": 0},
        "showlegend": False,
    }
