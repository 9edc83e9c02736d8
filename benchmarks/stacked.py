"""Sixty-four learning rates at once beside the same runs one after another.

Both are trained as in the lab: reports with everything that is watched by default, pictures, checkpoints. One after
another a few of the runs are trained, spread over the rates, and their time is taken for all. On one CPU thread seconds
are those of the processor, so that a busy machine does not count.

    python -m benchmarks.stacked [--device cpu]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch

from trainers import RunConfig, Splits, devices, load, stack_key, train, train_together
from trainers.loop.hardware import Device

RUNS = 64
ALONE = 8  # of them are trained one after another
EPOCHS = 20
AIM = 5.0
CASES: dict[str, dict[str, Any]] = {
    "MLP 2-32-32-2, moons, batch 32": {"data.name": "moons", "data.size": 4000, "budget.batch_size": 32},
    "MLP 64-64-64-10, digits, batch 64": {"data.name": "digits", "model.name": "mlp", "model.width": 64},
}


def rates(changes: dict[str, Any]) -> list[RunConfig]:
    """The runs of a sweep, from 1e-4 to 1e-1."""
    config = RunConfig().changed({"data.name": changes["data.name"]})
    config = config.changed({"budget.batch_size": 64, **changes, "budget.epochs": EPOCHS})
    return [config.changed({"optimizer.lr": 10 ** (-4 + 3 * number / (RUNS - 1))}) for number in range(RUNS)]


def _seconds(action: Callable[[], Any], clock: Callable[[], float]) -> float:
    begun = clock()
    action()
    return clock() - begun


def alone(configs: list[RunConfig], splits: Splits, device: str, threads: int | None, clock: Any) -> float:
    """Seconds of all runs one after another, from those of a few."""
    some = configs[:: len(configs) // ALONE]

    def keep(kept: Any, kind: str) -> None:
        pass

    def each() -> None:
        for config in some:
            train(config, report=lambda told: None, checkpoint=keep, splits=splits, device=device, threads=threads)

    return _seconds(each, clock) * len(configs) / len(some)


def together(configs: list[RunConfig], splits: Splits, device: str, threads: int | None, clock: Any) -> float:
    """Seconds of all runs at once."""

    def all_of_them() -> None:
        train_together(
            configs,
            report=lambda told: None,
            checkpoint=lambda number, kept, kind: None,
            splits=[splits] * len(configs),
            device=device,
            threads=threads,
        )

    return _seconds(all_of_them, clock)


def rows(device: Device) -> Iterator[tuple[str, str, float, float]]:
    """(case, where, seconds one after another, seconds at once)."""
    ways: list[tuple[str, int | None, Callable[[], float]]] = [(device.name, None, time.perf_counter)]
    if device.kind == "cpu":
        ways = [("one CPU thread", 1, time.process_time)]
        if (count := os.cpu_count() or 1) > 1:
            ways.append((f"{count} CPU threads", count, time.perf_counter))
    for name, changes in CASES.items():
        configs = rates(changes)
        assert len({stack_key(config) for config in configs}) == 1
        splits = load(configs[0].data)
        short = [config.changed({"budget.epochs": 1}) for config in configs]
        for where, threads, clock in ways:
            # What is loaded and built the first time is no part of either.
            together(short, splits, device.key, threads, clock)
            train(short[0], report=lambda told: None, splits=splits, device=device.key, threads=threads)
            # One run has as many threads as the lab gives it: more would wait for each other.
            after = alone(configs, splits, device.key, 1 if threads else None, clock)
            yield name, where, after, together(configs, splits, device.key, threads, clock)


HEAD = f"| {RUNS} rates, {EPOCHS} epochs | where | one after another | at once | times as fast |\n|---|---|---|---|---|"


def line(row: tuple[str, str, float, float]) -> str:
    """A row of the table as Markdown."""
    name, where, after, at_once = row
    verdict = "" if after >= AIM * at_once else f" (aim {AIM:g})"
    return f"| {name} | {where} | {after:.1f} s | {at_once:.2f} s | {after / at_once:.1f}{verdict} |"


def main() -> None:
    """Print the table for the CPU and, where there is one, the GPU, or for the device that is named."""
    parser = argparse.ArgumentParser(description="Sixty-four rates at once beside one after another.")
    parser.add_argument("--device", help="cuda:0, mps or cpu; by default all")
    chosen = parser.parse_args().device
    print(f"PyTorch {torch.__version__}\n\n{HEAD}", flush=True)
    for device in devices():
        if chosen in (None, device.key, device.kind):
            for row in rows(device):
                print(line(row), flush=True)


if __name__ == "__main__":
    main()
