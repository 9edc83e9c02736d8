"""Adam, with weight decay in and beside the gradient, and AMSGrad.

Averages of the gradient and of its square, m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2, start from
zero and are therefore too small at first; dividing by 1 - beta^(t+1) corrects that. The step is
lr m / (sqrt(v) + eps) with both corrected (Kingma and Ba 2015). Steps count from t = 0 here, from 1 in the papers.
Where sources differ, in epsilon's place and in the correction, there are switches; the defaults are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from optimizers.rules.arithmetic import power, root, shrunk, with_decay
from optimizers.second_moment import as_in_torch, bias_correction, corrected, divisor, eps_place, typeset_divisor
from optimizers.settings import aligned, beta1, beta2, epsilon, learning_rate, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter

_AVERAGES = (
    r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t",
    r"v_{t+1} &= \beta_2 v_t + (1 - \beta_2)\, g_t^2",
)
_CORRECTED = r"\hat m &= \frac{m_{t+1}}{1 - \beta_1^{t+1}},\quad \hat v = \frac{v_{t+1}}{1 - \beta_2^{t+1}}"
_AS_IN_TORCH = {"eps_place": "outside", "bias_correction": True}
_WHERE_EPSILON = (
    "By default epsilon is added outside the root, after the bias correction, as in the paper's algorithm and PyTorch."
)


def _forms() -> tuple[Hyperparameter, Hyperparameter]:
    return eps_place("outside", "uncorrected", "inside"), bias_correction()


def _step_of(hyper: Hyper, origin: str = "x_t") -> str:
    late = hyper["bias_correction"]
    m, v = (r"\hat m", r"\hat v") if late else ("m_{t+1}", "v_{t+1}")
    below = typeset_divisor(v, hyper["eps_place"], r"1 - \beta_2^{t+1}" if late else None)
    return rf"x_{{t+1}} &= {origin} - \eta\,\frac{{{m}}}{{{below}}}"


def averages(gradient: Array, state: State, hyper: Hyper) -> tuple[Array, Array]:
    """The moving averages m and v of the gradient and of its square, one step on."""
    keep1, keep2 = hyper["beta1"], hyper["beta2"]
    m = state["m"]
    return m + (1 - keep1) * (gradient - m), keep2 * state["v"] + (1 - keep2) * gradient * gradient


def corrections(hyper: Hyper, k: int) -> tuple[Any, Any]:
    """What m and v of step k are divided by, ``1 - beta ** (k + 1)``."""
    return 1 - power(hyper["beta1"], k + 1), 1 - power(hyper["beta2"], k + 1)


def adam_step(points: Array, gradient: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    """Adam as in PyTorch, from a gradient that is already there."""
    return _moved(points, gradient, state, hyper, k, True, "outside")


def _switched(points: Array, gradient: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    return _moved(points, gradient, state, hyper, k, hyper["bias_correction"], hyper["eps_place"])


def _moved(
    points: Array, gradient: Array, state: State, hyper: Hyper, k: int, correct: bool, place: str
) -> tuple[Array, State]:
    """The correction of v is moved out of the root, onto numbers: fewer operations on arrays, the same result.

    What m is divided by is sqrt(v) + eps, or sqrt(v + eps) inside the root, in units of v before its correction.
    """
    m, keep1, keep2 = state["m"], hyper["beta1"], hyper["beta2"]
    m = m + (1 - keep1) * (gradient - m)
    v = keep2 * state["v"] + (1 - keep2) * gradient * gradient
    rate, late = hyper["lr"], None
    if correct:
        late = root(1 - power(keep2, k + 1))
        rate = rate * late / (1 - power(keep1, k + 1))
    return points - rate * (m / divisor(v, hyper["eps"], place, late)), {"m": m, "v": v}


def _adam(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    return _switched(points, objective.gradient(points), state, hyper, k)


def torch_betas(hyper: Hyper, *names: str) -> dict[str, Any]:
    """PyTorch's keyword arguments: lr, betas, eps and the named others."""
    others = {name: hyper[name] for name in ("lr", "eps", *names)}
    return {**others, "betas": (hyper["beta1"], hyper["beta2"])}


def _in_torch(rule: str, *names: str) -> Callable[[Hyper], dict[str, Any]]:
    """PyTorch's arguments, the named ones among them; refused where another form than PyTorch's is chosen."""

    def arguments(hyper: Hyper) -> dict[str, Any]:
        as_in_torch(rule, hyper, **_AS_IN_TORCH)
        return torch_betas(hyper, *names)

    return arguments


def _adam_latex(hyper: Hyper) -> str:
    late = (_CORRECTED,) if hyper["bias_correction"] else ()
    return aligned(*_AVERAGES, *late, _step_of(hyper))


ADAM = Optimizer(
    key="adam",
    name="Adam",
    idea="Momentum divided by the root of an average of squared gradients, both corrected for their start at zero.",
    latex=_adam_latex(_AS_IN_TORCH),
    latex_of=_adam_latex,
    reference="Kingma and Ba, arXiv:1412.6980",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), *_forms()),
    init=zeros("m", "v"),
    step=_adam,
    moment=corrected(),
    notes=(
        f"{_WHERE_EPSILON} The paper's efficient variant and TensorFlow add it before the correction (epsilon hat). "
        "PyTorch always corrects the bias. Without it the first step is (1 - beta1) / sqrt(1 - beta2) times the rate."
    ),
    torch="torch.optim.Adam",
    torch_arguments=_in_torch("Adam"),
)


