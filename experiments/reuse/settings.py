"""What the page of reuse shows, as settings with a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import Setting, SettingsCodec, Text, choice, number, whole
from trainers.transfers import (
    FIRST_ROWS,
    IMAGES,
    MOST_FROZEN,
    PAIRS,
    PRETRAINED,
    PRETRAINED_EPOCHS,
    PRETRAINED_ROWS,
    ROWS,
    RUN_ID,
    SECOND_TASKS,
    SECONDS,
    SIDES,
    AnyRequest,
    PretrainedRequest,
    TasksRequest,
    TransferRequest,
)

PARTS: Mapping[str, str] = {"transfer": "Transfer learning", "tasks": "Two tasks at once"}
SOURCES: Mapping[str, str] = {
    "task": "another task",
    "run": "a run of the lab",
    "imagenet": "ImageNet: a pre-trained network",
}
SHOWN: Mapping[str, str] = {"loss": "Validation loss", "score": "Validation accuracy"}
_WIDTHS = (3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_FACTORS = (0.05, 0.1, 0.2, 0.3, 0.385, 0.5, 0.7, 0.8, 0.9, 1.0)

_PART = choice("part", tuple(PARTS), "What the page shows.")
_SHOWN = choice("shown", tuple(SHOWN), "What is drawn over the epochs.")
_SOURCE = choice("source", tuple(SOURCES), "Where what is reused was learned.")
_RUN = Text(
    name="run",
    meaning="The run whose network and best weights the second task begins with.",
    pattern=RUN_ID,
    allowed="the id of a run, or nothing",
    max_length=16,
)
_ROWS = number("rows", 20, ROWS[0], ROWS[-1], "Training rows of the second task.", symbol="n", stops=ROWS)
_FACTOR = number("factor", 0.385, 0.05, 1.0, "The rate of each layer by that of the next one.", stops=_FACTORS)
_UNFREEZE = whole("unfreeze", 5, 1, 20, "Epochs until the next layer begins to learn.")
_SEEDS = whole("seeds", 3, 1, 10, "Trainings of each kind, each with rows and first weights of its own.")
_BETWEEN: Mapping[str, tuple[Setting, ...]] = {
    "mlp": (
        whole("layers", 2, 1, 3, "Hidden layers."),
        number("width", 32, 4, 128, "Units of each hidden layer.", stops=_WIDTHS[1:]),
    ),
    "cnn": (
        whole("layers", 2, 1, 3, "Convolutions, each with a pooling."),
        number("width", 16, 4, 32, "Channels of the first convolution; they double.", stops=(4, 8, 16, 32)),
    ),
}
_TASKS: tuple[Setting, ...] = (
    choice("second", tuple(SECONDS), "What is learned beside which digit it is."),
    number(
        "weight", 0.9, 0.0, 1.0, "How much the first task's loss counts; the second has what is left of 1.", symbol="w"
    ),
    whole("rows", 40, 10, FIRST_ROWS, "Rows whose answer to the second task is known.", log=True),
    number("width", 64, 3, 128, "Units of each of the two shared layers.", stops=_WIDTHS),
    _SEEDS,
)


def _transfer(values: Mapping[str, Any]) -> Iterator[Setting]:
    """What is set where one task follows another, by where the first was learned."""
    yield _SOURCE
    if values["source"] == "imagenet":
        yield choice("network", tuple(PRETRAINED), "The network that has learned to tell a thousand kinds of things.")
        yield choice("images", tuple(IMAGES), "The second task, whose images are few.")
        yield choice(
            "side",
            SIDES,
            "Pixels a side that images are brought to. They have learned with 224, which takes five times as long.",
        )
        yield number(
            "rows",
            PRETRAINED_ROWS[0],
            PRETRAINED_ROWS[0],
            PRETRAINED_ROWS[-1],
            "Training images of the second task.",
            symbol="n",
            stops=PRETRAINED_ROWS,
        )
        blocks = len(PRETRAINED[values["network"]].blocks)
        yield whole("blocks", blocks, 1, blocks, "Blocks that stand still, from the input, where features are frozen.")
        yield _FACTOR
        yield whole("unfreeze", 2, 1, PRETRAINED_EPOCHS, "Epochs until the next block begins to learn.")
        yield whole("seeds", 1, 1, 5, "Trainings of each kind, each with rows and a last layer of its own.")
        return
    if values["source"] == "run":
        yield _RUN
        yield choice("target", tuple(SECOND_TASKS), "The task with few rows.")
        yield _ROWS
        yield whole("freeze", 1, 1, MOST_FROZEN, "Layers that stand still, from the input; the last one always learns.")
    else:
        yield choice("pair", tuple(PAIRS), "The task with many rows that comes first, and the one with few rows.")
        yield _ROWS
        yield whole("freeze", 1, 1, 3, "Layers that stand still, from the input, where features are frozen.")
    yield _FACTOR
    yield _UNFREEZE
    if values["source"] == "task":
        yield from _BETWEEN[PAIRS[values["pair"]].model]
    yield _SEEDS


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part that is shown, by key."""
    yield "part", _PART
    for setting in _TASKS if values["part"] == "tasks" else _transfer(values):
        yield setting.name, setting
    yield "shown", _SHOWN


CODEC = SettingsCodec(declared)


def request_of(values: Mapping[str, Any]) -> AnyRequest:
    """The study that the page shows; which number of rows of a transfer is looked at is no part of it."""
    if values["part"] == "tasks":
        return TasksRequest(
            second=values["second"],
            width=int(values["width"]),
            rows=values["rows"],
            weight=float(values["weight"]),
            seeds=values["seeds"],
        )
    how = {"factor": float(values["factor"]), "unfreeze": values["unfreeze"], "seeds": values["seeds"]}
    if values["source"] == "imagenet":
        return PretrainedRequest(
            network=values["network"], images=values["images"], side=int(values["side"]), blocks=values["blocks"], **how
        )
    if values["source"] == "run":
        return TransferRequest(pair=values["target"], freeze=values["freeze"], run=values["run"], **how)
    return TransferRequest(
        pair=values["pair"],
        layers=values["layers"],
        width=int(values["width"]),
        freeze=values["freeze"],
        **how,
    )


def is_asked(values: Mapping[str, Any]) -> bool:
    """Whether there is a study at all: of a run's weights there is none before a run is named."""
    return values["part"] == "tasks" or values["source"] != "run" or bool(values["run"])
