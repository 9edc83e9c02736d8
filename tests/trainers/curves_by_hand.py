"""Curves made by hand, with a known cause each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.report import Internals

Array = NDArray[np.float64]


def decay(n: int = 60, start: float = 0.7, end: float = 0.1, pace: float = 8.0) -> Array:
    """A smooth fall from start to end."""
    return end + (start - end) * np.exp(-np.arange(n) / pace)


def jitter(n: int, size: float, seed: int = 0) -> Array:
    return size * np.random.default_rng(seed).normal(size=n)


def healthy(n: int = 60) -> dict[str, Any]:
    return {"train_loss": decay(n) + jitter(n, 0.003), "val_loss": decay(n, end=0.13) + jitter(n, 0.006, 1)}


def overfit(n: int = 60, best: int = 15) -> dict[str, Any]:
    rise = np.maximum(0, np.arange(n) - best) * 0.012
    return {"train_loss": decay(n, end=0.02), "val_loss": decay(n, start=0.75, end=0.3, pace=4) + rise}


def inside(n: int, **columns: object) -> list[Internals]:
    """The same three layers at every report; the columns given replace healthy ones."""
    usual: dict[str, object] = {
        "grad_norm": (0.5, 0.5, 0.5),
        "update_ratio": (1e-3, 1e-3, 1e-3),
        "weight_norm": (5.0, 5.0, 5.0),
        "activation_std": (0.8, 0.8, 0.8),
        "dead_share": (0.05, 0.1, None),
        "saturated_share": (None, None, None),
        "distance": (0.3, 0.3, 0.3),
    }
    values = {**usual, **columns}
    return [Internals(layers=("0", "2", "4"), sizes=(64, 1024, 32), **values) for _ in range(n)]  # pyright: ignore
