"""Checkpoints: files that are whole or not there, rows that follow them, and a bounded disk."""

from __future__ import annotations

import errno
import os
from itertools import pairwise
from pathlib import Path

import pytest

from trainers import RunConfig
from trainers.allowances import TEACHER
from trainers.store import files as store_files
from trainers.store import run_sentence
from trainers.store.store import StoreError

CONFIG = RunConfig()


@pytest.fixture
def run(store):
    return store.create(CONFIG)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def kept_files(store) -> list[str]:
    return files(store._folder) if store._folder.exists() else []


def known_files(store) -> list[str]:
    rows = [kept for run in store.runs() for kept in store.checkpoints(run.id)]
    return sorted(f"{kept.run}/{kept.id}.safetensors" for kept in rows)


def old(path: Path) -> None:
    os.utime(path, (1e9, 1e9))


def test_a_checkpoint_comes_back_byte_for_byte(store, run):
    content = bytes(range(256)) * 50
    kept = store.keep_checkpoint(run.id, content, "best", 2.5, 25)
    assert store.checkpoints(run.id) == [kept]
    assert store.checkpoint_bytes(kept.id) == content
    assert (kept.run, kept.kind, kept.epoch, kept.step, kept.size) == (run.id, "best", 2.5, 25, len(content))
    assert kept_files(store) == [f"{run.id}/{kept.id}.safetensors"]


def test_a_best_and_a_last_one_replace_the_earlier(store, run):
    for epoch in range(1, 4):
        for kind in ("best", "last", "regular"):
            store.keep_checkpoint(run.id, f"{kind} {epoch}".encode(), kind, epoch, 10 * epoch)
    kept = [(one.kind, one.epoch) for one in store.checkpoints(run.id)]
    assert sorted(kept) == [("best", 3.0), ("last", 3.0), ("regular", 1.0), ("regular", 2.0), ("regular", 3.0)]
    assert kept_files(store) == known_files(store)


def test_six_regular_ones_stay_spread_over_the_epochs(store, run):
    for epoch in range(1, 41):
        newest = store.keep_checkpoint(run.id, b"x", "regular", epoch, epoch)
        assert store.checkpoints(run.id)[-1] == newest
    epochs = [one.epoch for one in store.checkpoints(run.id)]
    assert len(epochs) == 6
    assert (epochs[0], epochs[-1]) == (1.0, 40.0)
    assert max(b - a for a, b in pairwise(epochs)) <= 20
    assert kept_files(store) == known_files(store)


def test_one_that_another_run_is_about_to_start_from_stays(store, run):
    first = store.keep_checkpoint(run.id, b"first", "best", 1, 10)
    child = store.create(CONFIG, parent=run.id, parent_epoch=1.0, resume=first.id)
    store.keep_checkpoint(run.id, b"second", "best", 2, 20)
    assert store.checkpoint_bytes(first.id) == b"first"
    assert [(one.id == first.id, one.kind) for one in store.checkpoints(run.id)] == [(True, "regular"), (False, "best")]
    store.update(run.id, status="stopped")
    store.prune(0)
    assert store.checkpoint_bytes(first.id) == b"first"
    store.update(child.id, status="finished")
    assert store.prune(0) == len(b"first")


def test_what_cannot_be_kept_is_refused(store, run):
    with pytest.raises(ValueError, match="allowed is one of best, regular, last"):
        store.keep_checkpoint(run.id, b"x", "newest", 1, 1)
    with pytest.raises(ValueError, match="no run"):
        store.keep_checkpoint("abcdefghij", b"x", "best", 1, 1)
    with pytest.raises(ValueError, match="no run"):
        store.keep_checkpoint("../outside", b"x", "best", 1, 1)
    assert kept_files(store) == []


@pytest.mark.parametrize("junk", ["../../secret", "a/b", "", ".", "a.b", "x" * 17, "\0"])
def test_no_name_leads_out_of_the_folder(tmp_path, junk: str):
    for run_id, checkpoint in ((junk, "abc"), ("abc", junk)):
        with pytest.raises(ValueError, match="no checkpoint"):
            store_files.path_of(tmp_path, run_id, checkpoint)


def test_a_missing_or_damaged_file_is_told_in_a_sentence(store, run, tmp_path):
    kept = store.keep_checkpoint(run.id, b"weights", "best", 1, 1)
    path = tmp_path / "checkpoints" / run.id / f"{kept.id}.safetensors"
    path.write_bytes(b"wei")
    with pytest.raises(ValueError, match="damaged"):
        store.checkpoint_bytes(kept.id)
    path.unlink()
    with pytest.raises(ValueError, match="is gone"):
        store.checkpoint_bytes(kept.id)
    with pytest.raises(ValueError, match="no longer kept"):
        store.checkpoint_bytes("abcdefghij")


