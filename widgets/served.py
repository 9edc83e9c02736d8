"""The browser's files of a component as they are served: one script, and one for its worker, where it has one.

Streamlit answers each request for such a file from the disk, in the process that runs the pages: forty modules one by
one cost the first picture half a second. The joined scripts lie in a folder of this process.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from threading import get_ident

from figures.frontend import FRONTEND, joined_modules

_WORKER = "worker.js"


@cache
def served_folder() -> Path:
    """The folder, which has the layout of figures/frontend/ and is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="descent-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def serve_files(js: str, css: str | None) -> None:
    """Put a component's files there, as far as they are not: paths below figures/frontend/.

    A machine that tidies its temporary files may have taken them from a server that has run for weeks.
    """
    for path in (js, css):
        if path is not None and not (served_folder() / path).exists():
            _write(js, css)
            return


def _write(js: str, css: str | None) -> None:
    texts = {js: joined_modules(js, exporting=True)}
    worker = Path(js).with_name(_WORKER).as_posix()
    if (FRONTEND / worker).exists():
        texts[worker] = joined_modules(worker)
    if css is not None:
        texts[css] = (FRONTEND / css).read_text(encoding="utf-8")
    for path, text in texts.items():
        target = served_folder() / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{get_ident()}")
        part.write_text(text, encoding="utf-8")
        part.replace(target)  # a browser that asks meanwhile never gets half of it
