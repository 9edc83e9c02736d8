"""The score on the test part, on request, after the end: with the best checkpoint, else the last."""

from __future__ import annotations

import logging

from trainers.data import DataUnavailable
from trainers.lab.resuming import best_checkpoint, unscored
from trainers.loop import Checkpoint, CheckpointMismatch, score_checkpoint
from trainers.store import Store, StoreError

LOG = logging.getLogger(__name__)


def score_test(store: Store, run_id: str) -> None:
    """Write the score into the run; where it cannot be had, its sentence says why."""
    run = store.run(run_id)
    if run is None or run.config is None:
        return
    chosen = best_checkpoint(store.checkpoints(run_id))
    try:
        if chosen is None:
            raise ValueError("no checkpoint is left")
        kept = Checkpoint.from_bytes(store.checkpoint_bytes(chosen.id))
        store.update(run_id, test=score_checkpoint(run.config, kept, device=run.device), wanted="run")
    except (ValueError, DataUnavailable, CheckpointMismatch, StoreError) as error:
        unscored(store, run_id, str(error))
    except Exception as error:
        LOG.exception("run %s cannot be scored", run_id)
        unscored(store, run_id, type(error).__name__)
