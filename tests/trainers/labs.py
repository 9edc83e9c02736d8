"""Labs for tests: awaiting what processes do, and runs worked on in this very process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.trainers.runs import Told, curve, run
from trainers import RunConfig
from trainers.lab.job_kinds import TRAIN
from trainers.lab.lab import Lab
from trainers.lab.worker import do
from trainers.store.store import Store

T = TypeVar("T")
WORKER = "this test"
QUICK = {"data.size": 120, "budget.epochs": 6, "watch.pictures": False}


def quick(changes: dict[str, Any] | None = None) -> RunConfig:
    """A run of six short epochs."""
    return RunConfig().changed(QUICK).changed(changes or {})


def until(check: Callable[[], T], seconds: float = 300.0) -> T:
    """What ``check`` returns once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, "this has not happened in time"
        time.sleep(0.01)
    return found


def ended(store: Store, run_id: str, seconds: float = 300.0) -> Any:
    """The run, once it has ended."""
    return until(lambda: not (found := now(store, run_id)).active and found, seconds)


def now(store: Store, run_id: str) -> Any:
    """The run as it stands: a ``StoredRun``, of which a test knows what it has."""
    found = store.run(run_id)
    assert found is not None, "there is no such run"
    return found


def stored_curve(store: Store, run_id: str) -> list[tuple[Any, ...]]:
    """What must be the same for the same configuration."""
    return curve(Told(reports=[report for _, report in store.reports(run_id)]))


def true_curve(config: RunConfig) -> list[tuple[Any, ...]]:
    """The same, trained here without a store."""
    return curve(run(config))


class Quiet:
    """Stands in for the supervisor where runs are worked on in the test itself."""

    failed = False

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, line: str) -> None:
        self.told.append(line)

    def ensure(self) -> None:
        self.told.append("ensure")

    def close(self) -> None:
        self.told.append("close")


def quiet_lab(folder: Any, **settings: Any) -> Lab:
    """A lab without processes."""
    lab = Lab(folder=folder, slots=2, **settings)
    lab._supervisor = Quiet()  # pyright: ignore[reportAttributeAccessIssue]
    return lab


def work(store: Store, run_id: str) -> Any:
    """Train a queued run in this process, to its end."""
    assert store.claim(run_id, WORKER)
    do(store, TRAIN, run_id, WORKER)
    return now(store, run_id)
