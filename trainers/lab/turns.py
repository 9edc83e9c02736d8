"""Whose turn it is: each visitor's first job before anybody's second, so that nobody waits for all that one asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trainers.store import StoredJob

BUSY = ("starting", "running")


def in_turn(jobs: Sequence[StoredJob]) -> list[StoredJob]:
    """Those that wait, in the order in which they begin. jobs: the oldest first; what is at work counts as begun.

    Runs that one worker trains together take one place, and count once.
    """
    begun = Counter(
        visitor for visitor, _ in {(job.visitor, job.worker or job.id) for job in jobs if job.status in BUSY}
    )
    places = []
    for job in jobs:
        if job.status == "queued":
            places.append((begun[job.visitor], len(places), job))
            begun[job.visitor] += 1
    return [job for _, _, job in sorted(places, key=lambda place: place[:2])]
