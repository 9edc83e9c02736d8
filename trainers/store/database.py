"""The database of the run store: opening it, its transactions, and its errors as sentences.

SQLite by default, in WAL mode: readers never wait, and one writer at a time waits for the other. PostgreSQL through
psycopg 3 by URL. A reading transaction sees one moment of the database.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trainers.disk import data_folder
from trainers.store import added as store_added
from trainers.store.error import StoreError
from trainers.store.outage import Outage
from trainers.store.tables import METADATA, SCHEMA, VERSION

VARIABLE = "DESCENT_LAB_DATABASE"
BUSY_SECONDS = 10
_LOCK = 4_210_701  # any number that no other program takes in a database of its own
FULL = "The disk is full, so nothing more can be stored. Free some space; everything stored so far is kept."
GONE = (
    "The database of runs is gone: its file was deleted or moved while the lab runs. "
    "Put it back, or start the lab again to begin with an empty one."
)
_FULL_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_AWAY = (OperationalError, InterfaceError, PoolTimeout, OSError)
MEGABYTE = 1_000_000
GIVE_BACK_SECONDS = 2.0
LARGEST_ANEW = 500  # megabytes
_INCREMENTAL = 2  # SQLite's number for it


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


def usable_folder(folder: Path | None, *, make: bool = True) -> Path:
    """This folder, or the data folder, made where it is not there. Raises StoreError where it cannot be written.

    make: whether it is made; without, one that is not there is an error.
    """
    try:
        place = (folder or data_folder()).resolve()
        if make:
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
    """One engine a process. A forked process gets connections of its own at its first question.

    make: whether an empty one is made where there is none.
    """

    def __init__(self, url: sa.URL, *, make: bool = True) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._opening = threading.Lock()
        self._inherited: list[Engine] = []
        self._reads, self._writes = Outage("read"), Outage("written")
        self._file: tuple[int, int] | None = None
        if not make and self.is_sqlite and self._found() is None:
            raise StoreError(GONE)
        self._engine, self._process = self._open(), os.getpid()
        try:
            with self.writing() as connection:
                _prepare(connection, self.is_sqlite)
            self._file = self._found()
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
                raise StoreError(
                    "A PostgreSQL database needs psycopg: pip install '.[postgresql]' in the lab's folder."
                ) from None
        if self.is_sqlite:
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with told(self._reads), self._connected() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all."""
        with told(self._writes), self._connected() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def _connected(self) -> Connection:
        self._same_file()
        return self.engine.connect()

    def _found(self) -> tuple[int, int] | None:
        """Which file SQLite's database is, apart from its name; None where there is none."""
        try:
            state = os.stat(self.url.database or "")
        except OSError:
            return None
        return state.st_dev, state.st_ino

    def _same_file(self) -> None:
        """What is written into a deleted file is lost. Raises StoreError where it is gone; another one is taken up."""
        if self._file is None:
            return
        current = self._found()
        if current is None:
            raise StoreError(GONE)
        if current != self._file:
            with self._opening:
                self.engine.dispose()
                self._file = current

    def give_back(self, *, quiet: bool = False) -> None:
        """Return the room of what was deleted to the disk, for a moment at most; others may write in between.

        quiet: whether nobody else is at work. A database made before it could give room back is then written anew once.
        """
        if not self.is_sqlite:
            return  # PostgreSQL's own vacuum does it
        until = time.monotonic() + GIVE_BACK_SECONDS
        with suppress(StoreError, sqlite3.Error), self._connected() as connection:
            raw: Any = connection.connection.driver_connection

            def ask(setting: str) -> int:
                return raw.execute(f"PRAGMA {setting}").fetchone()[0]

            pages = MEGABYTE // ask("page_size")
            if ask("auto_vacuum") == _INCREMENTAL:
                while ask("freelist_count") > pages and time.monotonic() < until:
                    raw.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
            elif quiet and ask("freelist_count") > pages and ask("page_count") < LARGEST_ANEW * pages:
                raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
                raw.execute("VACUUM")
            if self._has_room_for_log():
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _has_room_for_log(self) -> bool:
        """Whether the disk could take the log once more: moved on a full one, it takes the last room and stays."""
        database = os.path.abspath(self.url.database or "")
        try:
            return shutil.disk_usage(os.path.dirname(database)).free > os.stat(f"{database}-wal").st_size
        except OSError:
            return True  # there is no log, or nobody can say

    def close(self) -> None:
        if self._process == os.getpid():
            self._engine.dispose()


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where this module says so
    cursor = connection.cursor()
    settings = (
        f"busy_timeout={round(1000 * BUSY_SECONDS)}",
        "journal_mode=WAL",
        f"journal_size_limit={16 * MEGABYTE}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    )
    if not cursor.execute("PRAGMA page_count").fetchone()[0]:
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")  # a database that is made now can give room back
    for setting in settings:
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
    version = connection.execute(sa.select(SCHEMA.c.version)).scalar()
    if version == VERSION:
        store_added.add_missing(connection)
    else:
        raise StoreError(
            f"The database of runs has version {version}, and this program reads version {VERSION}. "
            "Move the database away, or start the program that made it."
        )


def is_full(error: BaseException) -> bool:
    """Whether there was no room to write."""
    if isinstance(error, OSError) and error.errno in _FULL_CODES:
        return True
    original = error.orig if isinstance(error, DBAPIError) else None
    return "disk is full" in str(original) or getattr(original, "sqlstate", None) == "53100"


@contextmanager
def told(outage: Outage | None = None) -> Iterator[None]:
    """Errors of the database and of files become StoreError."""
    try:
        yield
    except StoreError as error:
        if outage is not None and str(error) == GONE:
            outage.away(GONE)
        raise
    except (SQLAlchemyError, OSError) as error:
        sentence = _sentence(error)
        if outage is not None and isinstance(error, _AWAY):
            outage.away(sentence)
        raise StoreError(sentence) from error
    if outage is not None:
        outage.back()


def _sentence(error: SQLAlchemyError | OSError) -> str:
    if is_full(error):
        return FULL
    if isinstance(error, PoolTimeout):
        return "The database of runs has too many readers right now; try again in a moment."
    text = str(error.orig if isinstance(error, DBAPIError) and error.orig is not None else error)
    if "unable to open database file" in text:
        return f"The database of runs cannot be opened; check {VARIABLE} and the data folder."
    if "readonly database" in text or "read-only" in text:
        return f"The database of runs cannot be written; check the rights of its file and folder, or {VARIABLE}."
    if "database is locked" in text:
        return f"Another process has kept the database of runs busy for {BUSY_SECONDS:g} seconds; try again."
    reason = " ".join(text.split())[:200]
    return f"The database of runs cannot be used: {reason}"
