"""What the run store gives out: runs, experiments, checkpoints, and the error that has a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from numerals import readable_epoch
from trainers.config import RunConfig
from trainers.data import DataFacts
from trainers.diagnosis import Finding
from trainers.report import Score

ACTIVE = ("queued", "starting", "running", "paused")
ENDED = (
    "finished",
    "early_stopped",
    "stopped",
    "diverged",
    "out_of_memory",
    "no_data",
    "failed",
    "interrupted",
    "imported",
)
ELSEWHERE = "elsewhere"  # the device of a run that is trained by somebody else and watched
TRAINING = "train"  # the kind of the jobs that are runs
WANTED = ("run", "pause", "stop", "score")
EXPERIMENT_KINDS = ("preset", "remedy", "search")
CHECKPOINT_KINDS = ("best", "regular", "last")


def first_of(findings: Iterable[Finding]) -> Finding | None:
    """The finding that counts: the first that is no mere symptom of another."""
    return next((finding for finding in findings if not finding.secondary), None)


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """A run as its row has it.

    status: one of ``ACTIVE`` or ``ENDED``. sentence: why it is where it is. wanted: what the user asked for. config:
    None for imported curves and for what is trained elsewhere and watched. device: what was asked for, None for the
    fastest; device_name: where it ran. epoch to val_metric: of its newest report, None where that is no finite number.
    parent, parent_epoch: what it was forked from, and where. experiment, role: runs shown together, and this one's
    label among them. resume: the checkpoint its worker goes on from. generation: grows when reports are dropped or
    replaced. revision: grows with every change. last: number of its newest report; numbers are never used twice.
    visitor: who asked for it, "" where unknown. worker_seconds: of ``seconds`` its own share, where it was trained with
    others as one; None in rows of an earlier day.
    """

    id: str
    name: str
    status: str
    sentence: str
    wanted: str
    config: RunConfig | None = field(repr=False)
    device: str | None
    device_name: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    epoch: float
    step: int
    seconds: float
    samples_per_second: float | None
    train_loss: float | None
    val_loss: float | None
    train_metric: float | None
    val_metric: float | None
    best_epoch: float | None
    best_val_loss: float | None
    parameters: int | None
    findings: tuple[Finding, ...] = field(repr=False)
    test: Score | None
    facts: DataFacts | None = field(repr=False)
    parent: str | None
    parent_epoch: float | None
    experiment: str | None
    role: str
    resume: str | None
    worker: str
    heartbeat: datetime | None
    generation: int
    revision: int
    last: int
    visitor: str = ""
    worker_seconds: float | None = None

    @property
    def taken(self) -> float:
        """Seconds of a worker's time that it has taken."""
        return self.seconds if self.worker_seconds is None else self.worker_seconds

    @property
    def active(self) -> bool:
        """Waiting, training or paused; otherwise it has ended."""
        return self.status in ACTIVE

    @property
    def watched(self) -> bool:
        """Trained elsewhere, by whoever reports it."""
        return self.device == ELSEWHERE

    @property
    def from_outside(self) -> bool:
        """Imported or watched: a loss that is not in a report is one that was not measured."""
        return self.watched or self.status == "imported"

    @property
    def verdict(self) -> Finding | None:
        """The finding that counts: the first that is no mere symptom of another."""
        return first_of(self.findings)

    @property
    def metric_name(self) -> str:
        """What its metric is called; of imported curves that is not known."""
        return "metric" if self.config is None else self.config.metric_name

    @property
    def epoch_text(self) -> str:
        """The epoch it has reached, with decimals within one."""
        return readable_epoch(self.epoch)


@dataclass(frozen=True, kw_only=True)
class StoredJob:
    """Something that a worker does, or has done. Training is one kind of it, and its row is the row of the run.

    kind: a key of the catalogue of jobs. run: the run it is about, of training the run itself. request: what is asked
    for; result: what came of it; both plain values, of training empty and None. progress: from 0 to 1, None where
    unknown. status, sentence, wanted, device, visitor, worker, heartbeat: as of a run.
    """

    id: str
    kind: str
    run: str | None
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)
    result: Any = field(default=None, repr=False)
    status: str
    sentence: str
    wanted: str
    progress: float | None = None
    device: str | None
    visitor: str
    worker: str
    heartbeat: float | None
    created: float

    @property
    def active(self) -> bool:
        """Waiting or at work; otherwise it has ended."""
        return self.status in ACTIVE

    @property
    def lasts(self) -> bool:
        """It goes on, or has come to its end: asked for once more, nothing new begins."""
        return self.active or self.status == "finished"


@dataclass(frozen=True, kw_only=True)
class StoredExperiment:
    """Runs that are shown together. kind: one of ``EXPERIMENT_KINDS``; claim: what is put to the test,
    as plain values."""

    id: str
    title: str
    kind: str
    claim: Mapping[str, Any]
    created: datetime


@dataclass(frozen=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint of a run. kind: best, regular or last. size: bytes of its file."""

    id: str
    run: str
    kind: str
    epoch: float
    step: int
    size: int
    created: datetime


@dataclass(frozen=True, kw_only=True)
class StoredLesson:
    """A lesson of a visitor. text: its file. visitor: see ``trainers.lab.ownership``."""

    id: str
    title: str
    text: str
    visitor: str
    created: float
    changed: float
