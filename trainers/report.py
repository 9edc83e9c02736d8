"""What a run tells while it trains, and how it ended. Plain numbers: reading reports needs no PyTorch.

``to_dict`` gives what JSON can hold: numbers that are not finite become the strings NaN, Infinity and -Infinity, arrays
become base64 with dtype and shape.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

Reason = Literal["finished", "early_stopped", "stopped", "diverged", "out_of_memory", "no_data", "failed"]
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DTYPES = frozenset({"|u1", "<f4", "<f8", "<i4", "<i8"})


@dataclass(frozen=True, kw_only=True)
class Internals:
    """One entry a layer, from input to output; None where a layer has no such number.

    sizes: weights in the layer. grad_norm: of the last mini-batch, before clipping. update_ratio: length of the last
    update over length of the weights. weight_norm: length of the weights. activation_std: spread of what the layer
    gives on, after its activation where it has one. dead_share: units without slope for every row of the probe.
    saturated_share: units on a flat end of a sigmoid-like activation for at least 90 % of the probe. distance: how far
    the weights are from where they began, over where they began. zero_share: weights that are exactly zero.
    zero_outputs: numbers that an activation hands on and that are exactly zero. slope: of a PReLU, as it is learned.
    row_length, direction_length: under weight normalization w = g v / |v|, the means of g and of |v| over the rows.
    """

    layers: tuple[str, ...]
    sizes: tuple[int, ...]
    grad_norm: tuple[float | None, ...]
    update_ratio: tuple[float | None, ...]
    weight_norm: tuple[float | None, ...]
    activation_std: tuple[float | None, ...]
    dead_share: tuple[float | None, ...]
    saturated_share: tuple[float | None, ...]
    distance: tuple[float | None, ...]
    zero_share: tuple[float | None, ...] = ()
    zero_outputs: tuple[float | None, ...] = ()
    slope: tuple[float | None, ...] = ()
    row_length: tuple[float | None, ...] = ()
    direction_length: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        for name in ("zero_share", "zero_outputs", "slope", "row_length", "direction_length"):
            if not getattr(self, name):  # a report of an earlier day
                object.__setattr__(self, name, (None,) * len(self.layers))


@dataclass(frozen=True, kw_only=True)
class Report:
    """The state of a run after ``step`` steps. ``epoch`` counts passes done; it is whole where ``complete``.

    Complete reports stand at the ends of epochs and are the same for the same configuration; the others are looks into
    a long epoch, taken by the clock. Losses and metrics are in eval mode: train_* on a fixed probe of the training
    rows, val_* on the validation rows; metric is accuracy, or R^2 in a regression. batch_loss: the last mini-batch, in
    training mode. baseline_loss: what a constant prediction has on the training rows. seconds: time spent in the run so
    far, pauses left out. samples_per_second: since the report before, measuring left out. pictures: arrays by name, see
    ``trainers.loop.pictures``.
    """

    epoch: float
    step: int
    complete: bool
    seconds: float
    samples_per_second: float | None
    train_loss: float
    val_loss: float
    train_metric: float | None
    val_metric: float | None
    batch_loss: float | None
    baseline_loss: float
    lr: float
    grad_norm: float | None = None
    internals: Internals | None = None
    sharpness: float | None = None
    lowest_curvature: float | None = None
    noise_scale: float | None = None
    cosine: float | None = None
    pictures: Mapping[str, Any] | None = None

    @property
    def is_finite(self) -> bool:
        """Whether losses are numbers."""
        return all(math.isfinite(x) for x in (self.train_loss, self.val_loss, self.batch_loss or 0.0))

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Report:
        """Read ``to_dict`` back. Raises ValueError for anything else."""
        names = {field.name for field in fields(cls)}
        if not isinstance(given, Mapping) or set(given) - names:
            raise ValueError(f"this is no report: {list(given)[:5]!r:.80}")
        values = {name: from_plain(value) for name, value in given.items()}
        internals = values.get("internals")
        try:
            if internals is not None:
                values["internals"] = Internals(**{name: tuple(column) for name, column in internals.items()})
            return cls(**values)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"this is no report: {error}") from None


@dataclass(frozen=True, kw_only=True)
class Score:
    """Loss and metric on one part; confusion: rows true, columns predicted, None in a regression."""

    loss: float
    metric: float | None
    rows: int
    confusion: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended: the reason, a sentence for the user, where it stood, its best epoch, the test if asked for."""

    reason: Reason
    sentence: str
    epoch: float
    step: int
    seconds: float
    samples_per_second: float | None = None
    best_epoch: float | None = None
    best_val_loss: float | None = None
    test: Score | None = None


def plain(value: Any) -> Any:
    """What JSON can hold, of numbers, arrays, texts and what is made of them."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, np.ndarray):
        data = np.ascontiguousarray(value)
        return {"dtype": data.dtype.str, "shape": list(data.shape), "base64": base64.b64encode(data.tobytes()).decode()}
    if isinstance(value, Internals):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    return value


def from_plain(value: Any) -> Any:
    """What ``plain`` was given; lists come back as tuples. Raises ValueError for an array of an unknown kind."""
    if isinstance(value, str):
        return _SPECIAL.get(value, value)
    if isinstance(value, Mapping):
        if set(value) == {"dtype", "shape", "base64"}:
            if value["dtype"] not in _DTYPES:
                raise ValueError(f"this is no array of a report: {value['dtype']!r:.40}")
            data = base64.b64decode(value["base64"])
            return np.frombuffer(data, dtype=np.dtype(value["dtype"])).reshape(value["shape"]).copy()
        return {name: from_plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return tuple(from_plain(entry) for entry in value)
    return value
