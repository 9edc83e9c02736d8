"""Bias and variance: one model fitted to many training sets, and where its error comes from.

Geman, Bienenstock and Doursat, "Neural networks and the bias/variance dilemma", Neural Computation 1992.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.generalization.drawing import GRID, Floats, features, fit
from experiments.generalization.settings import CAPACITIES
from trainers.studies import FUNCTIONS, NODES, SPREAD_PLACES, StudyRequest, draw, draw_fresh, errors_of


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
    new_x, new_y = draw_fresh(truth, sets, noise, seed)
    on_new = features(model, new_x, CAPACITIES[-1])
    told = []
    for count in CAPACITIES:
        found = fit(inside[..., :count], y, ridge)
        on_fresh = np.einsum("snc,sc->sn", on_new[..., :count], found)
        on_rows = np.einsum("snc,sc->sn", inside[..., :count], found)
        told.append(errors_of(truth, found @ on_nodes[:, :count].T, on_fresh, new_y, on_rows, y))
    return _by_capacity(CAPACITIES, noise, told)


def _by_capacity(capacities: tuple[int, ...], noise: float, told: Sequence[Mapping[str, float]]) -> Tradeoff:
    names = ("bias", "variance", "measured", "spread", "training")
    arrays = {name: np.array([each[name] for each in told]) for name in names}
    return Tradeoff(capacities=capacities, noise=noise**2, **arrays)


def spread_request(values: Mapping[str, Any]) -> StudyRequest:
    """What is asked of a worker where networks are fitted."""
    return StudyRequest.of("spread", {**values, "rows": int(values["rows"])})


def spread_of(values: Mapping[str, Any], cells: Mapping[str, Mapping[str, Any]]) -> Tradeoff:
    """The errors of the widths that are known."""
    widths = tuple(int(name) for name in spread_request(values).cells if name in cells)
    return _by_capacity(widths, float(values["noise"]), [cells[str(width)] for width in widths])


def networks_of(values: Mapping[str, Any], cells: Mapping[str, Mapping[str, Any]]) -> Fits | None:
    """What networks of the chosen width make of each training set; None while that is not known."""
    cell = cells.get(str(int(values["width"])))
    if cell is None:
        return None
    x, y = draw(values["truth"], 1, int(values["rows"]), values["noise"], values["seed"])
    each = np.array(cell["fits"])
    places, truth = SPREAD_PLACES, FUNCTIONS[values["truth"]](SPREAD_PLACES)
    return Fits(places=places, each=each, mean=each.mean(0), truth=truth, x=x[0], y=y[0])


def fits_of(values: Mapping[str, Any]) -> Fits:
    """What the chosen capacity makes of each training set."""
    x, y = draw(values["truth"], values["sets"], int(values["rows"]), values["noise"], values["seed"])
    count = values["capacity"]
    found = fit(features(values["model"], x, count), y, values["ridge"])
    each = found @ features(values["model"], GRID, count).T
    return Fits(places=GRID, each=each, mean=each.mean(0), truth=FUNCTIONS[values["truth"]](GRID), x=x[0], y=y[0])
