"""Ensembles as a job: refused with a sentence, worked on, remembered until a run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quick, quiet_lab
from trainers.ensembles import EnsembleRequest
from trainers.lab import remembered_ensemble
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab, LabError
from trainers.lab.worker import do


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def do_all(lab: Lab) -> None:
    """Work off the queue in this process."""
    for job in lab.store.jobs.listed(("queued",)):
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[job.kind], job.id, WORKER)


def trained(lab: Lab, *changes: dict[str, Any]) -> list[str]:
    ids = [lab.submit(quick({"budget.epochs": 2, **each})) for each in changes]
    do_all(lab)
    return ids


def asked(lab: Lab, ids: list[str]) -> str:
    return lab.ask("ensemble", request=EnsembleRequest(runs=tuple(ids)).to_plain())


def test_runs_speak_together_and_all_who_ask_have_it_until_one_goes_on(lab: Lab) -> None:
    ids = trained(lab, {"budget.seed": 1}, {"budget.seed": 2})
    runs = [lab.store.run(id) for id in ids]
    assert remembered_ensemble(lab.store, [run for run in runs if run]) is None
    job = asked(lab, ids)
    do_all(lab)
    done = lab.job("ensemble", job)
    assert done is not None
    assert (done.status, done.sentence) == ("finished", "The networks were asked.")
    found = remembered_ensemble(lab.store, [run for run in runs if run])
    assert found is not None
    assert len(found.members) == 2
    lab.train_on(ids[0], 1, by=None)
    do_all(lab)
    runs = [lab.store.run(id) for id in ids]
    assert remembered_ensemble(lab.store, [run for run in runs if run]) is None


def test_checkpoints_of_one_run_speak_together(lab: Lab) -> None:
    (id,) = trained(lab, {"budget.epochs": 6, "watch.checkpoint_every": 1})
    job = asked(lab, [id])
    do_all(lab)
    done = lab.job("ensemble", job)
    assert done is not None
    assert done.status == "finished"
    assert len(done.result["members"]) >= 2
    assert done.result["members"][0]["name"].startswith("epoch")


def test_what_cannot_speak_together_is_refused_with_a_sentence(lab: Lab) -> None:
    ids = trained(lab, {}, {"data.seed": 5})
    waits = lab.submit(quick())
    for wrong, told in (
        ([*ids], "has other data than"),
        (["nobody"], "is gone; it may have been deleted"),
        ([ids[0], waits], "still trains"),
    ):
        with pytest.raises(LabError, match=told):
            asked(lab, wrong)
    with pytest.raises(LabError, match="There is no such ensemble: 0 runs were given"):
        lab.ask("ensemble", request={"runs": []})
