"""What has been added to the tables since a database was made: it is added there, and stored runs stay as they are."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.schema import CreateColumn

from trainers.store.tables import JOBS, METADATA, RUNS
from trainers.store.types import ACTIVE

_COLUMNS = (RUNS.c.visitor,)


def add_missing(connection: Connection) -> None:
    """Make the tables and columns that are not there; scores that were asked for before there were jobs become jobs."""
    inspector = sa.inspect(connection)
    tables = set(inspector.get_table_names())
    missing = [table for table in METADATA.sorted_tables if table.name not in tables]
    METADATA.create_all(connection, tables=missing)
    for column in _COLUMNS:
        if column.name not in {found["name"] for found in inspector.get_columns(column.table.name)}:
            words = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {words}")
    for table in METADATA.sorted_tables:
        for index in table.indexes if table not in missing else ():
            index.create(connection, checkfirst=True)
    if JOBS in missing:
        asked = sa.select(RUNS.c.id, RUNS.c.created).where(RUNS.c.wanted == "score", RUNS.c.status.not_in(ACTIVE))
        for run_id, created in connection.execute(asked).all():
            row = {"id": secrets.token_hex(5), "kind": "score", "run": run_id, "request": "{}", "status": "queued"}
            row |= {"sentence": "", "wanted": "run", "worker": "", "created": created}
            connection.execute(JOBS.insert().values(**row))
