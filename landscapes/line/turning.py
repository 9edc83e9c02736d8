"""Where a function of one variable turns: its minima and maxima in a window, found by the sign of the derivative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from landscapes.program import Array
from landscapes.types import Facts, Landscape

if TYPE_CHECKING:
    import sympy

_LOOKS = 4001
_HALVINGS = 80
_THIN = 1e-3


@dataclass(frozen=True, kw_only=True)
class TurningPoint:
    """A minimum or a maximum: where, and f there. A level piece that f turns on counts with its middle."""

    x: float
    value: float
    kind: Literal["minimum", "maximum"]


def line_facts(
    *,
    expression: Callable[..., sympy.Expr],
    window: tuple[float, float],
    start: float,
    minima: tuple[float, ...] = (),
    minimum: float | None = None,
) -> Facts:
    """The facts of a function of x alone. Its domain is a strip so thin that its diagonal is the window's length."""
    low, high = window
    thin = _THIN * (high - low)
    return Facts(
        expression=expression,
        domain=(window, (-thin, thin)),
        start=(start, 0.0),
        minima=tuple((x, 0.0) for x in minima),
        minimum=minimum,
    )


def turning_points(landscape: Landscape, window: tuple[float, float] | None = None) -> tuple[TurningPoint, ...]:
    """The minima and maxima of a function of x alone inside a window (its own for None), from left to right.

    f' is looked at in 4,001 places; two turns between neighbors are missed. A pole is none, for f is not finite there.
    """
    low, high = landscape.domain[0] if window is None else window

    def slope(x: Array) -> Array:
        return np.asarray(landscape.gradient(np.stack([x, np.zeros_like(x)], axis=-1)))[..., 0]

    with np.errstate(all="ignore"):
        return tuple(turning_of(slope, lambda x: landscape.value(np.stack([x, np.zeros_like(x)], axis=-1)), low, high))


def turning_of(
    slope: Callable[[Array], Array], value: Callable[[Array], Array], low: float, high: float
) -> list[TurningPoint]:
    """``turning_points`` of a function given by f' and f, ``(n) -> (n)``."""
    x = np.linspace(low, high, _LOOKS)
    signs = np.sign(slope(x))
    sloping = np.flatnonzero(np.abs(signs) == 1)  # neither level nor undefined
    before, after = sloping[:-1], sloping[1:]
    defined = np.concatenate([[0], np.cumsum(np.isnan(signs))])
    turns = (signs[before] != signs[after]) & (defined[after] == defined[before + 1])
    before, after = before[turns], after[turns]
    left, right, rising = x[before], x[after], signs[before] > 0
    gaps = after > before + 1  # level, or a root that was met: its middle
    for _ in range(_HALVINGS):
        middle = left + (right - left) / 2
        here = np.sign(slope(middle))
        level, up = here == 0, here > 0
        left = np.where(gaps, left, np.where(level | (up == rising), middle, left))
        right = np.where(gaps, right, np.where(level | (up != rising), middle, right))
    places = left + (right - left) / 2
    heights = value(places)
    beside = np.maximum(np.abs(value(x[before])), np.abs(value(x[after])))
    sound = np.isfinite(heights) & (np.abs(heights) <= 1e6 * (1 + beside))
    return [
        TurningPoint(
            x=float(at) if abs(at) > 1e-12 * (high - low) else 0.0,
            value=float(height),
            kind="maximum" if up else "minimum",
        )
        for at, height, up, good in zip(places, heights, rising, sound, strict=True)
        if good
    ]
