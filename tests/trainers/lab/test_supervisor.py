"""What the supervisor decides, without processes: whose runs are dead, what fits on a GPU, how much disk there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trainers.labs import now, quick, quiet_lab
from trainers.disk import RESERVE, USUAL_LIMIT, checkpoint_limit
from trainers.lab import supervisor
from trainers.lab import work as training_work
from trainers.lab.identity import identity, is_alive
from trainers.lab.job import Task
from trainers.lab.job_kinds import TRAIN
from trainers.lab.resuming import death_of
from trainers.lab.supervisor import GPU_BYTES_A_RUN, SILENT_SECONDS, Supervisor, Worker
from trainers.lab.worker import Site, do


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


@pytest.fixture
def clock(monkeypatch):
    """Time that the test moves."""
    moving = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: moving.now)
    return moving


def watching(lab, tmp_path, **settings: Any) -> Supervisor:
    return Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=2, **settings)


class Pipe:
    def __init__(self):
        self.sent = []

    def send(self, task):
        self.sent.append(task)


def ready(number: int) -> Worker:
    return Worker(process=None, pipe=Pipe(), who=f"worker {number}")


def test_a_worker_on_another_host_is_dead_when_its_heartbeat_has_stood_for_a_minute(lab, tmp_path, clock):
    run = lab.store.create(quick(), status="running")
    lab.store.update(run.id, worker="elsewhere/1/2 17 33")
    watches = watching(lab, tmp_path)
    watches._sweep()
    clock.now += SILENT_SECONDS - 1
    watches._sweep()
    assert now(lab.store, run.id).status == "running"
    lab.store.update(run.id, sentence="a sign of life")
    clock.now += 10
    watches._sweep()
    clock.now += SILENT_SECONDS - 1
    watches._sweep()
    assert now(lab.store, run.id).status == "running"
    clock.now += 10
    watches._sweep()
    assert now(lab.store, run.id).status == "interrupted"


def test_runs_of_living_workers_here_are_left_alone(lab, tmp_path):
    run = lab.store.create(quick(), status="running")
    lab.store.update(run.id, worker=identity())
    watching(lab, tmp_path)._sweep()
    assert now(lab.store, run.id).status == "running"


def test_queued_runs_go_to_ready_workers_in_order_and_only_once(lab, tmp_path):
    ids = [lab.submit(quick({"budget.seed": seed})) for seed in range(3)]
    first, second = watching(lab, tmp_path), watching(lab, tmp_path)
    first.workers, second.workers = [ready(1)], [ready(2)]
    first._give_work()
    second._give_work()
    given = [worker.pipe.sent[0][1] for worker in (*first.workers, *second.workers)]
    assert given == ids[:2]
    assert now(lab.store, ids[0]).worker == "worker 1"
    assert first.waiting == 2
    assert second.waiting == 1


def test_a_full_gpu_lets_later_runs_on_the_cpu_go_ahead(lab, tmp_path):
    ids = [lab.submit(quick(), device=device) for device in ("cuda:0", None, "cpu")]
    watches = watching(lab, tmp_path)
    watches.slots = 3
    watches.devices = [
        {"key": "cuda:0", "name": "A GPU", "kind": "cuda", "memory": GPU_BYTES_A_RUN},
        {"key": "cpu", "name": "A CPU", "kind": "cpu", "memory": None},
    ]
    watches.workers = [ready(number) for number in range(3)]
    watches._give_work()
    assert [now(lab.store, run_id).status for run_id in ids] == ["starting", "queued", "starting"]


def test_a_process_is_alive_only_while_it_is_the_same_process():
    assert is_alive(identity())
    host, pid, began = identity().split(" ")
    assert not is_alive(f"{host} {pid} {int(began) - 1}")
    assert is_alive(f"elsewhere {pid} {began}") is None
    assert is_alive("") is None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    who = identity(child.pid)
    assert is_alive(who)
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(who)  # ended, though its parent has not asked yet
    child.communicate()
    assert not is_alive(who)


def test_a_diagnosis_that_fails_ends_no_run(lab, monkeypatch):
    def broken(history):
        raise ZeroDivisionError

    monkeypatch.setattr(training_work, "diagnose", broken)
    run = now(lab.store, _trained(lab))
    assert run.status == "finished"
    assert run.findings == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [(None, "is gone"), (3, "exit code 3"), (-9, "SIGKILL"), (-11, "crashed (SIGSEGV)"), (-200, "signal 200")],
)
def test_a_death_is_named(code, words):
    assert words in death_of(code)


@pytest.mark.parametrize(
    ("setting", "limit"), [("", USUAL_LIMIT), ("1e6", 1_000_000), ("nonsense", USUAL_LIMIT), ("inf", USUAL_LIMIT)]
)
def test_the_disk_for_checkpoints_is_bounded(tmp_path, monkeypatch, setting, limit):
    monkeypatch.setenv("DESCENT_LAB_DISK", setting)
    assert checkpoint_limit(tmp_path, free=10 * RESERVE) == limit


def test_on_a_nearly_full_disk_checkpoints_give_way(tmp_path):
    (tmp_path / "checkpoints" / "run").mkdir(parents=True)
    (tmp_path / "checkpoints" / "run" / "kept.safetensors").write_bytes(bytes(3000))
    assert checkpoint_limit(tmp_path, free=RESERVE - 1000) == 2000
    assert checkpoint_limit(tmp_path, free=0) == 0


def test_everything_of_ours_counts_before_checkpoints(tmp_path, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_DISK", "10000")
    for name, size in (("runs.sqlite3", 3000), ("uploads/a.csv", 2000), ("checkpoints/run/kept.safetensors", 9000)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    assert checkpoint_limit(tmp_path, free=10 * RESERVE) == 5000
    (tmp_path / "downloaded").write_bytes(bytes(6000))
    assert checkpoint_limit(tmp_path, free=10 * RESERVE) == 0


def test_what_is_waited_for_is_told_while_data_are_fetched(lab, monkeypatch):
    seen, true_load = [], training_work.load

    def fetching(data, progress):
        progress("Fetching the rows.", 0.25)
        seen.append(now(lab.store, run_id).sentence)
        return true_load(data)

    monkeypatch.setattr(training_work, "load", fetching)
    run_id = lab.submit(quick())
    lab.store.claim(run_id, "me")
    do(lab.store, TRAIN, run_id, "me")
    assert seen == ["Fetching the rows. 25%"]
    assert now(lab.store, run_id).sentence == "Finished all 6 epochs."


def test_a_run_can_be_stopped_while_its_data_are_fetched(lab, monkeypatch):
    def fetching(data, progress):
        lab.stop(run_id, by=None)
        while True:
            progress("Fetching the rows.", None)

    monkeypatch.setattr(training_work, "load", fetching)
    run_id = lab.submit(quick())
    lab.store.claim(run_id, "me")
    do(lab.store, TRAIN, run_id, "me")
    assert (now(lab.store, run_id).status, now(lab.store, run_id).sentence) == ("stopped", "Stopped before it began.")


def test_the_diagnosis_takes_a_bounded_share_of_a_run(lab, monkeypatch):
    ticks = SimpleNamespace(now=0.0, calls=0)
    report = [each for _, each in lab.store.reports(_trained(lab))][-1]

    def slow(history):
        ticks.now += 1.0
        ticks.calls += 1
        return []

    monkeypatch.setattr(training_work, "diagnose", slow)
    monkeypatch.setattr(training_work.time, "monotonic", lambda: ticks.now)
    job = lab.store.jobs.one("train", lab.submit(quick()))
    task = Task(store=lab.store, job=job, orders=SimpleNamespace(ending=""))  # pyright: ignore
    work = training_work.TrainingWork(task=task)
    for number in range(1, 401):
        ticks.now += 0.25
        work._report([replace(report, epoch=float(number), step=number)])
    assert ticks.calls <= 0.05 * ticks.now + 1
    assert ticks.calls >= 4


def _trained(lab) -> str:
    run_id = lab.submit(quick())
    lab.store.claim(run_id, "me")
    do(lab.store, TRAIN, run_id, "me")
    return run_id
