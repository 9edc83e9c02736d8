"""Rules that look only at the sign of a gradient, never at its size: Rprop and Lion."""

from __future__ import annotations

import numpy as np

from optimizers.rules.arithmetic import shrunk
from optimizers.settings import aligned, decay, learning_rate, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _rprop_init(points: Array, hyper: Hyper) -> State:
    return {"g": np.zeros_like(points), "step_size": np.zeros_like(points) + hyper["lr"]}


def _rprop(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = objective.gradient(points)
    agreement = gradient * state["g"]
    turned = agreement < 0
    factor = np.where(turned, hyper["etaminus"], np.where(agreement > 0, hyper["etaplus"], 1.0))
    size = np.minimum(np.maximum(state["step_size"] * factor, hyper["step_size_min"]), hyper["step_size_max"])
    gradient = np.where(turned, 0.0, gradient)
    return points - np.sign(gradient) * size, {"g": gradient, "step_size": size}


RPROP = Optimizer(
    key="rprop",
    name="Rprop",
    idea="Each coordinate has its own step: longer while the slope keeps its sign, shorter once it flips.",
    latex=aligned(
        r"\Delta_{t+1} &= \mathrm{clip}\bigl(\Delta_t \cdot \{\eta_+ \text{ if } g_t g_{t-1} > 0,"
        r"\ \eta_- \text{ if } < 0,\ 1 \text{ else}\},\ \Delta_{\min},\ \Delta_{\max}\bigr)",
        r"g_t &\leftarrow 0 \text{ where } g_t g_{t-1} < 0",
        r"x_{t+1} &= x_t - \mathrm{sign}(g_t)\,\Delta_{t+1}, \quad \Delta_0 = \eta",
    ),
    reference="Riedmiller and Braun, ICNN 1993",
    traits=Traits(memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1e-2),
        Hyperparameter(
            name="etaminus",
            symbol=r"\eta_-",
            default=0.5,
            meaning="Factor of the step where the slope has changed its sign.",
            low=0.1,
            high=0.99,
            valid="(0, 1)",
        ),
        Hyperparameter(
            name="etaplus",
            symbol=r"\eta_+",
            default=1.2,
            meaning="Factor of the step where the slope keeps its sign.",
            low=1.01,
            high=2.0,
            valid="(1, inf)",
        ),
        Hyperparameter(
            name="step_size_min",
            symbol=r"\Delta_{\min}",
            default=1e-6,
            meaning="Shortest step of a coordinate.",
            low=1e-12,
            high=1e-1,
            valid="[0, inf)",
            log=True,
        ),
        Hyperparameter(
            name="step_size_max",
            symbol=r"\Delta_{\max}",
            default=50.0,
            meaning="Longest step of a coordinate.",
            low=1e-2,
            high=100.0,
            valid="(0, inf)",
            log=True,
        ),
    ),
    init=_rprop_init,
    step=_rprop,
    notes=(
        "The learning rate is only the first step's length, so a schedule changes nothing after it. A coordinate "
        "whose slope flips rests for one step and keeps its place; the original goes back a step there. Not made for "
        "noisy gradients."
    ),
    torch="torch.optim.Rprop",
    torch_arguments=lambda hyper: {
        "lr": hyper["lr"],
        "etas": (hyper["etaminus"], hyper["etaplus"]),
        "step_sizes": (hyper["step_size_min"], hyper["step_size_max"]),
    },
)


def _lion(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    m = state["m"]
    change = objective.gradient(points) - m
    direction = np.sign(m + (1 - hyper["beta1"]) * change)
    origin = shrunk(points, hyper["lr"], hyper["weight_decay"])
    return origin - hyper["lr"] * direction, {"m": m + (1 - hyper["beta2"]) * change}


LION = Optimizer(
    key="lion",
    name="Lion",
    idea="Step by the sign of a mix of gradient and momentum: every coordinate moves equally far.",
    latex=aligned(
        r"x_{t+1} &= (1 - \eta\lambda)\, x_t - \eta\, \mathrm{sign}\bigl(\beta_1 m_t + (1 - \beta_1)\, g_t\bigr)",
        r"m_{t+1} &= \beta_2 m_t + (1 - \beta_2)\, g_t",
    ),
    reference="Chen et al., arXiv:2302.06675",
    traits=Traits(first="leaky mean", memory="n", cost="n"),
    hyperparameters=(
        learning_rate(1e-4),
        decay("beta1", r"\beta_1", 0.9, "Share of the momentum in the mix whose sign is taken."),
        decay("beta2", r"\beta_2", 0.99, "Share of the averaged gradient that is kept at each step."),
        weight_decay(0.0, decoupled=True),
    ),
    decoupled=True,
    init=zeros("m"),
    step=_lion,
    notes="Steps do not shrink near a minimum: it circles there at the size of the rate unless a schedule lowers it.",
)

RULES: tuple[Optimizer, ...] = (RPROP, LION)
