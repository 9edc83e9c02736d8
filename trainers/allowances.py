"""What the server's configuration allows: the most of each thing that one visitor, or all together, may have.

A visitor is sixteen letters and digits, with an @ and a word for where he asks from behind it. Of the teacher that word
is ``TEACHER``, whom no bound on visitors holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

TEACHER = "teacher"  # no visitor, and no word for a network: those have other lengths


def most(variable: str) -> int | None:
    """The limit that is set; None where there is none, or what is set is no number above 0."""
    text = os.environ.get(variable, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 and int(text) else None


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """A variable of the environment, and the limit where it is not set."""

    variable: str
    usual: int

    @property
    def most(self) -> int:
        """The limit as it is now."""
        return most(self.variable) or self.usual


@dataclass(frozen=True, kw_only=True)
class Size:
    """The largest network of some work, and how much it learns from. What is None only a worker knows.

    parameters: of one network. rows: of the data. epochs: times that it sees all of its rows; 0 where nothing is
    trained.
    """

    parameters: int | None
    rows: int | None
    epochs: int


WAITING = Allowance(variable="DESCENT_LAB_MAX_WAITING", usual=300)
"""Runs and other work in the queue."""
WAITING_EACH = Allowance(variable="DESCENT_LAB_MAX_WAITING_EACH", usual=30)
"""Of one visitor while others wait; alone he may fill half the queue."""
WAITING_NETWORK = Allowance(variable="DESCENT_LAB_MAX_WAITING_NETWORK", usual=270)
"""From one network, whatever becomes of cookies."""
RUNS_EACH = Allowance(variable="DESCENT_LAB_MAX_RUNS_EACH", usual=1000)
"""Stored runs of one visitor."""
UPLOADS_EACH = Allowance(variable="DESCENT_LAB_MAX_UPLOADS_EACH", usual=50_000_000)
"""Bytes of the tables that one visitor has brought."""
AT_ONCE_EACH = "DESCENT_LAB_MAX_AT_ONCE_EACH"
"""Runs of one visitor that train at once, though places may be free; without it all, in turn with the others."""
DISK_EACH = "DESCENT_LAB_MAX_DISK_EACH"
"""Bytes of one visitor's checkpoints; without it whoever has most gives room first, where there is too little."""


def owner_of(visitor: str) -> str:
    """The part of a visitor that stays the same wherever his browser is."""
    return visitor.partition("@")[0]


def network_of(visitor: str) -> str:
    """The word for where he asks from; empty where that is not known."""
    return visitor.partition("@")[2]


def of_teacher(visitor: str) -> bool:
    """Whether the teacher has asked for it."""
    return network_of(visitor) == TEACHER
