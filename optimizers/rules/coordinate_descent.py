"""Coordinate descent: minimize along one axis at a time.

Along the chosen axis the first trial is the one-dimensional Newton step -g_i / |h_ii|; a strong Wolfe search with
c2 = 0.01 then makes the minimization exact to a hundredth of the slope (on a quadratic the first trial is exact).
Cyclic order takes x, y, x, y, ...; greedy order, the Gauss-Southwell rule, takes the coordinate with the larger
derivative.

Source: Wright, "Coordinate descent algorithms", Mathematical Programming 151 (2015).
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.line_search import ROUNDING, STATIONARY, recall, recalled, strong_wolfe
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    return {"direction": np.zeros_like(points), "step_length": np.zeros((*points.shape[:-1], 1)), **recalled(points)}


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    if hyper["order"] == "greedy":
        second = np.abs(gradient[..., 1]) > np.abs(gradient[..., 0])
    else:
        second = np.full(points.shape[:-1], k % 2 == 1)
    axis = np.stack([~second, second], axis=-1)
    slope = np.where(second, gradient[..., 1], gradient[..., 0])
    active = np.abs(slope) > STATIONARY
    hessian = objective.hessian(points, active)
    curvature = np.abs(np.where(second, hessian[..., 1, 1], hessian[..., 0, 0]))
    usable = (curvature > 0) & np.isfinite(slope / curvature)
    direction = np.where(axis, -(slope / np.where(usable, curvature, 1.0))[..., None], 0.0)
    found = strong_wolfe(
        objective,
        points,
        direction,
        value,
        gradient,
        np.ones(points.shape[:-1]),
        active,
        c2=0.01,
        slack=ROUNDING * np.abs(value),
    )
    length = found.length[..., None]
    state = {
        "direction": direction,
        "step_length": length,
        "value": found.value[..., None],
        "gradient": found.gradient,
    }
    return points + length * direction, state


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="coordinate_descent",
        name="Coordinate descent",
        idea="Minimizes along one axis at a time and holds the other coordinate still.",
        latex=r"x_{k+1} = x_k + t^\ast e_{i_k},\quad t^\ast = \arg\min_t f(x_k + t\, e_{i_k})",
        reference="Wright, Mathematical Programming 151 (2015)",
        traits=Traits(memory="0", cost="n", asks="gradient, values of a search"),
        hyperparameters=(
            Hyperparameter(
                name="order",
                symbol="i_k",
                kind="choice",
                default="cyclic",
                choices=("cyclic", "greedy"),
                meaning="Take the axes in turn, or always the one with the larger derivative.",
            ),
        ),
        init=_init,
        step=_step,
        notes=(
            "The minimum along the axis is searched from a Newton step until the slope has fallen to a hundredth. "
            "One step moves one coordinate. A second derivative counts as a whole Hessian."
        ),
    ),
)