def _adam_l2(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    return _switched(points, gradient, state, hyper, k)


def _adam_l2_latex(hyper: Hyper) -> str:
    return aligned(r"g_t &\leftarrow g_t + \lambda x_t", *_AVERAGES, _step_of(hyper))


ADAM_L2 = Optimizer(
    key="adam_l2",
    name="Adam with L2",
    idea="Adam on the loss plus an L2 penalty: the decay is rescaled along with the gradient.",
    latex=_adam_l2_latex(_AS_IN_TORCH),
    latex_of=_adam_l2_latex,
    reference="Kingma and Ba, arXiv:1412.6980; discussed by Loshchilov and Hutter, arXiv:1711.05101",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), weight_decay(1e-2), *_forms()),
    init=zeros("m", "v"),
    step=_adam_l2,
    moment=corrected(),
    notes=(
        f"{_WHERE_EPSILON} Coordinates with large gradients are decayed less than the others. PyTorch's default "
        "weight_decay is 0, which is Adam; here it is AdamW's 0.01, so that the two can be compared."
    ),
    torch="torch.optim.Adam",
    torch_arguments=_in_torch("Adam", "weight_decay"),
)


def _adamw(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = objective.gradient(points)
    return _switched(shrunk(points, hyper["lr"], hyper["weight_decay"]), gradient, state, hyper, k)


def _adamw_latex(hyper: Hyper) -> str:
    return aligned(*_AVERAGES, _step_of(hyper, r"(1 - \eta\lambda)\, x_t"))


ADAMW = Optimizer(
    key="adamw",
    name="AdamW",
    idea="Adam with weight decay beside the gradient: every coordinate shrinks by the same factor.",
    latex=_adamw_latex(_AS_IN_TORCH),
    latex_of=_adamw_latex,
    reference="Loshchilov and Hutter, arXiv:1711.05101",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        beta1(),
        beta2(),
        epsilon(1e-8),
        weight_decay(1e-2, decoupled=True),
        *_forms(),
    ),
    decoupled=True,
    init=zeros("m", "v"),
    step=_adamw,
    moment=corrected(),
    notes=(
        f"{_WHERE_EPSILON} The paper's decay does not grow with the rate; PyTorch's, and this one, is rate times "
        "decay. BERT was trained with an AdamW without bias correction."
    ),
    torch="torch.optim.AdamW",
    torch_arguments=_in_torch("AdamW", "weight_decay"),
)


def _amsgrad(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m, v = averages(gradient, state, hyper)
    v_max = np.maximum(state["v_max"], v)
    rate, place = hyper["lr"], hyper["eps_place"]
    if not hyper["bias_correction"]:
        return points - rate * (m / divisor(v_max, hyper["eps"], place)), {"m": m, "v": v, "v_max": v_max}
    correction1, correction2 = corrections(hyper, k)
    if place == "outside":  # rounded as PyTorch does
        scale = np.sqrt(v_max) / root(correction2) + hyper["eps"]
    else:
        late = root(correction2)
        scale = divisor(v_max, hyper["eps"], place, late) / late
    return points - rate / correction1 * (m / scale), {"m": m, "v": v, "v_max": v_max}


def _amsgrad_latex(hyper: Hyper) -> str:
    late, v = hyper["bias_correction"], r"v^{\max}_{t+1}"
    correction = r"1 - \beta_2^{t+1}" if late else None
    below = typeset_divisor(rf"{v} / ({correction})" if late else v, hyper["eps_place"], correction)
    rate = r"\frac{\eta}{1 - \beta_1^{t+1}}" if late else r"\eta"
    return aligned(
        *_AVERAGES,
        r"v^{\max}_{t+1} &= \max(v^{\max}_t,\, v_{t+1})",
        rf"x_{{t+1}} &= x_t - {rate}\,\frac{{m_{{t+1}}}}{{{below}}}",
    )


AMSGRAD = Optimizer(
    key="amsgrad",
    name="AMSGrad",
    idea="Adam that divides by the largest average of squares so far, so steps never grow back.",
    latex=_amsgrad_latex(_AS_IN_TORCH),
    latex_of=_amsgrad_latex,
    reference="Reddi, Kale and Kumar, ICLR 2018, arXiv:1904.09237",
    traits=Traits(first="leaky mean", second="largest leaky mean", bias_corrected=True, memory="3n", cost="n"),
    hyperparameters=(learning_rate(1e-3), beta1(), beta2(), epsilon(1e-8), weight_decay(), *_forms()),
    init=zeros("m", "v", "v_max"),
    step=_amsgrad,
    moment=corrected(name="v_max"),
    notes=(
        f"{_WHERE_EPSILON} The paper has no bias correction; PyTorch keeps Adam's and takes the maximum of the "
        "uncorrected average. Correcting first and then taking the maximum, as some do, is another path."
    ),
    torch="torch.optim.Adam",
    torch_arguments=lambda hyper: {**_in_torch("Adam", "weight_decay")(hyper), "amsgrad": True},
)

RULES: tuple[Optimizer, ...] = (ADAM, ADAM_L2, ADAMW, AMSGRAD)
