"""Curves that were brought along, as the run store and the charts take them: reports, and a run to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.diagnosis import Finding, History, Layers
from trainers.lab import Feed
from trainers.report import Internals, Report
from trainers.store import StoredRun

ROLES: Mapping[str, str] = {
    "epoch": "Epoch",
    "step": "Step",
    "train_loss": "Training loss",
    "val_loss": "Validation loss",
    "train_metric": "Training metric",
    "val_metric": "Validation metric",
    "lr": "Learning rate",
    "grad_norm": "Gradient norm",
}
_SERIES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm")
_NOT_MEASURED = (
    "seconds",
    "samples_per_second",
    "batch_loss",
    "sharpness",
    "lowest_curvature",
    "noise_scale",
    "cosine",
)


def reports_of(history: History) -> list[Report]:
    """One complete report an entry.

    A loss that was not logged is NaN, as nothing else says so in a report; one that was logged as NaN is infinite.
    """
    train_loss = _told_apart(history.train_loss, history.missing_train)
    val_loss = _told_apart(history.val_loss, history.missing_val)
    return [
        Report(
            epoch=float(history.epochs[i]),
            step=i + 1,
            complete=True,
            seconds=0.0,
            samples_per_second=None,
            train_loss=float(train_loss[i]),
            val_loss=float(val_loss[i]),
            train_metric=_number(history.train_metric[i]),
            val_metric=_number(history.val_metric[i]),
            batch_loss=None,
            baseline_loss=float("nan"),
            lr=float(history.lr[i]),
            grad_norm=_number(history.grad_norm[i]),
            internals=_inside(history.internals, i),
        )
        for i in range(len(history))
    ]


def _inside(layers: Layers | None, row: int) -> Internals | None:
    """The inside of the network at one report; None where nothing was measured then."""
    if layers is None:
        return None
    columns = {name: tuple(_number(value) for value in values[row]) for name, values in layers.columns.items()}
    if all(value is None for column in columns.values() for value in column):
        return None
    return Internals(layers=layers.names, sizes=tuple(int(size) for size in layers.sizes), **columns)


def _told_apart(losses: NDArray[np.float64], missing: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(np.isnan(losses) & ~missing, np.inf, losses)


def summary_of(history: History) -> dict[str, Any]:
    """Columns of the stored run: where it ends and where it was best."""
    val = np.where(np.isfinite(history.val_loss), history.val_loss, np.inf)
    best = int(np.argmin(val)) if np.isfinite(val).any() else None
    return {
        "epoch": float(history.epochs[-1]),
        "step": len(history),
        **{name: _number(getattr(history, name)[-1]) for name in _SERIES[:4]},
        "best_epoch": None if best is None else float(history.epochs[best]),
        "best_val_loss": None if best is None else float(val[best]),
    }


def watched_of(history: History, findings: Sequence[Finding], name: str) -> Feed:
    """The curves as the charts take them, before they are kept."""
    now = datetime.now(UTC)
    nothing = np.full(len(history), np.nan)
    run = StoredRun(
        id="imported",
        name=name,
        status="imported",
        sentence="",
        wanted="run",
        config=None,
        device=None,
        device_name="",
        created=now,
        started=None,
        ended=now,
        seconds=0.0,
        samples_per_second=None,
        parameters=None,
        findings=tuple(findings),
        test=None,
        facts=None,
        parent=None,
        parent_epoch=None,
        experiment=None,
        role="",
        resume=None,
        worker="",
        heartbeat=None,
        generation=0,
        revision=0,
        last=len(history),
        **summary_of(history),
    )
    series = {name: getattr(history, name) for name in _SERIES} | dict.fromkeys(_NOT_MEASURED, nothing)
    return Feed(
        run=run,
        epochs=history.epochs,
        series=series | {"step": np.arange(1.0, len(history) + 1)},
        layers=history.internals,
        looks={},
        album=(),
        baseline_loss=None,
        version=(name, 0, 0, len(history)),
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
