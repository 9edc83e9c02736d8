"""The score on the test part, on request, after the end: with the best checkpoint, else the last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trainers.data import DataUnavailable
from trainers.lab.allowed import IMPORTED, refusal
from trainers.lab.job import End, Task
from trainers.lab.resuming import best_checkpoint
from trainers.store import Changes, StoredJob, StoredRun, StoreError, score_from_json, score_to_json

WANTED = "score"  # what the row of a run says while its score is worked out
NOT_SCORED = " The test rows are not scored:"


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why there can be no score of this run, in a sentence; empty where there can."""
    if run is None:
        return "There is no such run; it may have been deleted."
    why = refusal("score", run)
    if why or run.config is None:
        return why or IMPORTED
    if run.config.data.test_share == 0:
        return "This split has no test part; give the test a share of the rows and train again."
    if best_checkpoint(change.checkpoints(run.id)) is None:
        return "No checkpoint of this run is left, so its weights are gone."
    return ""


def asked(change: Changes, job: StoredJob) -> None:
    """The run says that its score is awaited."""
    if job.run is not None:
        change.update(job.run, wanted=WANTED)


def work(task: Task) -> End:
    """Score the run as it stands."""
    from trainers.loop import Checkpoint, score_checkpoint

    run = task.store.run(task.job.run or "")
    if run is None or run.config is None:
        return End(status="failed", sentence="the run is gone")
    chosen = best_checkpoint(task.store.checkpoints(run.id))
    try:
        if chosen is None:
            raise ValueError("no checkpoint is left")
        checkpoint = Checkpoint.from_bytes(task.store.checkpoint_bytes(chosen.id))
        score = score_checkpoint(run.config, checkpoint, device=run.device, splits=task.load(run.config.data))
    except (ValueError, DataUnavailable, StoreError) as error:
        return End(status="failed", sentence=str(error))
    return End(status="finished", sentence="Scored.", columns={"result": json.loads(score_to_json(score))})


def settled(change: Changes, job: StoredJob) -> None:
    """The score stands in the run; where there is none, the run's sentence says why. A run that went on has none."""
    run = change.run(job.run or "")
    if run is None or run.wanted != WANTED or change.jobs_about(run.id, job.kind):
        return
    if job.status == "finished":
        change.update(run.id, test=score_from_json(json.dumps(job.result)), wanted="run")
    else:
        sentence = run.sentence.partition(NOT_SCORED)[0]
        change.update(run.id, sentence=f"{sentence}{NOT_SCORED} {job.sentence.rstrip('.')}."[:500], wanted="run")
