"""Learning rates that make the first picture of any surface a good race.

Every optimizer is tuned the same way, by search over a stated grid with a stated budget, on the surface's own start:
the rate with the lowest mean of log10(f - f_min) over ``BUDGET`` steps, among those whose path stays in the window,
strides through it instead of jumping, and does not end swinging to and fro. Where no rate does all of that, the last of
these wishes is given up first. The mean over the whole path rewards getting down early; the last value alone would
reward lucky jumps at the end. The known minimum is never used: f_min is the lowest value that any rate of the search
has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from experiments.race.race import make_entry
from experiments.race.types import Entry
from experiments.surfaces import space_of
from landscapes import Identified, Landscape, identified
from optimizers import OPTIMIZERS, descend
from settings import Hyperparameter

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Domain = tuple[tuple[float, float], tuple[float, float]]

BUDGET = 500
_LONGEST_STRIDE = 0.06  # of the window's width: a tuned path is to be seen walking, not jumping
_LATE = BUDGET // 5  # the steps by which the end is judged, as in ``optimizers/path_state.py``


def default_entries(landscape: Landscape) -> tuple[Entry, ...]:
    """The race that a surface opens with."""
    return tuple(tuned_entry(landscape, key) for key in space_of(landscape).starters)


def is_default(entries: Sequence[Entry], landscape: Landscape) -> bool:
    """Whether a surface opens with these; the search for its rates is made only where nothing else tells."""
    if tuple(entry.optimizer for entry in entries) != space_of(landscape).starters:
        return False
    for entry in entries:
        declared = {parameter.name: parameter for parameter in OPTIMIZERS[entry.optimizer].hyperparameters}["lr"]
        rate = entry.values.get("lr", declared.default)
        if entry.schedule != "constant" or entry.warmup or entry.batch or set(entry.values) - {"lr"}:
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
    rows = {"batch": entry.batch, "draw": entry.draw} if landscape.rows is not None else {}
    return make_entry(entry.optimizer, values, entry.schedule, entry.schedule_values, entry.warmup, **rows)


def tuned_rate(landscape: Landscape, optimizer: str) -> float | None:
    """The tuned rate, one of the slider's stops; None for a rule without one."""
    return _tuned(identified(landscape), optimizer)


@lru_cache(maxsize=4096)
def _tuned(surface: Identified, optimizer: str) -> float | None:
    landscape, rule = surface.landscape, OPTIMIZERS[optimizer]
    declared = {parameter.name: parameter for parameter in rule.hyperparameters}.get("lr")
    if declared is None:
        return None
    rates = np.array(_offered(declared))
    path = descend(landscape, rule, start=landscape.start, steps=BUDGET, record="points", lr=rates)
    best = best_rate(path.points, path.values, path.first_nonfinite < 0, landscape.domain)
    return float(rates[best])


def best_rate(points: Array, values: Array, finite: Mask, domain: Domain) -> int:
    """The index of the rate to open with, of paths ``(S, rates, 2)`` with values ``(S, rates)`` in ascending order."""
    with np.errstate(all="ignore"):  # paths that run away overflow
        low, high = np.array(domain).T
        inside = finite & ((points >= low) & (points <= high)).all((0, -1))
        strides = np.where(inside, (np.abs(np.diff(points, axis=0)) / (high - low)).max((0, -1)), np.inf)
        walks = inside & (strides <= _LONGEST_STRIDE)
        for usable in (walks & ~_swings(points, float(np.hypot(*(high - low)))), walks, inside):
            if usable.any():
                break
        else:
            return 0  # whatever else it does, the smallest rate goes least astray
        span = values[0, 0] - values[:, usable].min()
        height = np.log10((values[:, usable] - values[:, usable].min()) / (span if span > 0 else 1.0) + 1e-8).mean(
            axis=0
        )
        return int(np.flatnonzero(usable)[height.argmin()])


def _swings(points: Array, diagonal: float) -> Mask:
    """Whether the late path is far longer than where it leads, as in ``optimizers/path_state.py``."""
    late = np.diff(points[-_LATE - 1 :], axis=0)
    reach, net = np.hypot(*np.moveaxis(late, -1, 0)).sum(0), np.hypot(*late.sum(0).T)
    return (reach > 1e-4 * diagonal) & (reach >= 5 * net)


def _offered(rate: Hyperparameter) -> list[float]:
    """The rates of the search, in quarter steps of a decade: finer ones change the picture little."""
    return [stop for stop in rate.slider_stops if stop > 0][::3]
