"""One table about the GPU of this machine: what is right, how fast, what does not fit, what stays behind.

Needs PyTorch 2.11 or newer, NumPy, SciPy, scikit-learn, pandas and safetensors; nothing of this project is installed
and nothing is downloaded. It takes less than six minutes, prints a Markdown table and writes it, with date and device,
to ``benchmarks/gpu.md``.

    make gpu            or            python -m benchmarks.gpu [--device cpu] [--file FILE]
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks import stacked, surface
from benchmarks.training import bare, ours
from trainers import Checkpoint, Device, RunConfig, choose_device, load, train
from trainers.loop.hardware import products

ROUNDS = 3
RUNS = 50
MEGABYTE = 2**20
SURFACE_APART = 1e-4  # of the same losses: single precision, in another order
WIDTHS = (16, 64, 128, 256, 512)
# Networks large enough that a GPU is worth it, and the lab's usual small ones, where it is not.
CASES: dict[str, dict[str, Any]] = {
    "MLP 2-32-32-2, moons, batch 32": {"data.name": "moons", "data.size": 4000},
    "MLP 50-1024-1024-10, blobs, batch 512": {
        "data.name": "blobs",
        "data.size": 50_000,
        "data.features": 50,
        "data.classes": 10,
        "model.width": 1024,
        "budget.batch_size": 512,
    },
    "CNN 16-32-64, digits, batch 256": {"data.name": "digits", "budget.batch_size": 256},
    "GRU 32, adding problem, batch 256": {"data.name": "adding", "budget.batch_size": 256},
    "Transformer, adding problem, batch 256": {
        "data.name": "adding",
        "model.name": "transformer",
        "budget.batch_size": 256,
    },
}


def _config(changes: dict[str, Any]) -> RunConfig:
    config = RunConfig().changed({"data.name": changes["data.name"]})
    return config.changed({"budget.epochs": 100_000, **changes})


def _curve(device: str, epochs: int = 3, **how: Any) -> list[float]:
    """Training losses of a small run without dropout, epoch by epoch."""
    reports: list[Any] = []
    config = _config({"data.name": "moons"}).changed({"budget.epochs": epochs, "optimizer.name": "sgd"})
    train(config, report=reports.extend, device=device, threads=1, **how)
    return [one.train_loss for one in reports if one.complete]


def _close(ours: list[float], theirs: list[float], relative: float) -> bool:
    return len(ours) == len(theirs) > 0 and bool(np.allclose(ours, theirs, rtol=relative, atol=1e-6))


def checks(device: Device) -> Iterator[tuple[str, bool, str]]:
    """(what, whether it holds, what was seen)."""
    here, cpu = _curve(device.key), _curve("cpu")
    yield "the same run on the CPU has the same losses", _close(here, cpu, 1e-3), f"{here[-1]:.6g} and {cpu[-1]:.6g}"
    again = _curve(device.key)
    yield "the same run twice has the same losses", _close(here, again, 1e-5), f"{here[-1]:.6g} and {again[-1]:.6g}"
    resumed = list(_resumed(device.key))
    whole = _curve(device.key, epochs=6)
    yield (
        "a run that was stopped and resumed ends like one that was not",
        _close(resumed, whole[-1:], 1e-4),
        (f"{resumed[-1]:.6g} and {whole[-1]:.6g}"),
    )
    yield from _full(device, here)


def _resumed(device: str) -> Iterator[float]:
    checkpoints: list[Checkpoint] = []
    reports: list[Any] = []
    config = _config({"data.name": "moons"}).changed({"budget.epochs": 6, "optimizer.name": "sgd"})

    def keep(checkpoint: Checkpoint, kind: str) -> None:
        if kind == "last":
            checkpoints.append(checkpoint)

    train(
        config,
        report=reports.extend,
        checkpoint=keep,
        should_stop=lambda: any(one.complete and one.epoch >= 3 for one in reports),
        report_seconds=0.0,
        device=device,
        threads=1,
    )
    train(config, report=reports.extend, resume=checkpoints[-1], device=device, threads=1)
    yield [one.train_loss for one in reports if one.complete][-1]


def _full(device: Device, before: list[float]) -> Iterator[tuple[str, bool, str]]:
    """A run that does not fit ends with a sentence, and the next one trains as one did before."""
    if device.kind != "cuda":
        return
    held = _all_but(device.key, 64 * MEGABYTE)
    config = _config(CASES["MLP 50-1024-1024-10, blobs, batch 512"]).changed({"model.width": 4096, "budget.epochs": 1})
    result = train(config, report=lambda reports: None, device=device.key)
    yield "a run that does not fit ends with a sentence", result.reason == "out_of_memory", result.sentence
    del held
    _collect()
    after = _curve(device.key)
    yield "the next run trains", _close(after, before, 1e-4), f"loss {after[-1]:.6g}" if after else "no report"


def _all_but(device: str, free: int) -> list[torch.Tensor]:
    """Memory of the device, held until the list goes, of which only ``free`` bytes are left."""
    held: list[torch.Tensor] = []
    size = 2**34
    while size >= 16 * MEGABYTE:
        try:
            if torch.cuda.mem_get_info(device)[0] - size < free:
                size //= 2
                continue
            held.append(torch.empty(size, dtype=torch.uint8, device=device))
        except torch.OutOfMemoryError:
            size //= 2
    return held


def _collect() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
        torch.cuda.empty_cache()


def memory(device: Device) -> tuple[int, int, int]:
    """Bytes of the device that tensors take before and after ``RUNS`` runs, and that PyTorch still holds after them."""
    if device.kind != "cuda":
        return 0, 0, 0
    _curve(device.key)  # libraries take theirs once
    _collect()
    before = torch.cuda.memory_allocated(device.key)
    for _ in range(RUNS):
        _curve(device.key, epochs=1)
    _collect()
    return before, torch.cuda.memory_allocated(device.key), torch.cuda.memory_reserved(device.key)


def throughput(device: str) -> Iterator[tuple[str, float, float]]:
    """(case, rows a second of the bare loop, of ours), the best of a few rounds in turns."""
    for name, changes in CASES.items():
        config = _config(changes)
        splits = load(config.data)
        floor = whole = 0.0
        for _ in range(ROUNDS):
            floor = max(floor, bare(config, splits, device))
            whole = max(whole, ours(config, splits, device))
        yield name, floor, whole


def worth(device: str) -> Iterator[tuple[int, int, float, float]]:
    """(width, products of weights and rows in a step, rows a second here, on the CPU with the threads that suit it)."""
    for width in WIDTHS:
        config = _config(CASES["MLP 50-1024-1024-10, blobs, batch 512"]).changed(
            {"data.size": 20_000, "model.width": width, "budget.batch_size": 128}
        )
        splits = load(config.data)
        work = products(config, splits)
        yield width, work, ours(config, splits, device), ours(config, splits, "cpu", threads=None)


def table(device: Device, say: Callable[[str], None]) -> bool:
    """Print the whole table line by line; whether every check held."""
    begun, sound = time.monotonic(), True
    memory_text = f", {device.memory / 2**30:.0f} GiB" if device.memory else ""
    say(f"# {device.name}{memory_text}\n")
    say(
        f"{datetime.now(UTC):%Y-%m-%d}, PyTorch {torch.__version__}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}. Made by `make gpu`.\n"
    )
    say("| check | holds | seen |\n|---|---|---|")
    for what, holds, seen in checks(device):
        sound = sound and holds
        say(f"| {what} | {'yes' if holds else 'NO'} | {seen} |")
    say("\n| rows a second | bare loop | ours | ours / bare | one CPU thread, ours | GPU / CPU |")
    say("|---|---|---|---|---|---|")
    on_cpu = {} if device.kind == "cpu" else dict(_on_cpu())
    for name, floor, whole in throughput(device.key):
        beside = on_cpu.get(name)
        ratio = f"{beside:,.0f} | {whole / beside:.1f}" if beside else "- | -"
        say(f"| {name} | {floor:,.0f} | {whole:,.0f} | {whole / floor:.2f} | {ratio} |")
    if device.kind != "cpu":
        say("\n| MLP 50-w-w-10, batch 128 | million products a step | rows a second | CPU | GPU / CPU |")
        say("|---|---|---|---|---|")
        for width, work, here, beside in worth(device.key):
            say(f"| w = {width} | {work / 1e6:.2f} | {here:,.0f} | {beside:,.0f} | {here / beside:.2f} |")
    say(f"\n| loss surface, {surface.CASE} | points a second | ours / this | largest difference |\n|---|---|---|---|")
    ways = list(surface.measured(device.key))
    for name, speed, apart in ways:
        sound = sound and (apart is None or apart < SURFACE_APART)
        say(f"| {name} | {speed:,.0f} | {ways[0][1] / speed:.1f} | {'' if apart is None else f'{apart:.1e}'} |")
    say(f"\n{stacked.HEAD}")
    for row in stacked.rows(device):
        say(stacked.line(row))
    before, after, reserved = memory(device)
    say(f"\n| memory of the device | MiB |\n|---|---|\n| before {RUNS} runs | {before / MEGABYTE:.1f} |")
    say(f"| after them | {after / MEGABYTE:.1f} |\n| still held by PyTorch | {reserved / MEGABYTE:.1f} |")
    say(f"\nAll of it took {time.monotonic() - begun:.0f} s.")
    return sound and after <= before + MEGABYTE


def _on_cpu() -> Iterator[tuple[str, float]]:
    """Rows a second of our loop on one thread of the CPU, one round each."""
    for name, changes in CASES.items():
        config = _config(changes)
        yield name, ours(config, load(config.data), "cpu")


def main() -> int:
    """The table for the GPU, or for the device that is named."""
    parser = argparse.ArgumentParser(description="One table about the GPU of this machine.")
    parser.add_argument("--device", help="cuda:0, mps or cpu; by default the first GPU")
    parser.add_argument("--file", type=Path, default=Path(__file__).with_name("gpu.md"))
    chosen = parser.parse_args()
    device = choose_device(chosen.device)
    if chosen.device is None and device.kind == "cpu":
        print("PyTorch sees no GPU here, so there is nothing to measure. Try --device cpu to see the table.")
        return 0
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    sound = table(device, say)
    if device.kind != "cpu":
        chosen.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"\nWritten to {chosen.file}.")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
