"""Sixty visitors at one queue, by a clock that the test moves: nobody waits for what one of them asks."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trainers.labs import quick, quiet_lab
from trainers.lab import supervisor
from trainers.lab.lab import Lab
from trainers.lab.supervisor import Supervisor, Worker
from trainers.lab.worker import Site

VISITORS, SLOTS, GREEDY = 60, 4, "greedy"
RUN, THINK, END = 10.0, 20.0, 450.0  # seconds: of a run, between one and the next, of all


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    moving = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr(time, "time", lambda: moving.now)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: moving.now)
    return moving


@pytest.fixture
def lab(data_home: Any) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def jain(values: list[float]) -> float:
    """Jain's index: 1 where all are equal, 1 / n where one has everything (Jain, Chiu and Hawe 1984)."""
    return sum(values) ** 2 / (len(values) * sum(value**2 for value in values))


def waits(lab: Lab, clock: SimpleNamespace, folder: Any) -> tuple[dict[str, list[float]], Counter[str]]:
    """How long each visitor goes without, each time; and how many runs of each have begun.

    One asks for forty runs, the others for one at a time. A wait begins when a run is asked for, or when the one before
    it of the same visitor ends.
    """
    watches = Supervisor(store=lab.store, site=Site(url="", folder=folder), slots=SLOTS)
    watches.workers = [
        Worker(process=None, pipe=SimpleNamespace(send=lambda said: None), who=f"worker {number}")
        for number in range(SLOTS)
    ]
    start, config = clock.now, quick()
    since: dict[str, float] = {GREEDY: start}
    waited: dict[str, list[float]] = {}
    begun: Counter[str] = Counter()
    for _ in range(40):
        lab.submit(config, visitor=GREEDY)
    events: list[tuple[float, int, Callable[[], None]]] = []

    def at(moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(events, (moment, len(events) + sum(begun.values()) * 1000, act))

    def ask(visitor: str) -> None:
        lab.submit(config, visitor=visitor)
        since[visitor] = clock.now

    def done(worker: Worker, visitor: str) -> None:
        job = worker.job
        assert job is not None
        lab.store.jobs.end(next(one for one in lab.store.jobs.listed(("running",)) if one.id == job.id), "finished", "")
        worker.job = worker.kind = None
        since[visitor] = clock.now
        if visitor != GREEDY:
            at(clock.now + THINK, lambda: ask(visitor))

    for number in range(1, VISITORS):
        at(start + number / 2, lambda number=number: ask(f"visitor {number}"))
    while True:
        idle = [worker for worker in watches.workers if worker.job is None]
        watches._give_work()
        for worker in idle:
            if worker.job is not None:
                visitor = worker.job.visitor
                lab.store.update(worker.job.id, status="running")
                waited.setdefault(visitor, []).append(clock.now - since[visitor])
                begun[visitor] += 1
                at(clock.now + RUN, lambda worker=worker, visitor=visitor: done(worker, visitor))
        clock.now, _, act = heapq.heappop(events)
        if clock.now > start + END:
            return waited, begun
        act()


def fairness(waited: dict[str, list[float]], begun: Counter[str]) -> tuple[float, float]:
    """Jain's index of the mean waits, and of how many runs have begun."""
    return jain([sum(each) / len(each) for each in waited.values()]), jain(list(map(float, begun.values())))


def test_of_sixty_visitors_none_waits_for_the_forty_runs_of_one(lab, clock, data_home):
    waited, begun = waits(lab, clock, data_home)
    assert len(waited) == VISITORS
    of_waits, of_runs = fairness(waited, begun)
    assert of_waits > 0.98
    assert of_runs > 0.95
    others = [count for visitor, count in begun.items() if visitor != GREEDY]
    assert max(others) - min(others) <= 1
    assert begun[GREEDY] <= max(others) + SLOTS + 1  # all places were free when he came


def test_the_index_shows_a_queue_that_is_first_come_first_served(lab, clock, data_home, monkeypatch):
    monkeypatch.setattr(supervisor, "in_turn", lambda jobs, served: [job for job in jobs if job.status == "queued"])
    of_waits, of_runs = fairness(*waits(lab, clock, data_home))
    assert of_waits < 0.97
    assert of_runs < 0.4
