"""A kind of job that tests add: it counts, waits for a file at each number, and what it has counted is its result."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainers.allowances import Size
from trainers.lab.job import End, Job, Task
from trainers.store import Changes, StoredRun


def count(task: Task) -> End:
    """Count to ``request["to"]``, each number once there is a file for it in ``request["folder"]``."""
    to, folder = task.job.request["to"], Path(task.job.request["folder"])
    if to < 0:
        raise ValueError(f"it counts upwards, to was given {to}")
    for number in range(1, to + 1):
        while not (folder / str(number)).exists():
            task.progress(f"Counted to {number - 1}.", (number - 1) / to)
            time.sleep(0.01)
    return End(status="finished", sentence=f"Counted to {to}.", columns={"result": {"counted": to}})


def _trains_nothing(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> tuple[Size, ...]:
    return ()


COUNT = Job(kind="count", name="the counting", cannot="This cannot be counted", work=count, largest=_trains_nothing)
