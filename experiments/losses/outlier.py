"""A small data set with one point that is dragged, and what is fitted to it under each loss, wherever the point is.

The point stands on a grid of places; fits are known for all of them, so that they follow a hand without a question.
MSE and Huber: iteratively reweighted least squares, exact for MSE in one step (Holland & Welsch, 1977). MAE: a best
line passes through two of the points, a best constant through one, so that the best of those is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.losses.settings import OUTLIER_X, OUTLIER_Y, REGRESSION
from networks.losses import LOSS_FUNCTIONS
from numerals import readable

Array = NDArray[np.float64]

OTHERS = 10
_LINE = (1.0, 0.8)  # the truth behind the other points
_LEVEL = 4.0
_ROUNDS = 1000
_SETTLED = 1e-9


@dataclass(frozen=True, kw_only=True)
class Fits:
    """x, y: of the other points ``(others,)``. across, up: the places of the outlier's x and y. by_loss: intercept and
    slope under each loss, ``(across, up, 2)``."""

    x: Array = field(repr=False)
    y: Array = field(repr=False)
    across: Array = field(repr=False)
    up: Array = field(repr=False)
    by_loss: Mapping[str, Array] = field(repr=False)
    line: bool
    delta: float


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The fit of one loss with the outlier at one place. x, y, residuals, slopes: ``(others + 1,)``, the outlier last.

    share: of the outlier in the sizes of all gradients, 0 where all are 0. value: the mean loss. without: the fit to
    the other points alone.
    """

    loss: str
    x: Array = field(repr=False)
    y: Array = field(repr=False)
    intercept: float
    slope: float
    residuals: Array = field(repr=False)
    slopes: Array = field(repr=False)
    share: float
    value: float
    without: tuple[float, float]


def fits_of(values: Mapping[str, Any]) -> Fits:
    """The fits for every place of the outlier."""
    return _fits(values["model"] == "line", values["delta"], values["spread"], values["seed"])


@lru_cache(maxsize=32)
def _fits(line: bool, delta: float, spread: float, seed: int) -> Fits:
    x, y = others(line, spread, seed)
    across, up = np.array(OUTLIER_X), np.array(OUTLIER_Y)
    shape = (len(across), len(up), 1)
    xs = np.concatenate([np.broadcast_to(x, (*shape[:2], len(x))), np.broadcast_to(across[:, None, None], shape)], -1)
    ys = np.concatenate([np.broadcast_to(y, (*shape[:2], len(y))), np.broadcast_to(up[None, :, None], shape)], -1)
    by_loss = {key: fitted(key, xs, ys, line=line, delta=delta) for key in REGRESSION}
    return Fits(x=x, y=y, across=across, up=up, by_loss=by_loss, line=line, delta=delta)


def others(line: bool, spread: float, seed: int) -> tuple[Array, Array]:
    """The points that stay, ``(others,)`` each."""
    x = np.linspace(0.5, 9.5, OTHERS)
    noise = spread * np.random.default_rng(seed).standard_normal(OTHERS)
    return x, noise + (_LINE[0] + _LINE[1] * x if line else _LEVEL)


def fitted(key: str, x: Array, y: Array, *, line: bool, delta: float) -> Array:
    """Intercept and slope ``(*batch, 2)`` that minimise the mean loss of points ``(*batch, points)``."""
    return _through_points(x, y, line) if key == "mae" else _reweighted(key, x, y, line, {"delta": delta})


