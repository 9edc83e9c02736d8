"""Nonlinear conjugate gradients: each direction keeps a share of the last one.

d_k = -g_k + beta_k d_{k-1}, with beta = max(0, g_k.(g_k - g_{k-1}) / |g_{k-1}|^2) (Polak, Ribiere, and Powell's cut at
zero, "PR+") or beta = |g_k|^2 / |g_{k-1}|^2 (Fletcher and Reeves). The length satisfies the strong Wolfe conditions. A
direction that does not descend is replaced by -g.

Source: Nocedal and Wright, Numerical Optimization (2006), section 5.2; first trial length by their
equation after (3.60).
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.line_search import ROUNDING, STATIONARY, recall, recalled, strong_wolfe
from optimizers.rules.symmetric import dot, per_point
from optimizers.settings import ARMIJO_C1
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    none = np.zeros((*points.shape[:-1], 1))
    return {
        "direction": np.zeros_like(points),
        "beta": none,
        "step_length": none,
        "previous_gradient": np.zeros_like(points),
        **recalled(points),
    }


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    active = np.abs(gradient).max(-1) > STATIONARY
    old, last = state["previous_gradient"], state["direction"]
    square, old_square = dot(gradient, gradient), dot(old, old)
    if hyper["formula"] == "fletcher_reeves":
        beta = square / old_square
    else:
        beta = np.maximum((square - dot(gradient, old)) / old_square, 0.0)
    # A search that failed leaves nothing to conjugate to.
    beta = np.where((old_square > 0) & (state["step_length"][..., 0] > 0) & np.isfinite(beta), beta, 0.0)
    direction = -gradient + beta[..., None] * last
    descends = dot(gradient, direction) < 0
    beta = np.where(descends, beta, 0.0)
    direction = np.where(descends[..., None], direction, -gradient)
    slope = dot(gradient, direction)

    # The first-order change of f is taken to be that of the last step; the very first step is at most 1 long.
    first = state["step_length"][..., 0] * dot(old, last) / slope
    first = np.where((first > 0) & np.isfinite(first), first, np.minimum(1.0, 1.0 / np.abs(gradient).sum(-1)))
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
    state = {
        "direction": direction,
        "beta": beta[..., None],
        "step_length": length,
        "previous_gradient": gradient,
        "value": found.value[..., None],
        "gradient": found.gradient,
    }
    return points + length * direction, state


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="conjugate_gradient",
        name="Conjugate gradient",
        idea="Bends each direction away from the last one, so that progress already made is kept.",
        latex=(
            r"d_k = -g_k + \beta_k d_{k-1},\quad "
            r"\beta_k^{PR+} = \max\!\left(0, \frac{g_k^\top (g_k - g_{k-1})}{\lVert g_{k-1} \rVert^2}\right),\quad "
            r"x_{k+1} = x_k + t_k d_k"
        ),
        reference="Polak and Ribière 1969; Fletcher and Reeves 1964; Nocedal and Wright 2006, section 5.2",
        traits=Traits(memory="2n", cost="n", asks="gradient, values of a search"),
        hyperparameters=(
            Hyperparameter(
                name="formula",
                symbol=r"\beta_k",
                kind="choice",
                default="polak_ribiere",
                choices=("polak_ribiere", "fletcher_reeves"),
                meaning="How much of the last direction is kept; Polak-Ribière restarts by itself.",
            ),
            ARMIJO_C1,
            Hyperparameter(
                name="c2",
                symbol="c_2",
                default=0.1,
                low=1e-4,
                high=0.9,
                valid="(0, 1)",
                log=True,
                meaning="Share of the slope that may remain; smaller makes the line search more exact.",
            ),
        ),
        init=_init,
        step=_step,
        notes="With a small c2 the search is nearly exact, and a quadratic in the plane is done after two steps.",
    ),
)
