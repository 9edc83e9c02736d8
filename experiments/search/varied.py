"""What the part "Vary" shows, as settings by name. The names are a public format:

part=vary  x=optimizer.lr  x.low=0.001  x.high=1  y=model.width  y.values=4,16,64  sampler=tpe  trials=24

x and y are the settings that are varied; y may be none. beside is one whose values are searched side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from settings import Hyperparameter, Setting, Text, choice, number, query_text, switch, whole
from trainers.config import RunConfig
from trainers.sweeps import GOALS, PRUNERS, SAMPLERS, Axis, SweepRequest, own_name, variable

NONE = "none"
ALL = "all"
AXES = ("x", "y", "beside")
MOST_OF_MENU = 6  # values of a menu that are varied where none is named

# Ranges that show something; what is not here has the range of its slider.
_RANGES: Mapping[str, tuple[float, float]] = {
    "optimizer.lr": (1e-4, 10.0),
    "model.width": (2, 128),
    "model.depth": (1, 8),
    "budget.batch_size": (8, 256),
    "budget.epochs": (5, 200),
    "data.train_size": (20, 300),
    "data.size": (50, 1000),
    "decay": (1e-5, 1.0),
    "regularization.l2": (1e-5, 1.0),
    "regularization.l1": (1e-6, 0.1),
    "regularization.weight_decay": (1e-5, 1.0),
}
_LOGARITHMIC = frozenset({"budget.batch_size", "data.train_size"})  # beside those that are declared so

_SAMPLER = choice("sampler", (*SAMPLERS, ALL), "How the values of the next run are chosen.")
_PRUNER = choice("pruner", tuple(PRUNERS), "Ends runs early that are worse than most at the same epoch.")
_GOAL = choice("goal", tuple(GOALS), "What is made good: the best epoch counts, on validation rows alone.")
_TRIALS = whole("trials", 12, 1, 100, "Values that are tried; a grid takes what fits.", valid="[1, 200]", log=True)
_SEEDS = whole("seeds", 1, 1, 10, "Runs of each trial, with different seeds; their mean counts.")
_SECONDS = number(
    "seconds",
    0.0,
    0.0,
    3600.0,
    "Training time of all runs together, after which no more begin; runs that train as one count once. 0: no end.",
    stops=(0, 10, 20, 30, 60, 120, 300, 600, 1800, 3600),
)
_TRIAL = Text(
    name="trial",
    meaning="The trial that is looked at.",
    pattern=r"([a-z]{3,6}[0-9]? [0-9]{1,3})?",
    allowed="a trial such as grid 3",
    max_length=20,
)
_DRAW = whole("draw", 0, 0, 99, "The seed of the search: which values are drawn.", valid="[0, 4294967295]")


def declared(config: RunConfig, values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part by key; what may be varied is what the configuration has."""
    offered = variable(config)
    x = "optimizer.lr" if "optimizer.lr" in offered else next(iter(offered))
    yield "x", choice("x", tuple(offered), "The setting that is varied.", default=x)
    yield from _range("x", values["x"], offered)
    yield "y", choice("y", (NONE, *offered), "A second one that is varied with it.", default=NONE)
    if values["y"] != NONE:
        yield from _range("y", values["y"], offered)
    yield "beside", choice("beside", (NONE, *offered), "One whose values are searched side by side.", default=NONE)
    if values["beside"] != NONE:
        yield "beside.values", _values("beside")
    yield "sampler", _SAMPLER
    yield "pruner", _PRUNER
    yield "goal", _GOAL
    yield "trials", _TRIALS
    yield "seeds", _SEEDS
    yield "seconds", _SECONDS
    yield "draw", _DRAW
    yield "trial", _TRIAL


def _range(axis: str, name: str, offered: Mapping[str, Hyperparameter]) -> Iterator[tuple[str, Setting]]:
    setting = offered[name]
    yield f"{axis}.values", _values(axis)
    if setting.kind not in ("int", "float"):
        return
    low, high = _RANGES.get(name, (setting.low, setting.high))
    log = setting.log or name in _LOGARITHMIC
    if log and low <= 0:
        low = 1 if setting.kind == "int" else high / 1e5
    declare = whole if setting.kind == "int" else number
    for end, default, meaning in (("low", low, "Where its range begins."), ("high", high, "Where its range ends.")):
        options = {"valid": setting.valid, "log": setting.log, "stops": setting.stops}
        yield f"{axis}.{end}", declare(f"{axis}.{end}", default, setting.low, setting.high, meaning, **options)  # type: ignore[arg-type]
    yield f"{axis}.log", switch(f"{axis}.log", "Spread evenly over its powers of ten.", default=log)


