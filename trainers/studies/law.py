"""Power laws with what stays at infinity: loss = floor + scale x^-exponent, fitted to logarithms.

Hestness et al., "Deep learning scaling is predictable, empirically", 2017; Kaplan et al., "Scaling laws for neural
language models", 2020. Standard errors follow from the scatter around the law (``scipy.optimize.curve_fit``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST = 5  # points, two more than there are unknowns


@dataclass(frozen=True, kw_only=True)
class Law:
    """loss(x) = floor + scale x^-exponent; ``error`` and ``floor_error`` are standard errors."""

    exponent: float
    error: float
    scale: float
    floor: float
    floor_error: float

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """The loss at ``x``."""
        return self.floor + self.scale * np.asarray(x, dtype=np.float64) ** -self.exponent

    @property
    def tenfold(self) -> float:
        """By what ten times as much divides the loss above the floor."""
        return float(10**self.exponent)


def fit_law(x: ArrayLike, losses: ArrayLike, *, floor: bool = True) -> Law | None:
    """The law with the least squared distance of logarithms; None of fewer than five places or where there is none.

    x, losses: positive, ``(places,)``. floor: whether something may be left at infinity.
    """
    from scipy.optimize import curve_fit

    at, height = np.asarray(x, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    usable = (at > 0) & (height > 0) & np.isfinite(at * height)
    at, height = at[usable], height[usable]
    if len(np.unique(at)) < FEWEST:
        return None
    middle = float(np.exp(np.log(at).mean()))  # around which exponent and scale hardly depend on each other
    slope, start = np.polyfit(np.log(at / middle), np.log(height), 1)
    begin = [max(-float(slope), 0.01), float(start)]

    def plain(places: NDArray[np.float64], exponent: float, scale: float) -> NDArray[np.float64]:
        return scale - exponent * np.log(places / middle)

    def lifted(places: NDArray[np.float64], exponent: float, scale: float, left: float) -> NDArray[np.float64]:
        return np.logaddexp(plain(places, exponent, scale), np.log(max(left, 1e-300)))

    lowest = float(height.min())
    try:
        if floor:
            found, covariance = curve_fit(
                lifted,
                at,
                np.log(height),
                [*begin, lowest / 2],
                bounds=([0.0, -50.0, 0.0], [20.0, 50.0, lowest]),
                x_scale=[1.0, 1.0, lowest],
            )
        else:
            found, covariance = curve_fit(plain, at, np.log(height), begin, bounds=([0.0, -50.0], [20.0, 50.0]))
    except RuntimeError:  # it has not settled
        return None
    errors = np.sqrt(np.diag(covariance))
    return Law(
        exponent=float(found[0]),
        error=float(errors[0]),
        scale=float(np.exp(found[1]) * middle ** found[0]),
        floor=float(found[2]) if floor else 0.0,
        floor_error=float(errors[2]) if floor else 0.0,
    )