@pytest.mark.parametrize("moment", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_no_half_of_a_checkpoint_and_the_earlier_one_stays(store, run, monkeypatch, moment: str):
    earlier = store.keep_checkpoint(run.id, b"earlier", "best", 1, 1)

    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if moment == "fsync":
            patch.setattr(store_files.os, "fsync", full)
        elif moment == "replace":
            patch.setattr(Path, "replace", full)
        else:
            patch.setattr(Path, "open", full)
        with pytest.raises(StoreError, match="disk is full"):
            store.keep_checkpoint(run.id, b"later", "best", 2, 2)
    assert store.checkpoints(run.id) == [earlier]
    assert kept_files(store) == known_files(store)
    assert store.keep_checkpoint(run.id, b"later", "best", 2, 2) == store.checkpoints(run.id)[0]


def test_a_row_that_cannot_be_written_leaves_no_file(store, run, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("trainers.store.store.store_checkpoints.add", broken)
        with pytest.raises(RuntimeError, match="killed"):
            store.keep_checkpoint(run.id, b"x", "best", 1, 1)
    assert kept_files(store) == []


def test_room_is_made_from_the_oldest_ended_runs_and_the_least_needed_kind(store):
    runs = [store.create(CONFIG, name=name) for name in ("old", "new", "active")]
    for run in runs:
        for kind in ("best", "last", "regular"):
            store.keep_checkpoint(run.id, b"x" * 100, kind, 1, 1)
        if run.name != "active":
            store.update(run.id, status="finished")
    left = []
    for limit in (900, 899, 700, 650, 500, 400, 300, 0):
        freed = store.prune(limit)
        kinds = [[one.kind for one in store.checkpoints(run.id)] for run in runs]
        left.append((freed, [sorted(each) for each in kinds]))
    both, all_three = ["best", "last"], ["best", "last", "regular"]
    assert left == [
        (0, [all_three, all_three, all_three]),
        (100, [both, all_three, all_three]),
        (100, [both, both, all_three]),
        (100, [["best"], both, all_three]),
        (100, [["best"], ["best"], all_three]),
        (100, [[], ["best"], all_three]),
        (100, [[], [], all_three]),
        (0, [[], [], all_three]),
    ]
    assert kept_files(store) == known_files(store)


def test_orphans_are_cleaned_but_not_those_that_may_yet_get_their_row(store, run, tmp_path):
    kept = store.keep_checkpoint(run.id, b"x", "best", 1, 1)
    folder = tmp_path / "checkpoints"
    (folder / "goneRunxyz").mkdir()
    names = ["goneRunxyz/a.safetensors", f"{run.id}/b.safetensors", f"{run.id}/c.unfinished", f"{run.id}/notes.txt"]
    for name in names:
        (folder / name).write_bytes(b"x")
        old(folder / name)
    (folder / run.id / "young.unfinished").write_bytes(b"x")
    old(folder / run.id / f"{kept.id}.safetensors")
    store.prune(10**9)
    mine = [f"{kept.id}.safetensors", "notes.txt", "young.unfinished"]
    assert kept_files(store) == sorted(f"{run.id}/{name}" for name in mine)
    assert not (folder / "goneRunxyz").exists()


def test_what_a_killed_worker_left_behind_goes_with_the_next_checkpoint(store, run, tmp_path):
    left = tmp_path / "checkpoints" / run.id / "left.unfinished"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    old(left)
    store.keep_checkpoint(run.id, b"x", "last", 1, 1)
    assert kept_files(store) == known_files(store)


def test_whoever_has_most_gives_room_first_and_a_share_is_kept(store, monkeypatch):
    def kept(visitor: str, pieces: int) -> str:
        run = store.create(CONFIG, visitor=visitor)
        for number in range(pieces):
            store.keep_checkpoint(run.id, b"x" * 100, "regular", number, number)
        store.update(run.id, status="finished")
        return run.id

    modest = kept("modest@here", 1)
    greedy = [kept("greedy@here", 3), kept("greedy@elsewhere", 3)]
    nobody, teacher = kept("", 4), kept(f"greedy@{TEACHER}", 5)

    def left() -> list[int]:
        return [len(store.checkpoints(id)) for id in (modest, *greedy, nobody, teacher)]

    assert store.prune(1500) == 100
    assert left() == [1, 2, 3, 4, 5], "the oldest of six"
    monkeypatch.setenv("DESCENT_LAB_MAX_DISK_EACH", "250")
    assert store.prune(10**6) == 300
    assert left() == [1, 0, 2, 4, 5]
    assert store.given_up("greedy@anywhere") == {greedy[0]: 3, greedy[1]: 1}, "he can be told of which runs"
    assert store.given_up("modest@here") == {}
    assert run_sentence(store.given_up("greedy")[greedy[0]], 0).startswith(
        "To keep within the 0.00025 MB that this server has for one visitor's checkpoints, 3 checkpoints of this run "
        "have gone. Its curves stay, but it cannot be gone on with"
    )
    assert store.prune(600) == 600
    assert left() == [1, 0, 1, 2, 2]
    assert kept_files(store) == known_files(store)
