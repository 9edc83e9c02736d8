"""Rooms in both databases: what is bounded, what goes after the hour, what a database of before is given."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from trainers.classroom import ClassError, Full, Link, NoRoom, NotYourRoom, Rooms, checked_vote
from trainers.classroom import rooms as rooms_module
from trainers.store.store import Store
from trainers.store.tables import ROOM_FOLLOWERS, ROOMS

ANNA, BERT = "Anna00000000", "Bert00000000"


def aged(store: Store, table: sa.Table, seconds: float) -> None:
    with store.transaction(writes=True) as connection:
        connection.execute(table.update().values(seen=table.c.seen - seconds))


def test_a_room_holds_link_vote_and_who_is_there(store: Store):
    rooms = Rooms(store)
    code, key = rooms.open()
    assert rooms.is_open(code)
    before = rooms.changes([code, "BBBBB"])
    rooms.show(code, key, Link(path="line", query="surface=cliff"))
    rooms.enter(code, ANNA, follows=True)
    rooms.enter(code, BERT, follows=True)
    rooms.enter(code, BERT, follows=False)
    rooms.ask(code, key, lambda number: checked_vote({"question": "How many?"}, number))
    rooms.answer(code, ANNA, 1, 5)
    rooms.answer(code, ANNA, 1, 6.5)
    rooms.offer(code, BERT, Link(path="descent", query="steps=9"))
    state = rooms.state(code)
    assert state is not None
    assert (state.link.path, state.moves, state.following, state.alone) == ("line", 1, 1, 1)
    assert state.answers == [6.5]
    assert state.offers == [(1, Link(path="descent", query="steps=9"))]
    assert rooms.changes([code])[code] > before[code]
    rooms.show(code, key, Link(path="line", query="surface=cliff"))
    again = rooms.state(code)
    assert again is not None
    assert again.moves == 1, "the same link again moves nobody"
    rooms.close(code, key)
    assert rooms.state(code) is None
    for refused in (lambda: rooms.enter(code, ANNA, follows=True), lambda: rooms.check(code, key)):
        with pytest.raises(NoRoom):
            refused()


def test_only_its_key_opens_a_room_to_the_lecturer(store: Store):
    rooms = Rooms(store)
    code, key = rooms.open()
    other, _ = rooms.open()
    rooms.check(code, key)
    for where, with_key in ((other, key), (code, key[1:]), (code, "")):
        with pytest.raises(NotYourRoom):
            rooms.check(where, with_key)


def test_who_is_not_heard_of_does_not_count_and_goes_after_the_hour(store: Store):
    rooms = Rooms(store)
    code, _ = rooms.open()
    rooms.enter(code, ANNA, follows=True)
    aged(store, ROOM_FOLLOWERS, rooms_module.AWAY_SECONDS + 1)
    rooms.enter(code, BERT, follows=True)
    state = rooms.state(code)
    assert state is not None
    assert state.following == 1
    rooms.heard([code], [(code, ANNA)])
    state = rooms.state(code)
    assert state is not None
    assert state.following == 2, "a server hears her still"
    aged(store, ROOM_FOLLOWERS, rooms_module.HOUR)
    rooms.heard([code], [(code, BERT)])
    with store.transaction(writes=False) as connection:
        assert list(connection.execute(sa.select(ROOM_FOLLOWERS.c.id)).scalars()) == [BERT]
    aged(store, ROOMS, rooms_module.HOUR)
    rooms.heard([], [])
    assert not rooms.is_open(code)


def test_rooms_followers_and_offers_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rooms_module, "MAX_ROOMS", 2)
    monkeypatch.setattr(rooms_module, "MAX_FOLLOWERS", 2)
    monkeypatch.setattr(rooms_module, "MAX_OFFERS", 1)
    rooms = Rooms(store)
    (code, _), _ = rooms.open(), rooms.open()
    with pytest.raises(Full):
        rooms.open()
    for id in (ANNA, BERT):
        rooms.enter(code, id, follows=True)
    with pytest.raises(Full):
        rooms.enter(code, "Cleo00000000", follows=True)
    rooms.enter(code, ANNA, follows=False)
    rooms.offer(code, ANNA, Link(path="line"))
    rooms.offer(code, ANNA, Link(path="maps"))
    with pytest.raises(Full):
        rooms.offer(code, BERT, Link(path="line"))
    aged(store, ROOM_FOLLOWERS, rooms_module.AWAY_SECONDS + 1)
    rooms.enter(code, "Cleo00000000", follows=True)  # who has left makes room
    aged(store, ROOMS, rooms_module.HOUR / 2)
    rooms.open()  # so does a lecturer who is away


def test_votes_take_answers_while_they_are_open(store: Store):
    rooms = Rooms(store)
    code, key = rooms.open()
    rooms.enter(code, ANNA, follows=True)
    with pytest.raises(ClassError, match="closed"):
        rooms.answer(code, ANNA, 1, 0)
    for number in (1, 2):
        rooms.ask(code, key, lambda given: checked_vote({"question": "Which?", "choices": ["a", "b"]}, given))
        rooms.answer(code, ANNA, number, 1)
    with pytest.raises(ClassError, match="closed"):
        rooms.answer(code, ANNA, 1, 1)
    rooms.turn_vote(code, key, open=False, shown=True)
    with pytest.raises(ClassError, match="closed"):
        rooms.answer(code, ANNA, 2, 1)
    rooms.end_vote(code, key)
    state = rooms.state(code)
    assert state is not None
    assert state.vote is None


def test_a_database_of_before_is_given_the_tables(store: Store, database: str, tmp_path):
    with store.transaction(writes=True) as connection:
        for name in ("room_offers", "room_answers", "room_followers", "rooms"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
    again = Store.open(database, tmp_path)
    code, _ = Rooms(again).open()
    assert Rooms(store).is_open(code)
    again.close()
