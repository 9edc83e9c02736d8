"""BFGS: an inverse Hessian learned from the change of the gradient.

With s = x_{k+1} - x_k and y = g_{k+1} - g_k the update H <- (I - r s y^T) H (I - r y s^T) + r s s^T, r = 1 / (s.y), is
the smallest change of H that maps y to s. The length satisfies the strong Wolfe conditions, which make s.y positive;
where rounding or noise spoils that, the update is left out. Before the first update H is s.y / y.y times the identity.

Source: Nocedal and Wright, Numerical Optimization (2006), algorithm 6.1 and equation 6.20.
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.line_search import ROUNDING, STATIONARY, recall, recalled, strong_wolfe
from optimizers.rules.symmetric import dot, multiply, norm, per_point
from optimizers.settings import ARMIJO_C1
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    batch = points.shape[:-1]
    return {
        "inverse_hessian": np.broadcast_to(np.eye(2), (*batch, 2, 2)).copy(),
        "direction": np.zeros_like(points),
        "step_length": np.zeros((*batch, 1)),
        "updates": np.zeros((*batch, 1)),
        **recalled(points),
    }


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    active = np.abs(gradient).max(-1) > STATIONARY
    inverse, updates = state["inverse_hessian"], state["updates"][..., 0]
    direction = -multiply(inverse, gradient)
    ascends = ~(dot(gradient, direction) < 0)
    inverse = np.where(ascends[..., None, None], np.eye(2), inverse)
    updates = np.where(ascends, 0.0, updates)
    direction = np.where(ascends[..., None], -gradient, direction)
    first = np.where(updates == 0, np.minimum(1.0, 1.0 / np.abs(gradient).sum(-1)), 1.0)
    found = strong_wolfe(
        objective,
        points,
        direction,
        value,
        gradient,
        first,
        active,
        per_point(hyper["c1"]),
        per_point(hyper["c2"]),
        slack=ROUNDING * np.abs(value),
    )
    length = found.length[..., None]
    step = length * direction
    change = found.gradient - gradient
    curvature = dot(step, change)
    learns = active & (curvature > 1e-12 * norm(step) * norm(change))
    scale = np.where(updates == 0, curvature / dot(change, change), 1.0)
    updated = _update(scale[..., None, None] * inverse, step, change, curvature)
    failed = active & ~(found.length > 0)
    inverse = np.where(learns[..., None, None], updated, inverse)
    state = {
        "inverse_hessian": np.where(failed[..., None, None], np.eye(2), inverse),
        "direction": direction,
        "step_length": length,
        "updates": np.where(failed, 0.0, updates + learns)[..., None],
        "value": found.value[..., None],
        "gradient": found.gradient,
    }
    return points + step, state


def _update(inverse: Array, step: Array, change: Array, curvature: Array) -> Array:
    mapped = multiply(inverse, change)
    cross = mapped[..., :, None] * step[..., None, :]
    own = step[..., :, None] * step[..., None, :]
    weight = (1 + dot(change, mapped) / curvature) / curvature
    return (
        inverse
        + weight[..., None, None] * own
        - (cross + np.swapaxes(cross, -1, -2)) / np.asarray(curvature)[..., None, None]
    )


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="bfgs",
        name="BFGS",
        idea="Learns the inverse Hessian from how the gradient changes, and steps like Newton with it.",
        latex=(
            r"x_{k+1} = x_k - t_k H_k g_k,\quad "
            r"H_{k+1} = (I - \rho s y^\top) H_k (I - \rho y s^\top) + \rho s s^\top,\quad \rho = \frac{1}{s^\top y}"
        ),
        reference="Broyden, Fletcher, Goldfarb, Shanno 1970; Nocedal and Wright 2006, algorithm 6.1",
        traits=Traits(memory="n²", cost="n²", asks="gradient, values of a search"),
        hyperparameters=(
            ARMIJO_C1,
            Hyperparameter(
                name="c2",
                symbol="c_2",
                default=0.9,
                low=1e-4,
                high=0.9,
                valid="(0, 1)",
                log=True,
                meaning="Share of the slope that may remain; smaller makes the line search more exact.",
            ),
        ),
        init=_init,
        step=_step,
        notes="A line search that finds no lower point resets H to the identity.",
    ),
)
