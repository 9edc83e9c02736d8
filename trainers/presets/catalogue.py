"""Training presets: each shows one phenomenon, in one run or in up to eight beside each other.

``look_for`` is the one sentence a student reads first. Settings are changes from ``RunConfig()``, chosen so that the
phenomenon is in the picture after a few seconds on one core, and not by the luck of one seed. ``finding`` is what
``diagnose`` says of the first run; the tests train it and hold that. First runs differ, so that a link tells its
preset. Keys are a public format; the first is the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from settings import by_key
from trainers.config import RunConfig

Group = Literal["Fit", "Rate", "Signal", "Optimizers", "Data", "Lecture"]
Changes = Mapping[str, Any]
MAX_RUNS = 8
MAX_ROLE = 16


@dataclass(frozen=True, kw_only=True)
class TrainingPreset:
    """A title of at most five words, what to look for in at most twenty, and the runs.

    runs: (role, changes from ``RunConfig()`` by dotted name); the role is "" where there is one run. finding: the kind
    of verdict that the first run is there to show, "" where it shows something else. It opens on the chart ``panel``
    ("" for the loss), over the axis ``y`` ("log", or "" for the chart's own), each run on a chart of its own
    (``apart``), with the loss as the optimizer sees it (``aside``), and on the network's ``picture`` ("" for the first
    there is). over_setting: whether the chart over the one setting in which the runs differ comes first.
    """

    key: str
    title: str
    group: Group
    look_for: str
    runs: tuple[tuple[str, Changes], ...]
    finding: str = ""
    panel: str = ""
    y: str = ""
    apart: bool = False
    aside: bool = False
    picture: str = ""
    over_setting: bool = False

    @property
    def view(self) -> dict[str, Any]:
        """How its curves are shown, by the names of a link, as far as that is not as usual."""
        chosen = {"panel": self.panel, "y": self.y, "apart": self.apart, "aside": self.aside}
        chosen["picture"] = self.picture
        return {name: value for name, value in chosen.items() if value}

    def configs(self) -> list[tuple[str, RunConfig]]:
        """(role, configuration) of each run."""
        return list(self._configs)

    @cached_property
    def _configs(self) -> tuple[tuple[str, RunConfig], ...]:
        return tuple((role, RunConfig().changed(changes)) for role, changes in self.runs)


def _one(
    key: str, title: str, group: Group, finding: str, look_for: str, changes: Changes, **view: Any
) -> TrainingPreset:
    runs = (("", MappingProxyType(dict(changes))),)
    return TrainingPreset(key=key, title=title, group=group, look_for=look_for, runs=runs, finding=finding, **view)


def _beside(
    key: str,
    title: str,
    group: Group,
    finding: str,
    look_for: str,
    base: Changes,
    *runs: tuple[str, Changes],
    **view: Any,
) -> TrainingPreset:
    together = tuple((role, MappingProxyType({**base, **changes})) for role, changes in runs)
    return TrainingPreset(
        key=key,
        title=title,
        group=group,
        look_for=look_for,
        runs=together,
        finding=finding,
        **view,
    )


_SPIRALS = {"data.name": "spirals", "data.size": 800, "data.noise": 0.08}
_TANH = {"model.activation": "tanh", "model.initializer": "xavier_normal"}
_RELU = {"model.activation": "relu", "model.initializer": "kaiming_normal"}
# Forty rows, some with a wrong label, and a network that learns each of them by heart.
_FEW_ROWS = {
    "data.size": 1000,
    "data.noise": 0.3,
    "data.train_size": 40,
    "data.label_noise": 0.1,
    "model.width": 64,
    "optimizer.lr": 0.002,
    "budget.batch_size": 0,
    "budget.epochs": 1500,
}
_DEEP_SIGMOID = {
    "data.size": 600,
    "data.noise": 0.15,
    "model.depth": 8,
    "model.activation": "sigmoid",
    "model.initializer": "xavier_normal",
    "optimizer.name": "momentum",
    "optimizer.lr": 0.02,
    "schedule.name": "cosine",
    "budget.epochs": 150,
}
# Sixty rows with 73 weights at width 6: from there on every row can be met exactly.
_INTERPOLATED = {
    "data.name": "diabetes",
    "data.train_size": 60,
    "data.label_noise": 0.2,
    "data.val_share": 0.5,
    "data.test_share": 0.0,
    "model.depth": 1,
    "model.activation": "tanh",
    "optimizer.lr": 0.01,
    "budget.batch_size": 0,
    "budget.epochs": 3000,
}

_FIT = (
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
        "sine_regression",
        "Fitting a sine wave",
        "Fit",
        "good_fit",
        "The curve bends from a straight line into two waves, and passes through the middle of the noise.",
        {
            "data.name": "noisy_sine",
            "data.size": 300,
            "data.noise": 0.15,
            "data.periods": 2.0,
            "model.width": 48,
            "model.activation": "silu",
            "optimizer.lr": 0.005,
            "schedule.name": "cosine",
            "budget.epochs": 500,
        },
    ),
    _one(
        "underfitting",
        "Underfitting",
        "Fit",
        "underfitting",
        "Three units cannot follow the arms: both losses flatten far above zero.",
        {
            "data.name": "spirals",
            "data.size": 800,
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
        "overfitting",
        "Each cure narrows the shaded gap between training and validation loss; smoothed labels count otherwise.",
        {**_FEW_ROWS, "budget.seed": 1},
        ("no cure", {}),
        ("all rows", {"data.train_size": 0}),
        ("L2 penalty", {"regularization.l2": 0.03}),
        ("dropout", {"model.dropout": 0.5}),
        ("one layer of 4", {"model.depth": 1, "model.width": 4}),
        ("early stopping", {"regularization.patience": 30}),
        ("input noise", {"augmentation.noise": 0.5}),
        ("label smoothing", {"loss.label_smoothing": 0.3}),
        apart=True,
    ),
    _beside(
        "three_widths",
        "Too small, right, too large",
        "Fit",
        "",
        "One unit a layer misses the wave, in both losses; four follow it; 128 follow the noise: validation climbs.",
        {
            "data.name": "noisy_sine",
            "data.size": 300,
            "data.train_size": 24,
            "data.noise": 0.3,
            "data.periods": 1.5,
            "model.activation": "tanh",
            "model.initializer": "xavier_normal",
            "optimizer.lr": 0.01,
            "budget.batch_size": 0,
            "budget.epochs": 1000,
        },
        ("width 1", {"model.width": 1}),
        ("width 4", {"model.width": 4}),
        ("width 128", {"model.width": 128}),
        apart=True,
    ),
    _beside(
        "early_stopping",
        "Early stopping",
        "Fit",
        "overfitting",
        "One run stops soon after its lowest validation loss; the other goes on and gives it away.",
        {**_FEW_ROWS, "budget.seed": 2},
        ("to the end", {}),
        ("early stopping", {"regularization.patience": 30}),
    ),
    _one(
        "dropout_losses",
        "Dropout has two losses",
        "Fit",
        "",
        "The dotted loss is as trained, with units dropped: it lies above the one evaluated with all units.",
        {**_FEW_ROWS, "model.dropout": 0.5, "budget.seed": 3},
        aside=True,
    ),
    _beside(
        "l1_zeros",
        "L1 and exact zeros",
        "Fit",
        "overfitting",
        "Inside the network, Share of zeros: only steps that end at zero give any; most weights go.",
        {
            "data.name": "diabetes",
            "optimizer.name": "sgd",
            "optimizer.lr": 0.03,
            "budget.epochs": 200,
        },
        ("no penalty", {}),
        ("L2", {"regularization.l2": 0.02}),
        ("L1, by its sign", {"regularization.l1": 0.01}),
        ("L1, exact zeros", {"regularization.l1": 0.01, "regularization.proximal": True}),
        panel="zero_share",
    ),
    _one(
        "label_noise",
        "Wrong labels are learned",
        "Fit",
        "overfitting",
        "Islands grow around wrongly labelled rows; as they are learned, validation loss climbs.",
        {
            "data.size": 500,
            "data.noise": 0.15,
            "data.label_noise": 0.2,
            "model.depth": 3,
            "model.width": 128,
            "optimizer.lr": 0.003,
            "budget.epochs": 300,
        },
    ),
    _one(
        "miscalibration",
        "Too sure of itself",
        "Fit",
        "miscalibration",
        "Validation loss climbs while validation accuracy holds: mistakes stay as many and become more certain.",
        {
            "data.size": 1000,
            "data.noise": 0.3,
            "data.train_size": 100,
            "model.width": 64,
            "optimizer.lr": 0.002,
            "budget.batch_size": 0,
            "budget.epochs": 1500,
        },
    ),
    _beside(
        "double_descent",
        "Double descent",
        "Fit",
        "",
        "Validation loss ends highest at about 6 units, where weights match rows; 400 units end far lower.",
        _INTERPOLATED,
        *((f"{n} unit{'s' if n > 1 else ''}", {"model.width": n}) for n in (1, 2, 4, 6, 12, 30, 100, 400)),
        over_setting=True,
    ),
    _one(
        "digits_cnn",
        "Handwritten digits",
        "Fit",
        "good_fit",
        "The grid of worst mistakes empties while validation accuracy climbs above 95 percent.",
        {
            "data.name": "digits",
            "model.name": "cnn",
            "model.depth": 2,
            "model.width": 8,
            "model.hidden": 32,
            "optimizer.lr": 0.001,
            "budget.epochs": 40,
            "watch.mistakes": True,
        },
    ),
    _beside(
        "cnn_and_mlp",
        "CNN against MLP, equal parameters",
        "Fit",
        "",
        "Digits shifted by up to two pixels, 6,090 parameters against 6,085: filters read them wherever they stand.",
        {
            "data.name": "digits",
            "optimizer.lr": 0.003,
            "augmentation.crop": 2,
            "budget.epochs": 15,
        },
        ("CNN", {"model.name": "cnn", "model.depth": 2, "model.width": 16, "model.hidden": 0}),
        ("MLP", {"model.name": "mlp", "model.widths": "81"}),
    ),
    _one(
        "parity_transformer",
        "Attention counts ones",
        "Fit",
        "good_fit",
        "Both losses stand at guessing, then drop together: the rule carries over to patterns never seen.",
        {
            "data.name": "parity",
            "data.length": 6,
            "data.size": 1000,
            "data.grouped": True,
            "model.name": "transformer",
            "model.depth": 2,
            "optimizer.lr": 0.001,
            "schedule.name": "one_cycle",
            "budget.epochs": 60,
        },
    ),
)

_RATE = (
    _one(
        "rate_too_high",
        "Rate too high",
        "Rate",
        "oscillating",
        "Loss and boundary jump about and never settle.",
        {
            "data.size": 800,
            **_TANH,
            "optimizer.name": "momentum",
            "optimizer.lr": 0.5,
            "budget.epochs": 150,
            "watch.sharpness": True,
            "watch.cosine": True,
        },
    ),
    _one(
        "rate_far_too_high",
        "Rate far too high",
        "Rate",
        "diverging",
        "Every step overshoots further than the last, until the loss is no longer a number.",
        {
            "data.name": "polynomial",
            "data.degree": 5,
            "model.name": "linear",
            "model.degree": 5,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.05,
            "budget.batch_size": 0,
            "budget.epochs": 300,
        },
    ),
    _one(
        "rate_too_low",
        "Rate too low",
        "Rate",
        "slow",
        "Both curves creep down; at the end of the budget nearly everything is still to be learned.",
        {**_SPIRALS, "optimizer.name": "momentum", "optimizer.lr": 0.0005, "budget.epochs": 300},
    ),
    _beside(
        "three_rates",
        "Three rates",
        "Rate",
        "slow",
        "One rate creeps, one jumps up and down, and the one between them settles low.",
        {"data.size": 800, **_TANH, "optimizer.name": "momentum", "budget.epochs": 150},
        ("0.00001: too low", {"optimizer.lr": 0.00001}),
        ("0.02: right", {"optimizer.lr": 0.02}),
        ("0.5: too high", {"optimizer.lr": 0.5}),
        apart=True,
    ),
    _beside(
        "schedule_rescue",
        "A schedule to the rescue",
        "Rate",
        "diverging",
        "At a constant rate the loss swings ever wider; the same rate, lowered along a schedule, settles far below.",
        {
            "data.name": "polynomial",
            "data.noise": 0.3,
            "model.name": "linear",
            "model.degree": 3,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.07,
            "budget.batch_size": 2,
            "budget.epochs": 100,
        },
        ("constant", {}),
        ("cosine", {"schedule.name": "cosine"}),
        ("one cycle", {"schedule.name": "one_cycle"}),
    ),
    _beside(
        "decay_by_epoch",
        "Rates that fall by epoch",
        "Rate",
        "oscillating",
        "The constant rate keeps swinging; a rate that falls by epoch settles, along any of three curves.",
        {
            "data.name": "polynomial",
            "data.noise": 0.3,
            "model.name": "linear",
            "model.degree": 3,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.05,
            "budget.batch_size": 2,
            "budget.epochs": 100,
            "budget.seed": 1,
        },
        ("constant", {}),
        ("1 / (1 + k)", {"schedule.name": "inverse_time", "schedule.decay_rate": 1.0}),
        ("0.95 to the k", {"schedule.name": "exponential", "schedule.gamma": 0.95}),
        ("1 / √(1 + k)", {"schedule.name": "inverse_sqrt", "schedule.decay_rate": 1.0}),
        y="log",
    ),
    _beside(
        "warmup",
        "Warm-up for a Transformer",
        "Rate",
        "plateau",
        "From the first step at the full rate it never learns; five epochs of rising rate open the way.",
        {
            "data.name": "sine_continuation",
            "data.size": 500,
            "model.name": "transformer",
            "model.depth": 4,
            "optimizer.lr": 0.01,
            "schedule.name": "cosine",
            "budget.epochs": 20,
        },
        ("no warm-up", {}),
        ("5 epochs", {"schedule.warmup": 5.0}),
    ),
    _beside(
        "rate_by_fan_in",
        "Rates divided by fan-in",
        "Rate",
        "",
        "From 32 to 512 units one rate kills half the second layer's ReLUs; divided by fan-in, hardly more die.",
        {"data.size": 600, "optimizer.lr": 0.02, "budget.epochs": 20},
        ("32 units", {}),
        ("512 units", {"model.width": 512}),
        ("32, by fan-in", {"optimizer.by_fan_in": True, "optimizer.lr": 0.64}),
        ("512, by fan-in", {"model.width": 512, "optimizer.by_fan_in": True, "optimizer.lr": 0.64}),
        panel="dead_share",
    ),
    _one(
        "plateau",
        "Stuck on a plateau",
        "Rate",
        "plateau",
        "Tiny first weights let hardly any signal through: both losses stand where a constant prediction is.",
        {
            **_SPIRALS,
            "model.depth": 4,
            "model.init_scale": 0.05,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.05,
            "budget.epochs": 200,
        },
    ),
)

_SIGNAL = (
    _one(
        "dying_relu",
        "Dying ReLUs",
        "Signal",
        "dead_relus",
        "The first epochs, at a high rate, kill most units; the rate falls, but they never come back.",
        {
            **_SPIRALS,
            "model.depth": 5,
            "optimizer.lr": 0.3,
            "schedule.name": "exponential",
            "schedule.gamma": 0.9,
            "budget.epochs": 150,
        },
        panel="dead_share",
    ),
    _beside(
        "initializers",
        "How the weights begin",
        "Signal",
        "",
        "Zeros and 0.01 learn nothing in 15 epochs, spread 1 breaks at once; Xavier and Kaiming learn from the start.",
        {
            "data.name": "digits",
            "model.depth": 3,
            "model.width": 64,
            "optimizer.name": "momentum",
            "optimizer.lr": 0.01,
            "budget.batch_size": 64,
            "budget.epochs": 15,
        },
        ("Kaiming", _RELU),
        ("Xavier", {"model.initializer": "xavier_normal"}),
        ("1", {"model.initializer": "normal"}),
        ("0.01", {"model.initializer": "normal", "model.init_scale": 0.01}),
        ("zeros", {"model.initializer": "zeros"}),
    ),
    _one(
        "vanishing_gradients",
        "Vanishing gradients",
        "Signal",
        "vanishing_gradients",
        "The first layer's gradient is a tiny share of the last one's, and the loss stands still.",
        _DEEP_SIGMOID,
        panel="grad_norm",
    ),
    _beside(
        "vanishing_cures",
        "Vanishing gradients and cures",
        "Signal",
        "vanishing_gradients",
        "Eight sigmoid layers stand still; each cure opens the way back, and the same depth learns.",
        {**_DEEP_SIGMOID, "budget.seed": 1},
        ("deep sigmoid", {}),
        ("ReLU, Kaiming", _RELU),
        ("batch norm", {"model.normalization": "batch"}),
        ("layer norm after", {"model.normalization": "layer", "model.norm_position": "after"}),
        ("residual", {"model.residual": True}),
    ),
    _beside(
        "exploding_gradients",
        "Exploding gradients",
        "Signal",
        "exploding_gradients",
        "Weights too large multiply from layer to layer; clipping keeps the run alive, usual weights cure it.",
        {
            "data.name": "noisy_sine",
            "data.size": 300,
            "model.depth": 6,
            "model.init_scale": 1.5,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.02,
            "budget.epochs": 300,
        },
        ("no clipping", {}),
        ("clip at 1", {"regularization.clip_norm": 1.0}),
        ("usual weights", {"model.init_scale": 1.0}),
    ),
    _one(
        "saturation",
        "Saturated units",
        "Signal",
        "saturation",
        "Large first weights push most units to the flat ends of tanh; the boundary stays ragged.",
        {
            **_TANH,
            "model.depth": 3,
            "model.init_scale": 30.0,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.01,
            "budget.epochs": 200,
        },
        panel="saturated_share",
    ),
    _beside(
        "gru_and_rnn",
        "GRU against plain RNN",
        "Signal",
        "",
        "The GRU carries the first number to the end and adds it; the plain network forgets and guesses.",
        {
            "data.name": "adding",
            "data.length": 30,
            "optimizer.lr": 0.005,
            "budget.batch_size": 64,
            "budget.epochs": 40,
        },
        ("plain RNN", {"model.name": "rnn"}),
        ("GRU", {"model.name": "gru"}),
    ),
    _beside(
        "batch_norm_of_two",
        "Batch normalization of two",
        "Signal",
        "vanishing_gradients",
        "Two rows normalize to plus and minus one, whatever they were: only that run ends high.",
        {
            "data.noise": 0.2,
            "model.depth": 3,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.05,
            "budget.epochs": 30,
        },
        ("batch, 2 rows", {"model.normalization": "batch", "budget.batch_size": 2}),
        ("batch, 32 rows", {"model.normalization": "batch", "budget.batch_size": 32}),
        ("layer, 2 rows", {"model.normalization": "layer", "budget.batch_size": 2}),
        ("none, 2 rows", {"budget.batch_size": 2}),
    ),
    _beside(
        "first_biases",
        "Biases that kill units",
        "Signal",
        "",
        "Unit lines: biases at minus 2 push almost half of them off the rows, dead; at minus 4 soon all.",
        {"data.size": 600, "model.depth": 1, "optimizer.lr": 0.005, "budget.epochs": 80},
        ("zero", {}),
        ("slightly above", {"model.first_bias": 0.1}),
        ("minus 2", {"model.first_bias": -2.0}),
        ("minus 4", {"model.first_bias": -4.0}),
        panel="dead_share",
        picture="units",
    ),
    _beside(
        "relu_zeros",
        "ReLU makes zeros",
        "Signal",
        "",
        "About half of what each ReLU layer hands on is exactly zero; leaky ReLU and tanh make none.",
        {**_SPIRALS, "model.depth": 3, "optimizer.lr": 0.004, "budget.epochs": 40},
        ("ReLU", {}),
        ("leaky ReLU", {"model.activation": "leaky_relu"}),
        ("tanh", {"model.activation": "tanh", "model.initializer": "xavier_normal"}),
        panel="zero_outputs",
    ),
    _one(
        "prelu_slopes",
        "Slopes that are learned",
        "Signal",
        "good_fit",
        "Each layer learns its own slope below zero: all start at 0.25 and part, one goes below zero.",
        {**_SPIRALS, "model.depth": 3, "model.activation": "prelu", "optimizer.lr": 0.004, "budget.epochs": 60},
        panel="slope",
    ),
    _one(
        "weight_norm",
        "Weight norm: length and direction",
        "Signal",
        "good_fit",
        "Plain SGD's steps stand at right angles to v, so |v| only grows; the lengths g fall and rise.",
        {
            **_SPIRALS,
            "model.depth": 3,
            "model.normalization": "weight",
            "optimizer.name": "sgd",
            "optimizer.lr": 0.3,
            "budget.epochs": 60,
        },
        panel="direction_length",
    ),
    _beside(
        "maxout",
        "Maxout learns its shape",
        "Signal",
        "",
        "Two ReLUs cannot close a line around the inner class; two maxout units of three pieces can.",
        {
            "data.name": "circles",
            "data.size": 600,
            "model.depth": 1,
            "model.width": 2,
            "optimizer.lr": 0.02,
            "budget.epochs": 150,
        },
        ("ReLU", {}),
        ("2 pieces", {"model.activation": "maxout"}),
        ("3 pieces", {"model.activation": "maxout", "model.pieces": 3}),
        apart=True,
    ),
)

_OPTIMIZERS = (
    _beside(
        "batch_sizes",
        "Batch, mini-batch, single sample",
        "Optimizers",
        "",
        "Single samples get ahead first; all rows at once is smooth, and far behind after equal epochs.",
        {
            "data.name": "noisy_sine",
            "optimizer.name": "sgd",
            "optimizer.lr": 0.03,
            "budget.epochs": 80,
            "watch.noise_scale": True,
        },
        ("all rows", {"budget.batch_size": 0}),
        ("16 rows", {"budget.batch_size": 16}),
        ("1 row", {"budget.batch_size": 1}),
    ),
    _beside(
        "adam_and_adamw",
        "Adam with L2 against AdamW",
        "Optimizers",
        "",
        "Under SGD L2 and weight decay draw one curve; under Adam the same 0.1 draws two.",
        {
            "data.size": 1000,
            "data.noise": 0.3,
            "data.train_size": 60,
            "data.label_noise": 0.1,
            "model.width": 64,
            "optimizer.lr": 0.005,
            "budget.batch_size": 0,
            "budget.epochs": 600,
        },
        ("Adam, L2", {"regularization.l2": 0.1}),
        ("AdamW, decay", {"optimizer.name": "adamw", "regularization.weight_decay": 0.1}),
        ("SGD, L2", {"optimizer.name": "sgd", "optimizer.lr": 0.05, "regularization.l2": 0.1}),
        ("SGD, decay", {"optimizer.name": "sgd", "optimizer.lr": 0.05, "regularization.weight_decay": 0.1}),
    ),
    _beside(
        "momentum_in_a_ravine",
        "Momentum in a ravine",
        "Optimizers",
        "",
        "At one rate, plain descent creeps along the floor of the ravine; momentum gathers speed and arrives.",
        {
            "data.name": "sine_exact",
            "data.size": 300,
            "model.name": "linear",
            "model.degree": 5,
            "optimizer.lr": 0.01,
            "budget.batch_size": 0,
            "budget.epochs": 1000,
            "watch.sharpness": True,
        },
        ("SGD", {"optimizer.name": "sgd", "optimizer.lr": 0.01}),
        ("momentum", {"optimizer.name": "momentum", "optimizer.lr": 0.01}),
        ("Nesterov", {"optimizer.name": "nesterov", "optimizer.lr": 0.01}),
    ),
)

_DATA = (
    _beside(
        "leakage",
        "Leakage: rows twice",
        "Data",
        "leakage",
        "With copies of training rows in validation, the same network looks better than it is.",
        {
            "data.size": 300,
            "data.noise": 0.4,
            "data.leak": "duplicates",
            "model.depth": 3,
            "model.width": 128,
            "optimizer.lr": 0.005,
            "budget.epochs": 200,
        },
        ("rows twice", {}),
        ("kept together", {"data.grouped": True}),
    ),
    _beside(
        "leakage_feature",
        "Leakage: the answer inside",
        "Data",
        "leakage",
        "With the answer among the features it seems perfect; without it, validation loss is near one.",
        {"data.name": "diabetes", "data.leak": "feature", "optimizer.lr": 0.002, "budget.epochs": 300},
        ("answer inside", {}),
        ("left out", {"data.drop_giveaways": True}),
    ),
    _one(
        "few_validation_rows",
        "Too few validation rows",
        "Data",
        "validation_too_small",
        "Fourteen rows decide: one wine more or less moves accuracy by seven points.",
        {"data.name": "wine", "data.val_share": 0.08, "optimizer.lr": 0.001, "budget.epochs": 400},
    ),
)

_LECTURE = (
    _one(
        "iris_mlp",
        "Iris, 4-8-6-3",
        "Lecture",
        "good_fit",
        "Two layers of eight and six units tell three species apart; the last errors are between two of them.",
        {
            "data.name": "iris",
            "model.widths": "8-6",
            **_TANH,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.03,
            "budget.batch_size": 16,
            "budget.epochs": 400,
        },
    ),
    _one(
        "boston_mlp",
        "Boston housing, 13-8-6-1",
        "Lecture",
        "",
        "The same small network predicts a price; RMSE says how many dollars it is off.",
        {
            "data.name": "boston",
            "model.widths": "8-6",
            **_TANH,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.02,
            "budget.batch_size": 16,
            "budget.epochs": 200,
        },
    ),
    _one(
        "cifar_cnn",
        "CIFAR-10, five layers",
        "Lecture",
        "",
        "Three convolutions and two dense layers on 5,000 images: watch which kinds it confuses.",
        {
            "data.name": "cifar10",
            "data.train_size": 5000,
            "data.val_share": 0.05,
            "model.name": "cnn",
            "model.depth": 3,
            "model.width": 16,
            "model.hidden": 64,
            "optimizer.lr": 0.001,
            "budget.batch_size": 64,
            "budget.epochs": 10,
            "watch.mistakes": True,
        },
    ),
    _one(
        "cifar_whole",
        "CIFAR-10, all images",
        "Lecture",
        "",
        "The same five layers, wider, on 45,000 images: the lecture's network is right 78 percent of the time.",
        {
            "data.name": "cifar10",
            "data.val_share": 5000 / 60_000,
            "data.test_share": 10_000 / 60_000,
            "model.name": "cnn",
            "model.depth": 3,
            "model.width": 32,
            "model.hidden": 128,
            "model.normalization": "batch",
            "model.dropout": 0.25,
            "optimizer.lr": 0.001,
            "schedule.name": "cosine",
            "augmentation.flip": True,
            "budget.batch_size": 128,
            "budget.epochs": 20,
            "watch.mistakes": True,
        },
    ),
    _one(
        "fashion_split",
        "Fashion-MNIST, 55,000 rows",
        "Lecture",
        "",
        "55,000 images train, 5,000 validate and 10,000 test a perceptron; shirts are what it confuses.",
        {
            "data.name": "fashion_mnist",
            "data.val_share": 5000 / 70_000,
            "data.test_share": 10_000 / 70_000,
            "model.name": "mlp",
            "model.widths": "300-100",
            "optimizer.name": "sgd",
            "optimizer.lr": 0.01,
            "budget.epochs": 30,
            "watch.mistakes": True,
        },
    ),
    _one(
        "sine_cubic",
        "A cubic fitted to sin(x)",
        "Lecture",
        "good_fit",
        "Four numbers bend a cubic onto one wave; what is left is what no cubic can follow.",
        {
            "data.name": "sine_exact",
            "model.name": "linear",
            "model.degree": 3,
            "optimizer.name": "sgd",
            "optimizer.lr": 0.01,
            "budget.batch_size": 64,
            "budget.epochs": 200,
        },
    ),
)

PRESETS: Mapping[str, TrainingPreset] = MappingProxyType(
    by_key([*_FIT, *_RATE, *_SIGNAL, *_OPTIMIZERS, *_DATA, *_LECTURE])
)
