r"""Rules that change one part of Adam: the norm (Adamax), the momentum (NAdam), the first steps (RAdam)."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.adam import averages, corrections, torch_betas
from optimizers.rules.arithmetic import power, root, shrunk, with_decay
from optimizers.second_moment import as_in_torch, corrected, divisor, eps_place, typeset_divisor
from optimizers.settings import aligned, beta1, beta2, decay, epsilon, learning_rate, switch, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _decoupled() -> Hyperparameter:
    return switch(
        "decoupled_weight_decay",
        r"\mathrm{decoupled}",
        False,
        "Shrink the point directly, as AdamW does, not through the gradient.",
    )


def _decayed(objective: MeteredObjective, points: Array, hyper: Hyper) -> tuple[Array, Array]:
    """The gradient, and the point the step starts from, with weight decay in the one or the other."""
    gradient = objective.gradient(points)
    if hyper["decoupled_weight_decay"]:
        return gradient, shrunk(points, hyper["lr"], hyper["weight_decay"])
    return with_decay(gradient, points, hyper["weight_decay"]), points


def _adamax(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    keep1 = hyper["beta1"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m = state["m"] + (1 - keep1) * (gradient - state["m"])
    if hyper["eps_place"] == "gradient":
        u = scale = np.maximum(hyper["beta2"] * state["u"], np.abs(gradient) + hyper["eps"])
    else:
        u = np.maximum(hyper["beta2"] * state["u"], np.abs(gradient))
        scale = u + hyper["eps"]
    return points - hyper["lr"] / (1 - power(keep1, k + 1)) * (m / scale), {"m": m, "u": u}


def _adamax_latex(hyper: Hyper) -> str:
    beside, below = (r" + \epsilon", "") if hyper["eps_place"] == "gradient" else ("", r" + \epsilon")
    return aligned(
        r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t",
        rf"u_{{t+1}} &= \max(\beta_2 u_t,\, |g_t|{beside})",
        rf"x_{{t+1}} &= x_t - \frac{{\eta}}{{1 - \beta_1^{{t+1}}}}\,\frac{{m_{{t+1}}}}{{u_{{t+1}}{below}}}",
    )


def _adamax_in_torch(hyper: Hyper) -> dict[str, Any]:
    as_in_torch("Adamax", hyper, eps_place="gradient")
    return torch_betas(hyper, "weight_decay")


ADAMAX = Optimizer(
    key="adamax",
    name="Adamax",
    idea="Adam that divides by the largest recent gradient instead of a root of squares.",
    latex=_adamax_latex({"eps_place": "gradient"}),
    latex_of=_adamax_latex,
    reference="Kingma and Ba, arXiv:1412.6980, section 7.1",
    traits=Traits(first="leaky mean", second="leaky maximum", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(2e-3),
        beta1(),
        decay("beta2", r"\beta_2", 0.999, "Share of the largest recent gradient that is kept at each step."),
        epsilon(1e-8),
        weight_decay(),
        eps_place("gradient", "outside"),
    ),
    init=zeros("m", "u"),
    step=_adamax,
    notes=(
        "The paper has no epsilon. By default, as in PyTorch, it is added to each gradient's magnitude. "
        "Keras adds it to what the step is divided by."
    ),
    torch="torch.optim.Adamax",
    torch_arguments=_adamax_in_torch,
)


def _nadam_init(points: Array, hyper: Hyper) -> State:
    return {"m": np.zeros_like(points), "v": np.zeros_like(points), "mu_product": np.ones((*points.shape[:-1], 1))}


def _nadam(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient, origin = _decayed(objective, points, hyper)
    m, v = averages(gradient, state, hyper)
    scale = np.sqrt(v / (1 - power(hyper["beta2"], k + 1))) + hyper["eps"]
    psi = hyper["momentum_decay"]
    mu = hyper["beta1"] * (1.0 - 0.5 * power(0.96, (k + 1) * psi))
    mu_next = hyper["beta1"] * (1.0 - 0.5 * power(0.96, (k + 2) * psi))
    product = state["mu_product"]
    product = (product.item() if product.size == 1 else product) * mu  # of one path: a number, much faster
    look = (1 - mu) / (1 - product) * gradient + mu_next / (1 - product * mu_next) * m
    return origin - hyper["lr"] * (look / scale), {
        "m": m,
        "v": v,
        "mu_product": np.zeros_like(state["mu_product"]) + product,
    }


NADAM = Optimizer(
    key="nadam",
    name="NAdam",
    idea="Adam with Nesterov's look-ahead in place of plain momentum.",
    latex=aligned(
        r"\mu_t &= \beta_1 \left(1 - \tfrac{1}{2}\, 0.96^{(t+1)\psi}\right)",
        r"\hat m &= \frac{\mu_{t+1}\, m_{t+1}}{1 - \prod_{i \le t+1} \mu_i}"
        r" + \frac{(1 - \mu_t)\, g_t}{1 - \prod_{i \le t} \mu_i}",
        r"x_{t+1} &= x_t - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}",
    ),
    reference="Dozat, ICLR workshop 2016",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(2e-3),
        beta1(),
        beta2(),
        epsilon(1e-8),
        weight_decay(),
        Hyperparameter(
            name="momentum_decay",
            symbol=r"\psi",
            default=4e-3,
            meaning="How fast the momentum grows from half of beta1 to beta1.",
            low=0.0,
            high=1.0,
            valid="[0, inf)",
            log=True,
        ),
        _decoupled(),
    ),
    init=_nadam_init,
    step=_nadam,
    moment=corrected(),
    notes=(
        "Momentum starts at half of beta1 and grows, as in the paper; mu_product is the product of all momenta so far."
    ),
    torch="torch.optim.NAdam",
    torch_arguments=lambda hyper: torch_betas(hyper, "weight_decay", "momentum_decay", "decoupled_weight_decay"),
)


def _rectification(hyper: Hyper, correction2: Any, k: int) -> tuple[Any, Any]:
    """How far the variance of the step is to be trusted, and whether at all (length of the average above 5)."""
    longest = 2 / (1 - hyper["beta2"]) - 1
    length = longest - 2 * (k + 1) * power(hyper["beta2"], k + 1) / correction2
    trusted = length > 5.0
    if trusted is False or trusted is np.False_:
        return 1.0, trusted
    return root((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)), trusted


def _radam(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient, origin = _decayed(objective, points, hyper)
    m, v = averages(gradient, state, hyper)
    correction1, correction2 = corrections(hyper, k)
    rectification, trusted = _rectification(hyper, correction2, k)
    rate = hyper["lr"] / correction1
    memory = {"m": m, "v": v}
    if trusted is False:
        return origin - rate * m, memory
    late = root(correction2)
    scale = rectification * late / divisor(v, hyper["eps"], hyper["eps_place"], late)
    if trusted is not True:
        scale = np.where(trusted, scale, 1.0)
    return origin - rate * (m * scale), memory


def _radam_latex(hyper: Hyper) -> str:
    below = typeset_divisor(r"\hat v", hyper["eps_place"], r"1 - \beta_2^{t+1}")
    return aligned(
        r"\rho_t &= \rho_\infty - \frac{2 (t+1)\, \beta_2^{t+1}}{1 - \beta_2^{t+1}},"
        r" \quad \rho_\infty = \frac{2}{1 - \beta_2} - 1",
        r"r_t &= \sqrt{\frac{(\rho_t - 4)(\rho_t - 2)\,\rho_\infty}{(\rho_\infty - 4)(\rho_\infty - 2)\,\rho_t}}",
        r"x_{t+1} &= x_t - \eta\, \hat m \cdot \begin{cases} "
        rf"r_t / \bigl({below}\bigr) & \rho_t > 5 \\ 1 & \text{{otherwise}}"
        r" \end{cases}",
    )


def _radam_in_torch(hyper: Hyper) -> dict[str, Any]:
    as_in_torch("RAdam", hyper, eps_place="uncorrected")
    return torch_betas(hyper, "weight_decay", "decoupled_weight_decay")


RADAM = Optimizer(
    key="radam",
    name="RAdam",
    idea="Adam that starts as momentum and divides by the root of squares only once that is reliable.",
    latex=_radam_latex({"eps_place": "uncorrected"}),
    latex_of=_radam_latex,
    reference="Liu et al., ICLR 2020, arXiv:1908.03265",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        beta1(),
        beta2(),
        epsilon(1e-8),
        weight_decay(),
        _decoupled(),
        eps_place("uncorrected", "outside", "inside"),
    ),
    init=zeros("m", "v"),
    step=_radam,
    moment=corrected(),
    notes=(
        "The paper switches at 4; PyTorch, as the authors' own code, at 5, which is step 6 at the default beta2. "
        "Until then the step is as long as the gradient is steep. By default epsilon is added before the bias "
        "correction, as in PyTorch; Optax adds it after."
    ),
    torch="torch.optim.RAdam",
    torch_arguments=_radam_in_torch,
)

RULES: tuple[Optimizer, ...] = (ADAMAX, NADAM, RADAM)
