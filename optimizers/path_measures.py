"""Measurements of one finished path: its derivatives, its pace, and how it goes across and along a valley."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizers.rules.symmetric import dot, eigen, norm
from optimizers.types import Array, Objective, Trajectory

Mask = NDArray[np.bool_]
Point = tuple[float, float]
Domain = tuple[tuple[float, float], tuple[float, float]]
# Points (*batch, 2) to their distance (*batch) from the nearest minimum.
Distance = Callable[[Array], Array]


@dataclass(frozen=True, kw_only=True)
class Path:
    """One path up to its last finite entry, with everything derived that more than one fact needs."""

    points: Array
    values: Array
    moves: Array
    gradients: Array
    hessians: Array
    eigenvalues: Array
    vectors: Array
    late: int
    scale: float


def measure(
    objective: Objective, trajectory: Trajectory, last: int, minima: Sequence[Point], domain: Domain | None
) -> Path:
    points, values = trajectory.points[: last + 1], trajectory.values[: last + 1]
    hessians = objective.hessian(points)
    hessians = np.where(np.isfinite(hessians), hessians, 0.0)
    spectrum, vectors = eigen(hessians)
    if domain is not None:
        (left, right), (bottom, top) = domain
        scale = float(np.hypot(right - left, top - bottom))
    else:
        scale = max([float(norm(np.ptp(points, axis=0))), *(float(norm(points[0] - np.array(m))) for m in minima)])
    return Path(
        points=points,
        values=values,
        moves=np.diff(points, axis=0),
        gradients=objective.gradient(points),
        hessians=hessians,
        eigenvalues=spectrum,
        vectors=vectors,
        late=min(last, max(10, last // 5)),
        scale=scale or 1.0,
    )


def is_outside(points: Array, domain: Domain) -> Mask:
    low, high = np.array(domain).T
    return ((points < low) | (points > high)).any(-1)


def first_outside(points: Array, domain: Domain | None) -> int | None:
    outside = is_outside(points, domain) if domain is not None else np.zeros(len(points), dtype=bool)
    return int(outside.argmax()) if outside.any() else None


def first_for_good(holds: Mask) -> int | None:
    """The first entry from which on the condition holds to the end."""
    if not holds[-1]:
        return None
    broken = np.nonzero(~holds)[0]
    return int(broken[-1]) + 1 if len(broken) else 0


def divergence(path: Path, first_bad: int, outside_from: int | None, domain: Domain | None) -> int | None:
    if first_bad >= 0:
        return first_bad
    away = float(norm(path.points[-1] - path.points[0]))
    if path.values[-1] > path.values[0] and away > 10 * path.scale and (outside_from is not None or domain is None):
        for_good = path.values > path.values[0]
        if domain is not None:
            for_good &= is_outside(path.points, domain)
        return first_for_good(for_good)
    return None


def onset_of(path: Path, diverged_at: int | None) -> int:
    """The last entry before a path that runs away has run away: the derivatives there are the cause, not the effect."""
    if diverged_at is None:
        return len(path.points) - 1
    calm = (norm(path.points - path.points[0]) <= 2 * path.scale) & (path.values <= path.values[0])
    return int(np.nonzero(calm)[0][-1]) if calm.any() else 0


def nearest_of(point: Array, candidates: Sequence[Point]) -> tuple[float | None, Point | None]:
    if not candidates:
        return None, None
    distances = norm(np.array(candidates) - point)
    best = int(distances.argmin())
    return float(distances[best]), (float(candidates[best][0]), float(candidates[best][1]))


def distances_to(points: Array, minima: Sequence[Point], distance: Distance | None) -> Array | None:
    """The distance from each of ``(S, 2)`` to the nearest minimum, ``(S)``; None where none is known."""
    if not minima:
        return None
    if distance is not None:
        return distance(points)
    return np.min([norm(points - np.array(each)) for each in minima], axis=0)


def leaves_domain(objective: Objective, path: Path, first_bad: int, rate: float) -> bool:
    """Whether a path that broke off left the set where f is defined: the way it was going, f is not a number.

    An overflow is told from that by where it happens: far away, where points and values are out of all proportion.
    """
    end = path.points[-1]
    if first_bad < 0 or np.isnan(path.values[-1]) or float(norm(end - path.points[0])) > 10 * path.scale:
        return first_bad >= 0 and bool(np.isnan(path.values[-1]))
    ways = [-path.gradients[-1]] if not len(path.moves) else [path.moves[-1], -path.gradients[-1]]
    ahead = []
    for way in ways:
        length = float(norm(way))
        if np.isfinite(length) and length > 0:
            stride = float(norm(path.moves[-1])) if len(path.moves) else rate * length
            ahead += [end + way / length * stride * times for times in (1.0, 2.0, 4.0, 8.0)]
    return bool(ahead) and bool(np.isnan(objective.value(np.stack(ahead))).any())


def steps_left(path: Path, away: Array | None) -> float | None:
    """The steps that are left at the late pace, if both halves of the late part come nearer at about the same pace.

    away: the distance to the nearest minimum at every entry.
    """
    if away is None or path.late < 4:
        return None
    away = away[-path.late - 1 :]
    half = len(away) // 2
    paces = (away[0] - away[half]) / half, (away[half] - away[-1]) / (len(away) - 1 - half)
    if min(paces) <= 0 or max(paces) > 1.25 * min(paces):
        return None
    return float(away[-1] / paces[1])


def zigzag_of(path: Path, until: int | None) -> tuple[float, float]:
    moves, vectors = path.moves, path.vectors[:-1, :, 1]
    moves, vectors = (moves[:until], vectors[:until]) if until else (moves, vectors)
    moves, vectors = moves[-path.late - 1 :], vectors[-path.late - 1 :]
    if len(moves) < 3:
        return 0.0, 0.0
    now, before = dot(vectors[1:], moves[1:]), dot(vectors[1:], moves[:-1])
    length = float(norm(moves[1:]).sum())
    if not length:
        return 0.0, 0.0
    return float((now * before < 0).mean()), float(np.abs(now).sum()) / length


def overshoot_of(path: Path, nearest: Point | None) -> float:
    if nearest is None:
        return 0.0
    way = np.array(nearest) - path.points[0]
    square = float(dot(way, way))
    if square <= (1e-3 * path.scale) ** 2:
        return 0.0
    return max(float(dot(path.points - path.points[0], way).max()) / square - 1.0, 0.0)


def steps_per_decade(path: Path, minimum: float | None) -> float | None:
    if minimum is None or path.late < 2:
        return None
    gaps = path.values[-path.late :] - minimum
    half = path.late // 2
    before, after = float(gaps[:half].mean()), float(gaps[-half:].mean())
    if not 0 < after < before:
        return None
    return (path.late - half) * np.log(10.0) / float(np.log(before / after))


def doubling_of(path: Path) -> float | None:
    """Steps in which the way from the stationary point along the falling direction doubles, if it does."""
    falling, low = path.vectors[-1, :, 0], float(path.eigenvalues[-1, 0])
    if low >= 0 or path.late < 2:
        return None
    stationary = path.points[-1] - falling * (float(dot(falling, path.gradients[-1])) / low)
    away = np.abs(dot(path.points[-path.late - 1 :] - stationary, falling))
    if away[0] == 0 or not (np.diff(away) > 0).all():
        return None
    return path.late * np.log(2.0) / float(np.log(away[-1] / away[0]))


def noise_floor_of(path: Path, minimum: float | None) -> float:
    late = path.values[-path.late :]
    return float(late.mean()) - minimum if minimum is not None else float(late.std())
