"""Measured signals that are kept for everyone who asks for the same set-up, and the turn to measure the next."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from networks.setup import Setup
from networks.workload import QUICK, multiplications

if TYPE_CHECKING:
    from networks.propagation import SignalTrace


class Turns:
    """What one holds at a time; who has waited longest is next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[object] = deque()

    @contextmanager
    def taken(self, waits: Callable[[], object], *, every: float = 0.1) -> Iterator[None]:
        """Hold it. waits: called every so many seconds until then; what it raises gives the place in the line up."""
        ticket = object()
        with self._changed:
            self._line.append(ticket)
        try:
            while not self._is_first(ticket, every):
                waits()
            yield
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    def _is_first(self, ticket: object, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._line[0] is ticket, seconds)


class KeptTraces:
    """The latest measurements of every session by set-up, and the turn to measure.

    One at a time bounds the memory; quick ones have a turn of their own, so that they do not wait for long ones.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, SignalTrace] = OrderedDict()
        self._turns = {quick: Turns() for quick in (True, False)}
        self.speed = 2e10  # multiplications a second, as last measured

    def get(self, setup: Setup) -> SignalTrace | None:
        trace = self._kept.get(repr(setup))
        if trace is not None:
            self._kept[repr(setup)] = self._kept.pop(repr(setup), trace)
        return trace

    def turn(self, setup: Setup) -> Turns:
        """What is held while this set-up is measured."""
        return self._turns[multiplications(setup) <= QUICK]

    def put(self, setup: Setup, trace: SignalTrace) -> None:
        self._kept[repr(setup)] = trace
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
