"""What runs leave to take away: all reports as CSV, configurations as JSON, PyTorch scripts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from exports.csv_text import csv_text
from exports.run_script import script
from trainers import Report
from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable
from trainers.store import StoredRun

NUMBERS = (
    "epoch",
    "step",
    "complete",
    "seconds",
    "samples_per_second",
    "train_loss",
    "val_loss",
    "train_metric",
    "val_metric",
    "batch_loss",
    "baseline_loss",
    "lr",
    "grad_norm",
    "sharpness",
    "lowest_curvature",
    "noise_scale",
    "cosine",
)


def reports_csv(runs: Sequence[tuple[StoredRun | None, Sequence[tuple[int, Report]]]]) -> str:
    """Every report of every run, one row each, in full precision (RFC 4180); empty where nothing was measured.

    The columns run and name come first. A loss that broke is nan or inf. A run that is gone meanwhile is left out.
    """
    rows: list[list[Any]] = [["run", "name", *NUMBERS]]
    for run, told in runs:
        if run is not None:
            gaps = run.from_outside  # a report has no other word for a loss that was not logged
            rows += (
                [run.id, run.name, *(_cell(getattr(report, name), gaps) for name in NUMBERS)] for _, report in told
            )
    return csv_text(rows)


def configs_json(runs: Sequence[StoredRun]) -> str:
    """The configuration of one run, as ``RunConfig.from_json`` reads it, or a list of runs with theirs."""
    if len(runs) == 1 and runs[0].config is not None:
        return runs[0].config.to_json()
    listed = [
        {"run": run.id, "name": run.name, "config": json.loads(run.config.to_json())}
        for run in runs
        if run.config is not None
    ]
    return json.dumps(listed, ensure_ascii=False, indent=1)


def scripts_file(runs: Sequence[StoredRun]) -> str | bytes:
    """The script of one run as text, or a ZIP of ``run-<id>.py`` files. A script that cannot be made says why."""
    texts = {run.id: script_or_reason(run.config) for run in runs if run.config is not None}
    if len(texts) == 1:
        return next(iter(texts.values()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, text in texts.items():
            archive.writestr(f"run-{one}.py", text)
    return out.getvalue()


def script_or_reason(config: RunConfig) -> str:
    """The script of a run, or comments that say why there is none."""
    try:
        return script(config)
    except (DataUnavailable, ModelTooLarge) as error:
        told = error.sentence if isinstance(error, ModelTooLarge) else str(error)
        return "".join(f"# {line}\n" for line in f"There is no script: {told}".splitlines())


def _cell(value: Any, gaps: bool) -> Any:
    return None if gaps and value is not None and value != value else value
