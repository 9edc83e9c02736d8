"""``History``: what a run has shown so far, as plain arrays, from lists, another tool's curves or reports.

Only the training loss is needed. Everything else makes the diagnosis sharper: validation loss, metrics, the inside of
the network, the rate, the loss of a constant prediction, what is known of the data, the configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainers.report import Internals, Report

if TYPE_CHECKING:
    from trainers.config import RunConfig
    from trainers.data import Leaks

Array = NDArray[np.float64]
SERIES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm", "cosine")
_COLUMNS = tuple(field.name for field in fields(Internals) if field.name not in ("layers", "sizes"))


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The inside of the network: ``columns[name]`` is ``(reports, layers)``; NaN where a layer has no such number.

    names and sizes: one entry a layer, input first. columns: those of ``Internals``.
    """

    names: tuple[str, ...]
    sizes: Array
    columns: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def first(self, reports: int) -> Layers:
        """The same, as it was after so many reports."""
        columns = {name: values[:reports] for name, values in self.columns.items()}
        return Layers(names=self.names, sizes=self.sizes, columns=columns)


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """Curves of one run, one entry a report; all arrays are float64 ``(reports,)``.

    Args:
        train_loss, val_loss: in any unit. None in a list means not measured; NaN and infinity mean that it broke. The
            diagnosis takes NaN that a number follows for not measured.
        train_metric, val_metric: larger is better: accuracy from 0 to 1 or in percent, or R^2.
        internals: one ``Internals`` (or a mapping with its names) a report, None where there is none.
        config: the ``RunConfig``, or a mapping of its dotted names; remedies are worked out from it.
        epochs: when each entry was measured; 1, 2, 3, ... by default.
        lr, grad_norm, cosine: as in ``Report``.
        baseline_loss: the training loss of a constant prediction; the first training loss stands in for it.
        reference_metric: metric that another kind of model reaches on training rows it has not seen.
        val_rows: rows in the validation part. leaks: what ``leak_report`` found in the data.

    A series that is shorter or longer than the training loss is read as far as both go.

    Raises:
        ValueError: a series that is no list of numbers, or epochs that do not rise.
    """

    train_loss: Array
    val_loss: Array
    train_metric: Array
    val_metric: Array
    internals: Layers | None
    config: RunConfig | Mapping[str, Any] | None
    epochs: Array
    lr: Array
    grad_norm: Array
    cosine: Array
    missing_train: NDArray[np.bool_]
    missing_val: NDArray[np.bool_]
    baseline_loss: float | None = None
    reference_metric: float | None = None
    val_rows: int | None = None
    leaks: Leaks | None = None

    def __init__(
        self,
        *,
        train_loss: ArrayLike | Sequence[float | None],
        val_loss: ArrayLike | Sequence[float | None] | None = None,
        train_metric: ArrayLike | Sequence[float | None] | None = None,
        val_metric: ArrayLike | Sequence[float | None] | None = None,
        internals: Sequence[Internals | Mapping[str, Any] | None] | Layers | None = None,
        config: RunConfig | Mapping[str, Any] | None = None,
        epochs: ArrayLike | None = None,
        lr: ArrayLike | Sequence[float | None] | None = None,
        grad_norm: ArrayLike | Sequence[float | None] | None = None,
        cosine: ArrayLike | Sequence[float | None] | None = None,
        baseline_loss: float | None = None,
        reference_metric: float | None = None,
        val_rows: int | None = None,
        leaks: Leaks | None = None,
    ) -> None:
        given = (train_loss, val_loss, train_metric, val_metric, lr, grad_norm, cosine)
        count = len(_column("train_loss", train_loss)[0])
        for name, values in zip(SERIES, given, strict=True):
            column, missing = _column(name, values)
            # What is missing at the end has not been measured.
            column = np.append(column[:count], np.full(max(0, count - len(column)), np.nan))
            missing = np.append(missing[:count], np.ones(max(0, count - len(missing)), bool))
            object.__setattr__(self, name, column)
            if name.endswith("_loss"):
                object.__setattr__(self, f"missing_{name.removesuffix('_loss')}", missing)
        object.__setattr__(self, "epochs", _epochs(epochs, count))
        object.__setattr__(self, "internals", _layers(internals, count))
        object.__setattr__(self, "config", config)
        for name, value in (("baseline_loss", baseline_loss), ("reference_metric", reference_metric)):
            usable = value is not None and np.isfinite(value)
            object.__setattr__(self, name, float(value) if usable and value is not None else None)
        object.__setattr__(self, "val_rows", None if val_rows is None else int(val_rows))
        object.__setattr__(self, "leaks", leaks)

    def __len__(self) -> int:
        return len(self.train_loss)

    @classmethod
    def from_reports(
        cls,
        reports: Iterable[Report],
        *,
        config: RunConfig | Mapping[str, Any] | None = None,
        leaks: Leaks | None = None,
        val_rows: int | None = None,
        reference_metric: float | None = None,
    ) -> History:
        """The complete reports of a run. Looks into an epoch are left out: they fall where the clock wants them."""
        whole = [report for report in reports if report.complete]
        return cls(
            **{name: [getattr(report, name) for report in whole] for name in SERIES},
            internals=[report.internals for report in whole],
            epochs=[report.epoch for report in whole],
            baseline_loss=whole[-1].baseline_loss if whole else None,
            config=config,
            leaks=leaks,
            val_rows=leaks.val_rows if val_rows is None and leaks is not None else val_rows,
            reference_metric=reference_metric,
        )

    def first(self, reports: int) -> History:
        """The same run as it was after so many reports."""
        losses = {}
        for name in ("train", "val"):
            values, missing = getattr(self, f"{name}_loss")[:reports], getattr(self, f"missing_{name}")[:reports]
            losses[f"{name}_loss"] = np.where(missing, None, values)
        return History(
            **losses,
            **{name: getattr(self, name)[:reports] for name in SERIES[2:]},
            internals=None if self.internals is None else self.internals.first(reports),
            config=self.config,
            epochs=self.epochs[:reports],
            baseline_loss=self.baseline_loss,
            reference_metric=self.reference_metric,
            val_rows=self.val_rows,
            leaks=self.leaks,
        )

    def setting(self, name: str, default: Any = None) -> Any:
        """A value of the configuration by its dotted name; ``default`` where there is none."""
        if self.config is None:
            return default
        try:
            return self.config[name]
        except (KeyError, AttributeError, TypeError):
            return default


