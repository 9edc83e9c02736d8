"""The run store: every run, its reports, pictures and checkpoints, for any number of processes and threads at once.

A database (SQLite in the data folder, PostgreSQL by the URL in ``DESCENT_LAB_DATABASE``) and a folder of checkpoint
files. Every method is one transaction: it happens as a whole, or raises ``StoreError`` with a sentence and nothing has
changed. What a user typed is stored as text and is only ever shown as text.
"""

from __future__ import annotations

import json
import re
import secrets
import string
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.config import RunConfig
from trainers.report import Report
from trainers.store import checkpoints as store_checkpoints
from trainers.store import files as store_files
from trainers.store import reports as store_reports
from trainers.store import rows as store_rows
from trainers.store.codec import clean, cut, moment_of
from trainers.store.database import Database, database_url, usable_folder
from trainers.store.error import StoreError
from trainers.store.rows import MAX_NAME, columns_of
from trainers.store.tables import CHECKPOINTS, EXPERIMENTS, REMEMBERED, RUNS, SCHEMA
from trainers.store.types import (
    ACTIVE,
    CHECKPOINT_KINDS,
    ENDED,
    StoredCheckpoint,
    StoredExperiment,
    StoredRun,
)

__all__ = ["ACTIVE", "ENDED", "News", "Store", "StoreError", "StoredCheckpoint", "StoredExperiment", "StoredRun"]

