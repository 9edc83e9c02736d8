"""Functions that are added up to fit rows, and the fit of least squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GRID: Floats = np.linspace(-1.0, 1.0, 401)
"""Where fits are drawn."""
SMALLEST = 1e-10  # of the largest singular value: what is below is 0 to rounding


def features(model: str, x: Floats, count: int) -> Floats:
    """The functions that a model adds up, ``(*x.shape, count)``.

    polynomials: Legendre's of degree 0 to ``count - 1``. waves: cosines of 0 to ``count - 1`` half turns over the
    range, each divided by one more than that, so that of all coefficients that fit the least are of smooth functions.
    """
    if model == "polynomials":
        return np.asarray(np.polynomial.legendre.legvander(x, count - 1), dtype=np.float64)
    turns = np.arange(count)
    return np.cos(0.5 * np.pi * (x[..., None] + 1.0) * turns) / (1.0 + turns)


def fit(inside: Floats, targets: Floats, ridge: float) -> Floats:
    """Coefficients ``(sets, count)`` of least mean squares plus ``ridge`` times the sum of their squares.

    inside: features ``(sets, rows, count)``. targets: ``(sets, rows)``. Where many fit the rows alike, the smallest.
    """
    left, sizes, right = np.linalg.svd(inside, full_matrices=False)
    counted = sizes > SMALLEST * sizes[:, :1]
    gains = np.where(counted, sizes / np.where(counted, sizes**2 + inside.shape[1] * ridge, 1.0), 0.0)
    along = gains * np.einsum("snk,sn->sk", left, targets)
    return np.einsum("skc,sk->sc", right, along)
