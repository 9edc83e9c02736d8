"""Lessons of visitors in the run store: whose they are, how many there may be, what a text may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trainers.store import StoreError
from trainers.store import lessons as store_lessons
from trainers.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'runs.sqlite3'}", tmp_path)
    yield opened
    opened.close()


def test_a_lesson_is_stored_changed_and_forgotten(store: Store):
    made = store.lessons.add("A title", "one\ntwo\n", "visitor@here")
    assert store.lessons.one(made.id) == made
    store.lessons.change(made.id, "Another", "three\0")
    changed = store.lessons.one(made.id)
    assert changed is not None
    assert (changed.title, changed.text, changed.created) == ("Another", "three", made.created)
    store.lessons.delete(made.id)
    assert store.lessons.one(made.id) is None
    store.lessons.delete(made.id)
    with pytest.raises(StoreError, match="not there"):
        store.lessons.change(made.id, "Another", "text")


def test_a_visitor_has_his_own_wherever_he_is(store: Store):
    mine = [store.lessons.add(f"{n}", "text", visitor).id for n, visitor in enumerate(("me", "me@there", "me@here"))]
    store.lessons.add("other", "text", "me2@here")
    store.lessons.add("other", "text", "m_")
    assert {each.id for each in store.lessons.of("me@elsewhere")} == set(mine)
    assert not store.lessons.of("m%")


@pytest.mark.parametrize(
    ("bound", "visitors", "sentence"),
    [
        ("MAX_OF_VISITOR", ["me@a", "me@b", "me@c"], "Of one visitor 2 lessons"),
        ("MAX_OF_NETWORK", ["a@here", "b@here", "c@here"], "From your network"),
        ("MAX_LESSONS", ["a@x", "b@y", "c@z"], "No more lessons"),
    ],
)
def test_there_is_no_room_without_end(
    store: Store, monkeypatch: pytest.MonkeyPatch, bound: str, visitors: list[str], sentence: str
):
    monkeypatch.setattr(store_lessons, bound, 2)
    for visitor in visitors[:2]:
        store.lessons.add("title", "text", visitor)
    with pytest.raises(StoreError, match=sentence):
        store.lessons.add("title", "text", visitors[2])


def test_a_text_has_a_bound(store: Store):
    with pytest.raises(StoreError, match="at most 100,000"):
        store.lessons.add("title", "x" * 100_001, "me")
