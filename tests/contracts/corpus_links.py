"""Links for the corpus: drawn ones of valid settings, and junk.

The corpus keeps the links themselves, so what is drawn here matters only when it is drawn anew on purpose.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DRAWN = 40  # links of each page
_FORMULAS = (
    "x^2 + 3*y^2",
    "sin(3*x)*cos(2*y) + 0.1*(x^2 + y^2)",
    "(1 - x)^2 + 5*(y - x^2)^2",
    "exp(-x^2 - y^2)",
    "abs(x) + y^2",
)
_ON_A_LINE = ("x^2/2 + cos(3*x)", "abs(x)", "x^4 - 2*x^2 + 0.3*x", "exp(-x^2)", "x - log(x + 4)")
_VIEWS: Mapping[str, Sequence[str]] = {
    "v.step": ("0", "17", "300"),
    "v.x": ("step", "evaluations"),
    "v.y": ("value", "distance", "gradient", "rate"),
    "v.hidden": ("Adam|GD", "Momentum"),
    "v.arrows": ("true", "false"),
    "v.loop": ("true", "false"),
    "v.speed": ("0.25", "2", "16"),
    "v.zoom": ("-1,1,-2,2",),
    "v.picture": ("map", "3d"),
    "v.lane": ("Adam",),
}

_LONG, _DIGITS = "x" * 500, "9" * 400
_MARKDOWN = "**bold** [a](javascript:alert(1)) <img src=x onerror=alert(1)> `$x$`"
_UNICODE = "\u202eevil\u0000 Ünï \U0001f600 \ufeff"

JUNK: Mapping[str, Sequence[Mapping[str, str]]] = {
    "descent": (
        {"surface": "nowhere", "steps": "many", "noise": "-1", "seed": "1.5"},
        {"surface": "rosenbrock", "s.a": "inf", "s.b": "nan", "s.c": "1", "o1": "adam", "o1.lr": "1e999"},
        {"f": "__import__('os').system('ls')", "window": "1,2,3"},
        {"surface": "formula", "f": _LONG, "window": "3,-3,0,0"},
        {
            "o1": "adam",
            "o1.beta1": "1",
            "o1.schedule": "linear_warmup",
            "o1.warmup": "-3",
            "o2": _MARKDOWN,
            "o2.lr": "1",
        },
        {"start": "1", "steps": "3", "o13": "adam", "v.step": "-1", "v.zoom": "1,0,0,1", "v.nothing": "1"},
        {_MARKDOWN: _MARKDOWN, _UNICODE: _UNICODE},
        {
            "start": "1e7,0",
            "steps": _DIGITS,
            "noise": "\uff11\uff10",
            "seed": "-0",
            "v.speed": "1e9",
            "v.x": "time",
            "v.picture": "",
        },
        {"surface": "", "o1": "", "o2": "sgd", "o2.lr": "", "o2.momentum": "0.9"},
        {"f": "x/0 + y", "o1": "sgd", "o1.schedule": "cosine", "o1.schedule.eta_min": "-1", "o1.schedule.gamma": "2"},
    ),
    "line": (
        {"surface": "rosenbrock", "start": "1,2", "window": "-1,1,-1,1"},
        {"surface": "formula", "f": "x + y", "window": "3,-3", "o1": "coordinate_descent"},
        {"f": _LONG, "start": "inf", "steps": _DIGITS, "noise": "-1"},
        {"surface": "double_well", "s.t": "nan", "s.u": "1", "o1": "adam", "o1.lr": "0", "v.picture": "3d"},
        {_MARKDOWN: _MARKDOWN, "o1": _UNICODE, "o13": "sgd", "v.y": "sum", "v.lane": _MARKDOWN},
        {"surface": "", "f": "1/0", "o1": "newton", "o1.batch": "7", "seed": "0x1"},
    ),
    "maps": (
        {"view": "heights", "surface": "sphere", "steps": "1e9", "tolerance": "0"},
        {"view": "rates", "o1": "bfgs", "across": "lr", "up": "lr", "o1.lr": "1e999"},
        {"surface": "formula", "f": "import os", "x_low": "3", "x_high": "-3", "at_x": "nan"},
        {"view": "sensitivity", "rules": _MARKDOWN, "starts": "all", "o2": _UNICODE},
        {_MARKDOWN: _LONG, "o1": "adam", "o1.beta1": "1", "at_y": _DIGITS},
    ),
    "generalization": (
        {"part": "all", "truth": "flat", "rows": "1e9", "capacity": "0"},
        {"part": "tradeoff", "model": "networks", "width": "5", "sets": "1", "noise": "nan"},
        {"part": "ensemble", "runs": _MARKDOWN, "members": "none"},
        {"part": "scaling", "learn": "everything", "inputs": "3", "noise": "-1", "seeds": _DIGITS, "floor": "maybe"},
        {"part": "dropout", "drop": "0.95", "mask": "0", _MARKDOWN: _LONG},
    ),
    "surface": (
        {"part": "none", "plane": "cube", "reach": "x", "points": "18", "runs": "a b"},
        {"part": "saddles", "source": "letters", "n": "0", "height": "inf", "seed": "-1"},
        {"part": "saddles", "source": "networks", "n": _DIGITS, "runs": "a"},
        {"runs": _UNICODE, "rows": "1e999", "seed": "1.5", "path": "false", _MARKDOWN: _LONG},
    ),
    "derivatives": (
        {"view": "three", "f": "sinus", "x0": "1e13", "log_h": "1"},
        {"f": "own", "formula": "x + y", "precision": "float16"},
        {"view": "graph", "g": "own", "expression": _LONG, "mode": "sideways", "step": "-1"},
        {"view": "graph", "g": "own", "expression": "2 + 3", "n": "0", "m": _DIGITS},
        {"view": "cubic", "rate": "0", "steps": "2.5", "rows": "1", "start": _MARKDOWN, "form": "keras"},
        {_MARKDOWN: _UNICODE, "log_h": "nan", "draw": "-1", "in.x": "1"},
    ),
    "losses": (
        {"part": "none", "loss": "huber", "delta": "0", "error": "1e3"},
        {"part": "outlier", "model": "curve", "ox": "3.3", "oy": "1e9", "spread": "-1", "seed": "1.5"},
        {"part": "classification", "loss": "mse", "target": "perhaps", "logit": "inf"},
        {"part": "cross_entropy", "classes": "9", "z5": "1", "true": "5", "epsilon": "0.9", "convention": "wrong"},
        {"part": "distributions", "distance": _UNICODE, "q": "two", "p_width": "0", "shift": "3.14"},
        {_MARKDOWN: _MARKDOWN, "mse": "no", "mae": "False", "temperature": _DIGITS},
    ),
    "activations": (
        {"view": "three", "n": "0", "reach": "0", "threshold": "2"},
        {"n": "2", "f1": "softmax", "f2": "swish", "f2.beta": "much", "f3": "relu"},
        {"n": "25", "depth": "1e30", "weight": "nan", "seed": "-1", "shade": "9"},
        {_MARKDOWN: "1", "f1": _MARKDOWN, "gate": _UNICODE},
        {"temperature": "0", "z1": "1e4", "z2": "1,5", "z3": "0x10", "z4": "_1"},
        {"fresh": "True", "inputs": "cauchy", "spread": "-inf", "depth": "2.5"},
        {"f1": _LONG, "n": _DIGITS},
        {"": "", "n": "", "view": "", "embed": "true"},
    ),
    "initialization": (
        {"n": "5", "depth": "1", "width": "4096", "samples": "0"},
        {
            "n": "1",
            "s1.activation": "none",
            "s1.initializer": "kaiming_normal",
            "s1.mode": "fan",
            "s2.activation": "relu",
        },
        {"s1.scale": "-1", "s2.gain": "2", "s3.bias": "1e9", "s3.residual": "yes", "focus": "7"},
        {"s1.normalization": "weight", "s1.position": "after", "s2.normalization": "group", "inputs": _UNICODE},
        {
            "n": "2",
            "focus": "3",
            "s1.a.negative_slope": "0.1",
            "s2.activation": "leaky_relu",
            "s2.a.negative_slope": "x",
        },
        {_MARKDOWN: _LONG, "part": _MARKDOWN, "seed": "2147483648"},
        {"depth": _DIGITS, "width": "1e2", "samples": " 10 "},
        {"n": "", "s0.activation": "relu", "s1": "relu", "s1.": "relu"},
    ),
    "normalization": (
        {"part": "none", "correlation": "1", "steps": "5001", "rate": "0"},
        {"kind": "switch", "channels": "6", "groups": "4", "samples": "9"},
        {"channels": "5", "groups": "2", "momentum": "0", "batch": "257"},
        {"initializer": "xavier_normal", "scale": "1", "activation": "step", "norm.batch": "on", "norm.none": "true"},
        {_MARKDOWN: "1", "whitening": _MARKDOWN, "companions": _UNICODE, "stage": "raw"},
        {"mean1": "1e4", "spread1": "0", "noise": "-0.0001", "w1": "--2", "share": "NaN", "drift": "1e1000"},
        {"depth": _DIGITS, "value": _LONG, "train": "3", "test": "4.5"},
        {"": "1", "part": "", "seed": "abc", "gamma": "101", "beta": "-1e3"},
    ),
    "training": (
        {"data.name": "nothing", "model.name": "oracle", "loss.name": "", "optimizer.name": "sgdd"},
        {"data.name": "iris", "model.name": "cnn", "loss.name": "mse", "augmentation.flip": "true"},
        {"optimizer.lr": "fast", "budget.epochs": "0", "budget.batch_size": "2.5", "budget.seed": "-1"},
        {"model.width": "1000000", "model.depth": "64", "model.widths": "8--6", "model.nothing": "1"},
        {_MARKDOWN: "1", "data.size": _MARKDOWN, "run": "../../etc", "data.": "1", "data": "1"},
        {"data.val_share": "0.6", "data.test_share": "0.6", "regularization.ema": "1", "watch.pictures": "True"},
        {
            "optimizer.name": "lbfgs",
            "regularization.clip_norm": "1",
            "augmentation.mixup": "1",
            "augmentation.cutmix": "1",
        },
        {"budget.epochs": _DIGITS, "optimizer.lr": "1e999", "optimizer.weight_decay": "nan", "data.noise": _UNICODE},
        {"data.name": "csv", "data.file": _LONG, "data.target": _UNICODE, "run": "abc"},
        {"schedule.name": "cosine", "schedule.gamma": "0.1", "schedule.warmup": "-1", "run": "a b", "view": "x"},
    ),
    "runs": (
        {"view": "nothing", "statuses": "finished,lost", "data": "moons,none", "verdicts": _MARKDOWN},
        {"sort": "-beauty", "page": "0", "q": _LONG},
        {"runs": ",".join(f"run{i}" for i in range(12)), "x": "weeks", "number": _LONG},
        {"page": "\u0663", "sort": _UNICODE, "x": ""},
        {_MARKDOWN: _MARKDOWN, "runs": f"{_LONG},,b,b", "view": "list"},
        {"page": _DIGITS, "statuses": ",,,", "q": _MARKDOWN, "view": "import"},
    ),
}

RUNS = (
    {},
    {"view": "import"},
    {"view": "compare"},
    {"runs": "abc,def", "x": "seconds", "number": "gap"},
    {"q": "moons", "statuses": "finished,diverged", "sort": "-loss", "page": "2"},
)


def drawn_value(parameter: Any, rng: random.Random) -> Any:
    """A valid value of a declared hyperparameter, of those that its control offers."""
    if parameter.kind == "choice":
        return rng.choice(parameter.choices)
    if parameter.kind == "bool":
        return rng.random() < 0.5
    cast = int if parameter.kind == "int" else float
    if parameter.slider_stops:
        return cast(rng.choice(parameter.slider_stops))
    if parameter.kind == "int":
        return rng.randint(int(parameter.low), int(parameter.high))
    value = float(f"{rng.uniform(parameter.low, parameter.high):.4g}")
    return min(max(value, parameter.low), parameter.high)


def pick(rng: random.Random) -> Callable[[str, Any], Any]:
    """What ``settle`` asks for every setting: two of five are drawn, the others (and texts) stay at their default."""

    def drawn(_: str, parameter: Any) -> Any:
        is_text = parameter.kind == "text"
        return drawn_value(parameter, rng) if not is_text and rng.random() < 0.4 else parameter.default

    return drawn


def race_link(
    landscapes: Mapping[str, Any],
    optimizers: Mapping[str, Any],
    schedules: Mapping[str, Any],
    rng: random.Random,
    *,
    dimensions: int = 2,
) -> dict[str, str]:
    """A valid link of the descent page, or of that of races on a line."""
    key = rng.choice([*landscapes, "formula"])
    link = {"surface": key}
    if key == "formula":
        link["f"] = rng.choice(_FORMULAS if dimensions == 2 else _ON_A_LINE)
        if rng.random() < 0.5:
            link["window"] = "-2,4,-1.5,2.5" if dimensions == 2 else "-2,4"
    else:
        _some(link, "s.", landscapes[key].hyperparameters, rng)
    for slot in rng.sample(range(1, 13), rng.randint(0, 3)):
        name = link[f"o{slot}"] = rng.choice(list(optimizers))
        _some(link, f"o{slot}.", optimizers[name].hyperparameters, rng)
        if rng.random() < 0.4:
            schedule = link[f"o{slot}.schedule"] = rng.choice([each for each in schedules if each != "linear_warmup"])
            _some(link, f"o{slot}.schedule.", schedules[schedule].hyperparameters, rng)
            link[f"o{slot}.warmup"] = str(rng.choice((0, 5, 50)))
    if rng.random() < 0.5:
        link["start"] = ",".join(f"{rng.uniform(-2, 2):.3f}" for _ in range(dimensions))
    for name, values in {"steps": (10, 75, 1000), "noise": (0.1, 2.5), "seed": (1, 2147483647)}.items():
        if rng.random() < 0.4:
            link[name] = str(rng.choice(values))
    return link | {name: rng.choice(values) for name, values in _VIEWS.items() if rng.random() < 0.15}


def _some(link: dict[str, str], prefix: str, parameters: Sequence[Any], rng: random.Random) -> None:
    for parameter in parameters:
        if rng.random() < 0.5:
            value = drawn_value(parameter, rng)
            link[prefix + parameter.name] = str(value).lower() if isinstance(value, bool) else str(value)


def run_config(config: Any, rng: random.Random) -> Any:
    """``config`` with drawn settings; what the configuration refuses is left as it was."""
    names = ["data.name", "model.name", "optimizer.name", "schedule.name"]
    for name in [*(name for name in names if rng.random() < 0.6), *[""] * rng.randint(2, 12)]:
        name = name or rng.choice([key for key in config.settings() if not key.endswith(".name")])
        setting = config.settings()[name]
        value = rng.choice(("8-6", "32", "")) if name == "model.widths" else None
        if value is None and setting.kind == "text":
            continue
        value = drawn_value(setting, rng) if value is None else value
        if value != "csv":
            try:
                config = config.changed({name: value})
            except ValueError:
                continue
    return config
