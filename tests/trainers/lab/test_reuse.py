"""Runs that begin with another run's weights: refused with a sentence, begun, gone on with, and the parent deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.labs import now, quick, quiet_lab, work
from trainers import Checkpoint
from trainers.lab.lab import Lab, LabError
from trainers.lab.resuming import best_checkpoint, newest_checkpoint
from trainers.store.rows import config_hash


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def trained(lab: Lab, changes: dict[str, Any] | None = None, **others: Any) -> str:
    id = lab.submit(quick({"budget.epochs": 2, **(changes or {})}), **others)
    assert work(lab.store, id).status == "finished"
    return id


def last_weights(lab: Lab, id: str) -> dict[str, torch.Tensor]:
    kept = newest_checkpoint(lab.store.checkpoints(id))
    assert kept is not None
    tensors = Checkpoint.from_bytes(lab.store.checkpoint_bytes(kept.id)).tensors
    return {name: tensor for name, tensor in tensors.items() if name.startswith("model.")}


def test_anybodys_run_may_be_the_start_and_its_best_weights_are_taken(lab: Lab) -> None:
    parent = trained(lab, visitor="somebody")
    changes = {"data.name": "circles", "data.size": 120, "reuse.run": parent, "reuse.freeze": 1}
    child = trained(lab, changes, visitor="else")
    best = best_checkpoint(lab.store.checkpoints(parent))
    assert best is not None
    taken = Checkpoint.from_bytes(lab.store.checkpoint_bytes(best.id)).tensors
    first = "model.hidden.0.linear.weight"
    assert torch.equal(last_weights(lab, child)[first], taken[first])
    with pytest.raises(LabError):
        lab.delete([parent], by="else")


def test_a_start_that_cannot_be_is_refused_with_a_sentence(lab: Lab) -> None:
    parent = trained(lab)
    waits = lab.submit(quick())
    for changes, told in (
        ({"reuse.run": "nobody"}, "is gone; it may have been deleted"),
        ({"reuse.run": waits}, "still trains"),
        ({"reuse.run": parent, "model.width": 7}, "the models differ: width"),
        ({"reuse.run": parent, "data.name": "blobs", "data.features": 3}, "samples differ: 2 numbers there, 3"),
        ({"reuse.run": parent, "data.name": "digits", "model.name": "cnn"}, "the models differ: mlp there, cnn"),
    ):
        config = quick(changes)
        with pytest.raises(LabError, match=told):
            lab.submit(config)
        assert told in lab.refusal_of(config)


def test_a_run_whose_parent_is_gone_says_so_and_one_that_has_begun_goes_on_without_it(lab: Lab) -> None:
    parent = trained(lab)
    begun, waiting = trained(lab, {"reuse.run": parent}), lab.submit(quick({"reuse.run": parent}))
    lab.delete([parent], by=None)
    told = work(lab.store, waiting)
    assert told.status == "failed"
    assert told.sentence.startswith("The run whose weights this one begins with is gone")
    lab.train_on(begun, 2, by=None)
    assert work(lab.store, begun).status == "finished"
    assert now(lab.store, begun).epoch == 4
    fork = lab.fork(begun, {"optimizer.lr": 0.01, "budget.epochs": 6}, checkpoint_id=lab.store.checkpoints(begun)[0].id)
    assert work(lab.store, fork).status == "finished"


def test_settings_that_reuse_nothing_leave_the_hash_of_a_run_as_it_was() -> None:
    plain = config_hash(quick())
    assert config_hash(quick({"reuse.freeze": 1})) != plain
    assert config_hash(quick({"data.turn": 10.0})) != plain
