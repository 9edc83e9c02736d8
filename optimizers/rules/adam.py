"""Adam, with weight decay in and beside the gradient, and AMSGrad.

Averages of the gradient and of its square, m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2, start from
zero and are therefore too small at first; dividing by 1 - beta^(t+1) corrects that. The step is
lr m / (sqrt(v) + eps) with both corrected (Kingma and Ba 2015). Steps count from t = 0 here, from 1 in the papers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.arithmetic import power, root, shrunk, with_decay
from optimizers.settings import aligned, beta1, beta2, epsilon, learning_rate, switch, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits

_AVERAGES = (
    r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t",
    r"v_{t+1} &= \beta_2 v_t + (1 - \beta_2)\, g_t^2",
)
_CORRECTED = r"\hat m &= \frac{m_{t+1}}{1 - \beta_1^{t+1}},\quad \hat v = \frac{v_{t+1}}{1 - \beta_2^{t+1}}"
_WHERE_EPSILON = (
    "Epsilon is added outside the root, after the bias correction, as in the paper's algorithm and PyTorch."
)


def averages(gradient: Array, state: State, hyper: Hyper) -> tuple[Array, Array]:
    """The moving averages m and v of the gradient and of its square, one step on."""
    keep1, keep2 = hyper["beta1"], hyper["beta2"]
    m = state["m"]
    return m + (1 - keep1) * (gradient - m), keep2 * state["v"] + (1 - keep2) * gradient * gradient


def corrections(hyper: Hyper, k: int) -> tuple[Any, Any]:
    """What m and v of step k are divided by, ``1 - beta ** (k + 1)``."""
    return 1 - power(hyper["beta1"], k + 1), 1 - power(hyper["beta2"], k + 1)


def adam_step(points: Array, gradient: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    """Adam with bias correction, from a gradient that is already there.

    The correction of v is moved out of the root, onto numbers: fewer operations on arrays, the same result.
    """
    m, keep1, keep2 = state["m"], hyper["beta1"], hyper["beta2"]
    m = m + (1 - keep1) * (gradient - m)
    v = keep2 * state["v"] + (1 - keep2) * gradient * gradient
    late = root(1 - power(keep2, k + 1))
    rate = hyper["lr"] * late / (1 - power(keep1, k + 1))
    return points - rate * (m / (np.sqrt(v) + hyper["eps"] * late)), {"m": m, "v": v}


def _adam(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = objective.gradient(points)
    if hyper["bias_correction"]:
        return adam_step(points, gradient, state, hyper, k)
    m, v = averages(gradient, state, hyper)
    return points - hyper["lr"] * (m / (np.sqrt(v) + hyper["eps"])), {"m": m, "v": v}


def torch_betas(hyper: Hyper, *names: str) -> dict[str, Any]:
    """PyTorch's keyword arguments: lr, betas, eps and the named others."""
    others = {name: hyper[name] for name in ("lr", "eps", *names)}
    return {**others, "betas": (hyper["beta1"], hyper["beta2"])}


def _adam_in_torch(hyper: Hyper) -> dict[str, Any]:
    if not hyper["bias_correction"]:
        raise ValueError("bias_correction was given False; PyTorch's Adam always corrects the bias")
    return torch_betas(hyper)


ADAM = Optimizer(
    key="adam",
    name="Adam",
    idea="Momentum divided by the root of an average of squared gradients, both corrected for their start at zero.",
    latex=aligned(*_AVERAGES, _CORRECTED, r"x_{t+1} &= x_t - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}"),
    reference="Kingma and Ba, arXiv:1412.6980",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        beta1(),
        beta2(),
        epsilon(1e-8),
        switch("bias_correction", r"\mathrm{corrected}", True, "Divide the averages by what they lack at the start."),
    ),
    init=zeros("m", "v"),
    step=_adam,
    notes=(
        f"{_WHERE_EPSILON} The paper's efficient variant and TensorFlow add it before the correction (epsilon hat). "
        "PyTorch always corrects the bias. Without it the first step is (1 - beta1) / sqrt(1 - beta2) times the rate."
    ),
    torch="torch.optim.Adam",
    torch_arguments=_adam_in_torch,
)


