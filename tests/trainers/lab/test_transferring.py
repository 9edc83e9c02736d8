"""Studies of reuse as a job: refused with a sentence, worked on, held, broken off and gone on with, remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quiet_lab
from trainers.lab import shown_study, study_job
from trainers.lab.job_kinds import TRANSFER
from trainers.lab.jobs import transferring
from trainers.lab.lab import Lab, LabError
from trainers.lab.worker import do
from trainers.transfers import Curve, TasksRequest

REQUEST = TasksRequest(width=3, rows=10, seeds=3)


@pytest.fixture
def lab(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab whose studies train nothing: each network is a curve that says which it was."""
    trained: list[int] = []

    def fake(request: TasksRequest, seed: int) -> Curve:
        trained.append(seed)
        return Curve(losses=((1.0,), (float(seed),)), scores=((0.5,), (0.5,)))

    for name in ("train_shared", "train_alone"):
        monkeypatch.setattr(f"trainers.transfers.computing.{name}", fake)
    made = quiet_lab(data_home)
    made.trained = trained  # pyright: ignore[reportAttributeAccessIssue]
    yield made
    made.close()


def done(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, TRANSFER, id, WORKER)
    found = lab.job("transfer", id)
    assert found is not None
    return found


def asked(lab: Lab) -> str:
    return lab.ask("transfer", request=REQUEST.to_plain())


def test_all_who_ask_the_same_have_the_same_and_it_is_remembered(lab: Lab) -> None:
    assert study_job(lab.store, REQUEST) is None
    id = asked(lab)
    assert asked(lab) == id
    waits = study_job(lab.store, REQUEST)  # before a worker has begun it, for whoever comes to it
    assert waits is not None
    assert (waits.id, waits.status) == (id, "queued")
    job = done(lab, id)
    assert (job.status, job.sentence, job.progress) == ("finished", "6 networks were trained.", 1.0)
    study = shown_study(study_job(lab.store, REQUEST))
    assert study is not None
    assert study.complete
    assert study.curves["alone", 0, 2].losses == ((1.0,), (2.0,))
    again = done(lab, asked(lab))  # asked anew, it has all of it already
    assert again.status == "finished"
    assert len(lab.trained) == 6  # pyright: ignore[reportAttributeAccessIssue]


def test_what_is_no_study_is_refused(lab: Lab) -> None:
    for request, told in (({}, "the part of a study"), ({"part": "transfer", "pair": "x"}, "tasks were given")):
        with pytest.raises(LabError, match=told):
            lab.ask("transfer", request=request)


_ENDS = {"pause": "paused", "changed mind": "queued", "stop": "stopped", "death": "failed"}


@pytest.mark.parametrize("order", ["pause", "changed mind", "stop", "death"])
def test_what_is_held_or_broken_off_goes_on_where_it_was(lab: Lab, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[int] = lab.trained  # pyright: ignore[reportAttributeAccessIssue]
    id = asked(lab)
    monkeypatch.setattr(transferring, "PROGRESS_SECONDS", 0.0)
    true_work = transferring.work

    def interrupted(task: Any) -> Any:
        true_progress = task.progress

        def progress(sentence: str, share: float | None = None) -> None:
            if len(trained) == 3:
                if order == "death":
                    raise RuntimeError("the machine")
                if order == "changed mind":  # the worker has heard of a pause that is taken back by now
                    task.orders.want("pause")
                else:
                    {"pause": lab.pause_job, "stop": lab.stop_job}[order]("transfer", id, by=None)
                    task.orders.want(order)
            true_progress(sentence, share)

        task.progress = progress
        return true_work(task)

    job = lab.store.jobs.one("transfer", id)
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)

    do(lab.store, replace(TRANSFER, work=interrupted), id, WORKER)
    held = lab.job("transfer", id)
    assert held is not None
    assert held.status == _ENDS[order]
    so_far = shown_study(held)
    assert so_far is not None
    assert 2 <= len(so_far.curves) <= 3
    before = len(trained)
    if order != "changed mind":
        lab.resume_job("transfer", id, by=None)
    assert done(lab, id).status == "finished"
    assert len(trained) == before + 6 - len(so_far.curves)
