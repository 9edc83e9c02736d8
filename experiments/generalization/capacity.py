"""Double descent: the error of the smallest fit peaks where there are as many functions as rows, and falls again.

Belkin, Hsu, Ma and Mandal, "Reconciling modern machine-learning practice and the classical bias-variance trade-off",
PNAS 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.generalization.drawing import GRID, Floats, features, fit
from experiments.generalization.settings import FUNCTIONS as COUNTS
from experiments.generalization.tradeoff import Fits
from trainers.studies import FUNCTIONS, NODES, SHARES, draw

SETS = 41  # an odd number: its median is one of them
MODEL = "waves"


@dataclass(frozen=True, kw_only=True, eq=False)
class ByCapacity:
    """Medians over training sets by the number of functions, arrays ``(counts,)``.

    error: mean squared distance from the truth, plus the noise of a new row. training: mean squared error on the rows.
    size: length of the coefficients.
    """

    counts: tuple[int, ...]
    error: Floats
    training: Floats
    size: Floats
    rows: int

    @property
    def peak(self) -> int:
        """The number of functions with the largest error from a quarter of the rows on."""
        late = [i for i, count in enumerate(self.counts) if 4 * count >= self.rows]
        return self.counts[max(late, key=lambda i: self.error[i])]

    def at(self, count: float) -> int:
        """The position of a number of functions."""
        return int(np.argmin(np.abs(np.array(self.counts) - count)))


def by_capacity(values: Mapping[str, Any]) -> ByCapacity:
    """The errors of every number of functions; worked out once for everybody."""
    return _by_capacity(*(values[name] for name in ("truth", "rows", "noise", "ridge", "seed")))


@lru_cache(maxsize=64)
def _by_capacity(truth: str, rows: float, noise: float, ridge: float, seed: int) -> ByCapacity:
    x, y = draw(truth, SETS, int(rows), noise, seed)
    inside, on_nodes = features(MODEL, x, COUNTS[-1]), features(MODEL, NODES, COUNTS[-1])
    target = FUNCTIONS[truth](NODES)
    error, training, size = [], [], []
    for count in COUNTS:
        found = fit(inside[..., :count], y, ridge)
        error.append(np.median((found @ on_nodes[:, :count].T - target) ** 2 @ SHARES) + noise**2)
        training.append(np.median(((np.einsum("snc,sc->sn", inside[..., :count], found) - y) ** 2).mean(1)))
        size.append(np.median(np.linalg.norm(found, axis=1)))
    return ByCapacity(
        counts=COUNTS, error=np.array(error), training=np.array(training), size=np.array(size), rows=int(rows)
    )


def smallest_fits(values: Mapping[str, Any]) -> Fits:
    """The fits of so many functions: ``mean`` is that of one training set, ``each`` those of eight others.

    The one is the middle of all sets by its error with the most functions and no penalty: no lucky one, and the same
    whatever number of functions is looked at.
    """
    drawn = values["truth"], SETS, int(values["rows"]), values["noise"], values["seed"]
    x, y = draw(*drawn)
    one = _middle(*drawn)
    others = [number for number in range(SETS) if number != one][:8]
    count = int(values["functions"])
    found = fit(features(MODEL, x, count), y, values["ridge"])
    each = found @ features(MODEL, GRID, count).T
    truth = FUNCTIONS[values["truth"]](GRID)
    return Fits(places=GRID, each=each[others], mean=each[one], truth=truth, x=x[one], y=y[one])


@lru_cache(maxsize=64)
def _middle(truth: str, sets: int, rows: int, noise: float, seed: int) -> int:
    """The training set whose error with the most functions is the median."""
    x, y = draw(truth, sets, rows, noise, seed)
    largest = fit(features(MODEL, x, COUNTS[-1]), y, 0.0) @ features(MODEL, NODES, COUNTS[-1]).T
    return int(np.argsort((largest - FUNCTIONS[truth](NODES)) ** 2 @ SHARES)[sets // 2])
