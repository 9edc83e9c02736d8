"""The settings of the initialization page, its presets, and the networks they describe.

The keys are a public format: n=2  s1.activation=relu  s1.initializer=kaiming_normal  s1.scale=1  depth=50 ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from experiments.initialization.signal import Signal
from networks import ACTIVATIONS, INITIALIZERS, INPUTS, NORMALIZATIONS, Prediction, Setup, verdict
from numerals import readable
from settings import Hyperparameter, LinkPreset, Setting, Text, by_key

if TYPE_CHECKING:
    from networks import SignalTrace

MAX_SETUPS = 4
POSITIONS: Mapping[str, str] = {"before": "before the activation", "after": "after the activation"}
MODES: Mapping[str, str] = {"fan_in": "by inputs: keeps the signal", "fan_out": "by outputs: keeps the gradient"}
PARTS: Mapping[str, str] = {"activations": "Activations", "gradients": "Gradients"}
_FIRST: tuple[Mapping[str, Any], ...] = (
    {"activation": "tanh", "initializer": "normal", "scale": 0.01},
    {"activation": "tanh", "initializer": "normal", "scale": 1.0},
    {"activation": "tanh", "initializer": "xavier_normal"},
    {"activation": "relu", "initializer": "kaiming_normal"},
)

_COUNT = Hyperparameter(
    name="n",
    symbol="n",
    kind="int",
    default=3,
    low=1,
    high=MAX_SETUPS,
    valid=f"[1, {MAX_SETUPS}]",
    meaning="How many set-ups stand side by side.",
)
_BIAS = Hyperparameter(
    name="bias",
    symbol=r"\sigma_b",
    default=0.0,
    low=0.0,
    high=3.0,
    valid="[0, 1000]",
    meaning="Standard deviation of normal biases.",
)
_RESIDUAL = Hyperparameter(
    name="residual", symbol="", kind="bool", default=False, meaning="Every layer adds its output to its input."
)
_NORMALIZATION = Hyperparameter(
    name="normalization",
    symbol="",
    kind="choice",
    default="none",
    choices=tuple(NORMALIZATIONS),
    meaning="What every layer does to keep its signal at one spread; without trained scale or shift.",
)
_POSITION = Hyperparameter(
    name="position",
    symbol="",
    kind="choice",
    default="before",
    choices=tuple(POSITIONS),
    meaning="Whether the normalization acts before or after the activation.",
)
_UNITS = r"(?:[1-9]\d{0,2}|1\d{3}|20[0-3]\d|204[0-8])"
WIDTHS = Text(
    name="widths",
    pattern=rf"(?:{_UNITS}(?:-{_UNITS}){{1,40}})?",
    allowed="2 to 41 whole numbers from 1 to 2048 with - between them, as 784-256-64",
    meaning="Inputs, then the units of each layer, as 784-256-64; empty where all are the same.",
)
_SHARED = (
    Hyperparameter(
        name="depth",
        symbol="L",
        kind="int",
        default=10,
        low=2,
        high=100,
        valid="[2, 100]",
        stops=(2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100),
        meaning="Layers of every set-up.",
    ),
    Hyperparameter(
        name="width",
        symbol="n",
        kind="int",
        default=500,
        low=8,
        high=2048,
        valid="[8, 2048]",
        stops=(8, 16, 32, 64, 128, 256, 500, 512, 1024, 2048),
        meaning="Units of every layer, and inputs.",
    ),
    WIDTHS,
    Hyperparameter(
        name="samples",
        symbol="N",
        kind="int",
        default=1000,
        low=10,
        high=5000,
        valid="[2, 5000]",
        stops=(10, 32, 100, 300, 1000, 2000, 5000),
        meaning="Inputs that are sent through; fewer where they would not fit into memory.",
    ),
    Hyperparameter(
        name="inputs",
        symbol="",
        kind="choice",
        default="normal",
        choices=tuple(INPUTS),
        meaning="The distribution of the inputs.",
    ),
    Hyperparameter(
        name="seed",
        symbol="s",
        kind="int",
        default=0,
        low=0,
        high=9999,
        valid="[0, 2147483647]",
        meaning="Fixes weights and inputs, so that the same link shows the same picture.",
    ),
)
_VIEW = (
    Hyperparameter(
        name="part",
        symbol="",
        kind="choice",
        default="activations",
        choices=tuple(PARTS),
        meaning="Of what the histograms are.",
    ),
)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting by key; see settings/query.py."""
    yield "n", _COUNT
    for slot in range(1, values["n"] + 1):
        yield from _setup(values, slot)
    for parameter in (*_SHARED, *_VIEW):
        yield parameter.name, parameter
    if values["n"] > 1:
        yield "focus", _focus(values["n"])


