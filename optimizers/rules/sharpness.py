r"""Sharpness-aware minimization: descend from the worst point nearby (Foret et al. 2021)."""

from __future__ import annotations

import numpy as np

from optimizers.rules.arithmetic import norm, with_decay
from optimizers.rules.momentum import velocity
from optimizers.settings import aligned, learning_rate, momentum, switch, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter

# Where the gradient is zero there is no worst direction; this keeps the division defined there.
_FLAT = 1e-12


def rho() -> Hyperparameter:
    """How far SAM climbs."""
    return Hyperparameter(
        name="rho",
        symbol=r"\rho",
        default=0.05,
        meaning="How far SAM climbs before it looks at the slope.",
        low=0.0,
        high=2.0,
        valid="[0, inf)",
        log=True,
    )


def sam_step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    """One step; the state has ``m`` and ``climb``, from the point to where the slope was taken."""
    gradient = objective.gradient(points)
    if hyper["adaptive"]:
        size = np.abs(points)
        climb = size * size * gradient * (hyper["rho"] / (norm(size * gradient) + _FLAT))
    else:
        climb = gradient * (hyper["rho"] / (norm(gradient) + _FLAT))
    gradient = with_decay(objective.gradient(points + climb), points, hyper["weight_decay"])
    m = velocity(gradient, state["m"], hyper["momentum"], 0.0, k)
    return points - hyper["lr"] * m, {"m": m, "climb": climb}


SAM = Optimizer(
    key="sam",
    name="SAM",
    idea="Climb a little first, then step by the slope found up there: sharp valleys push it out.",
    latex=aligned(
        r"\hat x_t &= x_t + \rho\,\frac{g_t}{\lVert g_t \rVert}",
        r"m_{t+1} &= \mu m_t + \nabla f(\hat x_t) + \lambda x_t",
        r"x_{t+1} &= x_t - \eta\, m_{t+1}",
    ),
    reference="Foret et al., ICLR 2021, arXiv:2010.01412; adaptive: Kwon et al., arXiv:2102.11600",
    traits=Traits(first="leaky sum", memory="2n", cost="n", asks="two gradients"),
    hyperparameters=(
        learning_rate(1e-3),
        rho(),
        momentum(0.0),
        weight_decay(),
        switch("adaptive", r"\mathrm{adaptive}", False, "Climb further along coordinates that are themselves large."),
    ),
    init=zeros("m", "climb"),
    step=sam_step,
    notes=(
        "Two gradients a step, both counted. The step itself is PyTorch's SGD with momentum. It cannot settle where "
        "the climb overshoots the minimum, so it circles there at the scale of rho."
    ),
)

RULES: tuple[Optimizer, ...] = (SAM,)
