"""What theory says of two hyperparameters on a quadratic with curvatures from mu to L.

Gradient descent converges for rates below 2/L; momentum's forms have the limits of optimizers/stability.py. The pair
that shrinks the error fastest: for heavy-ball momentum the rate 4 / (sqrt(L) + sqrt(mu))^2 with momentum
((sqrt(kappa) - 1) / (sqrt(kappa) + 1))^2 (Polyak 1964), where the averaged form divides the rate by 1 - momentum; for
Nesterov's form 4 / (3 L + mu) with (sqrt(3 kappa + 1) - 2) / (sqrt(3 kappa + 1) + 2) (Lessard, Recht and Packard,
arXiv:1408.3595).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscapes import Landscape
from optimizers import Hyperparameter
from optimizers.rules.symmetric import eigenvalues
from optimizers.stability import DECAY_IN_GRADIENT, curvature_limit

Window = tuple[tuple[float, float], tuple[float, float]]
_POINTS = 257


@dataclass(frozen=True, kw_only=True)
class Theory:
    """stability: ``(n, 2)`` points of the line beyond which paths diverge; best: the fastest pair. Empty or None where
    nothing is known. curvatures: mu and L. Coordinates are those of the map's two axes."""

    curvatures: tuple[float, float]
    stability: tuple[tuple[float, float], ...] = ()
    best: tuple[float, float] | None = None


def curvatures(landscape: Landscape, window: Window) -> tuple[float, float] | None:
    """The smallest and largest curvature of a quadratic with a minimum; None for any other surface."""
    (left, right), (bottom, top) = window
    x, y = np.meshgrid(np.linspace(left, right, 7), np.linspace(bottom, top, 7))
    with np.errstate(all="ignore"):
        hessians = landscape.hessian(np.stack([x, y], axis=-1)).reshape(-1, 2, 2)
    if not np.isfinite(hessians).all() or np.abs(hessians - hessians[0]).max() > 1e-9 * np.abs(hessians[0]).max():
        return None
    low, high = (float(each) for each in eigenvalues(hessians[:1])[0])
    return (low, high) if low > 0 else None


def theory_of(
    landscape: Landscape, window: Window, rule: str, hyper: Mapping[str, Any], axes: Sequence[Hyperparameter]
) -> Theory | None:
    """What is known of this map; None where the surface is no quadratic."""
    found = curvatures(landscape, window)
    if found is None:
        return None
    names = [axis.name for axis in axes]
    if "lr" not in names or names[0] == names[1]:
        return Theory(curvatures=found)
    other = axes[1 - names.index("lr")]
    low, high = span(other)
    points = []
    for part in np.linspace(0, 1, _POINTS):
        value = low * (high / low) ** part if other.log else low + part * (high - low)
        values = {**hyper, other.name: float(value)}
        limit = curvature_limit(rule, values)
        if limit is None:
            break
        decay = values.get("weight_decay", 0.0) if rule in DECAY_IN_GRADIENT else 0.0
        pair = (limit / (found[1] + decay), float(value))
        points.append(pair if names[0] == "lr" else pair[::-1])
    fastest = _best(rule, hyper, names, found)
    best = None if fastest is None else (fastest[names[0]], fastest[names[1]])
    return Theory(
        curvatures=found,
        stability=tuple(points),
        best=best,
    )


def _best(
    rule: str, hyper: Mapping[str, Any], names: Sequence[str], found: tuple[float, float]
) -> dict[str, float] | None:
    """The fastest values of both axes; None where it is not known, or another setting stands in the way."""
    low, high = found
    if "momentum" not in names or hyper.get("weight_decay") or hyper.get("dampening"):
        return None
    kappa = high / low
    if rule == "nesterov":
        root = np.sqrt(3 * kappa + 1)
        return {"lr": 4 / (3 * high + low), "momentum": float((root - 2) / (root + 2))}
    rate = 4 / (np.sqrt(high) + np.sqrt(low)) ** 2
    momentum = float(((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2)
    if rule == "momentum":
        return {"lr": float(rate), "momentum": momentum}
    return {"lr": float(rate / (1 - momentum)), "momentum": momentum} if rule == "momentum_ema" else None


def span(axis: Hyperparameter) -> tuple[float, float]:
    """The ends of an axis that shows a hyperparameter; a logarithmic one cannot begin at 0."""
    return (axis.low or axis.high / 1e6 if axis.log else axis.low), axis.high
