"""How many runs of a search wait at once: all where they train as one, else few, so that there is room for others."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trainers.allowances import WAITING, WAITING_EACH, Allowance, owner_of
from trainers.config import may_differ, stack_key
from trainers.store import StoredJob
from trainers.sweeps import SweepRequest, own_name

AHEAD, AHEAD_BY_TIME = 16, 4  # few where a budget of time ends them
TOGETHER = 64  # that differ only in numbers, which a worker or two take at once
SHARE_OF_QUEUE = 0.75  # of what may wait, in all and of a visitor while others do, beyond which a search waits too


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
    rooms = [most - own, _left_of(WAITING, len(waiting))]
    owner = owner_of(visitor)
    if owner and any(owner_of(job.visitor) != owner for job in waiting):
        rooms.append(_left_of(WAITING_EACH, sum(owner_of(job.visitor) == owner for job in waiting)))
    return min(rooms)


def _left_of(allowance: Allowance, waiting: int) -> int:
    return math.floor(SHARE_OF_QUEUE * allowance.most) - waiting
