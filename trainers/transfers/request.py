"""What is asked for of reuse: what comes first and what then, how layers learn, with how many rows. No PyTorch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trainers.allowances import Size
from trainers.config import RunConfig
from trainers.transfers.pairs import DIGITS, PAIRS
from trainers.transfers.pretrained_request import PretrainedRequest
from trainers.transfers.ways import factor_within, trainings, whole_within

SHARED, ALONE = "shared", "alone"
SOURCE_EPOCHS, EPOCHS, BATCH, RATE = 15, 40, 16, 0.003  # with many rows batches are larger: at most 16 an epoch
ROWS = (10, 20, 50, 200, 800)
MOST_FROZEN = 16  # of a run, whose layers are not counted before it is there
RUN_ID = r"|[A-Za-z0-9]{1,16}"
SEEN = tuple(sorted({*range(11), *range(12, EPOCHS + 1, 2)}))
"""Epochs at which a curve is read."""
FIRST_ROWS, FIRST_BATCH = 400, 32
SECONDS: Mapping[str, str] = {
    "large": "whether it is 5 or more",
    "even": "whether it is even",
    "direction": "on which side of a random plane it lies",
}


@dataclass(frozen=True, kw_only=True)
class TransferRequest:
    """One study of reuse: every way, number of rows and seed is a training of its own.

    layers, width: of the hidden layers, or of the convolutions and the first one's channels. freeze: how many stand
    still, from the input. factor: the rate of each layer by that of the next. unfreeze: epochs between two layers that
    begin to learn. run: a run of the lab whose network and weights come instead of the first task's; the model is its.

    Raises:
        ValueError: anything out of range.
    """

    pair: str = "turned"
    layers: int = 2
    width: int = 32
    freeze: int = 1
    factor: float = 0.385
    unfreeze: int = 5
    seeds: int = 3
    run: str = ""

    seen = SEEN
    counts = ROWS

    def __post_init__(self) -> None:
        if self.pair not in PAIRS:
            raise ValueError(f"the tasks were given as {self.pair!r:.40}; allowed is one of {', '.join(PAIRS)}")
        whole_within("layers", self.layers, 1, 3)
        whole_within("width", self.width, 4, 128)
        whole_within("freeze", self.freeze, 1, MOST_FROZEN if self.run else 3)
        whole_within("unfreeze", self.unfreeze, 1, 20)
        whole_within("seeds", self.seeds, 1, 10)
        factor_within(self.factor)
        if not re.fullmatch(RUN_ID, self.run):
            raise ValueError(f"the run was given as {self.run!r:.40}; allowed is the id of one")

    def source(self, seed: int) -> RunConfig:
        """The task with many rows."""
        return self._config({**PAIRS[self.pair].source, "budget.epochs": SOURCE_EPOCHS}, seed + 100, seed)

    def target(self, way: str, rows: int, seed: int, before: RunConfig | None = None) -> RunConfig:
        """The task with few rows, learned in this way. before: what ``run`` is, where there is one.

        Raises:
            ValueError: the model of that run does not suit the task.
        """
        frozen = self.freeze if self.run else min(self.freeze, self.layers)
        # Of a run's layers all but the last, however many there are.
        every = MOST_FROZEN if self.run else self.layers
        reuse: dict[str, Any] = {
            "scratch": {},
            "frozen": {"reuse.freeze": frozen},
            "tuned": {},
            "discriminative": {"reuse.factor": self.factor},
            "gradual": {"reuse.freeze": every, "reuse.unfreeze": self.unfreeze, "reuse.gradual": True},
        }[way]
        changes = {**PAIRS[self.pair].target, **reuse, "data.train_size": rows, "budget.epochs": EPOCHS}
        return self._config({**changes, "budget.batch_size": max(BATCH, rows // BATCH)}, seed, seed, before)

    def _config(
        self, changes: Mapping[str, Any], data_seed: int, seed: int, before: RunConfig | None = None
    ) -> RunConfig:
        model: dict[str, Any] = {"model.name": "mlp", "model.widths": "-".join([str(self.width)] * self.layers)}
        if before is not None:
            model = {f"model.{name}": value for name, value in before.model.items()}
        elif PAIRS[self.pair].model == "cnn":
            model = {"model.name": "cnn", "model.depth": self.layers, "model.width": self.width, "model.hidden": 0}
        return RunConfig().changed(
            {
                **changes,
                **model,
                "optimizer.lr": RATE,
                "data.seed": data_seed,
                "budget.seed": seed,
                "watch.pictures": False,
            }
        )

    def data(self, seed: int) -> RunConfig:
        """The rows of the first task, as the data of a run."""
        return self.source(seed)

    @property
    def sizes(self) -> list[Size]:
        """How large the runs of both tasks are."""
        return [
            Size(parameters=one.parameter_count(), rows=one.data.get("size"), epochs=one.budget.epochs)
            for one in (self.source(0), self.target("tuned", ROWS[-1], 0))
        ]

    def keys(self) -> list[tuple[str, int, int]]:
        """(way, rows, seed) of every training, in the order they are done."""
        return trainings(ROWS, self.seeds)

    def to_plain(self) -> dict[str, Any]:
        """For JSON; what is asked for without a run is as it was before runs could be named."""
        plain = {name: value for name, value in asdict(self).items() if name != "run" or value}
        return {"part": "transfer", **plain}


@dataclass(frozen=True, kw_only=True)
class TasksRequest:
    """Two tasks of the same digits: heads on shared layers against a network for each.

    second: the task beside which digit it is; ``rows`` of its labels are known, and ``FIRST_ROWS`` of the first's.
    width: of the two shared hidden layers, and of those of each network alone. weight: of the first task's loss, the
    second has the rest.

    Raises:
        ValueError: anything out of range.
    """

    second: str = "large"
    width: int = 64
    rows: int = 40
    weight: float = 0.9
    seeds: int = 3

    seen = SEEN
    counts = (0,)

    def __post_init__(self) -> None:
        if self.second not in SECONDS:
            raise ValueError(
                f"the second task was given as {self.second!r:.40}; allowed is one of {', '.join(SECONDS)}"
            )
        whole_within("width", self.width, 1, 128)
        whole_within("rows", self.rows, 10, FIRST_ROWS)
        whole_within("seeds", self.seeds, 1, 20)
        if not 0 <= self.weight <= 1:
            raise ValueError(f"the weight was given as {self.weight:g}; allowed is 0 to 1")

    def data(self, seed: int) -> RunConfig:
        """The rows, as the data of a run."""
        return RunConfig().changed({**DIGITS, "data.train_size": FIRST_ROWS, "data.seed": seed})

    @property
    def sizes(self) -> list[Size]:
        """How large the network with both heads is."""
        width, inputs, outputs = self.width, 64, 10 + 2
        parameters = (inputs + 1) * width + (width + 1) * width + (width + 1) * outputs
        return [Size(parameters=parameters, rows=None, epochs=EPOCHS)]

    def keys(self) -> list[tuple[str, int, int]]:
        """(way, 0, seed) of every training."""
        return [(way, 0, seed) for seed in range(self.seeds) for way in (SHARED, ALONE)]

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"part": "tasks", **asdict(self)}


AnyRequest = TransferRequest | TasksRequest | PretrainedRequest


def request_from(plain: Mapping[str, Any]) -> AnyRequest:
    """Read ``to_plain`` back. Raises ValueError for anything else."""
    kinds: dict[str, Any] = {"transfer": TransferRequest, "tasks": TasksRequest, "pretrained": PretrainedRequest}
    given = dict(plain)
    kind = kinds.get(str(given.pop("part", "")))
    if kind is None:
        raise ValueError(f"the part of a study is one of {', '.join(kinds)}")
    for name, value in given.items():
        fields = kind.__dataclass_fields__
        usual = fields[name].default if name in fields else None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if (
            usual is None
            or (isinstance(usual, str) != isinstance(value, str))
            or not (isinstance(value, str) or number)
        ):
            raise ValueError(f"a study has no {name!r:.40} of {value!r:.40}")
        if isinstance(usual, float):
            given[name] = float(value)
    return kind(**given)
