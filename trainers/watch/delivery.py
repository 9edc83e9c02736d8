"""Lines on their way to a lab or into a file, in a thread of their own: whoever reports never waits.

What a lab cannot take now is tried again, later each time, and kept in a file meanwhile (the spool), so that it is not
lost where the training ends first; the file is bounded, has the same form as one that is written on purpose, and goes
once the lab has everything.
"""

from __future__ import annotations

import json
import logging
import os
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from trainers.watch.lines import PATH, line

LOG = logging.getLogger("trainers.watch")
GATHER_SECONDS = 0.25  # lines that come within this go together
SIGN_SECONDS = 15.0  # without a report, after which the lab is told that the training goes on
ANSWER_SECONDS = 10.0  # that a lab has for its answer
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
MOST_LINES, MOST_CHARACTERS = 500, 400_000  # of one post
MOST_WAITING = 4000  # lines in memory, where there can be no spool
SPOOL_BYTES = 64_000_000


class Away(Exception):
    """It cannot be delivered now; later it may."""


class Refused(Exception):
    """It was refused, and what was refused need not be tried again. final: nor anything else. gone: it was deleted."""

    def __init__(self, sentence: str, *, final: bool, gone: bool = False) -> None:
        super().__init__(sentence)
        self.final, self.gone = final, gone


class Place(Protocol):
    """Where lines go. Raises Away, Refused."""

    def put(self, head: dict[str, Any], lines: Sequence[str]) -> None: ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to nobody else."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


class LabPlace:
    """A lab by its URL.

    Raises:
        ValueError: the URL is none of http or https.
    """

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"the lab was given as {url!r:.80}; allowed is a URL such as http://localhost:8501")
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._token, self._known = token, False
        self._opener = urllib.request.build_opener(_NoRedirect)

    def put(self, head: dict[str, Any], lines: Sequence[str]) -> None:
        body = "\n".join([line({**head, "known": self._known or None}), *lines]).encode("utf-8", "replace")
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {self._token}"}
        asked = urllib.request.Request(f"{self.url}{PATH}", body, headers, method="POST")
        try:
            with self._opener.open(asked, timeout=ANSWER_SECONDS):
                self._known = True
        except urllib.error.HTTPError as error:
            with error:
                told = _sentence(error)
            if error.code in (408, 425, 429) or error.code >= 500:
                raise Away(told) from None
            raise Refused(told, final=error.code not in (400, 413), gone=error.code == 410) from None
        except (OSError, ValueError) as error:
            raise Away(str(getattr(error, "reason", error))) from None
        except Exception as error:  # what an answer that is no HTTP raises
            raise Away(repr(error)) from None


def _sentence(error: urllib.error.HTTPError) -> str:
    """What the lab says, or what its answer is."""
    try:
        told = json.loads(error.read(10_000))["error"]
        return str(told)[:300]
    except Exception:
        return f"it answers {error.code} {error.reason}"


