"""Where paths end, told from the paths that ``descend`` makes, as the browser tells it of its own.

See figures/frontend/maps/watch.js: a path has come to a point at rest when its last entry lies in that point's disc,
and the steps are those since which it stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from experiments.maps.rest import RestPoint, Window, grid_starts
from landscapes import Landscape
from optimizers import Trajectory

Array = NDArray[np.float64]
_FLAT = 1e-6


class End(IntEnum):
    """The ends of paths that come to no point at rest, or not to the minimum: those swing, too (goals.py)."""

    MOVING = -1
    LEFT = -2
    DIVERGED = -3
    UNDEFINED = -4
    RESTING = -5
    SWINGING = -6


def flat_slope(landscape: Landscape, window: Window) -> float:
    """The length of the gradient below which a point counts as at rest: a millionth of what is usual in the window."""
    with np.errstate(all="ignore"):
        slopes = np.hypot(*np.moveaxis(landscape.gradient(grid_starts(window, 48)), -1, 0))
    usual = slopes[np.isfinite(slopes) & (slopes > 0)]
    return _FLAT * float(np.median(usual)) if len(usual) else 0.0


def path_ends(
    landscape: Landscape, trajectory: Trajectory, window: Window, rest: Sequence[RestPoint]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each path of a batch ``(n,)``: the number of a point at rest or an ``End``, and the steps."""
    points, bad = trajectory.points, trajectory.first_nonfinite
    low, high = np.array(window, dtype=np.float64).T
    last = points[-1]
    ends = np.full(bad.shape, int(End.MOVING))
    steps = np.full(bad.shape, trajectory.steps)
    with np.errstate(all="ignore"):
        slopes = np.hypot(*np.moveaxis(landscape.gradient(last), -1, 0))
    ends[slopes <= flat_slope(landscape, window)] = End.RESTING
    for number, point in enumerate(rest):
        arrived = np.flatnonzero(_in_disc(last, point))
        if not len(arrived):
            continue
        ends[arrived] = number
        outside = ~_in_disc(points[:, arrived], point)[::-1]
        steps[arrived] = np.where(outside.any(0), len(points) - outside.argmax(0), 0)
    left = ~((last >= low) & (last <= high)).all(-1)
    ends[left] = End.LEFT
    steps[left] = trajectory.steps
    ends[bad > 0] = End.DIVERGED
    ends[bad == 0] = End.UNDEFINED
    return ends, np.where(bad >= 0, bad, steps)


def _in_disc(points: Array, point: RestPoint) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        apart = (points[..., 0] - point.x) ** 2 + (points[..., 1] - point.y) ** 2
    return apart <= point.radius * point.radius
