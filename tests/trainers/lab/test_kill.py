"""Runs in processes of their own, and what is left when one of these is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.trainers.labs import ended, now, quick, stored_curve, true_curve, until
from trainers import RunConfig
from trainers.lab.error import LabError
from trainers.lab.identity import identity, is_alive
from trainers.lab.lab import Lab
from trainers.lab.supervisor_handle import MAX_STARTS, SupervisorHandle
from trainers.store.store import Store
from trainers.store.types import StoredRun

ROOT = Path(__file__).resolve().parents[3]
# A web server in small: it holds a lab, and says which process it is and which its supervisor.
SERVER = """
import sys
from pathlib import Path
from trainers.lab.lab import Lab

lab = Lab(folder=Path(sys.argv[1]), slots=1)
lab.warm()
print(lab._supervisor.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(folder):
    """Two slots; the processes are shared by the tests of this module."""
    made = Lab(folder=folder, slots=2)
    made.warm()
    yield made
    session = made._supervisor.pid
    made.close()
    # Every process that trained was of the supervisor's own session.
    until(lambda: not _session(session))


def _session(leader: int | None) -> list[int]:
    """Live processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX" and int(fields[3]) == leader:
                found.append(int(folder.name))
    return found


def endless(**changes) -> RunConfig:
    return quick({"budget.epochs": 100_000, **changes})


def training(store: Store, run_id: str) -> StoredRun:
    """The run, once it has trained and has a checkpoint to go on from."""
    until(lambda: now(store, run_id).step > 0 and store.checkpoints(run_id))
    return now(store, run_id)


def kill_worker(store: Store, run_id: str, number: int = signal.SIGKILL) -> None:
    os.kill(int(now(store, run_id).worker.split(" ")[1]), number)


def stop(lab: Lab, *ids: str) -> None:
    for run_id in ids:
        lab.stop(run_id, by=None)
    for run_id in ids:
        ended(lab.store, run_id)


def test_a_submitted_run_is_trained_like_any_other(lab):
    config = quick()
    run = ended(lab.store, lab.submit(config))
    assert run.status == "finished"
    assert stored_curve(lab.store, run.id) == true_curve(config)
    assert [device.kind for device in lab.devices()][-1] == "cpu"


def test_two_train_at_once_and_the_third_waits_its_turn(lab):
    first, second, third = (lab.submit(endless(**{"budget.seed": seed})) for seed in range(3))
    until(lambda: now(lab.store, first).step and now(lab.store, second).step)
    assert now(lab.store, third).status == "queued"
    assert lab.place(third) == 1
    workers = {now(lab.store, run_id).worker for run_id in (first, second)}
    assert len(workers) == 2
    assert all(is_alive(worker) for worker in workers)
    stop(lab, first)
    until(lambda: now(lab.store, third).step)
    lab.pause(second, by=None)
    until(lambda: now(lab.store, second).status == "paused")
    lab.resume(second, by=None)
    until(lambda: now(lab.store, second).status == "running")
    stop(lab, second, third)
    assert {now(lab.store, run_id).status for run_id in (first, second, third)} == {"stopped"}


def test_a_test_score_comes_from_a_worker(lab):
    run = ended(lab.store, lab.submit(quick()))
    lab.score_test(run.id, by=None)
    assert until(lambda: now(lab.store, run.id).test).rows == 24


def test_a_killed_worker_loses_nothing_and_its_run_goes_on_to_the_same_end(lab):
    config = quick({"budget.epochs": 800, "watch.every": 10, "watch.checkpoint_every": 50, "watch.internals": False})
    run_id = lab.submit(config)
    training(lab.store, run_id)
    kill_worker(lab.store, run_id)
    run = ended(lab.store, run_id)
    assert run.status == "interrupted"
    assert "SIGKILL" in run.sentence
    assert "Resume goes on from epoch" in run.sentence
    assert 0 < run.epoch < 800
    expected = true_curve(config)
    told = stored_curve(lab.store, run_id)
    assert told == expected[: len(told)]
    lab.resume(run_id, by=None)
    assert ended(lab.store, run_id).status == "finished"
    assert stored_curve(lab.store, run_id) == expected


def test_a_crash_is_named_after_its_signal(lab):
    run_id = lab.submit(endless())
    training(lab.store, run_id)
    kill_worker(lab.store, run_id, signal.SIGSEGV)
    assert "SIGSEGV" in ended(lab.store, run_id).sentence


def test_a_killed_supervisor_is_replaced_and_its_runs_can_go_on(lab):
    run_id = lab.submit(endless())
    worker = training(lab.store, run_id).worker
    before = lab._supervisor.pid
    os.kill(before, signal.SIGKILL)
    run = ended(lab.store, run_id)
    assert run.status == "interrupted"
    assert "resume goes on from epoch" in run.sentence
    until(lambda: not is_alive(worker))
    lab.resume(run_id, by=None)
    assert lab._supervisor.pid not in (None, before)
    step = run.step
    until(lambda: now(lab.store, run_id).step > step)
    stop(lab, run_id)


def test_two_servers_share_a_store_and_the_death_of_one_interrupts_its_own_runs_alone(lab, folder):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdin is not None
    supervisor = int(server.stdout.readline())
    # Three runs for two slots here and one there: all train once both are up, and none is trained twice.
    ids = [lab.submit(endless(**{"budget.seed": seed})) for seed in range(3)]
    until(lambda: all(now(lab.store, run_id).step for run_id in ids))
    runs = [now(lab.store, run_id) for run_id in ids]
    assert len({run.worker for run in runs}) == 3
    theirs = [run for run in runs if os.getsid(int(run.worker.split(" ")[1])) == supervisor]
    assert len(theirs) == 1
    until(lambda: lab.store.checkpoints(theirs[0].id))
    server.kill()
    server.wait()
    server.stdin.close()
    server.stdout.close()
    run = ended(lab.store, theirs[0].id)
    assert run.status == "interrupted"
    assert run.sentence.startswith("The server ended; resume goes on from epoch")
    assert [kept.step for kept in lab.store.checkpoints(run.id) if kept.kind == "last"] == [run.step]
    until(lambda: not _session(supervisor))
    others = [each.id for each in runs if each.id != run.id]
    assert all(now(lab.store, each).status == "running" for each in others)
    stop(lab, *others)
    lab.resume(run.id, by=None)
    until(lambda: now(lab.store, run.id).step > run.step)
    stop(lab, run.id)


def test_a_run_whose_process_is_long_gone_is_found(lab):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    who = identity(dead.pid)
    dead.wait()
    run = lab.store.create(quick(), status="running")
    lab.store.update(run.id, worker=who)
    found = ended(lab.store, run.id)
    assert found.status == "interrupted"
    assert found.sentence == "The process that worked on it is gone. Resume starts it again."


def test_a_lab_closed_while_it_starts_leaves_no_process(tmp_path):
    lab = Lab(folder=tmp_path, slots=1)
    lab.warm()
    supervisor = lab._supervisor.pid
    lab.close()
    assert not Path(f"/proc/{supervisor}").exists()


def test_workers_that_cannot_start_are_told_to_those_who_wait(tmp_path, monkeypatch):
    broken = tmp_path / "broken" / "torch"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise RuntimeError('this PyTorch is broken')\n")
    monkeypatch.setattr("trainers.lab.supervisor_handle.ROOT", f"{broken.parent}{os.pathsep}{ROOT}")
    lab = Lab(folder=tmp_path, slots=1)
    try:
        run = ended(lab.store, lab.submit(quick()))
        assert run.status == "interrupted"
        assert run.sentence.startswith("No worker process can be started")
    finally:
        lab.close()


def test_a_supervisor_that_cannot_start_is_told_and_not_tried_for_ever():
    handle = SupervisorHandle({}, ("-c", "raise SystemExit(3)"))
    for _ in range(3 * MAX_STARTS):
        handle.ensure()
        until(lambda: handle.pid is None)
    assert len(handle._starts) == MAX_STARTS
    assert handle.failed
    handle.close()


def test_a_lab_whose_supervisor_has_failed_takes_no_runs(tmp_path, monkeypatch):
    lab = Lab(folder=tmp_path, slots=1)
    monkeypatch.setattr(SupervisorHandle, "failed", True)
    with pytest.raises(LabError, match="cannot be started"):
        lab.submit(quick())
    lab.close()