def _adam_l2(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    return adam_step(points, gradient, state, hyper, k)


ADAM_L2 = Optimizer(
    key="adam_l2",
    name="Adam with L2",
    idea="Adam on the loss plus an L2 penalty: the decay is rescaled along with the gradient.",
    latex=aligned(
        r"g_t &\leftarrow g_t + \lambda x_t",
        *_AVERAGES,
        r"x_{t+1} &= x_t - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}",
    ),
    reference="Kingma and Ba, arXiv:1412.6980; discussed by Loshchilov and Hutter, arXiv:1711.05101",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), weight_decay(1e-2)),
    init=zeros("m", "v"),
    step=_adam_l2,
    notes=(
        f"{_WHERE_EPSILON} Coordinates with large gradients are decayed less than the others. PyTorch's default "
        "weight_decay is 0, which is Adam; here it is AdamW's 0.01, so that the two can be compared."
    ),
    torch="torch.optim.Adam",
    torch_arguments=lambda hyper: torch_betas(hyper, "weight_decay"),
)


def _adamw(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = objective.gradient(points)
    return adam_step(shrunk(points, hyper["lr"], hyper["weight_decay"]), gradient, state, hyper, k)


ADAMW = Optimizer(
    key="adamw",
    name="AdamW",
    idea="Adam with weight decay beside the gradient: every coordinate shrinks by the same factor.",
    latex=aligned(
        *_AVERAGES,
        r"x_{t+1} &= (1 - \eta\lambda)\, x_t - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}",
    ),
    reference="Loshchilov and Hutter, arXiv:1711.05101",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), weight_decay(1e-2, decoupled=True)),
    decoupled=True,
    init=zeros("m", "v"),
    step=_adamw,
    notes=(
        f"{_WHERE_EPSILON} The paper's decay does not grow with the rate; PyTorch's, and this one, is rate times decay."
    ),
    torch="torch.optim.AdamW",
    torch_arguments=lambda hyper: torch_betas(hyper, "weight_decay"),
)


def _amsgrad(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m, v = averages(gradient, state, hyper)
    v_max = np.maximum(state["v_max"], v)
    correction1, correction2 = corrections(hyper, k)
    scale = np.sqrt(v_max) / root(correction2) + hyper["eps"]
    return points - hyper["lr"] / correction1 * (m / scale), {"m": m, "v": v, "v_max": v_max}


AMSGRAD = Optimizer(
    key="amsgrad",
    name="AMSGrad",
    idea="Adam that divides by the largest average of squares so far, so steps never grow back.",
    latex=aligned(
        *_AVERAGES,
        r"v^{\max}_{t+1} &= \max(v^{\max}_t,\, v_{t+1})",
        r"x_{t+1} &= x_t - \frac{\eta}{1 - \beta_1^{t+1}}\,"
        r"\frac{m_{t+1}}{\sqrt{v^{\max}_{t+1} / (1 - \beta_2^{t+1})} + \epsilon}",
    ),
    reference="Reddi, Kale and Kumar, ICLR 2018, arXiv:1904.09237",
    traits=Traits(first="leaky mean", second="largest leaky mean", bias_corrected=True, memory="3n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), weight_decay()),
    init=zeros("m", "v", "v_max"),
    step=_amsgrad,
    notes=(
        f"{_WHERE_EPSILON} The paper has no bias correction; PyTorch keeps Adam's and takes the maximum of the "
        "uncorrected average. Correcting first and then taking the maximum, as some do, is another path."
    ),
    torch="torch.optim.Adam",
    torch_arguments=lambda hyper: {**torch_betas(hyper, "weight_decay"), "amsgrad": True},
)

RULES: tuple[Optimizer, ...] = (ADAM, ADAM_L2, ADAMW, AMSGRAD)
