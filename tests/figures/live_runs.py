"""Watched runs for tests: made from real training, or written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from trainers import Finding, Report, RunConfig, load, train
from trainers.data.facts import facts_of
from trainers.diagnosis.history import Layers
from trainers.report import Internals
from trainers.store.types import StoredRun

SERIES = (
    "step",
    "seconds",
    "samples_per_second",
    "train_loss",
    "val_loss",
    "train_metric",
    "val_metric",
    "batch_loss",
    "lr",
    "grad_norm",
    "sharpness",
    "lowest_curvature",
    "noise_scale",
    "cosine",
)
COLUMNS = tuple(field.name for field in fields(Internals) if field.name not in ("layers", "sizes"))


class _Stored(SimpleNamespace):
    """Any columns, and what the store's own record makes of them."""

    verdict, metric_name = StoredRun.verdict, StoredRun.metric_name


def stored(**given: Any) -> Any:
    """A run of the store as the live curves read it."""
    values: dict[str, Any] = {
        "id": "run0000001",
        "name": "a run",
        "role": "",
        "status": "finished",
        "sentence": "It is done.",
        "config": None,
        "findings": (),
        "facts": None,
        "parent": None,
        "parent_epoch": None,
        "best_epoch": None,
        "best_val_loss": None,
        "experiment": None,
        "parameters": None,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
    } | given
    values.setdefault("active", values["status"] in ("queued", "starting", "running", "paused"))
    return _Stored(**values)


def watched(
    series: Mapping[str, Any] | None = None,
    *,
    layers: Layers | None = None,
    album: Sequence[tuple[float, Mapping[str, Any]]] = (),
    looks: Mapping[str, Any] | None = None,
    baseline_loss: float | None = None,
    epochs: Sequence[float] | None = None,
    **run: Any,
) -> Any:
    """A watched run from columns; the missing ones are NaN, epochs 1, 2, 3, ..."""
    given = {name: np.asarray(values, dtype=np.float64) for name, values in (series or {}).items()}
    count = max((len(values) for values in given.values()), default=0)
    columns = {name: given.get(name, np.full(count, np.nan)) for name in SERIES}
    if "step" not in given:
        columns["step"] = np.arange(1.0, count + 1) * 10
    if "seconds" not in given:
        columns["seconds"] = np.arange(1.0, count + 1) * 0.05
    return SimpleNamespace(
        run=stored(**run),
        epochs=np.arange(1.0, count + 1) if epochs is None else np.asarray(epochs, dtype=np.float64),
        series=columns,
        layers=layers,
        looks={name: np.asarray(values, dtype=np.float64) for name, values in (looks or {}).items()},
        album=tuple(album),
        baseline_loss=baseline_loss,
        version=(0,),
    )


def layers_of(count: int, names: Sequence[str], **columns: Any) -> Layers:
    """Layers with the given columns ``(count, layers)``, the others NaN."""
    tables = {name: np.full((count, len(names)), np.nan) for name in COLUMNS}
    tables |= {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    return Layers(names=tuple(names), sizes=np.ones(len(names)), columns=tables)


def trained(changes: Mapping[str, Any], *, findings: Sequence[Finding] = (), **run: Any) -> Any:
    """A real run on one CPU thread, with everything it reported."""
    config = RunConfig().changed(changes)
    reports: list[Report] = []
    splits = load(config.data)
    result = train(config, report=reports.extend, device="cpu", threads=1, splits=splits, report_seconds=0.02)
    whole = [report for report in reports if report.complete]
    series = {
        name: [np.nan if (value := getattr(report, name)) is None else value for report in whole] for name in SERIES
    }
    rows = [report.internals for report in whole]
    layers = None
    if rows and rows[-1] is not None:
        names = rows[-1].layers
        tables = {
            column: [
                [np.nan if row is None or (v := getattr(row, column)[j]) is None else v for j in range(len(names))]
                for row in rows
            ]
            for column in COLUMNS
        }
        layers = layers_of(len(rows), names, **tables)
    album = [(report.epoch, report.pictures) for report in reports if report.pictures]
    defaults: dict[str, Any] = {
        "status": result.reason,
        "sentence": result.sentence,
        "config": config,
        "best_epoch": result.best_epoch,
        "best_val_loss": result.best_val_loss,
        "facts": facts_of(splits, leaks=False),
        "findings": tuple(findings),
    }
    return watched(
        series,
        layers=layers,
        album=album[-24:],
        epochs=[report.epoch for report in whole],
        baseline_loss=whole[-1].baseline_loss if whole else None,
        **(defaults | run),
    )
