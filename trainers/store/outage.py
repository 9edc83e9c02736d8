"""That the store is away is logged once, and once that it is back, however often it is asked meanwhile."""

from __future__ import annotations

import logging
import threading
import time

LOG = logging.getLogger(__name__)


class Outage:
    """Of one use of the store, reading or writing: a full disk can be read. Safe to share between threads."""

    def __init__(self, use: str) -> None:
        self._use, self._since, self._lock = use, 0.0, threading.Lock()

    def away(self, why: str) -> None:
        """It has not answered."""
        with self._lock:
            first, self._since = not self._since, self._since or time.monotonic()
        if first:
            LOG.warning("the run store cannot be %s: %s It is asked again until it can.", self._use, why)

    def back(self) -> None:
        """It has answered."""
        if self._since:
            with self._lock:
                since, self._since = self._since, 0.0
            if since:
                LOG.warning("the run store can be %s again, after %.0f s", self._use, time.monotonic() - since)
