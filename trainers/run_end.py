"""What a run can go on from after its end, and the sentences that say so."""

from __future__ import annotations

import signal

from trainers.store import Store
from trainers.store_types import StoredCheckpoint, StoredRun, StoreError


def resumable(store: Store, run: StoredRun) -> StoredCheckpoint | None:
    """The checkpoint that this run goes on from: the one it names, else the newest that is no later than its curve."""
    kept = store.checkpoints(run.id)
    named = next((one for one in kept if one.id == run.resume), None)
    earlier = [one for one in kept if one.step <= run.step]
    return named or max(earlier, key=lambda one: (one.step, one.created), default=None)


def best_checkpoint(kept: list[StoredCheckpoint], step: int) -> StoredCheckpoint | None:
    """The best one no later than this step, else the last, else the newest."""
    usable = [one for one in kept if one.step <= step]
    for kind in ("best", "last", "regular"):
        of_kind = [one for one in usable if one.kind == kind]
        if of_kind:
            return max(of_kind, key=lambda one: one.step)
    return None


def going_on(store: Store, run_id: str, *, begin: bool = True) -> str:
    """Where resuming goes on; ``begin`` whether this stands at the beginning of a sentence."""
    word = "Resume" if begin else "resume"
    try:
        run = store.run(run_id)
        kept = resumable(store, run) if run is not None else None
    except StoreError:
        return f"{word} goes on from its last checkpoint."
    return f"{word} goes on from epoch {kept.epoch:.4g}." if kept else f"{word} starts it again."


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


def unscored(store: Store, run_id: str, why: str) -> None:
    """Say in the run's sentence that there is no score, and why."""
    run = store.run(run_id)
    if run is not None and run.wanted == "score":
        sentence = run.sentence.partition(" The test rows are not scored:")[0]
        store.update(
            run_id, wanted="run", sentence=f"{sentence} The test rows are not scored: {why.rstrip('.')}."[:500]
        )