def _reweighted(key: str, x: Array, y: Array, line: bool, hyper: Mapping[str, float]) -> Array:
    loss = LOSS_FUNCTIONS[key]
    fit = _weighted(x, y, np.ones_like(y), line)
    shape, points = fit.shape, x.shape[-1]
    fit, x, y = fit.reshape(-1, 2), x.reshape(-1, points), y.reshape(-1, points)
    moving = np.arange(len(fit))
    for _ in range(_ROUNDS):
        here, across, up = fit[moving], x[moving], y[moving]
        residuals = here[:, :1] + here[:, 1:] * across - up
        near = np.abs(residuals) < 1e-9  # where the slope over the error is its limit
        probe = np.where(near, 1e-9, residuals)
        fit[moving] = _weighted(across, up, loss.gradient(probe, np.zeros_like(probe), hyper) / probe, line)
        moved = np.abs(fit[moving] - here).max(-1)
        moving = moving[moved > _SETTLED * (1 + np.abs(here).max(-1))]
        if not len(moving):
            break
    return fit.reshape(shape)


def _weighted(x: Array, y: Array, weights: Array, line: bool) -> Array:
    total = weights.sum(-1)
    across, up = (weights * x).sum(-1) / total, (weights * y).sum(-1) / total
    if not line:
        return np.stack([up, np.zeros_like(up)], -1)
    away = x - across[..., None]
    slope = (weights * away * (y - up[..., None])).sum(-1) / (weights * away**2).sum(-1)
    return np.stack([up - slope * across, slope], -1)


def _through_points(x: Array, y: Array, line: bool) -> Array:
    loss = LOSS_FUNCTIONS["mae"]
    best, lowest = np.zeros((*y.shape[:-1], 2)), np.full(y.shape[:-1], np.inf)
    pairs = combinations(range(x.shape[-1]), 2) if line else ((i, i) for i in range(x.shape[-1]))
    for i, j in pairs:
        run = x[..., j] - x[..., i]
        upright = run == 0
        slope = np.where(upright, 0.0, (y[..., j] - y[..., i]) / np.where(upright, 1.0, run))
        intercept = y[..., i] - slope * x[..., i]
        mean = loss.value(intercept[..., None] + slope[..., None] * x, y, {}).mean(-1)
        better = mean < lowest - 1e-12
        lowest = np.where(better, mean, lowest)
        best = np.where(better[..., None], np.stack([intercept, slope], -1), best)
    return best


def on_grid(values: Mapping[str, Any]) -> tuple[int, int]:
    """The numbers of the place that is nearest to the outlier of these settings."""
    places = ((OUTLIER_X, values["ox"]), (OUTLIER_Y, values["oy"]))
    i, j = (int(np.abs(np.array(grid) - value).argmin()) for grid, value in places)
    return i, j


def placed(fits: Fits, key: str, place: tuple[int, int]) -> Placed:
    """The fit of one loss with the outlier at one place."""
    i, j = place
    x, y = np.append(fits.x, fits.across[i]), np.append(fits.y, fits.up[j])
    intercept, slope = fits.by_loss[key][i, j].tolist()
    predicted, hyper = intercept + slope * x, {"delta": fits.delta}
    residuals = predicted - y
    residuals[np.abs(residuals) < 1e-9] = 0.0  # a point that the fit passes through
    slopes = LOSS_FUNCTIONS[key].gradient(residuals, np.zeros_like(residuals), hyper)
    total = float(np.abs(slopes).sum())
    without = fitted(key, fits.x, fits.y, line=fits.line, delta=fits.delta).tolist()
    return Placed(
        loss=key,
        x=x,
        y=y,
        intercept=intercept,
        slope=slope,
        residuals=residuals,
        slopes=slopes,
        share=float(abs(slopes[-1])) / total if total else 0.0,
        value=float(LOSS_FUNCTIONS[key].value(predicted, y, hyper).mean()),
        without=(without[0], without[1]),
    )


def outlier_sentence(fit: Placed, *, line: bool) -> str:
    """What the outlier does to one fit, with its numbers."""
    name = LOSS_FUNCTIONS[fit.loss].name
    share = f"{readable(100 * fit.share, 2)} % of all pull"
    if line:
        return (
            f"{name}: slope {readable(fit.slope)}, without the outlier {readable(fit.without[1])}; "
            f"the outlier has {share}."
        )
    return f"{name}: level {readable(fit.intercept)}, without it {readable(fit.without[0])}; the outlier has {share}."
