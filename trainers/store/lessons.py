"""Lessons of visitors in the run store, each the text of a file; whose they are is looked at by whoever asks."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.store.changes import new_id
from trainers.store.codec import cut
from trainers.store.database import Database
from trainers.store.error import StoreError
from trainers.store.tables import LESSONS
from trainers.store.types import StoredLesson

MAX_LESSONS = 2000
MAX_OF_VISITOR = 20
MAX_OF_NETWORK = 400
MAX_TEXT = 100_000


@dataclass(kw_only=True)
class Lessons:
    """The lessons of a store. A visitor is a word for a browser, with an @ and one for his network behind it."""

    database: Database

    def one(self, id: str) -> StoredLesson | None:
        """None where there is no such lesson (any more)."""
        with self.database.reading() as connection:
            return _one(connection, id[:16])

    def of(self, visitor: str) -> list[StoredLesson]:
        """Those of a visitor, wherever he is, the one that was changed last first."""
        query = sa.select(LESSONS).where(_is_of(visitor)).order_by(LESSONS.c.changed.desc()).limit(MAX_OF_VISITOR)
        with self.database.reading() as connection:
            return [StoredLesson(**row._mapping) for row in connection.execute(query)]

    def add(self, title: str, text: str, visitor: str) -> StoredLesson:
        """Store another lesson.

        Raises:
            StoreError: the text is too long, or there is no room for one more.
        """
        now = time.time()
        row = {"id": new_id(), "visitor": cut(visitor, 64), "created": now, **_content(title, text, now)}
        with self.database.writing() as connection:
            _make_sure_of_room(connection, visitor)
            connection.execute(LESSONS.insert().values(**row))
        return StoredLesson(**row)

    def change(self, id: str, title: str, text: str) -> None:
        """Give a lesson another text.

        Raises:
            StoreError: the text is too long, or there is no such lesson.
        """
        with self.database.writing() as connection:
            told = connection.execute(
                LESSONS.update().where(LESSONS.c.id == id).values(**_content(title, text, time.time()))
            )
            if not told.rowcount:
                raise StoreError("This lesson is not there any more.")

    def delete(self, id: str) -> None:
        """Forget a lesson; one that is gone already is no error."""
        with self.database.writing() as connection:
            connection.execute(LESSONS.delete().where(LESSONS.c.id == id))


def _content(title: str, text: str, now: float) -> dict[str, str | float]:
    if len(text) > MAX_TEXT:
        raise StoreError(f"The lesson has {len(text):,} characters; at most {MAX_TEXT:,} are stored.")
    return {"title": cut(title, 80), "text": _storable(text), "changed": now}


def _storable(text: str) -> str:
    """Without what a database has no letters for."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _one(connection: Connection, id: str) -> StoredLesson | None:
    row = connection.execute(sa.select(LESSONS).where(LESSONS.c.id == id)).first()
    return None if row is None else StoredLesson(**row._mapping)


def _is_of(visitor: str) -> sa.ColumnElement[bool]:
    own = visitor.partition("@")[0]
    return sa.or_(LESSONS.c.visitor == own, LESSONS.c.visitor.startswith(f"{own}@", autoescape=True))


def _make_sure_of_room(connection: Connection, visitor: str) -> None:
    network = visitor.partition("@")[2]
    asked = [
        (sa.true(), MAX_LESSONS, "No more lessons can be stored here; download yours instead."),
        (_is_of(visitor), MAX_OF_VISITOR, f"Of one visitor {MAX_OF_VISITOR} lessons are stored; delete one of yours."),
    ]
    if network:
        ends = LESSONS.c.visitor.endswith(f"@{network}", autoescape=True)
        asked.append((ends, MAX_OF_NETWORK, "From your network many lessons are stored; download yours instead."))
    for condition, most, sentence in asked:
        count = connection.execute(sa.select(sa.func.count()).select_from(LESSONS).where(condition)).scalar_one()
        if count >= most:
            raise StoreError(sentence)
