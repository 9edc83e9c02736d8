"""Rules made for weight matrices, on a point of the plane: Shampoo and Muon.

Shampoo (Gupta, Koren and Singer 2018) preconditions each axis of a tensor; a vector has one axis, so one 2x2 matrix L
and the power -1/2, which is full-matrix Adagrad. The inverse root has a closed form: for the symmetric positive
L = [[a, b], [b, c]] with s = sqrt(det L) and t = sqrt(a + c + 2 s) it is [[c + s, -b], [-b, a + s]] / (s t).

Muon (Jordan et al. 2024) replaces the momentum matrix by the nearest orthogonal one. A point is a 1x2 matrix here; its
nearest one is the vector at length 1. Newton and Schulz's iteration, with Muon's coefficients, only comes
near: each of its steps maps the singular value z to 3.4445 z - 4.775 z^3 + 2.0315 z^5.
"""

from __future__ import annotations

import numpy as np

from optimizers.rules.arithmetic import each, norm, nowhere, shrunk, with_decay
from optimizers.settings import aligned, epsilon, learning_rate, momentum, switch, weight_decay, zeros
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter


def _shampoo_init(points: Array, hyper: Hyper) -> State:
    return {"L": (np.zeros_like(points) + hyper["eps"])[..., None] * np.eye(2)}


def _shampoo(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    gradient = with_decay(objective.gradient(points), points, hyper["weight_decay"])
    preconditioner = state["L"] + gradient[..., :, None] * gradient[..., None, :]
    a, b, c = preconditioner[..., 0, :1], preconditioner[..., 0, 1:], preconditioner[..., 1, 1:]
    s = np.sqrt(a * c - b * b)
    t = np.sqrt(a + c + 2 * s)
    other = gradient[..., ::-1]
    direction = (np.concatenate([c + s, a + s], axis=-1) * gradient - b * other) / (s * t)
    return points - hyper["lr"] * direction, {"L": preconditioner}


SHAMPOO = Optimizer(
    key="shampoo",
    name="Shampoo",
    idea="Multiply the gradient by the inverse root of the sum of all its outer products so far.",
    latex=aligned(
        r"L_{t+1} &= L_t + g_t g_t^{\mathsf T}, \quad L_0 = \epsilon I",
        r"x_{t+1} &= x_t - \eta\, L_{t+1}^{-1/2} g_t",
    ),
    reference="Gupta, Koren and Singer, ICML 2018, arXiv:1802.09568",
    traits=Traits(second="sum of matrices", memory="n²", cost="n³"),
    hyperparameters=(
        learning_rate(1e-3),
        epsilon(1e-6, "Multiple of the identity that the preconditioner starts from."),
        weight_decay(),
    ),
    init=_shampoo_init,
    step=_shampoo,
    notes=(
        "A vector has one axis, so the power is -1/2 and the rule is full-matrix Adagrad: unlike Adagrad it follows a "
        "rotated valley as well as an upright one. On a matrix each of the two axes would get the power -1/4."
    ),
)

_A, _B, _C = 3.4445, -4.7750, 2.0315


def _newton_schulz(sigma: float, steps: float) -> float:
    """What the iteration multiplies a matrix of one singular value ``sigma`` by."""
    gain = 1.0
    for _ in range(int(steps)):
        square = sigma * sigma
        factor = _A + _B * square + _C * (square * square)
        gain, sigma = gain * factor, sigma * factor
    return gain


def _muon(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    mu, eps, steps = hyper["momentum"], hyper["eps"], hyper["ns_steps"]
    gradient = objective.gradient(points)
    m = state["m"] + (1 - mu) * (gradient - state["m"])
    update = gradient + mu * (m - gradient) if hyper["nesterov"] else m
    length = norm(update)
    divisor = np.maximum(length, eps)
    gain = each(_newton_schulz, 1.0, steps)
    tiny = length < eps
    if not nowhere(tiny):
        gain = np.where(tiny, each(_newton_schulz, np.where(tiny, length / divisor, 1.0), steps), gain)
    origin = shrunk(points, hyper["lr"], hyper["weight_decay"])
    return origin - hyper["lr"] * (gain * (update / divisor)), {"m": m}


MUON = Optimizer(
    key="muon",
    name="Muon",
    idea="Replace the momentum by the nearest orthogonal matrix; for a point, a step of fixed length.",
    latex=aligned(
        r"m_{t+1} &= \mu m_t + (1 - \mu)\, g_t",
        r"u &= \mu m_{t+1} + (1 - \mu)\, g_t \text{ (Nesterov), else } m_{t+1}",
        r"x_{t+1} &= (1 - \eta\lambda)\, x_t"
        r" - \eta\, \mathrm{NS}_n\!\left(\frac{u}{\max(\lVert u \rVert, \epsilon)}\right)",
    ),
    reference="Jordan et al., Muon (2024), https://kellerjordan.github.io/posts/muon/",
    traits=Traits(first="leaky sum", memory="n", cost="n√n"),
    hyperparameters=(
        learning_rate(1e-3),
        momentum(0.95),
        switch("nesterov", r"\mathrm{nesterov}", True, "Mix the newest gradient into the momentum once more."),
        weight_decay(0.1, decoupled=True),
        epsilon(1e-7, "Momentum shorter than this is not brought to full length."),
        Hyperparameter(
            name="ns_steps",
            symbol="n",
            default=5,
            meaning="Newton-Schulz steps towards the orthogonal matrix; 0 normalizes exactly.",
            kind="int",
            low=0,
            high=10,
            valid="[0, 99]",
        ),
    ),
    decoupled=True,
    init=zeros("m"),
    step=_muon,
    notes=(
        "A point is taken as a 1x2 matrix. Its one singular value is its length, so the orthogonalized momentum is "
        "the vector at length 1. Every step is equally long, however steep the slope. Five Newton-Schulz steps make "
        "that length 0.70 instead of 1. PyTorch does them in bfloat16, which also bends the direction by up to a "
        "hundredth; this does not."
    ),
    torch="torch.optim.Muon",
    torch_moves_points=False,
    torch_arguments=lambda hyper: {
        name: hyper[name] for name in ("lr", "weight_decay", "momentum", "nesterov", "eps", "ns_steps")
    },
)

RULES: tuple[Optimizer, ...] = (SHAMPOO, MUON)
