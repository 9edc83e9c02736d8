"""The cubic a + b x + c x^2 + d x^3 fitted to sin x on [-pi, pi] by gradient descent, as NumPy by hand does it.

The loss is the sum of the squared errors, as in "Learning PyTorch with Examples" (pytorch.org), whose code forms
exports/five_forms.py writes down. Everything is float64, so that all forms give the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Coefficients = tuple[float, float, float, float]

_SHOWN = 400  # losses that a curve holds, about


@dataclass(frozen=True, kw_only=True)
class CubicFit:
    """start, coefficients: a, b, c, d before and after. step, loss: ``(n,)``, some of all. rows: of the data.

    limit: the rate at which descent stops converging, 2 / L with L the largest curvature of the loss. best: the least
    squares solution, where descent would end.
    """

    start: Coefficients
    coefficients: Coefficients
    step: Array = field(repr=False)
    loss: Array = field(repr=False)
    rows: int
    limit: float
    best: Coefficients

    @property
    def diverged(self) -> bool:
        """Whether a number is no longer finite."""
        return not np.isfinite(self.coefficients).all()


def cubic_rows(rows: int) -> tuple[Array, Array]:
    """x and sin x, each ``(rows,)``."""
    x = np.linspace(-np.pi, np.pi, rows)
    return x, np.sin(x)


def drawn_start(seed: int) -> Coefficients:
    """Four standard normal numbers of a seed."""
    a, b, c, d = np.random.default_rng(seed).standard_normal(4).tolist()
    return a, b, c, d


def cubic_at(coefficients: Coefficients, x: Array) -> Array:
    """a + b x + c x^2 + d x^3, in the order in which the forms add."""
    a, b, c, d = coefficients
    return a + b * x + c * x**2 + d * x**3


@lru_cache(maxsize=32)
def fitted(start: Coefficients, rate: float, steps: int, rows: int) -> CubicFit:
    """Gradient descent from ``start``; the arithmetic of the NumPy form."""
    x, y = cubic_rows(rows)
    x2, x3 = x**2, x**3
    a, b, c, d = start
    every = max(1, steps // _SHOWN)
    told: list[tuple[int, float]] = []
    with np.errstate(all="ignore"):
        for step in range(steps):
            error = a + b * x + c * x2 + d * x3 - y
            if step % every == 0:
                told.append((step, float(np.square(error).sum())))
            slope = 2.0 * error
            a -= rate * slope.sum()
            b -= rate * (slope * x).sum()
            c -= rate * (slope * x2).sum()
            d -= rate * (slope * x3).sum()
        told.append((steps, float(np.square(a + b * x + c * x2 + d * x3 - y).sum())))
    columns = np.stack([np.ones(rows), x, x2, x3], axis=-1)
    best = np.linalg.lstsq(columns, y)[0].tolist()
    curvature = float(np.linalg.eigvalsh(2 * columns.T @ columns)[-1])
    step, loss = np.array(told).T
    return CubicFit(
        start=start,
        coefficients=(float(a), float(b), float(c), float(d)),
        step=step,
        loss=loss,
        rows=rows,
        limit=2 / curvature,
        best=(best[0], best[1], best[2], best[3]),
    )
