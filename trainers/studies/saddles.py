"""Critical points in few to many dimensions: of random functions and of small networks, found by the gradient's norm.

Bray and Dean 2007 (PRL 98, 150201) for Gaussian random functions; Dauphin et al. 2014 (arXiv:1406.2572) for networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from settings import Setting, choice, whole
from trainers.allowances import Size

if TYPE_CHECKING:
    from torch import Tensor

Values = Mapping[str, Any]
SADDLE_SOURCES = ("functions", "networks")
SADDLE_DIMENSIONS = (1, 2, 3, 4, 6, 8, 12, 16)
SADDLE_UNITS = (1, 2, 3, 4, 5)  # hidden units of the networks
POINTS = 100  # starts in each dimension
FLAT = 1e-6  # of the largest eigenvalue: what is smaller bends neither way
_CLOSE, _ROUNDS = 1e-8, 200
_HEIGHTS, _APART = 6, 40  # of the starts in a network: as many, each so many steps of gradient descent below the last
_ROWS, _DECAY = 30, 1e-3  # of the networks: rows, and L2, without which they have flat directions everywhere

SETTINGS: tuple[Setting, ...] = (
    choice("source", SADDLE_SOURCES, "Whose critical points are looked for."),
    whole("seed", 0, 0, 9999, "Draws the function or the rows, and the starts."),
)


def cells(values: Values) -> tuple[str, ...]:
    """Every dimension: of the input of a random function, or of the weights of a network."""
    if values["source"] == "functions":
        return tuple(map(str, SADDLE_DIMENSIONS))
    return tuple(str(weights_of(units)) for units in SADDLE_UNITS)


def weights_of(units: int) -> int:
    """How many weights a network of one input, so many hidden units and one answer has."""
    return 3 * units + 1


def largest(values: Values) -> Size:
    """The function of most numbers, which has no rows, or the widest network, which descends first."""
    if values["source"] == "functions":
        return Size(parameters=SADDLE_DIMENSIONS[-1], rows=0, epochs=_ROUNDS)
    return Size(parameters=weights_of(SADDLE_UNITS[-1]), rows=_ROWS, epochs=_APART * (_HEIGHTS - 1) + _ROUNDS)


def cell(values: Values, name: str, told: Callable[[float], None]) -> dict[str, Any]:
    """One dimension: of every critical point ``heights`` and ``eigenvalues`` (ascending), and how many were ``sought``.

    Heights of a random function are divided by the root of the dimension; those of a network are its loss.
    """
    import torch

    n, seed = int(name), values["seed"]
    generator = torch.Generator().manual_seed(7919 * seed + n)
    if values["source"] == "functions":
        value, gradient, hessian = random_function(n, generator)
        starts = 100 * torch.randn(POINTS, n, generator=generator, dtype=torch.float64)
        scale = math.sqrt(n)
    else:
        value, gradient, hessian = network_loss((n - 1) // 3, seed)
        starts = _descended(gradient, torch.randn(POINTS, n, generator=generator, dtype=torch.float64))
        scale = 1.0
    points = critical_points(gradient, hessian, starts, told)
    heights = (value(points) / scale).tolist() if len(points) else []
    eigenvalues = torch.linalg.eigvalsh(hessian(points)).tolist() if len(points) else []
    return {
        "sought": POINTS,
        "heights": [float(f"{height:.5g}") for height in heights],
        "eigenvalues": [[float(f"{one:.5g}") for one in each] for each in eigenvalues],
    }


Function = Callable[["Tensor"], "Tensor"]


def random_function(n: int, generator: Any) -> tuple[Function, Function, Function]:
    """A Gaussian random function of ``n`` numbers with covariance exp(-r^2 / 2): its value, gradient and Hessian.

    Points are ``(points, n)``. It is a sum of many random cosines (Rahimi and Recht 2007), a Gaussian to their number.
    """
    import torch

    count = 256 + 32 * n
    turns = torch.randn(count, n, generator=generator, dtype=torch.float64)
    shifts = 2 * math.pi * torch.rand(count, generator=generator, dtype=torch.float64)
    size = math.sqrt(2 / count)

    def value(x: Tensor) -> Tensor:
        return size * torch.cos(x @ turns.T + shifts).sum(1)

    def gradient(x: Tensor) -> Tensor:
        return -size * torch.sin(x @ turns.T + shifts) @ turns

    def hessian(x: Tensor) -> Tensor:
        waves = torch.cos(x @ turns.T + shifts)
        return -size * (waves[:, None, :] * turns.T) @ turns

    return value, gradient, hessian


def network_loss(units: int, seed: int) -> tuple[Function, Function, Function]:
    """Half the mean squared error and L2 of a tanh network on rows of a noisy sine: its value, gradient and Hessian.

    Points are ``(points, 3 units + 1)``: first weights, first biases, second weights, second bias.
    """
    import torch
    from torch.func import grad, jacrev, vmap

    drawn = torch.Generator().manual_seed(seed)
    x = 4 * torch.rand(_ROWS, generator=drawn, dtype=torch.float64) - 2
    y = torch.sin(2 * x) + 0.3 * torch.randn(_ROWS, generator=drawn, dtype=torch.float64)

    def loss(weights: Tensor) -> Tensor:
        first, shift, second = weights[: 3 * units].view(3, units)
        error = torch.tanh(x[:, None] * first + shift) @ second + weights[-1] - y
        return error.square().mean() / 2 + _DECAY / 2 * weights.square().sum()

    return vmap(loss), vmap(grad(loss)), vmap(jacrev(grad(loss)))


def _descended(gradient: Function, starts: Tensor) -> Tensor:
    """The starts, each after another number of steps of gradient descent, so that there are high and low ones."""
    import torch

    wanted = torch.arange(len(starts)) % _HEIGHTS * _APART
    points = starts
    for step in range(int(wanted.max())):
        points = points - 0.2 * gradient(points) * (wanted > step)[:, None]
    return points


def critical_points(
    gradient: Function, hessian: Function, starts: Tensor, told: Callable[[float], None] = lambda share: None
) -> Tensor:
    """Where the gradient ends up at 0, from each start that gets there, ``(points, n)``.

    Half the squared norm of the gradient is minimised by Levenberg's and Marquardt's method, with the exact Hessian as
    the gradient's Jacobian; minima, maxima and saddles attract alike. Starts that stay where the norm is least, but not
    0, are left out.
    """
    import torch

    points = starts.clone()
    slope = gradient(points)
    norm = slope.norm(dim=1)
    damping = torch.full_like(norm, 0.01)
    for number in range(_ROUNDS):
        open_ = (norm > _CLOSE).nonzero()[:, 0]
        told(max(number / _ROUNDS, 1 - len(open_) / len(points)))
        if not len(open_):
            break
        values, vectors = torch.linalg.eigh(hessian(points[open_]))
        along = (vectors.mT @ slope[open_, :, None])[..., 0]
        step = -(vectors @ (values / (values.square() + damping[open_, None]) * along)[..., None])[..., 0]
        step = step * torch.clamp(1 / step.norm(dim=1, keepdim=True), max=1)
        there = points[open_] + step
        slope_there = gradient(there)
        better = slope_there.norm(dim=1) < norm[open_]
        moved = open_[better]
        points[moved], slope[moved] = there[better], slope_there[better]
        norm[moved] = slope_there[better].norm(dim=1)
        damping[open_] = torch.where(better, damping[open_] / 4, damping[open_] * 4).clamp(1e-16, 1e4)
    return points[norm <= _CLOSE]
