"""The list of runs: one row a run, as figures/frontend/runs/table.js shows it, and what the filters let through.

A cell is ``text`` with a second line ``under`` it and a ``title`` to hover for; its column sorts by ``order``, where
there is none by the text. What is empty is left out: a hundred rows travel with every tick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import Any

from figures.runs.status import WORDS, share_done
from figures.runs.text import ago, confidence_words, own_role
from networks.models import MODELS
from numerals import readable
from trainers.config import OPTIMIZERS
from trainers.data import DATA_SETS
from trainers.diagnosis import KINDS
from trainers.store import Order, StoredRun

COLUMNS: Mapping[str, str] = {
    "name": "Run",
    "data": "Data and model",
    "optimizer": "Optimizer and rate",
    "status": "Status",
    "verdict": "Verdict",
    "loss": "Best validation loss",
    "metric": "Metric",
    "time": "Time",
    "when": "Made",
}
DATA: Mapping[str, str] = {key: entry.name for key, entry in DATA_SETS.items()} | {
    "imported": "Imported curves",
    "watched": "Watched training",
}
_SORTED: Mapping[str, Order] = {
    "name": Order(column="name"),
    "data": Order(column="data", words=DATA),
    "optimizer": Order(column="optimizer", words={key: entry.name for key, entry in OPTIMIZERS.items()}),
    "status": Order(column="status", words=WORDS),
    "verdict": Order(column="verdict", words={key: kind.name for key, kind in KINDS.items()}),
    "loss": Order(column="best_val_loss"),
    "metric": Order(column="val_metric"),
    "time": Order(column="seconds"),
    "when": Order(column="created"),
}
_BAD = ("diverged", "out_of_memory", "no_data", "failed", "interrupted")
Cell = dict[str, Any]


def table_rows(
    runs: Sequence[StoredRun], *, experiments: Mapping[str, str] | None = None, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Rows in the order given. ``experiments``: titles of experiments by their id."""
    titles = experiments or {}
    return [
        {"id": run.id, "cells": {name: _lean(cell) for name, cell in _cells(run, titles, now).items()}} for run in runs
    ]


def order_of(sort: str) -> Order | None:
    """The order of a list by a column of ``COLUMNS``; a minus before it puts the largest first. None for no column."""
    column = _SORTED.get(sort.removeprefix("-"))
    return None if column is None else replace(column, down=sort.startswith("-"))


def metric_text(run: StoredRun, value: float | None) -> str:
    """An accuracy in percent, R² as a number; a dash where there is none."""
    if value is None or value != value:
        return "—"
    if run.config is not None and run.config.task == "regression":
        return readable(value)
    return f"{value:.1%}" if -1 <= value <= 1 and run.config is not None else readable(value)


def seconds_text(seconds: float) -> str:
    """0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 60:
        return f"{readable(seconds, 2)} s"
    minutes = round(seconds / 60) if seconds >= 3600 else int(seconds // 60)
    if seconds >= 3600:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {int(seconds % 60)} s"


def _lean(cell: Cell) -> Cell:
    return {key: value for key, value in cell.items() if value != ""}


def _cells(run: StoredRun, experiments: Mapping[str, str], now: datetime | None) -> dict[str, Cell]:
    experiment = experiments.get(run.experiment or "", "")
    # A name that begins with what it belongs to and ends with its role tells both.
    parts = ("" if run.name.startswith(experiment) else experiment, own_role(run.name, run.role))
    together = " · ".join(filter(None, parts))
    return {
        "name": {"text": run.name, "under": together},
        "data": _data(run),
        "optimizer": _optimizer(run),
        "status": _status(run),
        "verdict": _verdict(run),
        "loss": _loss(run),
        "metric": {
            "text": metric_text(run, run.val_metric),
            "under": "" if run.val_metric is None else run.metric_name,
            "order": _orderable(run.val_metric),
        },
        "time": {
            "text": seconds_text(run.seconds) if run.seconds else "—",
            "under": f"{run.samples_per_second:,.0f} rows/s" if run.samples_per_second and run.active else "",
            "order": round(run.seconds, 3),
        },
        "when": {
            "text": ago(run.created, now),
            "under": run.device_name,
            "title": f"{run.created:%Y-%m-%d %H:%M} UTC",
            "order": round(run.created.timestamp(), 1),
        },
    }


def _data(run: StoredRun) -> Cell:
    if run.config is None:
        return {"text": DATA["watched" if run.watched else "imported"]}
    data, model = DATA_SETS[run.config.data.name].name, MODELS[run.config.model.name].name
    return {"text": data, "under": model}


def _optimizer(run: StoredRun) -> Cell:
    if run.config is None:
        return {"text": "—", "order": None}
    name, rate = OPTIMIZERS[run.config.optimizer.name].name, run.config.optimizer.get("lr")
    return {"text": name, "under": "" if rate is None else f"rate {readable(float(rate))}"}


def _status(run: StoredRun) -> Cell:
    word = WORDS.get(run.status, run.status)
    tone = "going" if run.status in ("running", "starting") else "wait" if run.active else ""
    tone = "bad" if run.status in _BAD else "good" if run.status in ("finished", "early_stopped") else tone
    cell: Cell = {"text": word, "tone": tone, "title": run.sentence, "under": _epochs(run)}
    return cell | ({"share": round(share_done(run), 3)} if run.active else {})


def _epochs(run: StoredRun) -> str:
    if run.config is None:
        return f"{run.epoch_text} epochs"
    return f"{run.epoch_text} of {run.config.budget.epochs:,} epochs"


def _verdict(run: StoredRun) -> Cell:
    verdict = run.verdict
    if verdict is None:
        return {"text": "—", "order": None}
    tone = "bad" if verdict.alarm else "wait" if verdict.kind == "not_enough_evidence" else "good"
    under = f"since epoch {readable(verdict.since)}" if verdict.alarm else ""
    if verdict.kind != "not_enough_evidence":
        under = " · ".join(part for part in (under, confidence_words(verdict.confidence)) if part)
    return {"text": verdict.name, "under": under, "tone": tone, "title": verdict.evidence}


def _loss(run: StoredRun) -> Cell:
    best = run.best_val_loss
    if best is None or best != best:
        return {"text": "—", "order": None}
    at = "" if run.best_epoch is None else f"at epoch {readable(run.best_epoch)}"
    return {"text": readable(best), "under": at, "order": _orderable(best)}


def _orderable(number: float | None) -> float | None:
    """JSON knows no infinity."""
    return number if number is not None and isfinite(number) else None