MAX_RUNS = 2000
MAX_TITLE = 200
MAX_CLAIM = 20_000
MAX_REMEMBERED = 20_000
ORPHAN_SECONDS = 600.0
_LETTERS = string.ascii_letters + string.digits
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def new_id() -> str:
    """Ten random letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


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

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._shelf, self._shelf_lock = store_rows.FactsShelf(), Lock()

    @classmethod
    def open(cls, url: str | None = None, folder: Path | None = None) -> Store:
        """The store of a database URL and a folder for files; those of the environment where none is given.

        Raises:
            StoreError: the database cannot be opened, or another version of this program made it.
        """
        place = usable_folder(folder)
        return cls(Database(database_url(url, place)), place / "checkpoints")

    @property
    def key(self) -> tuple[str, str]:
        """The same for stores of the same database and folder."""
        return self._database.url.render_as_string(hide_password=True), str(self._folder)

    def close(self) -> None:
        self._database.close()

    # Runs ------------------------------------------------------------------------------------------------------------

    def create(
        self,
        config: RunConfig | None,
        *,
        name: str = "",
        status: str = "queued",
        device: str | None = None,
        parent: str | None = None,
        parent_epoch: float | None = None,
        experiment: str | None = None,
        role: str = "",
        resume: str | None = None,
        parameters: int | None = None,
    ) -> StoredRun:
        """A new run; without a name it takes that of its data and model.

        Raises:
            ValueError: an unknown status or experiment. StoreError: there are 2,000 runs already.
        """
        about = store_rows.about(config, cut(role, MAX_NAME))
        given = {
            "config": config,
            "name": cut(name, MAX_NAME) or store_rows.usual_name(config),
            "status": status,
            "device": device,
            "parent": parent,
            "parent_epoch": parent_epoch,
            "experiment": experiment,
            "role": role,
            "resume": resume,
            "parameters": parameters,
            "sentence": "",
            "wanted": "run",
            "device_name": "",
            "epoch": 0.0,
            "step": 0,
            "seconds": 0.0,
            "worker": "",
        }
        columns = columns_of(given)
        now = time.time()
        columns |= {"id": new_id(), "created": now, "ended": None if status in ACTIVE else now}
        columns |= {"about": about, "searched": f"{columns['name'].casefold()} {about}"}
        with self._database.writing() as connection:
            # One process at a time counts and adds.
            connection.execute(sa.select(SCHEMA.c.id).with_for_update())
            if connection.execute(sa.select(sa.func.count()).select_from(RUNS)).scalar_one() >= MAX_RUNS:
                raise StoreError(f"There are {MAX_RUNS:,} runs, the most that are kept. Delete some on the runs page.")
            if experiment is not None and _experiment_row(connection, columns["experiment"]) is None:
                raise ValueError(f"there is no experiment {experiment!r:.40}")
            connection.execute(RUNS.insert().values(**columns, generation=0, revision=1, last=0))
            return self._one(connection, columns["id"])

    def run(self, id: str) -> StoredRun | None:
        """None where there is no such run."""
        with self._database.reading() as connection:
            row = _run_row(connection, id)
            return None if row is None else self._runs_of(connection, [row])[0]

    def runs(
        self,
        *,
        statuses: Collection[str] | None = None,
        search: str = "",
        experiment: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> list[StoredRun]:
        """Newest first. search: every word stands in the name, data set, model, optimizer or role."""
        query = sa.select(RUNS).where(*_conditions(statuses, search, experiment)).order_by(RUNS.c.number.desc())
        with self._database.reading() as connection:
            rows = list(connection.execute(query.limit(min(max(0, limit), MAX_RUNS)).offset(max(0, offset))))
            return self._runs_of(connection, rows)

    def count(self, *, statuses: Collection[str] | None = None, search: str = "", experiment: str | None = None) -> int:
        """How many runs ``runs`` would give without a limit."""
        query = sa.select(sa.func.count()).select_from(RUNS).where(*_conditions(statuses, search, experiment))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def same_config(
        self, config: RunConfig, statuses: Collection[str] = ("finished", "early_stopped")
    ) -> StoredRun | None:
        """The newest run of this very configuration; one that began at a checkpoint of another is not of it."""
        own = sa.or_(RUNS.c.parent_epoch.is_(None), RUNS.c.parent_epoch == 0)
        query = sa.select(RUNS).where(
            RUNS.c.config_hash == store_rows.config_hash(config), RUNS.c.status.in_(list(statuses)), own
        )
        with self._database.reading() as connection:
            rows = list(connection.execute(query.order_by(RUNS.c.number.desc()).limit(1)))
            return self._runs_of(connection, rows)[0] if rows else None

    def update(self, id: str, **columns: Any) -> StoredRun | None:
        """Set fields of a run; None where there is no such run. A change of status sets started and ended.

        Raises:
            ValueError: an unknown field or value.
        """
        made = columns_of(columns)
        with self._database.writing() as connection:
            row = _run_row(connection, id, lock=True)
            if row is None:
                return None
            self._change(connection, row, columns, made)
            return self._one(connection, id)

    def claim(self, id: str, worker: str) -> bool:
        """Take a queued run to start it; False where another was first, or it does not wait any more."""
        waits = (RUNS.c.id == _known_form(id), RUNS.c.status == "queued")
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
        with self._database.writing() as connection:
            chosen = sa.select(RUNS).where(RUNS.c.id.in_([_known_form(id) for id in ids])).order_by(RUNS.c.number)
            rows = list(connection.execute(chosen.with_for_update()))
            if active := next((row for row in rows if row.status in ACTIVE), None):
                raise ValueError(f"{active.name} is {active.status}; stop it before it is deleted")
            found = [row.id for row in rows]
            owned = connection.execute(sa.select(CHECKPOINTS.c.id).where(CHECKPOINTS.c.run.in_(found))).scalars()
            users = store_checkpoints.needed(connection)
            if any(users.get(checkpoint, set()) - set(found) for checkpoint in owned):
                raise ValueError("another run still goes on from a checkpoint of these; stop or delete it first")
            connection.execute(RUNS.delete().where(RUNS.c.id.in_(found)))
            experiments = {row.experiment for row in rows if row.experiment}
            used = sa.select(RUNS.c.experiment).where(RUNS.c.experiment.is_not(None))
            connection.execute(
                EXPERIMENTS.delete().where(EXPERIMENTS.c.id.in_(experiments), EXPERIMENTS.c.id.not_in(used))
            )
        for run_id in found:
            store_files.remove_run(self._folder, run_id)

    # Reports ---------------------------------------------------------------------------------------------------------

    def add_reports(
        self, id: str, reports: Sequence[Report], *, drop_after_step: int | None = None, **columns: Any
    ) -> None:
        """Reports with their pictures and the row of the run, in one transaction.

        The row takes the position, losses and best epoch from the reports unless ``columns`` say otherwise.
        drop_after_step: first, reports, pictures and checkpoints of a higher step go, and the generation grows. It also
        grows where reports stand at steps that were told already: those are replaced.

        Raises:
            ValueError: there is no such run, or an unknown column.
        """
        made, told_now = columns_of(columns), sorted(reports, key=lambda report: report.step)
        gone: list[Any] = []
        with self._database.writing() as connection:
            row = _run_row(connection, id, lock=True)
            if row is None:
                raise ValueError(f"there is no run {id!r:.40}")
            generation = row.generation
            if drop_after_step is not None:
                store_reports.drop_after(connection, id, drop_after_step)
                gone = store_checkpoints.drop_after(connection, id, drop_after_step)
                generation += 1
            if told_now:
                replaced = store_reports.add(connection, id, told_now, row.last)
                generation += replaced and generation == row.generation
            derived = {"generation": generation, "last": row.last + len(told_now)}
            if told_now or drop_after_step is not None:
                newest = told_now[-1] if told_now else store_reports.newest(connection, id)
                derived |= store_rows.position(newest)
                derived |= self._best(connection, row, told_now, generation != row.generation)
            self._change(connection, row, columns, {**derived, **made})
        store_files.remove([store_files.path_of(self._folder, one.run, one.id) for one in gone])

    def reports(self, id: str, after: int = 0) -> list[tuple[int, Report]]:
        """Number and report, without pictures, in the order of steps; those with a number above ``after``."""
        with self._database.reading() as connection:
            return store_reports.told(connection, _known_form(id), after)

    def album(self, id: str) -> list[tuple[float, Mapping[str, Any]]]:
        """Epoch and pictures, oldest first: at most 24, spread evenly, the newest always there."""
        with self._database.reading() as connection:
            return store_reports.album(connection, _known_form(id))

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

    def keep_checkpoint(self, run_id: str, content: bytes, kind: str, epoch: float, step: int) -> StoredCheckpoint:
        """Write a checkpoint. An earlier best or last one goes; six regular ones stay, spread over the epochs.

        Raises:
            ValueError: there is no such run, an unknown kind, or more than 2 GB. StoreError: it cannot be written.
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
                if _run_row(connection, run_id, lock=True) is None:
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

    def checkpoints(self, id: str) -> list[StoredCheckpoint]:
        """Of a run, in the order of their steps."""
        with self._database.reading() as connection:
            return [store_checkpoints.from_row(row) for row in store_checkpoints.of_run(connection, _known_form(id))]

    def checkpoint_bytes(self, checkpoint_id: str) -> bytes:
        """Raises ValueError with a sentence where it is missing."""
        query = sa.select(CHECKPOINTS).where(CHECKPOINTS.c.id == _known_form(checkpoint_id))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise ValueError("This checkpoint is no longer kept; choose another one.")
        try:
            content = store_files.path_of(self._folder, row.run, row.id).read_bytes()
        except FileNotFoundError:
            raise ValueError("The file of this checkpoint is gone; choose another one.") from None
        except OSError as error:
            raise ValueError(f"The file of this checkpoint cannot be read: {error.strerror}.") from None
        if len(content) != row.size:
            raise ValueError("The file of this checkpoint is damaged; choose another one.")
        return content

    def prune(self, limit_bytes: int) -> int:
        """Remove checkpoints of ended runs until all take at most this much, and orphans; the bytes that were freed.

        Regular ones of the oldest runs go first, then the last ones, then the best. Active runs keep theirs.
        """
        with self._database.writing() as connection:
            gone = store_checkpoints.to_prune(connection, limit_bytes)
            store_checkpoints.delete(connection, [row.id for row in gone])
            known = {(row.run, row.id) for row in connection.execute(sa.select(CHECKPOINTS.c.run, CHECKPOINTS.c.id))}
        gone_paths = [store_files.path_of(self._folder, row.run, row.id) for row in gone]
        store_files.remove(gone_paths)
        store_files.remove(store_files.orphans(self._folder, known, ORPHAN_SECONDS))
        return sum(row.size for row in gone)

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
        if kind not in ("preset", "remedy"):
            raise ValueError(f"kind was given {kind!r:.40}; allowed are preset and remedy")
        made = {"id": new_id(), "title": cut(title, MAX_TITLE), "kind": kind, "created": time.time()}
        text = _json_text(dict(claim or {}), MAX_CLAIM, "a claim")
        with self._database.writing() as connection:
            connection.execute(EXPERIMENTS.insert().values(**made, claim=text))
            return _experiment(_experiment_row(connection, made["id"]))

    def experiment(self, id: str) -> StoredExperiment | None:
        with self._database.reading() as connection:
            row = _experiment_row(connection, id)
            return None if row is None else _experiment(row)

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
        text = _json_text(value, MAX_REMEMBERED, "a value")
        with self._database.writing() as connection:
            connection.execute(sa.select(SCHEMA.c.id).with_for_update())
            connection.execute(REMEMBERED.delete().where(REMEMBERED.c.key == key))
            connection.execute(REMEMBERED.insert().values(key=key, value=text))

    # Within a transaction --------------------------------------------------------------------------------------------

    def _runs_of(self, connection: Connection, rows: list[Any]) -> list[StoredRun]:
        with self._shelf_lock:
            facts = self._shelf.fetch(connection, rows)
        return [store_rows.run_from(row, facts) for row in rows]

    def _one(self, connection: Connection, id: str) -> StoredRun:
        return self._runs_of(connection, [_run_row(connection, id)])[0]

    def _change(self, connection: Connection, row: Any, given: Mapping[str, Any], columns: dict[str, Any]) -> None:
        """Write columns of a locked row, with those that follow from them."""
        columns = dict(columns)
        if "facts" in given:
            columns |= store_rows.keep_facts(connection, row.id, given["facts"])
        if "status" in columns and columns["status"] != row.status:
            columns = {**store_rows.moved(row.status, columns["status"], row.started), **columns}
        if "name" in columns or "config" in given or "role" in given:
            about = row.about
            if "config" in given:
                about = store_rows.about(given["config"], columns.get("role", row.role))
            columns |= {"about": about, "searched": f"{columns.get('name', row.name).casefold()} {about}"}
        columns["revision"] = row.revision + 1
        connection.execute(RUNS.update().where(RUNS.c.id == row.id).values(**columns))

    def _best(self, connection: Connection, row: Any, reports: Sequence[Report], anew: bool) -> dict[str, Any]:
        """The best epoch: of all reports where some were dropped, else the better of what was and what came."""
        if anew:
            epoch, loss = store_reports.best(connection, row.id)
            return {"best_epoch": epoch, "best_val_loss": loss}
        epoch, loss = row.best_epoch, row.best_val_loss
        for report in reports:
            if report.complete and report.is_finite and (loss is None or report.val_loss < loss):
                epoch, loss = report.epoch, report.val_loss
        return {"best_epoch": epoch, "best_val_loss": loss}


