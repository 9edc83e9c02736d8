"""Least squares over two weights: an exact quadratic made of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LeastSquares:
    """mean((x . w - y)^2) / 2 over two weights. It is an Objective: value, gradient and hessian of ``(*batch, 2)``.

    x: ``(n, 2)`` inputs, y: ``(n,)`` targets; there is no intercept.
    """

    x: Array = field(repr=False)
    y: Array = field(repr=False)

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or self.x.shape[1] != 2 or self.y.shape != self.x.shape[:1]:
            raise ValueError(f"shapes {self.x.shape} and {self.y.shape} were given; allowed are (n, 2) and (n,)")

    @property
    def _moments(self) -> tuple[Array, Array, float]:
        n = len(self.x)
        return self.x.T @ self.x / n, self.x.T @ self.y / n, float(self.y @ self.y / n)

    def value(self, points: Array) -> Array:
        """``(*batch, 2) -> (*batch)``"""
        matrix, vector, constant = self._moments
        points = np.asarray(points, dtype=np.float64)
        return 0.5 * ((points @ matrix) * points).sum(-1) - points @ vector + 0.5 * constant

    def gradient(self, points: Array) -> Array:
        """``(*batch, 2) -> (*batch, 2)``"""
        matrix, vector, _ = self._moments
        return np.asarray(points, dtype=np.float64) @ matrix - vector

    def hessian(self, points: Array) -> Array:
        """``(*batch, 2) -> (*batch, 2, 2)``, the same everywhere."""
        matrix = self._moments[0]
        return np.broadcast_to(matrix, (*np.shape(points)[:-1], 2, 2)).copy()

    @property
    def minimum(self) -> Array:
        """The weights of least loss, ``(2,)``."""
        return np.linalg.lstsq(self.x, self.y, rcond=None)[0].astype(np.float64)

    @property
    def largest_stable_rate(self) -> float:
        """2 / largest curvature: gradient descent with a larger rate diverges."""
        return float(2 / np.linalg.eigvalsh(self._moments[0])[-1])
