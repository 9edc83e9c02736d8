"""The learning rate that a map opens with: that of a race on the surface, where its picture shows something with it.

A race begins at one start, from which its rate makes a good path. A map has starts everywhere, and where most of them
are still on their way at the end, it is of one color: it opens with a larger rate then.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from experiments.maps import End, grid_starts, path_ends, rest_points
from experiments.race import tuned_entry
from landscapes import Identified, Landscape, identified
from optimizers import OPTIMIZERS, descend

STEPS = 500
_SIDE = 5  # starts along each axis that are tried
_MOST_MOVING = 0.5
_LARGER = 100.0  # times the rate of a race, at the most


def map_rate(landscape: Landscape, rule: str) -> float | None:
    """A stop of the rate's slider, for maps of ``STEPS`` steps; None for a rule without a rate."""
    return _rate(identified(landscape), rule)


@lru_cache(maxsize=1024)
def _rate(surface: Identified, rule: str) -> float | None:
    landscape = surface.landscape
    declared = next((each for each in OPTIMIZERS[rule].hyperparameters if each.name == "lr"), None)
    if declared is None:
        return None
    tuned = float(tuned_entry(landscape, rule).values.get("lr", declared.default))  # type: ignore[arg-type]
    larger = [stop for stop in declared.slider_stops if tuned < stop <= _LARGER * tuned][2::3]
    moving, arriving = _shares(landscape, rule, [tuned])
    if moving[0] <= _MOST_MOVING or not larger:
        return tuned
    _, more = _shares(landscape, rule, larger)
    best = int(more.argmax())  # of equal ones the smallest
    return float(larger[best]) if more[best] > arriving[0] else tuned


def _shares(landscape: Landscape, rule: str, rates: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """For each rate the shares of starts that are still on their way at the end, and of those that are at rest."""
    window = landscape.domain
    starts = np.tile(grid_starts(window, _SIDE).reshape(-1, 2), (len(rates), 1))
    each = np.repeat(rates, _SIDE * _SIDE)
    path = descend(landscape, OPTIMIZERS[rule], start=starts, steps=STEPS, record="points", lr=each)
    ends, _ = path_ends(landscape, path, window, rest_points(landscape, window))
    ends = ends.reshape(len(rates), -1)
    return (ends == End.MOVING).mean(1), (ends >= 0).mean(1)
