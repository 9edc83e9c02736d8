"""Rules that average points: ASGD at the end of a run, Lookahead every few steps, schedule-free all the time."""

from __future__ import annotations

import numpy as np

from optimizers.rules.adam import adam_step
from optimizers.rules.arithmetic import power, with_decay
from optimizers.rules.momentum import velocity
from optimizers.rules.sharpness import rho, sam_step
from optimizers.second_moment import corrected
from optimizers.settings import aligned, beta1, beta2, decay, epsilon, learning_rate, momentum, weight_decay
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _asgd_init(points: Array, hyper: Hyper) -> State:
    return {"average": points.copy(), "eta": np.zeros((*points.shape[:-1], 1)) + hyper["lr"]}


def _asgd(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    eta, lambd = state["eta"], hyper["lambd"]
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    points = points * (1 - lambd * eta) - eta * gradient
    share = 1 / np.maximum(1.0, k - hyper["t0"])
    average = np.where(share == 1, points, state["average"] + (points - state["average"]) * share)
    following = hyper["lr"] / power(1 + lambd * hyper["lr"] * (k + 1), hyper["alpha"])
    return points, {"average": average, "eta": np.zeros_like(eta) + following}


ASGD = Optimizer(
    key="asgd",
    name="Averaged SGD",
    idea="SGD with a slowly falling rate that also keeps the average of its points.",
    latex=aligned(
        r"x_{t+1} &= (1 - \Lambda\eta_t)\, x_t - \eta_t\, g_t, \quad"
        r" \eta_t = \frac{\eta}{(1 + \Lambda\eta t)^{\alpha}}",
        r"\bar x_{t+1} &= \bar x_t + \frac{x_{t+1} - \bar x_t}{\max(1,\, t - t_0)}",
    ),
    reference="Polyak and Juditsky, SIAM J. Control Optim. 30 (1992); Bottou, NIPS 2011 workshop",
    traits=Traits(memory="n", cost="n"),
    hyperparameters=(
        learning_rate(1e-2),
        Hyperparameter(
            name="lambd",
            symbol=r"\Lambda",
            default=1e-4,
            meaning="Pull towards the origin; it also sets how fast the rate falls.",
            low=0.0,
            high=1.0,
            valid="[0, inf)",
            log=True,
        ),
        Hyperparameter(
            name="alpha",
            symbol=r"\alpha",
            default=0.75,
            meaning="Power with which the rate falls.",
            low=0.0,
            high=1.0,
            valid="[0, inf)",
        ),
        Hyperparameter(
            name="t0",
            symbol="t_0",
            default=1e6,
            meaning="Step at which averaging starts; before it the average is the point itself.",
            low=0.0,
            high=1e6,
            valid="[0, inf)",
            log=True,
        ),
        weight_decay(),
    ),
    init=_asgd_init,
    step=_asgd,
    notes=(
        "The path drawn is the iterate, as PyTorch trains it; the average is in the memory. PyTorch's default t0 of a "
        "million means no averaging in any run shown here. PyTorch keeps its rate in float32 unless the default type "
        "is float64."
    ),
    torch="torch.optim.ASGD",
    torch_arguments=lambda hyper: {name: hyper[name] for name in ("lr", "lambd", "alpha", "t0", "weight_decay")},
)


def _lookahead_init(points: Array, hyper: Hyper) -> State:
    names = {"sgd": ("m",), "adam": ("m", "v"), "sam": ("m", "climb")}[hyper["base"]]
    return {"slow": points.copy(), **{name: np.zeros_like(points) for name in names}}


def _lookahead(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    slow = state["slow"]
    if hyper["base"] == "adam":
        fast, memory = adam_step(points, objective.gradient(points), state, hyper, k)
    elif hyper["base"] == "sam":
        fast, memory = sam_step(objective, points, state, {**hyper, "weight_decay": 0.0, "adaptive": False}, k)
    else:
        m = velocity(objective.gradient(points), state["m"], hyper["momentum"], 0.0, k)
        fast, memory = points - hyper["lr"] * m, {"m": m}
    due = (k + 1) % hyper["k"] == 0
    if due is True:
        fast = slow = slow + hyper["alpha"] * (fast - slow)
    elif due is not False:
        slow = np.where(due, slow + hyper["alpha"] * (fast - slow), slow)
        fast = np.where(due, slow, fast)
    return fast, {"slow": slow, **memory}


LOOKAHEAD = Optimizer(
    key="lookahead",
    name="Lookahead",
    idea="Run fast for k steps, then jump back part of the way to where that run began.",
    latex=aligned(
        r"x_{t+1} &= \text{base step}(x_t)",
        r"s &\leftarrow s + \alpha\,(x_{t+1} - s), \quad x_{t+1} \leftarrow s \quad\text{every } k \text{ steps}",
    ),
    reference="Zhang et al., NeurIPS 2019, arXiv:1907.08610",
    traits=Traits(first="leaky sum", memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(1e-3),
        Hyperparameter(
            name="base",
            symbol=r"\mathrm{base}",
            default="sgd",
            meaning="The rule that runs fast: SGD with momentum, Adam, or SAM with momentum.",
            kind="choice",
            choices=("sgd", "adam", "sam"),
        ),
        Hyperparameter(
            name="k",
            symbol="k",
            default=5,
            meaning="Fast steps from one pull back to the next.",
            kind="int",
            low=1,
            high=50,
            valid="[1, inf)",
        ),
        Hyperparameter(
            name="alpha",
            symbol=r"\alpha",
            default=0.5,
            meaning="How much of the fast run is kept at each pull back.",
            low=0.0,
            high=1.0,
            valid="[0, 1]",
        ),
        momentum(),
        beta1(),
        beta2(),
        epsilon(1e-8),
        rho(),
    ),
    init=_lookahead_init,
    step=_lookahead,
    name_of=lambda hyper: {"sgd": "Lookahead", "adam": "Lookahead around Adam", "sam": "Lookahead around SAM"}[
        hyper["base"]
    ],
    notes=(
        "Momentum belongs to the bases sgd and sam; beta1, beta2 and eps to the base adam; rho to sam. The base's "
        "memory is kept through the pull back, one of the paper's options. Lookahead around SAM is SAM run fast and "
        "pulled back; Lookahead-SAM (Yu et al., ICML 2024), which extrapolates within a step of SAM, is another rule."
    ),
)


def _schedule_free_init(points: Array, hyper: Hyper) -> State:
    one = np.zeros((*points.shape[:-1], 1))
    return {"z": points.copy(), "v": np.zeros_like(points), "weight_sum": one, "lr_max": one.copy()}


def _schedule_free(objective: MeteredObjective, x: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    z, keep1, keep2 = state["z"], hyper["beta1"], hyper["beta2"]
    y = z + keep1 * (x - z)
    gradient = objective.gradient(y)
    v = keep2 * state["v"] + (1 - keep2) * gradient * gradient
    direction = gradient / (np.sqrt(v / (1 - power(keep2, k + 1))) + hyper["eps"])
    direction = with_decay(direction, y, hyper["weight_decay"])
    lr = hyper["lr"] * np.minimum(1.0, (k + 1) / np.maximum(1, hyper["warmup_steps"]))
    lr_max = np.maximum(state["lr_max"], lr)
    weight = power(k + 1.0, hyper["r"]) * power(lr_max, hyper["weight_lr_power"])
    total = state["weight_sum"] + weight
    share = weight / np.where(total > 0, total, 1.0)
    z = z - lr * direction
    return x + share * (z - x), {"z": z, "v": v, "weight_sum": total, "lr_max": lr_max}


SCHEDULE_FREE_ADAMW = Optimizer(
    key="schedule_free_adamw",
    name="Schedule-free AdamW",
    idea="Run Adam, keep the running average of its points, and take gradients between the two.",
    latex=aligned(
        r"y_t &= (1 - \beta_1)\, z_t + \beta_1\, x_t",
        r"z_{t+1} &= z_t - \eta \left(\frac{\nabla f(y_t)}{\sqrt{\hat v_{t+1}} + \epsilon} + \lambda y_t\right)",
        r"x_{t+1} &= (1 - c_t)\, x_t + c_t\, z_{t+1}, \quad c_t = \frac{w_t}{\sum_{i \le t} w_i},"
        r"\ w_t = (t + 1)^r \eta_{\max}^{\,p}",
    ),
    reference="Defazio et al., arXiv:2405.15682",
    traits=Traits(second="leaky mean", bias_corrected=True, memory="2n", cost="n"),
    hyperparameters=(
        learning_rate(2.5e-3),
        decay("beta1", r"\beta_1", 0.9, "How close to the average the gradient is taken."),
        beta2(),
        epsilon(1e-8),
        weight_decay(),
        Hyperparameter(
            name="warmup_steps",
            symbol="W",
            default=0,
            meaning="Steps of linear warm-up.",
            kind="int",
            low=0,
            high=500,
            valid="[0, inf)",
        ),
        Hyperparameter(
            name="r",
            symbol="r",
            default=0.0,
            meaning="Power of the step that weights later points more in the average.",
            low=0.0,
            high=10.0,
            valid="[0, inf)",
        ),
        Hyperparameter(
            name="weight_lr_power",
            symbol="p",
            default=2.0,
            meaning="Power of the largest rate so far that weights a point in the average.",
            low=0.0,
            high=4.0,
            valid="[0, inf)",
        ),
    ),
    init=_schedule_free_init,
    step=_schedule_free,
    moment=corrected(),
    notes=(
        "The path drawn is x, the average, which is what is used in the end; the gradient is taken at y, and z, the "
        "sequence that Adam moves, is in the memory. Weight decay acts at y."
    ),
)

RULES: tuple[Optimizer, ...] = (ASGD, LOOKAHEAD, SCHEDULE_FREE_ADAMW)
