"""What is known of activations, one row each, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.activations import Curve
from networks.activations import Cost
from numerals import readable

_MINUS = "\N{MINUS SIGN}"
_SIDES = {"none": "no", "left": "below", "right": "above", "both": "both sides"}


def property_table(curves: Sequence[Curve], costs: Mapping[str, Cost] | None = None) -> pd.DataFrame:
    """One row a curve. costs: what was measured, by key of the activation; the columns are empty until then."""
    return pd.DataFrame([_row(curve, (costs or {}).get(curve.activation.key)) for curve in curves])


def _row(curve: Curve, cost: Cost | None) -> dict[str, str]:
    activation, hyper = curve.activation, curve.hyper
    kinks = ", ".join(readable(float(kink)) for kink in activation.kinks(hyper))
    with np.errstate(all="ignore"):
        at_zero = float(activation.derivative(np.array(0.0), hyper))
        gain = activation.gain(hyper)
    return {
        "function": curve.label,
        "range": _interval(activation.range(hyper)),
        "slope at 0": readable(at_zero),
        "steepest slope": readable(activation.slope_limit(hyper)),
        "saturates": _SIDES[activation.saturates],
        "zero-centered": _yes(activation.zero_centered),
        "monotonic": _yes(activation.monotonic),
        "kinks at x =": kinks or "none",
        "gain": readable(gain) if np.isfinite(gain) else "none",
        "trainable": _yes(activation.trainable),
        "cost of value": "…" if cost is None else f"{readable(cost.value_ratio, 2)} \N{MULTIPLICATION SIGN} ReLU",
        "cost of slope": "…" if cost is None else f"{readable(cost.derivative_ratio, 2)} \N{MULTIPLICATION SIGN} ReLU",
    }


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _interval(text: str) -> str:
    return text.replace("inf", "∞").replace("-", _MINUS)
