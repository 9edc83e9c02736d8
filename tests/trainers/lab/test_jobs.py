"""Kinds of jobs: one record more, and it is queued, run in a worker, told of, stopped and kept as training is."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.counting_job import COUNT
from tests.trainers.labs import WORKER, now, quick, quiet_lab, until, work
from trainers.diagnosis import History, diagnose
from trainers.lab.error import LabError
from trainers.lab.job_kinds import JOBS, SCORE
from trainers.lab.lab import Lab
from trainers.lab.supervisor import Supervisor
from trainers.lab.worker import Site, do
from trainers.store import RunFilter
from trainers.store.store import Store


class Threaded:
    """A supervisor in a thread of the test, whose workers are processes as ever."""

    failed = False

    def __init__(self, lab: Lab, folder: Path) -> None:
        heard, self._said = multiprocessing.Pipe(duplex=False)
        self.supervisor = Supervisor(store=lab.store, site=Site(url="", folder=folder), slots=1, ready=1)
        self._thread = threading.Thread(target=self.supervisor.serve, args=(heard,))
        self._thread.start()

    def tell(self, line: str) -> None:
        self._said.send(line)

    def ensure(self) -> None:
        pass

    def close(self) -> None:
        self._said.send(None)
        self._thread.join()
        self.supervisor.close()


@pytest.fixture
def kinds(monkeypatch):
    """One record more in the catalogue, and nothing else."""
    monkeypatch.setitem(JOBS, COUNT.kind, COUNT)


@pytest.fixture
def lab(data_home, kinds):
    made = quiet_lab(data_home)
    yield made
    made.close()


def request_of(folder: Path, to: int) -> dict[str, Any]:
    return {"to": to, "folder": str(folder)}


def allow(folder: Path, *numbers: int) -> None:
    for number in numbers:
        (folder / str(number)).touch()


def job_of(lab: Lab, id: str) -> Any:
    """The job as it stands."""
    found = lab.job(COUNT.kind, id)
    assert found is not None
    return found


def test_a_new_kind_is_queued_run_in_a_worker_told_of_stopped_and_kept(data_home, tmp_path, kinds):
    lab = quiet_lab(data_home)
    lab._supervisor = Threaded(lab, data_home)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        first = lab.ask("count", request=request_of(tmp_path, 4))
        second = lab.ask("count", request=request_of(tmp_path, 5))
        allow(tmp_path, 1, 2, 3)
        until(lambda: job_of(lab, first).progress == 0.75, 120)
        told = job_of(lab, first)
        assert (told.status, told.sentence) == ("running", "Counted to 3.")
        assert told.worker.split(" ")[1] != str(multiprocessing.current_process().pid)
        assert (job_of(lab, second).status, lab.place(second)) == ("queued", 1)  # one slot
        allow(tmp_path, 4)
        until(lambda: not job_of(lab, first).active)
        done = job_of(lab, first)
        assert (done.status, done.sentence, done.result) == ("finished", "Counted to 4.", {"counted": 4})
        until(lambda: job_of(lab, second).status == "running")
        lab.stop_job("count", second, by=None)
        until(lambda: not job_of(lab, second).active)
        stopped = job_of(lab, second)
        assert (stopped.status, stopped.sentence, stopped.result) == ("stopped", "Stopped.", None)
        assert (stopped.wanted, stopped.worker) == ("run", "")
        trained = lab.submit(quick())
        until(lambda: now(lab.store, trained).status == "finished")
    finally:
        lab.close()


def done_here(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS[job.kind], id, WORKER)
    return job_of(lab, id)


def test_work_that_fails_ends_with_its_sentence(lab, tmp_path):
    done = done_here(lab, lab.ask("count", request=request_of(tmp_path, -1)))
    assert (done.status, done.sentence) == (
        "failed",
        "This cannot be counted: it counts upwards, to was given -1",
    )


def test_an_unexpected_error_is_named_and_not_quoted(lab, tmp_path):
    done = done_here(lab, lab.ask("count", request={"folder": str(tmp_path)}))
    assert (done.status, done.sentence) == ("failed", "An error ended the counting (KeyError); see the log.")


def test_a_job_that_waits_is_stopped_at_once_and_one_that_has_ended_says_so(lab, tmp_path):
    id = lab.ask("count", request=request_of(tmp_path, 1))
    lab.stop_job("count", id, by=None)
    assert (job_of(lab, id).status, job_of(lab, id).sentence) == ("stopped", "Stopped before it began.")
    with pytest.raises(LabError, match=r"has ended \(stopped\)"):
        lab.stop_job("count", id, by=None)
    with pytest.raises(LabError, match="no such job"):
        lab.stop_job("count", "nobody", by=None)


def test_an_unknown_kind_and_a_request_that_is_no_json_are_refused(lab):
    for kind in ("nothing", "train"):
        with pytest.raises(ValueError, match="kind was given"):
            lab.ask(kind)
    with pytest.raises(ValueError, match="a request was given"):
        lab.ask("count", request={"to": float("nan")})
    with pytest.raises(LabError, match="no such run"):
        lab.ask("count", run="nobody")


def test_a_full_queue_takes_no_job_of_any_kind(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING", "2")
    lab.ask("count", request={"to": 1})
    lab.submit(quick())
    for order in (lambda: lab.ask("count", request={"to": 2}), lambda: lab.submit(quick())):
        with pytest.raises(LabError, match="queue is full"):
            order()


def test_the_score_asked_for_twice_is_worked_out_once(lab):
    run = work(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    lab.score_test(run.id, by=None)
    (job,) = lab.store.jobs.listed(("queued",))
    assert (job.kind, job.run) == ("score", run.id)


def test_a_run_that_goes_on_has_no_score_of_what_it_was(lab):
    run = work(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    (job,) = lab.store.jobs.listed(("queued",))
    assert lab.store.jobs.claim(job, WORKER)
    lab.train_on(run.id, 3, by=None)
    do(lab.store, SCORE, job.id, WORKER)
    went_on = now(lab.store, run.id)
    assert (went_on.status, went_on.wanted, went_on.test) == ("queued", "run", None)
    assert "not scored" not in went_on.sentence


def test_jobs_go_with_the_run_they_are_about(lab):
    run = work(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    lab.delete([run.id], by=None)
    assert lab.store.jobs.listed(("queued",)) == []


def test_a_database_from_before_there_were_jobs_opens_and_its_awaited_scores_are_jobs(tmp_path):
    store = Store.open(folder=tmp_path)
    run = store.create(quick({"data.name": "iris"}), status="stopped")
    findings = tuple(diagnose(History(train_loss=[1.0, float("nan")], val_loss=[1.0, 2.0])))
    store.update(run.id, wanted="score", findings=findings, seconds=2.5, worker_seconds=0.5)
    store.create(None, status="imported")
    store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite3") as database:
        database.execute("DROP TABLE jobs")
        for column in ("data", "optimizer", "verdict"):
            database.execute(f"ALTER TABLE runs DROP COLUMN {column}")
        for column in ("visitor", "worker_seconds"):
            database.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    again = Store.open(folder=tmp_path)
    (job,) = again.jobs.listed(("queued",))
    assert (job.kind, job.run) == ("score", run.id)
    assert now(again, run.id).visitor == ""
    assert now(again, run.id).taken == 2.5
    assert [one.id for one in again.runs(RunFilter(data=("iris",), verdicts=("diverging",)))] == [run.id]
    assert again.create(quick(), visitor="somebody").visitor == "somebody"
    again.close()
    Store.open(folder=tmp_path).close()
