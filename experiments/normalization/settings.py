"""The settings of the normalization page, its presets, and what they are in the terms of the figures.

The keys are a public format: part=leak  correlation=0  drift=2  kind=layer  batch=4  norm.rms=true ...
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from experiments.normalization.worked_example import CELLS
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.normalization import KINDS, MOMENTUM
from networks.setup import NORM_POSITIONS
from settings import Hyperparameter, LinkPreset, Setting, by_key

PARTS: Mapping[str, str] = {
    "data": "Data",
    "leak": "Leak",
    "layers": "Layers",
    "hand": "By hand",
    "batch": "Train and eval",
    "coupling": "Coupled rows",
    "effect": "Effect",
}
WHITENINGS: Mapping[str, str] = {"whitened": "PCA, along the axes", "zca": "ZCA, turned back"}
RATES: Mapping[str, str] = {"best": "each stage's own", "same": "one for all stages"}
COMPANIONS: Mapping[str, str] = {"random": "drawn at random", "similar": "all similar, as if sorted"}
_STAGES = ("centered", "scaled", "rotated", "whitened", "zca")
SAMPLES = 256
"""Inputs sent through each network of the effect part."""
COMPARED = ("batch", "layer", "rms", "weight")


def _choice(name: str, choices: Iterable[str], default: str, meaning: str) -> Hyperparameter:
    return Hyperparameter(
        name=name, symbol=name, kind="choice", choices=tuple(choices), default=default, meaning=meaning
    )


def _whole(name: str, default: int, low: int, high: int, meaning: str, stops: tuple[int, ...] = ()) -> Hyperparameter:
    return Hyperparameter(
        name=name,
        symbol=name,
        kind="int",
        default=default,
        low=low,
        high=high,
        valid=f"[{low}, {high}]",
        meaning=meaning,
        stops=stops,
    )


def _number(
    name: str, default: float, low: float, high: float, meaning: str, valid: str = "", stops: tuple[float, ...] = ()
) -> Hyperparameter:
    return Hyperparameter(
        name=name,
        symbol=name,
        default=default,
        low=low,
        high=high,
        valid=valid or f"[{low:g}, {high:g}]",
        meaning=meaning,
        stops=stops,
    )


_SEED = Hyperparameter(
    name="seed",
    symbol="s",
    default=0,
    kind="int",
    low=0,
    high=9999,
    valid="[0, 2147483647]",
    meaning="Fixes every random draw, so that the same link shows the same picture.",
)


def _even(low: float, high: float, step: float) -> tuple[float, ...]:
    """Stops of a slider, ends included."""
    return tuple(round(low + i * step, 6) for i in range(round((high - low) / step) + 1))


_DATA = (
    _number(
        "correlation",
        0.9,
        -0.99,
        0.99,
        "How strongly the two features depend on each other.",
        "(-1, 1)",
        (-0.99, -0.95, *_even(-0.9, 0.9, 0.1), 0.95, 0.99),
    ),
    _number("mean1", 6.0, -10, 10, "Mean of the first feature.", "[-1000, 1000]"),
    _number("mean2", 0.5, -10, 10, "Mean of the second feature.", "[-1000, 1000]"),
    _number("spread1", 3.0, 0.1, 5, "Standard deviation of the first feature.", "[0.001, 1000]"),
    _number("spread2", 0.5, 0.1, 5, "Standard deviation of the second feature.", "[0.001, 1000]"),
    _number("noise", 0.5, 0, 2, "Standard deviation of the noise on the target.", "[0, 100]"),
    _choice("whitening", WHITENINGS, "whitened", "Whitened along the principal axes, or turned back afterwards."),
    _choice("rates", RATES, "best", "Whether each stage descends at its own best rate, or all at one rate."),
    _number(
        "share",
        0.9,
        0.05,
        1.2,
        "The learning rate as a share of each stage's best one.",
        "(0, 10]",
        (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2),
    ),
    _number(
        "rate",
        0.02,
        0.001,
        2,
        "The learning rate of every stage.",
        "(0, 1000]",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2),
    ),
    _whole("steps", 1000, 10, 5000, "Steps of gradient descent.", (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)),
    _number("w1", -2.0, -5, 5, "First weight at the start.", "[-1000, 1000]"),
    _number("w2", -1.0, -5, 5, "Second weight at the start.", "[-1000, 1000]"),
)

_LEAK = (
    _choice("stage", _STAGES, "scaled", "How the inputs are prepared."),
    _whole("train", 10, 4, 200, "Samples in the training part.", (4, 5, 10, 15, 20, 30, 50, 100, 200)),
    _whole("test", 30, 4, 200, "Samples in the test part.", (4, 5, 10, 15, 20, 30, 50, 100, 200)),
    _number(
        "drift", 2.0, 0, 5, "How far the test part has moved, in standard deviations.", "[-20, 20]", _even(0, 5, 0.25)
    ),
)

_LAYERS = (
    _choice("kind", KINDS, "batch", "Which cells share a mean and a variance."),
    _whole("samples", 4, 1, 8, "Samples N in the batch."),
    _whole("channels", 4, 1, 8, "Channels C of each sample."),
    _whole("hw", 3, 1, 8, "Positions H·W of each channel."),
)
_SCALE = _number(
    "gamma", 1.0, 0, 3, "What normalized cells are multiplied by; a network learns it.", "[-100, 100]", _even(0, 3, 0.1)
)
_SHIFT = _number("beta", 0.0, -3, 3, "What is added after that; a network learns it.", "[-100, 100]", _even(-3, 3, 0.1))

_BATCH = (
    _whole("batch", 4, 1, 256, "Samples in a batch.", (1, 2, 4, 8, 16, 32, 64, 128, 256)),
    Hyperparameter(
        name="momentum",
        symbol=MOMENTUM.symbol,
        default=0.1,
        low=0.001,
        high=1.0,
        valid=MOMENTUM.valid,
        meaning=MOMENTUM.meaning,
        stops=(0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1),
    ),
    _whole("batches", 200, 1, 2000, "Training batches seen.", (1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
    _number("value", 4.0, -2, 12, "The test value whose fate is drawn.", "[-1000, 1000]", _even(-2, 12, 0.5)),
    _choice("companions", COMPANIONS, "random", "What else is in the batch of the test value."),
)

_COUPLING = (
    _whole("rows", 8, 2, 16, "Rows in the batch."),
    _whole("deep", 1, 1, 4, "Layers between input and output."),
)

_NETWORK = (
    _choice(
        "activation",
        [key for key, each in ACTIVATIONS.items() if each.trainable],
        "tanh",
        "The activation after each layer.",
    ),
    _choice("initializer", INITIALIZERS, "normal", "How the weights are drawn."),
)
_SIZE = (
    _whole("depth", 20, 2, 60, "Layers.", (2, 5, 10, 15, 20, 30, 40, 50, 60)),
    _whole("width", 128, 8, 512, "Units in each layer.", (8, 16, 32, 64, 128, 256, 512)),
    _choice("position", NORM_POSITIONS, "before", "Before or after the activation."),
    Hyperparameter(
        name="residual",
        symbol="residual",
        kind="bool",
        default=False,
        meaning="Each layer adds its input to its output.",
    ),
)
_SHOWN = {"batch": True, "layer": True, "rms": False, "weight": False}


def declared(values: Mapping[str, Any]) -> Iterable[tuple[str, Setting]]:
    """Every setting of the page; see settings/query.py."""
    yield "part", _choice("part", PARTS, "data", "What the page shows.")
    for parameter in (*_DATA, *_LEAK, *_LAYERS):
        yield parameter.name, parameter
    divisors = [str(n) for n in range(1, values["channels"] + 1) if values["channels"] % n == 0]
    yield (
        "groups",
        _choice(
            "groups", divisors, "2" if "2" in divisors else "1", "Groups of channels; they must divide the channels."
        ),
    )
    yield "gamma", _SCALE
    yield "beta", _SHIFT
    yield "cells", CELLS
    for parameter in _COUPLING:
        yield parameter.name, parameter
    for parameter in (*_BATCH, *_NETWORK):
        yield parameter.name, parameter
    for parameter in INITIALIZERS[values["initializer"]].hyperparameters:
        if parameter.name == "scale":
            yield "scale", parameter
    for parameter in _SIZE:
        yield parameter.name, parameter
    for key in COMPARED:
        yield (
            f"norm.{key}",
            Hyperparameter(name=key, symbol=key, kind="bool", default=_SHOWN[key], meaning="Draw its line."),
        )
    yield "seed", _SEED


def group_count(values: Mapping[str, Any]) -> int:
    """The number of groups; a choice's key is text."""
    return int(values["groups"])


