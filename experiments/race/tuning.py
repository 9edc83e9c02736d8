"""Learning rates that make the first picture of any surface a good race.

Every optimizer is tuned the same way, by search over a stated grid with a stated budget, on the surface's own start:
the rate with the lowest mean of log10(f - f_min) over ``BUDGET`` steps, among those whose path stays in the window and
strides through it instead of jumping.
The mean over the whole path rewards getting down early; the last value alone would reward lucky jumps at the end. The
known minimum is never used: f_min is the lowest value that any rate of the search has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from experiments.race.race import make_entry
from experiments.race.types import Entry
from landscapes import Landscape
from optimizers import OPTIMIZERS, descend
from settings import Hyperparameter

BUDGET = 500
_MARGIN = 0.25  # of the window's width: how far outside a tuned path may swing
_LONGEST_STRIDE = 0.06  # of the window's width: a tuned path is to be seen walking, not jumping
DEFAULT_OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")


def default_entries(landscape: Landscape) -> tuple[Entry, ...]:
    """The race that a surface opens with."""
    return tuple(tuned_entry(landscape, key) for key in DEFAULT_OPTIMIZERS)


def is_default(entries: Sequence[Entry], landscape: Landscape) -> bool:
    """Whether a surface opens with these; the search for its rates is made only where nothing else tells."""
    if tuple(entry.optimizer for entry in entries) != DEFAULT_OPTIMIZERS:
        return False
    for entry in entries:
        declared = {parameter.name: parameter for parameter in OPTIMIZERS[entry.optimizer].hyperparameters}["lr"]
        rate = entry.values.get("lr", declared.default)
        if entry.schedule != "constant" or entry.warmup or set(entry.values) - {"lr"}:
            return False
        if rate != declared.default and rate not in _offered(declared):
            return False
    return tuple(entries) == default_entries(landscape)


def tuned_entry(landscape: Landscape, optimizer: str) -> Entry:
    """An optimizer at its defaults but for the rate, which is tuned to the surface."""
    return make_entry(optimizer, {"lr": tuned_rate(landscape, optimizer)})


def retuned(entry: Entry, landscape: Landscape) -> Entry:
    """The same entry with its rate tuned to another surface; everything else stays."""
    values = {**entry.values, "lr": tuned_rate(landscape, entry.optimizer)}
    return make_entry(entry.optimizer, values, entry.schedule, entry.schedule_values, entry.warmup)


def tuned_rate(landscape: Landscape, optimizer: str) -> float | None:
    """The tuned rate, one of the slider's stops; None for a rule without one."""
    parameters = tuple(sorted(landscape.parameters.items()))
    identity = landscape.name if landscape.key == "formula" else landscape.key
    return _tuned(_Ignored(landscape), identity, parameters, landscape.domain, optimizer)


class _Ignored:
    """Carries the landscape past the cache's key, which is made of plain values."""

    def __init__(self, landscape: Landscape) -> None:
        self.landscape = landscape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ignored)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4096)
def _tuned(carried: _Ignored, identity: str, parameters: tuple, domain: tuple, optimizer: str) -> float | None:
    landscape, rule = carried.landscape, OPTIMIZERS[optimizer]
    declared = {parameter.name: parameter for parameter in rule.hyperparameters}.get("lr")
    if declared is None:
        return None
    rates = np.array(_offered(declared))
    path = descend(landscape, rule, start=landscape.start, steps=BUDGET, record="points", lr=rates)
    low, high = np.array(domain).T
    inside = ((path.points >= low - _MARGIN * (high - low)) & (path.points <= high + _MARGIN * (high - low))).all(-1)
    # A stride is a step's share of the window; only strides that begin inside count, a runaway's later ones do not.
    strides = np.where(inside[:-1], (np.abs(np.diff(path.points, axis=0)) / (high - low)).max(-1), 0.0)
    values = path.values
    usable = (path.first_nonfinite < 0) & (strides.max(0) <= _LONGEST_STRIDE)
    if landscape.minimum is None:
        values = np.maximum(values, _lowest_inside(landscape))  # downhill without end: only the window counts
    else:
        usable &= inside.all(0)
    if not usable.any():
        return float(declared.default)
    values = values[:, usable]
    span = values[0, 0] - values.min()
    if not span > 0:
        return float(declared.default)
    height = np.log10((values - values.min()) / span + 1e-8).mean(axis=0)
    return float(rates[usable][height.argmin()])


def _offered(rate: Hyperparameter) -> list[float]:
    """The rates of the search, in quarter steps of a decade: finer ones change the picture little."""
    return [stop for stop in rate.slider_stops if stop > 0][::3]


def _lowest_inside(landscape: Landscape) -> float:
    (x_low, x_high), (y_low, y_high) = landscape.domain
    x, y = np.meshgrid(np.linspace(x_low, x_high, 33), np.linspace(y_low, y_high, 33))
    return float(landscape.value(np.stack([x, y], axis=-1)).min())
