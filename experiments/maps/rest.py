"""Where a surface is at rest inside a window: its minima, saddles and maxima, found from the surface itself.

Newton's method on the gradient starts from every cell of a grid and finds points of all kinds; a search by compass
starts from every cell that lies lower than its neighbors and finds minima at kinks, which have no gradient. Points that
form curves or planes are left out: none of them is the one that a path ends in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landscapes import Identified, Landscape, identified

Array = NDArray[np.float64]
Window = tuple[tuple[float, float], tuple[float, float]]
Kind = Literal["minimum", "saddle", "maximum"]

MOST_POINTS = 600
_GRID, _ROUNDS = 48, 60
_REACH, _NARROW = 0.01, 0.001  # of the window's diagonal: within it a path has come to a minimum, or to another point
_SINGULAR = 1e-8  # smallest over largest eigenvalue, below which the Hessian does not tell the kind
_CIRCLE = 2048


@dataclass(frozen=True, kw_only=True)
class RestPoint:
    """A point at rest. A path that ends within ``radius`` of it has come to it; the discs do not touch each other."""

    x: float
    y: float
    value: float
    kind: Kind
    radius: float


def rest_points(landscape: Landscape, window: Window) -> tuple[RestPoint, ...]:
    """The points at rest inside the window: minima first, the lowest before the others; at most ``MOST_POINTS``."""
    return _found(identified(landscape), window)


@lru_cache(maxsize=256)
def _found(surface: Identified, window: Window) -> tuple[RestPoint, ...]:
    landscape = surface.landscape
    low, high = np.array(window, dtype=np.float64).T
    diagonal = float(np.hypot(*(high - low)))
    with np.errstate(all="ignore"):
        starts, close = grid_starts(window, _GRID), 1e-5 * diagonal
        listed = [np.reshape(each, (-1, 2)) for each in (landscape.minima, landscape.saddles)]
        smooth = _inside(np.concatenate([*listed, _by_newton(landscape, starts.reshape(-1, 2), diagonal)]), window)
        smooth = smooth[np.sort(np.unique(np.round(smooth / close), axis=0, return_index=True)[1])]
        smooth, kinds = _told_by_curvature(landscape, smooth)
        kinks = _inside(np.concatenate([*listed, _by_compass(landscape, starts, high - low)]), window)
        known = len(listed[0]) + len(listed[1])
        around = [_told_around(landscape, point, 1e-3 * diagonal) for point in kinks]
        # A search may stop on the floor of a valley; of saddles only those that the surface is known for are taken.
        use = [i for i, kind in enumerate(around) if kind == "minimum" or (kind == "saddle" and i < known)]
        points = np.concatenate([smooth, kinks[use]])
        every = [*kinds, *(around[i] or "saddle" for i in use)]
        first = _apart(smooth, 2 * close)
        chosen = _apart(np.concatenate([smooth[first], kinks[use]]), 2e-3 * diagonal, given=len(first))
        numbers = [*first, *range(len(smooth), len(points))]
        points, kinds = points[[numbers[i] for i in chosen]], [every[numbers[i]] for i in chosen]
        values = landscape.value(points)
    order = sorted(
        (i for i in range(len(points)) if np.isfinite(values[i])),
        key=lambda i: (kinds[i] != "minimum", round(float(values[i]), 9), tuple(np.round(points[i], 6))),
    )[:MOST_POINTS]
    points, values = points[order], values[order]
    rooms = _room(points)
    return tuple(
        RestPoint(
            x=float(points[place, 0]),
            y=float(points[place, 1]),
            value=float(values[place]),
            kind=kinds[i],
            radius=min(diagonal * (_REACH if kinds[i] == "minimum" else _NARROW), float(rooms[place]) / 3),
        )
        for place, i in enumerate(order)
    )


def grid_starts(window: Window, side: int) -> Array:
    """The middles of ``side`` x ``side`` cells, ``(side, side, 2)``; the first row is the highest, as in a picture."""
    (left, right), (bottom, top) = window
    part = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(left + part * (right - left), top - part * (top - bottom))
    return np.stack([x, y], axis=-1)


def _by_newton(landscape: Landscape, points: Array, diagonal: float) -> Array:
    longest = 0.05 * diagonal
    step = np.full_like(points, np.inf)
    for _ in range(_ROUNDS):
        gradient, hessian = landscape.gradient(points), landscape.hessian(points)
        (a, b), d = np.moveaxis(hessian[..., 0, :], -1, 0), hessian[..., 1, 1]
        determinant = a * d - b * b
        gx, gy = gradient[..., 0], gradient[..., 1]
        step = np.stack([d * gx - b * gy, a * gy - b * gx], axis=-1) / determinant[..., None]
        length = np.hypot(step[..., 0], step[..., 1])
        points = points - step * np.minimum(1.0, longest / np.maximum(length, 1e-300))[..., None]
    return points[np.hypot(step[..., 0], step[..., 1]) <= 1e-8 * diagonal]


def _by_compass(landscape: Landscape, grid: Array, size: Array) -> Array:
    """The ends of a search to the four sides, from every cell that is no higher than its neighbors."""
    values = np.nan_to_num(landscape.value(grid), nan=np.inf)
    framed = np.pad(values, 1, constant_values=np.inf)
    around = [framed[1 + i : 1 + i + _GRID, 1 + j : 1 + j + _GRID] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    points = grid[np.isfinite(values) & (values < np.min(around, axis=0))]
    best = landscape.value(points)
    reach = np.broadcast_to(size / _GRID, points.shape).copy()
    sides = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    for _ in range(120):
        tried = points[:, None] + sides * reach[:, None]
        found = np.nan_to_num(landscape.value(tried), nan=np.inf)
        place = found.argmin(1)
        lowest = found[np.arange(len(points)), place]
        better = lowest < best
        points = np.where(better[:, None], tried[np.arange(len(points)), place], points)
        best = np.where(better, lowest, best)
        reach = np.where(better[:, None], reach, reach / 2)
    return points


def _inside(points: Array, window: Window) -> Array:
    low, high = np.array(window, dtype=np.float64).T
    return points[((points >= low) & (points <= high)).all(-1)]


def _apart(points: Array, near: float, given: int = 0) -> list[int]:
    """Which points are left without those, after the first ``given``, that lie nearer than ``near`` to one before."""
    left, chosen = np.arange(len(points)), []
    while len(left):
        chosen.append(int(left[0]))
        far = np.hypot(*(points[left] - points[left[0]]).T) > near
        left = left[1:][(far | (left < given))[1:]]
    return chosen


def _told_by_curvature(landscape: Landscape, points: Array) -> tuple[Array, list[Kind]]:
    """Points with their kinds; without those at which the Hessian is singular or not finite."""
    hessian = landscape.hessian(points).reshape(-1, 2, 2)
    half, mean = (hessian[:, 0, 0] - hessian[:, 1, 1]) / 2, (hessian[:, 0, 0] + hessian[:, 1, 1]) / 2
    spread = np.hypot(half, hessian[:, 0, 1])
    low, high = mean - spread, mean + spread
    regular = np.minimum(np.abs(low), np.abs(high)) > _SINGULAR * np.maximum(np.abs(low), np.abs(high))
    flat = np.hypot(*landscape.gradient(points).reshape(-1, 2).T) <= 1e-6 * (1 + np.abs(low) + np.abs(high))
    kinds: list[Kind] = [
        "minimum" if low[i] > 0 else "maximum" if high[i] < 0 else "saddle" for i in np.flatnonzero(regular & flat)
    ]
    return points[regular & flat], kinds


def _told_around(landscape: Landscape, point: Array, radius: float) -> Kind | None:
    """Told from f on a small circle, at kinks and where the Hessian is singular; None on a curve or a plane at rest."""
    angles = np.linspace(0, 2 * np.pi, _CIRCLE, endpoint=False)
    around = landscape.value(point + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1))
    around = around[np.isfinite(around)] - landscape.value(point)
    if not len(around) or (np.abs(around).min() <= 1e-5 * np.abs(around).max() and not around.min() < 0 < around.max()):
        return None
    return "minimum" if around.min() > 0 else "maximum" if around.max() < 0 else "saddle"


def _room(points: Array) -> Array:
    """The distance from each point to the nearest other one; infinite for one that is alone."""
    if len(points) < 2:
        return np.full(len(points), np.inf)
    apart = np.hypot(*np.moveaxis(points[:, None] - points[None], -1, 0))
    np.fill_diagonal(apart, np.inf)
    return apart.min(1)
