"""TensorBoard's event files become a log, through TensorBoard's own reader where it is installed."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from trainers.imported.log import MAX_ROWS, CurvesError, Log

FORM = "an event file of TensorBoard"
_BEGINS = b"brain.Event:"  # the version, which stands in the first record


def is_event_file(content: bytes) -> bool:
    """Whether this begins like one: a length, its checksum, and a record with the version of the format."""
    return len(content) > 24 and not any(content[2:8]) and _BEGINS in content[12:80]


def read_events(content: bytes) -> Log:
    """The scalars of an event file, a column each, by step.

    Raises:
        CurvesError: TensorBoard is not installed, or the file is damaged.
    """
    try:
        from tensorboard.backend.event_processing.event_file_loader import (  # pyright: ignore[reportMissingImports]
            EventFileLoader,
        )
        from tensorboard.util.tensor_util import make_ndarray  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise CurvesError(
            "reading it needs the package tensorboard, which is not installed here; download its scalars from "
            "TensorBoard as CSV or JSON instead",
            form=FORM,
        ) from None
    log = Log(form=FORM)
    rows: dict[int, int] = {}
    step = log.column("Step")
    with tempfile.TemporaryDirectory() as folder, _quiet():
        path = Path(folder) / "events.out.tfevents"
        path.write_bytes(content)
        try:
            for event, value in _values(EventFileLoader(str(path)).Load()):
                numbers = make_ndarray(value.tensor) if value.HasField("tensor") else value.simple_value
                if (
                    getattr(numbers, "size", 1) != 1
                    or getattr(getattr(numbers, "dtype", None), "kind", "f") not in "fiub"
                ):
                    continue
                if event.step not in rows:
                    rows[event.step] = log.row(event.step)
                    log.put(rows[event.step], step, event.step)
                log.put(rows[event.step], log.column(value.tag), float(np.asarray(numbers).ravel()[0]))
        except CurvesError:
            raise
        except Exception as error:  # the reader of another project, on bytes of anybody
            raise CurvesError(f"the file is damaged ({type(error).__name__})", form=FORM) from None
    if len(log.names) < 2:
        raise log.error("it holds no scalar")
    return log


def _values(events: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    for number, event in enumerate(events):
        if number > MAX_ROWS:
            raise CurvesError(f"there are more than {MAX_ROWS:,} events; that many are allowed", form=FORM)
        for value in event.summary.value if event.HasField("summary") else ():
            yield event, value


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings of truncated records in the server's log."""
    logger = logging.getLogger("tensorboard")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
