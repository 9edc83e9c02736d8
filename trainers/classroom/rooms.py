"""The rooms in a store. Every method is one transaction, so that any number of servers may share the database.

A room is gone when its lecturer closes it, or when he was not heard of for an hour. Of a follower there is an id that
his browser has drawn, when it was heard of last, and whether he follows; all of it goes with the room, or after the
hour.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from trainers.classroom.codes import digest, is_key, new_code, new_key
from trainers.classroom.error import ClassError, Full, NoRoom, NotYourRoom
from trainers.classroom.links import Link
from trainers.classroom.state import RoomState
from trainers.classroom.votes import Vote, checked_answer
from trainers.store import ROOM_ANSWERS, ROOM_FOLLOWERS, ROOM_OFFERS, ROOMS, Store

MAX_ROOMS = 100
MAX_FOLLOWERS = 500
MAX_OFFERS = 20
HOUR = 3600.0
AWAY_SECONDS = 45.0
_IDLE_SECONDS = 600.0  # a lecturer who was away for so long gives his place to another where all are taken


class Rooms:
    """See the module."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- the lecturer ----------------------------------------------------------------------------------------------

    def open(self) -> tuple[str, str]:
        """Code and key of a new room, at the landing page. Raises Full where there are ``MAX_ROOMS``."""
        now, key = time.time(), new_key()
        with self._store.transaction(writes=True) as connection:
            _sweep(connection, now)
            count = connection.execute(sa.select(sa.func.count()).select_from(ROOMS)).scalar_one()
            if count >= MAX_ROOMS and not _give_up_one(connection, now):
                raise Full(f"{MAX_ROOMS} rooms are open, the most at once; try again when another class has ended.")
            code = new_code()
            while _room_row(connection, code) is not None:
                code = new_code()
            row = {"code": code, "key": digest(key), "created": now, "seen": now, "path": "", "query": ""}
            row |= {"front": False, "moves": 0, "changes": 0, "votes": 0, "vote": None}
            connection.execute(ROOMS.insert().values(**row))
        return code, key

    def check(self, code: str, key: str) -> None:
        """Whether it is the lecturer. Raises NoRoom, NotYourRoom."""
        with self._store.transaction(writes=False) as connection:
            _check(connection, code, key)

    def show(self, code: str, key: str, link: Link, *, front: bool = False) -> None:
        """Let all who follow see this link. front: it is a student's view."""
        with self._changing(code, key) as (connection, row):
            if (row.path, row.query, row.front) != (link.path, link.query, front):
                values = {"path": link.path, "query": link.query, "front": front, "moves": row.moves + 1}
                connection.execute(ROOMS.update().where(ROOMS.c.code == code).values(**values, seen=time.time()))

    def ask(self, code: str, key: str, make: Any) -> Vote:
        """Open a vote in place of the last one; ``make`` gives it for its number."""
        with self._changing(code, key) as (connection, row):
            vote = make(row.votes + 1)
            connection.execute(ROOM_ANSWERS.delete().where(ROOM_ANSWERS.c.room == code))
            values = {"votes": row.votes + 1, "vote": vote.to_json()}
            connection.execute(ROOMS.update().where(ROOMS.c.code == code).values(**values))
        return vote

    def turn_vote(self, code: str, key: str, *, open: bool, shown: bool) -> None:
        """Open or close the vote, show or hide its answers."""
        with self._changing(code, key) as (connection, row):
            if row.vote is not None:
                vote = Vote.from_json(row.vote)
                vote = Vote(number=vote.number, question=vote.question, choices=vote.choices, open=open, shown=shown)
                connection.execute(ROOMS.update().where(ROOMS.c.code == code).values(vote=vote.to_json()))

    def end_vote(self, code: str, key: str) -> None:
        """Take the vote away, with its answers."""
        with self._changing(code, key) as (connection, _):
            connection.execute(ROOM_ANSWERS.delete().where(ROOM_ANSWERS.c.room == code))
            connection.execute(ROOMS.update().where(ROOMS.c.code == code).values(vote=None))

    def drop_offer(self, code: str, key: str, number: int) -> None:
        """Forget a view that was offered."""
        with self._changing(code, key) as (connection, _):
            connection.execute(ROOM_OFFERS.delete().where(ROOM_OFFERS.c.room == code, ROOM_OFFERS.c.number == number))

    def close(self, code: str, key: str) -> None:
        """Close the room: nothing of it stays."""
        with self._store.transaction(writes=True) as connection:
            _check(connection, code, key)
            _remove(connection, [code])

    # ---- who follows -----------------------------------------------------------------------------------------------

    def is_open(self, code: str) -> bool:
        with self._store.transaction(writes=False) as connection:
            return _room_row(connection, code) is not None

    def enter(self, code: str, follower: str, *, follows: bool) -> None:
        """Come in, come back, or say anew whether one follows. Raises NoRoom, Full."""
        now = time.time()
        with self._changing(code) as (connection, _):
            here = (ROOM_FOLLOWERS.c.room == code, ROOM_FOLLOWERS.c.id == follower)
            values = {"seen": now, "follows": follows}
            if connection.execute(ROOM_FOLLOWERS.update().where(*here).values(**values)).rowcount:
                return
            count = sa.select(sa.func.count()).select_from(ROOM_FOLLOWERS).where(ROOM_FOLLOWERS.c.room == code)
            if connection.execute(count).scalar_one() >= MAX_FOLLOWERS:
                left = (ROOM_FOLLOWERS.c.room == code, ROOM_FOLLOWERS.c.seen < now - AWAY_SECONDS)
                connection.execute(ROOM_FOLLOWERS.delete().where(*left))
                if connection.execute(count).scalar_one() >= MAX_FOLLOWERS:
                    raise Full(f"{MAX_FOLLOWERS} follow this room, the most at once.")
            connection.execute(ROOM_FOLLOWERS.insert().values(room=code, id=follower, **values))

    def leave(self, code: str, follower: str) -> None:
        """Leave; the answer to an open vote stays, an offered view goes."""
        with self._changing(code) as (connection, _):
            for table, column in ((ROOM_FOLLOWERS, ROOM_FOLLOWERS.c.id), (ROOM_OFFERS, ROOM_OFFERS.c.follower)):
                connection.execute(table.delete().where(table.c.room == code, column == follower))

    def answer(self, code: str, follower: str, number: Any, given: Any) -> None:
        """Answer the open vote, or change one's mind. Raises ClassError where that is not what is asked."""
        with self._changing(code, follower=follower) as (connection, row):
            vote = None if row.vote is None else Vote.from_json(row.vote)
            if vote is None or vote.number != number or not vote.open:
                raise ClassError("That vote is closed.")
            value = checked_answer(vote, given)
            here = (ROOM_ANSWERS.c.room == code, ROOM_ANSWERS.c.follower == follower)
            if not connection.execute(ROOM_ANSWERS.update().where(*here).values(answer=value)).rowcount:
                connection.execute(ROOM_ANSWERS.insert().values(room=code, follower=follower, answer=value))

    def offer(self, code: str, follower: str, link: Link) -> None:
        """Offer one's view to the class, in place of what one has offered before. Raises Full."""
        with self._changing(code, follower=follower) as (connection, _):
            connection.execute(
                ROOM_OFFERS.delete().where(ROOM_OFFERS.c.room == code, ROOM_OFFERS.c.follower == follower)
            )
            asked = sa.select(sa.func.count(), sa.func.max(ROOM_OFFERS.c.number)).where(ROOM_OFFERS.c.room == code)
            count, last = connection.execute(asked).one()
            if count >= MAX_OFFERS:
                raise Full(f"{MAX_OFFERS} views are offered already; wait until some were shown.")
            values = {"number": (last or 0) + 1, "path": link.path, "query": link.query}
            connection.execute(ROOM_OFFERS.insert().values(room=code, follower=follower, **values))

    # ---- what is seen ----------------------------------------------------------------------------------------------

    def changes(self, codes: Collection[str]) -> dict[str, int]:
        """How often each of these rooms has changed; those that are not open are left out."""
        with self._store.transaction(writes=False) as connection:
            rows = connection.execute(sa.select(ROOMS.c.code, ROOMS.c.changes).where(ROOMS.c.code.in_(list(codes))))
            return {row.code: row.changes for row in rows}

    def state(self, code: str) -> RoomState | None:
        """What the room shows now; None where there is none."""
        with self._store.transaction(writes=False) as connection:
            row = _room_row(connection, code)
            if row is None:
                return None
            there = (ROOM_FOLLOWERS.c.room == code, ROOM_FOLLOWERS.c.seen > time.time() - AWAY_SECONDS)
            asked = sa.select(ROOM_FOLLOWERS.c.follows, sa.func.count()).where(*there)
            counts = {bool(follows): count for follows, count in connection.execute(asked.group_by("follows"))}
            answers = sa.select(ROOM_ANSWERS.c.answer).where(ROOM_ANSWERS.c.room == code)
            offers = sa.select(ROOM_OFFERS).where(ROOM_OFFERS.c.room == code).order_by(ROOM_OFFERS.c.number)
            return RoomState(
                code=code,
                link=Link(path=row.path, query=row.query),
                moves=row.moves,
                front=row.front,
                vote=None if row.vote is None else Vote.from_json(row.vote),
                answers=[] if row.vote is None else list(connection.execute(answers).scalars()),
                following=counts.get(True, 0),
                alone=counts.get(False, 0),
                offers=[(each.number, Link(path=each.path, query=each.query)) for each in connection.execute(offers)],
            )

    def heard(self, lecturers: Collection[str], followers: Collection[tuple[str, str]]) -> None:
        """Those who listen at a server are there still; rooms and followers that were not heard of for an hour go."""
        now = time.time()
        with self._store.transaction(writes=True) as connection:
            if lecturers:
                connection.execute(ROOMS.update().where(ROOMS.c.code.in_(list(lecturers))).values(seen=now))
            if followers:
                here = (ROOM_FOLLOWERS.c.room == sa.bindparam("at"), ROOM_FOLLOWERS.c.id == sa.bindparam("who"))
                rows = [{"at": code, "who": follower} for code, follower in followers]
                connection.execute(ROOM_FOLLOWERS.update().where(*here).values(seen=now), rows)
            _sweep(connection, now)

    @contextmanager
    def _changing(
        self, code: str, key: str | None = None, *, follower: str | None = None
    ) -> Iterator[tuple[Connection, Any]]:
        """A transaction that changes a room, for its lecturer or for who follows it; its row, which nobody else has."""
        with self._store.transaction(writes=True) as connection:
            row = _check(connection, code, key)
            if follower is not None:
                here = sa.select(ROOM_FOLLOWERS.c.id)
                here = here.where(ROOM_FOLLOWERS.c.room == code, ROOM_FOLLOWERS.c.id == follower)
                if connection.execute(here).first() is None:
                    raise ClassError("Only who has joined the room may do that.")
            yield connection, row
            connection.execute(ROOMS.update().where(ROOMS.c.code == code).values(changes=ROOMS.c.changes + 1))


