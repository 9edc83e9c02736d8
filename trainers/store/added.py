"""What has been added to the tables since a database was made: it is added there, and stored runs stay as they are."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.schema import CreateColumn

from trainers.store.codec import findings_from_json
from trainers.store.rows import verdict_of
from trainers.store.tables import JOBS, METADATA, RUNS
from trainers.store.types import ACTIVE

_LISTED = (RUNS.c.data, RUNS.c.optimizer, RUNS.c.verdict)
_COLUMNS = (RUNS.c.visitor, RUNS.c.worker_seconds, *_LISTED)


def add_missing(connection: Connection) -> None:
    """Make the tables and columns that are not there; scores that were asked for before there were jobs become jobs."""
    inspector = sa.inspect(connection)
    tables = set(inspector.get_table_names())
    missing = [table for table in METADATA.sorted_tables if table.name not in tables]
    METADATA.create_all(connection, tables=missing)
    present = {found["name"] for found in inspector.get_columns(RUNS.name)}
    for column in _COLUMNS:
        if column.name not in present:
            words = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {words}")
    if not present.issuperset(column.name for column in _LISTED):
        _fill_listed(connection)
    if JOBS in missing:
        asked = sa.select(RUNS.c.id, RUNS.c.created).where(RUNS.c.wanted == "score", RUNS.c.status.not_in(ACTIVE))
        for run_id, created in connection.execute(asked).all():
            row = {"id": secrets.token_hex(5), "kind": "score", "run": run_id, "request": "{}", "status": "queued"}
            row |= {"sentence": "", "wanted": "run", "worker": "", "created": created}
            connection.execute(JOBS.insert().values(**row))


def _fill_listed(connection: Connection) -> None:
    """What lists go by, of the runs that are there; what is damaged stays without."""
    for number, config, findings in connection.execute(sa.select(RUNS.c.number, RUNS.c.config, RUNS.c.findings)).all():
        values: dict[str, str | None] = {}
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            read = json.loads(config or "null")
            values |= {name: str(read[name]["name"])[:40] for name in ("data", "optimizer")}
        with suppress(ValueError, RecursionError):
            values["verdict"] = verdict_of(findings_from_json(findings))
        if values:
            connection.execute(RUNS.update().where(RUNS.c.number == number).values(**values))
