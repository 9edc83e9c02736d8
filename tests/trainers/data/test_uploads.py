"""Uploaded tables are kept within bounds, and none goes that a run was made from."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from trainers import DataUnavailable, RunConfig, keep_upload
from trainers.data import uploads
from trainers.data.csv_table import is_kept, uploaded_columns
from trainers.store.store import Store


def table(number: int) -> bytes:
    return f"a,b\n{number:04d},x\n{number:04d},y\n".encode()


def age(digest: str, hours: float) -> None:
    path = uploads.path_of(digest)
    assert path is not None
    moment = time.time() - 3600 * hours
    os.utime(path, (moment, moment))


@pytest.fixture
def three(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three tables of long ago, the first the oldest, in a place that takes no more."""
    digests = [keep_upload(table(number)) for number in range(3)]
    for hours, digest in zip((30, 20, 10), digests, strict=True):
        age(digest, hours)
    monkeypatch.setattr(uploads, "MAX_KEPT_BYTES", 3 * len(table(0)))
    return digests


def test_the_oldest_table_goes_when_bytes_or_files_are_too_many(three, monkeypatch):
    newest = keep_upload(table(3), in_use=frozenset)
    assert [is_kept(one) for one in [*three, newest]] == [False, True, True, True]
    monkeypatch.setattr(uploads, "MAX_KEPT_BYTES", 10**9)
    monkeypatch.setattr(uploads, "MAX_KEPT", 2)
    last = keep_upload(table(4), in_use=frozenset)
    assert [is_kept(one) for one in [*three, newest, last]] == [False, False, False, True, True]


def test_a_table_of_a_stored_run_stays_and_one_of_nobody_goes(three, data_home):
    store = Store.open()
    store.create(RunConfig().changed({"data.name": "csv", "data.file": three[0]}), status="finished")
    store.create(RunConfig(), status="finished")
    store.create(None, status="imported")
    assert store.uploads_in_use() == {three[0]}
    newest = keep_upload(table(3), in_use=store.uploads_in_use)
    assert [is_kept(one) for one in [*three, newest]] == [True, False, True, True]
    store.close()


def test_nothing_is_removed_where_the_room_would_not_suffice_or_nobody_knows_what_is_used(three):
    for in_use in (None, lambda: set(three[:2]) | {three[2]}):
        with pytest.raises(uploads.NoRoom, match="no room for another table"):
            keep_upload(table(3), in_use=in_use)
    with pytest.raises(uploads.NoRoom):
        keep_upload(table(3) + table(4)[4:] * 40, in_use=lambda: {three[0]})
    assert all(map(is_kept, three))


def test_a_table_that_somebody_has_just_used_stays_while_older_ones_can_go(three):
    uploads.mark_used(three[0])
    newest = keep_upload(table(3), in_use=frozenset)
    assert [is_kept(one) for one in [*three, newest]] == [True, False, True, True]
    assert keep_upload(table(2)) == three[2]  # there already: no room is needed, and it is used again
    with pytest.raises(uploads.NoRoom):
        keep_upload(table(4))
    for hours, digest in zip((0.9, 0.5, 0.7), (three[0], three[2], newest), strict=True):
        age(digest, hours)
    keep_upload(table(4), in_use=lambda: {three[0]})  # all were used within the hour: the one that was so first goes
    assert [is_kept(one) for one in (three[0], three[2], newest)] == [True, True, False]


def test_the_disk_keeps_its_reserve(data_home):
    digest = keep_upload(table(0))
    age(digest, 2)
    with pytest.raises(uploads.NoRoom):
        uploads.make_room(uploads.folder(), 100, frozenset, free=uploads.RESERVE)
    uploads.make_room(uploads.folder(), 5, frozenset, free=uploads.RESERVE)
    assert not is_kept(digest)


def test_a_damaged_table_is_mended_by_the_same_upload(data_home):
    digest = keep_upload(table(0))
    path = uploads.path_of(digest)
    assert path is not None
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(DataUnavailable, match="has changed on the disk"):
        uploaded_columns(digest)
    assert keep_upload(table(0)) == digest
    assert uploaded_columns(digest).rows == 2


@pytest.mark.parametrize("name", ["../runs", "/etc/passwd", "A" * 64, "a" * 64 + "\n", "", "\x00"])
def test_what_is_no_digest_names_no_file(data_home, name):
    (data_home / "runs.csv").write_bytes(table(0))
    assert uploads.path_of(name) is None
    assert not is_kept(name)
    with pytest.raises(DataUnavailable):
        uploaded_columns(name)


def test_tables_that_nobody_uses_are_let_go_after_an_hour(three, data_home):
    unfinished = uploads.folder() / "half.part"
    unfinished.write_bytes(b"a,b\n")
    os.utime(unfinished, (1e9, 1e9))
    uploads.mark_used(three[2])
    uploads.let_go_unused(data_home, {three[0]})
    assert [is_kept(one) for one in three] == [True, False, True]
    assert not unfinished.exists()


