"""Cross-entropy against a smoothed target: probabilities, targets in both conventions, gradient, the least value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.losses.settings import LOGITS
from networks import softmax
from networks.losses import CONVENTIONS, LOSS_FUNCTIONS, entropy, smoothed
from numerals import readable

Array = NDArray[np.float64]
STILL = 1e-9
"""A gradient below this is rounding: nothing is pulled."""


@dataclass(frozen=True, kw_only=True)
class Smoothed:
    """logits, probabilities, target, gradient: ``(classes,)``; the gradient is by the logits, temperature included.

    other: the target in the other convention with the same epsilon, None where there it is none. value: of the
    cross-entropy. least: the target's entropy, which no probabilities can go below. true: counted from 0.
    """

    logits: Array = field(repr=False)
    probabilities: Array = field(repr=False)
    target: Array = field(repr=False)
    other: Array | None = field(repr=False)
    gradient: Array = field(repr=False)
    value: float
    least: float
    true: int
    temperature: float


def smoothed_of(values: Mapping[str, Any]) -> Smoothed:
    """What the part of cross-entropy shows."""
    classes, epsilon, convention = values["classes"], values["epsilon"], values["convention"]
    logits = np.array([values[name] for name in LOGITS[:classes]])
    true, temperature = values["true"] - 1, values["temperature"]
    target = smoothed(true, classes, epsilon, convention)
    loss = LOSS_FUNCTIONS["cross_entropy"]
    plain = loss.defaults()
    return Smoothed(
        logits=logits,
        probabilities=softmax(logits, temperature),
        target=target,
        other=_other(true, classes, epsilon, convention),
        gradient=loss.gradient(logits / temperature, target, plain) / temperature,
        value=float(loss.value(logits / temperature, target, plain)),
        least=float(entropy(target)),
        true=true,
        temperature=temperature,
    )


def _other(true: int, classes: int, epsilon: float, convention: str) -> Array | None:
    other = next(key for key in CONVENTIONS if key != convention)
    try:
        return smoothed(true, classes, epsilon, other)
    except ValueError:
        return None


def smoothed_sentence(view: Smoothed) -> str:
    """Value, floor and the steepest logit in numbers."""
    given, wanted = view.probabilities[view.true], view.target[view.true]
    steepest = int(np.abs(view.gradient).argmax())
    way = "down" if view.gradient[steepest] > 0 else "up"
    pull = float(np.abs(view.gradient).max())
    still = "No logit is pulled anywhere" if pull < STILL else f"Most is pulled {way} logit {steepest + 1}"
    by = "" if pull < STILL else f", by {readable(pull)}"
    return (
        f"The loss is {readable(view.value)}; with this target it cannot go below {readable(view.least)}. "
        f"The true class has {readable(float(given))}, its target is {readable(float(wanted))}. {still}{by}."
    )
