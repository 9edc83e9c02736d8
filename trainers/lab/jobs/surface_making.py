"""A loss surface as a job: a page asks, a worker does it, and all who ask the same have it.

What there is so far stands in the job, and the store remembers which job a request has: what is done is found again,
and what was broken off goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from trainers.allowances import Size
from trainers.lab.allowed import IMPORTED
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.lab.resuming import newest_checkpoint
from trainers.lab.sizes import stored_sizes
from trainers.store import Changes, Store, StoredCheckpoint, StoredJob, StoredRun
from trainers.surfaces import LEAST_OF_PATH, RUNS_OF, Surface, SurfaceRequest

KIND = "surface"
GONE = "One of the runs, or its kept weights, is gone."


def surface_request(store: Store, runs: tuple[str, ...], **asked: Any) -> SurfaceRequest:
    """A request for the weights that these runs ended with.

    Raises:
        ValueError: a run is unknown, trains, was imported or keeps no weights; or what ``SurfaceRequest`` refuses.
    """
    kept = []
    for id in runs[: RUNS_OF.get(asked.get("plane", ""), 1)]:
        run = store.run(id)
        if why := _against(run):
            raise ValueError(why)
        stored = store.checkpoints(id)
        newest = newest_checkpoint(stored)
        if newest is None:
            raise ValueError("No checkpoint of this run is left, so its weights are gone.")
        if asked.get("plane") == "path" and (why := _too_short(stored, newest.id)):
            raise ValueError(why)
        kept.append(newest.id)
    return SurfaceRequest(runs=tuple(runs), kept=tuple(kept), **asked)


def _against(run: StoredRun | None) -> str:
    if run is None:
        return "There is no such run; it may have been deleted."
    if run.config is None:
        return IMPORTED
    if run.active:
        return "It still trains; its surface is drawn when it has ended."
    return ""


def _too_short(stored: Sequence[StoredCheckpoint], last: str) -> str:
    """Why the way to a checkpoint has no plane of its own; empty where it has one."""
    moments = 1 + len({one.step for one in _until(stored, last)})  # it begins with the weights before the first step
    if moments >= LEAST_OF_PATH:
        return ""
    return (
        f"The plane of the path takes the weights of {LEAST_OF_PATH} moments or more, of this run {moments} are kept. "
        "Choose random directions, or a run that was trained for longer."
    )


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why there can be no such surface, in a sentence; empty where there can."""
    try:
        asked = SurfaceRequest.from_plain(request)
    except ValueError as error:
        return f"No surface can be drawn: {error}."
    for id, kept in zip(asked.runs, asked.kept, strict=True):
        if why := _against(change.run(id)):
            return why
        stored = change.checkpoints(id)
        if kept not in {one.id for one in stored}:
            return GONE
        if asked.plane == "path" and (why := _too_short(stored, kept)):
            return why
    return ""


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the runs are whose loss is drawn."""
    return stored_sizes(change.run(id) for id in SurfaceRequest.from_plain(request).runs)


def work(task: Task) -> End:
    """Compute the surface; what there is so far stands in the job."""
    import torch

    from trainers.loop import Checkpoint
    from trainers.surfaces import compute_surface

    store, request = task.store, SurfaceRequest.from_plain(task.job.request)
    runs = [store.run(id) for id in request.runs]
    kept = [
        _kept(store, id, last, whole=request.plane == "path")
        for id, last in zip(request.runs, request.kept, strict=True)
    ]
    first = runs[0]
    if first is None or first.config is None or not all(kept):
        return End(status="failed", sentence=GONE)
    if task.threads and task.own_process:
        torch.set_num_threads(task.threads)
    splits = task.load(first.config.data)
    shown_at = -PROGRESS_SECONDS
    shown: Surface | None = None

    def told(surface: Surface | None, share: float, words: str) -> None:
        nonlocal shown_at, shown
        task.progress(words, share)
        now = time.monotonic()
        if surface is not None and surface is not shown and surface.alphas and now >= shown_at + PROGRESS_SECONDS:
            shown, shown_at = surface, now
            task.write(lambda: store.jobs.tell(task.job, result=surface.to_plain()))

    checkpoints = [[Checkpoint.from_bytes(store.checkpoint_bytes(id)) for id in of_run] for of_run in kept]
    names = [(run.role or run.name) if run is not None else "" for run in runs]
    before = _remembered(store, request)
    task.write(lambda: store.remember(_key(request), {"job": task.job.id}))
    if before is not None:
        task.write(lambda: store.jobs.tell(task.job, result=before.to_plain()))
    found = compute_surface(
        request,
        first.config,
        checkpoints,
        splits,
        told,
        labels=names,
        device=task.job.device or first.device,
        before=before,
    )
    return End(status="finished", sentence="The surface was drawn.", columns={"result": found.to_plain()})


def _kept(store: Store, run: str, last: str, *, whole: bool) -> list[str]:
    """The checkpoints of a run up to the one that is meant, or that one alone; none where it is gone."""
    way = [one.id for one in _until(store.checkpoints(run), last)]
    return way if whole else way[-1:]


def _until(stored: Sequence[StoredCheckpoint], last: str) -> list[StoredCheckpoint]:
    """The checkpoints up to one of them in the order of training; none where it is gone."""
    way = sorted(stored, key=lambda one: (one.step, one.id == last))
    count = next((number for number, one in enumerate(way, 1) if one.id == last), 0)
    return way[:count]


def drawn_surface(store: Store, request: SurfaceRequest) -> Surface | None:
    """What was drawn for this very request; None where nobody has asked for it, or it was broken off."""
    found = _remembered(store, request)
    return found if found is not None and found.complete else None


def _remembered(store: Store, request: SurfaceRequest) -> Surface | None:
    known = store.remembered(_key(request))
    job = store.jobs.one(KIND, str(known.get("job", ""))) if isinstance(known, dict) else None
    return shown_surface(job)


def shown_surface(job: StoredJob | None) -> Surface | None:
    """What a job has drawn so far."""
    return None if job is None else Surface.from_plain(job.result)


def _key(request: SurfaceRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