def _known_form(id: str) -> str:
    """The id, or one that no row has: what comes from a link may hold what a database refuses."""
    return id if store_files.is_id(id) else ""


def _run_row(connection: Connection, id: str, *, lock: bool = False) -> Any:
    query = sa.select(RUNS).where(RUNS.c.id == _known_form(id))
    return connection.execute(query.with_for_update() if lock else query).first()


def _conditions(statuses: Collection[str] | None, search: str, experiment: str | None) -> list[Any]:
    found: list[Any] = [] if statuses is None else [RUNS.c.status.in_(list(statuses))]
    found += [RUNS.c.searched.contains(word, autoescape=True) for word in clean(search)[:200].casefold().split()]
    return found if experiment is None else [*found, RUNS.c.experiment == _known_form(experiment)]


def _experiment_row(connection: Connection, id: str) -> Any:
    return connection.execute(sa.select(EXPERIMENTS).where(EXPERIMENTS.c.id == _known_form(id))).first()


def _experiment(row: Any) -> StoredExperiment:
    try:
        claim = json.loads(row.claim)
    except (ValueError, RecursionError):
        claim = {}
    created = moment_of(row.created)
    assert created is not None
    claim = claim if isinstance(claim, dict) else {}
    return StoredExperiment(id=row.id, title=row.title, kind=row.kind, claim=claim, created=created)


def _json_text(value: Any, limit: int, what: str) -> str:
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} was given {value!r:.60}; allowed is what JSON can hold ({error})") from None
    if len(text) > limit:
        raise ValueError(f"{what} was given {len(text):,} characters; allowed are {limit:,}")
    return text