def _setup(values: Mapping[str, Any], slot: int) -> Iterator[tuple[str, Hyperparameter]]:
    first, own = _FIRST[slot - 1], f"s{slot}"
    yield f"{own}.activation", _choice("activation", ACTIVATIONS, first, "What follows each linear map.")
    for parameter in activation_parameters(values, slot):
        yield f"{own}.a.{parameter.name}", parameter
    yield f"{own}.initializer", _choice("initializer", INITIALIZERS, first, "How the weights are drawn.")
    for parameter in initializer_parameters(values, slot):
        is_first = values[f"{own}.initializer"] == first["initializer"] and parameter.name in first
        yield f"{own}.{parameter.name}", replace(parameter, default=first[parameter.name]) if is_first else parameter
    yield f"{own}.bias", _BIAS
    yield f"{own}.residual", _RESIDUAL
    yield f"{own}.normalization", _NORMALIZATION
    if values[f"{own}.normalization"] in ("batch", "layer", "rms"):
        yield f"{own}.position", _POSITION


def activation_parameters(values: Mapping[str, Any], slot: int) -> tuple[Hyperparameter, ...]:
    """What the activation of a set-up lets one set, under ``s1.a.name``."""
    return ACTIVATIONS[values[f"s{slot}.activation"]].hyperparameters


def initializer_parameters(values: Mapping[str, Any], slot: int) -> tuple[Hyperparameter, ...]:
    """What the initializer of a set-up lets one set, under ``s1.name``."""
    return INITIALIZERS[values[f"s{slot}.initializer"]].hyperparameters


def setups_of(values: Mapping[str, Any]) -> tuple[Setup, ...]:
    """The networks side by side."""
    return tuple(_network(values, slot) for slot in range(1, values["n"] + 1))


def _network(values: Mapping[str, Any], slot: int) -> Setup:
    own = f"s{slot}"
    return Setup(
        activation=values[f"{own}.activation"],
        initializer=values[f"{own}.initializer"],
        **{parameter.name: values[f"{own}.{parameter.name}"] for parameter in initializer_parameters(values, slot)},
        bias_scale=values[f"{own}.bias"],
        widths=widths_of(values),
        samples=values["samples"],
        seed=values["seed"],
        residual=values[f"{own}.residual"],
        normalization=values[f"{own}.normalization"],
        norm_position=values.get(f"{own}.position", "before"),
        input_distribution=values["inputs"],
        parameters={p.name: values[f"{own}.a.{p.name}"] for p in activation_parameters(values, slot)},
    )


def widths_of(values: Mapping[str, Any]) -> tuple[int, ...]:
    """Inputs, then the units of each layer: the list where one is given, else all the same."""
    if values["widths"]:
        return tuple(int(units) for units in values["widths"].split("-"))
    return (values["width"],) * (values["depth"] + 1)


def setup_label(setup: Setup) -> str:
    """A short name: activation, initializer, and what else it has."""
    number = next((n for n in (setup.scale, setup.gain) if n is not None), None)
    plain = number is None or (setup.gain == 1 and setup.scale is None)
    drawn = setup.initializer_entry.name + ("" if plain else f" {readable(float(number or 0))}")
    drawn += ", by outputs" if setup.mode == "fan_out" else ""
    extras = [f"bias {readable(setup.bias_scale)}"] if setup.bias_scale else []
    extras += ["residual"] if setup.residual else []
    extras += [f"{setup.normalization} norm"] if setup.normalization != "none" else []
    return ", ".join([f"{setup.activation_entry.name}, {drawn}", *extras])


def make_signal(
    slot: int, setup: Setup, theory: Prediction | None, trace: SignalTrace | None, earlier: SignalTrace | None
) -> Signal:
    """A set-up with what is known of it."""
    return Signal(slot=slot, label=setup_label(setup), setup=setup, theory=theory, trace=trace, earlier=earlier)


def verdicts(signals: Sequence[Signal]) -> list[tuple[Signal, str]]:
    """Every set-up with a sentence: its number and name, and what happens to signal and gradient.

    Until a set-up is measured, a first look at fewer inputs speaks for it where there is one.
    """
    return [(each, f"{each.slot}: {each.label}. {_known(each)}") for each in signals]


def _known(signal: Signal) -> str:
    if signal.trace is not None:
        return verdict(signal.trace)
    first = signal.earlier
    if first is not None and replace(first.setup, samples=signal.setup.samples) == signal.setup:
        return f"{verdict(first)} (From {readable(first.samples)} inputs; measuring the rest.)"
    return "Measuring."


