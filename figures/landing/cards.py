"""The pictures of the pages without races: functions, signals through depth, rings of a loss, valleys of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from figures.landing.lines import SmallLine, lines_svg
from figures.theme import BLUE, DASHED, DOTTED, GREEN, ORANGE, PURPLE, VERMILLION
from networks import ACTIVATIONS
from networks.losses import LOSS_FUNCTIONS
from networks.mean_field import variance_map
from settings import complete

_DEPTH = 16


def subject_svg(subject: str, dark: bool) -> str:
    """The picture of a page, a key of ``SUBJECTS``."""
    return lines_svg(SUBJECTS[subject](), dark=dark)


def _activations() -> list[SmallLine]:
    x = np.linspace(-3, 3, 121)
    looks = {"sigmoid": (ORANGE, DOTTED), "tanh": (BLUE, DASHED), "relu": (GREEN, ()), "gelu": (VERMILLION, ())}
    return [
        SmallLine(x=x, y=np.clip(_value(key, x), -1.2, 1.6), color=color, dash=dash)
        for key, (color, dash) in looks.items()
    ]


def _value(key: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
    activation = ACTIVATIONS[key]
    return np.asarray(activation.value(x, complete(key, activation.hyperparameters, {})), dtype=np.float64)


def _initialization() -> list[SmallLine]:
    """Spread of the signal by layer of a tanh network whose weights are small, right and large."""
    tanh = ACTIVATIONS["tanh"]
    lines = []
    for sigma, color, dash in ((0.6, ORANGE, DOTTED), (1.05, GREEN, ()), (2.5, VERMILLION, DASHED)):
        spreads = [1.0]
        for _ in range(_DEPTH):
            spreads.append(float(variance_map(tanh, {}, spreads[-1], sigma, 0.0)))
        lines.append(SmallLine(x=np.arange(_DEPTH + 1), y=np.log(spreads), color=color, dash=dash))
    return lines


def _normalization() -> list[SmallLine]:
    """Rings of a loss before and after whitening."""
    angle = np.linspace(0, 2 * np.pi, 90)
    lines = []
    for size in (0.35, 0.65, 0.95):
        long, short = 1.15 * size * np.cos(angle), 0.3 * size * np.sin(angle)
        turned = (0.8 * long - 0.6 * short, 0.6 * long + 0.8 * short)
        lines.append(SmallLine(x=turned[0] - 1.4, y=turned[1], color=VERMILLION, dash=DASHED))
        lines.append(SmallLine(x=0.75 * size * np.cos(angle) + 1.1, y=0.75 * size * np.sin(angle), color=GREEN))
    return lines


def _losses() -> list[SmallLine]:
    """The square, the size and Huber's loss over the error."""
    error = np.linspace(-3, 3, 121)
    looks = {"mse": (VERMILLION, ()), "mae": (BLUE, DASHED), "huber": (GREEN, ())}
    lines = []
    for key, (color, dash) in looks.items():
        loss = LOSS_FUNCTIONS[key]
        height = loss.value(error, np.zeros_like(error), loss.defaults())
        low = height <= 3.2
        lines.append(SmallLine(x=error[low], y=height[low], color=color, dash=dash))
    return lines


def _neuron() -> list[SmallLine]:
    """The costs of an answer to a yes and to a no."""
    answer = np.linspace(0.02, 0.98, 121)
    return [
        SmallLine(x=answer, y=-np.log(answer), color=PURPLE),
        SmallLine(x=answer, y=-np.log(1 - answer), color=GREEN, dash=DASHED),
    ]


def _derivatives() -> list[SmallLine]:
    """The error of differences of sin at 1 over the step, on logarithmic axes."""
    h = np.logspace(-15, 0, 91)
    forward = (np.sin(1 + h) - np.sin(1)) / h
    central = (np.sin(1 + h) - np.sin(1 - h)) / (2 * h)
    errors = [np.log10(np.maximum(np.abs(each - np.cos(1)), 1e-13)) for each in (forward, central)]
    looks = ((VERMILLION, ()), (BLUE, DASHED))
    return [
        SmallLine(x=np.log10(h), y=error, color=color, dash=dash)
        for error, (color, dash) in zip(errors, looks, strict=True)
    ]


def _generalization() -> list[SmallLine]:
    """Bias that falls, variance that rises, and their sum over the capacity."""
    capacity = np.linspace(0, 1, 121)
    bias, variance = 1.6 * np.exp(-4 * capacity), 0.06 * np.exp(3.2 * capacity)
    return [
        SmallLine(x=capacity, y=bias, color=ORANGE, dash=DASHED),
        SmallLine(x=capacity, y=variance, color=GREEN, dash=DOTTED),
        SmallLine(x=capacity, y=bias + variance, color=VERMILLION),
    ]


def _surface() -> list[SmallLine]:
    """The loss from one run to another: over the hill between them, and along a trained curve around it."""
    share = np.linspace(0, 1, 121)
    valley = 0.5 * (2 * share - 1) ** 2
    return [
        SmallLine(x=share, y=0.4 - valley * 0.4 + 1.2 * np.sin(np.pi * share) ** 2, color=VERMILLION, dash=DASHED),
        SmallLine(x=share, y=0.2 + 0.12 * np.cos(4 * np.pi * share), color=BLUE),
    ]


SUBJECTS: Mapping[str, Callable[[], list[SmallLine]]] = {
    "activations": _activations,
    "initialization": _initialization,
    "normalization": _normalization,
    "neuron": _neuron,
    "losses": _losses,
    "derivatives": _derivatives,
    "generalization": _generalization,
    "surface": _surface,
}
"""The pages that a card with a picture leads to, by their names in an address."""
