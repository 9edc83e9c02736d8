"""The settings of the activations page, and its presets.

The keys are a public format: n=2  f1=swish  f1.beta=5  f2=relu  reach=8  threshold=0.05  depth=10 ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.activations.curve import Curve
from networks import ACTIVATIONS, GATED
from settings import Hyperparameter, LinkPreset, by_key

VIEWS: Mapping[str, str] = {"one": "One input", "two": "Two inputs", "softmax": "Softmax"}
INPUTS: Mapping[str, str] = {"normal": "Normal", "uniform": "Uniform"}
MAX_CURVES = max(24, len(ACTIVATIONS))
"""The most functions compared at once: the whole catalogue fits."""
LOGITS = ("z1", "z2", "z3", "z4")
_FIRST = ("sigmoid", "tanh", "relu", "gelu")

VIEW = Hyperparameter(
    name="view", symbol="", kind="choice", default="one", choices=tuple(VIEWS), meaning="What the page shows."
)
COUNT = Hyperparameter(
    name="n",
    symbol="n",
    kind="int",
    default=len(_FIRST),
    low=1,
    high=MAX_CURVES,
    valid=f"[1, {MAX_CURVES}]",
    meaning="How many functions are compared.",
)
REACH = Hyperparameter(
    name="reach",
    symbol="x",
    default=5.0,
    low=1.0,
    high=100.0,
    valid="[0.1, 1000]",
    stops=(1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100),
    meaning="The curves run from minus to plus this input.",
)
THRESHOLD = Hyperparameter(
    name="threshold",
    symbol=r"\epsilon",
    default=0.05,
    low=0.001,
    high=0.5,
    valid="(0, 1]",
    log=True,
    meaning="Where the slope is smaller than this, a function counts as saturated; where it is zero, as dead.",
)
_CHAIN = (
    Hyperparameter(
        name="depth",
        symbol="L",
        kind="int",
        default=10,
        low=1,
        high=100,
        valid="[1, 200]",
        stops=(1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100),
        meaning="Layers that the gradient passes.",
    ),
    Hyperparameter(
        name="weight",
        symbol="w",
        default=1.0,
        low=-3.0,
        high=5.0,
        valid="[-100, 100]",
        meaning="The weight between one layer and the next, the same for all.",
    ),
    Hyperparameter(
        name="spread",
        symbol=r"\sigma",
        default=1.0,
        low=0.01,
        high=10.0,
        valid="[0, 1000]",
        log=True,
        meaning="Standard deviation of the inputs.",
    ),
    Hyperparameter(
        name="inputs",
        symbol="",
        kind="choice",
        default="normal",
        choices=tuple(INPUTS),
        meaning="The distribution the inputs are drawn from.",
    ),
    Hyperparameter(
        name="fresh",
        symbol="",
        kind="bool",
        default=False,
        meaning="Every layer gets new inputs of this spread, as behind a normalization.",
    ),
    Hyperparameter(
        name="seed",
        symbol="s",
        kind="int",
        default=0,
        low=0,
        high=9999,
        valid="[0, 2147483647]",
        meaning="Fixes the inputs, so that the same link shows the same picture.",
    ),
)
CHAIN = tuple(parameter.name for parameter in _CHAIN)
GATE = Hyperparameter(
    name="gate", symbol="", kind="choice", default="swiglu", choices=tuple(GATED), meaning="A function of two inputs."
)
TEMPERATURE = Hyperparameter(
    name="temperature",
    symbol="T",
    default=1.0,
    low=0.01,
    high=100.0,
    valid="[0.001, 1000]",
    log=True,
    meaning="Low picks the largest logit, high makes all equal.",
)
_LOGITS = tuple(
    Hyperparameter(
        name=name,
        symbol=f"z_{name[1]}",
        default=default,
        low=-10.0,
        high=10.0,
        valid="[-1000, 1000]",
        meaning="One logit, the input of the softmax.",
    )
    for name, default in zip(LOGITS, (2.0, 1.0, 0.5, -1.0), strict=True)
)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Hyperparameter]]:
    """Every setting by key; see settings/query.py."""
    yield "view", VIEW
    yield "n", COUNT
    for slot in range(1, values["n"] + 1):
        yield f"f{slot}", _function(slot)
        for parameter in ACTIVATIONS[values[f"f{slot}"]].hyperparameters:
            yield f"f{slot}.{parameter.name}", parameter
    for parameter in (REACH, THRESHOLD, _shade(values["n"]), *_CHAIN, GATE, TEMPERATURE, *_LOGITS):
        yield parameter.name, parameter


def curves_of(values: Mapping[str, Any]) -> tuple[Curve, ...]:
    """The chosen functions; a name that occurs twice is followed by its parameters."""
    keys = [values[f"f{slot}"] for slot in range(1, values["n"] + 1)]
    return tuple(
        Curve(
            activation=ACTIVATIONS[key],
            hyper={p.name: values[f"f{slot}.{p.name}"] for p in ACTIVATIONS[key].hyperparameters},
            slot=slot,
            twin=keys.count(key) > 1,
        )
        for slot, key in enumerate(keys, 1)
    )


def with_one_more(values: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that add the next function of the catalogue that is not shown yet."""
    slot = values["n"] + 1
    shown = {values[f"f{other}"] for other in range(1, slot)}
    new = next((key for key in ACTIVATIONS if key not in shown), "relu")
    return {"n": slot, f"f{slot}": new, "shade": values["shade"]}


