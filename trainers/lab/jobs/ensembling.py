"""An ensemble as a job: a page asks, a worker does it, and all who ask for the same have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numerals import readable_epoch
from trainers.allowances import Size
from trainers.config import RunConfig
from trainers.ensembles import Ensemble, EnsembleRequest
from trainers.lab.job import End, Task
from trainers.lab.resuming import best_checkpoint
from trainers.lab.sizes import stored_sizes
from trainers.store import Changes, Store, StoredCheckpoint, StoredRun, StoreError

KIND = "ensemble"


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why these runs cannot speak together, in a sentence; empty where they can."""
    try:
        asked = EnsembleRequest.from_plain(request)
    except ValueError as error:
        return f"There is no such ensemble: {error}."
    return why_not([change.run(id) for id in asked.runs], change.checkpoints)


def why_not(runs: Sequence[StoredRun | None], checkpoints: Callable[[str], Sequence[StoredCheckpoint]]) -> str:
    """The same for runs that were read already. checkpoints: gives those of a run's id."""
    present = [run for run in runs if run is not None]
    if len(present) < len(runs):
        return "One of these runs is gone; it may have been deleted."
    configs: list[RunConfig] = []
    for run in present:
        if run.config is None:
            return f"{run.name} was imported: there are curves of it, but no network."
        if run.active:
            return f"{run.name} still trains; an ensemble is made of what has ended."
        configs.append(run.config)
    first, kept = present[0], [checkpoints(run.id) for run in present]
    for run, config in zip(present, configs, strict=True):
        apart = {name for name, value in config.data.items() if value != configs[0].data.get(name)}
        if config.data.name != configs[0].data.name or apart - {"bootstrap", "train_size", "label_noise"}:
            return f"{run.name} has other data than {first.name}: their answers cannot be compared."
    if len(present) == 1 and len(chain(kept[0])) < 2:
        return f"{first.name} has fewer than two checkpoints after its first third; choose several runs."
    for run, its in zip(present, kept, strict=True):
        if best_checkpoint(its) is None:
            return f"No checkpoint of {run.name} is left, so its weights are gone."
    return ""


def chain(kept: Sequence[StoredCheckpoint]) -> list[StoredCheckpoint]:
    """The checkpoints of one run from a third of its steps on, one for each step."""
    last = max((one.step for one in kept), default=0)
    return list({one.step: one for one in kept if 3 * one.step >= last}.values())


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the members are."""
    return stored_sizes(change.run(id) for id in EnsembleRequest.from_plain(request).runs)


def work(task: Task) -> End:
    """Ask all members; what they say is remembered."""
    from trainers.loop import Checkpoint, CheckpointMismatch, ensemble_of

    request = EnsembleRequest.from_plain(task.job.request)
    found = [task.store.run(id) for id in request.runs]
    if why := why_not(found, task.store.checkpoints):
        return End(status="failed", sentence=why)
    runs = [run for run in found if run is not None]
    key = key_of(runs)
    try:
        members = []
        for name, run, kept in _members(task.store, runs):
            assert run.config is not None
            checkpoint = Checkpoint.from_bytes(task.store.checkpoint_bytes(kept.id))
            members.append((name, run.config, task.load(run.config.data), checkpoint))
        ensemble = ensemble_of(
            members,
            lambda share: task.progress("The networks are asked.", share),
            one_run=len(runs) == 1,
            device=task.job.device,
        )
    except (CheckpointMismatch, StoreError) as error:
        return End(status="failed", sentence=str(error))
    task.write(lambda: task.store.remember(key, ensemble.to_plain()))
    return End(status="finished", sentence="The networks were asked.", columns={"result": ensemble.to_plain()})


def _members(store: Store, runs: Sequence[StoredRun]) -> list[tuple[str, StoredRun, StoredCheckpoint]]:
    if len(runs) == 1:
        (run,) = runs
        return [(f"epoch {readable_epoch(kept.epoch)}", run, kept) for kept in chain(store.checkpoints(run.id))]
    members = []
    for run in runs:
        kept = best_checkpoint(store.checkpoints(run.id))
        assert kept is not None
        members.append((run.role or run.name, run, kept))
    return members


def remembered_ensemble(store: Store, runs: Sequence[StoredRun]) -> Ensemble | None:
    """What these very runs have said together, as they stand; None where nobody has asked yet."""
    return Ensemble.from_plain(store.remembered(key_of(runs)))


def key_of(runs: Sequence[StoredRun]) -> str:
    """Where the answer is kept: by the runs and how far each has come."""
    text = json.dumps([[run.id, run.generation, run.last] for run in runs])
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
