"""Where uploaded tables are kept, by the SHA-256 of their bytes, and how much room they may take.

All together take at most ``MAX_KEPT_BYTES`` in at most ``MAX_KEPT`` files, and leave the disk its reserve. The oldest
go first; one that a stored run was made from stays, and one of the last hour goes only where no older one is left: a
run may be about to be made from it.

Of one visitor ``UPLOADS_EACH`` bytes in ``MAX_OF_VISITOR`` files are kept; beyond, his own oldest go, so that nobody
takes the room of all others within that hour. Whoever drops his cookies is another visitor each time, but comes from
the same address: of one address half of all room at the most is taken by tables that no run was made from. Where no
address is known either, what nobody has looked at for longest goes, and nobody is refused for what others brought.
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
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from trainers.allowances import UPLOADS_EACH
from trainers.disk import RESERVE, data_folder

MAX_KEPT_BYTES = 500_000_000
MAX_KEPT = 1000
MAX_OF_VISITOR = 50
MAX_BYTES_OF_ADDRESS = MAX_KEPT_BYTES // 2  # of tables that no run was made from
MAX_OF_ADDRESS = MAX_KEPT // 2
MAX_VISITORS = 10_000  # remembered at once, and as many addresses
RECENT_SECONDS = 3600.0
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".part"
# Which tables that were not here before came from a visitor, and from an address, the oldest first; known until the
# server ends.
_brought: dict[str, list[str]] = {}
_brought_from: dict[str, list[str]] = {}
_bringing = threading.Lock()


class NoRoom(OSError):
    """Uploads take all the room they may; the message is a sentence for the user."""


def folder() -> Path:
    return data_folder() / "uploads"


def path_of(file: str) -> Path | None:
    """Where a file with this digest is kept; None for what is no digest."""
    return folder() / f"{file}.csv" if _DIGEST.fullmatch(file) else None


def keep(
    content: bytes, in_use: Callable[[], Collection[str]] | None = None, visitor: str = "", address: str = ""
) -> str:
    """Keep this; its SHA-256.

    in_use: asked for the digests that must stay when room is needed; without it no other file is removed.
    visitor, address: who brings it, and from where, see above; "" is nobody in particular, from nowhere.

    Raises:
        NoRoom: there is none, and nothing that may go. OSError: it cannot be written.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = folder() / f"{digest}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    if _holds(path, digest):
        mark_used(digest)
        return digest
    with _bringing:
        if visitor:
            _make_room_of(visitor, len(content), in_use)
        if address:
            _make_room_from(address, len(content), in_use)
    make_room(path.parent, len(content), in_use)
    part = path.with_name(f"{digest}.{secrets.token_hex(4)}{_UNFINISHED}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    with _bringing:
        for brought, who in ((_brought, visitor), (_brought_from, address)):
            if who:
                brought.setdefault(who, []).append(digest)
            while len(brought) > MAX_VISITORS:
                del brought[next(iter(brought))]
    return digest


def _make_room_of(visitor: str, size: int, in_use: Callable[[], Collection[str]] | None) -> None:
    """Remove a visitor's own oldest tables until one of so many bytes is within what is kept of one.

    Raises:
        NoRoom: runs were made from too many of them; then nothing was removed.
    """
    own, most = _still_here(_brought, visitor), UPLOADS_EACH.most
    if size > most:
        raise NoRoom(f"This table has {size:,} bytes; this server keeps up to {most:,} of one visitor.")
    if _fits(own, size, MAX_OF_VISITOR, most):
        return
    needed = None if in_use is None else in_use()
    gone = []
    for path in list(own):
        if needed is not None and path.stem not in needed:
            gone.append(path)
            del own[path]
            if _fits(own, size, MAX_OF_VISITOR, most):
                _remove(gone)
                return
    raise NoRoom(
        f"Of one visitor {MAX_OF_VISITOR} tables of together {most:,} bytes are kept here, and runs were made from "
        "yours. Delete some of those runs."
    )


def _make_room_from(address: str, size: int, in_use: Callable[[], Collection[str]] | None) -> None:
    """Remove tables of this address that no run was made from, the oldest first, until they are within its share."""
    own = _still_here(_brought_from, address)
    if in_use is None or _fits(own, size, MAX_OF_ADDRESS, MAX_BYTES_OF_ADDRESS):
        return
    needed = in_use()
    unused = {path: taken for path, taken in own.items() if path.stem not in needed}
    gone = []
    for path in list(unused):
        if _fits(unused, size, MAX_OF_ADDRESS, MAX_BYTES_OF_ADDRESS):
            break
        gone.append(path)
        del unused[path]
    _remove(gone)


def _still_here(brought: dict[str, list[str]], who: str) -> dict[Path, int]:
    """The bytes of each table that was brought and is still kept; what is gone is forgotten."""
    sizes: dict[Path, int] = {}
    for digest in brought.get(who, ()):
        path = folder() / f"{digest}.csv"
        with contextlib.suppress(OSError):
            sizes[path] = path.stat().st_size
    if who in brought:
        brought[who] = [path.stem for path in sizes]
    return sizes


def _fits(sizes: Mapping[Path, int], size: int, most: int, most_bytes: int) -> bool:
    return len(sizes) + 1 <= most and sum(sizes.values()) + size <= most_bytes


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
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
    for recent in (False, True):
        for moment, taken, path in present:
            if files <= 0 and excess <= 0:
                break
            if (time.time() - moment < RECENT_SECONDS) == recent and _may_go(path, needed, recent):
                gone.append(path)
                files, excess = files - 1, excess - taken
    if files > 0 or excess > 0:
        raise NoRoom("There is no room for another table. Delete runs that use one.")
    _remove(gone)


def _may_go(path: Path, needed: Collection[str] | None, recent: bool) -> bool:
    """Whether no run was made from it, and nobody is writing it."""
    if path.suffix == _UNFINISHED:
        return not recent
    return needed is not None and path.stem not in needed


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
