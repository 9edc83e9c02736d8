"""Rows drawn from a known function, and what is fitted to them: everything here is drawn by a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GRID: Floats = np.linspace(-1.0, 1.0, 401)
"""Where fits are drawn."""
NODES, _SHARES = np.polynomial.legendre.leggauss(96)
SHARES: Floats = _SHARES / 2
"""Where fits are judged, and the share of each place in a mean over all inputs between -1 and 1 (Gauss's rule)."""
SMALLEST = 1e-10  # of the largest singular value: what is below is 0 to rounding

FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sine": lambda x: 0.8 * np.sin(1.6 * np.pi * x + 0.6),
    "step": lambda x: np.where(x < 0.1, -0.6, 0.6),
    "bump": lambda x: 1.2 * np.exp(-((x - 0.2) ** 2) / (2 * 0.12**2)) - 0.3,
}


def draw(truth: str, sets: int, rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Inputs and targets ``(sets, rows)`` of so many training sets; the first ones stay when more are drawn."""
    x, y = np.empty((sets, rows)), np.empty((sets, rows))
    for number in range(sets):
        random = np.random.default_rng((seed, number))
        x[number] = random.uniform(-1.0, 1.0, rows)
        y[number] = FUNCTIONS[truth](x[number]) + noise * random.standard_normal(rows)
    return x, y


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
