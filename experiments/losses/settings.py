"""What the page of losses shows, as settings by name. The names are a public format:

part=regression  loss=huber  mse=false  delta=1  error=2
part=outlier  model=constant  fit=huber  ox=9  oy=14  spread=1  seed=0  delta=1
part=classification  loss=hinge  target=no  logit=-3
part=cross_entropy  loss=kl  classes=4  z1=2  true=1  epsilon=0.1  convention=wrong  temperature=1
part=distributions  distance=js  p=two  q=normal  p_width=1  q_width=1  shift=3
part=table
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from networks.losses import CONVENTIONS, DISTANCES, LOSS_FUNCTIONS
from settings import Hyperparameter, Setting, SettingsCodec, choice, number, switch, whole

PARTS: Mapping[str, str] = {
    "regression": "Regression",
    "outlier": "An outlier",
    "classification": "Yes or no",
    "cross_entropy": "Cross-entropy",
    "distributions": "KL and Wasserstein",
    "table": "Which loss",
}
REGRESSION = ("mse", "mae", "huber")
CLASSIFICATION = ("bce", "sigmoid_mse", "hinge", "squared_hinge")
LOSSES_OF: Mapping[str, tuple[str, ...]] = {
    "regression": REGRESSION,
    "classification": CLASSIFICATION,
    "cross_entropy": ("cross_entropy", "kl"),
}
"""The losses that a part shows, by part; the first is that of a link without one."""
MODELS: Mapping[str, str] = {"line": "A line", "constant": "A constant"}
TARGETS: Mapping[str, str] = {"yes": "Yes (1)", "no": "No (0)"}
SHAPES: Mapping[str, str] = {"normal": "Normal", "box": "Box", "tent": "Tent", "two": "Two peaks"}
MOST_CLASSES = 5
LOGITS = tuple(f"z{i}" for i in range(1, MOST_CLASSES + 1))
OUTLIER_X = tuple(i / 2 for i in range(21))
OUTLIER_Y = tuple(i / 4 for i in range(-24, 65))
"""Where the outlier may be."""

(DELTA,) = LOSS_FUNCTIONS["huber"].settings
_PART = choice("part", tuple(PARTS), "What the page shows.")
_ERROR = number("error", 2.0, -4.0, 4.0, "The error at which the losses are read.", symbol="e", valid="[-100, 100]")
_MODEL = choice("model", tuple(MODELS), "What is fitted: a line or one number.")
_FIT = choice("fit", REGRESSION, "The loss whose fit is worked out below.")
_OX = number("outlier x", 9.0, 0.0, 10.0, "Where the outlier stands.", symbol="x", stops=OUTLIER_X)
_OY = number("outlier y", -4.0, -6.0, 16.0, "How high the outlier is.", symbol="y", stops=OUTLIER_Y)
_SPREAD = number("spread", 0.6, 0.0, 2.0, "Standard deviation of the other points around the truth.", symbol=r"\sigma")
_SEED = whole("seed", 0, 0, 9999, "Fixes the points, so that the same link shows the same picture.")
_TARGET = choice("target", tuple(TARGETS), "The true answer.")
_LOGIT = number("logit", -3.0, -8.0, 8.0, "What the network says, before the sigmoid.", symbol="z", valid="[-50, 50]")
_CLASSES = whole("classes", 4, 3, MOST_CLASSES, "How many classes there are.")
_DEFAULT_LOGITS = (3.0, 1.0, 0.0, -1.0, -2.0)
_EPSILON = number("epsilon", 0.1, 0.0, 0.9, "What label smoothing gives away.", symbol=r"\varepsilon", valid="[0, 1)")
_CONVENTION = choice("convention", tuple(CONVENTIONS), "What epsilon means.")
_TEMPERATURE = number(
    "temperature", 1.0, 0.1, 10.0, "What the logits are divided by.", symbol="T", valid="[0.01, 100]", log=True
)
_DISTANCE = choice("distance", tuple(DISTANCES), "Whose formula and code are shown.")
_P = choice("P", tuple(SHAPES), "The shape of the fixed distribution.")
_Q = choice("Q", tuple(SHAPES)[:-1], "The shape of the distribution that is moved.")
SHIFT_STOPS = tuple(round(i / 10, 1) for i in range(-60, 61))
_SHIFT = number(
    "shift",
    3.0,
    -6.0,
    6.0,
    "How far the second distribution lies to the right.",
    symbol="s",
    stops=SHIFT_STOPS,
)


def _width(name: str) -> Hyperparameter:
    return number(
        name,
        1.0,
        0.5,
        2.0,
        "Standard deviation of a normal, also of each of two peaks; half of the base of a box or tent.",
        stops=tuple(round(i / 10, 1) for i in range(5, 21)),
    )


def _epsilon(values: Mapping[str, Any]) -> Hyperparameter:
    """In the second convention the true class must not get less than a wrong one."""
    if values["convention"] == "all":
        return _EPSILON
    most = 1 / values["classes"]
    return replace(_EPSILON, high=most, valid=f"[0, {most!r}]")


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting by key; see settings/query.py."""
    yield "part", _PART
    if values["part"] in LOSSES_OF:
        yield "loss", choice("loss", LOSSES_OF[values["part"]], "The loss whose formula and code are shown.")
    for key in REGRESSION:
        yield key, switch(LOSS_FUNCTIONS[key].name, LOSS_FUNCTIONS[key].meaning, default=True)
    yield "delta", DELTA
    yield "error", _ERROR
    yield "model", _MODEL
    yield "fit", _FIT
    yield "ox", _OX
    yield "oy", _OY
    yield "spread", _SPREAD
    yield "seed", _SEED
    yield "target", _TARGET
    yield "logit", _LOGIT
    yield "classes", _CLASSES
    for name, default in zip(LOGITS[: values["classes"]], _DEFAULT_LOGITS, strict=False):
        yield name, number("logit", default, -8.0, 8.0, "One logit, an input of the softmax.", valid="[-50, 50]")
    yield "true", whole("true class", 1, 1, values["classes"], "The class that is right.")
    yield "convention", _CONVENTION
    yield "epsilon", _epsilon(values)
    yield "temperature", _TEMPERATURE
    yield "distance", _DISTANCE
    yield "p", _P
    yield "q", _Q
    yield "p_width", _width("width of P")
    yield "q_width", _width("width of Q")
    yield "shift", _SHIFT


