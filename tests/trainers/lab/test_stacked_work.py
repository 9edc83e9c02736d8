"""Runs of one search that wait are trained together by one worker; to everybody else each is a run like any other."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.trainers.databases import report_at
from tests.trainers.labs import WORKER, ended, now, quick, quiet_lab, stored_curve, true_curve, until
from tests.trainers.loop.test_together import assert_close
from trainers import RunConfig
from trainers.lab import job, stacked_work
from trainers.lab.job_kinds import TRAIN
from trainers.lab.lab import Lab
from trainers.lab.orders import TAKEN_OVER
from trainers.lab.worker import do
from trainers.store import StoreError
from trainers.store.store import Store

MANY = 10


def sweep(changes: dict[str, Any] | None = None, count: int = MANY) -> list[tuple[str, RunConfig]]:
    """Runs at rising rates."""
    config = quick(changes)
    return [(f"rate {n}", config.changed({"optimizer.lr": 0.002 * 1.5**n, "budget.seed": n})) for n in range(count)]


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    made = quiet_lab(tmp_path)
    yield made
    made.close()


def work(store: Store, run_id: str) -> bool:
    """What a worker does that is given this run; whether its process may do another after it."""
    assert store.claim(run_id, WORKER)
    return do(store, TRAIN, run_id, WORKER)


def test_one_worker_trains_all_that_wait_of_a_search_each_as_it_would_be_alone(lab):
    ids = lab.submit_together(sweep(), "Rates")
    alone = lab.submit(quick({"optimizer.lr": 0.02}))
    other = lab.submit_together(sweep(count=2), "Others")
    work(lab.store, ids[0])
    runs = [now(lab.store, run_id) for run_id in ids]
    assert [run.status for run in runs] == ["finished"] * MANY
    assert {now(lab.store, run_id).status for run_id in (alone, *other)} == {"queued"}
    for run in runs:
        assert_close(stored_curve(lab.store, run.id), true_curve(run.config))
        assert run.worker == ""
        assert run.device_name
        assert run.facts is not None
        assert run.facts.reference_metric is not None
        assert run.findings == now(lab.store, run.id).findings
        assert run.samples_per_second
        assert run.taken == pytest.approx(run.seconds / MANY)  # of the worker: all had the same time of it
        assert {kept.kind for kept in lab.store.checkpoints(run.id)} >= {"last"}
        assert run.best_epoch is not None


def test_one_run_after_the_other_goes_on_alone_and_to_the_same_end(lab):
    ids = lab.submit_together(sweep(), "Rates")
    work(lab.store, ids[0])
    before = now(lab.store, ids[3])
    lab.train_on(ids[3], 2, by=None)
    work(lab.store, ids[3])
    run = now(lab.store, ids[3])
    assert run.status == "finished"
    assert run.taken - before.taken > 0.9 * (run.seconds - before.seconds) > 0  # all of it, as it was alone
    assert_close(stored_curve(lab.store, run.id), true_curve(run.config))


def test_runs_that_go_on_from_one_step_are_one_again_and_those_from_another_are_not(lab):
    ids = lab.submit_together(sweep({"budget.epochs": 3}, count=MANY + 1), "Rates")
    work(lab.store, ids[0])
    lab.train_on(ids[-1], 1, by=None)
    work(lab.store, ids[-1])
    for run_id in ids:
        lab.train_on(run_id, 2, by=None)
    work(lab.store, ids[0])
    assert [now(lab.store, run_id).status for run_id in ids] == ["finished"] * MANY + ["queued"]
    for run_id in ids[:-1]:
        run = now(lab.store, run_id)
        assert_close(stored_curve(lab.store, run.id), true_curve(run.config))


def test_runs_whose_worker_died_before_a_checkpoint_begin_anew_as_one(lab):
    ids = lab.submit_together(sweep({"budget.epochs": 2}), "Rates")
    for run_id in ids:
        with lab.store.changing() as change:
            change.add_reports(run_id, [report_at(0), report_at(1)], status="interrupted", sentence="It is gone.")
        lab.resume(run_id, by=None)
    work(lab.store, ids[0])
    for run_id in ids:
        run = now(lab.store, run_id)
        assert run.status == "finished"
        assert_close(stored_curve(lab.store, run.id), true_curve(run.config))


@pytest.mark.parametrize(
    "changes",
    [{"model.dropout": 0.2}, {"optimizer.name": "lbfgs"}, {"budget.batch_size": 0, "data.size": 2000}],
    ids=["dropout", "L-BFGS", "large steps"],
)
def test_runs_that_cannot_be_stacked_or_would_gain_nothing_are_trained_one_by_one(lab, changes, monkeypatch):
    monkeypatch.setattr(stacked_work, "WORTH_STACKING", 1_000_000)
    ids = lab.submit_together(sweep({**changes, "budget.epochs": 1}), "Rates")
    work(lab.store, ids[0])
    assert [now(lab.store, run_id).status for run_id in ids] == ["finished"] + ["queued"] * (MANY - 1)


def test_few_runs_are_left_to_other_workers(lab):
    ids = lab.submit_together(sweep(count=stacked_work.FEWEST - 1), "Rates")
    work(lab.store, ids[0])
    assert {now(lab.store, run_id).status for run_id in ids[1:]} == {"queued"}


def test_what_is_about_to_be_stopped_or_was_trained_before_is_not_taken(lab):
    ids = lab.submit_together(sweep(), "Rates")
    lab.stop(ids[1], by=None)
    work(lab.store, ids[2])
    assert now(lab.store, ids[1]).status == "stopped"
    assert now(lab.store, ids[3]).status == "finished"
    lab.resume(ids[1], by=None)
    assert now(lab.store, ids[1]).status == "queued"


def test_rows_of_another_size_are_left_to_others(lab):
    """Rows that are equal stay in one part, so a split by groups has another size with another seed."""
    base = quick({"data.name": "iris", "data.grouped": True})
    runs = [(f"seed {seed}", base.changed({"data.seed": seed})) for seed in range(MANY + 6)]
    ids = lab.submit_together(runs, "Splits")
    until_done: list[str] = []
    while waiting := [run_id for run_id in ids if now(lab.store, run_id).status == "queued"]:
        work(lab.store, waiting[0])
        until_done.append(waiting[0])
    assert {now(lab.store, run_id).status for run_id in ids} == {"finished"}
    assert 1 < len(until_done) < len(ids)


def test_an_error_ends_all_that_are_left_and_says_so(lab, monkeypatch):
    ids = lab.submit_together(sweep(), "Rates")

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(stacked_work, "train_together", broken)
    assert not work(lab.store, ids[0])  # nobody knows what is left in that process
    runs = [now(lab.store, run_id) for run_id in ids]
    assert {run.status for run in runs} == {"failed"}
    assert {run.sentence for run in runs} == {"An error ended the run (RuntimeError); see the log."}


def test_a_process_whose_stack_could_not_tell_an_end_does_no_other_job(lab, monkeypatch):
    """While it lives, the supervisor takes that run for one it works on; with the process it is interrupted."""
    ids = lab.submit_together(sweep(), "Rates")
    end = type(lab.store.jobs).end

    def end_of_all_but_one(jobs: Any, told: Any, *said: Any, **columns: Any) -> None:
        if told.id == ids[-1]:
            raise StoreError("the disk is full")
        end(jobs, told, *said, **columns)

    monkeypatch.setattr(type(lab.store.jobs), "end", end_of_all_but_one)
    monkeypatch.setattr(job.Task, "write", lambda self, write: write())
    assert not work(lab.store, ids[0])
    assert [now(lab.store, run_id).status for run_id in ids] == ["finished"] * (MANY - 1) + ["running"]


def test_after_a_stack_that_ended_in_order_the_process_does_another(lab, monkeypatch):
    """Though the run it was given has long ended when the last one has."""
    ids = lab.submit_together(sweep(), "Rates")
    given: list[Any] = []
    complete = stacked_work._Stack._complete_facts

    def later(stack: Any) -> None:
        given.append(stack.task)
        until(lambda: stack.task.orders.ending)  # its thread has seen that the row is no longer this worker's
        complete(stack)

    monkeypatch.setattr(stacked_work._Stack, "_complete_facts", later)
    assert work(lab.store, ids[0])
    assert given[0].orders.ending == TAKEN_OVER


def test_one_that_diverges_ends_at_once_and_the_others_do_not_notice(lab):
    runs = sweep({"optimizer.name": "sgd", "data.name": "noisy_sine", "data.size": 100})
    runs[4] = ("broken", runs[4][1].changed({"optimizer.lr": 1e6}))
    ids = lab.submit_together(runs, "Rates")
    work(lab.store, ids[0])
    statuses = [now(lab.store, run_id).status for run_id in ids]
    assert statuses == ["finished"] * 4 + ["diverged"] + ["finished"] * (MANY - 5)
    assert (
        any(finding.kind == "divergence" for finding in now(lab.store, ids[4]).findings)
        or now(lab.store, ids[4]).findings
    )


# -- in processes of their own ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Lab]:
    """One slot, so that one worker has to take them all."""
    made = Lab(folder=tmp_path_factory.mktemp("lab"), slots=1)
    made.warm()
    yield made
    made.close()


def endless() -> list[tuple[str, RunConfig]]:
    return sweep({"budget.epochs": 100_000, "watch.every": 100, "watch.checkpoint_every": 100})


def training_together(lab: Lab, ids: list[str]) -> str:
    """The worker of all of them, once each has trained and has a checkpoint to go on from."""
    until(lambda: all(now(lab.store, run_id).step and lab.store.checkpoints(run_id) for run_id in ids))
    (worker,) = {now(lab.store, run_id).worker for run_id in ids}
    return worker


def test_a_killed_worker_leaves_all_of_them_to_go_on_and_nothing_is_done_twice(served):
    config = {"budget.epochs": 800, "watch.every": 10, "watch.checkpoint_every": 50, "watch.internals": False}
    ids = served.submit_together(sweep(config), "Rates")
    worker = training_together(served, ids)
    os.kill(int(worker.split(" ")[1]), signal.SIGKILL)
    runs = [ended(served.store, run_id) for run_id in ids]
    assert {run.status for run in runs} == {"interrupted"}
    for run in runs:
        assert "SIGKILL" in run.sentence
        assert "Resume goes on from epoch" in run.sentence
        steps = [report.step for _, report in served.store.reports(run.id)]
        assert steps == sorted(set(steps))
    one = runs[2]
    served.resume(one.id, by=None)
    run = ended(served.store, one.id)
    assert run.status == "finished"
    epochs = [report.epoch for _, report in served.store.reports(run.id) if report.complete]
    assert epochs == sorted(set(epochs))
    assert epochs == [0, *range(10, 801, 10)]
    assert {now(served.store, each).status for each in ids if each != one.id} == {"interrupted"}


def test_one_is_stopped_one_paused_and_resumed_while_the_others_train(served):
    ids = served.submit_together(endless(), "Rates")
    worker = training_together(served, ids)
    served.stop(ids[0], by=None)  # the one the worker was given
    served.pause(ids[1], by=None)
    assert ended(served.store, ids[0]).status == "stopped"
    until(lambda: now(served.store, ids[1]).status == "paused" and not now(served.store, ids[1]).worker)
    paused = now(served.store, ids[1])
    assert "resume goes on from epoch" in paused.sentence
    assert [kept.step for kept in served.store.checkpoints(ids[1]) if kept.kind == "last"] == [paused.step]
    before = now(served.store, ids[2]).step
    until(lambda: now(served.store, ids[2]).step > before)
    assert {now(served.store, run_id).worker for run_id in ids[2:]} == {worker}
    served.resume(ids[1], by=None)
    assert now(served.store, ids[1]).status == "queued"  # there is one slot, and the others have it
    for run_id in ids[2:]:
        served.stop(run_id, by=None)
    for run_id in ids[2:]:
        assert ended(served.store, run_id).status == "stopped"
    until(lambda: now(served.store, ids[1]).step > paused.step)
    served.stop(ids[1], by=None)
    assert ended(served.store, ids[1]).status == "stopped"
    told = [report.step for _, report in served.store.reports(ids[1])]
    assert told == sorted(set(told))


def test_the_end_of_the_server_interrupts_all_with_a_checkpoint_of_where_they_stand(tmp_path):
    lab = Lab(folder=tmp_path, slots=1)
    ids = lab.submit_together(endless(), "Rates")
    training_together(lab, ids)
    lab._supervisor.close()
    runs = [now(lab.store, run_id) for run_id in ids]
    assert {run.status for run in runs} == {"interrupted"}
    for run in runs:
        assert run.sentence.startswith("The server ended; resume goes on from epoch")
        assert [kept.step for kept in lab.store.checkpoints(run.id) if kept.kind == "last"] == [run.step]
    lab.close()