def without(values: Mapping[str, Any], slot: int) -> dict[str, Any]:
    """The changes that take away one function; those after it move up."""
    changes: dict[str, Any] = {"n": values["n"] - 1}
    for later in range(slot + 1, values["n"] + 1):
        for name in (key for key in values if key == f"f{later}" or key.startswith(f"f{later}.")):
            changes[f"f{later - 1}{name.removeprefix(f'f{later}')}"] = values[name]
    shaded = values["shade"]
    return changes | {"shade": shaded - 1 if shaded > slot or shaded == values["n"] else shaded}


def _shade(count: int) -> Hyperparameter:
    return Hyperparameter(
        name="shade",
        symbol="i",
        kind="int",
        default=1,
        low=0,
        high=count,
        valid=f"[0, {count}]",
        meaning="Whose saturated and dead zones are shaded through the curves; 0 for nobody's.",
    )


def _function(slot: int) -> Hyperparameter:
    default = _FIRST[slot - 1] if slot <= len(_FIRST) else "relu"
    return Hyperparameter(
        name="function", symbol="", kind="choice", default=default, choices=tuple(ACTIVATIONS), meaning="An activation."
    )


def _shown(*keys: str, **others: str) -> dict[str, str]:
    """The part of a link that shows these functions and no others."""
    query = {} if len(keys) == len(_FIRST) else {"n": str(len(keys))}
    query |= {f"f{slot}": key for slot, key in enumerate(keys, 1) if key != _function(slot).default}
    return query | others


PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="silent",
            title="Why sigmoid stacks go silent",
            look_for="The slope of the sigmoid is at most 0.25: every layer takes three quarters of the gradient.",
            query={},
        ),
        LinkPreset(
            key="dead",
            title="Dead or leaky",
            look_for="After ten ReLU layers nearly every input gets no gradient; leaky relatives leave some to each.",
            query=_shown("relu", "leaky_relu", "elu", fresh="true") | {"f2.negative_slope": "0.3"},
        ),
        LinkPreset(
            key="smooth",
            title="Smooth relatives of ReLU",
            look_for="All bend where ReLU has its kink; three of them dip below zero.",
            query=_shown("relu", "gelu", "silu", "mish", "softplus", reach="4", shade="0"),
        ),
        LinkPreset(
            key="swish",
            title="Swish: from linear to ReLU",
            look_for="A small beta gives almost a straight line, a large one almost ReLU.",
            query=_shown("swish", "swish", "swish", "relu", shade="0") | {"f1.beta": "0.1", "f3.beta": "10"},
        ),
        LinkPreset(
            key="approximation",
            title="GELU and its approximations",
            look_for="The tanh form lies on the exact one; Swish with 1.7 is close by.",
            query=_shown("gelu", "gelu_tanh", "swish", reach="4", shade="0") | {"f3.beta": "1.7"},
        ),
        LinkPreset(
            key="hard",
            title="Cheap forms for small hardware",
            look_for="Straight pieces follow the smooth curve; where they are flat, the slope is exactly zero.",
            query=_shown("sigmoid", "hard_sigmoid", "tanh", "hard_tanh", shade="2"),
        ),
        LinkPreset(
            key="step",
            title="A step cannot be trained",
            look_for="The slope of the step is zero everywhere, so no gradient passes even one layer.",
            query=_shown("step", "tanh", "identity", reach="3"),
        ),
        LinkPreset(
            key="explode",
            title="Weights above one",
            look_for="The linear case grows as w to the power l; saturation holds tanh back.",
            query=_shown("identity", "tanh", "relu", depth="50", shade="2", weight="1.5"),
        ),
        LinkPreset(
            key="gate",
            title="SwiGLU: a gate beside the value",
            look_for="The second input decides how much of the first one passes.",
            query={"view": "two"},
        ),
        LinkPreset(
            key="cold",
            title="Softmax: cold and hot",
            look_for="A low temperature picks one class; a high one makes all equal.",
            query={"view": "softmax", "temperature": "0.3"},
        ),
    ]
)
