"""Dropout on the last layer of a small network: its masks, their mean, and the penalty that it amounts to.

The hidden units are drawn by a seed; the weights behind them are the best ones for the loss with dropout, which for a
linear layer and squared errors is least squares with a penalty on each weight, exactly (Wager, Wang and Liang, "Dropout
training as adaptive regularization", NeurIPS 2013; dropout: Srivastava et al., JMLR 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.generalization.drawing import GRID, Floats
from experiments.generalization.settings import MOST_MASKS
from trainers.studies import FUNCTIONS, draw


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropped:
    """A layer under dropout.

    places ``(places,)``; truth and scaled: the truth and the one pass without a mask there. masked ``(masks, places)``:
    one pass for every mask. masks ``(masks, units)``: True where a unit stays. weights ``(units,)``; penalties
    ``(units,)``: what the square of each weight costs on average. here: the answers of all masks at the chosen input;
    at: the position of that input. x, y: the rows. with_masks, without: mean squared errors on them, averaged over the
    drawn masks and of the one pass; expected: the first as the formula has it.
    """

    places: Floats
    truth: Floats
    scaled: Floats
    masked: Floats
    masks: NDArray[np.bool_]
    weights: Floats
    penalties: Floats
    at: int
    x: Floats
    y: Floats
    with_masks: float
    without: float
    expected: float

    @property
    def here(self) -> Floats:
        """The answer of every mask at the chosen input."""
        return self.masked[:, self.at]


def dropped_of(values: Mapping[str, Any]) -> Dropped:
    """The layer, its fit and all its masks; worked out once for everybody."""
    names = ("truth", "units", "drop", "output", "at", "rows", "noise", "seed")
    return _dropped(*(values[name] for name in names))


def hidden(x: Floats, units: int, seed: int) -> Floats:
    """What the hidden units answer, ``(*x.shape, units)``: bumps around places drawn between -1 and 1."""
    random = np.random.default_rng((seed, 7))
    # One in each stretch: no wide gap is left without a unit.
    middles = -1.15 + 2.3 * (np.arange(units) + random.uniform(0, 1, units)) / units
    return np.exp(-((3.0 * (x[..., None] - middles)) ** 2))


@lru_cache(maxsize=32)
def _dropped(
    truth: str, units: int, drop: float, output: str, at: float, rows: float, noise: float, seed: int
) -> Dropped:
    (x,), (y,) = draw(truth, 1, int(rows), noise, seed)
    inside, on_grid = hidden(x, units, seed), hidden(GRID, units, seed)
    keep = 1.0 - drop
    # Inverted dropout: what stays is divided by its share, so that a pass without a mask needs no other scale.
    penalties = drop / keep * (inside**2).mean(0)
    middle = y.mean()
    stacked = np.vstack([inside / np.sqrt(len(x)), np.diag(np.sqrt(penalties + 1e-9))])
    aims = np.concatenate([(y - middle) / np.sqrt(len(x)), np.zeros(units)])
    weights = np.asarray(np.linalg.lstsq(stacked, aims, rcond=None)[0], dtype=np.float64)
    masks = np.random.default_rng((seed, 11)).uniform(size=(MOST_MASKS, units)) < keep
    kept = masks * weights / keep
    answers, scaled = middle + kept @ on_grid.T, middle + on_grid @ weights
    errors = ((middle + kept @ inside.T - y) ** 2).mean()
    without = float(((middle + inside @ weights - y) ** 2).mean())
    if output == "probability":
        answers, scaled = 1 / (1 + np.exp(-4 * answers)), 1 / (1 + np.exp(-4 * scaled))
    return Dropped(
        places=GRID,
        truth=FUNCTIONS[truth](GRID) if output == "number" else 1 / (1 + np.exp(-4 * FUNCTIONS[truth](GRID))),
        scaled=scaled,
        masked=answers,
        masks=masks,
        weights=weights,
        penalties=penalties,
        at=int(np.argmin(np.abs(GRID - at))),
        x=x,
        y=y,
        with_masks=float(errors),
        without=without,
        expected=without + float(penalties @ weights**2),
    )
