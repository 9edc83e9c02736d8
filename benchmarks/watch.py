"""What watching costs: the same loop bare and watched, in turns, in one process.

    python -m benchmarks.watch

Three networks on the CPU, each with short steps, where hooks weigh most: the watched loop reports every step's loss and
every epoch, into a file. The bound is the share that ``Watch`` is told to keep. Counted is CPU time, that of the thread
which delivers included: it is the same on a machine where others are at work.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from trainers.watch import Watch

BOUND = 0.05
ROUNDS = 5
SECONDS = 2.0  # of one loop, about
BATCH = 64


def _mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))


def _deep() -> nn.Module:
    layers = [each for _ in range(20) for each in (nn.Linear(128, 128), nn.Tanh())]
    return nn.Sequential(nn.Linear(20, 128), *layers, nn.Linear(128, 2))


def _wide() -> nn.Module:
    return nn.Sequential(nn.Linear(20, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 2))


NETWORKS: dict[str, Callable[[], nn.Module]] = {"mlp 64": _mlp, "deep 20 x 128": _deep, "wide 1024": _wide}


def loop(make: Callable[[], nn.Module], steps: int, file: Path | None) -> tuple[float, float]:
    """CPU seconds that the loop took, and the share that the watch says it took; without a file it is bare."""
    torch.manual_seed(0)
    inputs, targets = torch.randn(BATCH, 20), torch.randint(0, 2, (BATCH,))
    model = make()
    optimizer = torch.optim.Adam(model.parameters())
    watch = None if file is None else Watch(file, model, optimizer, overhead=BOUND)
    began = time.process_time()
    for step in range(1, steps + 1):
        loss = nn.functional.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if watch is not None:
            watch.report(train_loss=loss)
            if step % 100 == 0:
                watch.report(epoch=step // 100, val_loss=loss)
    took = time.process_time() - began
    share = 0.0 if watch is None else watch.share
    if watch is not None:
        watch.finish()
    return took, share


def ratio(make: Callable[[], nn.Module], folder: Path) -> tuple[float, float, int]:
    """(watched over bare, the share it says, steps): medians of loops in turns."""
    steps = 200
    steps = max(200, int(steps * SECONDS / loop(make, steps, None)[0]))
    pairs = [(loop(make, steps, None), loop(make, steps, folder / f"{turn}.jsonl")) for turn in range(ROUNDS)]
    return (
        statistics.median(watched[0] / bare[0] for bare, watched in pairs),
        statistics.median(watched[1] for _, watched in pairs),
        steps,
    )


def main() -> None:
    torch.set_num_threads(1)
    print(f"watched over bare, the bound is {1 + BOUND:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in NETWORKS.items():
            over, share, steps = ratio(make, Path(folder))
            print(f"{name:>14}  {over:.3f}  (by its own account {share:.1%}, {steps:,} steps)", flush=True)


if __name__ == "__main__":
    main()