def _room_row(connection: Connection, code: str) -> Any:
    return connection.execute(sa.select(ROOMS).where(ROOMS.c.code == code)).first()


def _check(connection: Connection, code: str, key: str | None) -> Any:
    """The row of the room, locked where this is a writing transaction; for the lecturer where a key is given."""
    row = connection.execute(sa.select(ROOMS).where(ROOMS.c.code == code).with_for_update()).first()
    if row is None:
        raise NoRoom(code)
    if key is not None and not is_key(key, row.key):
        raise NotYourRoom
    return row


def _remove(connection: Connection, codes: Collection[str]) -> None:
    for table in (ROOM_ANSWERS, ROOM_OFFERS, ROOM_FOLLOWERS):
        connection.execute(table.delete().where(table.c.room.in_(list(codes))))
    connection.execute(ROOMS.delete().where(ROOMS.c.code.in_(list(codes))))


def _sweep(connection: Connection, now: float) -> None:
    """What nobody was heard of for an hour goes."""
    old = list(connection.execute(sa.select(ROOMS.c.code).where(ROOMS.c.seen < now - HOUR)).scalars())
    if old:
        _remove(connection, old)
    connection.execute(ROOM_FOLLOWERS.delete().where(ROOM_FOLLOWERS.c.seen < now - HOUR))


def _give_up_one(connection: Connection, now: float) -> bool:
    """Remove the room whose lecturer was away the longest, where that is a while; whether there was one."""
    idle = sa.select(ROOMS.c.code).where(ROOMS.c.seen < now - _IDLE_SECONDS).order_by(ROOMS.c.seen)
    code = connection.execute(idle.limit(1)).scalar()
    if code is None:
        return False
    _remove(connection, [code])
    return True
