"""Checkpoints at addresses of fsspec are kept, read, dropped and pruned as those in a folder are."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.core import url_to_fs

from trainers import RunConfig
from trainers.disk import ADDRESS
from trainers.store import files
from trainers.store.address import Address, address
from trainers.store.error import StoreError
from trainers.store.store import Store


@pytest.fixture(params=["memory", "file"])
def place(request, tmp_path: Path, monkeypatch) -> Iterator[str]:
    text = f"memory://{secrets.token_hex(4)}" if request.param == "memory" else f"file://{tmp_path}/elsewhere"
    monkeypatch.setenv(ADDRESS, text)
    yield text
    system, path = url_to_fs(text)
    system.rm(path, recursive=True)


@pytest.fixture
def store(place, tmp_path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'runs.sqlite3'}", tmp_path / "data")
    yield opened
    opened.close()


def there(place: str) -> list[str]:
    system, path = url_to_fs(place)
    return sorted(name for name in system.find(path))


def test_a_checkpoint_is_read_as_it_was_written_and_lies_at_the_address_alone(store, place, tmp_path):
    run = store.create(RunConfig())
    kept = store.keep_checkpoint(run.id, b"weights", "last", 1.0, 10)
    assert store.checkpoint_bytes(kept.id) == b"weights"
    assert [name.rpartition("/")[2] for name in there(place)] == [f"{kept.id}{files.ENDING}"]
    assert not (tmp_path / "data" / "checkpoints").exists()


def test_one_that_another_replaces_goes_and_all_go_with_their_run(store, place):
    run = store.create(RunConfig(), status="stopped")
    store.keep_checkpoint(run.id, b"old", "last", 1.0, 10)
    newer = store.keep_checkpoint(run.id, b"new", "last", 2.0, 20)
    assert [name.rpartition("/")[2] for name in there(place)] == [f"{newer.id}{files.ENDING}"]
    store.delete([run.id])
    assert there(place) == []


def test_one_that_is_gone_is_said_to_be(store, place):
    run = store.create(RunConfig())
    kept = store.keep_checkpoint(run.id, b"weights", "last", 1.0, 10)
    system, path = url_to_fs(place)
    system.rm(path, recursive=True)
    system.makedirs(path, exist_ok=True)
    with pytest.raises(ValueError, match="is gone"):
        store.checkpoint_bytes(kept.id)


def test_orphans_are_those_without_a_row_that_are_old_enough(store, place):
    found = address()
    assert found is not None
    files.write(files.path_of(found, "run1", "lost"), b"x")
    assert files.orphans(found, [], older_than=600.0) == []
    assert [one.stem for one in files.orphans(found, [], older_than=-60.0)] == ["lost"]
    assert files.orphans(found, [("run1", "lost")], older_than=-60.0) == []


class Broken:
    """A file system whose package raises errors of its own."""

    def makedirs(self, *_args, **_options):
        raise RuntimeError("no such bucket")


def test_what_a_file_system_raises_is_a_sentence_of_the_store():
    with pytest.raises(StoreError, match="no such bucket"):
        files.write(Address(Broken(), "bucket/run/one.safetensors"), b"x")


def test_an_address_of_no_known_kind_is_refused(monkeypatch):
    monkeypatch.setenv(ADDRESS, "nowhere://bucket")
    with pytest.raises(StoreError, match=ADDRESS):
        address()


def test_modified_is_in_seconds_since_1970(store, place):
    found = address()
    assert found is not None
    files.write(found / "run1" / "one.safetensors", b"x")
    assert abs((found / "run1" / "one.safetensors").modified() - time.time()) < 60
