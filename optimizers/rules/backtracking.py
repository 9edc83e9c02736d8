"""Gradient descent whose step length is found by Armijo backtracking.

x <- x - t g with t the first of T, T beta, T beta^2, ... that decreases f by at least c1 t |g|^2.

Source: Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", Pacific Journal of
Mathematics 16 (1966).
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.line_search import STATIONARY, backtrack, recall, recalled
from optimizers.rules.symmetric import dot, per_point
from optimizers.settings import SHRINK
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    return {"step_length": np.zeros((*points.shape[:-1], 1)), **recalled(points)}


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    active = np.abs(gradient).max(-1) > STATIONARY
    first, c1, shrink = (per_point(hyper[name]) for name in ("largest_step", "c1", "shrink"))
    length, reached = backtrack(
        objective, points, -gradient, value, -dot(gradient, gradient), first, active, c1, shrink
    )
    step_length = length[..., None]
    state = {"step_length": step_length, "value": reached[..., None], "gradient": gradient}
    return points - step_length * gradient, state


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="gd_backtracking",
        name="GD with backtracking",
        idea="Tries a long step and halves it until the value falls enough.",
        latex=(
            r"x_{k+1} = x_k - T\beta^{j} g_k,\quad j = \min\{j \ge 0 : "
            r"f(x_k - T\beta^{j} g_k) \le f(x_k) - c_1 T\beta^{j} \lVert g_k \rVert^2\}"
        ),
        reference="Armijo, Pacific Journal of Mathematics 16 (1966)",
        traits=Traits(memory="0", cost="n", asks="gradient, values of a search"),
        hyperparameters=(
            Hyperparameter(
                name="largest_step",
                symbol="T",
                default=1.0,
                low=1e-4,
                high=10.0,
                valid="(0, inf)",
                log=True,
                meaning="The step length tried first; shorter ones follow until one is good enough.",
            ),
            SHRINK,
            Hyperparameter(
                name="c1",
                symbol="c_1",
                default=1e-4,
                low=1e-6,
                high=0.5,
                valid="(0, 1)",
                log=True,
                meaning="Share of the decrease promised by the slope that a step must deliver.",
            ),
        ),
        init=_init,
        step=_step,
        notes=(
            "Every trial costs one value; the accepted trial's is remembered and not paid for again. "
            "A step is given up after 60 trials; values equal up to rounding count as no increase."
        ),
    ),
)
