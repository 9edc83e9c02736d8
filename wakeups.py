"""One wake-up of an event loop for all that threads hand over while it sleeps.

A page's run hands each of its elements to the server's event loop, and asyncio wakes the loop for every single one, by
a byte through a socket: the run lets go of the interpreter each time, and stands behind all other runs until it has it
again. A byte that was not read yet wakes the loop for those that come after it, too.
"""

from __future__ import annotations

import asyncio
from typing import Any


def wake_once(loop: asyncio.AbstractEventLoop) -> bool:
    """Let this loop be woken once for many; whether it is one that can. Called in the loop's own thread.

    What is handed over stands in the loop's list before it is woken, and the loop goes through its list again after it
    has read the byte: nothing is left lying where the two meet.
    """
    inner: Any = loop
    if not all(hasattr(inner, name) for name in ("_ssock", "_read_from_self", "_write_to_self", "_add_reader")):
        return False
    write, read, woken = inner._write_to_self, inner._read_from_self, False

    def written() -> None:
        nonlocal woken
        if not woken:
            woken = True
            write()

    def was_read() -> None:
        nonlocal woken
        woken = False
        read()

    inner._write_to_self = written
    inner._add_reader(inner._ssock.fileno(), was_read)  # in place of its own
    return True
