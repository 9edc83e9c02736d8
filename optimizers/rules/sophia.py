r"""Sophia: momentum over the diagonal of the Hessian, clipped coordinate by coordinate (Liu et al. 2023)."""

from __future__ import annotations

import numpy as np

from optimizers.rules.arithmetic import choose, nowhere, shrunk
from optimizers.rules.symmetric import per_point
from optimizers.settings import aligned, beta1, decay, epsilon, learning_rate, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _sophia(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    m, h, period = state["m"], state["h"], hyper["update_period"]
    m = m + (1 - hyper["beta1"]) * (objective.gradient(points) - m)
    due = k % period == 0
    if not nowhere(due):
        diagonal = np.diagonal(objective.hessian(points, per_point(due)), axis1=-2, axis2=-1)
        h = choose(due, h + (1 - hyper["beta2"]) * (diagonal - h), h)
    clip = hyper["clip"]
    direction = np.minimum(np.maximum(m / np.maximum(h, hyper["eps"]), -clip), clip)
    origin = shrunk(points, hyper["lr"], hyper["weight_decay"])
    return origin - hyper["lr"] * direction, {"m": m, "h": h}


SOPHIA = Optimizer(
    key="sophia",
    name="Sophia",
    idea="A clipped Newton step for each coordinate: momentum over an average of the curvature.",
    latex=aligned(
        r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t",
        r"h_{t+1} &= \beta_2 h_t + (1 - \beta_2)\, \mathrm{diag}\, \nabla^2 f(x_t) \text{ every } P \text{ steps}",
        r"x_{t+1} &= (1 - \eta\lambda)\, x_t - \eta\, \mathrm{clip}\!\left(\frac{m_{t+1}}{\max(h_{t+1}, \epsilon)},"
        r"\, -c,\, c\right)",
    ),
    reference="Liu et al., arXiv:2305.14342",
    traits=Traits(
        first="leaky mean",
        second="leaky mean of the Hessian diagonal",
        memory="2n",
        cost="n",
        asks="gradient, at times a Hessian",
    ),
    hyperparameters=(
        learning_rate(6e-2),
        beta1(0.96),
        decay("beta2", r"\beta_2", 0.99, "Share of the averaged curvature that is kept at each update of it."),
        Hyperparameter(
            name="clip",
            symbol="c",
            default=0.01,
            meaning="Largest move of a coordinate, before the rate multiplies it.",
            low=1e-3,
            high=10.0,
            valid="[0, inf)",
            log=True,
        ),
        Hyperparameter(
            name="update_period",
            symbol="P",
            default=10,
            meaning="Steps from one look at the curvature to the next.",
            kind="int",
            low=1,
            high=100,
            valid="[1, inf)",
        ),
        epsilon(1e-12, "Curvature below this, and all negative curvature, counts as this."),
        weight_decay(0.0, decoupled=True),
    ),
    decoupled=True,
    init=zeros("m", "h"),
    step=_sophia,
    notes=(
        "The exact diagonal of the Hessian stands here. The paper estimates it, from random vectors (Hutchinson) or "
        "from sampled labels (Gauss-Newton-Bartlett). So there is no noise of an estimate, and negative curvature is "
        "seen as such. The average of the curvature starts from zero without correction, so early steps are clipped. "
        "The paper writes the clip as a factor gamma."
    ),
)

RULES: tuple[Optimizer, ...] = (SOPHIA,)
