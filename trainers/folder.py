"""Where downloads, uploads and runs are kept: ``DESCENT_LAB_DATA``, else a folder of the user's own."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The data folder; it is made when first asked for."""
    named = os.environ.get("DESCENT_LAB_DATA")
    base = os.environ.get("XDG_DATA_HOME")
    folder = Path(named) if named else (Path(base) if base else Path.home() / ".local" / "share") / "descent-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
