"""Optimizers that no catalogue knows, each made in another way that a script must be able to write down."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from optimizers import Optimizer
from optimizers.rules import arithmetic
from optimizers.rules.momentum import velocity
from optimizers.rules.symmetric import norm as length
from optimizers.settings import beta1, learning_rate, zeros

_RATE = 0.01
norm = 0.5  # the name of a function elsewhere
_TABLE: dict[str, Callable[[float], float]] = {}


def _registered(function: Callable[[float], float]) -> Callable[[float], float]:
    _TABLE[function.__name__] = function
    return function


@_registered
def gentle(size: float) -> float:
    return math.tanh(size)


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*arguments: Any) -> Any:
        return function(*arguments)

    return inner


@functools.cache
def _falling(k: int, /, rate: float = _RATE, *, power: float = 0.5 * math.pi) -> float:
    return rate / (1 + k) ** (power / math.pi)


class Side(Enum):
    DOWN = 1.0
    UP = -1.0


class Move(NamedTuple):
    by: arithmetic.Array
    scale: float = 1.0


@dataclass(frozen=True)
class Ball:
    """A heavy ball as an object."""

    mu: float
    side: Side = Side.DOWN
    sizes: tuple[float, ...] = field(default=(1.0, 2.0))

    @property
    def scale(self) -> float:
        return self.sizes[0] * self.side.value

    def init(self, points, hyper):
        return {"m": np.zeros_like(points)}

    def step(self, objective, points, state, hyper, k):
        m = velocity(objective.gradient(points), state["m"], self.mu, 0.0, k)
        move = Move(m, self.scale)
        return points - hyper["lr"] * move.scale * move.by, {"m": m}


class Called:
    """A step with a setting of its own, called as a function."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.halved = [rate / 2]

    def __call__(self, objective, points, state, hyper, k):
        gradient = objective.gradient(points)
        return points - self.halved[0] * gradient / (length(gradient) + norm), {}


def clipped(limit: float, scale: Callable[[float], float], base: Callable[..., Any]) -> Callable[..., Any]:
    """A step around another one, with what it closes over."""
    half = np.array([limit, limit / 2])

    def step(objective, points, state, hyper, k):
        def shorter(move: Any) -> Any:
            root = np.abs(move).max()
            return move if root < limit else move / root * scale(limit)

        after, state = base(objective, points, state, hyper, k)
        return points + np.clip(shorter(after - points), -half, half), state

    return step


def _plain(objective, points, state, hyper, k, *, share: float = 1.0):
    low: float = share * _falling(k)
    tilted = [_TABLE[name](low) for name in _TABLE for _ in range(1)]
    return points - tilted[0] * objective.gradient(points) * Side.DOWN.value, state


@_counted
def _decorated(objective, points, state, hyper, k):
    return arithmetic.shrunk(points, _RATE, 0.1) - _RATE * np.sign(objective.gradient(points)), state


def _rule(key: str, init: Any, step: Any) -> Optimizer:
    return Optimizer(
        key=key,
        name=key.title(),
        idea="Made up.",
        latex="x",
        reference="None.",
        hyperparameters=(learning_rate(1e-3), beta1()),
        init=init,
        step=step,
    )


BALL = Ball(mu=0.5)
RULES = (
    _rule("factory", zeros("m"), clipped(0.05, _TABLE["gentle"], _plain)),
    _rule("partial", zeros(), functools.partial(_plain, share=0.5)),
    _rule("method", BALL.init, BALL.step),
    _rule("called", zeros(), Called(0.02)),
    _rule("decorated", zeros(), _decorated),
    _rule(
        "short",
        lambda points, hyper: {},
        lambda objective, points, state, hyper, k: (points - _RATE * objective.gradient(points), {}),
    ),
)
