"""The run store: every run, its reports, pictures and checkpoints, for any number of processes and threads at once.

A database (SQLite in the data folder, PostgreSQL by the URL in ``DESCENT_LAB_DATABASE``) and a folder of checkpoint
files. Every method is one transaction: it happens as a whole, or raises ``StoreError`` with a sentence and nothing has
changed. What a user typed is stored as text and is only ever shown as text.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.allowances import DISK_EACH, most
from trainers.config import RunConfig
from trainers.report import Report
from trainers.store import checkpoints as store_checkpoints
from trainers.store import files as store_files
from trainers.store import given_up
from trainers.store import reports as store_reports
from trainers.store import rows as store_rows
from trainers.store.address import Address, address
from trainers.store.changes import (
    MAX_RUNS,
    Changes,
    LaidDown,
    experiment_from,
    experiment_row,
    json_text,
    known_form,
    new_id,
)
from trainers.store.codec import clean, cut, moment_of
from trainers.store.database import FULL, Database, database_url, usable_folder
from trainers.store.error import StoreError, TakenOver
from trainers.store.jobs import Jobs
from trainers.store.lessons import Lessons
from trainers.store.listing import ALL, Order, RunFilter
from trainers.store.tables import CHECKPOINTS, EXPERIMENTS, REMEMBERED, RUNS, SCHEMA, is_of
from trainers.store.types import (
    ACTIVE,
    CHECKPOINT_KINDS,
    ENDED,
    StoredCheckpoint,
    StoredExperiment,
    StoredRun,
)

__all__ = [
    "ACTIVE",
    "ENDED",
    "News",
    "Store",
    "StoreError",
    "StoredCheckpoint",
    "StoredExperiment",
    "StoredRun",
    "TakenOver",
]

MAX_REMEMBERED = 20_000
ORPHAN_SECONDS = 600.0
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True, kw_only=True)
class News:
    """What changed since a reader last looked.

    fresh: the lines are all there are; earlier ones are to be forgotten. pictured: what the album shows; album: None
    where the reader knows it.
    """

    run: StoredRun
    fresh: bool
    lines: Sequence[store_reports.Line]
    pictured: tuple[int, bool]
    album: Sequence[tuple[float, Mapping[str, Any]]] | None


class Store:
    """See the module. Made by ``Store.open``; may be shared by threads, and is opened anew by forked processes."""

    def __init__(self, database: Database, folder: Path | Address) -> None:
        self._database, self._folder = database, folder
        self._shelf, self._shelf_lock = store_rows.FactsShelf(), Lock()
        self.jobs = Jobs(database=database, changing=self.changing)
        self.lessons = Lessons(database=database)

    @classmethod
    def open(cls, url: str | None = None, folder: Path | None = None, *, make: bool = True) -> Store:
        """The store of a database URL and a folder for files; those of the environment where none is given.

        make: whether an empty one is made where there is none; a process that works for another takes what is there.

        Raises:
            StoreError: the database cannot be opened, or another version of this program made it.
        """
        place = usable_folder(folder, make=make)
        return cls(Database(database_url(url, place), make=make), address() or place / "checkpoints")

    @property
    def key(self) -> tuple[str, str]:
        """The same for stores of the same database and folder."""
        return self._database.url.render_as_string(hide_password=True), str(self._folder)

    def close(self) -> None:
        self._database.close()

    def transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        """A transaction for tables that stand beside the runs."""
        return self._database.writing() if writes else self._database.reading()

    # Runs ------------------------------------------------------------------------------------------------------------

    @contextmanager
    def changing(self, *, alone: bool = False, laid: Collection[LaidDown] = ()) -> Iterator[Changes]:
        """One transaction that reads, decides and writes.

        alone: nobody else counts and adds runs or jobs meanwhile. laid: files for it, which go where it fails.
        """
        try:
            with self._database.writing() as connection:
                if alone:
                    connection.execute(sa.select(SCHEMA.c.id).with_for_update())
                changes = Changes(connection=connection, runs_of=self._runs_of, folder=self._folder)
                yield changes
        except BaseException:
            store_files.remove([each.path for each in laid])
            raise
        store_files.remove(changes.gone)
        for run_id in changes.gone_runs:
            store_files.remove_run(self._folder, run_id)

    def create(self, config: RunConfig | None, **columns: Any) -> StoredRun:
        """A new run, with these columns and ``name``, ``role``, ``experiment``; it waits unless ``status`` says more.

        Without a name it takes that of its data and model.

        Raises:
            ValueError: an unknown status, column or experiment. StoreError: there are as many runs as are kept.
        """
        with self.changing(alone=True) as change:
            return change.create(config, **columns)

    def run(self, id: str) -> StoredRun | None:
        """None where there is no such run."""
        with self._database.reading() as connection:
            row = _run_row(connection, id)
            return None if row is None else self._runs_of(connection, [row])[0]

    def runs(
        self, chosen: RunFilter = ALL, *, order: Order | None = None, limit: int = 200, offset: int = 0
    ) -> list[StoredRun]:
        """Newest first, or in the order that is named."""
        terms = [RUNS.c.number.desc()] if order is None else order.terms()
        limit, offset = min(max(0, limit), MAX_RUNS), max(0, offset)
        # Rows are long: which they are is asked of their short columns first.
        numbers = sa.select(RUNS.c.number).where(*chosen.conditions()).order_by(*terms).limit(limit).offset(offset)
        with self._database.reading() as connection:
            places = {number: place for place, number in enumerate(connection.execute(numbers).scalars())}
            rows = list(connection.execute(sa.select(RUNS).where(RUNS.c.number.in_(list(places)))))
            return self._runs_of(connection, sorted(rows, key=lambda row: places[row.number]))

    def count(self, chosen: RunFilter = ALL) -> int:
        """How many runs ``runs`` would give without a limit."""
        query = sa.select(sa.func.count()).select_from(RUNS).where(*chosen.conditions())
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def same_config(
        self, config: RunConfig, statuses: Collection[str] = ("finished", "early_stopped")
    ) -> StoredRun | None:
        """The newest run of this very configuration; what was forked from another stands apart."""
        runs = self.of_config(config, statuses, limit=1)
        return runs[0] if runs else None

    def of_config(self, config: RunConfig, statuses: Collection[str], *, limit: int = 20) -> list[StoredRun]:
        """Runs of this very configuration that were made for it, the newest first.

        A fork, and either side of a remedy that is tried, is of the run it comes from, wherever it began.
        """
        query = sa.select(RUNS).where(
            RUNS.c.config_hash == store_rows.config_hash(config),
            RUNS.c.status.in_(list(statuses)),
            RUNS.c.parent.is_(None),
        )
        with self._database.reading() as connection:
            rows = list(connection.execute(query.order_by(RUNS.c.number.desc()).limit(limit)))
            return self._runs_of(connection, rows)

    def update(self, id: str, *, owner: str | None = None, **columns: Any) -> StoredRun | None:
        """Set fields of a run; None where there is no such run. A change of status sets started and ended.

        Raises:
            ValueError: an unknown field or value. TakenOver: ``owner`` is given, and another works on the run.
        """
        with self.changing() as change:
            return change.update(id, owner=owner, **columns)

    def claim(self, id: str, worker: str) -> bool:
        """Take a queued run to start it; False where another was first, or it does not wait any more."""
        waits = (RUNS.c.id == known_form(id), RUNS.c.status == "queued")
        values = {"status": "starting", "worker": cut(worker, 200), "heartbeat": time.time()}
        with self._database.writing() as connection:
            done = connection.execute(
                RUNS.update().where(*waits).values(**values, ended=None, revision=RUNS.c.revision + 1)
            )
            return done.rowcount == 1

    def rename(self, id: str, name: str) -> StoredRun | None:
        """Raises ValueError for an empty name, or one of more than 80 characters."""
        return self.update(id, name=name)

    def delete(self, ids: Collection[str]) -> None:
        """Runs with everything that belongs to them; those that do not exist are left out.

        Raises:
            ValueError: one is active, or another run is about to start from its checkpoint. Then none is deleted.
        """
        gone: list[str] = []
        try:
            with self.changing() as change:
                change.delete(ids)
                gone = change.gone_runs
        except StoreError as error:
            if str(error) != FULL or not gone:
                raise
            # To write down that something goes takes room, too: what goes makes it.
            for run_id in gone:
                store_files.remove_run(self._folder, run_id)
            with self.changing() as change:
                change.delete(ids)
        self._database.give_back()

    def give_back(self, *, quiet: bool) -> None:
        """Return room that the database does not need to the disk. quiet: whether nobody else is at work."""
        self._database.give_back(quiet=quiet)

    # Reports ---------------------------------------------------------------------------------------------------------

    def add_reports(
        self,
        id: str,
        reports: Sequence[Report],
        *,
        drop_after_step: int | None = None,
        owner: str | None = None,
        **columns: Any,
    ) -> None:
        """Reports with their pictures and the row of the run, in one transaction.

        The row takes the position, losses and best epoch from the reports unless ``columns`` say otherwise.
        drop_after_step: first, reports, pictures and checkpoints of a higher step go, and the generation grows. It also
        grows where reports stand at steps that were told already: those are replaced.

        Raises:
            ValueError: there is no such run, or an unknown column. TakenOver: ``owner`` is given, and another works on
            the run.
        """
        with self.changing() as change:
            change.add_reports(id, reports, drop_after_step=drop_after_step, owner=owner, **columns)

    def reports(self, id: str, after: int = 0) -> list[tuple[int, Report]]:
        """Number and report, without pictures, in the order of steps; those with a number above ``after``."""
        with self._database.reading() as connection:
            return store_reports.told(connection, known_form(id), after)

    def album(self, id: str) -> list[tuple[float, Mapping[str, Any]]]:
        """Epoch and pictures, oldest first: at most 24, spread evenly, the newest always there."""
        with self._database.reading() as connection:
            return store_reports.album(connection, known_form(id))

    def news(
        self, id: str, *, revision: int, generation: int, after: int, pictured: tuple[int, bool] = (-1, False)
    ) -> News | None:
        """What changed for a reader that knows this much; None where there is nothing new.

        Raises:
            ValueError: there is no such run (any more).
        """
        with self._database.reading() as connection:
            row = _run_row(connection, id)
            if row is None:
                raise ValueError(f"there is no run {id!r:.40}")
            fresh = row.generation != generation
            if row.revision == revision and not fresh:
                return None
            lines = store_reports.lines(connection, id, 0 if fresh else after) if fresh or row.last > after else []
            whole = row.status not in ("starting", "running")
            shown = (store_reports.newest_pictures(connection, id), whole)
            album = None if shown == pictured and not fresh else store_reports.album(connection, id, whole=whole)
            return News(run=self._runs_of(connection, [row])[0], fresh=fresh, lines=lines, pictured=shown, album=album)

    # Checkpoints -----------------------------------------------------------------------------------------------------

    def keep_checkpoint(
        self, run_id: str, content: bytes, kind: str, epoch: float, step: int, *, owner: str | None = None
    ) -> StoredCheckpoint:
        """Write a checkpoint. An earlier best or last one goes; six regular ones stay, spread over the epochs.

        Raises:
            ValueError: there is no such run, an unknown kind, or more than 2 GB. StoreError: it cannot be written.
            TakenOver: ``owner`` is given, and another works on the run.
        """
        if kind not in CHECKPOINT_KINDS:
            raise ValueError(f"kind was given {kind!r:.40}; allowed is one of {', '.join(CHECKPOINT_KINDS)}")
        if len(content) > store_files.MAX_SIZE:
            raise ValueError(f"a checkpoint of {len(content):,} bytes; allowed are {store_files.MAX_SIZE:,}")
        if self.run(run_id) is None:
            raise ValueError(f"there is no run {run_id!r:.40}")
        made = {"id": new_id(), "run": run_id, "kind": kind, "epoch": float(epoch), "step": int(step)}
        made |= {"size": len(content), "created": time.time()}
        path = store_files.path_of(self._folder, run_id, made["id"])
        store_files.write(path, content)
        try:
            with self._database.writing() as connection:
                row = _run_row(connection, run_id, lock=True)
                if owner is not None and (row is None or row.worker != owner):
                    raise TakenOver("another process works on this run")
                if row is None:
                    raise ValueError(f"there is no run {run_id!r:.40}")
                gone = store_checkpoints.add(connection, made)
                known = {(row.run, row.id) for row in store_checkpoints.of_run(connection, run_id)}
        except BaseException:
            store_files.remove([path])
            raise
        store_files.remove([store_files.path_of(self._folder, one.run, one.id) for one in gone])
        store_files.remove(store_files.orphans(self._folder, known, ORPHAN_SECONDS, run_id))
        created = moment_of(made.pop("created"))
        assert created is not None
        return StoredCheckpoint(**made, created=created)

    def lay_down(self, content: bytes, epoch: float, step: int, copies: int) -> list[LaidDown]:
        """Write the checkpoint at which runs begin that are made later, by ``changing``: a file for each of them.

        Raises:
            StoreError: it cannot be written.
        """
        laid: list[LaidDown] = []
        try:
            for _ in range(copies):
                run_id, checkpoint_id = new_id(), new_id()
                path = store_files.path_of(self._folder, run_id, checkpoint_id)
                store_files.write(path, content)
                laid.append(
                    LaidDown(run=run_id, id=checkpoint_id, epoch=epoch, step=step, size=len(content), path=path)
                )
        except StoreError:
            store_files.remove([each.path for each in laid])
            raise
        return laid

    def checkpoints(self, id: str) -> list[StoredCheckpoint]:
        """Of a run, in the order of their steps."""
        with self._database.reading() as connection:
            return [store_checkpoints.from_row(row) for row in store_checkpoints.of_run(connection, known_form(id))]

    def checkpoint_bytes(self, checkpoint_id: str) -> bytes:
        """Raises ValueError with a sentence where it is missing."""
        query = sa.select(CHECKPOINTS).where(CHECKPOINTS.c.id == known_form(checkpoint_id))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise ValueError("This checkpoint is no longer kept; choose another one.")
        try:
            content = store_files.path_of(self._folder, row.run, row.id).read_bytes()
        except FileNotFoundError:
            raise ValueError("The file of this checkpoint is gone; choose another one.") from None
        except OSError as error:
            raise ValueError(f"The file of this checkpoint cannot be read: {error.strerror or error}.") from None
        if len(content) != row.size:
            raise ValueError("The file of this checkpoint is damaged; choose another one.")
        return content

    def prune(self, limit_bytes: int) -> int:
        """Remove checkpoints of ended runs until all take at most this much, and orphans; the bytes that were freed.

        Those of one visitor take at most ``DESCENT_LAB_MAX_DISK_EACH``, where that is set. Whoever has most gives
        first: regular ones of the oldest runs, then the last ones, then the best. Active runs keep theirs. What has
        gone is told by ``given_up``.
        """
        with self._database.writing() as connection:
            gone = store_checkpoints.to_prune(connection, limit_bytes, most(DISK_EACH))
            store_checkpoints.delete(connection, [row.id for row in gone])
            known = {(row.run, row.id) for row in connection.execute(sa.select(CHECKPOINTS.c.run, CHECKPOINTS.c.id))}
        gone_paths = [store_files.path_of(self._folder, row.run, row.id) for row in gone]
        store_files.remove(gone_paths)
        by_owner: dict[str, list[str]] = {}
        for row in gone:
            by_owner.setdefault(given_up.key_of(row.visitor), []).append(row.run)
        for key, runs in by_owner.items():
            self.remember(key, given_up.more(self.remembered(key), runs))
        store_files.remove(store_files.orphans(self._folder, known, ORPHAN_SECONDS))
        return sum(row.size for row in gone)

    def given_up(self, visitor: str) -> dict[str, int]:
        """How many checkpoints of each of this visitor's runs gave way to others, the oldest first."""
        return given_up.read(self.remembered(given_up.key_of(visitor)))

    def uploads_in_use(self) -> frozenset[str]:
        """SHA-256 of every uploaded table that a run was made from; also what only looks like one, to be safe."""
        query = sa.select(RUNS.c.config).where(RUNS.c.config.contains('"csv"'))
        with self._database.reading() as connection:
            return frozenset(
                found for config in connection.execute(query).scalars() for found in _DIGEST.findall(config or "")
            )

    # Experiments and small values ------------------------------------------------------------------------------------

    def create_experiment(self, title: str, kind: str, claim: Mapping[str, Any] | None = None) -> StoredExperiment:
        """Raises ValueError for an unknown kind, or a claim that is no JSON or too long."""
        with self.changing() as change:
            return change.create_experiment(title, kind, claim)

    def experiment(self, id: str) -> StoredExperiment | None:
        with self._database.reading() as connection:
            row = experiment_row(connection, id)
            return None if row is None else experiment_from(row)

    def searches(self, limit: int = 20, *, owner: str = "") -> list[tuple[StoredExperiment, int]]:
        """Searches over settings, the newest first, with the number of their runs. owner: only this visitor's runs."""
        count = sa.func.count(RUNS.c.id)
        query = sa.select(EXPERIMENTS, count).join(RUNS, RUNS.c.experiment == EXPERIMENTS.c.id)
        query = query.where(EXPERIMENTS.c.kind == "search").group_by(EXPERIMENTS.c.id)
        if owner:
            query = query.where(is_of(RUNS.c.visitor, owner))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(EXPERIMENTS.c.created.desc()).limit(limit))
            return [(experiment_from(row), row[-1]) for row in rows]

    def remembered(self, key: str) -> Any:
        """A small value kept under this key; None where there is none."""
        if clean(key) != key:
            return None
        with self._database.reading() as connection:
            text = connection.execute(sa.select(REMEMBERED.c.value).where(REMEMBERED.c.key == key)).scalar()
        try:
            return None if text is None else json.loads(text)
        except (ValueError, RecursionError):
            return None

    def remember(self, key: str, value: Any) -> None:
        """Keep a small value. Raises ValueError where it is no JSON, or too long."""
        if not 1 <= len(key) <= 200 or clean(key) != key:
            raise ValueError(f"a key was given {key!r:.60}; allowed are 1 to 200 characters on one line")
        text = json_text(value, MAX_REMEMBERED, "a value")
        with self._database.writing() as connection:
            connection.execute(sa.select(SCHEMA.c.id).with_for_update())
            connection.execute(REMEMBERED.delete().where(REMEMBERED.c.key == key))
            connection.execute(REMEMBERED.insert().values(key=key, value=text))

    # Within a transaction --------------------------------------------------------------------------------------------

    def _runs_of(self, connection: Connection, rows: list[Any]) -> list[StoredRun]:
        with self._shelf_lock:
            facts = self._shelf.fetch(connection, rows)
        return [store_rows.run_from(row, facts) for row in rows]


def _run_row(connection: Connection, id: str, *, lock: bool = False) -> Any:
    query = sa.select(RUNS).where(RUNS.c.id == known_form(id))
    return connection.execute(query.with_for_update() if lock else query).first()
