"""How the settings of a run are called and how their values read: labels, names of choices, zeros in words, costs.

Keys are dotted names of ``RunConfig``; a name without its section holds for every section that has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from networks import ACTIVATIONS, INITIALIZERS, NORMALIZATIONS
from networks.models import MODELS
from numerals import readable
from settings import Hyperparameter, Setting
from trainers.config import LOSSES, OPTIMIZERS, SCHEDULES
from trainers.data import DATA_SETS

_LABELS: Mapping[str, str] = {
    "data.name": "Data",
    "data.size": "Rows made",
    "data.noise": "Noise",
    "data.label_noise": "Wrong labels",
    "data.train_size": "Training rows",
    "data.bootstrap": "Bootstrap sample",
    "data.half": "Classes",
    "data.turn": "Turned by (degrees)",
    "data.shuffle": "Shuffle the pixels",
    "data.length": "Sequence length",
    "data.features": "Coordinates",
    "data.turns": "Turns of each arm",
    "data.val_share": "Share for validation",
    "data.test_share": "Share for the test",
    "data.scaling": "Scaling of the features",
    "data.scale_targets": "Scale the targets",
    "data.grouped": "Keep identical rows together",
    "data.drop_giveaways": "Leave out give-away features",
    "data.leak": "Leak on purpose",
    "data.seed": "Seed of the data",
    "data.task": "The target is",
    "data.drop_empty": "Leave out rows with an empty cell",
    "model.name": "Model",
    "model.depth": "Layers",
    "model.width": "Width",
    "model.widths": "Widths of the layers",
    "model.hidden": "Dense layer",
    "model.blocks": "Blocks of a stage",
    "model.init_scale": "Scale of the first weights",
    "model.initializer": "First weights",
    "model.norm_position": "Normalization stands",
    "optimizer.by_fan_in": "Rate by fan-in",
    "model.norm_first": "Normalization first",
    "model.pieces": "Pieces of a maxout unit",
    "model.first_bias": "First layer's biases",
    "model.residual": "Residual connections",
    "model.head_width": "Width of a head",
    "model.degree": "Degree",
    "model.nonlinearity": "Activation",
    "loss.name": "Loss",
    "loss.delta": "Turning point",
    "optimizer.name": "Optimizer",
    "optimizer.lr": "Learning rate",
    "optimizer.eps": "Least denominator",
    "optimizer.beta1": "Memory of gradients",
    "optimizer.beta2": "Memory of squares",
    "optimizer.max_iter": "Inner iterations",
    "optimizer.ns_steps": "Newton-Schulz iterations",
    "optimizer.initial_accumulator_value": "First sum of squares",
    "optimizer.lr_decay": "Decay of the rate",
    "optimizer.lambd": "Lambda",
    "optimizer.d": "Largest step",
    "optimizer.eta_minus": "Shrink factor",
    "optimizer.eta_plus": "Growth factor",
    "schedule.name": "Schedule of the rate",
    "schedule.warmup": "Warm-up epochs",
    "schedule.every": "Epochs between drops",
    "schedule.final": "Last rate, as a share",
    "schedule.lowest": "Lowest rate, as a share",
    "schedule.period": "Period in epochs",
    "schedule.patience": "Epochs without a gain",
    "schedule.rise": "Share that rises",
    "schedule.growth": "Growth of the period",
    "schedule.milestone1": "First drop",
    "schedule.milestone2": "Second drop",
    "schedule.total_iters": "Epochs to zero",
    "schedule.T_max": "Epochs to the bottom",
    "schedule.mode": "Peaks",
    "schedule.anneal_strategy": "Curve",
    "schedule.div_factor": "Full rate over the first",
    "schedule.final_div_factor": "First rate over the last",
    "schedule.threshold": "Least gain",
    "schedule.threshold_mode": "Least gain is",
    "schedule.cooldown": "Epochs of rest",
    "schedule.min_lr": "Lowest rate",
    "schedule.eps": "Least change of the rate",
    "regularization.weight_decay": "Weight decay",
    "regularization.l2": "L2 penalty",
    "regularization.l1": "L1 penalty",
    "regularization.proximal": "L1 to exact zeros",
    "regularization.jacobian": "Jacobian penalty",
    "regularization.orthogonality": "Orthogonality penalty",
    "regularization.max_norm": "Max norm of a unit's weights",
    "regularization.weight_noise": "Noise on the weights",
    "regularization.activity_noise": "Noise on activations",
    "regularization.sam": "SAM",
    "regularization.clip_norm": "Clip the gradient's length",
    "regularization.clip_value": "Clip each entry",
    "regularization.ema": "Average of the weights (EMA)",
    "regularization.patience": "Early stopping: patience",
    "regularization.min_gain": "Early stopping: smallest gain",
    "augmentation.flip": "Flip left to right",
    "augmentation.flip_vertical": "Flip upside down",
    "augmentation.crop": "Crop (pixels)",
    "augmentation.rotation": "Rotation (degrees)",
    "augmentation.scale": "Size",
    "augmentation.shear": "Shear (degrees)",
    "augmentation.perspective": "Perspective",
    "augmentation.brightness": "Brightness",
    "augmentation.contrast": "Contrast",
    "augmentation.saturation": "Saturation",
    "augmentation.hue": "Hue",
    "augmentation.policy": "AutoAugment",
    "augmentation.noise": "Noise on the inputs",
    "augmentation.cutout": "Cutout (pixels)",
    "augmentation.cutmix": "CutMix",
    "reuse.run": "Begins with the weights of run",
    "reuse.head": "Last layer",
    "reuse.freeze": "Frozen layers",
    "reuse.factor": "Rate of each layer, by the next",
    "reuse.unfreeze": "Frozen until epoch",
    "reuse.gradual": "Unfreeze layer by layer",
    "budget.batch_size": "Batch size",
    "budget.keep_going": "Reports after a loss that is no number",
    "watch.every": "Epochs between reports",
    "watch.internals": "Inside of each layer",
    "watch.mistakes": "Worst mistakes",
    "watch.cosine": "Cosine of successive gradients",
    "watch.noise_scale": "Gradient noise scale",
    "watch.checkpoint_every": "Epochs between checkpoints",
}

# Widest range over a perceptron, a CNN and a GRU on a processor; see benchmarks/training.py.
COSTS: Mapping[str, str] = {
    "watch.internals": "Each report takes as long as 2 to 7 steps.",
    "watch.pictures": "Each report takes as long as 1 to 3 steps.",
    "watch.mistakes": "Next to nothing beside the pictures, which they need.",
    "watch.sharpness": "At most 100 reports have it; each takes as long as 30 to 220 steps.",
    "watch.noise_scale": "At most 100 reports have it; each takes as long as 9 to 17 steps.",
    "watch.cosine": "Each report takes as long as 2 to 14 steps.",
}

_ZEROS: Mapping[str, str] = {
    "data.train_size": "all",
    "data.bootstrap": "none",
    "data.test_share": "none",
    "data.label_noise": "none",
    "data.noise": "none",
    "model.hidden": "none",
    "dropout": "none",
    "loss.label_smoothing": "none",
    "momentum": "none",
    "dampening": "none",
    "lr_decay": "none",
    "schedule.warmup": "none",
    "schedule.milestone1": "half of the run",
    "schedule.milestone2": "three quarters",
    "schedule.total_iters": "the whole run",
    "schedule.T_max": "the whole run",
    "schedule.cooldown": "none",
    "schedule.min_lr": "zero",
    "regularization.l2": "none",
    "regularization.l1": "none",
    "regularization.weight_decay": "none",
    "regularization.jacobian": "none",
    "regularization.orthogonality": "none",
    "regularization.max_norm": "none",
    "regularization.weight_noise": "none",
    "regularization.activity_noise": "none",
    "regularization.clip_norm": "none",
    "regularization.clip_value": "none",
    "regularization.ema": "none",
    "regularization.patience": "never stop",
    "regularization.min_gain": "any gain",
    "augmentation.crop": "none",
    "augmentation.rotation": "none",
    "augmentation.scale": "none",
    "augmentation.shear": "none",
    "augmentation.perspective": "none",
    "augmentation.brightness": "none",
    "augmentation.contrast": "none",
    "augmentation.saturation": "none",
    "augmentation.hue": "none",
    "augmentation.noise": "none",
    "augmentation.cutout": "none",
    "augmentation.mixup": "none",
    "augmentation.cutmix": "none",
    "reuse.freeze": "none",
    "reuse.unfreeze": "the end",
    "data.turn": "none",
    "budget.batch_size": "all rows",
    "budget.keep_going": "none",
    "watch.every": "automatic",
    "watch.checkpoint_every": "by time",
}
_PERCENT = frozenset({"data.label_noise", "data.val_share", "data.test_share", "schedule.rise", "schedule.final"})

_SCALINGS = {"standard": "Mean 0, spread 1", "minmax": "From 0 to 1", "none": "None"}
_LEAKS = {"none": "None", "duplicates": "Every row twice", "feature": "The target as a feature"}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "data.name": {key: entry.name + " (download)" * entry.downloaded for key, entry in DATA_SETS.items()},
    "data.scaling": _SCALINGS,
    "data.half": {
        "all": "All",
        "first": "The first five",
        "last": "The last five",
        "tops": "What is worn above",
        "accessories": "Shoes and bags",
        "animals": "Animals",
        "vehicles": "Vehicles",
    },
    "reuse.head": {"fitting": "Kept where the classes are the same", "new": "Always drawn anew"},
    "data.leak": _LEAKS,
    "data.task": {"classification": "a class", "regression": "a number"},
    "model.name": {key: entry.name for key, entry in MODELS.items()},
    "model.activation": {**{key: entry.name for key, entry in ACTIVATIONS.items()}, "maxout": "Maxout"},
    "model.nonlinearity": {"tanh": "Tanh", "relu": "ReLU"},
    "model.initializer": {"pytorch": "PyTorch's own", **{key: entry.name for key, entry in INITIALIZERS.items()}},
    "model.normalization": {
        **NORMALIZATIONS,
        "group": "Group normalization",
        "instance": "Instance normalization",
        "batch_renorm": "Batch renormalization",
    },
    "model.norm_position": {"before": "before the activation", "after": "after the activation"},
    "loss.name": {key: entry.name for key, entry in LOSSES.items()},
    "optimizer.name": {key: entry.name for key, entry in OPTIMIZERS.items()},
    "optimizer.line_search": {"strong_wolfe": "Strong Wolfe", "none": "None"},
    "augmentation.policy": {
        "none": "None",
        "cifar10": "Learned on CIFAR-10",
        "svhn": "Learned on SVHN",
        "imagenet": "Learned on ImageNet",
    },
    "schedule.mode": {"triangular": "Stay", "triangular2": "Halve each cycle", "exp_range": "Fall with each step"},
    "schedule.anneal_strategy": {"cos": "Half a cosine", "linear": "Straight"},
    "schedule.threshold_mode": {"rel": "a share of the best", "abs": "an amount"},
    "schedule.name": {key: entry.name for key, entry in SCHEDULES.items()},
}


# Choices of an optimizer or a schedule that nobody has named here.
_OF_RULES: Mapping[str, Mapping[str, str]] = {
    f"{section}.{setting.name}": {key: key.replace("_", " ").capitalize() for key in setting.choices}
    for section, catalogue in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))
    for entry in catalogue.values()
    for setting in entry.settings
    if isinstance(setting, Hyperparameter) and setting.kind == "choice"
}


def label(name: str, setting: Setting) -> str:
    """What the control of a setting is called, with its symbol where it has one."""
    symbol = setting.symbol if isinstance(setting, Hyperparameter) else ""
    return f"{setting_title(name)} ${symbol}$" if symbol else setting_title(name)


def setting_title(name: str) -> str:
    """What the control of a setting is called, by its dotted name: Learning rate."""
    return _LABELS.get(name) or name.partition(".")[2].replace("_", " ").capitalize()


def names(name: str) -> Mapping[str, str]:
    """What the keys of a choice are called; empty where they speak for themselves."""
    return _NAMES.get(name) or _OF_RULES.get(name, {})


@lru_cache(maxsize=8192, typed=True)  # the page of training has some 1,000 stops, and every run of it names them all
def value_words(name: str, value: float) -> str:
    """How a number reads on its slider: none, all rows, 20 %, 0.005."""
    if value == 0 and (zero := _ZEROS.get(name) or _ZEROS.get(name.partition(".")[2])):
        return zero
    if name in _PERCENT:
        return f"{readable(100 * value)} %"
    return readable(value, digits=4)


def difference_words(differing: Mapping[str, tuple[Any, Any]], most: int = 2) -> str:
    """(shown, set) by dotted name as words: Noise 0.3 instead of 0.2, Layers 3 instead of 2 and 1 more."""
    both = {name: pair for name, pair in differing.items() if None not in pair}
    told = [
        f"{setting_title(name)} {setting_text(name, new)} instead of {setting_text(name, old)}"
        for name, (old, new) in list(both.items())[:most]
    ]
    more = len(both) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def setting_text(name: str, value: Any) -> str:
    """Its value as the control shows it: on and off, numbers, names; a dash where there is none."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "on" if value else "off"
    return value_words(name, value) if isinstance(value, int | float) else named(name, value) or "none"


def refusal(name: str, error: ValueError) -> str:
    """A sentence of a change that was refused, with the name that its control has."""
    text = str(error)
    if text.startswith(f"{name} "):
        text = f"{setting_title(name)}{text.removeprefix(name)}"
    return sentence(f"{text}.")


def sentence(text: str) -> str:
    """The same with a capital, unless it begins with the name of a setting."""
    first = text.partition(" ")[0]
    return text if "." in first or "_" in first else f"{text[:1].upper()}{text[1:]}"


def named(name: str, value: Any) -> str:
    """A chosen key as its menu shows it."""
    return str(names(name).get(value, value))
