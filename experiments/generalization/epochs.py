"""Double descent by epoch: features learned at different times, each with its own turning point.

Gradient descent on least squares, solved exactly in the directions of the features' singular vectors. Heckel and
Yilmaz, "Early stopping in deep networks: double descent and how to eliminate it", ICLR 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.generalization.drawing import Floats
from experiments.generalization.settings import EPOCHS

ROWS, SETS = 100, 30
FAST, SLOW = 60, 20  # features of scale 1, and of the other scale
FAST_SIGNAL, SLOW_SIGNAL = 3.0, 1.5  # standard deviation of what each kind adds to the targets, whatever its scale


@dataclass(frozen=True, kw_only=True, eq=False)
class ByEpoch:
    """Means over training sets by epoch, arrays ``(epochs,)``.

    error: expected squared error on a new row. training: mean squared error on the rows. fast, slow: what either kind
    of features adds to the error. noise: what is left to the best weights.
    """

    epochs: tuple[int, ...]
    error: Floats
    training: Floats
    fast: Floats
    slow: Floats
    noise: float

    def at(self, epoch: float) -> int:
        """The position of an epoch."""
        return int(np.argmin(np.abs(np.log(self.epochs) - np.log(epoch))))

    @property
    def best(self) -> int:
        """The epoch with the least error."""
        return self.epochs[int(np.argmin(self.error))]

    @property
    def valleys(self) -> list[int]:
        """Epochs where the error is lower than before and after, the ends left out."""
        lower = (self.error[1:-1] < self.error[:-2]) & (self.error[1:-1] <= self.error[2:])
        return [self.epochs[i + 1] for i in np.flatnonzero(lower)]


def by_epoch(values: Mapping[str, Any]) -> ByEpoch:
    """The errors of every epoch; worked out once for everybody."""
    return _by_epoch(*(values[name] for name in ("scale", "noise", "apart", "seed")))


@lru_cache(maxsize=64)
def _by_epoch(scale: float, noise: float, apart: bool, seed: int) -> ByEpoch:
    scales = np.repeat([1.0, scale], [FAST, SLOW])
    signals = np.repeat([FAST_SIGNAL / np.sqrt(FAST), SLOW_SIGNAL / np.sqrt(SLOW)], [FAST, SLOW])
    rates = 1.0 / scales if apart else np.ones_like(scales)  # roots of the features' rates
    epochs = np.array(EPOCHS, dtype=np.float64)
    fast, slow, training = np.zeros(len(epochs)), np.zeros(len(epochs)), np.zeros(len(epochs))
    for number in range(SETS):
        random = np.random.default_rng((seed, number))
        true = random.standard_normal(FAST + SLOW) * signals / scales
        x = random.standard_normal((ROWS, FAST + SLOW)) * scales
        y = x @ true + noise * random.standard_normal(ROWS)
        left, sizes, right = np.linalg.svd(x * rates, full_matrices=False)
        speed = (sizes / sizes[0]) ** 2  # of each direction, at the largest rate that is surely stable
        done = -np.expm1(epochs[:, None] * np.log1p(-np.minimum(speed, 1 - 1e-15)))
        weights = (done * (left.T @ y) / sizes) @ right * rates
        apart_by = ((weights - true) * scales) ** 2
        fast += apart_by[:, :FAST].sum(1) / SETS
        slow += apart_by[:, FAST:].sum(1) / SETS
        training += ((weights @ x.T - y) ** 2).mean(1) / SETS
    error = fast + slow + noise**2
    return ByEpoch(epochs=EPOCHS, error=error, training=training, fast=fast, slow=slow, noise=noise**2)
