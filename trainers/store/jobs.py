"""Jobs in the run store: what waits and what is worked on, training among it, whose rows are those of the runs.

The functions work inside a transaction of their caller; ``Jobs`` has one for each of its methods.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from trainers.allowances import owner_of
from trainers.store.codec import cut
from trainers.store.database import Database
from trainers.store.error import TakenOver
from trainers.store.rows import MAX_SENTENCE
from trainers.store.tables import ASKERS, EXPERIMENTS, JOBS, RUNS
from trainers.store.types import ACTIVE, ENDED, TRAINING, WANTED, StoredJob

if TYPE_CHECKING:
    from trainers.store.changes import Changes

MAX_REQUEST = 20_000
MAX_RESULT = 4_000_000
MOST_LISTED = 1000
_SHARED = ("id", "status", "sentence", "wanted", "device", "visitor", "worker", "heartbeat", "created")


def is_run(kind: str) -> bool:
    """Whether the row of a job of this kind is the row of a run."""
    return kind == TRAINING


def _table(kind: str) -> Table:
    return RUNS if is_run(kind) else JOBS


def _from_run(row: Any) -> StoredJob:
    return StoredJob(kind=TRAINING, run=row.id, **{name: getattr(row, name) for name in _SHARED})


def _from_job(row: Any) -> StoredJob:
    values = {name: getattr(row, name) for name in (*_SHARED, "kind", "run", "progress")}
    return StoredJob(**values, request=_plain(row.request) or {}, result=_plain(row.result))


def _plain(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


def _columns(table: Table) -> list[Any]:
    return [table.c[name] for name in _SHARED] if table is RUNS else [table]


def one(connection: Connection, kind: str, id: str, *, lock: bool = False) -> StoredJob | None:
    table = _table(kind)
    query = sa.select(*_columns(table)).where(table.c.id == id)
    if table is JOBS:
        query = query.where(JOBS.c.kind == kind)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _from_run(row) if table is RUNS else _from_job(row)


def listed(connection: Connection, statuses: Collection[str]) -> list[StoredJob]:
    """Of all kinds, the oldest first."""
    jobs: list[StoredJob] = []
    for table, read in ((RUNS, _from_run), (JOBS, _from_job)):
        query = sa.select(*_columns(table)).where(table.c.status.in_(list(statuses))).order_by(table.c.number)
        jobs += [read(row) for row in connection.execute(query.limit(MOST_LISTED))]
    return sorted(jobs, key=lambda job: job.created)


def about(connection: Connection, run_id: str, kind: str | None = None) -> list[StoredJob]:
    query = sa.select(JOBS).where(JOBS.c.run == run_id, JOBS.c.status.in_(ACTIVE))
    if kind is not None:
        query = query.where(JOBS.c.kind == kind)
    return [_from_job(row) for row in connection.execute(query.order_by(JOBS.c.number).with_for_update())]


def same(connection: Connection, kind: str, request: str) -> StoredJob | None:
    """The newest job of this kind with this very request, as its column has it."""
    query = sa.select(JOBS).where(JOBS.c.kind == kind, JOBS.c.request == request).order_by(JOBS.c.number.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _from_job(row)


def waiting(connection: Connection) -> dict[str, int]:
    """How many wait, by who has asked for them."""
    total: Counter[str] = Counter()
    for table in (RUNS, JOBS):
        counted = sa.func.count()
        if table is RUNS:
            # What a search has put there is bounded by the search, and trains as one where it can.
            searches = sa.select(EXPERIMENTS.c.id).where(EXPERIMENTS.c.kind == "search")
            of_search = RUNS.c.experiment.in_(searches)
            counted = sa.func.count(sa.case((of_search, RUNS.c.experiment), else_=RUNS.c.id).distinct())
        query = sa.select(table.c.visitor, counted).where(table.c.status == "queued").group_by(table.c.visitor)
        for visitor, count in connection.execute(query):
            total[visitor] += count
    return dict(total)


def served(connection: Connection, since: float) -> dict[str, float]:
    """When the last work of an owner that had begun has ended, where that was after this moment and not long ago."""
    last: dict[str, float] = {}
    for table in (RUNS, JOBS):
        query = sa.select(table.c.visitor, sa.func.max(table.c.ended)).group_by(table.c.visitor)
        recent = table.c.number > sa.select(sa.func.max(table.c.number)).scalar_subquery() - MOST_LISTED
        begun = (recent, table.c.ended > since, table.c.started.is_not(None))
        for visitor, ended in connection.execute(query.where(*begun)):
            owner = owner_of(visitor)
            last[owner] = max(ended, last.get(owner, 0.0))
    return last


def add(connection: Connection, *, device: str | None = None, visitor: str = "", **columns: Any) -> StoredJob:
    row = {"status": "queued", "sentence": "", "wanted": "run", "worker": "", "created": time.time()}
    row |= {"device": None if device is None else cut(device, 40), "visitor": cut(visitor, 64)}
    connection.execute(JOBS.insert().values(**row, **columns))
    made = one(connection, columns["kind"], columns["id"])
    assert made is not None
    join(connection, made, made.visitor)
    return made


def askers(connection: Connection, job: StoredJob) -> list[str]:
    """The visitors who wait for a job, the first one first; whoever it stands with where none is written down."""
    if is_run(job.kind):
        return [job.visitor]
    query = sa.select(ASKERS.c.visitor).where(ASKERS.c.job == job.id).order_by(ASKERS.c.since, ASKERS.c.owner)
    return list(connection.execute(query).scalars()) or [job.visitor]


def join(connection: Connection, job: StoredJob, visitor: str) -> None:
    """One more look of this visitor at a job."""
    for who in dict.fromkeys((*askers(connection, job), visitor)):
        own = (ASKERS.c.job == job.id, ASKERS.c.owner == owner_of(who))
        looks = connection.execute(sa.select(ASKERS.c.looks).where(*own)).scalar()
        if looks is None:
            row = {"job": job.id, "owner": owner_of(who), "visitor": cut(who, 64), "looks": 1, "since": time.time()}
            connection.execute(ASKERS.insert().values(**row))
        elif who == visitor:
            connection.execute(ASKERS.update().where(*own).values(looks=looks + 1))


def leave(connection: Connection, job: StoredJob, visitor: str, *, looks: int | None = None) -> list[str]:
    """So many looks of this visitor less, all of them where none are given; who still waits, himself included."""
    first = askers(connection, job)
    own = (ASKERS.c.job == job.id, ASKERS.c.owner == owner_of(visitor))
    now = connection.execute(sa.select(ASKERS.c.looks).where(*own)).scalar() or 0
    if looks is not None and now > looks:
        connection.execute(ASKERS.update().where(*own).values(looks=now - looks))
        return first
    connection.execute(ASKERS.delete().where(*own))
    return [who for who in first if owner_of(who) != owner_of(visitor)]


def change(connection: Connection, job: StoredJob, **columns: Any) -> None:
    """Write columns of a job beside training."""
    for name, allowed in (("status", (*ACTIVE, *ENDED)), ("wanted", WANTED)):
        if name in columns and columns[name] not in allowed:
            raise ValueError(f"{name} was given {columns[name]!r:.40}; allowed is one of {', '.join(allowed)}")
    if "sentence" in columns:
        columns["sentence"] = cut(columns["sentence"], MAX_SENTENCE)
    if (status := columns.get("status", job.status)) != job.status:
        columns["ended"] = None if status in ACTIVE else time.time()
    connection.execute(JOBS.update().where(JOBS.c.id == job.id).values(**columns))


@dataclass(kw_only=True)
class Jobs:
    """The jobs of a store. changing: opens a transaction that writes."""

    database: Database
    changing: Callable[[], AbstractContextManager[Changes]]

    def one(self, kind: str, id: str) -> StoredJob | None:
        """None where there is no such job (any more)."""
        with self.database.reading() as connection:
            return one(connection, kind, id)

    def same(self, kind: str, request: Mapping[str, Any]) -> StoredJob | None:
        """The newest job of this kind that was asked for the same; None where there is none."""
        try:
            text = json.dumps(dict(request), allow_nan=False)
        except (TypeError, ValueError):
            return None
        with self.database.reading() as connection:
            return same(connection, kind, text)

    def askers(self, job: StoredJob) -> list[str]:
        """The visitors who wait for a job, the first one first; whoever it stands with where none is written down."""
        with self.database.reading() as connection:
            return askers(connection, job)

    def listed(self, statuses: Collection[str]) -> list[StoredJob]:
        """Those of all kinds with these statuses, the oldest first."""
        with self.database.reading() as connection:
            return listed(connection, statuses)

    def queue(self) -> tuple[list[StoredJob], dict[str, float]]:
        """What waits and what is at work, the oldest first; and when the last work of an owner has ended."""
        with self.database.reading() as connection:
            jobs = listed(connection, ("queued", "starting", "running"))
            oldest = min((job.created for job in jobs if job.status == "queued"), default=None)
            return jobs, {} if oldest is None else served(connection, oldest)

    def of_worker(self, worker: str) -> list[StoredJob]:
        """The runs that this worker has, the oldest first."""
        query = sa.select(*_columns(RUNS)).where(RUNS.c.worker == worker, RUNS.c.status.in_(ACTIVE))
        with self.database.reading() as connection:
            return [_from_run(row) for row in connection.execute(query.order_by(RUNS.c.number))]

    def beat_all(self, worker: str) -> None:
        """A sign of life of all runs that this worker has."""
        with self.database.writing() as connection:
            connection.execute(RUNS.update().where(RUNS.c.worker == worker).values(heartbeat=time.time()))

    def claim(self, job: StoredJob, worker: str) -> bool:
        """Take a waiting job to start it; False where another was first, or it does not wait any more."""
        table = _table(job.kind)
        values: dict[str, Any] = {"status": "starting", "worker": cut(worker, 200), "heartbeat": time.time()}
        values |= {"ended": None}
        values |= {"revision": RUNS.c.revision + 1} if table is RUNS else {"started": time.time()}
        with self.database.writing() as connection:
            waits = (table.c.id == job.id, table.c.status == "queued")
            return connection.execute(table.update().where(*waits).values(**values)).rowcount == 1

    def tell(self, job: StoredJob, **columns: Any) -> None:
        """What its worker says of it. Raises TakenOver where it is not, or no longer, the one that works on it."""
        with self.changing() as change:
            self._own(change, job)
            change.update_job(job, **columns)

    def beat(self, job: StoredJob) -> None:
        """A sign of life; no reader is told that something has changed."""
        table = _table(job.kind)
        with self.database.writing() as connection:
            mine = (table.c.id == job.id, table.c.worker == job.worker)
            connection.execute(table.update().where(*mine).values(heartbeat=time.time()))

    def end(
        self,
        job: StoredJob,
        status: str,
        sentence: str,
        *,
        settled: Callable[[Changes, StoredJob], None] | None = None,
        **columns: Any,
    ) -> None:
        """How it ended, with what follows from that, in one transaction.

        Raises:
            TakenOver: it has ended already, or another works on it than the one that ``job`` names.
        """
        with self.changing() as change:
            now = self._own(change, job)
            if status == "paused" and now.wanted != "pause":
                # The user has changed their mind while it gave back its place.
                status, sentence = ("stopped", "Stopped.") if now.wanted == "stop" else ("queued", "")
                if job.kind == TRAINING:
                    newest = max(change.checkpoints(job.id), key=lambda one: (one.step, one.created), default=None)
                    columns["resume"] = newest.id if newest is not None and status == "queued" else None
            wanted = "pause" if status == "paused" else "run"
            change.update_job(now, status=status, sentence=sentence, wanted=wanted, worker="", **columns)
            ended = change.job(job.kind, job.id)
            if settled is not None and ended is not None and not ended.active:
                settled(change, ended)

    def _own(self, change: Changes, job: StoredJob) -> StoredJob:
        now = change.job(job.kind, job.id)
        if now is None or not now.active or now.worker != job.worker:
            raise TakenOver("it has ended, or another process works on it")
        return now
