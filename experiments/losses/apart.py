"""Two histograms slid apart: every distance of the two, and its slope by the shift, at every shift.

Each shape is a density whose distribution function is known, so that the mass of a bin and its derivative by the shift
are exact. The first and last bin hold what lies beyond them, so that no mass is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.activations.numerics import normal_density, normal_distribution
from networks.losses import DISTANCES
from numerals import readable

Array = NDArray[np.float64]

WIDTH = 0.1  # of a bin, and between two shifts
MIDDLES: Array = np.round(np.arange(-120, 121) / 10, 1)
SHIFTS: Array = np.round(np.arange(-60, 61) / 10, 1)
_PEAKS = 3.0  # half of the way between the two peaks


def _box_mass(x: Array) -> Array:
    return np.clip((x + 1) / 2, 0, 1)


def _box_density(x: Array) -> Array:
    return np.where(np.abs(x) < 1, 0.5, 0.0)


def _tent_mass(x: Array) -> Array:
    part = np.clip(x, -1, 1)
    return 0.5 + part - part * np.abs(part) / 2


def _tent_density(x: Array) -> Array:
    return np.maximum(0, 1 - np.abs(x))


# P(z < x) and density of a shape of width 1 around 0, all of them symmetric.
_SHAPES: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "normal": (normal_distribution, normal_density),
    "box": (_box_mass, _box_density),
    "tent": (_tent_mass, _tent_density),
}


def histogram(shape: str, width: float, shift: float) -> tuple[Array, Array]:
    """The mass of each bin ``(bins,)`` with the center at ``shift``, and its derivative by it."""
    if shape == "two":
        halves = [histogram("normal", width, shift + side * _PEAKS) for side in (-1, 1)]
        return (halves[0][0] + halves[1][0]) / 2, (halves[0][1] + halves[1][1]) / 2
    mass, density = _SHAPES[shape]
    low = np.append(-np.inf, (MIDDLES[1:] - WIDTH / 2 - shift) / width)
    high = np.append(low[1:], np.inf)
    right = low > 0  # in the upper tail both numbers are near 1; by symmetry the lower one has all digits
    masses = mass(np.where(right, -low, high)) - mass(np.where(right, -high, low))
    return np.maximum(masses, 0.0), (density(low) - density(high)) / width


@dataclass(frozen=True, kw_only=True)
class Apart:
    """p: ``(bins,)``. q: of every shift, ``(shifts, bins)``. values and slopes: of every distance by key,
    ``(shifts,)``; a slope is NaN where its distance is infinite."""

    p: Array = field(repr=False)
    q: Array = field(repr=False)
    values: Mapping[str, Array] = field(repr=False)
    slopes: Mapping[str, Array] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class At:
    """Both histograms ``(bins,)`` at one shift; each distance and its slope by key."""

    p: Array = field(repr=False)
    q: Array = field(repr=False)
    shift: float
    values: Mapping[str, float]
    slopes: Mapping[str, float]


def apart_of(values: Mapping[str, Any]) -> Apart:
    """Everything that the part shows, at every shift."""
    return _apart(values["p"], values["p_width"], values["q"], values["q_width"])


@lru_cache(maxsize=32)
def _apart(p_shape: str, p_width: float, q_shape: str, q_width: float) -> Apart:
    p, _ = histogram(p_shape, p_width, 0.0)
    pairs = [histogram(q_shape, q_width, float(shift)) for shift in SHIFTS]
    q, moved = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
    heights, slopes = {}, {}
    for key, distance in DISTANCES.items():
        heights[key] = distance.value(p, q, WIDTH)
        slopes[key] = _slope(heights[key], distance.gradient(p, q, WIDTH), moved)
    return Apart(p=p, q=q, values=heights, slopes=slopes)


def _slope(value: Array, gradient: Array, moved: Array) -> Array:
    """By the shift: the chain rule over the bins; NaN where the distance is infinite."""
    with np.errstate(invalid="ignore"):
        terms = np.where(moved != 0, gradient * moved, 0.0)
        return np.where(np.isfinite(value), terms.sum(-1), np.nan)


def at_shift(values: Mapping[str, Any]) -> At:
    """The distances at the shift of these settings, or rather at the nearest of those that are known."""
    shift = float(SHIFTS[np.abs(SHIFTS - values["shift"]).argmin()])
    p, _ = histogram(values["p"], values["p_width"], 0.0)
    q, moved = histogram(values["q"], values["q_width"], shift)
    heights = {key: distance.value(p, q, WIDTH) for key, distance in DISTANCES.items()}
    slopes = {key: _slope(heights[key], each.gradient(p, q, WIDTH), moved) for key, each in DISTANCES.items()}
    return At(
        p=p,
        q=q,
        shift=shift,
        values={key: float(value) for key, value in heights.items()},
        slopes={key: float(slope) for key, slope in slopes.items()},
    )


def apart_sentence(at: At) -> str:
    """Which distances say where to go, with their numbers."""
    infinite = [DISTANCES[key].name for key, value in at.values.items() if np.isinf(value)]
    pull = readable(at.slopes["wasserstein"])
    w1 = f"Wasserstein-1 is {readable(at.values['wasserstein'])} and changes by {pull} for each unit of shift"
    js = f"Jensen-Shannon is {readable(at.values['js'])}, its slope {readable(round(at.slopes['js'], 12))}"
    if len(infinite) == 2:
        return f"Both KL are infinite: each lacks bins of the other. {js}. {w1}."
    if infinite:
        return f"{infinite[0]} is infinite: a bin is empty where it must not be. {js}. {w1}."
    both = " and ".join(f"{DISTANCES[key].name} {readable(at.values[key])}" for key in ("forward", "reverse"))
    return f"{both}, in nats. {js}. {w1}."