def _column(name: str, values: Any) -> tuple[Array, NDArray[np.bool_]]:
    """Numbers, and where none was measured."""
    if values is None:
        return np.empty(0), np.empty(0, bool)
    try:
        objects = values if isinstance(values, np.ndarray) and values.dtype != object else np.asarray(values, object)
        if objects.ndim != 1:
            raise ValueError(f"{objects.ndim} axes")
        missing = (
            np.zeros(len(objects), bool)
            if objects.dtype != object
            else np.array([value is None for value in objects], bool)
        )
        return objects.astype(np.float64), missing
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} was given {values!r:.60}; allowed is a list of numbers ({error})") from None


def _epochs(epochs: ArrayLike | None, count: int) -> Array:
    if epochs is None:
        return np.arange(1.0, count + 1)
    values = np.asarray(epochs, dtype=np.float64)
    if values.shape != (count,) or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise ValueError(f"epochs was given {values.shape} numbers; allowed are {count} finite ones that rise")
    return values


def _layers(internals: Any, count: int) -> Layers | None:
    if internals is None or isinstance(internals, Layers):
        return internals
    if isinstance(internals, Mapping):
        internals = [{name: column[i] for name, column in internals.items()} for i in range(count)]
    read: Callable[[Any, str], Any] = lambda row, name: (  # noqa: E731
        row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
    )
    rows = list(internals)[:count]
    known = next((row for row in reversed(rows) if row is not None), None)
    if known is None:
        return None
    names, sizes = read(known, "layers"), read(known, "sizes")
    if names is None:
        widest = max((len(values) for name in _COLUMNS if (values := read(known, name)) is not None), default=0)
        names = tuple(str(number + 1) for number in range(widest))
    names = tuple(names)
    blank = (np.nan,) * len(names)
    columns = {}
    for name in _COLUMNS:
        table = [values if row is not None and (values := read(row, name)) is not None else blank for row in rows]
        table += [blank] * (count - len(table))
        try:
            columns[name] = np.array(table, dtype=np.float64).reshape(count, len(names))
        except (TypeError, ValueError):
            raise ValueError(
                f"internals has a {name} that is not one number for each of its {len(names)} layers"
            ) from None
    sizes = np.ones(len(names)) if sizes is None else np.asarray(sizes, dtype=np.float64)
    return Layers(names=names, sizes=sizes, columns=columns)