def network_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``networks.Setup`` that the effect part sets."""
    return {
        "activation": values["activation"],
        "initializer": values["initializer"],
        "scale": values.get("scale"),
        "widths": (values["width"],) * (values["depth"] + 1),
        "samples": SAMPLES,
        "seed": values["seed"],
        "residual": values["residual"],
        "norm_position": values["position"],
    }


def compared_kinds(values: Mapping[str, Any]) -> tuple[str, ...]:
    """No normalization, and every kind that is switched on."""
    return ("none", *(key for key in COMPARED if values[f"norm.{key}"]))


PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="dependent",
            title="Dependent features: whiten",
            query={},
            look_for="Rings of a round loss lead straight down; only whitening makes them round here.",
        ),
        LinkPreset(
            key="independent",
            title="Independent features: scale",
            query={"correlation": "0"},
            look_for="Without dependence the centered ellipses stand upright, so scaling each feature is enough.",
        ),
        LinkPreset(
            key="one_rate",
            title="One rate for every stage",
            query={"rates": "same", "rate": "0.1", "steps": "200"},
            look_for="One rate cannot suit all: raw inputs blow up while whitened ones could take ten times more.",
        ),
        LinkPreset(
            key="drift_hidden",
            title="A drift the leak hides",
            query={"part": "leak"},
            look_for="Prepared rightly the test part has visibly moved; after the leak both parts look standard.",
        ),
        LinkPreset(
            key="too_good",
            title="A score too good to be true",
            query={"part": "leak", "drift": "0", "stage": "whitened"},
            look_for="With few samples the leaked statistics help the score, and use will not repeat it.",
        ),
        LinkPreset(
            key="batch_norm",
            title="Batch: a channel, all samples",
            query={"part": "layers"},
            look_for="Each channel is one color down all samples, so every output depends on the batch.",
        ),
        LinkPreset(
            key="layer_norm",
            title="Layer: each sample alone",
            query={"part": "layers", "kind": "layer"},
            look_for="Bright samples lose their brightness; the levels of the channels stay apart.",
        ),
        LinkPreset(
            key="group_norm",
            title="Group: channels in groups",
            query={"part": "layers", "kind": "group"},
            look_for="One group a sample is layer normalization, one channel a group is instance normalization.",
        ),
        LinkPreset(
            key="rms_norm",
            title="RMS: the mean stays in",
            query={"part": "layers", "kind": "rms"},
            look_for="Signs do not change: every cell of a sample is divided by one number.",
        ),
        LinkPreset(
            key="by_hand",
            title="Batch norm, worked by hand",
            query={"part": "hand"},
            look_for="The first unit has mean 3.7 and deviation 2.5 over the batch; change a cell and work it out.",
        ),
        LinkPreset(
            key="forgotten",
            title="A forgotten eval mode",
            query={"part": "batch"},
            look_for="The blue line is the answer; in training mode the same value is a matter of luck.",
        ),
        LinkPreset(
            key="sorted",
            title="A sorted test set",
            query={"part": "batch", "batch": "32", "value": "8", "companions": "similar"},
            look_for="Among its like the value loses what made it large; bigger batches do not help.",
        ),
        LinkPreset(
            key="slow",
            title="Running averages too slow",
            query={"part": "batch", "momentum": "0.01", "batches": "50"},
            look_for="At this momentum the running averages still remember their first guess, mean 0 and variance 1.",
        ),
        LinkPreset(
            key="coupled",
            title="Batch norm couples rows",
            query={"part": "coupling"},
            look_for="Only batch normalization in training has cells off the diagonal: every row reaches every other.",
        ),
        LinkPreset(
            key="coupled_pair",
            title="A batch of two rows",
            query={"part": "coupling", "rows": "2"},
            look_for="Two rows normalize to plus and minus one: in training nothing of the input comes through.",
        ),
        LinkPreset(
            key="tanh_depth",
            title="Small weights, 20 tanh layers",
            query={"part": "effect"},
            look_for="Without normalization the signal dies by layer; with it every layer looks like the first.",
        ),
        LinkPreset(
            key="relu_depth",
            title="Large weights, 20 ReLU layers",
            query={"part": "effect", "activation": "relu", "scale": "0.3", "norm.rms": "true"},
            look_for="The bare signal explodes; batch normalization holds it, and gradients still grow.",
        ),
    ]
)
