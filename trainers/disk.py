"""How much disk checkpoints may take: what is set, less where the disk itself is nearly full."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

USUAL_LIMIT = 2_000_000_000
# What is left free for everything else, reports of live runs among it.
RESERVE = 500_000_000


def checkpoint_limit(folder: Path | None = None, *, free: int | None = None) -> int:
    """Bytes that all checkpoints together may take: ``DESCENT_LAB_DISK``, by default 2 GB, or what the disk can spare.

    free: bytes that are free on the disk; asked of the disk by default.
    """
    folder = folder or data_folder()
    try:
        limit = max(0, int(float(os.environ.get("DESCENT_LAB_DISK") or USUAL_LIMIT)))
    except (ValueError, OverflowError):
        limit = USUAL_LIMIT
    free = shutil.disk_usage(folder).free if free is None else free
    if free >= RESERVE:
        return limit
    taken = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    return max(0, min(limit, taken + free - RESERVE))


def data_folder() -> Path:
    """The data folder; it is made when first asked for."""
    named = os.environ.get("DESCENT_LAB_DATA")
    base = os.environ.get("XDG_DATA_HOME")
    folder = Path(named) if named else (Path(base) if base else Path.home() / ".local" / "share") / "descent-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
