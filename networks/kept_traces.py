"""Measured signals that are kept for everyone who asks for the same set-up, and the turn to measure the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import pairwise
from typing import TYPE_CHECKING

from networks.setup import Setup

if TYPE_CHECKING:
    from networks.propagation import SignalTrace


class KeptTraces:
    """The latest measurements of every session by set-up, and the turn to measure: one at a time bounds the memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, SignalTrace] = OrderedDict()
        self.turn = threading.Lock()
        self.speed = 2e10  # multiplications a second, as last measured

    def get(self, setup: Setup) -> SignalTrace | None:
        trace = self._kept.get(repr(setup))
        if trace is not None:
            self._kept[repr(setup)] = self._kept.pop(repr(setup), trace)
        return trace

    def put(self, setup: Setup, trace: SignalTrace) -> None:
        self._kept[repr(setup)] = trace
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def multiplications(setup: Setup) -> float:
    """How many a forward and backward pass takes, for an estimate of its time."""
    return 3.0 * setup.samples * sum(a * b for a, b in pairwise(setup.widths))
