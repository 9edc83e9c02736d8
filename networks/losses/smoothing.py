"""Label smoothing: the target of a classifier that keeps a little for the wrong classes.

Two conventions of epsilon are in use. "all": epsilon is spread over all classes, the true one among them (Szegedy et
al., 2016, arXiv:1512.00567; PyTorch). "wrong": epsilon is what each single wrong class gets. With K classes, epsilon
in the first is K times epsilon in the second.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from networks.types import Array

CONVENTIONS: Mapping[str, str] = {
    "all": "spread over all classes (PyTorch)",
    "wrong": "share of each wrong class",
}


def smoothed(true: int, classes: int, epsilon: float, convention: str = "all") -> Array:
    """The target ``(classes,)`` of the class ``true``, counted from 0.

    Raises:
        ValueError: a convention that there is not, or an epsilon that leaves the true class less than nothing.
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"convention was given {convention!r}; allowed are {', '.join(CONVENTIONS)}")
    share = epsilon / classes if convention == "all" else epsilon
    if not 0 <= share * (classes - 1) <= 1:
        raise ValueError(f"epsilon was given {epsilon!r}; with {classes} classes it leaves the true one less than 0")
    target = np.full(classes, share, dtype=np.float64)
    target[true] = 1 - share * (classes - 1)
    return target
