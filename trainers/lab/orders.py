"""What the user wants of a run while it trains, asked of the store by a thread of its own, which also gives a sign of
life. The training itself never waits for the database to learn that it goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from trainers.store import StoreError

if TYPE_CHECKING:
    from trainers.store import Store

ASK_SECONDS = 0.2
HEARTBEAT_SECONDS = 5.0
SERVER_ENDED = "The server ended"
TAKEN_OVER = "Another process goes on with it"
DELETED = "The run was deleted"


class Pipe(Protocol):
    """The supervisor's end of the line; anything that arrives, its end too, means that the work is to end."""

    def poll(self, timeout: float = 0.0) -> bool: ...


class Orders:
    """``wanted`` is what the user wants now; ``ending`` why the work is to end at once, empty while it is not.

    Use as a context: the thread lives inside it.
    """

    def __init__(self, store: Store, run_id: str, worker: str, pipe: Pipe | None = None) -> None:
        self.wanted, self.ending = "run", ""
        self._store, self._run_id, self._worker, self._pipe = store, run_id, worker, pipe
        self._changed, self._done = threading.Condition(), threading.Event()
        self._beaten = time.monotonic()
        self._thread = threading.Thread(target=self._listen, name="orders", daemon=True)

    def __enter__(self) -> Orders:
        self._ask()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def stop(self) -> bool:
        """Whether no further step is to be taken."""
        return bool(self.ending) or self.wanted == "stop"

    @property
    def pause(self) -> bool:
        """Whether to wait before the next step."""
        return self.wanted == "pause" and not self.stop

    def end(self, why: str) -> None:
        """The work is to end, for this reason."""
        with self._changed:
            self.ending = self.ending or why
            self._changed.notify_all()

    def wait_while_paused(self) -> None:
        """Return when the run is to go on, or to stop."""
        with self._changed:
            self._changed.wait_for(lambda: not self.pause)

    def _listen(self) -> None:
        while not self._done.wait(ASK_SECONDS):
            if self._gone():
                self.end(SERVER_ENDED)
            self._ask()

    def _gone(self) -> bool:
        try:
            return self._pipe is not None and self._pipe.poll()
        except (OSError, EOFError):
            return True

    def _ask(self) -> None:
        try:
            run = self._store.run(self._run_id)
            if run is None:
                self.end(DELETED)
                return
            if run.worker != self._worker:
                self.end(TAKEN_OVER)
                return
            with self._changed:
                self.wanted = run.wanted
                self._changed.notify_all()
            if time.monotonic() - self._beaten > HEARTBEAT_SECONDS:
                self._beaten = time.monotonic()
                self._store.update(self._run_id, heartbeat=datetime.now(UTC))
        except StoreError as error:
            # Asked again in a moment; whoever has something to write tells the user.
            logging.getLogger(__name__).warning("the run store does not answer: %s", error)