@dataclass(frozen=True)
class LossesCodec(SettingsCodec):
    """The settings of the page of losses; an epsilon that is still allowed stays when its range changes."""

    declared: Any = declared

    def read(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Valid settings, whatever the link says, and one sentence for each part that could not be used."""
        values, problems = super().read(query)
        return _on_stops(values), problems

    def changed(self, state: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The values with some changed.

        Raises:
            ValueError: a value that is not allowed, with what is.
        """
        values = super().changed(state, changes)
        if "epsilon" not in changes and values["epsilon"] != state["epsilon"]:
            highest = _epsilon(values).high
            values = super().changed(values, {"epsilon": min(state["epsilon"], highest)})
        if "true" not in changes and values["true"] != state["true"]:
            values = super().changed(values, {"true": min(state["true"], values["classes"])})
        return _on_stops(values)


def _on_stops(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is dragged stands on the nearest of its places: pictures are known for these alone."""
    moved = {"ox": OUTLIER_X, "oy": OUTLIER_Y, "shift": SHIFT_STOPS}
    return {**values, **{name: min(stops, key=lambda stop: abs(stop - values[name])) for name, stops in moved.items()}}


def link_of(loss: str, hyper: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a link to this loss on this page. hyper: its hyperparameters by name."""
    part = next(part for part, losses in LOSSES_OF.items() if loss in losses)
    changes: dict[str, Any] = {"part": part, "loss": loss}
    if "delta" in hyper:
        changes["delta"] = hyper["delta"]
    if part == "cross_entropy":
        changes["epsilon"] = hyper.get("label_smoothing", 0.0)
    codec = LossesCodec()
    start, _ = codec.read({"part": part})
    return codec.write(codec.changed(start, changes))
