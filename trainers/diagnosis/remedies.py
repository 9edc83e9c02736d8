"""What could be done about each finding, as changes of the configuration.

Each function gives remedies, the one to try first first. Values are worked out from the run's own configuration; where
none is known, a remedy is a sentence, with those settings that need no old value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from trainers.diagnosis.findings import Remedy, Start
from trainers.diagnosis.measures import Measures

Changes = Mapping[str, Any]
_IMAGES = ("cnn", "resnet")


def _rounded(x: float) -> float:
    return float(f"{x:.3g}")


def _lr(m: Measures, factor: float) -> dict[str, Any]:
    rate = m.history.setting("optimizer.lr")
    return {} if rate is None else {"optimizer.lr": _rounded(rate * factor)}


def _scaled(m: Measures, name: str, factor: float, least: float, most: float) -> dict[str, Any]:
    value = m.history.setting(name)
    if not isinstance(value, int | float):
        return {}
    new = min(max(value * factor, least), most)
    return {name: round(new) if isinstance(value, int) else _rounded(new)} if new != value else {}


def _put(m: Measures, **values: Any) -> dict[str, Any]:
    """Settings by name with ``__`` for the dot, where the run has them with another value, or no run is known."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    if m.history.config is None:
        return named
    missing = object()
    return {n: v for n, v in named.items() if (old := m.history.setting(n, missing)) is not missing and old != v}


def _more_decay(m: Measures) -> dict[str, Any]:
    """Weight decay of 0.01, or ten times what there is."""
    if m.history.config is None:
        return _put(m, regularization__weight_decay=0.01)
    return _scaled(m, "regularization.weight_decay", 10.0, 0.01, 1.0)


def _remedies(*given: tuple[str, Changes, Start]) -> tuple[Remedy, ...]:
    return tuple(Remedy(label=label, changes=MappingProxyType(dict(c)), start=start) for label, c, start in given)


def _activation(m: Measures, *names: str) -> dict[str, Any]:
    old = m.history.setting("model.activation")
    return _put(m, model__activation=next((n for n in names if n != old), names[0]))


def _bigger(m: Measures) -> dict[str, Any]:
    kind = m.history.setting("model.name")
    if kind in ("logistic", "linear"):
        return {"model.name": "mlp", "model.depth": 2, "model.width": 64}
    changes = _scaled(m, "model.width", 4, 32, 512 if kind == "mlp" else 64)
    if m.history.setting("model.widths"):
        changes["model.widths"] = ""
    if kind == "mlp" and m.history.setting("model.depth", 2) < 2:
        changes["model.depth"] = 2
    return changes


def rate_down(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Start again with a tenth of the rate.", _lr(m, 0.1), "beginning"),
        ("Go back to the best epoch with a tenth of the rate.", _lr(m, 0.1), "best"),
        ("Clip the length of the gradient at 1.", _put(m, regularization__clip_norm=1.0), "beginning"),
    )


def calm_gradients(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Start from weights of the usual size.", _usual_start(m), "beginning"),
        ("Clip the length of the gradient at 1.", _put(m, regularization__clip_norm=1.0), "beginning"),
        ("Normalize each layer.", _normalized(m), "beginning"),
        ("Start again with a tenth of the rate.", _lr(m, 0.1), "beginning"),
    )


def _usual_start(m: Measures) -> dict[str, Any]:
    recurrent = m.history.setting("model.name") in ("rnn", "gru", "lstm", "transformer", "linear", "logistic")
    return _put(m, model__initializer="pytorch" if recurrent else "kaiming_normal", model__init_scale=1.0)


def _normalized(m: Measures) -> dict[str, Any]:
    return _put(m, model__normalization="batch" if m.history.setting("model.name") in _IMAGES else "layer")


def open_path(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        (
            "Take ReLU with Kaiming initialization.",
            {**_activation(m, "relu", "leaky_relu"), **_usual_start(m)},
            "beginning",
        ),
        ("Normalize each layer.", _normalized(m), "beginning"),
        ("Add each layer's input to its output.", _put(m, model__residual=True), "beginning"),
        ("Take a network with a shorter path through time.", _shorter_path(m), "beginning"),
    )


def _shorter_path(m: Measures) -> dict[str, Any]:
    shorter = {"rnn": "gru", "gru": "transformer", "lstm": "transformer"}
    kind = m.history.setting("model.name")
    return {"model.name": shorter[kind]} if kind in shorter else {}


