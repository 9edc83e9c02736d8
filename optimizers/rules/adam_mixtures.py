r"""Adam with more than one memory of the gradient: Adan (and of its changes) and AdEMAMix (fast and slow)."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.adam import averages, corrections
from optimizers.rules.arithmetic import choose, each, exponential, logarithm, power, root, shrunk, smaller
from optimizers.second_moment import corrected
from optimizers.settings import aligned, beta1, beta2, decay, epsilon, learning_rate, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _adan(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    keep1, keep2, keep3, lr = hyper["beta1"], hyper["beta2"], hyper["beta3"], hyper["lr"]
    gradient = objective.gradient(points)
    change = choose(k == 0, np.zeros_like(gradient), gradient - state["g"])
    m = state["m"] + (1 - keep1) * (gradient - state["m"])
    d = state["d"] + (1 - keep2) * (change - state["d"])
    ahead = gradient + keep2 * change
    v = keep3 * state["v"] + (1 - keep3) * ahead * ahead
    scale = np.sqrt(v) / root(1 - power(keep3, k + 1)) + hyper["eps"]
    correction1, correction2 = 1 - power(keep1, k + 1), 1 - power(keep2, k + 1)
    points = points - lr / correction1 * (m / scale) - lr * keep2 / correction2 * (d / scale)
    points = points / (1 + lr * hyper["weight_decay"])
    return points, {"m": m, "d": d, "v": v, "g": gradient}


ADAN = Optimizer(
    key="adan",
    name="Adan",
    idea="Adam that also averages how the gradient changes, a Nesterov look-ahead without an extra gradient.",
    latex=aligned(
        r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t",
        r"d_{t+1} &= \beta_2 d_t + (1 - \beta_2)(g_t - g_{t-1})",
        r"v_{t+1} &= \beta_3 v_t + (1 - \beta_3)\bigl(g_t + \beta_2 (g_t - g_{t-1})\bigr)^2",
        r"x_{t+1} &= \frac{1}{1 + \eta\lambda}"
        r"\left(x_t - \eta\,\frac{\hat m + \beta_2 \hat d}{\sqrt{\hat v} + \epsilon}\right)",
    ),
    reference="Xie et al., arXiv:2208.06677",
    traits=Traits(first="leaky mean", second="leaky mean", bias_corrected=True, memory="4n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        beta1(0.98),
        decay("beta2", r"\beta_2", 0.92, "Share of the averaged change of gradient that is kept at each step."),
        decay("beta3", r"\beta_3", 0.99, "Share of the averaged squared gradient that is kept at each step."),
        epsilon(1e-8),
        weight_decay(0.0, decoupled=True),
    ),
    decoupled=True,
    init=zeros("m", "d", "v", "g"),
    step=_adan,
    moment=corrected("beta3"),
    notes=(
        "Betas are the shares kept, as in the authors' code; the paper's are the shares replaced (0.02, 0.08, 0.01). "
        "The averages are bias-corrected as in the code. Decay divides the point after the step."
    ),
)


def _slow_decay(keep1: Any, keep3: Any, share: Any) -> Any:
    """beta3 on its way up from beta1: the averages' half-lives grow evenly. share is the part of the warm-up done."""
    inverse = (1 - share) * (1 / logarithm(keep1)) + share / logarithm(keep3)
    return smaller(exponential(1 / inverse), keep3)


def _slow(keep1: Any, keep3: Any, alpha: Any, warmup: float, k: Any) -> tuple[Any, Any]:
    done = warmup <= 1 or warmup <= k + 1
    if done is True:
        return keep3, alpha
    share = (k + 1) / warmup
    return choose(done, keep3, _slow_decay(keep1, keep3, share)), choose(done, alpha, smaller(share * alpha, alpha))


def _ademamix(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = objective.gradient(points)
    m, v = averages(gradient, state, hyper)
    settings = (hyper["beta1"], hyper["beta3"], hyper["alpha"], hyper["t_alpha_beta3"])
    keep3, alpha = (each(lambda *values, part=part: _slow(*values, k=k)[part], *settings) for part in (0, 1))
    slow = state["m_slow"] + (1 - keep3) * (gradient - state["m_slow"])
    correction1, correction2 = corrections(hyper, k)
    scale = np.sqrt(v) / root(correction2) + hyper["eps"]
    origin = shrunk(points, hyper["lr"], hyper["weight_decay"])
    return origin - hyper["lr"] * ((m / correction1 + alpha * slow) / scale), {"m": m, "v": v, "m_slow": slow}


ADEMAMIX = Optimizer(
    key="ademamix",
    name="AdEMAMix",
    idea="Adam with a second, very slow momentum that remembers old gradients.",
    latex=aligned(
        r"m_{t+1} &= \beta_1 m_t + (1 - \beta_1)\, g_t, \quad v_{t+1} = \beta_2 v_t + (1 - \beta_2)\, g_t^2",
        r"s_{t+1} &= \beta_3 s_t + (1 - \beta_3)\, g_t",
        r"x_{t+1} &= (1 - \eta\lambda)\, x_t - \eta\,\frac{\hat m + \alpha\, s_{t+1}}{\sqrt{\hat v} + \epsilon}",
    ),
    reference="Pagliardini, Ablin and Grangier, arXiv:2409.03137",
    traits=Traits(first="two leaky means", second="leaky mean", bias_corrected=True, memory="3n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        beta1(),
        beta2(),
        Hyperparameter(
            name="beta3",
            symbol=r"\beta_3",
            default=0.9999,
            meaning="Share of the slow momentum that is kept at each step.",
            low=0.5,
            high=0.9999,
            valid="(0, 1)",
            stops=(0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999),
        ),
        Hyperparameter(
            name="alpha",
            symbol=r"\alpha",
            default=5.0,
            meaning="Weight of the slow momentum beside the fast one.",
            low=0.0,
            high=20.0,
            valid="[0, inf)",
        ),
        Hyperparameter(
            name="t_alpha_beta3",
            symbol=r"T_{\alpha,\beta_3}",
            default=0,
            meaning="Steps over which alpha and beta3 grow to their values; 0 for none.",
            kind="int",
            low=0,
            high=1000,
            valid="[0, inf)",
        ),
        epsilon(1e-8),
        weight_decay(0.0, decoupled=True),
    ),
    decoupled=True,
    init=zeros("m", "v", "m_slow"),
    step=_ademamix,
    moment=corrected(),
    notes=(
        "The slow momentum is not bias-corrected, as in the paper. At 0.9999 it has hardly begun after a few hundred "
        "steps."
    ),
)

RULES: tuple[Optimizer, ...] = (ADAN, ADEMAMIX)
