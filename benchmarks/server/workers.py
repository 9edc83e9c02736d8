"""Runs an hour with one and with two workers: processes of this machine against tasks of a Ray cluster on it.

The same small runs are queued at once and awaited; the clock begins when a first run has shown that the workers are
there. Both places see the same machine, one after the other in each round.

    python -m benchmarks.server.workers [runs]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainers import RunConfig
from trainers.lab import Lab

WORKERS = (1, 2)
MEMORY = 80_000_000


@contextmanager
def cluster(cpus: int) -> Iterator[str]:
    """The address of a cluster of one node on this machine."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    node = {"num_cpus": cpus, "object_store_memory": MEMORY, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=node)
    try:
        yield str(made.address)
    finally:
        made.shutdown()


def runs_an_hour(lab: Lab, runs: int) -> float:
    config = RunConfig().changed({"data.size": 400, "budget.epochs": 60, "watch.pictures": False})
    wait(lab, [lab.submit(config)])
    begun = time.perf_counter()
    wait(lab, [lab.submit(config.changed({"budget.seed": seed})) for seed in range(1, runs + 1)])
    return 3600 * runs / (time.perf_counter() - begun)


def wait(lab: Lab, ids: list[str]) -> None:
    for id in ids:
        while (run := lab.store.run(id)) is not None and run.active:
            time.sleep(0.02)
        assert run is not None
        assert run.status == "finished", run.sentence


def measured(slots: int, runs: int, ray: str | None = None) -> float:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder=Path(folder), slots=slots, threads=1, ray=ray)
        try:
            return runs_an_hour(lab, runs)
        finally:
            lab.close()


def main(runs: int = 12) -> None:
    print(f"{runs} runs of 60 epochs on 400 rows, load {os.getloadavg()[0]:.1f}")
    print("workers   processes, runs an hour   Ray, runs an hour   Ray against processes")
    for slots in WORKERS:
        here = measured(slots, runs)
        with cluster(slots) as address:
            there = measured(slots, runs, address)
        print(f"{slots:7} {here:25,.0f} {there:19,.0f} {there / here:20.2f}x", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
