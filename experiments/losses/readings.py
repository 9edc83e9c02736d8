"""Each loss read at one error or one logit: value and slope, and what to see in them in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.losses.settings import CLASSIFICATION, REGRESSION
from networks.losses import LOSS_FUNCTIONS
from numerals import readable


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Value and slope of a loss at one prediction."""

    key: str
    value: float
    slope: float


def shown_losses(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The regression losses whose curves are drawn: those that are switched on, and the one that is chosen."""
    return tuple(key for key in REGRESSION if values[key] or key == values["loss"])


def hyper_of(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters of a loss as the page has set them."""
    hyper = LOSS_FUNCTIONS[key].defaults()
    return hyper | {name: values[name] for name in hyper if name in values}


def target_of(key: str, answer: str) -> float:
    """The number that stands for the true answer, "yes" or "no": 1 or 0, for a score 1 or -1."""
    if answer == "yes":
        return 1.0
    return -1.0 if LOSS_FUNCTIONS[key].takes == "score" else 0.0


def _read(key: str, prediction: float, target: float, values: Mapping[str, Any]) -> Reading:
    loss, hyper = LOSS_FUNCTIONS[key], hyper_of(key, values)
    given = np.array([prediction]), np.array([target])
    return Reading(key=key, value=float(loss.value(*given, hyper)[0]), slope=float(loss.gradient(*given, hyper)[0]))


def regression_readings(values: Mapping[str, Any]) -> tuple[Reading, ...]:
    """The losses that are drawn, at the error of these settings."""
    return tuple(_read(key, values["error"], 0.0, values) for key in shown_losses(values))


def classification_readings(values: Mapping[str, Any]) -> tuple[Reading, ...]:
    """The losses of a yes or no at the logit of these settings."""
    return tuple(_read(key, values["logit"], target_of(key, values["target"]), values) for key in CLASSIFICATION)


def regression_sentence(readings: Sequence[Reading], error: float) -> str:
    """How hard each loss pulls at this error."""
    told = ", ".join(f"{LOSS_FUNCTIONS[each.key].short} {readable(each.slope)}" for each in readings)
    return f"At an error of {readable(error)} the slopes are: {told}."


def classification_sentence(readings: Sequence[Reading], values: Mapping[str, Any]) -> str:
    """How wrong the network is, and how hard each loss pulls it back."""
    logit = values["logit"]
    right = logit if values["target"] == "yes" else -logit
    verdict = "right" if right > 0 else "undecided" if right == 0 else "wrong"
    by_key = {each.key: each for each in readings}
    probability = 1 / (1 + float(np.exp(-logit)))
    return (
        f"The network says yes with {readable(probability)}, which is {verdict}. Cross-entropy pulls with "
        f"{readable(by_key['bce'].slope)}, the squared error through the sigmoid with "
        f"{readable(by_key['sigmoid_mse'].slope)}, the hinge with {readable(by_key['hinge'].slope)}."
    )
