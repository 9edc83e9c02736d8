"""Training presets: each shows one phenomenon, in one run or in up to eight beside each other.

``look_for`` is the one sentence a student reads first. Settings are changes from ``RunConfig()``, chosen so that the
phenomenon is in the picture after a few seconds on one core. A preset of one run is found by ``diagnose`` to have
what it is named for; the tests train the quick ones and hold it. Keys are a public format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from hyperparameters import by_key
from trainers.config import RunConfig

Group = Literal["Fit", "Rate", "Signal", "Optimizers", "Data", "Lecture"]
Changes = Mapping[str, Any]
MAX_RUNS = 8
MAX_ROLE = 16


@dataclass(frozen=True, kw_only=True)
class TrainingPreset:
    """A title of at most five words, what to look for in at most twenty, and the runs.

    runs: (role, changes from ``RunConfig()`` by dotted name); the role is "" where there is one run. finding: the kind
    of verdict that a single run is named for, "" where it is named for something else.
    """

    key: str
    title: str
    group: Group
    look_for: str
    runs: tuple[tuple[str, Changes], ...]
    finding: str = ""

    def configs(self) -> list[tuple[str, RunConfig]]:
        """(role, configuration) of each run."""
        return [(role, RunConfig().changed(changes)) for role, changes in self.runs]


def _one(key: str, title: str, group: Group, finding: str, look_for: str, changes: Changes) -> TrainingPreset:
    runs = (("", MappingProxyType(dict(changes))),)
    return TrainingPreset(key=key, title=title, group=group, look_for=look_for, runs=runs, finding=finding)


def _beside(
    key: str, title: str, group: Group, look_for: str, base: Changes, *runs: tuple[str, Changes]
) -> TrainingPreset:
    together = tuple((role, MappingProxyType({**base, **changes})) for role, changes in runs)
    return TrainingPreset(key=key, title=title, group=group, look_for=look_for, runs=together)


_SPIRALS = {"data.name": "spirals", "data.size": 800, "data.noise": 0.08}
# Forty rows, some of them wrong, and a network that can learn each by heart.
_FEW_ROWS = {
    "data.size": 400,
    "data.noise": 0.35,
    "data.train_size": 40,
    "data.label_noise": 0.1,
    "model.width": 128,
    "optimizer.lr": 0.01,
    "budget.batch_size": 0,
    "budget.epochs": 300,
}
_DEEP_SIGMOID = {
    "data.name": "spirals",
    "model.depth": 8,
    "model.activation": "sigmoid",
    "model.initializer": "xavier_normal",
    "optimizer.name": "sgd",
    "optimizer.lr": 0.1,
    "budget.epochs": 150,
}

PRESETS: Mapping[str, TrainingPreset] = MappingProxyType(
    by_key(
        [
            _one(
                "good_fit",
                "A good fit",
                "Fit",
                "good_fit",
                "The boundary winds itself along both arms while training and validation loss fall together.",
                {
                    **_SPIRALS,
                    "model.depth": 3,
                    "model.width": 48,
                    "optimizer.lr": 0.004,
                    "schedule.name": "cosine",
                    "budget.epochs": 200,
                },
            ),
            _one(
                "underfitting",
                "Underfitting",
                "Fit",
                "underfitting",
                "Three units cannot bend around the arms: both losses flatten, close together and high.",
                {
                    "data.name": "spirals",
                    "data.size": 600,
                    "model.depth": 1,
                    "model.width": 3,
                    "optimizer.lr": 0.02,
                    "budget.epochs": 300,
                },
            ),
            _one(
                "overfitting",
                "Overfitting",
                "Fit",
                "overfitting",
                "Training loss falls to zero while validation loss climbs; the boundary bends around single rows.",
                _FEW_ROWS,
            ),
            _beside(
                "overfitting_cures",
                "Overfitting and its cures",
                "Fit",
                "Validation loss climbs in the uncured run; each cure keeps it lower in its own way.",
                _FEW_ROWS,
                ("no cure", {}),
                ("all rows", {"data.train_size": 0}),
                ("weight decay", {"optimizer.name": "adamw", "regularization.weight_decay": 1.0}),
                ("dropout", {"model.dropout": 0.5}),
                ("4 units", {"model.width": 4}),
                ("early stopping", {"regularization.patience": 10}),
                ("input noise", {"augmentation.noise": 0.4}),
                ("label smoothing", {"loss.label_smoothing": 0.2}),
            ),
            _one(
                "rate_too_high",
                "Rate too high",
                "Rate",
                "oscillating",
                "Loss and boundary jump about and never settle; a tenth of the rate would.",
                {
                    **_SPIRALS,
                    "optimizer.name": "momentum",
                    "optimizer.lr": 2.0,
                    "budget.batch_size": 64,
                    "budget.epochs": 120,
                },
            ),
            _one(
                "rate_too_low",
                "Rate too low",
                "Rate",
                "slow",
                "The curves fall as if through honey: at the end of the budget most is still to be learned.",
                {**_SPIRALS, "optimizer.name": "sgd", "optimizer.lr": 0.0005, "budget.epochs": 200},
            ),
            _beside(
                "three_rates",
                "Three rates",
                "Rate",
                "One rate creeps, one swings at the level of guessing, and the one between them learns.",
                {**_SPIRALS, "optimizer.name": "momentum", "budget.epochs": 120, "budget.batch_size": 64},
                ("0.0003: too low", {"optimizer.lr": 0.0003}),
                ("0.05: right", {"optimizer.lr": 0.05}),
                ("2: too high", {"optimizer.lr": 2.0}),
            ),
            _one(
                "vanishing_gradients",
                "Vanishing gradients",
                "Signal",
                "vanishing_gradients",
                "The gradient of the first layer is a tiny share of the last one's, and the loss stands still.",
                _DEEP_SIGMOID,
            ),
            _beside(
                "vanishing_cures",
                "Vanishing gradients and cures",
                "Signal",
                "Eight sigmoid layers stand still; an open path for the gradient makes the same depth learn.",
                _DEEP_SIGMOID,
                ("deep sigmoid", {}),
                ("ReLU, Kaiming", {"model.activation": "relu", "model.initializer": "kaiming_normal"}),
                ("batch norm", {"model.normalization": "batch"}),
                ("layer norm", {"model.normalization": "layer"}),
                ("residual", {"model.residual": True}),
            ),
            _beside(
                "batch_sizes",
                "Batch, mini-batch, single sample",
                "Optimizers",
                "After equal epochs the smallest batch has stepped most often, and its curve is the noisiest.",
                {"data.noise": 0.25, "optimizer.name": "sgd", "optimizer.lr": 0.1, "budget.epochs": 60},
                ("all rows", {"budget.batch_size": 0}),
                ("32 rows", {"budget.batch_size": 32}),
                ("1 row", {"budget.batch_size": 1}),
            ),
        ]
    )
)
