"""How far to go along a direction: Armijo backtracking and the strong Wolfe search, for a batch of points at once.

Armijo (sufficient decrease): f(x + t d) <= f(x) + c1 t g.d. Strong Wolfe adds |g(x + t d).d| <= c2 |g.d|: the slope has
become small. Both searches ask only for points that are still searching, so evaluations are counted point by point.

Sources: Armijo 1966, Pacific J. Math. 16; Nocedal and Wright, Numerical Optimization (2006), sections 3.1 and 3.5.
``strong_wolfe`` takes the same trial lengths as PyTorch's (torch/optim/lbfgs.py, after Mark Schmidt's minFunc): cubic
interpolation, at most 25 further trials. It differs where f is infinite or NaN: PyTorch's interpolation then returns
NaN and the run ends; here such a trial counts as too far and the bracket is halved.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizers.rules.symmetric import dot
from optimizers.types import Array, MeteredObjective, State

Mask = NDArray[np.bool_]

# A gradient this small is rounding: line-search rules stay where they are and spend nothing more.
STATIONARY = 1e-12

# Two values this close, relatively, cannot be told apart, so neither can a decrease below it.
ROUNDING = 4 * np.finfo(np.float64).eps


class Found(NamedTuple):
    """Length t ``(*batch)``, 0 where no lower point was found, with the value and the gradient at x + t d."""

    length: Array
    value: Array
    gradient: Array


def recall(objective: MeteredObjective, points: Array, state: State, k: int) -> tuple[Array, Array]:
    """Value and gradient at ``points``, paid for only where they are not the ones in ``state``.

    The last trial of the previous step was taken at this very point, so a rule that remembers its value and gradient
    need not pay twice. Under gradient noise every step has a new function: then they differ, and are paid for.
    """
    free = np.zeros(points.shape[:-1], dtype=bool)
    value, gradient = objective.value(points, free), objective.gradient(points, free)
    unknown = (value != state["value"][..., 0]) | (k == 0)
    if unknown.any():
        objective.value(points, unknown)
    unknown = (gradient != state["gradient"]).any(-1) | (k == 0)
    if unknown.any():
        objective.gradient(points, unknown)
    return value, gradient


def recalled(points: Array) -> State:
    """The part of a rule's first state that ``recall`` reads."""
    return {"value": np.zeros((*points.shape[:-1], 1)), "gradient": np.zeros_like(points)}


def backtrack(
    objective: MeteredObjective,
    points: Array,
    direction: Array,
    value: Array,
    slope: Array,
    first: Any,
    active: Mask,
    c1: Any,
    shrink: Any,
    trials: int = 60,
) -> tuple[Array, Array]:
    """Try t = first, first * shrink, ... until Armijo's condition holds (up to rounding of f).

    Args:
        direction, slope: d ``(*batch, 2)`` and g.d ``(*batch)``.
        first, c1, shrink: numbers or ``(*batch)``.
        active: the points that search; the others get length 0.

    Returns:
        Length and value at the accepted trial, ``(*batch)`` each; 0 and the old value where no trial was low enough.
    """
    length = np.where(active, first, 0.0)
    slack = ROUNDING * np.abs(value)
    reached, searching = value, active
    for _ in range(trials):
        trial = objective.value(points + length[..., None] * direction, searching)
        enough = searching & (trial <= value + c1 * length * slope + slack)
        reached = np.where(enough, trial, reached)
        searching = searching & ~enough
        if not searching.any():
            break
        length = np.where(searching, length * shrink, length)
    return np.where(searching, 0.0, length), reached


