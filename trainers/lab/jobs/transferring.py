"""A study of reuse as a job: a page asks, a worker does it, and all who ask the same have it.

What there is so far stands in the job, and the store remembers which job a request has: what is done is found again,
and what was paused or broken off goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from trainers.allowances import Size
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.store import Changes, Store, StoredJob, StoredRun
from trainers.transfers import Study, TasksRequest, TransferRequest, request_from

KIND = "transfer"


class _Paused(Exception):
    """The work is to be held; what it has come to stands in the job."""


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why there can be no such study, in a sentence; empty where there can."""
    try:
        request_from(request)
    except ValueError as error:
        return f"This cannot be studied: {error}."
    return ""


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the networks of the study are."""
    return request_from(request).sizes


def interrupted(store: Store, job: StoredJob, why: str) -> str:
    """The sentence of a study whose process is gone."""
    return f"{why} Go on takes it up where it was."


def work(task: Task) -> End:
    """Train what is missing; what there is so far stands in the job."""
    import torch

    from trainers.transfers import compute_study

    store, request = task.store, request_from(task.job.request)
    if task.own_process:
        torch.set_num_threads(1)  # networks this small are slower with more
    task.load(request.data(0).data)  # more rows than this server takes end it before it begins
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
        study = compute_study(request, told, before)
    except _Paused:
        return End(status="paused", sentence="Paused.")
    return End(
        status="finished",
        sentence=f"{study.total} networks were trained.",
        columns={"result": study.to_plain(), "progress": 1.0},
    )


def known_study(store: Store, request: TransferRequest | TasksRequest) -> Study | None:
    """What has come of this very request so far; None where nobody has asked for it."""
    return shown_study(study_job(store, request))


def study_job(store: Store, request: TransferRequest | TasksRequest) -> StoredJob | None:
    """The job that this very request has, or had; None where nobody has asked for it."""
    known = store.remembered(_key(request))
    return store.jobs.one(KIND, str(known.get("job", ""))) if isinstance(known, dict) else None


def shown_study(job: StoredJob | None) -> Study | None:
    """What a job has come to so far."""
    return None if job is None else Study.from_plain(job.result)


def _key(request: TransferRequest | TasksRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
