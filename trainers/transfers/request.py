"""What is asked for of reuse: which task first and which then, how layers learn, with how many rows. No PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trainers.allowances import Size
from trainers.config import RunConfig

WAYS: Mapping[str, str] = {
    "scratch": "from scratch",
    "frozen": "features frozen",
    "tuned": "fine-tuned",
    "discriminative": "a rate for each layer",
    "gradual": "unfrozen layer by layer",
}
SHARED, ALONE = "shared", "alone"
SOURCE_EPOCHS, EPOCHS, BATCH, RATE = 15, 40, 16, 0.003  # with many rows batches are larger: at most 16 an epoch
ROWS = (10, 20, 50, 200, 800)
SEEN = tuple(sorted({*range(11), *range(12, EPOCHS + 1, 2)}))
"""Epochs at which a curve is read."""
_DIGITS = {"data.name": "digits", "data.test_share": 0.0, "data.val_share": 0.3}
_PLANE = {"data.size": 1000, "data.test_share": 0.0, "data.val_share": 0.3, "data.noise": 0.15}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A task whose rows are many and another whose rows are few. source, target: settings of their data."""

    name: str
    source: Mapping[str, Any]
    target: Mapping[str, Any]


PAIRS: Mapping[str, Pair] = {
    "turned": Pair(name="digits, then digits turned by 20°", source=_DIGITS, target={**_DIGITS, "data.turn": 20.0}),
    "noisy": Pair(name="digits, then noisy digits", source=_DIGITS, target={**_DIGITS, "data.noise": 0.5}),
    "classes": Pair(
        name="digits 0 to 4, then 5 to 9",
        source={**_DIGITS, "data.half": "first"},
        target={**_DIGITS, "data.half": "last"},
    ),
    "shuffled": Pair(
        name="digits with shuffled pixels, then digits", source={**_DIGITS, "data.shuffle": True}, target=_DIGITS
    ),
    "labels": Pair(
        name="digits 0 to 4 with random labels, then 5 to 9",
        source={**_DIGITS, "data.half": "first", "data.label_noise": 0.8},
        target={**_DIGITS, "data.half": "last"},
    ),
    "moons": Pair(
        name="two moons, then moons turned by 30°",
        source={**_PLANE, "data.name": "moons"},
        target={**_PLANE, "data.name": "moons", "data.turn": 30.0},
    ),
    "circles": Pair(
        name="two moons, then circles",
        source={**_PLANE, "data.name": "moons"},
        target={**_PLANE, "data.name": "circles"},
    ),
}
FIRST_ROWS, FIRST_BATCH = 400, 32
SECONDS: Mapping[str, str] = {
    "large": "whether it is 5 or more",
    "even": "whether it is even",
    "direction": "on which side of a random plane it lies",
}


@dataclass(frozen=True, kw_only=True)
class TransferRequest:
    """One study of reuse: every way, number of rows and seed is a training of its own.

    layers, width: of the hidden layers. freeze: how many stand still, from the input. factor: the rate of each layer by
    that of the next. unfreeze: epochs between two layers that begin to learn.

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

    def __post_init__(self) -> None:
        if self.pair not in PAIRS:
            raise ValueError(f"the tasks were given as {self.pair!r:.40}; allowed is one of {', '.join(PAIRS)}")
        _whole("layers", self.layers, 1, 3)
        _whole("width", self.width, 4, 128)
        _whole("freeze", self.freeze, 1, 3)
        _whole("unfreeze", self.unfreeze, 1, 20)
        _whole("seeds", self.seeds, 1, 10)
        if not 0.05 <= self.factor <= 1:
            raise ValueError(f"the factor was given as {self.factor:g}; allowed is 0.05 to 1")

    def source(self, seed: int) -> RunConfig:
        """The task with many rows."""
        return self._config({**PAIRS[self.pair].source, "budget.epochs": SOURCE_EPOCHS}, seed + 100, seed)

    def target(self, way: str, rows: int, seed: int) -> RunConfig:
        """The task with few rows, learned in this way."""
        frozen = min(self.freeze, self.layers)
        reuse: dict[str, Any] = {
            "scratch": {},
            "frozen": {"reuse.freeze": frozen},
            "tuned": {},
            "discriminative": {"reuse.factor": self.factor},
            "gradual": {"reuse.freeze": self.layers, "reuse.unfreeze": self.unfreeze, "reuse.gradual": True},
        }[way]
        changes = {**PAIRS[self.pair].target, **reuse, "data.train_size": rows, "budget.epochs": EPOCHS}
        return self._config({**changes, "budget.batch_size": max(BATCH, rows // BATCH)}, seed, seed)

    def _config(self, changes: Mapping[str, Any], data_seed: int, seed: int) -> RunConfig:
        return RunConfig().changed(
            {
                **changes,
                "model.name": "mlp",
                "model.widths": "-".join([str(self.width)] * self.layers),
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
        return [(way, rows, seed) for seed in range(self.seeds) for rows in ROWS for way in WAYS]

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"part": "transfer", **asdict(self)}


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

    def __post_init__(self) -> None:
        if self.second not in SECONDS:
            raise ValueError(
                f"the second task was given as {self.second!r:.40}; allowed is one of {', '.join(SECONDS)}"
            )
        _whole("width", self.width, 1, 128)
        _whole("rows", self.rows, 10, FIRST_ROWS)
        _whole("seeds", self.seeds, 1, 20)
        if not 0 <= self.weight <= 1:
            raise ValueError(f"the weight was given as {self.weight:g}; allowed is 0 to 1")

    def data(self, seed: int) -> RunConfig:
        """The rows, as the data of a run."""
        return RunConfig().changed({**_DIGITS, "data.train_size": FIRST_ROWS, "data.seed": seed})

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


def request_from(plain: Mapping[str, Any]) -> TransferRequest | TasksRequest:
    """Read ``to_plain`` back. Raises ValueError for anything else."""
    kinds = {"transfer": TransferRequest, "tasks": TasksRequest}
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


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} was given as {value!r:.40}; allowed is a whole number from {low} to {high}")
