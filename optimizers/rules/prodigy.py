r"""Prodigy: Adam that finds its own rate from how far it has come (Mishchenko and Defazio 2023)."""

from __future__ import annotations

import numpy as np

from optimizers.rules.adam import corrections
from optimizers.rules.arithmetic import root, shrunk
from optimizers.settings import aligned, beta1, beta2, epsilon, learning_rate, switch, weight_decay
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _init(points: Array, hyper: Hyper) -> State:
    one = np.zeros((*points.shape[:-1], 1))
    memory = {name: np.zeros_like(points) for name in ("m", "v", "s")}
    return {**memory, "start": points.copy(), "d": one + hyper["d0"], "numerator": one}


def _prodigy(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    keep1, keep2 = hyper["beta1"], hyper["beta2"]
    keep3, d = root(keep2), state["d"]
    gradient = objective.gradient(points)
    rate = d * hyper["lr"]
    if hyper["bias_correction"]:
        correction1, correction2 = corrections(hyper, k)
        rate = rate * (root(correction2) / correction1)
    weight = d / hyper["d0"] * rate
    m = keep1 * state["m"] + d * (1 - keep1) * gradient
    v = keep2 * state["v"] + d * d * (1 - keep2) * gradient * gradient
    s = keep3 * state["s"] + weight * gradient
    descended = gradient * (state["start"] - points)
    numerator = keep3 * state["numerator"] + weight * (descended[..., :1] + descended[..., 1:])
    length = np.abs(s)
    denominator = length[..., :1] + length[..., 1:]
    estimate = hyper["d_coef"] * numerator / np.where(denominator > 0, denominator, 1.0)
    new_d = np.maximum(d, estimate)
    origin = shrunk(points, rate, hyper["weight_decay"])
    points = origin - rate * (m / (np.sqrt(v) + new_d * hyper["eps"]))
    return points, {"m": m, "v": v, "s": s, "start": state["start"], "d": new_d, "numerator": numerator}


PRODIGY = Optimizer(
    key="prodigy",
    name="Prodigy",
    idea="Adam whose rate is its own estimate of the distance to the solution, growing as it travels.",
    latex=aligned(
        r"r_{t+1} &= \sqrt{\beta_2}\, r_t + \frac{d_t^2\,\eta}{d_0}\, g_t \cdot (x_0 - x_t)",
        r"s_{t+1} &= \sqrt{\beta_2}\, s_t + \frac{d_t^2\,\eta}{d_0}\, g_t, \quad"
        r" d_{t+1} = \max\left(d_t,\, c\,\frac{r_{t+1}}{\lVert s_{t+1} \rVert_1}\right)",
        r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, d_t g_t, \quad v_{t+1} = \beta_2 v_t + (1 - \beta_2)\, d_t^2 g_t^2",
        r"x_{t+1} &= (1 - d_t\eta\lambda)\, x_t - d_t \eta\,\frac{m_{t+1}}{\sqrt{v_{t+1}} + d_{t+1}\epsilon}",
    ),
    reference="Mishchenko and Defazio, arXiv:2306.06101",
    traits=Traits(first="leaky mean", second="leaky mean", memory="4n", cost="n"),
    hyperparameters=(
        learning_rate(1.0),
        beta1(),
        beta2(),
        epsilon(1e-8),
        weight_decay(0.0, decoupled=True),
        Hyperparameter(
            name="d0",
            symbol="d_0",
            default=1e-6,
            meaning="First estimate of the distance to the solution; too small is safe.",
            low=1e-9,
            high=1.0,
            valid="(0, inf)",
            log=True,
        ),
        Hyperparameter(
            name="d_coef",
            symbol="c",
            default=1.0,
            meaning="Factor of the estimated distance: above 1 is bolder.",
            low=0.1,
            high=10.0,
            valid="(0, inf)",
            log=True,
        ),
        switch("bias_correction", r"\mathrm{corrected}", False, "Correct Adam's averages for their start at zero."),
    ),
    decoupled=True,
    init=_init,
    step=_prodigy,
    notes=(
        "Leave the rate at 1 and schedule it, if at all, downwards. Constants follow the authors' code: the decay of "
        "r and s is the root of beta2, and the growth of d is not limited."
    ),
)

RULES: tuple[Optimizer, ...] = (PRODIGY,)
