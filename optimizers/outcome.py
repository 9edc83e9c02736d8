"""``analyse``: what happened on a finished path, computed from the path and the objective's exact derivatives.

Nothing is looked up under the optimizer's name except its step-size limit (``optimizers/stability.py``). How the state
is decided is written in ``optimizers/path_state.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizers.explanation import explain
from optimizers.outcome_types import Outcome, State
from optimizers.path_measures import (
    Distance,
    Domain,
    Path,
    Point,
    distances_to,
    divergence,
    doubling_of,
    first_for_good,
    first_outside,
    is_outside,
    leaves_domain,
    measure,
    nearest_of,
    noise_floor_of,
    onset_of,
    overshoot_of,
    steps_left,
    steps_per_decade,
    zigzag_of,
)
from optimizers.path_state import decide
from optimizers.rules.symmetric import dot, norm
from optimizers.stability import DECAY_IN_GRADIENT, Stability, stability
from optimizers.types import Array, Objective, Trajectory

__all__ = ["Outcome", "State", "analyse", "explain"]

_TINY = 1e-9


def analyse(
    objective: Objective,
    trajectory: Trajectory,
    *,
    minima: Sequence[Point] = (),
    minimum: float | None = None,
    distance: Distance | None = None,
    saddles: Sequence[Point] = (),
    domain: Domain | None = None,
    noise: float = 0.0,
    batch: int = 0,
    tolerance: float = 1e-6,
) -> Outcome:
    """The facts of one path.

    Args:
        objective: the one it was made on.
        trajectory: batch shape ``()``.
        minima, minimum: the global minima and their value, where known. saddles: known saddles.
        distance: from points to the nearest minimum, where the minima form a curve and ``minima`` only stand for it.
        domain: what the picture shows; lengths are judged against its diagonal, else against the path's own extent.
        noise: the standard deviation of a coordinate of the gradient: of the noise that ``descend`` was given, or of
            batches.
        batch: rows that a step sees, where that is all that shakes it.
        tolerance: the share of the first gap at which the minimum counts as reached.

    Raises:
        ValueError: a trajectory of more than one path.
    """
    if trajectory.points.ndim != 2:
        raise ValueError(f"trajectory was given with batch shape {trajectory.points.shape[1:-1]}; allowed is one path")
    with np.errstate(all="ignore"):
        outcome = _analyse(objective, trajectory, minima, minimum, distance, saddles, domain, noise, tolerance)
        return replace(outcome, batch=batch)


def _analyse(
    objective: Objective,
    trajectory: Trajectory,
    minima: Sequence[Point],
    minimum: float | None,
    distance_of: Distance | None,
    saddles: Sequence[Point],
    domain: Domain | None,
    noise: float,
    tolerance: float,
) -> Outcome:
    first_bad = int(trajectory.first_nonfinite)
    last = max(first_bad - 1, 0) if first_bad >= 0 else trajectory.steps
    path = measure(objective, trajectory, last, minima, domain)
    end, value = path.points[-1], float(path.values[-1])
    left_at = first_outside(path.points, domain)
    gap = None if minimum is None else value - minimum
    start_gap = None if minimum is None else float(path.values[0]) - minimum
    threshold = None
    reached = None
    if minimum is not None and start_gap is not None:
        threshold = max(tolerance * start_gap, _TINY * tolerance * max(1.0, abs(minimum)))
        reached = first_for_good(path.values - minimum <= threshold)
    diverged_at = divergence(path, first_bad, left_at, domain)
    falls = minimum is None and value < path.values[0] and (left_at is not None or first_bad >= 0)
    decay = float(trajectory.hyperparameters.get("weight_decay", 0.0))
    in_gradient = trajectory.optimizer.key in DECAY_IN_GRADIENT
    held = decay > 0 and _held(path, decay, in_gradient)
    away = distances_to(path.points, minima, distance_of)
    distance = None if away is None else float(away[-1])
    lost = leaves_domain(objective, path, first_bad, float(trajectory.rates[0]))
    inside = domain is None or not bool(is_outside(end[None], domain)[0])
    state = decide(path, gap, threshold, distance, saddles, noise, tolerance, diverged_at, falls, held, lost, inside)
    onset = onset_of(path, diverged_at)
    steep = path.eigenvalues[: onset + 1, 1]
    nearest = _nearest(end, minima, distance)
    gradient_norm = float(norm(path.gradients[-1]))
    low, high = (float(each) for each in path.eigenvalues[-1])
    zigzag, across = zigzag_of(path, reached if state == "converged" else None)
    steps_of_path = norm(path.moves)
    taken = last + 1 if first_bad > 0 else last  # the step that broke off left the last finite entry
    bounds = _product(path, stability(trajectory, path.hessians[:taken]), state, onset)
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
        start_distance=None if away is None else float(away[0]),
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
        steps_left=steps_left(path, away),
        zigzag=zigzag,
        across=across,
        overshoot=overshoot_of(path, nearest),
        path_length=float(steps_of_path.sum()),
        straight_distance=float(norm(end - path.points[0])),
        last_step=float(steps_of_path[-path.late :].mean()) if len(steps_of_path) else 0.0,
        longest_step=float(steps_of_path.max(initial=0.0)),
        leaving_step=float(steps_of_path[left_at - 1]) if left_at and left_at <= len(steps_of_path) else None,
        steps_per_decade=steps_per_decade(path, minimum),
        doubling=doubling_of(path) if state == "saddle" else None,
        left_domain_at=left_at,
        inside=inside,
        weight_decay=decay,
        decay_pull=decay * float(norm(end)) if decay and in_gradient else None,
        noise=noise,
        noise_floor=noise_floor_of(path, minimum) if noise else None,
    )


def _nearest(end: Array, minima: Sequence[Point], distance: float | None) -> Point | None:
    """The minimum that a path ends near; None where it is one of a curve that none of them stands on."""
    gap, nearest = nearest_of(end, minima)
    return nearest if gap is not None and distance is not None and gap <= distance * (1 + 1e-6) + 1e-12 else None


def _held(path: Path, decay: float, in_gradient: bool) -> bool:
    """Whether weight decay pulls against the slope at the end: the sum of both vanishes, or one opposes the other."""
    gradient, pull = path.gradients[-1], decay * path.points[-1]
    if in_gradient:
        return bool(norm(gradient + pull) <= 0.1 * norm(gradient))
    return bool(dot(gradient, pull) < -0.5 * norm(gradient) * norm(pull))


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    rate: float | None = None
    product: float | None = None
    limit: float | None = None
    at: int | None = None
    first: float | None = None
    left: float | None = None
    rescaled: bool = False


def _product(path: Path, found: Stability | None, state: State, onset: int) -> _Bounds:
    if found is None:
        return _Bounds()
    products = found.products
    if state == "diverged":
        beyond = np.nonzero(products[: onset + 1] > found.limit)[0]
        at = int(beyond[0]) if len(beyond) else int(products[: onset + 1].argmax())
    else:
        late = np.argsort(products[-path.late :], kind="stable")
        middle, before = int(late[len(late) // 2]), len(products) - len(late)
        swings = state == "oscillating" and products[before + middle] < 0.8 * found.limit
        at = before + (int(late[-1]) if swings else middle)
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