def revive_units(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        (
            "Take leaky ReLU and a tenth of the rate.",
            {**_activation(m, "leaky_relu", "elu"), **_lr(m, 0.1)},
            "beginning",
        ),
        ("Start again with a tenth of the rate.", _lr(m, 0.1), "beginning"),
        ("Start from weights of the usual size.", _usual_start(m), "beginning"),
    )


def unsaturate(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        (
            "Scale the inputs and start from weights of the usual size.",
            {**_put(m, data__scaling="standard"), **_usual_start(m)},
            "beginning",
        ),
        ("Take ReLU with Kaiming initialization.", {**_activation(m, "relu"), **_usual_start(m)}, "beginning"),
        ("Normalize each layer.", _normalized(m), "beginning"),
    )


def calm_rate(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Go on with a third of the rate.", _lr(m, 1 / 3), "here"),
        ("Go on with a tenth of the rate.", _lr(m, 0.1), "here"),
        ("Let the rate fall along a cosine.", _put(m, schedule__name="cosine"), "here"),
        ("Take batches four times as large.", _scaled(m, "budget.batch_size", 4, 1, 4096), "here"),
    )


def rate_up(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Go on with ten times the rate.", _lr(m, 10.0), "here"),
        ("Go on with three times the rate.", _lr(m, 3.0), "here"),
    )


def leave_plateau(m: Measures) -> tuple[Remedy, ...]:
    momentum = _put(m, optimizer__name="momentum") if m.history.setting("optimizer.name") in (None, "sgd") else {}
    return _remedies(
        ("Go on with three times the rate.", _lr(m, 3.0), "here"),
        ("Add momentum.", momentum, "here"),
        ("Start from weights of the usual size.", _usual_start(m), "beginning"),
        ("Take a larger network.", _bigger(m), "beginning"),
    )


def more_capacity(m: Measures) -> tuple[Remedy, ...]:
    lighter = _put(
        m, regularization__l2=0.0, regularization__l1=0.0, regularization__weight_decay=0.0, model__dropout=0.0
    )
    larger = ("Take a larger network.", _bigger(m), "beginning")
    freer = ("Regularize less.", lighter, "beginning")
    longer = ("Train twice as long.", _scaled(m, "budget.epochs", 2, 1, 100_000), "here")
    return _remedies(*((freer, larger) if m.history.config is not None and lighter else (larger, freer)), longer)


def less_memorizing(m: Measures) -> tuple[Remedy, ...]:
    image = m.history.setting("model.name") in _IMAGES
    augment = _put(m, augmentation__crop=1, augmentation__rotation=10.0) if image else {}
    given: list[tuple[str, Changes, Start]] = [
        ("Stop early and keep the best epoch.", _put(m, regularization__patience=10), "best"),
        ("Use all training rows.", _put(m, data__train_size=0), "beginning"),
        ("Add weight decay.", _more_decay(m), "best"),
        ("Drop a third of the units at each step.", _put(m, model__dropout=0.3), "best"),
    ]
    if image:
        given.insert(2, ("Shift and turn the images.", augment, "best"))
    return _remedies(*given)


def less_gap(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Use all training rows.", _put(m, data__train_size=0), "beginning"),
        ("Drop a third of the units at each step.", _put(m, model__dropout=0.3), "here"),
        ("Add weight decay.", _more_decay(m), "here"),
    )


def less_certain(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Smooth the labels.", _put(m, loss__label_smoothing=0.1), "best"),
        ("Stop early and keep the best epoch.", _put(m, regularization__patience=10), "best"),
        ("Add weight decay.", _more_decay(m), "best"),
    )


def clean_rows(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        (
            "Keep identical rows together and leave out give-away features.",
            _put(m, data__grouped=True, data__drop_giveaways=True, data__leak="none"),
            "beginning",
        )
    )


def more_validation(m: Measures) -> tuple[Remedy, ...]:
    return _remedies(
        ("Keep three tenths of the rows for validation.", _put(m, data__val_share=0.3), "beginning"),
        ("Repeat with another split.", _scaled_seed(m), "beginning"),
    )


def _scaled_seed(m: Measures) -> dict[str, Any]:
    seed = m.history.setting("data.seed")
    return {} if seed is None else {"data.seed": int(seed) + 1}


RemediesOf = Callable[[Measures], tuple[Remedy, ...]]
