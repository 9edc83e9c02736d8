"""What a run can go on from after its end, and the sentences that say so."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import Any

from numerals import readable_epoch
from trainers.config import RunConfig, why_no_body
from trainers.store import Changes, Store, StoredCheckpoint, StoredRun, StoreError


def resumable(kept: Sequence[StoredCheckpoint], run: StoredRun) -> StoredCheckpoint | None:
    """Of its checkpoints the one that this run goes on from: the one it names, else its newest."""
    named = next((one for one in kept if one.id == run.resume), None)
    return named or newest_checkpoint(kept)


def newest_checkpoint(kept: Sequence[StoredCheckpoint]) -> StoredCheckpoint | None:
    """The one of the highest step; what a run has left behind by going back is not kept."""
    return max(kept, key=lambda one: (one.step, one.created), default=None)


def best_checkpoint(kept: Sequence[StoredCheckpoint]) -> StoredCheckpoint | None:
    """The best one, else the last, else the newest of the others."""
    for kind in ("best", "last", "regular"):
        of_kind = [one for one in kept if one.kind == kind]
        if of_kind:
            return newest_checkpoint(of_kind)
    return None


def why_no_weights(store: Store | Changes, id: str, what: str = "this run") -> str:
    """Why there are no weights of a run to begin with, in a sentence; empty where there are. what: begins with them."""
    run = store.run(id)
    if run is None:
        return "The run whose weights this one begins with is gone; it may have been deleted. Choose another start."
    name = f"{run.name}, which {what} begins with,"
    if run.config is None:
        return f"{name} was imported: there are curves of it, but no weights."
    if run.active:
        return f"{name} still trains; begin with it when it has ended."
    if best_checkpoint(store.checkpoints(run.id)) is None:
        return f"No checkpoint of {run.name} is left, so there are no weights to begin with."
    return ""


def why_no_start(store: Store | Changes, config: RunConfig) -> str:
    """Why a run cannot begin with the weights of another, in a sentence; empty where it can, or none is asked for."""
    if not config.reuse.run:
        return ""
    if why := why_no_weights(store, config.reuse.run):
        return why
    run = store.run(config.reuse.run)
    if run is not None and run.config is not None and (why := why_no_body(run.config, config)):
        return f"This run cannot begin with {run.name}: {why}."
    return ""


def start_bytes(store: Store, config: RunConfig) -> bytes | None:
    """The best kept weights of the run that this one begins with; None where it draws its own.

    Raises:
        ValueError: what ``why_no_start`` says. StoreError: they cannot be read now.
    """
    if not config.reuse.run:
        return None
    if why := why_no_start(store, config):
        raise ValueError(why)
    kept = best_checkpoint(store.checkpoints(config.reuse.run))
    assert kept is not None
    return store.checkpoint_bytes(kept.id)


def queue_again(change: Changes, run: StoredRun, **columns: Any) -> None:
    """Put a run that has ended into the queue; it goes on from its checkpoint, where it has one."""
    checkpoint = resumable(change.checkpoints(run.id), run)
    resume = checkpoint.id if checkpoint else None
    change.update(run.id, status="queued", sentence="", wanted="run", worker="", resume=resume, **columns)


def going_on(store: Store, run_id: str, *, begin: bool = True) -> str:
    """Where resuming goes on; ``begin`` whether this stands at the beginning of a sentence."""
    word = "Resume" if begin else "resume"
    try:
        run = store.run(run_id)
        checkpoint = resumable(store.checkpoints(run_id), run) if run is not None else None
    except StoreError:
        return f"{word} goes on from its last checkpoint."
    return (
        f"{word} goes on from epoch {readable_epoch(checkpoint.epoch)}." if checkpoint else f"{word} starts it again."
    )


def death_of(exit_code: int | None) -> str:
    """Why a worker process is gone, as far as its exit code tells."""
    if exit_code is None:
        return "The worker process is gone."
    if exit_code >= 0:
        return f"The worker process ended with exit code {exit_code}."
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    if name == "SIGKILL":
        return "The worker process was killed (SIGKILL); the machine's memory may be full."
    return f"The worker process crashed ({name})." if name != "SIGTERM" else "The worker process was ended (SIGTERM)."
