"""Tasks that follow each other: what is learned first from many rows, and what then from few. No PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainers.data import DATA_SETS

DIGITS = {"data.name": "digits", "data.test_share": 0.0, "data.val_share": 0.3}
_PLANE = {"data.size": 1000, "data.test_share": 0.0, "data.val_share": 0.3, "data.noise": 0.15}
# Of tens of thousands of images about a thousand validate, and five thousand are many rows.
_LARGE = {"data.test_share": 0.0, "data.val_share": 0.03, "data.train_size": 5000}
_MNIST = {**_LARGE, "data.name": "mnist"}
_FASHION = {**_LARGE, "data.name": "fashion_mnist"}
_CIFAR = {**_LARGE, "data.name": "cifar10"}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A task whose rows are many and another whose rows are few. source, target: settings of their data.

    model: what learns both, a perceptron or a convolutional network.
    """

    name: str
    second: str
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    model: str = "mlp"

    @property
    def downloaded(self) -> bool:
        """Whether its rows come over the internet the first time."""
        return any(DATA_SETS[data["data.name"]].downloaded for data in (self.source, self.target))


PAIRS: Mapping[str, Pair] = {
    "turned": Pair(
        name="digits, then digits turned by 20°",
        second="digits turned by 20°",
        source=DIGITS,
        target={**DIGITS, "data.turn": 20.0},
    ),
    "noisy": Pair(
        name="digits, then noisy digits",
        second="noisy digits",
        source=DIGITS,
        target={**DIGITS, "data.noise": 0.5},
    ),
    "classes": Pair(
        name="digits 0 to 4, then 5 to 9",
        second="digits 5 to 9",
        source={**DIGITS, "data.half": "first"},
        target={**DIGITS, "data.half": "last"},
    ),
    "shuffled": Pair(
        name="digits with shuffled pixels, then digits",
        second="digits",
        source={**DIGITS, "data.shuffle": True},
        target=DIGITS,
    ),
    "labels": Pair(
        name="digits 0 to 4 with random labels, then 5 to 9",
        second="digits 5 to 9",
        source={**DIGITS, "data.half": "first", "data.label_noise": 0.8},
        target={**DIGITS, "data.half": "last"},
    ),
    "moons": Pair(
        name="two moons, then moons turned by 30°",
        second="moons turned by 30°",
        source={**_PLANE, "data.name": "moons"},
        target={**_PLANE, "data.name": "moons", "data.turn": 30.0},
    ),
    "circles": Pair(
        name="two moons, then circles",
        second="circles",
        source={**_PLANE, "data.name": "moons"},
        target={**_PLANE, "data.name": "circles"},
    ),
    "fashion": Pair(
        name="Fashion-MNIST: what is worn above, then shoes and bags",
        second="Fashion-MNIST: shoes and bags",
        source={**_FASHION, "data.half": "tops"},
        target={**_FASHION, "data.half": "accessories"},
        model="cnn",
    ),
    "written": Pair(
        name="MNIST's digits, then Fashion-MNIST",
        second="Fashion-MNIST",
        source=_MNIST,
        target=_FASHION,
        model="cnn",
    ),
    "cifar": Pair(
        name="CIFAR-10: animals, then vehicles",
        second="CIFAR-10: vehicles",
        source={**_CIFAR, "data.half": "animals"},
        target={**_CIFAR, "data.half": "vehicles"},
        model="cnn",
    ),
}
# Second tasks for a network that has learned something already: the first pair that has each.
SECOND_TASKS: Mapping[str, str] = {
    key: pair.second
    for number, (key, pair) in enumerate(PAIRS.items())
    if pair.second not in {other.second for other in list(PAIRS.values())[:number]}
}
