"""The store where its surroundings fail, each with the real thing: no rights, no room, no folder, no answer."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trainers.databases import report_at
from tests.trainers.lab.test_training_work import Working, long
from tests.trainers.labs import WORKER, now, quick, quiet_lab, stored_curve, true_curve, until, work
from trainers import RunConfig
from trainers.lab.job import Task, carry_out
from trainers.lab.job_kinds import TRAIN
from trainers.lab.lab import Lab
from trainers.lab.orders import Orders
from trainers.loop import Checkpoint
from trainers.store import database as store_engine
from trainers.store.database import FULL, GONE
from trainers.store.store import Store, StoreError

CONFIG = RunConfig()
ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A data folder that other users of the machine may reach."""
    folder = Path(tempfile.mkdtemp(prefix="lab-away-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def as_a_user() -> Iterator[None]:
    """Rights of files hold for us: root has all."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in it can be written."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with as_a_user():
            yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_data_folder_that_may_only_be_read_is_told_at_the_start(place):
    Store.open(folder=place).close()
    with read_only(place), pytest.raises(StoreError, match=r"cannot be written: Permission denied. Name another one"):
        Store.open(folder=place)


def test_a_data_folder_that_may_only_be_read_from_now_on_is_told_and_what_is_stored_stays(place, caplog):
    store = Store.open(folder=place)
    run = store.create(CONFIG)
    store.close()
    with read_only(place):
        for _ in range(5):
            with pytest.raises(StoreError, match="cannot be written; check the rights of its file and folder"):
                store.update(run.id, sentence="new")
            with pytest.raises(StoreError, match="cannot be written"):
                store.keep_checkpoint(run.id, b"weights", "best", 1, 1)
        store.close()
    assert store.update(run.id, sentence="newer") is not None
    store.close()
    assert [record.message.partition(":")[0] for record in outages(caplog, "written")] == [
        "the run store cannot be written",
        "the run store can be written again, after 0 s",
    ]


def outages(caplog, use: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if "outage" in record.name and use in record.message.partition(":")[0]]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of four megabytes; where we may mount none, files of at most that size."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True
        ).returncode
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full_is_told_keeps_what_is_stored_and_goes_on_when_there_is_room(small_disk, caplog):
    store = Store.open(folder=small_disk)
    run, other = store.create(CONFIG), store.create(CONFIG, status="stopped")
    kept = store.keep_checkpoint(other.id, os.urandom(800_000), "last", 1, 1)
    told = 0

    def report_on_and_on() -> None:
        nonlocal told
        while told < 10_000:
            store.add_reports(run.id, [report_at(told, pictures={"a": os.urandom(100_000).hex()})])
            told += 1

    with pytest.raises(StoreError, match="The disk is full"):
        report_on_and_on()
    assert told > 2
    for _ in range(5):
        with pytest.raises(StoreError, match="The disk is full"):
            store.keep_checkpoint(run.id, os.urandom(3_000_000), "last", 1, 1)
    reports = [report for _, report in store.reports(run.id)]
    assert [report.epoch for report in reports] == list(range(told))
    assert now(store, run.id).epoch == told - 1
    assert store.checkpoint_bytes(kept.id)
    assert len(outages(caplog, "written")) == 1
    store.delete([other.id])
    store.add_reports(run.id, [report_at(told)])
    assert now(store, run.id).epoch == told
    assert len(outages(caplog, "written")) == 2
    store.close()


def test_a_run_on_a_full_disk_is_interrupted_with_a_sentence_and_goes_on_when_there_is_room(small_disk):
    lab = quiet_lab(small_disk)
    ballast = small_disk / "ballast"
    try:
        run_id = lab.submit(quick({"watch.every": 1, "budget.epochs": 40}))
        assert lab.store.claim(run_id, WORKER)
        job = lab.store.jobs.one("train", run_id)
        assert job is not None
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        with Orders(lab.store, job) as orders:
            task = Task(store=lab.store, job=job, orders=orders, retry_seconds=(0.01, 0.01))
            carry_out(TRAIN, task)
            ballast.unlink()
            # Its end could not be written: the supervisor marks it, as it marks what a killed worker leaves.
            if now(lab.store, run_id).active:
                lab.store.jobs.end(job, "interrupted", FULL)
        run = now(lab.store, run_id)
        assert run.status in ("interrupted", "finished")
        if run.status != "finished":
            assert "disk is full" in run.sentence
            lab.resume(run_id, by=None)
            work(lab.store, run_id)
        assert stored_curve(lab.store, run_id) == true_curve(run.config)
    finally:
        lab.close()


def test_a_database_that_is_deleted_while_the_lab_runs_is_noticed_and_none_is_made_in_its_place(tmp_path, caplog):
    place = tmp_path / "data"
    store = Store.open(folder=place)
    run = store.create(CONFIG, name="Before", status="stopped")
    shutil.rmtree(place)
    for _ in range(5):
        with pytest.raises(StoreError, match="is gone: its file was deleted or moved"):
            store.rename(run.id, "After")
        with pytest.raises(StoreError, match="is gone"):
            store.runs()
        with pytest.raises(StoreError, match="is gone"):
            store.keep_checkpoint(run.id, b"weights", "best", 1, 1)
    with pytest.raises(StoreError, match=r"is gone|cannot be written"):
        Store.open(folder=place, make=False)
    assert not place.exists()
    assert [len(outages(caplog, use)) for use in ("written", "read")] == [1, 1]
    place.mkdir()
    with pytest.raises(StoreError, match="is gone"):
        Store.open(folder=place, make=False)
    assert list(place.iterdir()) == []
    # Another server begins with an empty one: this one takes it up.
    other = Store.open(folder=place)
    made = other.create(CONFIG, name="Anew")
    assert [found.id for found in store.runs()] == [made.id]
    assert now(store, made.id).name == "Anew"
    store.close()
    other.close()


def test_a_database_that_is_moved_away_and_back_is_used_again(tmp_path):
    place = tmp_path / "data"
    store = Store.open(folder=place)
    run = store.create(CONFIG, name="Before")
    place.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=GONE[:30]):
        store.rename(run.id, "Away")
    (tmp_path / "elsewhere").rename(place)
    store.rename(run.id, "Back")
    assert [found.name for found in store.runs()] == ["Back"]
    store.close()


def test_a_run_whose_data_folder_is_deleted_ends_and_leaves_no_other_database(tmp_path, caplog):
    place = tmp_path / "data"
    lab = quiet_lab(place)
    run_id = lab.submit(long(**{"budget.epochs": 100_000}))
    assert lab.store.claim(run_id, WORKER)
    job = lab.store.jobs.one("train", run_id)
    assert job is not None

    def train() -> None:
        with Orders(lab.store, job) as orders:
            carry_out(TRAIN, Task(store=lab.store, job=job, orders=orders, retry_seconds=(0.01,)))

    worker = threading.Thread(target=train)
    worker.start()
    until(lambda: now(lab.store, run_id).step > 0)
    # The run may take away a folder of its own at the same moment.
    until(lambda: shutil.rmtree(place, ignore_errors=True) or not place.exists())
    worker.join(60)
    assert not worker.is_alive()
    assert not place.exists()
    assert len(outages(caplog, "written")) == len(outages(caplog, "read")) == 1
    assert "cannot be stored: The database of runs is gone" in caplog.text
    with pytest.raises(StoreError):
        lab.submit(CONFIG)
    lab.close()


HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
database.execute("ROLLBACK")
"""


@contextlib.contextmanager
def held_by_another(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process keeps SQLite to itself until it is told."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    try:
        yield other
    finally:
        with contextlib.suppress(BrokenPipeError):
            other.communicate("\n", timeout=30)


def test_a_database_that_another_process_keeps_locked_is_told_can_be_read_and_goes_on(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(store_engine, "BUSY_SECONDS", 0.2)
    store = Store.open(folder=tmp_path)
    run = store.create(CONFIG)
    with held_by_another(tmp_path / "runs.sqlite3"):
        for _ in range(3):
            with pytest.raises(StoreError, match=r"kept the database of runs busy for 0\.2 seconds; try again"):
                store.rename(run.id, "Locked")
        assert store.runs() == [run]
    store.rename(run.id, "Free")
    assert len(outages(caplog, "written")) == 2
    assert not outages(caplog, "read")
    store.close()


def test_a_run_outlasts_a_lock_of_another_process(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(store_engine, "BUSY_SECONDS", 0.1)
    lab = quiet_lab(tmp_path)
    config = long()
    run_id = lab.submit(config)
    with Working(lab, run_id) as working:
        with held_by_another(tmp_path / "runs.sqlite3"):
            until(lambda: outages(caplog, "written"))
            stood = now(lab.store, run_id).step
        until(lambda: now(lab.store, run_id).step > stood)
        working.thread.join()
    assert now(lab.store, run_id).status == "finished"
    assert stored_curve(lab.store, run_id) == true_curve(config)
    assert all(checkpoint_is_whole(lab, one.id) for one in lab.store.checkpoints(run_id))
    lab.close()


def test_a_run_outlasts_a_restart_of_postgresql(postgresql_server, tmp_path, caplog):
    url = postgresql_server.new_database()
    lab = quiet_lab(tmp_path, url=url)
    config = long(**{"budget.epochs": 600, "watch.every": 20})
    run_id = lab.submit(config)
    with Working(lab, run_id) as working:
        postgresql_server.restart()
        working.thread.join()
    run = now(lab.store, run_id)
    assert run.status == "finished"
    assert stored_curve(lab.store, run_id) == true_curve(config)
    for use in ("read", "written"):
        assert len(outages(caplog, use)) in (0, 2)  # once that it is away, once that it is back
    lab.close()
    postgresql_server.drop(url)


def test_a_checkpoint_that_cannot_be_read_now_is_not_taken_for_one_that_is_gone(tmp_path, monkeypatch):
    lab = quiet_lab(tmp_path)
    run = work(lab.store, lab.submit(quick()))
    lab.train_on(run.id, 2, by=None)
    true_bytes = lab.store.checkpoint_bytes

    def away(_id: str) -> bytes:
        raise StoreError("The database of runs cannot be used: it is away")

    monkeypatch.setattr(lab.store, "checkpoint_bytes", away)
    held = work(lab.store, run.id)
    assert (held.status, held.last) == ("interrupted", run.last)
    assert held.sentence.startswith("The database of runs cannot be used: it is away Resume goes on from epoch 6")
    monkeypatch.setattr(lab.store, "checkpoint_bytes", true_bytes)
    lab.resume(run.id, by=None)
    again = work(lab.store, run.id)
    assert stored_curve(lab.store, run.id) == true_curve(again.config)
    lab.close()


def checkpoint_is_whole(lab: Lab, id: str) -> bool:
    return Checkpoint.from_bytes(lab.store.checkpoint_bytes(id)).step > 0


def test_deleting_gives_the_disk_back(tmp_path):
    store = Store.open(folder=tmp_path)
    run = store.create(CONFIG, status="stopped")
    store.keep_checkpoint(run.id, os.urandom(1_000_000), "last", 1, 1)
    for epoch in range(30):
        store.add_reports(run.id, [report_at(epoch, pictures={"a": os.urandom(200_000).hex()})])
    assert taken(tmp_path) > 6_000_000
    store.delete([run.id])
    assert taken(tmp_path) < 2_000_000
    store.close()


def test_a_database_from_before_it_could_gives_the_disk_back_when_nobody_is_at_work(tmp_path):
    Store.open(folder=tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("PRAGMA auto_vacuum=NONE")
        database.execute("VACUUM")
    store = Store.open(folder=tmp_path)
    run = store.create(CONFIG, status="stopped")
    for epoch in range(30):
        store.add_reports(run.id, [report_at(epoch, pictures={"a": os.urandom(200_000).hex()})])
    store.delete([run.id])
    assert taken(tmp_path) > 6_000_000
    store.give_back(quiet=True)
    assert taken(tmp_path) < 2_000_000
    assert store.create(CONFIG).status == "queued"
    store.close()


def taken(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
