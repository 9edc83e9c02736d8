"""Trust region: minimize the local quadratic inside a circle, and let the circle grow while the quadratic is right.

p = argmin g.p + p.H p / 2 over |p| <= radius. The step is taken if the decrease of f exceeds eta times the promised
one. The radius shrinks to a quarter below a ratio of 1/4 and doubles above 3/4 when the step ended on the circle.

The subproblem is solved exactly from the eigen-decomposition, including its hard case (no slope along the most negative
curvature): with s = lambda_min + mu the condition |p(s)| = radius is solved by Newton's method on 1 / |p|, which climbs
monotonically from a lower bound that is off by at most a factor sqrt(2) in |p|.

Sources: Moré and Sorensen, "Computing a trust region step", SIAM J. Sci. Stat. Comput. 4 (1983); Nocedal and Wright,
Numerical Optimization (2006), algorithm 4.1 and section 4.3. Defaults are those of SciPy's ``trust-exact``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.line_search import ROUNDING, STATIONARY, recall, recalled
from optimizers.rules.symmetric import dot, eigen, into_basis, norm, out_of_basis, per_point
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def solve_subproblem(values: Array, slopes: Array, radius: Any) -> Array:
    """The minimizer of slopes.p + p.diag(values).p / 2 over |p| <= radius, in the basis of the eigenvectors.

    Args:
        values: eigenvalues ascending, ``(*batch, 2)``.
        slopes: the gradient in that basis, ``(*batch, 2)``.
        radius: ``(*batch)``, positive.

    Returns:
        ``(*batch, 2)``. In the hard case one of the two minimizers; inside the circle where that suffices.
    """
    lowest, gap = values[..., 0], values[..., 1] - values[..., 0]
    q1, q2 = np.abs(slopes[..., 0]), np.abs(slopes[..., 1])
    shift = np.maximum(np.maximum(lowest, 0.0), np.maximum(q1 / radius, q2 / radius - gap))
    inside = (lowest > 0) & (np.hypot(_part(q1, lowest), _part(q2, lowest + gap)) <= radius)
    shift = np.where(inside, lowest, shift)
    climbing = ~inside & (shift > 0)
    for _ in range(30):
        p1, p2 = _part(q1, shift), _part(q2, shift + gap)
        length = np.hypot(p1, p2)
        curve = _part(p1, shift) * p1 + _part(p2, shift + gap) * p2
        rise = _part((length - radius) / radius * length * length, curve)
        higher = np.where(length > radius, shift + rise, shift)
        climbing = climbing & (higher > shift)
        shift = np.where(climbing, higher, shift)
        if not climbing.any():
            break
    along = np.stack([_part(slopes[..., 0], shift), _part(slopes[..., 1], shift + gap)], axis=-1)
    spare = np.sqrt(np.maximum((radius - np.abs(along[..., 1])) * (radius + np.abs(along[..., 1])), 0.0))
    hard = (shift == 0) & (lowest < 0)
    return np.stack([np.where(hard, spare, -along[..., 0]), -along[..., 1]], axis=-1)


def _part(numerator: Array, denominator: Array) -> Array:
    return np.where(numerator != 0, numerator / np.where(denominator != 0, denominator, np.nan), 0.0)


def _init(points: Array, hyper: Hyper) -> State:
    none = np.zeros((*points.shape[:-1], 1))
    return {
        "radius": none + hyper["radius"],
        "ratio": none,
        "direction": np.zeros_like(points),
        "accepted": none + 1.0,
        **recalled(points),
    }


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    radius = state["radius"][..., 0]
    # After a rejected step the Hessian is the one already paid for.
    values, vectors = eigen(objective.hessian(points, state["accepted"][..., 0] > 0))
    slopes = into_basis(vectors, gradient)
    settled = (np.abs(gradient).max(-1) <= STATIONARY) & (values[..., 0] >= 0)
    along = np.where(settled[..., None], 0.0, solve_subproblem(values, slopes, radius))
    direction = out_of_basis(vectors, along)
    promised = -(dot(slopes, along) + 0.5 * dot(values * along, along))
    trial = objective.value(points + direction, ~settled)
    # A promise smaller than the rounding of f can be neither kept nor broken.
    ratio = np.where(promised > ROUNDING * np.abs(value), (value - trial) / promised, 1.0)
    ratio = np.where(np.isfinite(trial), ratio, -np.inf)
    accepted = (ratio > per_point(hyper["eta"])) & ~settled
    at_edge = norm(along) >= (1 - 1e-9) * radius
    grown = np.maximum(radius, np.minimum(2 * radius, per_point(hyper["max_radius"])))
    radius = np.where(ratio < 0.25, 0.25 * radius, np.where((ratio > 0.75) & at_edge & ~settled, grown, radius))
    state = {
        "radius": radius[..., None],
        "ratio": np.where(settled, state["ratio"][..., 0], ratio)[..., None],
        "direction": direction,
        "accepted": accepted.astype(np.float64)[..., None],
        "value": np.where(accepted, trial, value)[..., None],
        "gradient": gradient,
    }
    return np.where(accepted[..., None], points + direction, points), state


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="trust_region",
        name="Trust region",
        idea="Minimizes the local quadratic inside a circle whose radius grows with the quadratic's success.",
        latex=(
            r"x_{k+1} = x_k + \arg\min_{\lVert p \rVert \le \Delta_k} g_k^\top p + \tfrac{1}{2} p^\top H_k p,\quad "
            r"\rho_k = \frac{f(x_k) - f(x_k + p)}{-g_k^\top p - \frac{1}{2} p^\top H_k p}"
        ),
        reference="Moré and Sorensen 1983; Nocedal and Wright 2006, algorithm 4.1",
        traits=Traits(memory="n²", cost="n³", asks="gradient, Hessian, value"),
        hyperparameters=(
            Hyperparameter(
                name="radius",
                symbol=r"\Delta_0",
                default=1.0,
                low=0.01,
                high=10.0,
                valid="(0, inf)",
                log=True,
                meaning="Radius of the first circle in which the local quadratic is believed.",
            ),
            Hyperparameter(
                name="max_radius",
                symbol=r"\Delta_{\max}",
                default=1000.0,
                low=0.1,
                high=1000.0,
                valid="(0, inf)",
                log=True,
                meaning="The radius never grows beyond this.",
            ),
            Hyperparameter(
                name="eta",
                symbol=r"\eta",
                default=0.15,
                low=0.0,
                high=0.24,
                valid="[0, 0.25)",
                meaning="Share of the promised decrease below which a step is not taken.",
            ),
        ),
        init=_init,
        step=_step,
        notes="A rejected step costs one value: gradient and Hessian at the same point are not paid for again.",
    ),
)
