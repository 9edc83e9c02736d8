"""Whose turn it is: work that only one thread may do at a time, and that those who wait for it may give up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

Progress = Callable[[float], None] | None
"""Called now and then with the share done, also while a turn is waited for; what it raises ends wait or work."""


@contextmanager
def turn(lock: Lock, progress: Progress) -> Iterator[None]:
    """Hold a lock; while it is waited for, ``progress`` can end the wait."""
    while not lock.acquire(timeout=-1 if progress is None else 0.1):
        if progress is not None:
            progress(0.0)
    try:
        yield
    finally:
        lock.release()
