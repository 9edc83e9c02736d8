"""What is done to runs inside one writing transaction: it is checked against what is there now, and happens as a whole.

Rows are locked in one order, whatever is done: first the gate of those who count and add, then runs, then jobs.
"""

from __future__ import annotations

import json
import secrets
import string
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.allowances import RUNS_EACH, of_teacher, owner_of
from trainers.config import RunConfig
from trainers.report import Report
from trainers.store import checkpoints as store_checkpoints
from trainers.store import files as store_files
from trainers.store import jobs as store_jobs
from trainers.store import reports as store_reports
from trainers.store import rows as store_rows
from trainers.store.address import Address
from trainers.store.codec import cut, moment_of
from trainers.store.error import StoreError, TakenOver
from trainers.store.rows import MAX_NAME, columns_of
from trainers.store.tables import CHECKPOINTS, EXPERIMENTS, RUNS, is_of
from trainers.store.types import ACTIVE, EXPERIMENT_KINDS, StoredCheckpoint, StoredExperiment, StoredJob, StoredRun

MAX_RUNS = 20_000
MAX_TITLE = 200
MAX_CLAIM = 20_000
_LETTERS = string.ascii_letters + string.digits


def new_id() -> str:
    """Ten random letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def known_form(id: str) -> str:
    """The id, or one that no row has: what comes from a link may hold what a database refuses."""
    return id if store_files.is_id(id) else ""


@dataclass(frozen=True, kw_only=True)
class LaidDown:
    """A checkpoint whose file is written already, for a run that is about to be made."""

    run: str
    id: str
    epoch: float
    step: int
    size: int
    path: Path | Address


@dataclass(kw_only=True, eq=False)
class Changes:
    """One transaction. ``gone`` are files, ``gone_runs`` ids whose files are removed once it is written.

    ``kept`` is how many runs an owner has, as far as it has been counted.
    """

    connection: Connection
    runs_of: Callable[[Connection, list[Any]], list[StoredRun]]
    folder: Path | Address
    gone: list[Path | Address] = field(default_factory=list)
    gone_runs: list[str] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)

    # -- what is there ------------------------------------------------------------------------------------------

    def run(self, id: str) -> StoredRun | None:
        """The run as it is now; nobody else changes it until the end of the transaction."""
        row = self._row(id)
        return None if row is None else self.runs_of(self.connection, [row])[0]

    def checkpoints(self, id: str) -> list[StoredCheckpoint]:
        """Of a run, in the order of their steps."""
        return [store_checkpoints.from_row(row) for row in store_checkpoints.of_run(self.connection, known_form(id))]

    def waiting(self) -> dict[str, int]:
        """How many runs and jobs are in the queue, by who has asked for them; the runs of a search count as one."""
        return store_jobs.waiting(self.connection)

    def _row(self, id: str) -> Any:
        return self.connection.execute(sa.select(RUNS).where(RUNS.c.id == known_form(id)).with_for_update()).first()

    # -- runs ---------------------------------------------------------------------------------------------------

    def create(
        self,
        config: RunConfig | None,
        *,
        name: str = "",
        status: str = "queued",
        role: str = "",
        experiment: str | None = None,
        start: LaidDown | None = None,
        id: str | None = None,
        **columns: Any,
    ) -> StoredRun:
        """A new run; it begins at ``start`` where that is given. id: where somebody else has drawn it already.

        Raises:
            ValueError: an unknown status, column or experiment, or an id that is none. StoreError: there are as many
            runs as are kept.
        """
        about = store_rows.about(config, cut(role, MAX_NAME))
        given = {
            **dict.fromkeys(("device", "parent", "parent_epoch", "resume", "parameters")),
            **dict.fromkeys(("sentence", "device_name", "worker", "visitor"), ""),
            **{"wanted": "run", "epoch": 0.0, "step": 0, "seconds": 0.0, "status": status, "role": role},
            **{"config": config, "experiment": experiment},
            "name": cut(name, MAX_NAME) or store_rows.usual_name(config),
            **columns,
        }
        if start is not None:
            given["resume"] = start.id
        if id is not None and not store_files.is_id(id):
            raise ValueError(f"an id was given {id!r:.40}; allowed are ten letters and digits")
        made, now = columns_of(given), time.time()
        made |= {
            "id": start.run if start else id or new_id(),
            "created": now,
            "ended": None if status in ACTIVE else now,
        }
        made |= {"about": about, "searched": f"{made['name'].casefold()} {about}"}
        if self.connection.execute(sa.select(sa.func.count()).select_from(RUNS)).scalar_one() >= MAX_RUNS:
            raise StoreError(f"There are {MAX_RUNS:,} runs, the most that are kept. Delete some on the runs page.")
        self._count_of(made["visitor"])
        if experiment is not None and experiment_row(self.connection, made["experiment"]) is None:
            raise ValueError(f"there is no experiment {experiment!r:.40}")
        self.connection.execute(RUNS.insert().values(**made, generation=0, revision=1, last=0))
        if start is not None:
            row = {"id": start.id, "run": start.run, "kind": "regular", "epoch": start.epoch, "step": start.step}
            self.connection.execute(CHECKPOINTS.insert().values(**row, size=start.size, created=now))
        run = self.run(made["id"])
        assert run is not None
        return run

    def _count_of(self, visitor: str) -> None:
        """One more run of this visitor. Raises StoreError where as many are kept as may be of one."""
        owner = owner_of(visitor)
        if not owner or of_teacher(visitor):
            return
        if owner not in self.kept:
            query = sa.select(sa.func.count()).select_from(RUNS).where(is_of(RUNS.c.visitor, owner))
            self.kept[owner] = self.connection.execute(query).scalar_one()
        if (own := self.kept[owner]) >= RUNS_EACH.most:
            raise StoreError(
                f"{own:,} of your runs are kept, and {RUNS_EACH.most:,} of one visitor may be. Delete some on the "
                "runs page."
            )
        self.kept[owner] += 1

    def update(self, id: str, *, owner: str | None = None, **columns: Any) -> StoredRun | None:
        """Set fields of a run; None where there is no such run. A change of status sets started and ended.

        Raises:
            ValueError: an unknown field or value. TakenOver: ``owner`` is given, and another works on it.
        """
        made = columns_of(columns)
        row = self._row(id)
        _owned(row, owner)
        if row is None:
            return None
        self._change(row, columns, made)
        return self.run(id)

    def add_reports(
        self,
        id: str,
        reports: Sequence[Report],
        *,
        drop_after_step: int | None = None,
        owner: str | None = None,
        **columns: Any,
    ) -> None:
        """See ``Store.add_reports``."""
        made, told_now = columns_of(columns), sorted(reports, key=lambda report: report.step)
        row = self._row(id)
        _owned(row, owner)
        if row is None:
            raise ValueError(f"there is no run {id!r:.40}")
        generation = row.generation
        if drop_after_step is not None:
            store_reports.drop_after(self.connection, id, drop_after_step)
            gone = store_checkpoints.drop_after(self.connection, id, drop_after_step)
            self.gone += [store_files.path_of(self.folder, one.run, one.id) for one in gone]
            generation += 1
        if told_now:
            replaced = store_reports.add(self.connection, id, told_now, row.last)
            generation += replaced and generation == row.generation
        derived = {"generation": generation, "last": row.last + len(told_now)}
        if told_now or drop_after_step is not None:
            newest = told_now[-1] if told_now else store_reports.newest(self.connection, id)
            derived |= store_rows.position(newest)
            derived |= self._best(row, told_now, generation != row.generation)
        self._change(row, columns, {**derived, **made})

    def delete(self, ids: Collection[str]) -> None:
        """See ``Store.delete``."""
        chosen = sa.select(RUNS).where(RUNS.c.id.in_([known_form(id) for id in ids])).order_by(RUNS.c.number)
        rows = list(self.connection.execute(chosen.with_for_update()))
        if active := next((row for row in rows if row.status in ACTIVE), None):
            raise ValueError(f"{active.name} is {active.status}; stop it before it is deleted")
        found = [row.id for row in rows]
        owned = self.connection.execute(sa.select(CHECKPOINTS.c.id).where(CHECKPOINTS.c.run.in_(found))).scalars()
        users = store_checkpoints.needed(self.connection)
        if any(users.get(checkpoint, set()) - set(found) for checkpoint in owned):
            raise ValueError("another run still goes on from a checkpoint of these; stop or delete it first")
        self.connection.execute(RUNS.delete().where(RUNS.c.id.in_(found)))
        experiments = {row.experiment for row in rows if row.experiment}
        used = sa.select(RUNS.c.experiment).where(RUNS.c.experiment.is_not(None))
        self.connection.execute(
            EXPERIMENTS.delete().where(EXPERIMENTS.c.id.in_(experiments), EXPERIMENTS.c.id.not_in(used))
        )
        self.gone_runs += found

    def create_experiment(self, title: str, kind: str, claim: Mapping[str, Any] | None = None) -> StoredExperiment:
        """Raises ValueError for an unknown kind, or a claim that is no JSON or too long."""
        if kind not in EXPERIMENT_KINDS:
            raise ValueError(f"kind was given {kind!r:.40}; allowed is one of {', '.join(EXPERIMENT_KINDS)}")
        made = {"id": new_id(), "title": cut(title, MAX_TITLE), "kind": kind, "created": time.time()}
        text = json_text(dict(claim or {}), MAX_CLAIM, "a claim")
        self.connection.execute(EXPERIMENTS.insert().values(**made, claim=text))
        return experiment_from(experiment_row(self.connection, made["id"]))

    # -- jobs ---------------------------------------------------------------------------------------------------

    def job(self, kind: str, id: str) -> StoredJob | None:
        """The job as it is now; the run it is about is locked before it, whatever its kind."""
        job = store_jobs.one(self.connection, kind, known_form(id))
        if job is None or job.run is None:
            return job if job is None else store_jobs.one(self.connection, kind, job.id, lock=True)
        self._row(job.run)
        return store_jobs.one(self.connection, kind, job.id, lock=True)

    def jobs_about(self, run_id: str, kind: str | None = None) -> list[StoredJob]:
        """Jobs beside training that wait or work on this run."""
        return store_jobs.about(self.connection, known_form(run_id), kind)

    def same_job(self, kind: str, request: Mapping[str, Any]) -> StoredJob | None:
        """The newest job of this kind that was asked for the same."""
        return store_jobs.same(self.connection, kind, json_text(dict(request), store_jobs.MAX_REQUEST, "a request"))

    def add_job(self, kind: str, *, run: str | None, request: Mapping[str, Any], **columns: Any) -> StoredJob:
        """Put a job into the queue. Raises ValueError for a request that is no JSON or too long."""
        text = json_text(dict(request), store_jobs.MAX_REQUEST, "a request")
        return store_jobs.add(self.connection, id=new_id(), kind=kind, run=run, request=text, **columns)

    def askers(self, job: StoredJob) -> list[str]:
        """The visitors who wait for a job, the first one first."""
        return store_jobs.askers(self.connection, job)

    def join_job(self, job: StoredJob, visitor: str) -> None:
        """This visitor waits for a job too, or looks at it once more."""
        store_jobs.join(self.connection, job, visitor)

    def leave_job(self, job: StoredJob, visitor: str, *, looks: int | None = None) -> bool:
        """This visitor looks so many times less, not at all by default; whether anybody waits for it still.

        Where whoever it stands with has left, it stands with the next one.
        """
        left = store_jobs.leave(self.connection, job, visitor, looks=looks)
        if left and owner_of(job.visitor) not in map(owner_of, left):
            self.update_job(job, visitor=left[0])
        return bool(left)

    def update_job(self, job: StoredJob, **columns: Any) -> None:
        """Set fields of a job; those of training are fields of its run."""
        if store_jobs.is_run(job.kind):
            self.update(job.id, **columns)
            return
        if "result" in columns:
            columns["result"] = json_text(columns["result"], store_jobs.MAX_RESULT, "a result")
        store_jobs.change(self.connection, job, **columns)

    def stop_jobs_about(self, run_id: str, sentence: str) -> None:
        """The run goes on or back: what was to be worked out of it as it stood is not, any more."""
        for job in self.jobs_about(run_id):
            if job.status == "queued":
                self.update_job(job, status="stopped", sentence=sentence)
            else:
                self.update_job(job, wanted="stop")

    # -- within -------------------------------------------------------------------------------------------------

    def _change(self, row: Any, given: Mapping[str, Any], columns: dict[str, Any]) -> None:
        """Write columns of a locked row, with those that follow from them."""
        columns = dict(columns)
        if "facts" in given:
            columns |= store_rows.keep_facts(self.connection, row.id, given["facts"])
        if "status" in columns and columns["status"] != row.status:
            columns = {**store_rows.moved(row.status, columns["status"], row.started), **columns}
        if "name" in columns or "config" in given or "role" in given:
            about = row.about
            if "config" in given:
                about = store_rows.about(given["config"], columns.get("role", row.role))
            columns |= {"about": about, "searched": f"{columns.get('name', row.name).casefold()} {about}"}
        columns["revision"] = row.revision + 1
        self.connection.execute(RUNS.update().where(RUNS.c.id == row.id).values(**columns))

    def _best(self, row: Any, reports: Sequence[Report], anew: bool) -> dict[str, Any]:
        """The best epoch: of all reports where some were dropped, else the better of what was and what came."""
        if anew:
            epoch, loss = store_reports.best(self.connection, row.id)
            return {"best_epoch": epoch, "best_val_loss": loss}
        epoch, loss = row.best_epoch, row.best_val_loss
        for report in reports:
            if report.complete and report.is_finite and (loss is None or report.val_loss < loss):
                epoch, loss = report.epoch, report.val_loss
        return {"best_epoch": epoch, "best_val_loss": loss}


def _owned(row: Any, owner: str | None) -> None:
    if owner is not None and (row is None or row.worker != owner):
        raise TakenOver("the run was deleted" if row is None else "another process works on this run")


def experiment_row(connection: Connection, id: str) -> Any:
    return connection.execute(sa.select(EXPERIMENTS).where(EXPERIMENTS.c.id == known_form(id))).first()


def experiment_from(row: Any) -> StoredExperiment:
    try:
        claim = json.loads(row.claim)
    except (ValueError, RecursionError):
        claim = {}
    created = moment_of(row.created)
    assert created is not None
    claim = claim if isinstance(claim, dict) else {}
    return StoredExperiment(id=row.id, title=row.title, kind=row.kind, claim=claim, created=created)


def json_text(value: Any, limit: int, what: str) -> str:
    """Raises ValueError for what is no JSON, or takes more characters than that."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} was given {value!r:.60}; allowed is what JSON can hold ({error})") from None
    if len(text) > limit:
        raise ValueError(f"{what} was given {len(text):,} characters; allowed are {limit:,}")
    return text