def _values(axis: str) -> Text:
    return Text(
        name=f"{axis}.values",
        meaning="These values, with commas between them, instead of a range.",
        pattern=r"[A-Za-z0-9_.+\-, ]*",
        allowed="values with commas between them",
        max_length=300,
    )


def listed(text: str, setting: Hyperparameter) -> tuple[Any, ...]:
    """The values that a text names, of the kind of the setting.

    Raises:
        ValueError: one is not allowed.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(setting.check(_value(part, setting)) for part in parts)


def _value(text: str, setting: Hyperparameter) -> Any:
    if setting.kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    if setting.kind == "choice":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def values_text(values: tuple[Any, ...]) -> str:
    """The inverse of ``listed``."""
    return ",".join(query_text(value) for value in values)


@lru_cache(maxsize=256)
def menu_of(config: RunConfig, name: str) -> tuple[Any, ...]:
    """All values of a setting that has no range, as far as they suit the run: recurrent networks do not suit rows."""
    setting = variable(config)[name]
    every = (False, True) if setting.kind == "bool" else setting.choices
    return tuple(value for value in every if _takes(config, name, value)) or every


def _takes(config: RunConfig, name: str, value: Any) -> bool:
    try:
        config.changed({name: value})
    except ValueError:
        return False
    return True


def axis_of(axis: str, config: RunConfig, values: Mapping[str, Any]) -> Axis:
    """One of x, y and beside as what is asked for.

    Raises:
        ValueError: a value that is not allowed.
    """
    name = values[axis]
    setting = variable(config)[name]
    chosen = listed(values[f"{axis}.values"], setting)
    if not chosen and (setting.kind not in ("int", "float") or axis == "beside"):
        chosen = menu_of(config, name)[:MOST_OF_MENU]
    if chosen:
        return Axis(name=name, values=chosen[:4] if axis == "beside" and not values[f"{axis}.values"] else chosen)
    low, high = values[f"{axis}.low"], values[f"{axis}.high"]
    return Axis(name=name, low=float(low), high=float(high), log=values[f"{axis}.log"])


def sweep_request(config: RunConfig, values: Mapping[str, Any]) -> SweepRequest:
    """What a worker is asked for. The run's own values of what is varied play no part, so they are left out.

    Raises:
        ValueError: it cannot be searched.
    """
    names = [values[axis] for axis in AXES if values[axis] != NONE]
    usual = {
        own_name(name, config): config.settings()[own_name(name, config)].default
        for name in names
        if not name.endswith(".name")
    }
    with suppress(ValueError):  # the defaults do not suit each other; then its own values stay
        config = config.changed(usual)
    return SweepRequest(
        config=config.to_json(),
        axes=tuple(axis_of(axis, config, values) for axis in ("x", "y") if values[axis] != NONE),
        beside=None if values["beside"] == NONE else axis_of("beside", config, values),
        samplers=tuple(SAMPLERS) if values["sampler"] == ALL else (values["sampler"],),
        pruner=values["pruner"],
        goal=values["goal"],
        trials=values["trials"],
        seeds=values["seeds"],
        seconds=float(values["seconds"]),
        draw=values["draw"],
    )


def values_of(request: SweepRequest) -> dict[str, Any]:
    """The settings of a page that asks for this: the inverse of ``sweep_request``."""
    values: dict[str, Any] = {"y": NONE, "beside": NONE}
    for axis, varied in zip(("x", "y"), request.axes, strict=False):
        values |= {axis: varied.name, f"{axis}.values": values_text(varied.values)}
        if not varied.values:
            values |= {f"{axis}.low": varied.low, f"{axis}.high": varied.high, f"{axis}.log": varied.log}
    if request.beside is not None:
        values |= {"beside": request.beside.name, "beside.values": values_text(request.beside.values)}
    values["sampler"] = request.samplers[0] if len(request.samplers) == 1 else ALL
    return values | {name: getattr(request, name) for name in ("pruner", "goal", "trials", "seeds", "seconds", "draw")}
