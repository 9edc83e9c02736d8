"""What the user wants of a job while it is worked on, asked of the store by a thread of its own, which also gives a
sign of life. The work itself never waits for the database to learn that it goes on.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol

from trainers.store import Store, StoredJob, StoreError

ASK_SECONDS = 0.2
HEARTBEAT_SECONDS = 5.0
SERVER_ENDED = "The server ended"
TAKEN_OVER = "Another process goes on with it"
DELETED = "The run was deleted"
LET_GO = "let go"  # what the supervisor says to a paused run whose place others wait for


class Pipe(Protocol):
    """The supervisor's end of the line; where it ends, the work is to end."""

    def poll(self, timeout: float = 0.0) -> bool: ...

    def recv(self) -> Any: ...


class Orders:
    """``wanted`` is what the user wants now; ``ending`` why the work is to end at once, empty while it is not.

    visitor: who asks for it now; whoever asked first may have left it to others. let_go: whether others wait for the
    place of this job, which a paused one gives them.

    Use as a context: the thread lives inside it.
    """

    def __init__(self, store: Store, job: StoredJob, pipe: Pipe | None = None) -> None:
        self.wanted, self.ending, self.let_go = "run", "", False
        self.visitor = job.visitor
        self.server_ended = False  # whatever else has become of the job
        self._store, self._job, self._pipe = store, job, pipe
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

    @property
    def id(self) -> str:
        """Of the job."""
        return self._job.id

    def want(self, wanted: str) -> None:
        """What the user wants now."""
        with self._changed:
            self.wanted = wanted
            self._changed.notify_all()

    def end(self, why: str) -> None:
        """The work is to end, for this reason."""
        with self._changed:
            self.ending = self.ending or why
            self.server_ended = self.server_ended or why == SERVER_ENDED
            self._changed.notify_all()

    def wait_while_paused(self) -> None:
        """Return when the work is to go on, to stop, or to let go of its place."""
        with self._changed:
            self._changed.wait_for(lambda: not self.pause or self.let_go)

    def _listen(self) -> None:
        while not self._done.wait(ASK_SECONDS):
            self._hear()
            self._ask()

    def _hear(self) -> None:
        try:
            while self._pipe is not None and self._pipe.poll():
                if self._pipe.recv() == LET_GO:
                    with self._changed:
                        self.let_go = True
                        self._changed.notify_all()
        except (OSError, EOFError):
            self._pipe = None
            self.end(SERVER_ENDED)

    def _ask(self) -> None:
        try:
            now = self._store.jobs.one(self._job.kind, self._job.id)
            if now is None:
                self.end(DELETED)
                return
            if now.worker != self._job.worker:
                self.end(TAKEN_OVER)
                return
            self.visitor = now.visitor
            self.want(now.wanted)
            if time.monotonic() - self._beaten > HEARTBEAT_SECONDS:
                self._beaten = time.monotonic()
                self._store.jobs.beat(self._job)
        except StoreError:
            pass  # asked again in a moment; whoever has something to write tells the user
