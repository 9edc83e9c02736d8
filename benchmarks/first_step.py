"""Click to first training step: from ``Lab.submit`` until the first report is in the store, warm.

The first report is the state before any step; the first step follows it within the same millisecond or so. Beside it,
in the same run: workers that are not kept ready but forked when the click comes, and a bare Python process that loads
PyTorch and takes one step of the same network. Rounds alternate, so that all see the same machine.

    python -m benchmarks.first_step [rounds]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trainers import RunConfig
from trainers.lab import CALM_SECONDS, Lab

AIM = 0.2
ROOT = Path(__file__).resolve().parents[1]
BARE = """
import torch
from torch import nn
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters())
nn.functional.cross_entropy(model(torch.randn(32, 2)), torch.zeros(32, dtype=torch.long)).backward()
optimizer.step()
"""


def click(lab: Lab, config: RunConfig) -> tuple[float, float, float]:
    """Seconds from the click to the return of ``submit``, to a worker that has the run, to its first report."""
    begun = time.perf_counter()
    run_id = lab.submit(config)
    returned = time.perf_counter() - begun
    claimed = 0.0
    while True:
        run = lab.store.run(run_id)
        assert run is not None
        assert run.active, run.sentence
        if not claimed and run.status != "queued":
            claimed = time.perf_counter() - begun
        if run.last:
            break
        time.sleep(0.002)
    taken = time.perf_counter() - begun
    lab.stop(run_id, by=None)
    while (run := lab.store.run(run_id)) is not None and run.active:
        time.sleep(0.01)
    return returned, claimed, taken


def bare() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", BARE], check=True, cwd=ROOT)
    return time.perf_counter() - begun


def main(rounds: int = 10) -> None:
    config = RunConfig().changed({"budget.epochs": 100_000})
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        labs = {
            "workers kept ready": Lab(folder=Path(first), slots=2),
            "forked at the click": Lab(folder=Path(second), slots=2, ready=0),
        }
        taken: dict[str, list[tuple[float, float, float]]] = {name: [] for name in labs}
        processes: list[float] = []
        for name, lab in labs.items():
            begun = time.perf_counter()
            click(lab, config)  # loads PyTorch, and works out what is remembered of the data
            print(f"cold, {name}: {time.perf_counter() - begun:.2f} s with the start of all processes")
        for _ in range(rounds):
            for name, lab in labs.items():
                time.sleep(2 * CALM_SECONDS)  # the time a person takes before the next click
                taken[name].append(click(lab, config))
            processes.append(bare())
        for lab in labs.values():
            lab.close()
    print(f"\nclick to first training step, {rounds} alternating rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'':22} submit returns   worker has it   first report (median, worst)   aim {AIM} s")
    for name, rows in taken.items():
        returned, claimed, first_report = (statistics.median(column) for column in zip(*rows, strict=True))
        worst = max(row[2] for row in rows)
        print(f"{name:22} {1000 * returned:9.1f} ms {1000 * claimed:12.1f} ms {first_report:12.3f} s, {worst:.3f} s")
    print(f"{'a bare process':22} {'':12} {'':15} {statistics.median(processes):12.3f} s, {max(processes):.3f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
