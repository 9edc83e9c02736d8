"""The sections of a configuration: which settings each has, given the choices made in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from networks.models import MODELS
from settings import Hyperparameter, Setting, Text, choice, number, switch, whole
from trainers.config import schedules
from trainers.config.losses import LOSSES
from trainers.config.optimizers import OPTIMIZERS
from trainers.config.schedules import SCHEDULES
from trainers.data import DATA_SETS, data_settings

REGULARIZATION: tuple[Setting, ...] = (
    number(
        "l2",
        0.0,
        0.0,
        1.0,
        "Adds this times the weight to its gradient: half of it times the square in the loss, without biases.",
        symbol=r"\lambda_2",
        valid="[0, 1000]",
        log=True,
    ),
    number(
        "l1",
        0.0,
        0.0,
        1.0,
        "Adds this times the sign of the weight to its gradient.",
        symbol=r"\lambda_1",
        valid="[0, 1000]",
        log=True,
    ),
    switch("proximal", "Pulls weights by rate times L1 after each step instead, to exactly zero."),
    number(
        "jacobian",
        0.0,
        0.0,
        1.0,
        "Adds half of this times the squared slopes of the outputs along the inputs, a mean over rows.",
        symbol=r"\lambda_J",
        valid="[0, 1000]",
        log=True,
    ),
    number(
        "orthogonality",
        0.0,
        0.0,
        1.0,
        "Adds this times the squared distance of each weight matrix from orthonormal rows, or columns.",
        symbol=r"\lambda_o",
        valid="[0, 1000]",
        log=True,
    ),
    number(
        "max_norm",
        0.0,
        0.0,
        5.0,
        "Longest vector of weights into a unit, shortened after each step; 0 for no limit.",
        valid="[0, 1000000]",
    ),
    number(
        "weight_noise",
        0.0,
        0.0,
        0.5,
        "Standard deviation of normal noise on each weight, drawn for each step and taken away after it.",
        valid="[0, 100]",
    ),
    number(
        "activity_noise",
        0.0,
        0.0,
        1.0,
        "Standard deviation of normal noise that each activation adds to what it gives, in training.",
        valid="[0, 100]",
    ),
    number(
        "weight_decay",
        0.0,
        0.0,
        1.0,
        "Shrinks weights by rate times this, beside the optimizer's rule.",
        symbol=r"\lambda",
        valid="[0, 1000]",
        log=True,
    ),
    number("clip_norm", 0.0, 0.0, 10.0, "Longest gradient let through; 0 for no clipping.", valid="[0, 1000000]"),
    number(
        "clip_value", 0.0, 0.0, 1.0, "Largest entry of a gradient let through; 0 for no clipping.", valid="[0, 1000000]"
    ),
    number(
        "ema",
        0.0,
        0.0,
        0.9999,
        "Evaluates an average of the weights that keeps this share each step; 0 for none.",
        valid="[0, 1)",
        stops=(0.0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999),
    ),
    number(
        "sam",
        0.0,
        0.0,
        0.5,
        "Takes each gradient this far uphill, where the loss is higher (SAM): two gradients a step; 0 for none.",
        symbol=r"\rho",
        valid="[0, 1000]",
        stops=(0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    ),
    whole(
        "patience",
        0,
        0,
        100,
        "Stops after this many reported epochs without a better validation loss; 0 never stops.",
        valid="[0, 1000000]",
    ),
    number("min_gain", 0.0, 0.0, 0.1, "How much lower counts as better.", valid="[0, 1000000]"),
)


AUGMENTATION: tuple[Setting, ...] = (
    switch("flip", "Mirrors half of the images left to right."),
    switch("flip_vertical", "Turns half of the images upside down, as in a lake."),
    whole("crop", 0, 0, 8, "Shifts images by up to this many pixels.", valid="[0, 64]"),
    number("rotation", 0.0, 0.0, 45.0, "Turns images by up to this many degrees.", valid="[0, 180]"),
    number("scale", 0.0, 0.0, 0.5, "Makes images larger or smaller by up to this share.", valid="[0, 0.9]"),
    number("shear", 0.0, 0.0, 30.0, "Slants images by up to this many degrees.", valid="[0, 80]"),
    number(
        "perspective",
        0.0,
        0.0,
        0.8,
        "Moves each corner inwards by up to this share of half the side, as if seen from elsewhere.",
        valid="[0, 0.95]",
    ),
    number("brightness", 0.0, 0.0, 0.9, "Multiplies pixels by 1 plus or minus up to this.", valid="[0, 1]"),
    number("contrast", 0.0, 0.0, 0.9, "Multiplies distances from the mean gray likewise.", valid="[0, 1]"),
    number("saturation", 0.0, 0.0, 0.9, "Multiplies distances from gray likewise; of images in color.", valid="[0, 1]"),
    number(
        "hue", 0.0, 0.0, 0.5, "Turns colors by up to this share of the circle; of images in color.", valid="[0, 0.5]"
    ),
    choice("policy", ("none", "cifar10", "svhn", "imagenet"), "Two operations each, as AutoAugment has learned them."),
    number("noise", 0.0, 0.0, 1.0, "Standard deviation of normal noise added to each input.", valid="[0, 100]"),
    whole("cutout", 0, 0, 16, "Side of a square of the image that is blanked.", valid="[0, 256]"),
    number(
        "mixup",
        0.0,
        0.0,
        1.0,
        "Mixes pairs of samples and their targets; the parameter of the Beta distribution.",
        symbol=r"\alpha",
        valid="[0, 100]",
    ),
    number(
        "cutmix",
        0.0,
        0.0,
        1.0,
        "Pastes a box of another image in; the parameter of the Beta distribution.",
        symbol=r"\alpha",
        valid="[0, 100]",
    ),
)


# What is for tables and sequences too; all else wants images.
_FOR_ALL = ("noise", "mixup")
IMAGE_AUGMENTATION = tuple(setting.name for setting in AUGMENTATION if setting.name not in _FOR_ALL)


def asked_for(values: Mapping[str, Any], names: Collection[str] | None = None) -> bool:
    """Whether any augmentation, or one of these, is asked for."""
    return any(value not in (0, "none") for name, value in values.items() if names is None or name in names)


BUDGET: tuple[Setting, ...] = (
    whole("epochs", 100, 1, 1000, "Passes through the training rows.", valid="[1, 100000]", log=True),
    whole(
        "batch_size",
        32,
        0,
        512,
        "Rows in each step; 0 takes all.",
        valid="[0, 1000000]",
        stops=(0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    ),
    whole(
        "seed",
        0,
        0,
        99,
        "Draws the first weights, the order of the rows and the dropped units.",
        valid="[0, 4294967295]",
    ),
    whole("keep_going", 0, 0, 20, "Reports still made after a loss that is no number.", valid="[0, 1000]"),
)


WATCH: tuple[Setting, ...] = (
    whole("every", 0, 0, 50, "Epochs between two reports; 0 makes at most 500 reports.", valid="[0, 100000]"),
    switch("internals", "Gradients, updates and activations of each layer.", default=True),
    switch("pictures", "The decision surface, the fitted curve, the confusion matrix.", default=True),
    switch("mistakes", "The images it is most wrong about."),
    switch("sharpness", "The largest curvature of the loss, by Lanczos iteration."),
    switch("noise_scale", "How much gradients of small batches differ."),
    switch("cosine", "Whether the gradients before and after a step agree."),
    whole(
        "checkpoint_every", 0, 0, 100, "Epochs between two kept checkpoints; 0 keeps them by time.", valid="[0, 100000]"
    ),
)


REUSE: tuple[Setting, ...] = (
    Text(
        name="run",
        meaning="Begins with the weights of this run, by its id; empty draws them.",
        pattern=r"[0-9a-zA-Z_-]{0,40}",
        allowed="the id of a run",
        max_length=40,
    ),
    choice(
        "head",
        ("fitting", "new"),
        "The last layer: taken over where the classes are the same, or always drawn anew.",
    ),
    whole(
        "freeze",
        0,
        0,
        8,
        "Layers that do not learn, counted from the input; the last layer always learns.",
        valid="[0, 1000]",
    ),
    number(
        "factor",
        1.0,
        0.05,
        1.0,
        "Each layer learns at this times the rate of the layer after it; 1 gives all the same.",
        valid="(0, 1]",
        stops=(0.05, 0.1, 0.2, 0.3, 0.385, 0.5, 0.7, 0.8, 0.9, 1.0),
    ),
    whole("unfreeze", 0, 0, 100, "Epochs after which frozen layers learn; 0 is never.", valid="[0, 100000]"),
    switch("gradual", "Frozen layers begin to learn one by one, the last first, so many epochs apart."),
)
# Yang & Hu (2021), arXiv:2011.14522: muP scales Adam's rate like that. L-BFGS has one rate, and Muon scales its own.
_BY_FAN_IN = switch("by_fan_in", "Divides the rate of each weight by the inputs of its unit; biases have all of it.")


def _name(catalogue: Mapping[str, Any], meaning: str, default: str) -> Hyperparameter:
    return choice("name", tuple(catalogue), meaning, default=default)


def _data(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    return (_name(DATA_SETS, "What is learned.", "moons"), *data_settings(values["name"]))


def _model(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    return (_name(MODELS, "What learns it.", "mlp"), *MODELS[values["name"]].settings)


def _loss(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    return (_name(LOSSES, "What is made small.", "cross_entropy"), *LOSSES[values["name"]].settings)


def _optimizer(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    entry = OPTIMIZERS[values["name"]]
    own = () if entry.closure or entry.matrices_only else (_BY_FAN_IN,)
    return (_name(OPTIMIZERS, "How the weights move.", "adam"), *entry.settings, *own)


def _schedule(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    return (_name(SCHEDULES, "How the rate changes.", "constant"), *schedules.settings_of(values["name"]))


# Section -> what may be set in it; a section with a choice of ``name`` has the settings of what is chosen.
_CATALOGUED: Mapping[str, tuple[Mapping[str, Any], str, Callable[[Mapping[str, Any]], tuple[Setting, ...]]]] = {
    "data": (DATA_SETS, "moons", _data),
    "model": (MODELS, "", _model),
    "loss": (LOSSES, "", _loss),
    "optimizer": (OPTIMIZERS, "adam", _optimizer),
    "schedule": (SCHEDULES, "constant", _schedule),
}


_FIXED: Mapping[str, tuple[Setting, ...]] = {
    "regularization": REGULARIZATION,
    "augmentation": AUGMENTATION,
    "reuse": REUSE,
    "budget": BUDGET,
    "watch": WATCH,
}


SECTIONS = (*_CATALOGUED, *_FIXED)


@cache
def section_settings(section: str, name: str = "") -> tuple[Setting, ...]:
    """What may be set in a section; ``name`` is the data set, model, loss, optimizer or schedule chosen in it.

    The defaults of the penalties are those of the optimizer ``name``.
    """
    if section == "regularization":
        return _penalties(name)
    if section in _FIXED:
        return _FIXED[section]
    return _CATALOGUED[section][2]({"name": name})


def _penalties(optimizer: str) -> tuple[Setting, ...]:
    entry = OPTIMIZERS[optimizer]
    own = {"l2": "l2", "decoupled": "weight_decay", "none": ""}[entry.decays]
    return tuple(replace(s, default=entry.decay) if s.name == own else s for s in REGULARIZATION)
