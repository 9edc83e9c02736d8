"""Newton's method and two cures for its attraction to saddles.

Newton solves H p = -g: it jumps to the stationary point of the local quadratic, whatever its kind, so it goes to
saddles and maxima as gladly as to minima. Damped Newton adds lambda to both eigenvalues until they are positive and
searches along the direction. Saddle-free Newton divides by the absolute eigenvalues, which turns attraction into
repulsion.

Sources: Nocedal and Wright, Numerical Optimization (2006), sections 3.3 and 3.4; Dauphin et al., "Identifying and
attacking the saddle point problem in high-dimensional non-convex optimization", arXiv:1406.2572.
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.line_search import STATIONARY, backtrack, recall, recalled
from optimizers.rules.symmetric import dot, eigen, eigenvalues, into_basis, out_of_basis, per_point, solve
from optimizers.settings import ARMIJO_C1, SHRINK
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    return {"direction": np.zeros_like(points), "eigenvalues": np.zeros_like(points)}


def _newton_step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient, hessian = objective.gradient(points), objective.hessian(points)
    # At a stationary point there is nothing to solve, even where H is singular.
    direction = np.where(gradient.any(-1, keepdims=True), -solve(hessian, gradient), 0.0)
    return points + hyper["lr"] * direction, {"direction": direction, "eigenvalues": eigenvalues(hessian)}


def _saddle_free_step(
    objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int
) -> tuple[Array, State]:
    gradient, hessian = objective.gradient(points), objective.hessian(points)
    values, vectors = eigen(hessian)
    along = into_basis(vectors, gradient)
    along = np.where(along != 0, -along / (np.abs(values) + hyper["damping"]), 0.0)
    direction = out_of_basis(vectors, along)
    return points + hyper["lr"] * direction, {"direction": direction, "eigenvalues": values}


def _damped_init(points: Array, hyper: Hyper) -> State:
    none = np.zeros((*points.shape[:-1], 1))
    return {**_init(points, hyper), "damping": none, "step_length": none, **recalled(points)}


def _damped_step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    value, gradient = recall(objective, points, state, k)
    active = np.abs(gradient).max(-1) > STATIONARY
    values, vectors = eigen(objective.hessian(points, active))
    damping = np.maximum(per_point(hyper["damping"]) - values[..., 0], 0.0)
    along = -into_basis(vectors, gradient) / (values + damping[..., None])
    direction = out_of_basis(vectors, along)
    length, reached = backtrack(
        objective,
        points,
        direction,
        value,
        dot(gradient, direction),
        1.0,
        active,
        per_point(hyper["c1"]),
        per_point(hyper["shrink"]),
    )
    step_length = length[..., None]
    state = {
        "direction": direction,
        "eigenvalues": values,
        "damping": damping[..., None],
        "step_length": step_length,
        "value": reached[..., None],
        "gradient": gradient,
    }
    return np.where(active[..., None], points + step_length * direction, points), state


_LR = Hyperparameter(
    name="lr",
    symbol=r"\eta",
    default=1.0,
    low=0.01,
    high=2.0,
    valid="[0, inf)",
    log=True,
    meaning="Share of the step that is taken; 1 goes to the stationary point of the local quadratic.",
)

RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="newton",
        name="Newton",
        idea="Jumps to the stationary point of the local quadratic, be it a minimum, a saddle or a maximum.",
        latex=r"x_{k+1} = x_k - \eta H_k^{-1} g_k",
        reference="Simpson, Essays (1740); Nocedal and Wright 2006, section 3.3",
        traits=Traits(memory="n²", cost="n³", asks="gradient, Hessian"),
        hyperparameters=(_LR,),
        init=_init,
        step=_newton_step,
        notes="Pure: no damping and no line search. Where the Hessian is singular the step is infinite.",
    ),
    Optimizer(
        key="damped_newton",
        name="Damped Newton",
        idea="Shifts the curvature until it is positive, then searches along Newton's direction.",
        latex=(
            r"x_{k+1} = x_k - t_k (H_k + \lambda_k I)^{-1} g_k,\quad "
            r"\lambda_k = \max(0, \delta - \lambda_{\min}(H_k))"
        ),
        reference="Levenberg 1944; Nocedal and Wright 2006, section 3.4",
        traits=Traits(memory="n²", cost="n³", asks="gradient, Hessian, values of a search"),
        hyperparameters=(
            Hyperparameter(
                name="damping",
                symbol=r"\delta",
                default=1e-3,
                low=1e-6,
                high=10.0,
                valid="(0, inf)",
                log=True,
                meaning="The smallest curvature allowed; less is lifted to it by adding to both eigenvalues.",
            ),
            SHRINK,
            ARMIJO_C1,
        ),
        init=_damped_init,
        step=_damped_step,
        notes="The full step is tried first, so it is Newton's own method near a minimum.",
    ),
    Optimizer(
        key="saddle_free_newton",
        name="Saddle-free Newton",
        idea="Divides by the size of the curvature, so it runs away from saddles instead of into them.",
        latex=(
            r"x_{k+1} = x_k - \eta (\lvert H_k \rvert + \lambda I)^{-1} g_k,\quad "
            r"\lvert H \rvert = Q \lvert \Lambda \rvert Q^\top"
        ),
        reference="Dauphin et al., arXiv:1406.2572",
        traits=Traits(memory="n²", cost="n³", asks="gradient, Hessian"),
        hyperparameters=(
            _LR,
            Hyperparameter(
                name="damping",
                symbol=r"\lambda",
                default=1e-3,
                low=0.0,
                high=10.0,
                valid="[0, inf)",
                log=True,
                meaning="Added to both absolute eigenvalues; it shortens steps where the surface is nearly flat.",
            ),
        ),
        init=_init,
        step=_saddle_free_step,
        notes="The paper works in a Krylov subspace; in the plane the whole Hessian is decomposed exactly.",
    ),
)
