"""The work of a worker, done in this process: what it writes, and how it ends."""

from __future__ import annotations

import threading

import pytest

from tests.trainers.labs import WORKER, ended, now, quick, quiet_lab, stored_curve, true_curve, until, work
from trainers import History, diagnose
from trainers.lab import work as training_work
from trainers.lab.job import Task, carry_out
from trainers.lab.job_kinds import SCORE, TRAIN
from trainers.lab.lab import Lab
from trainers.lab.orders import Orders
from trainers.lab.worker import do
from trainers.store.database import FULL
from trainers.store.error import StoreError


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def long(**changes):
    return quick({"budget.epochs": 300, "watch.internals": False, **changes})


class Working:
    """A worker in a thread of the test."""

    def __init__(self, lab: Lab, run_id: str, pipe=None):
        self.store, self.run_id = lab.store, run_id
        assert lab.store.claim(run_id, WORKER)
        self.thread = threading.Thread(target=do, args=(lab.store, TRAIN, run_id, WORKER, pipe))
        self.thread.start()

    def __enter__(self):
        until(lambda: now(self.store, self.run_id).step > 0)
        return self

    def __exit__(self, *_):
        if self.thread.is_alive():
            self.store.update(self.run_id, wanted="stop")
        self.thread.join()


def test_the_store_holds_what_training_tells(lab):
    config = quick()
    run = work(lab.store, lab.submit(config))
    assert (run.status, run.wanted, run.worker) == ("finished", "run", "")
    assert run.sentence == "Finished all 6 epochs."
    assert stored_curve(lab.store, run.id) == true_curve(config)
    assert run.epoch == 6
    assert run.parameters == config.parameter_count()
    assert run.device_name
    assert run.started
    assert run.ended


def test_the_findings_are_those_of_the_whole_curve_with_facts_and_yardstick(lab):
    config = quick({"data.leak": "duplicates", "budget.epochs": 30})
    run = work(lab.store, lab.submit(config))
    assert run.facts.leaks.shared_val > 0
    assert 0 < run.facts.reference_metric <= 1
    history = History.from_reports(
        [report for _, report in lab.store.reports(run.id)],
        config=config,
        leaks=run.facts.leaks,
        reference_metric=run.facts.reference_metric,
    )
    assert [finding.kind for finding in run.findings] == [finding.kind for finding in diagnose(history)]
    assert "leakage" in [finding.kind for finding in run.findings]


def test_the_yardstick_of_known_data_is_remembered(lab, monkeypatch):
    first = work(lab.store, lab.submit(quick()))
    monkeypatch.setattr("trainers.lab.yardstick.reference_metric", lambda splits: pytest.fail("worked out twice"))
    second = work(lab.store, lab.submit(quick({"optimizer.lr": 0.5})))
    assert second.facts == first.facts


def test_a_loss_that_breaks_ends_the_run_with_advice(lab):
    config = quick({"data.name": "noisy_sine", "optimizer.name": "sgd", "optimizer.lr": 1000.0, "budget.epochs": 50})
    run = work(lab.store, lab.submit(config))
    assert run.status == "diverged"
    assert "no longer a number" in run.sentence
    assert run.findings[0].kind == "diverging"


def test_data_that_cannot_be_had_end_the_run_with_a_sentence(lab):
    run = work(lab.store, lab.submit(quick({"data.name": "csv", "data.file": "0" * 64})))
    assert run.status == "no_data"
    assert run.sentence


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (MemoryError(), "out_of_memory", "memory is full"),
        (KeyError("/home/someone/secret"), "failed", "An error ended the run (KeyError)"),
    ],
)
def test_an_error_ends_the_run_with_a_safe_sentence(lab, monkeypatch, error, status, words):
    def broken(*_):
        raise error

    monkeypatch.setattr(training_work, "load", broken)
    run = work(lab.store, lab.submit(quick()))
    assert run.status == status
    assert words in run.sentence
    assert "secret" not in run.sentence


def test_an_unknown_device_fails_with_the_devices_there_are(lab):
    run = work(lab.store, lab.submit(quick(), device="cuda:77"))
    assert run.status == "failed"
    assert "cpu" in run.sentence


def worked_without_room(lab, monkeypatch, refusals):
    """A run while the store refuses this many deliveries in a row, after the first."""
    run_id = lab.submit(long())
    assert lab.store.claim(run_id, WORKER)
    job = lab.store.jobs.one("train", run_id)
    true_add, calls = lab.store.add_reports, []

    def add(*arguments, **named):
        calls.append(1)
        if 1 < len(calls) <= 1 + refusals:
            raise StoreError(FULL)
        true_add(*arguments, **named)

    monkeypatch.setattr(lab.store, "add_reports", add)
    with Orders(lab.store, job) as orders:
        carry_out(TRAIN, Task(store=lab.store, job=job, orders=orders, retry_seconds=(0.01, 0.01)))
    monkeypatch.setattr(lab.store, "add_reports", true_add)
    return now(lab.store, run_id)


def test_a_disk_that_is_full_for_a_moment_costs_nothing(lab, monkeypatch):
    run = worked_without_room(lab, monkeypatch, 2)
    assert run.status == "finished"
    assert stored_curve(lab.store, run.id) == true_curve(run.config)


def test_a_full_disk_interrupts_the_run_and_it_can_go_on_later(lab, monkeypatch):
    run = worked_without_room(lab, monkeypatch, 1000)
    assert run.status == "interrupted"
    assert "disk is full" in run.sentence
    lab.resume(run.id, by=None)
    assert work(lab.store, run.id).status == "finished"
    assert stored_curve(lab.store, run.id) == true_curve(run.config)


