"""Checkpoint files: ``<folder>/<run>/<checkpoint>.safetensors``. Names are made here, never taken from anyone.

A file is written under another name, brought to the disk and renamed; its row follows. What has no row is an orphan: a
process was killed in between, or the row went first.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Collection
from pathlib import Path

from trainers.store.address import Address
from trainers.store.database import FULL, is_full
from trainers.store.error import StoreError

_ID = re.compile(r"[A-Za-z0-9]{1,16}")
ENDING = ".safetensors"
UNFINISHED = ".unfinished"
MAX_SIZE = 2_000_000_000


def is_id(text: object) -> bool:
    """Whether this can be an id that the store made."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def path_of(folder: Path | Address, run_id: str, checkpoint_id: str) -> Path | Address:
    """Raises ValueError for what is no id."""
    if not is_id(run_id) or not is_id(checkpoint_id):
        raise ValueError(f"there is no checkpoint {checkpoint_id!r:.40}")
    return folder / run_id / f"{checkpoint_id}{ENDING}"


def write(path: Path | Address, content: bytes) -> None:
    """All of it or nothing. Raises StoreError where it cannot be written."""
    if isinstance(path, Address):
        try:
            path.write_bytes(content)
        except OSError as error:
            raise StoreError(f"The checkpoint cannot be written: {error.strerror or error}.") from error
        return
    unfinished = path.with_suffix(UNFINISHED)
    try:
        for folder in (path.parents[1], path.parent):  # not the data folder: one that was deleted is told of
            folder.mkdir(exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        for left in (unfinished, path):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
        reason = FULL if is_full(error) else f"The checkpoint cannot be written: {error.strerror}."
        raise StoreError(reason) from error


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(paths: Collection[Path | Address]) -> None:
    """What cannot be removed now is an orphan of later."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(path, Address):
            continue  # where there are objects there are no folders
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # only where it is empty


def remove_run(folder: Path | Address, run_id: str) -> None:
    """Everything kept of a run."""
    if isinstance(folder, Address) and is_id(run_id):
        with contextlib.suppress(OSError):
            (folder / run_id).remove()
    elif isinstance(folder, Path) and is_id(run_id):
        shutil.rmtree(folder / run_id, ignore_errors=True)


def orphans(
    folder: Path | Address, known: Collection[tuple[str, str]], older_than: float, run_id: str | None = None
) -> list[Path | Address]:
    """Files that no row knows, untouched for so many seconds; a younger one may yet get its row. Of one run, or all."""
    unknown: list[Path | Address] = []
    now = time.time()
    try:
        paths = list(folder.glob(f"{run_id or '*'}/*"))
    except OSError:  # of an address; they are orphans of later
        return []
    for path in paths:
        if path.suffix not in (ENDING, UNFINISHED) or (
            path.suffix == ENDING and (path.parent.name, path.stem) in known
        ):
            continue
        with contextlib.suppress(OSError):
            modified = path.modified() if isinstance(path, Address) else path.stat().st_mtime
            if now - modified >= older_than:
                unknown.append(path)
    return unknown
