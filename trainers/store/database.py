"""The database of the run store: opening it, its transactions, and its errors as sentences.

SQLite by default, in WAL mode: readers never wait, and one writer at a time waits for the other. PostgreSQL through
psycopg 3 by URL. A reading transaction sees one moment of the database.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trainers.disk import data_folder
from trainers.store.error import StoreError
from trainers.store.tables import METADATA, SCHEMA, VERSION

VARIABLE = "DESCENT_LAB_DATABASE"
BUSY_SECONDS = 10
_LOCK = 4_210_701  # any number that no other program takes in a database of its own
FULL = "The disk is full, so nothing more can be stored. Free some space; everything stored so far is kept."
_FULL_CODES = (errno.ENOSPC, errno.EDQUOT)


def database_url(url: str | None, folder: Path) -> sa.URL:
    """The URL given, of the environment, or of SQLite in the folder. Raises StoreError for one that is no URL."""
    text = url or os.environ.get(VARIABLE)
    if not text:
        return sa.URL.create("sqlite", database=str(folder / "runs.sqlite3"))
    try:
        made = sa.make_url(text)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise StoreError(
            f"{VARIABLE} is no database URL; allowed are sqlite:///path and postgresql://host/name"
        ) from None
    if made.drivername in ("postgresql", "postgres"):
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"{VARIABLE} names {made.drivername}; allowed are sqlite and postgresql")
    if made.get_backend_name() == "sqlite" and made.database in (None, "", ":memory:"):
        raise StoreError(f"{VARIABLE} names no file; runs must outlive this process, so allowed is sqlite:///path")
    return made


def usable_folder(folder: Path | None) -> Path:
    """This folder, or the data folder, made where it is not there. Raises StoreError where it cannot be written."""
    try:
        place = (folder or data_folder()).resolve()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError as error:
        if is_full(error):
            raise StoreError(FULL) from error
        in_place = isinstance(error, FileExistsError | NotADirectoryError)
        why = "a file is in its place" if in_place else error.strerror
        raise StoreError(f"The data folder cannot be written: {why}. Name another one in DESCENT_LAB_DATA.") from error


class Database:
    """One engine a process. A forked process gets connections of its own at its first question."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._opening = threading.Lock()
        self._inherited: list[Engine] = []
        self._engine, self._process = self._open(), os.getpid()
        try:
            with self.writing() as connection:
                _prepare(connection, self.is_sqlite)
        except BaseException:
            self.close()
            raise

    @property
    def engine(self) -> Engine:
        if self._process != os.getpid():
            with self._opening:
                if self._process != os.getpid():
                    # Closing the parent's connections here would break them there; they are only kept from use.
                    self._inherited.append(self._engine)
                    self._engine, self._process = self._open(), os.getpid()
        return self._engine

    def _open(self) -> Engine:
        settings: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_timeout": BUSY_SECONDS}
        if self.is_sqlite:
            settings["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        else:
            settings |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": BUSY_SECONDS}}
        with told():
            try:
                engine = sa.create_engine(self.url, **settings)
            except ImportError:
                raise StoreError('A PostgreSQL database needs psycopg; install "descent-lab[postgresql]".') from None
        if self.is_sqlite:
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with told(), self.engine.connect() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all."""
        with told(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        if self._process == os.getpid():
            self._engine.dispose()


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where this module says so
    cursor = connection.cursor()
    for setting in (f"busy_timeout={1000 * BUSY_SECONDS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could not wait for another writer.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(connection: Connection, is_sqlite: bool) -> None:
    """Make the tables once, whoever comes first. Raises StoreError for those of another version."""
    if not is_sqlite:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if not sa.inspect(connection).has_table(SCHEMA.name):
        METADATA.create_all(connection)
        connection.execute(SCHEMA.insert().values(id=1, version=VERSION))
    found = connection.execute(sa.select(SCHEMA.c.version)).scalar()
    if found != VERSION:
        raise StoreError(
            f"The database of runs has version {found}, and this program reads version {VERSION}. "
            "Move the database away, or start the program that made it."
        )


def is_full(error: BaseException) -> bool:
    """Whether there was no room to write."""
    if isinstance(error, OSError) and error.errno in _FULL_CODES:
        return True
    original = error.orig if isinstance(error, DBAPIError) else None
    return "disk is full" in str(original) or getattr(original, "sqlstate", None) == "53100"


@contextmanager
def told() -> Iterator[None]:
    """Errors of the database and of files become StoreError."""
    try:
        yield
    except PoolTimeout:
        raise StoreError("The database of runs has too many readers right now; try again in a moment.") from None
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(_sentence(error)) from error


def _sentence(error: SQLAlchemyError | OSError) -> str:
    if is_full(error):
        return FULL
    text = str(error.orig if isinstance(error, DBAPIError) and error.orig is not None else error)
    if "unable to open database file" in text:
        return f"The database of runs cannot be opened; check {VARIABLE} and the data folder."
    if "database is locked" in text:
        return f"Another process has kept the database of runs busy for {BUSY_SECONDS} seconds; try again."
    reason = " ".join(text.split())[:200]
    return f"The database of runs cannot be used: {reason}"
