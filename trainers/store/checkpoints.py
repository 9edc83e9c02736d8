"""Rows of checkpoints: which are kept, which go. Every function works inside a transaction of its caller.

A checkpoint that a run still has to start from is never removed, whoever it belongs to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.allowances import of_teacher, owner_of
from trainers.store.codec import moment_of
from trainers.store.reports import spread
from trainers.store.tables import CHECKPOINTS, RUNS
from trainers.store.types import ACTIVE, StoredCheckpoint

REGULAR = 6
_NEEDING = (*ACTIVE, "interrupted")
# What goes first where room is needed.
_ORDER = sa.case({"regular": 0, "last": 1, "best": 2}, value=CHECKPOINTS.c.kind, else_=0)


def from_row(row: Any) -> StoredCheckpoint:
    created = moment_of(row.created)
    assert created is not None
    return StoredCheckpoint(
        id=row.id, run=row.run, kind=row.kind, epoch=row.epoch, step=row.step, size=row.size, created=created
    )


def needed(connection: Connection) -> dict[str, set[str]]:
    """Checkpoints that runs start from: the ids of those runs by the checkpoint's id."""
    query = sa.select(RUNS.c.resume, RUNS.c.id).where(RUNS.c.resume.is_not(None), RUNS.c.status.in_(_NEEDING))
    users: dict[str, set[str]] = {}
    for checkpoint, run_id in connection.execute(query):
        users.setdefault(checkpoint, set()).add(run_id)
    return users


def of_run(connection: Connection, run_id: str) -> list[Any]:
    query = sa.select(CHECKPOINTS).where(CHECKPOINTS.c.run == run_id)
    return list(connection.execute(query.order_by(CHECKPOINTS.c.step, CHECKPOINTS.c.created)))


def add(connection: Connection, row: dict[str, Any]) -> list[Any]:
    """Write a row; the rows that went for it."""
    others, kept = of_run(connection, row["run"]), needed(connection)
    connection.execute(CHECKPOINTS.insert().values(**row))
    same = [other for other in others if other.kind == row["kind"]]
    if row["kind"] != "regular":
        # One that another run is about to start from stays, as a regular one.
        spared = [other.id for other in same if other.id in kept]
        if spared:
            connection.execute(CHECKPOINTS.update().where(CHECKPOINTS.c.id.in_(spared)).values(kind="regular"))
        gone = [other for other in same if other.id not in kept]
    else:
        same = sorted([*same, _Place(row)], key=lambda one: one.epoch)
        stay = {same[i].id for i in spread([one.epoch for one in same], REGULAR)}
        gone = [one for one in same if one.id not in stay | set(kept) | {row["id"]}]
    delete(connection, [one.id for one in gone])
    return gone


class _Place:
    """The new row among the old ones."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.id, self.run, self.epoch = row["id"], row["run"], row["epoch"]


def delete(connection: Connection, ids: Collection[str]) -> None:
    if ids:
        connection.execute(CHECKPOINTS.delete().where(CHECKPOINTS.c.id.in_(list(ids))))


def drop_after(connection: Connection, run_id: str, step: int) -> list[Any]:
    """Checkpoints of a later step go with the reports they follow from; the rows that went."""
    in_use = needed(connection)
    gone = [row for row in of_run(connection, run_id) if row.step > step and row.id not in in_use]
    delete(connection, [row.id for row in gone])
    return gone


def to_prune(connection: Connection, limit: int, each: int | None = None) -> list[Any]:
    """Rows that must go for the rest to take at most ``limit`` bytes, and those of one visitor at most ``each``.

    Only ended runs give any, and whoever has most gives first. What nobody in particular or the teacher has asked for
    is bounded by the limit alone.
    """
    query = sa.select(RUNS.c.visitor, sa.func.sum(CHECKPOINTS.c.size)).join(RUNS, RUNS.c.id == CHECKPOINTS.c.run)
    taken: dict[str, int] = {}
    for visitor, size in connection.execute(query.group_by(RUNS.c.visitor)):
        taken[_holder(visitor)] = taken.get(_holder(visitor), 0) + int(size)
    total = sum(taken.values())
    if total <= limit and not any(_is_over(who, size, each) for who, size in taken.items()):
        return []
    in_use = needed(connection)
    query = (
        sa.select(CHECKPOINTS, RUNS.c.visitor)
        .join(RUNS, RUNS.c.id == CHECKPOINTS.c.run)
        .where(RUNS.c.status.not_in(ACTIVE))
        .order_by(_ORDER, sa.func.coalesce(RUNS.c.ended, RUNS.c.created), RUNS.c.number, CHECKPOINTS.c.step)
    )
    offered: dict[str, deque[Any]] = {}
    for row in connection.execute(query):
        if row.id not in in_use:
            offered.setdefault(_holder(row.visitor), deque()).append(row)
    gone = []
    while offered:
        over = [who for who in offered if total > limit or _is_over(who, taken[who], each)]
        if not over:
            break
        most = max(over, key=taken.__getitem__)
        row = offered[most].popleft()
        gone.append(row)
        taken[most] -= row.size
        total -= row.size
        if not offered[most]:
            del offered[most]
    return gone


def _holder(visitor: str) -> str:
    return visitor if of_teacher(visitor) else owner_of(visitor)


def _is_over(holder: str, taken: int, each: int | None) -> bool:
    return each is not None and bool(holder) and not of_teacher(holder) and taken > each
