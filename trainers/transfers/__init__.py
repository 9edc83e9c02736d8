"""Reuse studied: a second task learned from the first in several ways, and two tasks on shared layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.transfers.computing import compute_study as compute_study
    from trainers.transfers.pairs import PAIRS as PAIRS
    from trainers.transfers.pairs import SECOND_TASKS as SECOND_TASKS
    from trainers.transfers.pretrained_request import IMAGES as IMAGES
    from trainers.transfers.pretrained_request import PRETRAINED as PRETRAINED
    from trainers.transfers.pretrained_request import PRETRAINED_BATCH as PRETRAINED_BATCH
    from trainers.transfers.pretrained_request import PRETRAINED_EPOCHS as PRETRAINED_EPOCHS
    from trainers.transfers.pretrained_request import PRETRAINED_RATE as PRETRAINED_RATE
    from trainers.transfers.pretrained_request import PRETRAINED_ROWS as PRETRAINED_ROWS
    from trainers.transfers.pretrained_request import PRETRAINED_VAL as PRETRAINED_VAL
    from trainers.transfers.pretrained_request import SIDES as SIDES
    from trainers.transfers.pretrained_request import PretrainedRequest as PretrainedRequest
    from trainers.transfers.pretrained_request import why_no_torchvision as why_no_torchvision
    from trainers.transfers.request import ALONE as ALONE
    from trainers.transfers.request import BATCH as BATCH
    from trainers.transfers.request import EPOCHS as EPOCHS
    from trainers.transfers.request import FIRST_ROWS as FIRST_ROWS
    from trainers.transfers.request import MOST_FROZEN as MOST_FROZEN
    from trainers.transfers.request import RATE as RATE
    from trainers.transfers.request import ROWS as ROWS
    from trainers.transfers.request import RUN_ID as RUN_ID
    from trainers.transfers.request import SECONDS as SECONDS
    from trainers.transfers.request import SHARED as SHARED
    from trainers.transfers.request import SOURCE_EPOCHS as SOURCE_EPOCHS
    from trainers.transfers.request import AnyRequest as AnyRequest
    from trainers.transfers.request import TasksRequest as TasksRequest
    from trainers.transfers.request import TransferRequest as TransferRequest
    from trainers.transfers.request import request_from as request_from
    from trainers.transfers.study import Curve as Curve
    from trainers.transfers.study import Study as Study
    from trainers.transfers.ways import WAYS as WAYS

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "computing": {
            "compute_study": "Every training of a study.",
        },
        "pairs": {
            "PAIRS": "Tasks that follow each other, by key.",
            "SECOND_TASKS": "Names of second tasks, by the key of a pair that has it.",
        },
        "pretrained_request": {
            "IMAGES": "Second tasks for pre-trained networks, by key.",
            "PRETRAINED": "Networks pre-trained on ImageNet, by key.",
            "PRETRAINED_BATCH": "Rows in each step of a pre-trained network.",
            "PRETRAINED_EPOCHS": "Passes of a pre-trained network through the rows of the second task.",
            "PRETRAINED_RATE": "The learning rate of a pre-trained network's last layer.",
            "PRETRAINED_ROWS": "Numbers of training rows for a pre-trained network.",
            "PRETRAINED_VAL": "Validation rows of a pre-trained network at the most.",
            "SIDES": "Sides of images that a pre-trained network can be given.",
            "PretrainedRequest": "A study of a pre-trained network, as it is asked for.",
            "why_no_torchvision": "What to install where torchvision is not there.",
        },
        "request": {
            "ALONE": "The way in which each task has a network.",
            "BATCH": "Rows in each step.",
            "EPOCHS": "Passes through the rows of the second task.",
            "MOST_FROZEN": "Layers of a run that stand still at the most.",
            "FIRST_ROWS": "Labels of the first of two tasks that are known.",
            "RATE": "The learning rate.",
            "RUN_ID": "What the id of a run looks like, as a pattern.",
            "ROWS": "Numbers of training rows of the second task.",
            "SECONDS": "Tasks beside which digit it is, by key.",
            "SHARED": "The way in which both tasks share layers.",
            "SOURCE_EPOCHS": "Passes through the rows of the first task.",
            "AnyRequest": "A study of any part.",
            "TasksRequest": "Two tasks on shared layers, as it is asked for.",
            "TransferRequest": "A study of transfer, as it is asked for.",
            "request_from": "A request read from plain values.",
        },
        "study": {
            "Curve": "Loss and accuracy of one training, by epoch.",
            "Study": "What a study has come to.",
        },
        "ways": {
            "WAYS": "Ways to learn the second task, by key.",
        },
    },
)
