"""The store under many hands: threads, processes, forks, a full disk, a database that is none."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.trainers.databases import NO_SERVER, Server, carried, report_at, start
from trainers import RunConfig
from trainers.store.database import VARIABLE
from trainers.store.store import Store, StoreError

CONFIG = RunConfig()
SPAWNED = multiprocessing.get_context("spawn")


def write_and_claim(database: str, folder: Path, queued: list[str], number: int, told: Any) -> None:
    """What one process of several does: it opens the store, takes what it can, and reports to a run of its own."""
    store = Store.open(database, folder)
    claimed = [run_id for run_id in queued if store.claim(run_id, f"process {number}")]
    run = store.create(CONFIG, name=f"of {number}")
    for epoch in range(10):
        store.add_reports(run.id, [report_at(epoch)])
    store.keep_checkpoint(run.id, b"weights", "last", 9, 90)
    store.close()
    told.put((claimed, run.id))


def report_until_killed(database: str, folder: Path, run_id: str, told: Any) -> None:
    store = Store.open(database, folder)
    for epoch in range(1_000_000):
        store.add_reports(run_id, [report_at(epoch)])
        told.send(epoch)


def test_of_many_processes_one_claims_each_run_and_no_report_is_lost(store, database, tmp_path):
    queued = [store.create(CONFIG).id for _ in range(6)]
    told = SPAWNED.Queue()
    workers = [
        SPAWNED.Process(target=write_and_claim, args=(database, tmp_path, queued, number, told)) for number in range(2)
    ]
    for worker in workers:
        worker.start()
    answers = [told.get(timeout=300) for _ in workers]
    for worker in workers:
        worker.join(300)
        assert worker.exitcode == 0
    assert sorted(run_id for claimed, _ in answers for run_id in claimed) == sorted(queued)
    for _, run_id in answers:
        assert [report.step for _, report in store.reports(run_id)] == list(range(0, 100, 10))
        assert len(store.checkpoints(run_id)) == 1


def test_a_killed_writer_loses_nothing_that_was_told(store, database, tmp_path):
    run = store.create(CONFIG)
    ours, theirs = SPAWNED.Pipe(duplex=False)
    writer = SPAWNED.Process(target=report_until_killed, args=(database, tmp_path, run.id, theirs))
    writer.start()
    for expected in range(8):
        assert ours.poll(300)
        assert ours.recv() == expected
    assert writer.pid is not None
    os.kill(writer.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    writer.join(300)
    newest = 7
    theirs.close()
    with contextlib.suppress(EOFError):  # what was told while it was killed
        while ours.poll(0):
            newest = ours.recv()
    reports = [report for _, report in store.reports(run.id)]
    # Each report is one transaction: the last may have been written and not been told any more.
    assert [report.epoch for report in reports] == list(range(len(reports)))
    assert newest + 1 <= len(reports) <= newest + 2
    assert store.run(run.id).epoch == reports[-1].epoch
    store.add_reports(run.id, [report_at(len(reports))])
    assert store.run(run.id).last == len(reports) + 1


def test_many_threads_share_a_store(store):
    run = store.create(CONFIG)
    queued = [store.create(CONFIG).id for _ in range(5)]
    gate = threading.Barrier(6)

    def work(number: int) -> int:
        gate.wait(300)
        for i in range(8):
            store.add_reports(run.id, [report_at(1000 * number + i)])
            assert store.run(run.id).last > 0
        return sum(store.claim(run_id, f"thread {number}") for run_id in queued)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 5
    assert sorted(number for number, _ in store.reports(run.id)) == list(range(1, 49))
    assert store.run(run.id).last == 48


def test_runs_made_at_once_stay_within_the_bound(store, monkeypatch):
    monkeypatch.setattr("trainers.store.changes.MAX_RUNS", 5)
    gate = threading.Barrier(8)

    def work(_: int) -> bool:
        gate.wait(300)
        try:
            return bool(store.create(CONFIG))
        except StoreError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 5
    assert store.count() == 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_uses_a_store_it_was_given_and_one_of_its_own(store, database, tmp_path):
    run = store.create(CONFIG)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            store.add_reports(run.id, [report_at(1)])
            own = Store.open(database, tmp_path)
            own.add_reports(run.id, [report_at(2)])
            own.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    store.add_reports(run.id, [report_at(3)])
    assert [report.epoch for _, report in store.reports(run.id)] == [1.0, 2.0, 3.0]


@contextlib.contextmanager
def full_disk(store: Store, spare: int):
    """SQLite may take so many more pages and no more."""
    engine = store._database.engine
    engine.dispose()
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()

    def bound(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + spare}").close()

    event.listen(engine, "connect", bound)
    try:
        yield
    finally:
        event.remove(engine, "connect", bound)
        engine.dispose()


@pytest.mark.parametrize("spare", [0, 3, 12])
def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_half_written(tmp_path, spare: int):
    store = Store.open(folder=tmp_path)
    run = store.create(CONFIG)
    store.add_reports(run.id, [report_at(0)])
    stored = 1

    def report_on_and_on() -> None:
        nonlocal stored
        for epoch in range(1, 2000):
            # Several statements each: reports, pictures, the row.
            picture = {"a": os.urandom(600).hex()}
            store.add_reports(run.id, [report_at(epoch, pictures=picture), report_at(epoch + 0.5)])
            stored += 2

    with full_disk(store, spare), pytest.raises(StoreError, match=r"The disk is full.*is kept"):
        report_on_and_on()
    now = store.runs()[0]
    assert len(store.reports(run.id)) == stored == now.last
    assert now.epoch == store.reports(run.id)[-1][1].epoch
    assert len(store.album(run.id)) == min(24, (stored - 1) // 2)
    store.add_reports(run.id, [report_at(5000)])
    assert store.runs()[0].last == stored + 1
    store.close()


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path):
    (tmp_path / "runs.sqlite3").write_bytes(b"these are my notes\n" * 500)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        Store.open(folder=tmp_path)


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="cannot be written: a file is in its place"):
        Store.open(folder=tmp_path / "taken")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "no database URL"),
        ("mysql://localhost/lab", "allowed are sqlite and postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://nobody:secret@/lab?host=/nowhere-at-all", "cannot be used"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_in_a_sentence(tmp_path, url: str, sentence: str):
    with pytest.raises(StoreError, match=sentence) as told:
        Store.open(url, tmp_path)
    assert "secret" not in str(told.value)


def test_the_environment_names_database_and_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'mine.db'}")
    store = Store.open()
    run = store.create(CONFIG)
    store.keep_checkpoint(run.id, b"x", "best", 1, 1)
    store.close()
    assert (tmp_path / "mine.db").exists()
    assert len(list((tmp_path / "data" / "checkpoints" / run.id).iterdir())) == 1


def test_sqlite_waits_for_writers_lets_readers_pass_and_keeps_references(tmp_path):
    store = Store.open(folder=tmp_path)
    with store._database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "busy_timeout": 10_000, "foreign_keys": 1}
    run = store.create(CONFIG)
    with store._database.writing() as connection:
        connection.execute(sa.text("UPDATE runs SET name = 'half'"))
        # Another connection reads what was there before, without waiting.
        assert store.run(run.id) == run
    store.close()


def test_a_postgresql_url_means_psycopg(postgresql_server: Server, tmp_path):
    url = postgresql_server.new_database()
    store = Store.open(url.replace("postgresql+psycopg://", "postgresql://"), tmp_path)
    assert store._database.engine.driver == "psycopg"
    store.close()
    postgresql_server.drop(url)


def test_the_carried_server_serves_where_none_is_installed(tmp_path):
    server = start(carried())
    try:
        url = server.new_database()
        store = Store.open(url, tmp_path)
        run = store.create(CONFIG)
        assert store.run(run.id) == run
        store.close()
    finally:
        server.stop()


def test_tests_without_any_server_fail_with_a_sentence():
    with pytest.raises(RuntimeError, match="apt-get install postgresql") as told:
        start([Path("/nowhere")])
    assert str(told.value) == NO_SERVER
