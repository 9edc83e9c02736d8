"""Reuse studied: a second task learned from the first in several ways, and two tasks on shared layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.transfers.computing import compute_study as compute_study
    from trainers.transfers.request import ALONE as ALONE
    from trainers.transfers.request import BATCH as BATCH
    from trainers.transfers.request import EPOCHS as EPOCHS
    from trainers.transfers.request import FIRST_ROWS as FIRST_ROWS
    from trainers.transfers.request import PAIRS as PAIRS
    from trainers.transfers.request import RATE as RATE
    from trainers.transfers.request import ROWS as ROWS
    from trainers.transfers.request import SECONDS as SECONDS
    from trainers.transfers.request import SHARED as SHARED
    from trainers.transfers.request import SOURCE_EPOCHS as SOURCE_EPOCHS
    from trainers.transfers.request import WAYS as WAYS
    from trainers.transfers.request import TasksRequest as TasksRequest
    from trainers.transfers.request import TransferRequest as TransferRequest
    from trainers.transfers.request import request_from as request_from
    from trainers.transfers.study import Curve as Curve
    from trainers.transfers.study import Study as Study

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "computing": {
            "compute_study": "Every training of a study.",
        },
        "request": {
            "ALONE": "The way in which each task has a network.",
            "BATCH": "Rows in each step.",
            "EPOCHS": "Passes through the rows of the second task.",
            "FIRST_ROWS": "Labels of the first of two tasks that are known.",
            "PAIRS": "Tasks that follow each other, by key.",
            "RATE": "The learning rate.",
            "ROWS": "Numbers of training rows of the second task.",
            "SECONDS": "Tasks beside which digit it is, by key.",
            "SHARED": "The way in which both tasks share layers.",
            "SOURCE_EPOCHS": "Passes through the rows of the first task.",
            "WAYS": "Ways to learn the second task, by key.",
            "TasksRequest": "Two tasks on shared layers, as it is asked for.",
            "TransferRequest": "A study of transfer, as it is asked for.",
            "request_from": "A request read from plain values.",
        },
        "study": {
            "Curve": "Loss and accuracy of one training, by epoch.",
            "Study": "What a study has come to.",
        },
    },
)
