"""When paths come near the minimum for good, told from the paths that ``descend`` makes.

As figures/frontend/maps/watch.js tells it of the browser's own paths (``GoalWatch``), and compute.js of several starts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.maps.ends import End
from experiments.maps.rest import Window
from optimizers import Trajectory

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
CONVERGED = 0
_FLOOR = 1e-9  # of the tolerance, and of f: nearer to the minimum no path is asked to come
_LATE = 5  # the last of so many parts of a path tells who swings
_SWINGS = 5.0  # times the way from its beginning to its end that this part is long
_NOTHING = 1e-4  # of the window's diagonal: a part that is no longer does not swing


@dataclass(frozen=True, kw_only=True)
class Goal:
    """lowest: the smallest value that is known, or None; tolerance: the share of the first height above it that may be
    left."""

    lowest: float | None
    tolerance: float


def path_goals(trajectory: Trajectory, goal: Goal, window: Window) -> tuple[Whole, Whole, Array]:
    """Of each path ``(n,)``: ``CONVERGED`` or an ``End``, the step since which it stays near, and its last value.

    The step is -1 where it does not stay, the value NaN where the path diverges.
    """
    points, values, bad = trajectory.points, trajectory.values, trajectory.first_nonfinite
    steps = trajectory.steps
    with np.errstate(all="ignore"):
        reached = _reached(values, goal)
        low, high = np.array(window, dtype=np.float64).T
        diagonal = float(np.hypot(*(high - low)))
        late = steps - max(1, steps // _LATE)
        moves = np.diff(points[late:], axis=0)
        way = np.sqrt(moves[..., 0] * moves[..., 0] + moves[..., 1] * moves[..., 1]).sum(0)
        net = np.hypot(*np.moveaxis(points[-1] - points[late], -1, 0))
        inside = ((points[-1] >= low) & (points[-1] <= high)).all(-1)
        away = (values[-1] > values[0]) & ~inside
        swinging = (way > _NOTHING * diagonal) & (way >= _SWINGS * net)
    kinds = np.select(
        [bad == 0, bad > 0, reached >= 0, away, swinging],
        [int(End.UNDEFINED), int(End.DIVERGED), CONVERGED, int(End.DIVERGED), int(End.SWINGING)],
        int(End.MOVING),
    )
    return kinds.astype(np.int64), reached, np.where(bad >= 0, np.nan, values[-1])


def _reached(values: Array, goal: Goal) -> Whole:
    """The step since which each path, ``(S, n)``, stays as near as asked, or -1."""
    if goal.lowest is None:
        return np.full(values.shape[1:], -1)
    floor = _FLOOR * goal.tolerance * max(1.0, abs(goal.lowest))
    near = values <= goal.lowest + np.maximum(goal.tolerance * (values[0] - goal.lowest), floor)
    away = ~near[::-1]
    since = np.where(away.any(0), len(values) - away.argmax(0), 0)
    return np.where(near[-1], since, -1)


def median_goals(kinds: Whole, steps: Whole, values: Array) -> tuple[Whole, Whole, Array]:
    """Of several starts, along axis 0: steps and value of the middle one.

    Where that one does not converge: what happens to most of those that do not, of equals to the first.
    """
    middle = (len(kinds) - 1) // 2
    counted = np.sort(np.where(kinds == CONVERGED, steps, np.inf), axis=0)[middle]
    last = np.sort(np.where(np.isnan(values), np.inf, values), axis=0)[middle]
    votes = np.array([((kinds == each) & (kinds != CONVERGED)).sum(0) for each in kinds])
    most = np.take_along_axis(kinds, votes.argmax(0)[None], 0)[0]
    arrives = np.isfinite(counted)
    return np.where(arrives, CONVERGED, most), np.where(arrives, counted, -1).astype(np.int64), last
