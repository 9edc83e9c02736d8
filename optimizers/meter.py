"""The meter between a rule and its objective: it counts evaluations and adds the noise of the step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizers.batches import Batches
from optimizers.types import Array, Objective


def noise_tilts(noise: float, seed: int, steps: int, dimensions: int = 2) -> Array:
    """The random tilt of every step, ``(steps, 2)``: Gaussian, fixed by the seed; along x alone in one dimension."""
    tilts = float(noise) * np.random.default_rng(seed).standard_normal((steps, 2))
    tilts[:, dimensions:] = 0.0
    return tilts


class Meter:
    """Counts gradient evaluations, and adds this step's noise.

    Noise is a random linear tilt f(x) + sigma xi_k . x, the same for value and gradient and for every evaluation within
    step k, as a minibatch is: rules that look twice (SAM, line searches) see one function, not two. Of an objective
    that is a mean over rows, ``batches`` says which of them a step sees.
    """

    def __init__(self, objective: Objective, tilts: Array | None, batches: Batches | None = None) -> None:
        self._whole: Any = objective
        self._objective = objective
        self._tilts = tilts
        self._batches = batches
        self._tilt: Array | None = None
        self.spent: Any = 0

    def begin(self, k: int) -> None:
        """Start step k: take its noise, and its rows."""
        if self._batches is not None:
            self._objective = self._whole.batch(self._batches.of_step(k))
        if self._tilts is not None:
            self._tilt = self._tilts[k]

    def value(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self.spent = self.spent + (1 if where is None else where)
        value = self._objective.value(points)
        return value if self._tilt is None else value + (self._tilt * points).sum(-1)

    def gradient(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self.spent = self.spent + (1 if where is None else where)
        gradient = self._objective.gradient(points)
        return gradient if self._tilt is None else gradient + self._tilt

    def hessian(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self.spent = self.spent + (2 if where is None else 2 * where)
        return self._objective.hessian(points)
