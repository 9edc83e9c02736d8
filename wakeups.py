"""Few wake-ups of an event loop for all that threads hand over, and few turns of it for all that a page's run sends.

A page's run hands each of its elements to the server's event loop, and asyncio wakes the loop for every single one, by
a byte through a socket: the run lets go of the interpreter each time, and stands behind all other runs until it has it
again. A byte that was not read yet wakes the loop for those that come after it, too; and what runs of pages hand over
within a few milliseconds of a wake-up waits until these are over. Streamlit looks for what to send no more often.

From the loop, Streamlit then sends each message in a turn of its own. For each the loop lets go of the interpreter, and
waits until a run gives it back. A run has eighty messages; they go together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import current_thread, get_ident
from typing import Any

from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionClientDisconnectedError

RESTS = 0.004  # seconds after a wake-up in which runs of pages wake the loop no more
TOGETHER = 100  # messages that are sent in one turn of the loop; 500 may wait for a browser that is slow
_RUN = "ScriptRunner.scriptThread"  # the name of threads that run pages


def wake_once(loop: asyncio.AbstractEventLoop) -> bool:
    """Let this loop be woken once for many; whether it is one that can. Called in the loop's own thread.

    What is handed over stands in the loop's list before it is woken, and the loop goes through its list again after it
    has read the byte, and after a rest has ended: nothing is left lying where the two meet.
    """
    inner: Any = loop
    if not all(hasattr(inner, name) for name in ("_ssock", "_read_from_self", "_write_to_self", "_add_reader")):
        return False
    write, read, woken, rests = inner._write_to_self, inner._read_from_self, False, False

    def written() -> None:
        nonlocal woken
        if not woken and not (rests and current_thread().name == _RUN):
            woken = True
            write()

    def was_read() -> None:
        nonlocal woken, rests
        woken = False
        read()
        if not rests:
            rests = True
            loop.call_later(RESTS, rested)

    def rested() -> None:
        nonlocal rests
        rests = False

    inner._write_to_self = written
    inner._add_reader(inner._ssock.fileno(), was_read)  # in place of its own
    return True


def send_together() -> None:
    """Let Streamlit send what a run of a page has to say in few turns of the loop, all sessions alike.

    Called in the loop's thread. Where a browser has gone away, or more waits than goes together, the rest is left to
    Streamlit, which knows what to do.
    """
    loops_own = get_ident()
    flushed: Callable[[AppSession], list[Any]] = AppSession.flush_browser_queue
    told: Callable[[Runtime], None] = Runtime._enqueued_some_message
    if getattr(flushed, "together", False):
        return

    def flush_browser_queue(self: AppSession) -> list[Any]:
        messages = flushed(self)
        if len(messages) < 2:
            return messages
        runtime = get_instance()
        active = runtime._session_mgr.get_active_session_info(self.id)
        if active is None:
            return messages
        for number, message in enumerate(messages[: min(TOGETHER, len(messages) - 1)]):
            try:
                runtime._send_message(active, message)
            except SessionClientDisconnectedError:
                return messages[number:]
        return messages[min(TOGETHER, len(messages) - 1) :]

    def enqueued_some_message(self: Runtime) -> None:
        """Without a detour through the loop's list where this is the loop's own thread already."""
        if get_ident() == loops_own:
            self._get_async_objs().need_send_data.set()
        else:
            told(self)

    flush_browser_queue.together = True  # type: ignore[attr-defined]
    AppSession.flush_browser_queue = flush_browser_queue
    Runtime._enqueued_some_message = enqueued_some_message
