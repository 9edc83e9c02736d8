"""Where uploaded tables are kept, by the SHA-256 of their bytes, and how much room they may take.

All together take at most ``MAX_KEPT_BYTES`` in at most ``MAX_KEPT`` files, and leave the disk its reserve. The oldest
go first; one that a stored run was made from stays, and one that was just used: a run may be about to be made from it.
Of one visitor ``MAX_BYTES_OF_VISITOR`` in ``MAX_OF_VISITOR`` files are kept; beyond, his own oldest go, so that nobody
takes the room of all others within that hour.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from trainers.disk import RESERVE, data_folder

MAX_KEPT_BYTES = 500_000_000
MAX_KEPT = 1000
MAX_BYTES_OF_VISITOR = 50_000_000
MAX_OF_VISITOR = 50
MAX_VISITORS = 10_000  # remembered at once
RECENT_SECONDS = 3600.0
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".part"
# Who brought which tables that were not here before, the oldest first; known until the server ends.
_brought: dict[str, list[str]] = {}
_bringing = threading.Lock()


class NoRoom(OSError):
    """Uploads take all the room they may; the message is a sentence for the user."""


def folder() -> Path:
    return data_folder() / "uploads"


def path_of(file: str) -> Path | None:
    """Where a file with this digest is kept; None for what is no digest."""
    return folder() / f"{file}.csv" if _DIGEST.fullmatch(file) else None


def keep(content: bytes, in_use: Callable[[], Collection[str]] | None = None, visitor: str = "") -> str:
    """Keep this; its SHA-256.

    in_use: asked for the digests that must stay when room is needed; without it no other file is removed.
    visitor: who brings it, see above; "" is nobody in particular.

    Raises:
        NoRoom: there is none, and nothing that may go. OSError: it cannot be written.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = folder() / f"{digest}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    if _holds(path, digest):
        mark_used(digest)
        return digest
    if visitor:
        with _bringing:
            _make_room_of(visitor, len(content), in_use)
    make_room(path.parent, len(content), in_use)
    part = path.with_name(f"{digest}.{secrets.token_hex(4)}{_UNFINISHED}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if visitor:
        with _bringing:
            _brought.setdefault(visitor, []).append(digest)
            while len(_brought) > MAX_VISITORS:
                del _brought[next(iter(_brought))]
    return digest


def _make_room_of(visitor: str, size: int, in_use: Callable[[], Collection[str]] | None) -> None:
    """Remove a visitor's own oldest tables until one of so many bytes is within what is kept of one.

    Raises:
        NoRoom: runs were made from too many of them; then nothing was removed.
    """
    sizes: dict[Path, int] = {}
    for digest in _brought.get(visitor, ()):
        path = folder() / f"{digest}.csv"
        with contextlib.suppress(OSError):
            sizes[path] = path.stat().st_size
    if visitor in _brought:
        _brought[visitor] = [path.stem for path in sizes]
    files, excess = len(sizes) + 1 - MAX_OF_VISITOR, sum(sizes.values()) + size - MAX_BYTES_OF_VISITOR
    if files <= 0 and excess <= 0:
        return
    needed = None if in_use is None else in_use()
    gone = []
    for path, taken in sizes.items():
        if (files > 0 or excess > 0) and needed is not None and path.stem not in needed:
            gone.append(path)
            files, excess = files - 1, excess - taken
    if files > 0 or excess > 0:
        raise NoRoom(
            f"Of one visitor {MAX_OF_VISITOR} tables of together {MAX_BYTES_OF_VISITOR // 10**6} MB are kept here, and "
            "runs were made from yours. Delete some of those runs."
        )
    for path in gone:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def mark_used(file: str) -> None:
    """Somebody looks at this table: it does not go for the next hour."""
    path = path_of(file)
    if path is not None:
        with contextlib.suppress(OSError):
            os.utime(path)


def make_room(place: Path, size: int, in_use: Callable[[], Collection[str]] | None, free: int | None = None) -> None:
    """Remove the oldest files that may go until one of so many bytes has room.

    free: bytes that are free on the disk; asked of the disk by default.

    Raises:
        NoRoom: there is no room even so; then nothing was removed.
    """
    present = _kept(place)
    free = shutil.disk_usage(place).free if free is None else free
    files = len(present) + 1 - MAX_KEPT
    excess = max(sum(taken for _, taken, _ in present) + size - MAX_KEPT_BYTES, size + RESERVE - free)
    if files <= 0 and excess <= 0:
        return
    needed = None if in_use is None else in_use()
    gone = []
    for moment, taken, path in present:
        if files <= 0 and excess <= 0:
            break
        old = time.time() - moment >= RECENT_SECONDS
        if old and (path.suffix == _UNFINISHED or (needed is not None and path.stem not in needed)):
            gone.append(path)
            files, excess = files - 1, excess - taken
    if files > 0 or excess > 0:
        raise NoRoom("There is no room for another table. Delete runs that use one, or try again in an hour.")
    for path in gone:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def let_go_unused(data: Path, in_use: Collection[str]) -> None:
    """Remove tables that nobody has looked at for an hour and no run was made from, and what was never finished.

    data: the data folder. in_use: the digests that must stay.
    """
    for moment, _, path in _kept(data / "uploads"):
        if time.time() - moment >= RECENT_SECONDS and (path.suffix == _UNFINISHED or path.stem not in in_use):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _kept(place: Path) -> list[tuple[float, int, Path]]:
    """(when it was last used, bytes, path) of all files, the oldest first."""
    present = []
    for path in place.glob("*"):
        if path.suffix in (".csv", _UNFINISHED):
            with contextlib.suppress(OSError):
                state = path.stat()
                present.append((state.st_mtime, state.st_size, path))
    return sorted(present)


def _holds(path: Path, digest: str) -> bool:
    """Whether the file is there and undamaged."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False