class FilePlace:
    """A file of lines, which grows."""

    def __init__(self, path: Path) -> None:
        self.path, self._begun = path, False

    def put(self, head: dict[str, Any], lines: Sequence[str]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                if not self._begun:
                    file.write(line(head) + "\n")
                    self._begun = True
                file.writelines(f"{each}\n" for each in lines)
        except OSError as error:
            raise Away(f"{self.path} cannot be written ({error.strerror})") from None


class Spool:
    """What waits for the lab, in a file of this user alone; nothing is kept where no file can be made.

    What an earlier process left of the same training waits, too.
    """

    def __init__(self, folder: Path, run: str) -> None:
        self.path = folder / f"{run}.jsonl"
        self.waiting = self.lost = 0
        self._read = 0  # bytes that were delivered
        try:
            with self.path.open("rb") as file:
                self._read = len(file.readline())
                self.waiting = sum(1 for _ in file)
        except OSError:
            pass

    def keep(self, head: dict[str, Any], lines: Sequence[str]) -> bool:
        """Whether they are kept; lines that there is no room for are counted."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600), "ab") as file:
                room = SPOOL_BYTES - file.tell()
                if not file.tell():
                    file.write(f"{line(head)}\n".encode())
                    self._read = file.tell()
                for each in lines:
                    told = f"{each}\n".encode("utf-8", "replace")
                    room -= len(told)
                    if room < 0:
                        self.lost += 1
                        continue
                    file.write(told)
                    self.waiting += 1
        except OSError:
            return False
        return True

    def next(self) -> tuple[list[str], int]:
        """Lines to deliver next, and how many bytes they are."""
        lines, size = [], 0
        with self.path.open("rb") as file:
            file.seek(self._read)
            for told in file:
                if lines and (len(lines) >= MOST_LINES or size + len(told) > MOST_CHARACTERS):
                    break
                lines.append(told.decode("utf-8", "replace").rstrip("\n"))
                size += len(told)
        return lines, size

    def delivered(self, lines: int, size: int) -> None:
        self._read += size
        self.waiting -= lines
        if self.waiting <= 0:
            self.clear()

    def clear(self) -> None:
        self.waiting = 0
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


class Delivery:
    """Takes lines and brings them to their place. One warning in the log, whatever happens.

    spool: where lines wait for a lab that is away; None for a place that needs none, and then only so many wait.
    spent: CPU seconds of the thread so far.
    """

    def __init__(self, place: Place, head: dict[str, Any], spool: Spool | None) -> None:
        self.place, self.head, self.spool = place, head, spool
        self.over = False  # nothing is taken any more
        self.refused = False  # nothing goes there any more; it is kept in the spool
        self.away = ""  # why nothing goes there now
        self.spent = 0.0
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._ending, self._warned = False, False
        self._told = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
        self._thread.start()

    def put(self, told: str) -> None:
        """Never waits and never raises."""
        with self._changed:
            if self.over:
                return
            self._lines.append(told)
            if len(self._lines) > MOST_WAITING:
                del self._lines[1 : MOST_WAITING // 2 : 2]
            self._changed.notify_all()

    def end(self, patience: float) -> None:
        """Deliver what waits, for so many seconds at most; what is left is in the spool."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(patience)
        self._keep()
        if self._waits():
            self.warn(f"{self.away or 'the lab does not answer'}.{self._where()}")
        self.over = True

    def _where(self) -> str:
        if self.spool is None:
            return ""
        return f" What it has not got is kept in {self.spool.path}, which its runs page opens."

    def warn(self, sentence: str) -> None:
        """Once; then never again."""
        if not self._warned:
            self._warned = True
            LOG.warning("Watching this training: %s", sentence)

    # -- the thread ---------------------------------------------------------------------------------------------

    def _waits(self) -> bool:
        return bool(self._lines) or (self.spool is not None and self.spool.waiting > 0)

    def _work(self) -> None:
        wait, failed = FIRST_WAIT, False
        while not self.over:
            with self._changed:
                pause = wait * random.uniform(0.7, 1.3) if failed else SIGN_SECONDS
                until = time.monotonic() + pause
                while not self._ending and (left := until - time.monotonic()) > 0 and (failed or not self._lines):
                    self._changed.wait(left)
                if not self._ending and not failed:
                    self._changed.wait_for(lambda: self._ending, GATHER_SECONDS)
                ending = self._ending
            try:
                self._deliver()
                wait, failed = FIRST_WAIT, False
                self.away = ""
            except Away as error:
                self._missed(error)
                if ending:
                    time.sleep(FIRST_WAIT)
                wait, failed = min(LONGEST_WAIT, 2 * wait) if failed else FIRST_WAIT, True
            except Refused as error:
                self._refused(error)
            except Exception as error:  # a mistake of ours must not end what is watched
                self.over = True
                self.warn(f"it is not watched any more ({error!r:.200}).")
            self.spent = time.thread_time()
            if ending and (not self._waits() or self.refused):
                return

    def _deliver(self) -> None:
        """Everything that waits, the oldest first; at least a sign of life."""
        if self.refused:
            self._keep()
            return
        while self.spool is not None and self.spool.waiting:
            lines, size = self.spool.next()
            try:
                self.place.put(self.head, lines)
            except Refused as error:
                if error.final:
                    raise
                self.warn(f"the lab refuses a report: {error}")
            self.spool.delivered(len(lines), size)
        while True:
            with self._changed:
                count, size = 0, 0
                while count < min(len(self._lines), MOST_LINES) and (not count or size < MOST_CHARACTERS):
                    size += len(self._lines[count])
                    count += 1
                batch = self._lines[:count]
                del self._lines[:count]
            try:
                self.place.put(self.head, batch)
            except Exception as error:
                if not isinstance(error, Refused) or (error.final and not error.gone):
                    with self._changed:
                        self._lines[:0] = batch
                raise
            if not self._lines:
                return

    def _missed(self, error: Away) -> None:
        self.away = f"the lab cannot be reached ({error}); the training goes on, and it is told later"
        self.warn(f"{self.away}.{self._where()}")
        self._keep()

    def _keep(self) -> None:
        with self._changed:
            if self.spool is not None and self._lines and self.spool.keep(self.head, self._lines):
                self._lines.clear()

    def _refused(self, error: Refused) -> None:
        if error.gone:
            self.over = True
            if self.spool is not None:
                self.spool.clear()
        self.refused = error.final and not error.gone
        self.warn(f"the lab refuses it: {error}{self._where() if self.refused else ''}")
        if self.refused:
            self._keep()


def spool_folder() -> Path:
    """Where lines wait, in this user's cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "descent-lab" / "watch"