def test_checkpoints_that_cannot_be_kept_end_no_run_and_are_told(lab, monkeypatch):
    def full(*_, **__):
        raise StoreError(FULL)

    monkeypatch.setattr(lab.store, "keep_checkpoint", full)
    run = work(lab.store, lab.submit(quick()))
    assert run.status == "finished"
    assert "Checkpoints cannot be kept" in run.sentence
    assert stored_curve(lab.store, run.id) == true_curve(quick())


def test_a_run_pauses_goes_on_and_stops(lab):
    run_id = lab.submit(long(**{"budget.epochs": 100_000}))
    with Working(lab, run_id) as working:
        lab.pause(run_id, by=None)
        until(lambda: now(lab.store, run_id).status == "paused")
        held = now(lab.store, run_id)
        lab.resume(run_id, by=None)
        until(lambda: now(lab.store, run_id).status == "running")
        until(lambda: now(lab.store, run_id).step > held.step)
        lab.stop(run_id, by=None)
        working.thread.join()
    run = now(lab.store, run_id)
    assert run.status == "stopped"
    assert run.wanted == "run"
    last = [kept for kept in lab.store.checkpoints(run_id) if kept.kind == "last"]
    assert [kept.step for kept in last] == [run.step]


def test_a_paused_run_can_be_stopped(lab):
    run_id = lab.submit(long(**{"budget.epochs": 100_000}))
    with Working(lab, run_id):
        lab.pause(run_id, by=None)
        until(lambda: now(lab.store, run_id).status == "paused")
        lab.stop(run_id, by=None)
        assert ended(lab.store, run_id).status == "stopped"


def test_a_stopped_run_goes_on_as_if_it_had_never_stopped(lab):
    config = long(**{"budget.epochs": 900})  # on a busy machine a short one has ended before it is stopped
    run_id = lab.submit(config)
    with Working(lab, run_id):
        lab.stop(run_id, by=None)
    assert 0 < now(lab.store, run_id).epoch < 900
    lab.resume(run_id, by=None)
    assert now(lab.store, run_id).status == "queued"
    run = work(lab.store, run_id)
    assert run.status == "finished"
    assert stored_curve(lab.store, run_id) == true_curve(config)


def score(store):
    """Do the one job that waits."""
    (job,) = store.jobs.listed(("queued",))
    assert store.jobs.claim(job, WORKER)
    do(store, SCORE, job.id, WORKER)


class Line:
    """The supervisor's end of the line."""

    def __init__(self):
        self.gone = False

    def poll(self, timeout=0.0):
        return self.gone

    def recv(self):
        raise EOFError


def test_the_end_of_the_server_interrupts_with_a_checkpoint(lab, monkeypatch):
    monkeypatch.setattr("trainers.lab.worker.signal.signal", lambda *_: None)  # only the main thread may
    config, line = long(**{"budget.epochs": 900}), Line()
    run_id = lab.submit(config)
    monkeypatch.setattr("trainers.lab.job.NICENESS", 0)
    with Working(lab, run_id, line) as working:
        line.gone = True
        working.thread.join()
    run = now(lab.store, run_id)
    assert run.status == "interrupted"
    assert run.sentence == f"The server ended; resume goes on from epoch {run.epoch:.4g}."
    lab.resume(run_id, by=None)
    assert work(lab.store, run_id).status == "finished"
    assert stored_curve(lab.store, run_id) == true_curve(config)


@pytest.mark.parametrize("how", ["taken over", "deleted"])
def test_a_worker_lets_go_of_a_run_that_is_no_longer_its_own(lab, how):
    run_id = lab.submit(long(**{"budget.epochs": 100_000}))
    with Working(lab, run_id) as working:
        if how == "deleted":
            lab.store.update(run_id, status="stopped")
            lab.store.delete([run_id])
        else:
            lab.store.update(run_id, worker="another", sentence="the other one's")
        working.thread.join()
        if how == "taken over":
            assert now(lab.store, run_id).active


def test_a_run_whose_checkpoint_is_gone_begins_anew_and_says_so(lab):
    run_id = lab.submit(quick())
    work(lab.store, run_id)
    before = stored_curve(lab.store, run_id)
    lab.store.update(run_id, status="queued", resume="nowhere")
    run = work(lab.store, run_id)
    assert run.status == "finished"
    assert stored_curve(lab.store, run_id) == before


def test_early_stopping_waits_anew_when_the_user_lets_a_run_go_on(lab):
    config = quick({"regularization.patience": 3, "optimizer.lr": 0.1, "budget.epochs": 300})
    run_id = lab.submit(config)
    first = work(lab.store, run_id)
    assert first.status == "early_stopped"
    lab.resume(run_id, by=None)
    second = work(lab.store, run_id)
    assert second.epoch >= first.epoch + 3


def test_the_test_part_is_scored_with_the_best_checkpoint(lab):
    run = work(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    assert now(lab.store, run.id).wanted == "score"
    assert lab._supervisor.told[-1] == "wake"
    score(lab.store)
    scored = now(lab.store, run.id)
    assert scored.wanted == "run"
    assert scored.test.rows == scored.facts.rows[2]


def test_a_score_that_cannot_be_had_is_told(lab, monkeypatch):
    run = work(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    monkeypatch.setattr(lab.store, "checkpoint_bytes", lambda _: b"damaged")
    score(lab.store)
    scored = now(lab.store, run.id)
    assert scored.test is None
    assert scored.wanted == "run"
    assert "The test rows are not scored" in scored.sentence