def with_one_more(values: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that add a set-up."""
    return {"n": values["n"] + 1, "focus": focus_of(values)}


def without(values: Mapping[str, Any], slot: int) -> dict[str, Any]:
    """The changes that take away one set-up; those after it move up."""
    changes: dict[str, Any] = {"n": values["n"] - 1, "focus": min(focus_of(values), values["n"] - 1)}
    for later in range(slot + 1, values["n"] + 1):
        for name in (key for key in values if key.startswith(f"s{later}.")):
            changes[f"s{later - 1}{name.removeprefix(f's{later}')}"] = values[name]
    return changes


def focus_of(values: Mapping[str, Any]) -> int:
    """The set-up that a click on the edge of chaos changes."""
    return values.get("focus", 1)


def at_spreads(slot: int, sigma_w: float, sigma_b: float) -> dict[str, Any]:
    """The changes that give a set-up these spreads of weights (times the root of the inputs) and biases."""
    return {f"s{slot}.initializer": "lecun_normal", f"s{slot}.gain": sigma_w, f"s{slot}.bias": sigma_b}


def _focus(count: int) -> Hyperparameter:
    return Hyperparameter(
        name="focus",
        symbol="i",
        kind="int",
        default=1,
        low=1,
        high=count,
        valid=f"[1, {count}]",
        meaning="The set-up that a click on the edge of chaos changes.",
    )


def _choice(name: str, catalogue: Mapping[str, Any], first: Mapping[str, Any], meaning: str) -> Hyperparameter:
    return Hyperparameter(
        name=name, symbol="", kind="choice", default=first[name], choices=tuple(catalogue), meaning=meaning
    )


def _one(look_for: str, key: str, title: str, **query: str) -> LinkPreset:
    return LinkPreset(
        key=key,
        title=title,
        look_for=look_for,
        query={"n": "1"}
        | {
            name if name in ("depth", "width", "inputs", "part") else f"s1.{name}": text for name, text in query.items()
        },
    )


PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="three",
            title="Too small, too large, right",
            look_for="Three starts of one tanh network: the signal dies, sticks at plus and minus one, or survives.",
            query={},
        ),
        LinkPreset(
            key="fans",
            title="Fan-in or fan-out",
            look_for="Layers narrow: by inputs keeps the signal, by outputs keeps the gradient; nobody keeps both.",
            query={
                "n": "4",
                "widths": "1024-512-256-128-64-32",
                "s1.activation": "relu",
                "s1.initializer": "kaiming_normal",
                "s2.activation": "relu",
                "s2.initializer": "kaiming_normal",
                "s2.mode": "fan_out",
                "s3.activation": "relu",
                "s4.initializer": "sqrt_fan",
            },
        ),
        _one(
            "Every unit is zero and no gradient comes back: the network cannot begin to learn.",
            "zeros",
            "All zeros",
            initializer="zeros",
        ),
        _one(
            "The lecture counts 0.2131, 0.0476, 0.0106, 0.0024, 0.0005 in layers 1 to 5.",
            "small",
            "Normal 0.01 with tanh",
        ),
        _one(
            "The lecture counts 0.98 in every layer: units stick at plus or minus one.",
            "large",
            "Normal 1.0 with tanh",
            scale="1",
        ),
        _one(
            "The spread falls slowly, and both signal and gradient arrive.",
            "xavier_tanh",
            "Xavier with tanh",
            initializer="xavier_normal",
        ),
        _one(
            "ReLU halves the signal at every layer; Xavier does not count that in.",
            "xavier_relu",
            "Xavier with ReLU",
            activation="relu",
            initializer="xavier_normal",
        ),
        _one(
            "The gain, the root of two, gives back what ReLU takes away.",
            "kaiming_relu",
            "Kaiming with ReLU",
            activation="relu",
            initializer="kaiming_normal",
        ),
        LinkPreset(
            key="relu_pair",
            title="Xavier or Kaiming for ReLU",
            look_for="Thirty layers tell them apart: one dies out, the other keeps its spread.",
            query={
                "n": "2",
                "s1.activation": "relu",
                "s1.initializer": "xavier_normal",
                "s2.activation": "relu",
                "s2.initializer": "kaiming_normal",
                "depth": "30",
            },
        ),
        _one(
            "Rotations change no length, so the spread stays at one through a hundred layers.",
            "orthogonal",
            "Orthogonal linear, depth 100",
            activation="identity",
            initializer="orthogonal",
            depth="100",
            width="256",
        ),
        _one(
            "Each layer adds to its input, so the signal doubles its power again and again.",
            "residual",
            "Residual without normalization",
            activation="relu",
            initializer="kaiming_normal",
            residual="true",
            depth="50",
        ),
        LinkPreset(
            key="normalized",
            title="What normalization repairs",
            look_for="The same bad start, alone and with batch and layer normalization before the activation.",
            query={
                "s2.scale": "0.01",
                "s2.normalization": "batch",
                "s3.initializer": "normal",
                "s3.normalization": "layer",
            },
        ),
        LinkPreset(
            key="edge",
            title="The edge of chaos, depth 50",
            look_for="Order forgets the input, chaos tears neighbors apart; on the edge signals go deepest.",
            query={
                "s1.initializer": "lecun_normal",
                "s1.gain": "0.8",
                "s2.initializer": "lecun_normal",
                "s3.initializer": "lecun_normal",
                "s3.gain": "2",
                "depth": "50",
                "width": "256",
            },
        ),
        _one(
            "Slopes of at most a quarter: the gradient is gone before it reaches the first layer.",
            "sigmoid",
            "Xavier with sigmoid",
            activation="sigmoid",
            initializer="xavier_normal",
        ),
    ]
)
