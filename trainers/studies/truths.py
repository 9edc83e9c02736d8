"""Rows of one input that are drawn from a known function by a seed, and where fits to them are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NODES, _SHARES = np.polynomial.legendre.leggauss(96)
SHARES: Floats = _SHARES / 2
"""Where fits are judged, and the share of each place in a mean over all inputs between -1 and 1 (Gauss's rule)."""
FRESH = 400  # rows drawn anew for each training set, to measure the error that bias, variance and noise foretell

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


def draw_fresh(truth: str, sets: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """``FRESH`` rows for each of these training sets, none of which are in them."""
    return draw(truth, sets, FRESH, noise, seed + 1_000_000)


def errors_of(
    truth: str, on_nodes: Floats, on_fresh: Floats, fresh: Floats, on_rows: Floats, targets: Floats
) -> dict[str, float]:
    """Where the squared error of fits comes from, and what it is measured to be.

    on_nodes: each set's fit at ``NODES``. on_fresh, fresh: at new rows, and their targets; on_rows, targets: at its
    own.

    Returns:
        bias: squared distance of the mean fit from the truth. variance: of the fits from their mean. measured: squared
        error on new rows; spread: standard error of that mean. training: squared error on its own rows.
    """
    mean, target = on_nodes.mean(0), FUNCTIONS[truth](NODES)
    measured = ((on_fresh - fresh) ** 2).mean(1)
    return {
        "bias": float((mean - target) ** 2 @ SHARES),
        "variance": float(((on_nodes - mean) ** 2).mean(0) @ SHARES),
        "measured": float(measured.mean()),
        "spread": float(measured.std(ddof=1) / np.sqrt(len(measured))),
        "training": float(((on_rows - targets) ** 2).mean()),
    }
