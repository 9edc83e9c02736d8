"""Gradient descent and its momentum forms.

Plain descent is x <- x - lr g with the gradient g at x. Momentum steps along a decaying sum of gradients,
m <- mu m + g (Polyak 1964), or along a decaying average, m <- mu m + (1 - mu) g. The two are the same path once the
averaged form has the rate lr / (1 - mu).
"""

from __future__ import annotations

from typing import Any

from optimizers.rules.arithmetic import choose, with_decay
from optimizers.settings import aligned, learning_rate, momentum, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _sgd(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    return points - hyper["lr"] * gradient, state


SGD = Optimizer(
    key="sgd",
    name="SGD",
    idea="Step straight down the gradient.",
    latex=r"x_{t+1} = x_t - \eta\,(g_t + \lambda x_t)",
    reference="Cauchy, Comptes rendus 25 (1847); Robbins and Monro, Ann. Math. Statist. 22 (1951)",
    traits=Traits(memory="0", cost="n"),
    hyperparameters=(learning_rate(1e-3), weight_decay()),
    init=zeros(),
    step=_sgd,
    notes="Without gradient noise this is plain gradient descent (GD).",
    torch="torch.optim.SGD",
    torch_arguments=lambda hyper: {"lr": hyper["lr"], "weight_decay": hyper["weight_decay"]},
)


def velocity(gradient: Array, m: Array, mu: Any, dampening: Any, k: int) -> Array:
    """PyTorch's momentum buffer after step k: the first step, and a momentum of zero, take the gradient undamped."""
    first = k == 0
    undamped = first if first is True else first | (mu == 0)
    if undamped is True:
        return gradient
    if type(dampening) is float and not dampening:
        return mu * m + gradient
    return mu * m + choose(undamped, 1.0, 1 - dampening) * gradient


def _momentum(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m = velocity(gradient, state["m"], hyper["momentum"], hyper["dampening"], k)
    return points - hyper["lr"] * m, {"m": m}


MOMENTUM = Optimizer(
    key="momentum",
    name="Momentum",
    idea="Roll like a heavy ball: gradients add up to a velocity that friction slowly eats.",
    latex=aligned(
        r"m_{t+1} &= \mu m_t + (1 - \tau)(g_t + \lambda x_t), \quad m_1 = g_0 + \lambda x_0",
        r"x_{t+1} &= x_t - \eta\, m_{t+1}",
    ),
    reference="Polyak, USSR Comput. Math. Math. Phys. 4 (1964)",
    traits=Traits(first="leaky sum", memory="n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        momentum(),
        Hyperparameter(
            name="dampening",
            symbol=r"\tau",
            default=0.0,
            meaning="Share of each new gradient that is left out of the velocity.",
            valid="(-inf, inf)",
        ),
        weight_decay(),
    ),
    init=zeros("m"),
    step=_momentum,
    notes=(
        "PyTorch's form: the velocity is a sum of gradients, without (1 - momentum). At 0.9 it steps ten times as far "
        "as the averaged form at the same rate. PyTorch does not dampen the first step, nor anything while momentum "
        "is 0; neither does this. PyTorch's own default momentum is 0, which is SGD."
    ),
    torch="torch.optim.SGD",
    torch_arguments=lambda hyper: {name: hyper[name] for name in ("lr", "momentum", "dampening", "weight_decay")},
)


def _momentum_ema(
    objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int
) -> tuple[Array, State]:
    mu = hyper["momentum"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m = mu * state["m"] + (1 - mu) * gradient
    return points - hyper["lr"] * m, {"m": m}


MOMENTUM_EMA = Optimizer(
    key="momentum_ema",
    name="Momentum (averaged)",
    idea="Step along an exponential average of the gradients.",
    latex=aligned(
        r"m_{t+1} &= \mu m_t + (1 - \mu)(g_t + \lambda x_t), \quad m_0 = 0",
        r"x_{t+1} &= x_t - \eta\, m_{t+1}",
    ),
    reference="Polyak 1964, in the form of Kingma and Ba's first moment, arXiv:1412.6980",
    traits=Traits(first="leaky mean", memory="n", cost="n"),
    hyperparameters=(learning_rate(1e-2), momentum(), weight_decay()),
    init=zeros("m"),
    step=_momentum_ema,
    notes=(
        "Equals momentum at (1 - momentum) times the rate. PyTorch with dampening = momentum is the same but for the "
        "first step. PyTorch takes that with the whole gradient, this form with (1 - momentum) of it."
    ),
)


def _nesterov(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    mu = hyper["momentum"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    m = mu * state["m"] + gradient
    return points - hyper["lr"] * (gradient + mu * m), {"m": m}


def _behind(points: Array, state: State, hyper: Hyper) -> Array:
    """Nesterov's own sequence: its momentum step leads to the point where the gradient is taken."""
    return points + hyper["lr"] * hyper["momentum"] * state["m"]


NESTEROV = Optimizer(
    key="nesterov",
    name="Nesterov",
    idea="Momentum that looks ahead: it corrects the velocity with the slope where it is about to be.",
    latex=aligned(
        r"m_{t+1} &= \mu m_t + g_t + \lambda x_t",
        r"x_{t+1} &= x_t - \eta\,(g_t + \lambda x_t + \mu m_{t+1})",
    ),
    reference="Nesterov, Soviet Math. Dokl. 27 (1983); Sutskever et al., ICML 2013",
    traits=Traits(first="leaky sum", memory="n", cost="n"),
    hyperparameters=(learning_rate(1e-3), momentum(), weight_decay()),
    init=zeros("m"),
    step=_nesterov,
    own=_behind,
    notes=(
        "PyTorch's form: the points drawn are the look-ahead points, where the gradient is taken, so one gradient a "
        "step is enough. Nesterov's own sequence lies one velocity behind them; his momentum also grows with the "
        "step."
    ),
    torch="torch.optim.SGD",
    torch_arguments=lambda hyper: {
        "lr": hyper["lr"],
        "momentum": hyper["momentum"],
        "weight_decay": hyper["weight_decay"],
        # PyTorch refuses Nesterov without momentum, where the two are plain SGD.
        "nesterov": hyper["momentum"] > 0,
    },
)

RULES: tuple[Optimizer, ...] = (SGD, MOMENTUM, MOMENTUM_EMA, NESTEROV)
