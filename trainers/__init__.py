"""Training: data, the loop, the diagnosis of what it shows, the run store and its workers.

Importing this package imports no PyTorch; what trains is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.config import LOSSES as LOSSES
    from trainers.config import OPTIMIZERS as OPTIMIZERS
    from trainers.config import SCHEDULES as SCHEDULES
    from trainers.config import RunConfig as RunConfig
    from trainers.config import Settings as Settings
    from trainers.config import differences as differences
    from trainers.config import stack_key as stack_key
    from trainers.data import DATA_SETS as DATA_SETS
    from trainers.data import CsvError as CsvError
    from trainers.data import DataUnavailable as DataUnavailable
    from trainers.data import Leaks as Leaks
    from trainers.data import Splits as Splits
    from trainers.data import keep_upload as keep_upload
    from trainers.data import leak_report as leak_report
    from trainers.data import load as load
    from trainers.data import read_csv as read_csv
    from trainers.diagnosis import Finding as Finding
    from trainers.diagnosis import History as History
    from trainers.diagnosis import diagnose as diagnose
    from trainers.loop import Checkpoint as Checkpoint
    from trainers.loop import CheckpointMismatch as CheckpointMismatch
    from trainers.loop import Device as Device
    from trainers.loop import choose_device as choose_device
    from trainers.loop import devices as devices
    from trainers.loop import score_checkpoint as score_checkpoint
    from trainers.loop import train as train
    from trainers.loop import train_together as train_together
    from trainers.report import Internals as Internals
    from trainers.report import Report as Report
    from trainers.report import Result as Result
    from trainers.report import Score as Score

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "config": {
            "LOSSES": "Every loss by key.",
            "OPTIMIZERS": "PyTorch's optimizers by key.",
            "RunConfig": "All settings of a run, checked and frozen.",
            "SCHEDULES": "Schedules of the learning rate by key.",
            "Settings": "The values of one choice and what was chosen.",
            "differences": "The settings in which two configurations differ.",
            "stack_key": "What runs that can be trained as one have in common.",
        },
        "data": {
            "CsvError": "A table that cannot be read, with the place and the reason.",
            "DATA_SETS": "Every data set by key.",
            "DataUnavailable": "Data that cannot be had, and why.",
            "Leaks": "Rows that stand in more than one part of a split.",
            "Splits": "Rows for training, validation and test.",
            "keep_upload": "Store an uploaded table under its digest.",
            "leak_report": "What a split shares between its parts.",
            "load": "The rows of a data set, split.",
            "read_csv": "A table of numbers and classes from CSV text.",
        },
        "diagnosis": {
            "Finding": "One diagnosis with its evidence and remedies.",
            "History": "The curves of a run, as the diagnosis reads them.",
            "diagnose": "What ails a run, worst first, with evidence.",
        },
        "loop": {
            "Checkpoint": "Everything that a run needs to go on exactly.",
            "CheckpointMismatch": "A checkpoint that belongs to another configuration.",
            "Device": "What PyTorch can train on.",
            "choose_device": "The device that a name stands for.",
            "devices": "The devices of this machine.",
            "score_checkpoint": "The score of a checkpoint on the test rows.",
            "train": "Train a run, report by report.",
            "train_together": "Train many runs as one batched computation.",
        },
        "report": {
            "Internals": "What was measured inside a network at one report.",
            "Report": "What a run tells of one epoch.",
            "Result": "What a run ends with.",
            "Score": "Loss and metric on some rows.",
        },
    },
)