def test_one_visitor_does_not_take_the_room_of_all_others(data_home, monkeypatch):
    """Beyond a visitor's share his own oldest table goes, though all are new; those of others stay."""
    monkeypatch.setattr(uploads, "MAX_OF_VISITOR", 3)
    monkeypatch.setattr(uploads, "_brought", {})
    theirs = keep_upload(table(100), in_use=frozenset, visitor="b")
    own = [keep_upload(table(number), in_use=frozenset, visitor="a") for number in range(20)]
    assert [is_kept(one) for one in own] == [False] * 17 + [True] * 3
    assert is_kept(theirs)
    monkeypatch.setenv("DESCENT_LAB_MAX_UPLOADS_EACH", str(2 * len(table(0))))
    own = [keep_upload(table(number), in_use=frozenset, visitor="a") for number in range(30, 33)]
    assert [is_kept(one) for one in own] == [False, True, True]
    monkeypatch.setenv("DESCENT_LAB_MAX_UPLOADS_EACH", "3")
    with pytest.raises(uploads.NoRoom, match="bytes; this server keeps up to 3 of one visitor"):
        keep_upload(table(40), in_use=frozenset, visitor="a")
    assert [is_kept(one) for one in own] == [False, True, True]


def test_a_table_of_another_visitor_or_of_a_run_does_not_go_for_a_visitor_s_next(data_home, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_OF_VISITOR", 2)
    monkeypatch.setattr(uploads, "_brought", {})
    first = keep_upload(table(0), in_use=frozenset, visitor="a")
    keep_upload(table(0), in_use=frozenset, visitor="b")  # it was here already
    used = [first, keep_upload(table(1), in_use=frozenset, visitor="a")]
    for in_use in (None, lambda: used):
        with pytest.raises(uploads.NoRoom, match="runs were made from yours"):
            keep_upload(table(2), in_use=in_use, visitor="a")
    third = keep_upload(table(3), in_use=lambda: used, visitor="b")
    keep_upload(table(4), in_use=lambda: used[:1], visitor="a")
    assert [is_kept(one) for one in [*used, third]] == [True, False, True]


def test_a_visitor_who_drops_his_cookies_does_not_take_the_room_of_other_addresses(data_home, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_OF_ADDRESS", 3)
    monkeypatch.setattr(uploads, "_brought", {})
    monkeypatch.setattr(uploads, "_brought_from", {})
    theirs = keep_upload(table(100), in_use=frozenset, visitor="b", address="192.0.2.2")
    own = [keep_upload(table(k), in_use=frozenset, visitor=f"a{k}", address="192.0.2.1") for k in range(20)]
    assert [is_kept(one) for one in own] == [False] * 17 + [True] * 3
    assert is_kept(theirs)
    monkeypatch.setattr(uploads, "MAX_BYTES_OF_ADDRESS", 2 * len(table(0)))
    own = [keep_upload(table(k), in_use=frozenset, visitor=f"a{k}", address="192.0.2.1") for k in range(30, 33)]
    assert [is_kept(one) for one in own] == [False, True, True]


def test_tables_of_runs_count_for_no_address(data_home, monkeypatch):
    """Behind one address may stand a whole class, whose runs add up."""
    monkeypatch.setattr(uploads, "MAX_OF_ADDRESS", 2)
    monkeypatch.setattr(uploads, "_brought_from", {})
    used: set[str] = set()
    for number in range(6):
        used.add(keep_upload(table(number), in_use=lambda: used, address="192.0.2.1"))
    more = [keep_upload(table(number), in_use=lambda: used, address="192.0.2.1") for number in range(6, 9)]
    assert all(map(is_kept, used))
    assert [is_kept(one) for one in more] == [False, True, True]


def test_whoever_fills_the_place_from_nowhere_keeps_nobody_out(three, monkeypatch):
    """No cookies and no address, as on this machine itself: all is new, and the next table is taken even so."""
    flood = [keep_upload(table(number), in_use=frozenset, visitor=str(number)) for number in range(10, 30)]
    assert sum(map(is_kept, flood)) == 3
    mine = keep_upload(table(3), in_use=frozenset, visitor="me")
    assert is_kept(mine)


def test_visitors_and_addresses_are_remembered_within_bounds(data_home, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_VISITORS", 5)
    monkeypatch.setattr(uploads, "_brought", {})
    monkeypatch.setattr(uploads, "_brought_from", {})
    for number in range(12):
        keep_upload(table(number), visitor=str(number), address=f"192.0.2.{number}")
    assert list(uploads._brought) == ["7", "8", "9", "10", "11"]
    assert list(uploads._brought_from) == [f"192.0.2.{number}" for number in range(7, 12)]
