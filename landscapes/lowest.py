"""Numerical search for the lowest points of a smooth function in a window: a fine grid, then Newton's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landscapes.program import Array

# Gradient (n, 2) and Hessian (n, 2, 2) at points (n, 2).
Derivatives = Callable[[Array], tuple[Array, Array]]


def polish(derivatives: Derivatives, points: Array, *, longest: Array | float, steps: int = 30) -> Array:
    """Newton's method from points ``(n, 2)`` near minima, to the last digits.

    Each step goes downhill (curvatures count by their absolute value) and is at most ``longest`` in each coordinate.
    """
    with np.errstate(all="ignore"):
        for _ in range(steps):
            gradient, hessian = derivatives(points)
            unsound = ~(np.isfinite(gradient).all(-1) & np.isfinite(hessian).all((-1, -2)))
            gradient[unsound], hessian[unsound] = 0.0, 0.0
            curvature, axes = np.linalg.eigh(hessian)
            curvature = np.maximum(np.abs(curvature), 1e-9 * (1 + np.abs(curvature).max(-1, keepdims=True)))
            along = np.einsum("nji,nj->ni", axes, gradient) / curvature
            points = points - np.clip(np.einsum("nij,nj->ni", axes, along), -longest, longest)
    return points


def distinct(points: Array, apart: float) -> list[tuple[float, float]]:
    """Points ``(n, 2)`` without repetitions (closer than ``apart`` in both coordinates), sorted."""
    result: list[tuple[float, float]] = []
    for x, y in points.tolist():
        if all(abs(x - p) > apart or abs(y - q) > apart for p, q in result):
            result.append((x + 0.0, y + 0.0))
    return sorted(result)
