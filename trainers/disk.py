"""How much disk checkpoints may take: what is set for all of ours, less what the rest takes and the disk lacks."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

USUAL_LIMIT = 2_000_000_000
# What is left free for everything else, reports of live runs among it.
RESERVE = 500_000_000
CHECKPOINTS = "checkpoints"
ADDRESS = "DESCENT_LAB_CHECKPOINTS"  # names where they lie instead, as fsspec does


def checkpoint_limit(folder: Path | None = None, *, free: int | None = None) -> int:
    """Bytes that all checkpoints together may take.

    ``DESCENT_LAB_DISK``, by default 2 GB, is for all that the lab keeps: the database, uploaded tables and downloads
    are counted first. Where the disk is nearly full, it is what the disk can spare.

    free: bytes that are free on the disk; asked of the disk by default.
    """
    folder = folder or data_folder()
    try:
        limit = max(0, int(float(os.environ.get("DESCENT_LAB_DISK") or USUAL_LIMIT)))
    except (ValueError, OverflowError):
        limit = USUAL_LIMIT
    taken = bytes_in(folder / CHECKPOINTS)
    limit = max(0, limit - (bytes_in(folder) - taken))
    if free is None:
        try:
            free = shutil.disk_usage(folder).free
        except OSError:  # whoever writes there tells the user
            free = RESERVE
    return limit if free >= RESERVE else max(0, min(limit, taken + free - RESERVE))


def bytes_in(folder: Path) -> int:
    """What all files in a folder take; those that go meanwhile are left out."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def data_folder() -> Path:
    """The data folder; it is made when first asked for."""
    named = os.environ.get("DESCENT_LAB_DATA")
    base = os.environ.get("XDG_DATA_HOME")
    folder = Path(named) if named else (Path(base) if base else Path.home() / ".local" / "share") / "descent-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
