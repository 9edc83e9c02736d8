"""A study of reuse as a job: a page asks, a worker does it, and all who ask the same have it.

What there is so far stands in the job, and the store remembers which job a request has: what is done is found again,
and what was paused or broken off goes on from there. A network that was pre-trained learns on the fastest device.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from settings import Settings
from trainers.allowances import Size
from trainers.config import RunConfig, why_no_body
from trainers.data import Progress, Splits, load
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.lab.resuming import best_checkpoint, why_no_weights
from trainers.lab.sizes import stored_sizes
from trainers.store import Changes, Store, StoredJob, StoredRun
from trainers.transfers import (
    EPOCHS,
    PAIRS,
    PRETRAINED_ROWS,
    ROWS,
    AnyRequest,
    PretrainedRequest,
    Study,
    TransferRequest,
    request_from,
    why_no_torchvision,
)

KIND = "transfer"


class _Paused(Exception):
    """The work is to be held; what it has come to stands in the job."""


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why there can be no such study, in a sentence; empty where there can."""
    try:
        return why_no_study(change, request_from(request))
    except ValueError as error:
        return f"This cannot be studied: {error}."


def why_no_study(store: Store | Changes, request: AnyRequest) -> str:
    """Why what a study begins with is not there, or does not fit its task, in a sentence; empty where it does."""
    if isinstance(request, PretrainedRequest):
        return why_no_torchvision()
    if not isinstance(request, TransferRequest) or not request.run:
        return ""
    if why := why_no_weights(store, request.run, "this study"):
        return why
    run = store.run(request.run)
    assert run is not None
    assert run.config is not None
    return why_no_task(run.config, request.pair, run.name)


def why_no_task(config: RunConfig, pair: str, name: str) -> str:
    """Why a run's network cannot learn the second task of a pair, in a sentence; empty where it can."""
    try:
        why = why_no_body(config, TransferRequest(pair=pair, run="any").target("tuned", ROWS[0], 0, config))
    except ValueError as error:
        why = str(error)
    return f"{name} cannot go on with {PAIRS[pair].second}: {why}." if why else ""


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the networks of the study are; that of a run is as large as it was."""
    asked = request_from(request)
    if isinstance(asked, TransferRequest) and asked.run:
        return [replace(size, epochs=EPOCHS) for size in stored_sizes([change.run(asked.run)])]
    return asked.sizes


def _rows_of(request: AnyRequest) -> Settings:
    if isinstance(request, PretrainedRequest):
        return request.data(PRETRAINED_ROWS[-1], 0).data
    if isinstance(request, TransferRequest) and request.run:  # what comes first is not trained
        return request.target("tuned", ROWS[-1], 0).data
    return request.data(0).data


class _Rows:
    """Loads rows; those that a study was admitted with are not loaded twice, and let go once they are asked for."""

    def __init__(self, task: Task, data: Settings) -> None:
        self._held: tuple[Settings, Splits] | None = (data, task.load(data))

    def load(self, data: Settings, progress: Progress) -> Splits:
        if self._held is not None and self._held[0] == data:
            splits, self._held = self._held[1], None
            return splits
        return load(data, progress)


def interrupted(store: Store, job: StoredJob, why: str) -> str:
    """The sentence of a study whose process is gone."""
    return f"{why} Go on takes it up where it was."


def work(task: Task) -> End:
    """Train what is missing; what there is so far stands in the job."""
    import torch

    from trainers.loop import Checkpoint, choose_device
    from trainers.transfers import compute_study

    store, request = task.store, request_from(task.job.request)
    if why := why_no_study(store, request):
        return End(status="failed", sentence=why)
    large = isinstance(request, PretrainedRequest)
    if task.own_process and not large:
        torch.set_num_threads(1)  # networks this small are slower with more
    elif task.own_process and task.threads:
        torch.set_num_threads(task.threads)
    device = (task.job.device or choose_device().key) if large else "cpu"
    start = None
    if isinstance(request, TransferRequest) and request.run:
        kept = best_checkpoint(store.checkpoints(request.run))
        assert kept is not None
        start = Checkpoint.from_bytes(store.checkpoint_bytes(kept.id))
    rows = _Rows(task, _rows_of(request))  # more than this server takes end it before it begins
    before = Study.from_plain(task.job.result) or known_study(store, request)
    task.write(lambda: store.remember(_key(request), {"job": task.job.id}))
    shown_at = -PROGRESS_SECONDS
    latest: Study | None = None

    def told(study: Study, words: str) -> None:
        nonlocal shown_at, latest
        latest = study
        task.progress(words, len(study.curves) / study.total)
        now = time.monotonic()
        if now >= shown_at + PROGRESS_SECONDS or task.orders.pause:
            shown_at = now
            task.write(lambda: store.jobs.tell(task.job, result=study.to_plain()))
        if task.orders.pause:
            raise _Paused

    try:
        study = compute_study(request, told, before, start=start, device=device, load=rows.load)
    except _Paused:
        return End(status="paused", sentence="Paused.")
    return End(
        status="finished",
        sentence=f"{study.total} networks were trained.",
        columns={"result": study.to_plain(), "progress": 1.0},
    )


def known_study(store: Store, request: AnyRequest) -> Study | None:
    """What has come of this very request so far; None where nobody has asked for it."""
    return shown_study(_begun_last(store, request))


def study_job(store: Store, request: AnyRequest) -> StoredJob | None:
    """The job that this very request has, waits for, or had; None where nobody has asked for it."""
    known = _begun_last(store, request)
    if known is not None and known.lasts:
        return known
    newest = store.jobs.same(KIND, request.to_plain())
    return newest if known is None or (newest is not None and newest.active) else known


def _begun_last(store: Store, request: AnyRequest) -> StoredJob | None:
    known = store.remembered(_key(request))
    return store.jobs.one(KIND, str(known.get("job", ""))) if isinstance(known, dict) else None


def shown_study(job: StoredJob | None) -> Study | None:
    """What a job has come to so far."""
    return None if job is None else Study.from_plain(job.result)


def _key(request: AnyRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
