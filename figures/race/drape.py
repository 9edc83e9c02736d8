"""Paths on the surface: where a point of the plane lies in the 3-D picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.drawing import clip_path, thin
from figures.race.field import Box, FieldScale

if TYPE_CHECKING:
    from landscapes import Landscape

Array = NDArray[np.float64]

_MAX_POINTS = 400
_STRIDE = 0.02  # of the box: longer steps are drawn over the surface in pieces
_LIFT = 0.015  # of the height: enough that a path does not sink into the mesh


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Where things lie: the box in the plane and the height of a value above it."""

    landscape: Landscape
    box: Box
    scale: FieldScale

    def height(self, values: Array) -> Array:
        """The field's level where values span decades, else f itself."""
        return self.scale.levels(values) if self.scale.logarithmic else np.clip(values, self.scale.low, self.scale.high)

    @property
    def lift(self) -> float:
        return _LIFT if self.scale.logarithmic else _LIFT * (self.scale.high - self.scale.low)

    @property
    def _low(self) -> Array:
        return np.array([side[0] for side in self.box])

    @property
    def _size(self) -> Array:
        return np.array([side[1] - side[0] for side in self.box])

    def holds(self, points: Array) -> Any:
        return np.all((points >= self._low) & (points <= self._low + self._size), axis=-1)

    def draped(self, points: Array) -> Array:
        """A path as x, y, z ``(3, n)`` on the surface, NaN between pieces, at most about twice ``_MAX_POINTS`` long."""
        with np.errstate(all="ignore"):
            unit = np.nan_to_num((points - self._low) / self._size, posinf=1e300, neginf=-1e300)
        pieces = [
            resampled * self._size + self._low
            for piece in clip_path(unit, (0.0, 0.0, 1.0, 1.0))
            for resampled in (_resampled(piece),)
        ]
        gap = np.full((1, 2), np.nan)
        path = np.concatenate([part for piece in pieces for part in (piece, gap)] or [gap])
        with np.errstate(all="ignore"):
            heights = self.height(self.landscape.value(path)) + self.lift
        return np.stack([path[:, 0], path[:, 1], np.where(np.isnan(path[:, 0]), np.nan, heights)])


def _resampled(piece: Array) -> Array:
    """A path in the unit square with points neither crowded nor far apart."""
    distance = 0.002
    knots = thin(piece, distance)
    while len(knots) > _MAX_POINTS:
        distance *= 2
        knots = thin(piece, distance)
    lengths = np.hypot(*np.diff(knots, axis=0).T)
    stride = max(_STRIDE, float(lengths.sum()) / _MAX_POINTS)
    counts = np.maximum(np.ceil(lengths / stride), 1).astype(int)
    pieces = [
        a + np.arange(1, n + 1)[:, None] / n * (b - a) for a, b, n in zip(knots[:-1], knots[1:], counts, strict=True)
    ]
    return np.concatenate([knots[:1], *pieces])
