"""One rate for each coordinate, from the squares of its past gradients: Adagrad, RMSprop, Adadelta.

All divide the step by a root of squared gradients; Adagrad sums them, RMSprop and Adadelta average them with a decay.
They differ in where epsilon stands: outside the root in Adagrad and RMSprop (as in PyTorch; inside on demand, as in
their other sources), inside it in Adadelta.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.arithmetic import power, with_decay
from optimizers.second_moment import as_in_torch, as_it_is, bias_correction, divisor, eps_place, typeset_divisor
from optimizers.settings import aligned, decay, epsilon, learning_rate, momentum, switch, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _adagrad_init(points: Array, hyper: Hyper) -> State:
    return {"v": np.zeros_like(points) + hyper["initial_accumulator_value"]}


def _adagrad(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    v = state["v"] + gradient * gradient
    rate = hyper["lr"] / (1 + k * hyper["lr_decay"])
    return points - rate * (gradient / divisor(v, hyper["eps"], hyper["eps_place"])), {"v": v}


def _adagrad_latex(hyper: Hyper) -> str:
    below = typeset_divisor("v_{t+1}", hyper["eps_place"], None)
    return aligned(
        r"v_{t+1} &= v_t + g_t^2, \quad v_0 = v_\mathrm{init}",
        rf"x_{{t+1}} &= x_t - \frac{{\eta}}{{1 + t\,\delta}}\,\frac{{g_t}}{{{below}}}",
    )


def _adagrad_in_torch(hyper: Hyper) -> dict[str, Any]:
    as_in_torch("Adagrad", hyper, eps_place="outside")
    return {name: hyper[name] for name in ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")}


ADAGRAD = Optimizer(
    key="adagrad",
    name="Adagrad",
    idea="Divide each coordinate's step by the root of all its squared gradients so far.",
    latex=_adagrad_latex({"eps_place": "outside"}),
    latex_of=_adagrad_latex,
    reference="Duchi, Hazan and Singer, JMLR 12 (2011)",
    traits=Traits(second="sum", memory="n", cost="n"),
    hyperparameters=(
        learning_rate(1e-2),
        Hyperparameter(
            name="lr_decay",
            symbol=r"\delta",
            default=0.0,
            meaning="Extra decay of the rate with the number of steps.",
            low=0.0,
            high=1.0,
            valid="[0, inf)",
            log=True,
        ),
        weight_decay(),
        Hyperparameter(
            name="initial_accumulator_value",
            symbol=r"v_\mathrm{init}",
            default=0.0,
            meaning="What the sum of squared gradients starts from.",
            low=0.0,
            high=100.0,
            valid="[0, inf)",
            log=True,
        ),
        epsilon(1e-10),
        eps_place("outside", "inside"),
    ),
    init=_adagrad_init,
    step=_adagrad,
    moment=as_it_is,
    notes=(
        "The sum only grows, so the steps only shrink. The paper and PyTorch add epsilon outside the root; many texts "
        "and TensorFlow inside."
    ),
    torch="torch.optim.Adagrad",
    torch_arguments=_adagrad_in_torch,
)


def _adadelta(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    rho, eps = hyper["rho"], hyper["eps"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    v = rho * state["v"] + (1 - rho) * gradient * gradient
    delta = np.sqrt(state["u"] + eps) / np.sqrt(v + eps) * gradient
    u = rho * state["u"] + (1 - rho) * delta * delta
    return points - hyper["lr"] * delta, {"v": v, "u": u}


ADADELTA = Optimizer(
    key="adadelta",
    name="Adadelta",
    idea="Scale each step by the root of past steps over the root of past gradients.",
    latex=aligned(
        r"v_{t+1} &= \rho v_t + (1 - \rho) g_t^2",
        r"\Delta_t &= \frac{\sqrt{u_t + \epsilon}}{\sqrt{v_{t+1} + \epsilon}}\, g_t",
        r"u_{t+1} &= \rho u_t + (1 - \rho) \Delta_t^2",
        r"x_{t+1} &= x_t - \eta\,\Delta_t",
    ),
    reference="Zeiler, arXiv:1212.5701",
    traits=Traits(second="leaky mean", memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1.0),
        decay("rho", r"\rho", 0.9, "Share of both averages of squares that is kept at each step."),
        epsilon(1e-6, "Small number inside both roots; it sets the size of the first step."),
        weight_decay(),
    ),
    init=zeros("v", "u"),
    step=_adadelta,
    moment=as_it_is,
    notes="The paper has no learning rate (1 here); epsilon stands inside the roots and starts the motion.",
    torch="torch.optim.Adadelta",
    torch_arguments=lambda hyper: {name: hyper[name] for name in ("lr", "rho", "eps", "weight_decay")},
)


def _rmsprop_init(points: Array, hyper: Hyper) -> State:
    names = ("v", "m", "mean") if hyper["centered"] else ("v", "m")
    return {name: np.zeros_like(points) for name in names}


def rmsprop_moment(memory: State, hyper: Hyper, k: Any) -> Array:
    """What stands under the root in the step that led to this memory, step ``k``."""
    v = memory["v"]
    late = 1 - power(hyper["alpha"], k + 1) if hyper["bias_correction"] else None
    if late is not None:
        v = v / late
    if not hyper["centered"]:
        return v
    mean = memory["mean"] if late is None else memory["mean"] / late
    # A variance; rounding can leave it a hair below zero, where PyTorch's root is NaN.
    return np.maximum(v - mean * mean, 0.0)


def _rmsprop(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    alpha, mu = hyper["alpha"], hyper["momentum"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    v = alpha * state["v"] + (1 - alpha) * gradient * gradient
    memory = {"v": v}
    if hyper["centered"]:
        memory["mean"] = state["mean"] + (1 - alpha) * (gradient - state["mean"])
    m = gradient / divisor(rmsprop_moment(memory, hyper, k), hyper["eps"], hyper["eps_place"])
    if not (type(mu) is float and not mu):
        m = mu * state["m"] + m
    memory["m"] = m
    return points - hyper["lr"] * m, memory


def _rmsprop_latex(hyper: Hyper) -> str:
    late, mean = "", r"\bar g_{t+1}^2"
    if hyper["bias_correction"]:
        late, mean = r" / (1 - \alpha^{t+1})", r"\bar g_{t+1}^2 / (1 - \alpha^{t+1})^2"
    below = typeset_divisor(f"v_{{t+1}}{late} - {mean}", hyper["eps_place"], None)
    return aligned(
        r"v_{t+1} &= \alpha v_t + (1 - \alpha) g_t^2",
        r"\bar g_{t+1} &= \alpha \bar g_t + (1 - \alpha) g_t \text{ if centered, else } 0",
        rf"m_{{t+1}} &= \mu m_t + \frac{{g_t}}{{{below}}}",
        r"x_{t+1} &= x_t - \eta\, m_{t+1}",
    )


def _rmsprop_in_torch(hyper: Hyper) -> dict[str, Any]:
    as_in_torch("RMSprop", hyper, eps_place="outside", bias_correction=False)
    return {name: hyper[name] for name in ("lr", "alpha", "eps", "weight_decay", "momentum", "centered")}


RMSPROP = Optimizer(
    key="rmsprop",
    name="RMSprop",
    idea="Divide each coordinate's step by the root of an average of its recent squared gradients.",
    latex=_rmsprop_latex({"eps_place": "outside", "bias_correction": False}),
    latex_of=_rmsprop_latex,
    reference="Tieleman and Hinton, Coursera lecture 6.5 (2012); centered: Graves, arXiv:1308.0850",
    traits=Traits(second="leaky mean", memory="n", cost="n"),
    hyperparameters=(
        learning_rate(1e-2),
        decay("alpha", r"\alpha", 0.99, "Share of the averaged squared gradient that is kept at each step."),
        epsilon(1e-8),
        weight_decay(),
        momentum(0.0),
        switch("centered", r"\mathrm{centered}", False, "Subtract the squared mean gradient, so the variance is left."),
        eps_place("outside", "inside"),
        bias_correction(False),
    ),
    init=_rmsprop_init,
    step=_rmsprop,
    moment=rmsprop_moment,
    notes=(
        "By default epsilon is added outside the root, as in PyTorch; Graves and TensorFlow add it inside. "
        "By default there is no bias correction, so the first step is 1 / sqrt(1 - alpha) times the rate: ten times at "
        "0.99. Optax has a switch for it, as here."
    ),
    torch="torch.optim.RMSprop",
    torch_arguments=_rmsprop_in_torch,
)

RULES: tuple[Optimizer, ...] = (ADAGRAD, RMSPROP, ADADELTA)
