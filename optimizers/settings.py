"""Hyperparameters that many rules share, empty memory, and typesetting: the vocabulary of the rules' definitions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizers.types import Array, Hyper, State
from settings import Hyperparameter

DECAY_STOPS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)


def learning_rate(default: float) -> Hyperparameter:
    return Hyperparameter(
        name="lr",
        symbol=r"\eta",
        default=default,
        meaning="Learning rate: how far a step goes.",
        low=1e-5,
        high=10.0,
        valid="[0, inf)",
        log=True,
    )


def decay(name: str, symbol: str, default: float, meaning: str) -> Hyperparameter:
    """The share of an exponential average that is kept at each step, in [0, 1)."""
    return Hyperparameter(
        name=name,
        symbol=symbol,
        default=default,
        meaning=meaning,
        low=0.0,
        high=0.9999,
        valid="[0, 1)",
        stops=DECAY_STOPS,
    )


def beta1(default: float = 0.9) -> Hyperparameter:
    return decay("beta1", r"\beta_1", default, "Share of the averaged gradient that is kept at each step.")


def beta2(default: float = 0.999) -> Hyperparameter:
    return decay("beta2", r"\beta_2", default, "Share of the averaged squared gradient that is kept at each step.")


def momentum(default: float = 0.9) -> Hyperparameter:
    return decay("momentum", r"\mu", default, "Share of the velocity that is kept at each step.")


def epsilon(default: float, meaning: str = "Small number that keeps the division from blowing up.") -> Hyperparameter:
    return Hyperparameter(
        name="eps",
        symbol=r"\epsilon",
        default=default,
        meaning=meaning,
        low=1e-12,
        high=1.0,
        valid="[0, inf)",
        log=True,
    )


def weight_decay(default: float = 0.0, *, decoupled: bool = False) -> Hyperparameter:
    how = "separately from the gradient" if decoupled else "through the gradient"
    return Hyperparameter(
        name="weight_decay",
        symbol=r"\lambda",
        default=default,
        meaning=f"Pull towards the origin, applied {how}.",
        low=0.0,
        high=1.0,
        valid="[0, inf)",
        log=True,
    )


def switch(name: str, symbol: str, default: bool, meaning: str) -> Hyperparameter:
    return Hyperparameter(name=name, symbol=symbol, default=default, meaning=meaning, kind="bool")


def zeros(*names: str) -> Callable[[Array, Hyper], State]:
    """An ``init`` that remembers nothing yet: a zero for each coordinate under each name."""

    def init(points: Array, hyper: Hyper) -> State:
        return {name: np.zeros_like(points) for name in names}

    return init


def aligned(*rows: str) -> str:
    """LaTeX of several equations, one a row, aligned at ``&``."""
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


ARMIJO_C1 = Hyperparameter(
    name="c1",
    symbol="c_1",
    default=1e-4,
    low=1e-6,
    high=0.4,
    valid="(0, 1)",
    log=True,
    meaning="Share of the decrease promised by the slope that a step must deliver.",
)
SHRINK = Hyperparameter(
    name="shrink",
    symbol=r"\beta",
    default=0.5,
    low=0.1,
    high=0.9,
    valid="(0, 1)",
    meaning="Factor by which a step that decreases too little is shortened.",
)
