"""Long work inside a page: a bar after a moment, and an end as soon as nobody waits for it any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.delta_generator import DeltaGenerator

_PATIENCE = 0.5  # seconds before anything is shown
_APART = 0.1  # seconds between two looks


@contextmanager
def progress_bar(place: DeltaGenerator, doing: str) -> Iterator[Callable[[float], None]]:
    """What a long work calls with the share done, as often as it likes; the bar is drawn at the end of ``place``.

    Streamlit ends the script of a visitor who has left, or who has changed something, at its next call: each sign of
    progress is one, so the work ends within a moment, by an exception that is Streamlit's.
    """
    last = time.monotonic() + _PATIENCE - _APART
    bar: DeltaGenerator | None = None

    def tell(share: float) -> None:
        nonlocal last, bar
        if time.monotonic() - last >= _APART:
            bar = place.empty() if bar is None else bar
            bar.progress(min(max(share, 0.0), 1.0), doing)
            last = time.monotonic()

    yield tell
    if bar is not None:
        bar.empty()
