"""``analyse``: what happened on a finished path, computed from the path and the objective's exact derivatives.

Nothing is looked up under the optimizer's name except its step-size limit (``optimizers/stability.py``). "Late" means
the last fifth of the path, at least ten steps.

How a state is decided, in this order:
    diverged       point or value is not finite, or far away and above the start
    falling        downhill out of the domain where no minimum is known
    converged      f - minimum <= tolerance (f_start - minimum): relative, so it means the same on every surface
    local minimum  no eigenvalue below zero, and the local quadratic promises less than tolerance of the whole descent,
                   or its bottom is near and still more than half the gap above the minimum
    saddle         at most a hundredth of the domain from a stationary point with an eigenvalue below zero, or from a
                   known saddle, and hardly moving; maximum likewise
    plateau        hardly moving, or not falling, where the slope, followed to the minimum, explains less than a
                   quarter of the gap
    hovering       (with noise) f no longer falls, or the late path is five times longer than where it leads
    oscillating    the late path is five times longer than where it leads, and f does not fall
    stalled        steps shrunk to nothing although the slope would lead on
    moving         anything else
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizers.explanation import explain
from optimizers.outcome_types import Outcome, State
from optimizers.stability import Stability, stability
from optimizers.symmetric import dot, eigen, into_basis, norm
from optimizers.types import Array, Objective, Trajectory

__all__ = ["Outcome", "State", "analyse", "explain"]

Mask = NDArray[np.bool_]
Point = tuple[float, float]
Domain = tuple[tuple[float, float], tuple[float, float]]

_NEAR = 1e-2  # share of the domain within which a point is "at" a saddle
_RESTING = 1e-2  # share of the domain that a late path may cover and hardly move
_NOTHING = 1e-4  # share of the domain that a late path covers when it has stalled
_TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class _Path:
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


def analyse(
    objective: Objective,
    trajectory: Trajectory,
    *,
    minima: Sequence[Point] = (),
    minimum: float | None = None,
    saddles: Sequence[Point] = (),
    domain: Domain | None = None,
    noise: float = 0.0,
    tolerance: float = 1e-6,
) -> Outcome:
    """The facts of one path.

    Args:
        objective: the one it was made on.
        trajectory: batch shape ``()``.
        minima, minimum: the global minima and their value, where known. saddles: known saddles.
        domain: what the picture shows; lengths are judged against its diagonal, else against the path's own extent.
        noise: the standard deviation that ``descend`` was given.
        tolerance: the share of the first gap at which the minimum counts as reached.

    Raises:
        ValueError: a trajectory of more than one path.
    """
    if trajectory.points.ndim != 2:
        raise ValueError(f"trajectory was given with batch shape {trajectory.points.shape[1:-1]}; allowed is one path")
    with np.errstate(all="ignore"):
        return _analyse(objective, trajectory, minima, minimum, saddles, domain, noise, tolerance)


def _analyse(
    objective: Objective,
    trajectory: Trajectory,
    minima: Sequence[Point],
    minimum: float | None,
    saddles: Sequence[Point],
    domain: Domain | None,
    noise: float,
    tolerance: float,
) -> Outcome:
    first_bad = int(trajectory.first_nonfinite)
    last = max(first_bad - 1, 0) if first_bad >= 0 else trajectory.steps
    path = _path(objective, trajectory, last, minima, domain)
    end, value = path.points[-1], float(path.values[-1])
    left_at = _left(path.points, domain)
    gap = None if minimum is None else value - minimum
    start_gap = None if minimum is None else float(path.values[0]) - minimum
    threshold = None
    reached = None
    if minimum is not None and start_gap is not None:
        threshold = max(tolerance * start_gap, _TINY * tolerance * max(1.0, abs(minimum)))
        reached = _first_for_good(path.values - minimum <= threshold)
    diverged_at = _diverged_at(path, first_bad, left_at, domain)
    falls = minimum is None and value < path.values[0] and (left_at is not None or first_bad >= 0)
    state = _state(path, gap, threshold, minima, saddles, noise, tolerance, diverged_at, falls)
    onset = _onset(path, diverged_at)
    steep = path.eigenvalues[: onset + 1, 1]
    distance, nearest = _nearest(end, minima)
    gradient_norm = float(norm(path.gradients[-1]))
    low, high = (float(each) for each in path.eigenvalues[-1])
    slow_progress, slow_axis = _slow_direction(path, nearest)
    zigzag, across = _zigzag(path, reached if state == "converged" else None)
    steps_of_path = norm(path.moves)
    bounds = _product(path, stability(trajectory, path.hessians[: len(path.moves)]), state, onset)
    return Outcome(
        state=state,
        steps=trajectory.steps,
        last=last,
        diverged_at=diverged_at,
        calm_until=onset,
        start_value=float(path.values[0]),
        final_value=value,
        final_point=(float(end[0]), float(end[1])),
        gap=gap,
        threshold=threshold,
        steps_to_tolerance=reached,
        evaluations_to_tolerance=None if reached is None else int(trajectory.evaluations[reached]),
        evaluations=int(trajectory.evaluations[-1]),
        distance=distance,
        nearest=nearest,
        gradient_norm=gradient_norm,
        eigenvalues=(low, high),
        start_eigenvalues=(float(path.eigenvalues[0, 0]), float(path.eigenvalues[0, 1])),
        condition_number=high / low if low > 0 else None,
        largest_curvature=float(np.max(steep)),
        largest_curvature_at=int(np.argmax(steep)),
        rate=bounds.rate,
        product=bounds.product,
        limit=bounds.limit,
        product_at=bounds.at,
        first_product=bounds.first,
        rescaled=bounds.rescaled,
        rate_left=bounds.left,
        progress=_progress(path, nearest),
        steps_left=_steps_left(path, nearest),
        slow_progress=slow_progress,
        slow_axis=slow_axis,
        zigzag=zigzag,
        across=across,
        overshoot=_overshoot(path, nearest),
        path_length=float(steps_of_path.sum()),
        straight_distance=float(norm(end - path.points[0])),
        last_step=float(steps_of_path[-path.late :].mean()) if len(steps_of_path) else 0.0,
        longest_step=float(steps_of_path.max(initial=0.0)),
        steps_per_decade=_steps_per_decade(path, minimum),
        doubling=_doubling(path) if state == "saddle" else None,
        left_domain_at=left_at,
        inside=domain is None or not bool(_outside(end[None], domain)[0]),
        noise=noise,
        noise_floor=_noise_floor(path, minimum) if noise else None,
    )


def _path(
    objective: Objective, trajectory: Trajectory, last: int, minima: Sequence[Point], domain: Domain | None
) -> _Path:
    points, values = trajectory.points[: last + 1], trajectory.values[: last + 1]
    hessians = objective.hessian(points)
    hessians = np.where(np.isfinite(hessians), hessians, 0.0)
    spectrum, vectors = eigen(hessians)
    if domain is not None:
        (left, right), (bottom, top) = domain
        scale = float(np.hypot(right - left, top - bottom))
    else:
        scale = max([float(norm(np.ptp(points, axis=0))), *(float(norm(points[0] - np.array(m))) for m in minima)])
    return _Path(
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


def _outside(points: Array, domain: Domain) -> Mask:
    low, high = np.array(domain).T
    return ((points < low) | (points > high)).any(-1)


def _left(points: Array, domain: Domain | None) -> int | None:
    outside = _outside(points, domain) if domain is not None else np.zeros(len(points), dtype=bool)
    return int(outside.argmax()) if outside.any() else None


def _first_for_good(holds: Mask) -> int | None:
    """The first entry from which on the condition holds to the end."""
    if not holds[-1]:
        return None
    broken = np.nonzero(~holds)[0]
    return int(broken[-1]) + 1 if len(broken) else 0


def _diverged_at(path: _Path, first_bad: int, left_at: int | None, domain: Domain | None) -> int | None:
    if first_bad >= 0:
        return first_bad
    away = float(norm(path.points[-1] - path.points[0]))
    if path.values[-1] > path.values[0] and away > 10 * path.scale and (left_at is not None or domain is None):
        for_good = path.values > path.values[0]
        if domain is not None:
            for_good &= _outside(path.points, domain)
        return _first_for_good(for_good)
    return None


def _onset(path: _Path, diverged_at: int | None) -> int:
    """The last entry before a path that runs away has run away: the derivatives there are the cause, not the effect."""
    if diverged_at is None:
        return len(path.points) - 1
    calm = norm(path.points - path.points[0]) <= 2 * path.scale
    calm &= path.values <= max(float(path.values[0]), float(np.median(path.values[: max(1, len(calm) // 4)])))
    return max(int(np.nonzero(calm)[0][-1]) if calm.any() else 0, 0)


def _state(
    path: _Path,
    gap: float | None,
    threshold: float | None,
    minima: Sequence[Point],
    saddles: Sequence[Point],
    noise: float,
    tolerance: float,
    diverged_at: int | None,
    falls: bool,
) -> State:
    if diverged_at is not None:
        return "falling" if falls else "diverged"
    if gap is not None and threshold is not None and gap <= threshold:
        return "converged"
    low, high = (float(each) for each in path.eigenvalues[-1])
    curvatures, sharpest = np.abs(path.eigenvalues[-1]), float(np.abs(path.eigenvalues).max())
    slopes = np.abs(into_basis(path.vectors[-1], path.gradients[-1]))
    slope, steepest = float(norm(slopes)), float(norm(path.gradients).max())
    floor = np.maximum(curvatures, 1e-300)
    promise = float((slopes * (slopes / floor)).sum()) / 2  # what the local quadratic promises f to fall by
    near_stationary = slope == 0 or float(norm(slopes / floor)) <= _NEAR * path.scale
    curved = float(curvatures.max()) >= 1e-3 * sharpest and sharpest > 0
    late = path.moves[-path.late :]
    reach, net = float(norm(late).sum()), float(norm(late.sum(0)))
    resting = float(norm(np.ptp(path.points[-path.late - 1 :], axis=0))) <= _RESTING * path.scale
    known = gap is not None

    if resting and low > 0 and promise <= tolerance * float(path.values[0] - path.values.min()):
        return "local minimum" if known else "converged"
    if resting and curved and low >= -1e-6 * high and slope <= 1e-9 * steepest:
        return "local minimum" if known else "converged"
    if (
        known
        and resting
        and curved
        and low > 0
        and near_stationary
        and gap - promise >= 0.5 * gap
        and not reach > 5 * net
    ):
        return "local minimum"
    if known and noise and curved and low > 0 and near_stationary and gap - promise >= 0.5 * gap:
        return "local minimum"
    if resting and curved and near_stationary and low < -1e-6 * sharpest:
        return "maximum" if high < 0 else "saddle"
    if resting and saddles and (_nearest(path.points[-1], saddles)[0] or 0.0) <= _NEAR * path.scale:
        return "saddle"
    if falls:
        return "falling"
    level = float(np.ptp(path.values[-path.late - 1 :])) <= 1e-3 * (gap if known else float(np.ptp(path.values)))
    if (resting or level) and not (curved and near_stationary) and _flat(path, gap, minima):
        return "plateau"
    wanders = reach > _NOTHING * path.scale and reach >= 5 * net
    if noise and (_no_lower(path, gap, 0.5) or wanders):
        return "hovering"
    if wanders and _no_lower(path, gap, 0.0):
        return "oscillating"
    return "stalled" if reach <= _NOTHING * path.scale else "moving"


def _flat(path: _Path, gap: float | None, minima: Sequence[Point]) -> bool:
    """Whether the slope cannot account for what is missing: on a convex surface |g| distance >= gap."""
    slope = float(norm(path.gradients[-1]))
    if gap is not None and minima:
        distance = _nearest(path.points[-1], minima)[0] or 0.0
        return slope * distance <= 0.25 * gap
    return slope * path.scale <= 1e-3 * float(np.ptp(path.values)) and len(path.moves) > 0


def _no_lower(path: _Path, gap: float | None, slack: float) -> bool:
    """Whether f in the last half of the late part is not lower, by more than noise or a tenth, than in the first."""
    values = path.values[-path.late :]
    former, latter = values[: len(values) // 2], values[len(values) // 2 :]
    if not len(former):
        return False
    fall = float(former.mean() - latter.mean())
    if slack:
        return fall <= slack * float(max(former.std(), latter.std()))
    base = float(former.mean()) - (float(path.values[-1]) - gap) if gap is not None else float(np.ptp(path.values))
    return fall <= (0.1 if gap is not None else 1e-3) * base


def _nearest(point: Array, candidates: Sequence[Point]) -> tuple[float | None, Point | None]:
    if not candidates:
        return None, None
    distances = norm(np.array(candidates) - point)
    best = int(distances.argmin())
    return float(distances[best]), (float(candidates[best][0]), float(candidates[best][1]))


def _slow_direction(path: _Path, nearest: Point | None) -> tuple[float | None, str]:
    if nearest is None or len(path.points) < 2:
        return None, ""
    basis = path.vectors[-1]
    before, after = (np.abs(into_basis(basis, path.points[i] - np.array(nearest))) for i in (0, -1))
    far = before > 1e-3 * path.scale
    if not far.any():
        return None, ""
    progress = np.where(far, 1 - after / np.where(far, before, 1.0), np.inf)
    slow = int(progress.argmin())
    along = np.abs(basis[:, slow])
    axis = "x" if along[0] > 0.98 else "y" if along[1] > 0.98 else ""
    return float(progress[slow]), axis


def _zigzag(path: _Path, until: int | None) -> tuple[float, float]:
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


def _progress(path: _Path, nearest: Point | None) -> float | None:
    if nearest is None:
        return None
    start, end = (float(norm(path.points[i] - np.array(nearest))) for i in (0, -1))
    return 1 - end / start if start > 1e-3 * path.scale else None


def _steps_left(path: _Path, nearest: Point | None) -> float | None:
    """The steps that are left at the late pace, if both halves of the late part come nearer at about the same pace."""
    if nearest is None or path.late < 4:
        return None
    away = norm(path.points[-path.late - 1 :] - np.array(nearest))
    half = len(away) // 2
    paces = (away[0] - away[half]) / half, (away[half] - away[-1]) / (len(away) - 1 - half)
    if min(paces) <= 0 or max(paces) > 1.25 * min(paces):
        return None
    return float(away[-1] / paces[1])


def _overshoot(path: _Path, nearest: Point | None) -> float:
    if nearest is None:
        return 0.0
    way = np.array(nearest) - path.points[0]
    square = float(dot(way, way))
    if square <= (1e-3 * path.scale) ** 2:
        return 0.0
    return max(float(dot(path.points - path.points[0], way).max()) / square - 1.0, 0.0)


def _steps_per_decade(path: _Path, minimum: float | None) -> float | None:
    if minimum is None or path.late < 2:
        return None
    gaps = path.values[-path.late :] - minimum
    half = path.late // 2
    before, after = float(gaps[:half].mean()), float(gaps[-half:].mean())
    if not 0 < after < before:
        return None
    return (path.late - half) * np.log(10.0) / float(np.log(before / after))


def _doubling(path: _Path) -> float | None:
    """Steps in which the way from the stationary point along the falling direction doubles, if it does."""
    falling, low = path.vectors[-1, :, 0], float(path.eigenvalues[-1, 0])
    if low >= 0 or path.late < 2:
        return None
    stationary = path.points[-1] - falling * (float(dot(falling, path.gradients[-1])) / low)
    away = np.abs(dot(path.points[-path.late - 1 :] - stationary, falling))
    if not 0 < away[0] or not (np.diff(away) > 0).all():
        return None
    return path.late * np.log(2.0) / float(np.log(away[-1] / away[0]))


def _noise_floor(path: _Path, minimum: float | None) -> float:
    late = path.values[-path.late :]
    return float(late.mean()) - minimum if minimum is not None else float(late.std())


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    rate: float | None = None
    product: float | None = None
    limit: float | None = None
    at: int | None = None
    first: float | None = None
    left: float | None = None
    rescaled: bool = False


def _product(path: _Path, found: Stability | None, state: State, onset: int) -> _Bounds:
    if found is None:
        return _Bounds()
    products = found.products
    if state == "diverged":
        beyond = np.nonzero(products[: onset + 1] > found.limit)[0]
        at = int(beyond[0]) if len(beyond) else int(products[: onset + 1].argmax())
    else:
        late = np.argsort(products[-path.late :], kind="stable")
        middle, last = int(late[path.late // 2]), len(products) - path.late
        swings = state == "oscillating" and products[last + middle] < 0.8 * found.limit
        at = last + (int(late[-1]) if swings else middle)
    with_rate = found.rates[0] > 0
    late_rates = np.median(found.rates[-path.late :], axis=0)
    left = float((late_rates[with_rate] / found.rates[0][with_rate]).max()) if with_rate.any() else None
    return _Bounds(
        rate=None if found.rescaled else float(found.rates[at, 0]),
        product=float(products[at]),
        limit=found.limit,
        at=at,
        first=float(products[0]),
        left=left,
        rescaled=found.rescaled,
    )
