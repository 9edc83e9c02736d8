"""Reports and pictures in the run store: told, dropped, read. Every function works inside a transaction of its caller.

A report that stands at a step where one was told already takes its place, with everything told between the first and
the last of its batch. Numbers grow and are never used twice, so reports in the order of their numbers are in the order
of their steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.report import Report
from trainers.store.codec import (
    finite,
    internals_to_bytes,
    numbers_to_bytes,
    pictures_from,
    report_from,
    to_blob,
)
from trainers.store.error import StoreError
from trainers.store.tables import PICTURES, REPORTS

MAX_REPORTS = 120_000
MAX_LOOKS = 1200
LOOKED_AFTER = 200  # reports between two counts of what is stored
MAX_PICTURES = 2_000_000  # bytes of the pictures of one report
ALBUM = 24
_IN = 500  # numbers in one statement


@dataclass(frozen=True, kw_only=True)
class Line:
    """A report as it is stored, for readers of many: its number, whether it is complete, and its two blobs."""

    number: int
    complete: bool
    numbers: bytes
    inside: bytes | None


def drop_after(connection: Connection, run_id: str, step: int) -> int:
    """Reports and pictures of a higher step go; how many reports those were."""
    connection.execute(PICTURES.delete().where(PICTURES.c.run == run_id, PICTURES.c.step > step))
    return connection.execute(REPORTS.delete().where(REPORTS.c.run == run_id, REPORTS.c.step > step)).rowcount


def add(connection: Connection, run_id: str, reports: Sequence[Report], last: int) -> bool:
    """Write reports that rise in their steps, numbered on from ``last``; whether earlier ones were replaced."""
    first, final = reports[0].step, reports[-1].step
    replaced = 0
    for table in (PICTURES, REPORTS):
        same = (table.c.run == run_id, table.c.step.between(first, final))
        replaced = connection.execute(table.delete().where(*same)).rowcount
    connection.execute(REPORTS.insert(), [_row(run_id, last + 1 + i, report) for i, report in enumerate(reports)])
    pictured = [
        {"run": run_id, "number": last + 1 + i, "step": report.step, "epoch": report.epoch, "content": content}
        for i, report in enumerate(reports)
        if report.pictures and len(content := to_blob(report.pictures)) <= MAX_PICTURES
    ]
    if pictured:
        connection.execute(PICTURES.insert(), pictured)
        _thin_album(connection, run_id)
    _bound(connection, run_id, last + len(reports), len(reports))
    return replaced > 0


def _row(run_id: str, number: int, report: Report) -> dict[str, Any]:
    return {
        "run": run_id,
        "number": number,
        "step": report.step,
        "complete": report.complete,
        "epoch": report.epoch,
        "val_loss": finite(report.val_loss),
        "numbers": numbers_to_bytes(report),
        "inside": None if report.internals is None else internals_to_bytes(report.internals),
    }


def _count(connection: Connection, run_id: str, complete: bool) -> int:
    query = sa.select(sa.func.count()).where(REPORTS.c.run == run_id, REPORTS.c.complete == complete)
    return connection.execute(query).scalar_one()


def _bound(connection: Connection, run_id: str, last: int, added: int) -> None:
    """Looks into epochs that are over serve nobody: they go when there are many, then every other one of this epoch."""
    if last // LOOKED_AFTER == (last - added) // LOOKED_AFTER:
        return
    if _count(connection, run_id, True) > MAX_REPORTS:
        raise StoreError(f"This run has told {MAX_REPORTS:,} reports, the most that are stored. Report less often.")
    if _count(connection, run_id, False) <= MAX_LOOKS:
        return
    looks = (REPORTS.c.run == run_id, REPORTS.c.complete == sa.false())
    whole = sa.select(sa.func.max(REPORTS.c.number)).where(REPORTS.c.run == run_id, REPORTS.c.complete == sa.true())
    newest_whole = connection.execute(whole).scalar() or 0
    connection.execute(REPORTS.delete().where(*looks, REPORTS.c.number < newest_whole))
    left = connection.execute(sa.select(REPORTS.c.number).where(*looks).order_by(REPORTS.c.number)).scalars().all()
    if len(left) > MAX_LOOKS:
        _delete_numbers(connection, REPORTS, run_id, list(left)[1:-1:2])


def _thin_album(connection: Connection, run_id: str) -> None:
    """Twice as many pictures as an album has are kept, so that what goes leaves the rest evenly spread."""
    query = sa.select(PICTURES.c.number, PICTURES.c.epoch).where(PICTURES.c.run == run_id).order_by(PICTURES.c.number)
    rows = connection.execute(query).all()
    if len(rows) > 2 * ALBUM:
        staying = set(spread([row.epoch for row in rows], ALBUM))
        gone = [row.number for position, row in enumerate(rows) if position not in staying]
        _delete_numbers(connection, PICTURES, run_id, gone)


def _delete_numbers(connection: Connection, table: sa.Table, run_id: str, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _IN):
        some = numbers[start : start + _IN]
        connection.execute(table.delete().where(table.c.run == run_id, table.c.number.in_(some)))


def spread(places: Sequence[float], room: int) -> list[int]:
    """Positions of at most ``room`` of some rising places, as even as they can be, the first and last among them."""
    if len(places) <= room:
        return list(range(len(places)))
    there = np.asarray(places, dtype=np.float64)
    targets = np.linspace(there[0], there[-1], room)
    return sorted({int(np.abs(there - target).argmin()) for target in targets[:-1]} | {len(there) - 1})


def best(connection: Connection, run_id: str) -> tuple[float | None, float | None]:
    """Epoch and loss of the complete report with the lowest validation loss; None where there is none."""
    query = (
        sa.select(REPORTS.c.epoch, REPORTS.c.val_loss)
        .where(REPORTS.c.run == run_id, REPORTS.c.complete == sa.true(), REPORTS.c.val_loss.is_not(None))
        .order_by(REPORTS.c.val_loss, REPORTS.c.number)
        .limit(1)
    )
    row = connection.execute(query).first()
    return (None, None) if row is None else (row.epoch, row.val_loss)


def newest(connection: Connection, run_id: str) -> Report | None:
    """The newest report that can be read."""
    query = sa.select(REPORTS).where(REPORTS.c.run == run_id).order_by(REPORTS.c.number.desc()).limit(5)
    return next((report for _, report in _readable(connection.execute(query))), None)


def told(connection: Connection, run_id: str, after: int) -> list[tuple[int, Report]]:
    """Number and report, in the order of steps; one that is damaged is left out."""
    query = sa.select(REPORTS).where(REPORTS.c.run == run_id, REPORTS.c.number > after)
    return list(_readable(connection.execute(query.order_by(REPORTS.c.number))))


def _readable(rows: Iterable[Any]) -> Iterable[tuple[int, Report]]:
    for row in rows:
        try:
            yield row.number, report_from(row.numbers, row.inside, row.complete)
        except (ValueError, TypeError):
            continue


def lines(connection: Connection, run_id: str, after: int) -> list[Line]:
    """The same as they are stored."""
    columns = (REPORTS.c.number, REPORTS.c.complete, REPORTS.c.numbers, REPORTS.c.inside)
    query = sa.select(*columns).where(REPORTS.c.run == run_id, REPORTS.c.number > after).order_by(REPORTS.c.number)
    return [Line(number=n, complete=c, numbers=bytes(v), inside=i) for n, c, v, i in connection.execute(query)]


def newest_pictures(connection: Connection, run_id: str) -> int:
    """The number of the newest report with pictures; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(PICTURES.c.number)).where(PICTURES.c.run == run_id)).scalar() or 0


def album(connection: Connection, run_id: str, *, whole: bool = True) -> list[tuple[float, Mapping[str, Any]]]:
    """Epoch and pictures, oldest first, the newest always there or alone; those that are damaged are left out."""
    query = sa.select(PICTURES.c.number, PICTURES.c.epoch).where(PICTURES.c.run == run_id).order_by(PICTURES.c.number)
    rows = connection.execute(query).all()
    numbers = (
        [rows[i].number for i in spread([row.epoch for row in rows], ALBUM)] if whole else [r.number for r in rows[-1:]]
    )
    if not numbers:
        return []
    wanted = sa.select(PICTURES).where(PICTURES.c.run == run_id, PICTURES.c.number.in_(numbers))
    pictures = []
    for row in connection.execute(wanted.order_by(PICTURES.c.number)):
        try:
            pictures.append((row.epoch, pictures_from(row.content)))
        except ValueError:
            continue
    return pictures
