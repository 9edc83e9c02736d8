"""How many runs of a search wait at once: all where they train as one, else few, so that there is room for others."""

from __future__ import annotations

from collections.abc import Sequence

from trainers.config import may_differ, stack_key
from trainers.store import StoredJob
from trainers.sweeps import SweepRequest, own_name

AHEAD, AHEAD_BY_TIME = 16, 4  # few where a budget of time ends them
TOGETHER = 64  # that differ only in numbers, which a worker or two take at once
MOST_WAITING = 80  # in the whole queue, beyond which a search waits too
MOST_OF_VISITOR = 22  # of one visitor while others wait


def most_ahead(request: SweepRequest) -> int:
    """How many runs of this search may wait at once."""
    if request.seconds:
        return AHEAD_BY_TIME
    for part in request.parts:
        config = request.run_config.changed(part.changes)
        varied = [own_name(axis.name, config) for axis in request.axes]
        if stack_key(config) is None or not all(map(may_differ, varied)):
            return AHEAD
    return TOGETHER


def room_for_more(most: int, own: int, waiting: Sequence[StoredJob], visitor: str) -> int:
    """How many more runs of a search may wait.

    most: of it at once. own: that wait already. waiting: everything that does. visitor: whose search it is.
    """
    rooms = [most - own, MOST_WAITING - len(waiting)]
    if visitor and any(job.visitor != visitor for job in waiting):
        rooms.append(MOST_OF_VISITOR - sum(job.visitor == visitor for job in waiting))
    return min(rooms)
