"""The field under the paths: which color and which contour a value of f gets.

A level runs from 0 (the lowest value in sight) to 1 (the highest). It grows with ``log(1 + c s)``, where s is the
value's share of the whole span. c is chosen so that a tenth of the area lies below level 0.2 and half of it below 0.5,
whichever asks for less: functions that span decades get a logarithmic field, and a plain saddle a linear one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from landscapes import Landscape

Array = NDArray[np.float64]
Box = tuple[tuple[float, float], tuple[float, float]]

_MAX_CURVE = 1e7


@dataclass(frozen=True, kw_only=True)
class FieldScale:
    """level = log(1 + curve s) / log(1 + curve), where s = (f - low) / (high - low); linear where curve is 0."""

    low: float
    high: float
    curve: float

    @property
    def logarithmic(self) -> bool:
        """Whether the scale bends enough that an axis must say so."""
        return self.curve > 10

    def levels(self, values: Array) -> Array:
        """Values of any shape -> levels in [0, 1]. What is not finite is as high as can be."""
        share = np.nan_to_num(
            (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low), nan=1.0, posinf=1.0
        )
        share = np.clip(share, 0.0, 1.0)
        return np.log1p(self.curve * share) / np.log1p(self.curve) if self.curve else share

    def value(self, level: float) -> float:
        """The value of f at a level."""
        share = np.expm1(level * np.log1p(self.curve)) / self.curve if self.curve else level
        return float(self.low + share * (self.high - self.low))


def field_scale(values: Array) -> FieldScale:
    """The scale that shows these values best."""
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return FieldScale(low=0.0, high=1.0, curve=0.0)
    low, high = float(finite.min()), float(finite.max())
    if not high > low:
        return FieldScale(low=low, high=low + max(1.0, abs(low)), curve=0.0)
    tenth, half = (np.quantile(finite, [0.1, 0.5]) - low) / (high - low)
    return FieldScale(low=low, high=high, curve=min(_curve(float(tenth), 0.2), _curve(float(half), 0.5)))


def _curve(share: float, level: float) -> float:
    """The c for which ``share`` of the span lies at ``level``: bisection on a logarithmic axis."""
    if share >= level:
        return 0.0
    low, high = -6.0, np.log10(_MAX_CURVE)
    for _ in range(50):
        middle = (low + high) / 2
        if np.log1p(10**middle * share) / np.log1p(10**middle) < level:
            low = middle
        else:
            high = middle
    return float(10**low)


def sample(landscape: Landscape, box: Box, columns: int, rows: int) -> tuple[Array, Array, Array]:
    """f on a grid over the box: x ``(columns,)``, y ``(rows,)`` ascending, values ``(rows, columns)``."""
    x = np.linspace(*box[0], columns)
    y = np.linspace(*box[1], rows)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    with np.errstate(all="ignore"):
        return x, y, np.asarray(landscape.value(points), dtype=np.float64)


def contour_levels(count: int = 12) -> Array:
    """Levels of the contour lines: evenly spaced on the scale, ends left out."""
    return np.linspace(0, 1, count + 2)[1:-1]
