"""The lab's handle on its supervisor: one process, started when first needed and again where it has died."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainers.lab.supervisor import END_SECONDS

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
# So many starts within so many seconds mean that it cannot run here.
MAX_STARTS, STARTS_SECONDS = 4, 60.0


class SupervisorHandle:
    """A child process that reads lines. It ends when this process does, however that ends: its input ends then.

    settings: the first line it is told, as JSON; it may hold a password, so it is no argument that others can read.
    """

    def __init__(
        self, settings: dict[str, Any], command: tuple[str, ...] = ("-P", "-m", "trainers.lab.supervisor")
    ) -> None:
        self._settings, self._command = settings, command
        self._process: subprocess.Popen[bytes] | None = None
        self._starts: deque[float] = deque(maxlen=MAX_STARTS)
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def failed(self) -> bool:
        """Whether it has been started too often to be of use."""
        with self._lock:
            return self.pid is None and self._given_up()

    def ensure(self) -> None:
        """Start it where it does not run."""
        with self._lock:
            self._ensure()

    def tell(self, line: str) -> None:
        """Pass a line on; it is started first where it does not run."""
        with self._lock:
            self._ensure()
            if not self._write(line):
                self._ensure()
                self._write(line)

    def close(self) -> None:
        """End it, and wait until all its workers have kept what they had."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
            try:
                process.wait(END_SECONDS + 5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _given_up(self) -> bool:
        return len(self._starts) == MAX_STARTS and time.monotonic() - self._starts[0] < STARTS_SECONDS

    def _ensure(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if self._given_up():
            return
        if self._process is not None:
            LOG.warning("the supervisor has ended with code %s; another one is started", self._process.returncode)
            if self._process.stdin is not None:
                with suppress(OSError):
                    self._process.stdin.close()
        self._starts.append(time.monotonic())
        environment = dict(os.environ)
        paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        # A session of its own: Ctrl-C ends the server, and the end of its input ends the supervisor in order.
        self._process = subprocess.Popen(
            [sys.executable, *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        self._write(json.dumps(self._settings))
        with suppress(OSError):
            os.set_blocking(self._process.stdin.fileno(), False)

    def _write(self, line: str) -> bool:
        if self._process is None or self._process.stdin is None:
            return False
        try:
            self._process.stdin.write(f"{line}\n".encode())
        except BlockingIOError:
            return True  # it has many lines to read already
        except OSError:
            return False
        return True