def strong_wolfe(
    objective: MeteredObjective,
    points: Array,
    direction: Array,
    value: Array,
    gradient: Array,
    first: Array,
    active: Mask,
    c1: Any = 1e-4,
    c2: Any = 0.9,
    *,
    slack: Any = 0.0,
    trials: int = 25,
) -> Found:
    """A length with sufficient decrease and a small slope: bracket it, then narrow the bracket by cubic interpolation.

    Args:
        direction: a descent direction d, ``(*batch, 2)``; value, gradient: at ``points``.
        first: the first trial length, ``(*batch)``.
        active: the points that search; the others get length 0.
        c1, c2: numbers or ``(*batch)``.
        slack: how far above f a value may lie that counts as equal to it, ``(*batch)``.
        trials: how often, after the first, another length is tried.
    """
    slope = dot(gradient, direction)
    reach = np.abs(direction).max(-1)
    batch = points.shape[:-1]
    # An end of the bracket is one array: length, value, slope, and the gradient's two components, along axis 0.
    start = _pack(np.zeros(batch), value, slope, gradient)
    previous = low = high = start
    low_first = np.ones(batch, dtype=bool)  # the order of the bracket's ends decides ties
    narrowing = np.zeros(batch, dtype=bool)
    reluctant = np.zeros(batch, dtype=bool)
    done = ~active
    length = np.where(active, first, 0.0)

    for i in range(trials + 1):
        at = points + length[..., None] * direction
        trial = objective.value(at, ~done)
        new_gradient = objective.gradient(at, ~done)
        trial = np.where(np.isnan(trial), np.inf, trial)
        new_slope = dot(new_gradient, direction)
        new = _pack(length, trial, new_slope, new_gradient)
        high_above = trial > value + slack + c1 * length * slope
        flat = np.abs(new_slope) <= -c2 * slope
        bracketing, zooming = ~done & ~narrowing, ~done & narrowing

        worse = zooming & (high_above | (trial >= low[1]))
        better = zooming & ~worse
        turned = better & ~flat & (new_slope * (high[0] - low[0]) >= 0)
        high = np.where(worse, new, np.where(turned, low, high))
        low = np.where(better, new, low)
        flip = worse & ((high[1] < low[1]) | ((high[1] == low[1]) & ~low_first))
        low, high = np.where(flip, high, low), np.where(flip, low, high)
        low_first = low_first ^ flip
        done = done | (better & flat)

        if i == trials:
            low = np.where(bracketing & (trial < value), new, low)
            break

        uphill = high_above | (trial >= previous[1]) if i > 1 else high_above
        found = bracketing & ~uphill & flat
        enclosed = bracketing & ~found & (uphill | (new_slope >= 0))
        extend = bracketing & ~found & ~enclosed
        first_lower = previous[1] <= trial
        low = np.where(found | (enclosed & ~first_lower), new, np.where(enclosed, previous, low))
        high = np.where(enclosed, np.where(first_lower, new, previous), high)
        low_first = np.where(enclosed, first_lower, low_first)
        narrowing = narrowing | enclosed
        done = done | found
        farther = _cubic(previous, new, length + 0.01 * (length - previous[0]), length * 10)
        previous = np.where(extend, new, previous)

        zooming = ~done & narrowing
        left, right = np.minimum(low[0], high[0]), np.maximum(low[0], high[0])
        done = done | (zooming & ((right - left) * reach < 1e-9))
        inner = _cubic(low, high, left, right)
        margin = 0.1 * (right - left)
        at_edge = zooming & (np.minimum(right - inner, inner - left) < margin)
        push = at_edge & (reluctant | (inner >= right) | (inner <= left))
        pushed = np.where(np.abs(inner - right) < np.abs(inner - left), right - margin, left + margin)
        inner = np.where(push, pushed, inner)
        reluctant = np.where(zooming, at_edge & ~push, reluctant)
        if done.all():
            break
        length = np.where(zooming, inner, np.where(extend, farther, length))

    return Found(low[0], low[1], np.moveaxis(low[3:], 0, -1))


def _pack(length: Array, value: Array, slope: Array, gradient: Array) -> Array:
    end = np.empty((5, *np.shape(slope)))
    end[0], end[1], end[2], end[3], end[4] = length, value, slope, gradient[..., 0], gradient[..., 1]
    return end


def _cubic(one: Array, other: Array, lowest: Array, highest: Array) -> Array:
    """Minimum of the cubic through both ends' values and slopes, clipped; the middle where there is none."""
    swap = one[0] > other[0]
    (t1, f1, s1), (t2, f2, s2) = np.where(swap, other[:3], one[:3]), np.where(swap, one[:3], other[:3])
    d1 = s1 + s2 - 3 * (f1 - f2) / (t1 - t2)
    square = d1 * d1 - s1 * s2
    root = np.sqrt(np.maximum(square, 0.0))
    inner = t2 - (t2 - t1) * ((s2 + root - d1) / (s2 - s1 + 2 * root))
    usable = (square >= 0) & np.isfinite(inner)
    return np.where(usable, np.minimum(np.maximum(inner, lowest), highest), (lowest + highest) / 2)
