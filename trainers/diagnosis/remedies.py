"""What remedies are made of: changes of the configuration, worked out from the run's own.

Where no configuration is known a remedy is a sentence, with those settings that need no old value. A change that is
empty cannot be made in this run.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from trainers.diagnosis.findings import Remedy, Start
from trainers.diagnosis.measures import Measures

Changes = Mapping[str, Any]
_NONE = (None, 0, 0.0, False, "", "none", "constant")
IMAGES = ("cnn", "resnet")


def _rounded(x: float) -> float:
    return float(f"{x:.3g}")


def lr(m: Measures, factor: float) -> dict[str, Any]:
    """The rate times this."""
    rate = m.history.setting("optimizer.lr")
    return {} if rate is None else {"optimizer.lr": _rounded(rate * factor)}


def scaled(m: Measures, name: str, factor: float, least: float, most: float) -> dict[str, Any]:
    """A number times this, within bounds; empty where that changes nothing."""
    value = m.history.setting(name)
    if not isinstance(value, int | float):
        return {}
    new = min(max(value * factor, least), most)
    return {name: round(new) if isinstance(value, int) else _rounded(new)} if new != value else {}


def put(m: Measures, **values: Any) -> dict[str, Any]:
    """Settings by name with ``__`` for the dot, where the run has them with another value, or no run is known."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    if m.history.config is None:
        return named
    missing = object()
    return {n: v for n, v in named.items() if (old := m.history.setting(n, missing)) is not missing and old != v}


def add(m: Measures, **values: Any) -> dict[str, Any]:
    """As ``put``, for what a run may have of its own already, in whatever size: then there is nothing to add."""
    changes = put(m, **values)
    if m.history.config is None:
        return changes
    return {name: value for name, value in changes.items() if m.history.setting(name) in _NONE}


def remedies(*given: tuple[str, Changes, Start]) -> tuple[Remedy, ...]:
    """Remedies from (sentence, changes, where the fork begins)."""
    return tuple(Remedy(label=label, changes=MappingProxyType(dict(c)), start=start) for label, c, start in given)


def activation(m: Measures, *names: str) -> dict[str, Any]:
    """The first of these activations that the run does not have."""
    old = m.history.setting("model.activation")
    return put(m, model__activation=next((n for n in names if n != old), names[0]))


def bigger(m: Measures) -> dict[str, Any]:
    """A network with more capacity."""
    kind = m.history.setting("model.name")
    if kind in ("logistic", "linear"):
        return {"model.name": "mlp", "model.depth": 2, "model.width": 64}
    changes = scaled(m, "model.width", 4, 32, 512 if kind == "mlp" else 64)
    if m.history.setting("model.widths"):
        changes["model.widths"] = ""
    if kind == "mlp" and m.history.setting("model.depth", 2) < 2:
        changes["model.depth"] = 2
    return changes


def usual_start(m: Measures) -> dict[str, Any]:
    """Weights of the usual size."""
    recurrent = m.history.setting("model.name") in ("rnn", "gru", "lstm", "transformer", "linear", "logistic")
    return put(m, model__initializer="pytorch" if recurrent else "kaiming_normal", model__init_scale=1.0)


_RELUS = {"relu": "ReLU", "leaky_relu": "leaky ReLU"}


def kaiming(m: Measures) -> tuple[str, Changes, Start]:
    """An activation that passes the gradient on, with weights of its size; of both what the run does not have."""
    old = m.history.setting("model.activation")
    weights = usual_start(m)
    if old in _RELUS:
        return ("Start from weights of the usual size.", weights, "beginning")
    return ("Take ReLU with Kaiming initialization.", {**put(m, model__activation="relu"), **weights}, "beginning")


def normalized(m: Measures) -> dict[str, Any]:
    """Normalization of each layer, as suits the network."""
    return add(m, model__normalization="batch" if m.history.setting("model.name") in IMAGES else "layer")
