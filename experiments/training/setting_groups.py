"""The settings of a run as groups of controls: what is in sight, what is behind a drawer, what a menu offers.

Everything follows from the declarations in ``RunConfig``; a setting that is declared anew appears without being named
here, in the drawer of its section.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor, log10

from networks.models import models_for
from settings import Hyperparameter
from trainers.config import IMAGE_AUGMENTATION, LOSSES, RunConfig

_DECADES = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_STOPS: Mapping[str, tuple[float, ...]] = {
    "data.size": (20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000),
    "data.train_size": (0, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000),
    "data.length": (4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100),
    "model.width": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512),
    "model.hidden": (0, 8, 16, 32, 64, 128, 256, 512),
    "model.head_width": (2, 4, 8, 16, 32, 64),
    "model.init_scale": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100),
    "schedule.every": (1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200),
    "schedule.period": (1, 2, 3, 5, 10, 15, 20, 30, 50, 75, 100),
    "regularization.patience": (0, 1, 2, 3, 5, 10, 15, 20, 30, 50, 75, 100),
    "regularization.min_gain": (0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1),
    "budget.epochs": (1, 2, 3, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000),
    "watch.every": (0, 1, 2, 5, 10, 20, 50),
    "watch.checkpoint_every": (0, 1, 2, 5, 10, 20, 50, 100),
}
SEEDS = ("data.seed", "budget.seed")
OWN_TABLE = ("data.file", "data.target", "data.features", "data.task", "data.drop_empty")  # chosen beside the upload
_FIRST = {
    "data": ("name", "size", "length", "noise", "label_noise", "train_size"),
    "model": (
        "name",
        "depth",
        "width",
        "stages",
        "blocks",
        "degree",
        "activation",
        "pieces",
        "nonlinearity",
        "dropout",
    ),
    "optimizer": ("name", "lr"),
    "regularization": ("weight_decay", "l2", "l1", "proximal", "clip_norm", "clip_value", "ema", "sam"),
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of controls by dotted names: some always in sight, the others in its drawer, which has a title."""

    key: str
    title: str
    sight: tuple[str, ...]
    drawer: tuple[str, ...]


def groups(config: RunConfig) -> tuple[Group, ...]:
    """All groups for what is chosen now, in the order of the page; together they hold every setting that suits."""
    data, model = _section(config, "data"), _section(config, "model")
    loss, optimizer = _section(config, "loss"), _section(config, "optimizer")
    in_sight = [name for name in data if name.partition(".")[2] in _FIRST["data"]]
    return (
        Group(key="data", title="More of the data", sight=tuple(in_sight), drawer=_without(data, in_sight)),
        Group(key="model", title="", sight=model[:1], drawer=model[1:]),
        Group(
            key="optimizer",
            title="Loss and more",
            sight=optimizer[:2],
            drawer=(*loss, *_section(config, "schedule"), *optimizer[2:]),
        ),
        *(
            Group(key=key, title=title, sight=(), drawer=_section(config, key))
            for key, title in (
                ("regularization", "Regularization"),
                ("augmentation", "Augmentation"),
                ("reuse", "Start and layers"),
                ("budget", "Budget"),
                ("watch", "Watched"),
            )
        ),
    )


def rows_of(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which controls stand side by side: names and the rate are alone, sliders of the data in pairs."""
    alone = [name for name in names if name.endswith(".name") or not name.startswith("data.")]
    pairs = [name for name in names if name not in alone]
    return [*((name,) for name in alone), *(tuple(pairs[i : i + 2]) for i in range(0, len(pairs), 2))]


def _section(config: RunConfig, section: str) -> tuple[str, ...]:
    settings = [name for name in config.settings() if name.startswith(f"{section}.") and _suits(config, name)]
    first = [f"{section}.{name}" for name in _FIRST.get(section, ())]
    return tuple(sorted(settings, key=lambda name: first.index(name) if name in first else len(first)))


def _without(names: tuple[str, ...], others: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _suits(config: RunConfig, name: str) -> bool:
    """Whether a setting does anything here; one that was changed all the same stays, so that it can be seen."""
    if config[name] != config.settings()[name].default:
        return True
    images = config.inputs == "image"
    if name == "data.scale_targets":
        return config.task == "regression"
    if name == "watch.mistakes":
        return images and config.task == "classification"
    if name == "model.pieces":
        return config.model.activation == "maxout"
    if name == "data.drop_giveaways":
        return config.inputs == "vector"
    if name == "regularization.jacobian":
        return config.inputs != "sequence"
    if name == "regularization.activity_noise":
        return "activation" in config.model
    section, _, bare = name.partition(".")
    return images or section != "augmentation" or bare not in IMAGE_AUGMENTATION


def offered(config: RunConfig, name: str) -> tuple[str, ...]:
    """The keys that a menu offers: models and losses that suit the data, leaks that it can have."""
    setting = config.settings()[name]
    assert isinstance(setting, Hyperparameter)
    if name == "model.name":
        return models_for(config.inputs, config.task)
    if name == "loss.name":
        return tuple(key for key, loss in LOSSES.items() if config.task in loss.tasks)
    if name == "data.leak" and config.inputs != "vector":
        return tuple(key for key in setting.choices if key != "feature" or key == config[name])
    return setting.choices


def shown(config: RunConfig, name: str) -> Hyperparameter:
    """A setting as its control shows it: the stops of its slider, the choices of its menu."""
    setting = config.settings()[name]
    assert isinstance(setting, Hyperparameter)
    choices = offered(config, name) if setting.kind == "choice" else ()
    return _shown(name, setting, choices)


@lru_cache(maxsize=1024)
def _shown(name: str, setting: Hyperparameter, choices: tuple[str, ...]) -> Hyperparameter:
    if setting.kind == "choice":
        return replace(setting, choices=choices, default=setting.default if setting.default in choices else choices[0])
    return setting if setting.kind == "bool" else replace(setting, stops=_stops(name, setting))


def _stops(name: str, setting: Hyperparameter) -> tuple[float, ...]:
    low, high = setting.low, setting.high
    if name in _STOPS:
        beyond = name in ("data.train_size", "budget.epochs")  # large data, long runs
        return tuple(stop for stop in _STOPS[name] if low <= stop and (stop <= high or beyond))
    if setting.stops:
        return setting.stops
    if setting.log:
        start = low or high / 1e6
        exponents = range(floor(log10(start)), floor(log10(high)) + 1)
        inside = {float(f"{digit}e{k}") for k in exponents for digit in _DECADES}
        if setting.kind == "int":
            inside = {stop for stop in inside if stop == int(stop)}
        return (low, *sorted(stop for stop in inside if start <= stop <= high))
    step = _even_step(low, high)
    if setting.kind == "int":
        step = max(1.0, step)
    first = floor(low / step) + 1
    between = (round(k * step, 10) for k in range(first, floor(high / step) + 1))
    return (low, *between, high)


def _even_step(low: float, high: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that makes at most 32 steps of a range."""
    exponent = floor(log10((high - low) / 32))
    steps = (digit * 10.0**k for k in (exponent, exponent + 1) for digit in (1, 2, 5))
    return next(step for step in steps if (high - low) / step <= 32 + 1e-9)
