"""Bias and variance: one model fitted to many training sets, and where its error comes from.

Geman, Bienenstock and Doursat, "Neural networks and the bias/variance dilemma", Neural Computation 1992.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.generalization.drawing import FUNCTIONS, GRID, NODES, SHARES, Floats, draw, features, fit
from experiments.generalization.settings import CAPACITIES

FRESH = 400  # rows drawn anew for each training set, to measure the error that the sum foretells


@dataclass(frozen=True, kw_only=True, eq=False)
class Tradeoff:
    """Errors by capacity, means over all places between -1 and 1 and all training sets; arrays ``(capacities,)``.

    bias: squared distance of the mean fit from the truth. variance: squared distance of the fits from their mean.
    noise: of the targets, which no model removes. measured: squared error on rows that were drawn anew for each set;
    spread: the standard error of that mean. training: on the rows that were fitted.
    """

    capacities: tuple[int, ...]
    bias: Floats
    variance: Floats
    noise: float
    measured: Floats
    spread: Floats
    training: Floats

    @property
    def total(self) -> Floats:
        """Bias, variance and noise together: the expected error on a new row."""
        return self.bias + self.variance + self.noise

    @property
    def best(self) -> int:
        """The capacity with the least total."""
        return self.capacities[int(np.argmin(self.total))]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """One capacity, drawn: the fit of each training set ``(sets, places)``, their mean, the truth, one set's rows."""

    places: Floats
    each: Floats
    mean: Floats
    truth: Floats
    x: Floats
    y: Floats


def tradeoff_of(values: Mapping[str, Any]) -> Tradeoff:
    """The errors of every capacity; worked out once for everybody."""
    names = ("truth", "model", "rows", "noise", "ridge", "sets", "seed")
    return _tradeoff(*(values[name] for name in names))


@lru_cache(maxsize=64)
def _tradeoff(truth: str, model: str, rows: int, noise: float, ridge: float, sets: int, seed: int) -> Tradeoff:
    x, y = draw(truth, sets, int(rows), noise, seed)
    inside, on_nodes = features(model, x, CAPACITIES[-1]), features(model, NODES, CAPACITIES[-1])
    target = FUNCTIONS[truth](NODES)
    new_x, new_y = draw(truth, sets, FRESH, noise, seed + 1_000_000)
    on_new = features(model, new_x, CAPACITIES[-1])
    told: dict[str, list[float]] = {name: [] for name in ("bias", "variance", "measured", "spread", "training")}
    for count in CAPACITIES:
        found = fit(inside[..., :count], y, ridge)
        fits = found @ on_nodes[:, :count].T
        mean = fits.mean(0)
        told["bias"].append(float((mean - target) ** 2 @ SHARES))
        told["variance"].append(float(((fits - mean) ** 2).mean(0) @ SHARES))
        errors = ((np.einsum("snc,sc->sn", on_new[..., :count], found) - new_y) ** 2).mean(1)
        told["measured"].append(float(errors.mean()))
        told["spread"].append(float(errors.std(ddof=1) / np.sqrt(sets)))
        told["training"].append(float(np.mean((np.einsum("snc,sc->sn", inside[..., :count], found) - y) ** 2)))
    arrays = {name: np.array(numbers) for name, numbers in told.items()}
    return Tradeoff(capacities=CAPACITIES, noise=noise**2, **arrays)


def fits_of(values: Mapping[str, Any]) -> Fits:
    """What the chosen capacity makes of each training set."""
    x, y = draw(values["truth"], values["sets"], int(values["rows"]), values["noise"], values["seed"])
    count = values["capacity"]
    found = fit(features(values["model"], x, count), y, values["ridge"])
    each = found @ features(values["model"], GRID, count).T
    return Fits(places=GRID, each=each, mean=each.mean(0), truth=FUNCTIONS[values["truth"]](GRID), x=x[0], y=y[0])
