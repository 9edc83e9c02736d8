"""Training: data, the loop, the diagnosis of what it shows, the run store and its workers.

Importing this package imports no PyTorch; what trains is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from settings import Settings
    from trainers.checkpoint import Checkpoint, CheckpointMismatch
    from trainers.config import RunConfig, differences
    from trainers.csv_table import CsvError, keep_upload, read_csv
    from trainers.data import Leaks, Splits, leak_report, load
    from trainers.data_sets import DATA_SETS
    from trainers.diagnosis import Finding, History, diagnose
    from trainers.hardware import Device, choose_device, devices
    from trainers.loop import score_checkpoint, train
    from trainers.losses import LOSSES
    from trainers.optimizers import OPTIMIZERS
    from trainers.plain_script import script
    from trainers.report import Internals, Report, Result, Score
    from trainers.schedules import SCHEDULES
    from trainers.table import DataUnavailable

_HOMES = {
    "checkpoint": ("Checkpoint", "CheckpointMismatch"),
    "config": ("RunConfig", "differences"),
    "csv_table": ("CsvError", "keep_upload", "read_csv"),
    "data": ("Leaks", "Splits", "leak_report", "load"),
    "data_sets": ("DATA_SETS",),
    "hardware": ("Device", "choose_device", "devices"),
    "diagnosis": ("Finding", "History", "diagnose"),
    "loop": ("score_checkpoint", "train"),
    "losses": ("LOSSES",),
    "optimizers": ("OPTIMIZERS",),
    "report": ("Internals", "Report", "Result", "Score"),
    "schedules": ("SCHEDULES",),
    "plain_script": ("script",),
    "settings": ("Settings",),
    "table": ("DataUnavailable",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "DATA_SETS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "Checkpoint",
    "CheckpointMismatch",
    "CsvError",
    "DataUnavailable",
    "Device",
    "Finding",
    "History",
    "Internals",
    "Leaks",
    "Report",
    "Result",
    "RunConfig",
    "Score",
    "Settings",
    "Splits",
    "choose_device",
    "devices",
    "diagnose",
    "differences",
    "keep_upload",
    "leak_report",
    "load",
    "read_csv",
    "score_checkpoint",
    "script",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'trainers' has no attribute {name!r}")
    value = getattr(import_module(f"trainers.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
