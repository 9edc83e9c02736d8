"""What the page of reuse shows, as settings with a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import Setting, SettingsCodec, choice, number, whole
from trainers.transfers import FIRST_ROWS, PAIRS, ROWS, SECONDS, TasksRequest, TransferRequest

PARTS: Mapping[str, str] = {"transfer": "Transfer learning", "tasks": "Two tasks at once"}
SHOWN: Mapping[str, str] = {"loss": "Validation loss", "score": "Validation accuracy"}
_WIDTHS = (3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_FACTORS = (0.05, 0.1, 0.2, 0.3, 0.385, 0.5, 0.7, 0.8, 0.9, 1.0)

_PART = choice("part", tuple(PARTS), "What the page shows.")
_SHOWN = choice("shown", tuple(SHOWN), "What is drawn over the epochs.")
_TRANSFER: tuple[Setting, ...] = (
    choice("pair", tuple(PAIRS), "The task with many rows that comes first, and the one with few rows."),
    number("rows", 20, ROWS[0], ROWS[-1], "Training rows of the second task.", symbol="n", stops=ROWS),
    whole("freeze", 1, 1, 3, "Layers that stand still, from the input, where features are frozen."),
    number("factor", 0.385, 0.05, 1.0, "The rate of each layer by that of the next one.", stops=_FACTORS),
    whole("unfreeze", 5, 1, 20, "Epochs until the next layer begins to learn."),
    whole("layers", 2, 1, 3, "Hidden layers."),
    number("width", 32, 4, 128, "Units of each hidden layer.", stops=_WIDTHS[1:]),
    whole("seeds", 3, 1, 10, "Trainings of each kind, each with rows and first weights of its own."),
)
_TASKS: tuple[Setting, ...] = (
    choice("second", tuple(SECONDS), "What is learned beside which digit it is."),
    number(
        "weight", 0.9, 0.0, 1.0, "How much the first task's loss counts; the second has what is left of 1.", symbol="w"
    ),
    whole("rows", 40, 10, FIRST_ROWS, "Rows whose answer to the second task is known.", log=True),
    number("width", 64, 3, 128, "Units of each of the two shared layers.", stops=_WIDTHS),
    whole("seeds", 3, 1, 10, "Trainings of each kind, each with rows and first weights of its own."),
)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part that is shown, by key."""
    yield "part", _PART
    for setting in _TASKS if values["part"] == "tasks" else _TRANSFER:
        yield setting.name, setting
    yield "shown", _SHOWN


CODEC = SettingsCodec(declared)


def request_of(values: Mapping[str, Any]) -> TransferRequest | TasksRequest:
    """The study that the page shows; which number of rows of a transfer is looked at is no part of it."""
    if values["part"] == "tasks":
        return TasksRequest(
            second=values["second"],
            width=int(values["width"]),
            rows=values["rows"],
            weight=float(values["weight"]),
            seeds=values["seeds"],
        )
    return TransferRequest(
        pair=values["pair"],
        layers=values["layers"],
        width=int(values["width"]),
        freeze=values["freeze"],
        factor=float(values["factor"]),
        unfreeze=values["unfreeze"],
        seeds=values["seeds"],
    )
