"""Whose turn it is, so that nobody waits for all that one asks, and how much one may ask for while others wait.

Each visitor's first comes before anybody's second, and among the first ones whoever has gone without for longest: work
that one has waiting counts as if he had asked for each piece when the one before it had ended. The teacher comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from trainers.allowances import (
    AT_ONCE_EACH,
    WAITING,
    WAITING_EACH,
    WAITING_NETWORK,
    most,
    network_of,
    of_teacher,
    owner_of,
)
from trainers.lab.job_kinds import JOBS
from trainers.store import StoredJob

BUSY = ("starting", "running")


def takes_slot(job: StoredJob) -> bool:
    """Whether it takes one of the places for work that goes on at once."""
    return job.kind in JOBS and JOBS[job.kind].slot


def _lane(job: StoredJob) -> tuple[str, str]:
    """Whose it is, and what it waits for: a place, or what its kind may have at once."""
    return owner_of(job.visitor), "" if takes_slot(job) else job.kind


def at_work(jobs: Sequence[StoredJob]) -> Counter[tuple[str, str]]:
    """How much of each lane goes on. Runs that one worker trains together take one place, and count once."""
    return Counter(lane for lane, _ in {(_lane(job), job.worker or job.id) for job in jobs if job.status in BUSY})


def in_turn(jobs: Sequence[StoredJob], served: Mapping[str, float] | None = None) -> list[StoredJob]:
    """Those that wait, in the order in which they begin. jobs: the oldest first; what is at work counts as begun.

    served: when the last work of an owner has ended.
    """
    served = served or {}
    begun = at_work(jobs)
    places = []
    for job in jobs:
        if job.status == "queued":
            lane = _lane(job)
            since = max(job.created, served.get(lane[0], 0.0)) if lane[0] else job.created
            places.append((not of_teacher(job.visitor), begun[lane], since, len(places), job))
            begun[lane] += 1
    return [place[-1] for place in sorted(places, key=lambda place: place[:-1])]


def has_his_share(job: StoredJob, going: Mapping[tuple[str, str], int]) -> bool:
    """Whether as many of his runs train as one visitor's may. going: of ``at_work``."""
    share = most(AT_ONCE_EACH)
    lane = _lane(job)
    return share is not None and bool(lane[0]) and not lane[1] and not of_teacher(job.visitor) and going[lane] >= share


def took_place(job: StoredJob, going: Counter[tuple[str, str]]) -> None:
    """Count a job that begins now."""
    going[_lane(job)] += 1


def no_room(waiting: Mapping[str, int], more: int, visitor: str) -> str:
    """Why so many more of a visitor cannot wait, in a sentence; empty where they can.

    waiting: runs and jobs in the queue by who has asked for them.
    """
    if of_teacher(visitor):
        return ""
    owner, network, total = owner_of(visitor), network_of(visitor), sum(waiting.values())
    by_owner: Counter[str] = Counter()
    for who, count in waiting.items():
        by_owner[owner_of(who)] += count
    own, allowed = by_owner[owner], WAITING.most
    fair = allowed // len({*by_owner, owner})
    if total + more > allowed and not (
        owner and own + more <= fair
    ):  # nobody has his first refused for what others ask
        return f"The queue is full: {total:,} wait, and {allowed:,} may. Stop some of them, or try again later."
    if owner:
        alone = own == total
        share = max(WAITING_EACH.most, allowed // 2) if alone else WAITING_EACH.most
        if own + more > share:
            while_others = "" if alone else " while others wait"
            return (
                f"{own:,} of your runs wait already, and this asks for {more:,} more; {share:,} of one visitor may "
                f"wait{while_others}. Stop some of yours, or try again later."
            )
    if network:
        there = sum(count for who, count in waiting.items() if network_of(who) == network)
        if there + more > WAITING_NETWORK.most:
            return (
                f"{there:,} runs from your network wait already, and this asks for {more:,} more; "
                f"{WAITING_NETWORK.most:,} may. Try again later."
            )
    return ""
