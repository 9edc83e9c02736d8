"""Derivatives from differences: what they miss of the exact one by the step h, and why.

Forward, (f(x + h) - f(x)) / h, misses |f''| h / 2; central, (f(x + h) - f(x - h)) / 2 h, misses |f'''| h^2 / 6. Both
subtract numbers that are nearly alike: what rounding has changed in f and in x + h is divided by h. The complex step,
Im f(x + ih) / h, subtracts nothing (Squire and Trapp 1998, SIAM Review 40(1)). For the balance of the two errors see
Nocedal and Wright (2006), section 8.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscapes.curves import Curve, Slopes, precise_derivatives, slopes_at

Array = NDArray[np.float64]

METHODS: Mapping[str, str] = {"forward": "forward", "central": "central", "complex": "complex step"}
PRECISIONS: Mapping[str, tuple[str, ...]] = {
    "float64": ("float64",),
    "float32": ("float32",),
    "both": ("float64", "float32"),
}
LEAST_STEP, LARGEST_STEP = 1e-18, 1.0
_PER_DECADE = 24
_COMPLEX = {"float64": "complex128", "float32": "complex64"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A curve at a place, in one precision.

    x: as the precision holds it. value: f(x) in it. slopes: exact. higher: f'' and f''', None where unknown.
    """

    curve: Curve
    precision: str
    x: float
    value: float
    slopes: Slopes
    higher: tuple[float, float] | None

    @property
    def epsilon(self) -> float:
        """The distance from 1 to the next number."""
        return float(np.finfo(self.precision).eps)


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """One method at one place over steps ``h`` ``(n,)``: its estimates, and how far they are from the derivative.

    error is None where there is no derivative. theory: the bound that truncation and rounding add up to, where known.
    """

    method: str
    place: Place
    h: Array = field(repr=False)
    estimate: Array = field(repr=False)
    error: Array | None = field(repr=False)
    theory: Array | None = field(repr=False)


@lru_cache(maxsize=256)
def place_of(curve: Curve, x: float, precision: str) -> Place:
    """The place ``x`` as float32 or float64 holds it, with what is exact there."""
    held = float(np.dtype(precision).type(x))
    slopes = slopes_at(curve, held)
    value = float(curve.value(held, precision))
    return Place(
        curve=curve,
        precision=precision,
        x=held,
        value=value,
        slopes=slopes,
        higher=precise_derivatives(curve, held) if slopes.derivative is not None else None,
    )


def methods_of(curve: Curve) -> tuple[str, ...]:
    """The methods that a curve allows: the complex step needs an analytic one."""
    return tuple(key for key in METHODS if key != "complex" or curve.is_analytic)


def steps() -> Array:
    """The steps h of a picture, 24 a decade."""
    low, high = np.log10([LEAST_STEP, LARGEST_STEP])
    return np.logspace(low, high, round(high - low) * _PER_DECADE + 1)


def estimated(place: Place, method: str, h: Array) -> Estimates:
    """A method's estimates for the steps ``h`` ``(n,)``; every operation in the precision of the place."""
    kind: Any = np.dtype(place.precision).type
    x, step, f = kind(place.x), np.asarray(h, dtype=kind), place.curve.value
    with np.errstate(all="ignore"):
        if method == "forward":
            estimate = (f(x + step, kind) - f(x, kind)) / step
        elif method == "central":
            estimate = (f(x + step, kind) - f(x - step, kind)) / (kind(2) * step)
        else:
            wide: Any = np.dtype(_COMPLEX[place.precision]).type
            estimate = np.imag(f(x + wide(1j) * step, wide)) / step
    estimate = np.asarray(estimate, dtype=np.float64)
    return Estimates(
        method=method,
        place=place,
        h=np.asarray(h, dtype=np.float64),
        estimate=estimate,
        error=error_of(place, estimate),
        theory=_bound(place, method, np.asarray(h, dtype=np.float64)),
    )


def error_of(place: Place, estimate: Any) -> Array | None:
    """How far estimates are from the derivative, to the last digit; None where there is no derivative."""
    exact = place.slopes.derivative
    if exact is None:
        return None
    with np.errstate(all="ignore"):
        return np.abs((np.asarray(estimate, dtype=np.float64) - exact) - place.slopes.rest)


def rounding_of(place: Place, method: str) -> float:
    """What rounding may add to h times the estimate, u = epsilon / 2 for each rounded number.

    Forward rounds f twice and x + h once, u (2 |f| + |x f'|); central rounds both twice and divides by 2 h.
    """
    slope = place.slopes.derivative or 0.0
    return place.epsilon / 2 * ((2 if method == "forward" else 1) * abs(place.value) + abs(place.x * slope))


def _bound(place: Place, method: str, h: Array) -> Array | None:
    if place.higher is None or method == "complex":
        return None
    second, third = np.abs(place.higher)
    rounding = rounding_of(place, method)
    with np.errstate(all="ignore"):
        bound = second * h / 2 + rounding / h if method == "forward" else third * h**2 / 6 + rounding / h
    return bound


def best_step(place: Place, method: str) -> float | None:
    """The step at which theory's two errors are least together; None where one of them is 0 or unknown."""
    if place.higher is None or method == "complex":
        return None
    second, third = np.abs(place.higher)
    rounding = rounding_of(place, method)
    with np.errstate(all="ignore"):
        best = np.sqrt(2 * rounding / second) if method == "forward" else np.cbrt(3 * rounding / third)
    return float(best) if np.isfinite(best) and best > 0 else None


def rule_of_thumb(place: Place, method: str) -> float | None:
    """sqrt(epsilon) and cbrt(epsilon), times |x| where that is beyond 1; None for the complex step."""
    scale = max(1.0, abs(place.x))
    return {"forward": place.epsilon**0.5 * scale, "central": place.epsilon ** (1 / 3) * scale}.get(method)
