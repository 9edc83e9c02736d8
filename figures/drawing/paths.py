"""Polylines on a screen: cut at a rectangle, thinned to what is visible, broken into dashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]


def clip_path(points: Array, rectangle: Rectangle) -> list[Array]:
    """The pieces of a polyline ``(n, 2)`` inside (left, top, right, bottom), ``(m, 2)`` (Liang and Barsky 1984)."""
    left, top, right, bottom = rectangle
    limit = 1e6 * max(
        right - left, bottom - top
    )  # beyond it float64 cannot place the crossing; the direction still holds
    points = np.clip(points, -limit, limit)
    begin, delta = points[:-1], np.diff(points, axis=0)
    enter, leave = np.zeros(len(begin)), np.ones(len(begin))
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis, low, high in ((0, left, right), (1, top, bottom)):
            at = np.stack([(low - begin[:, axis]) / delta[:, axis], (high - begin[:, axis]) / delta[:, axis]])
            still = delta[:, axis] == 0
            inside = (begin[:, axis] >= low) & (begin[:, axis] <= high)
            enter = np.maximum(enter, np.where(still, np.where(inside, 0.0, 2.0), at.min(axis=0)))
            leave = np.minimum(leave, np.where(still, np.where(inside, 1.0, -1.0), at.max(axis=0)))
    inside_at = np.nonzero(enter <= leave)[0]
    first, last = begin + enter[:, None] * delta, begin + leave[:, None] * delta
    broken = (np.diff(inside_at) != 1) | (leave[inside_at[:-1]] < 1) | (enter[inside_at[1:]] > 0)
    runs = np.split(inside_at, np.nonzero(broken)[0] + 1) if len(inside_at) else []
    return [np.concatenate([first[run[:1]], last[run]]) for run in runs]


def thin(points: Array, distance: float) -> Array:
    """The polyline without points that lie within ``distance`` of the last one kept; both ends stay."""
    if len(points) < 3:
        return points
    kept, (x, y) = [0], points[0]
    square = distance * distance
    for i, (a, b) in enumerate(points.tolist()):
        if (a - x) ** 2 + (b - y) ** 2 >= square:
            kept.append(i)
            x, y = a, b
    if kept[-1] != len(points) - 1:
        kept.append(len(points) - 1)
    return points[kept]


_MOST_DASHES = 2000  # a line with more runs over itself, and its dashes cannot be told from each other


def dashes(points: Array, pattern: Sequence[float]) -> list[Array]:
    """The drawn pieces of a dashed polyline ``(n, 2)``; the pattern alternates drawn and blank lengths.

    A scribble of thousands of dashes is one piece, without gaps.
    """
    if not pattern or len(points) < 2:
        return [points]
    lengths = np.hypot(*np.diff(points, axis=0).T)
    arc = np.concatenate([[0.0], np.cumsum(lengths)])
    total = float(arc[-1])
    period = float(sum(pattern))
    if total > _MOST_DASHES * period:
        return [points]
    starts: list[tuple[float, float]] = []
    offset = 0.0
    for i in range(0, len(pattern), 2):
        starts.append((offset, offset + pattern[i]))
        offset += pattern[i] + (pattern[i + 1] if i + 1 < len(pattern) else 0)
    pieces = []
    for cycle in range(int(total / period) + 1):
        for low, high in starts:
            a, b = cycle * period + low, min(cycle * period + high, total)
            if a >= total:
                break
            inner = points[np.searchsorted(arc, a, "right") : np.searchsorted(arc, b, "left")]
            ends = np.stack([np.interp([a, b], arc, points[:, axis]) for axis in (0, 1)], axis=-1)
            pieces.append(np.concatenate([ends[:1], inner, ends[1:]]))
    return pieces
