"""Rows a second of the training loop, beside a bare hand-tuned PyTorch loop and beside the loop of tutorials.

The bare loop has the data on the device, draws an order on it, takes rows by index, uses the fused optimizer and never
reads a loss. The tutorial's loop has a DataLoader and reads every loss with ``.item()``. Ours runs as in the lab: stop
asked for, reports with everything that is watched by default, best and regular checkpoints. All three train the same
network on the same rows in turns, in one process, and each takes the best of its rounds. On the CPU they have one
thread and are timed in processor seconds, so that a busy machine does not count. Then the cost of each watched
quantity, in milliseconds and in steps.

    python -m benchmarks.training [rounds]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from trainers import RunConfig, Splits, devices, load, train
from trainers.loop.curvature import cosine, curvature, noise_scale, probe_gradient
from trainers.loop.evaluation import evaluate
from trainers.loop.inside import Inside, LayerProbe
from trainers.loop.pictures import pictures
from trainers.loop.session import Session, build_model

SECONDS = 1.5  # of each loop in each round
AIM = 0.95
SMALL: dict[str, dict[str, Any]] = {
    "MLP 2-32-32-2, moons, batch 32": {"data.name": "moons", "data.size": 4000},
    "MLP 64-256-256-10, digits, batch 64": {"data.name": "digits", "model.name": "mlp", "model.width": 256},
    "CNN 16-32-64, digits, batch 64": {"data.name": "digits"},
    "GRU 32, adding problem, batch 32": {"data.name": "adding"},
}
LARGE: dict[str, dict[str, Any]] = {
    "MLP 50-1024-1024-10, blobs, batch 512": {
        "data.name": "blobs",
        "data.size": 100_000,
        "data.features": 50,
        "data.classes": 10,
        "model.width": 1024,
        "budget.batch_size": 512,
    },
    "ResNet-20, digits, batch 256": {
        "data.name": "digits",
        "model.name": "resnet",
        "model.blocks": 3,
        "budget.batch_size": 256,
    },
}


def _config(changes: dict[str, Any]) -> RunConfig:
    config = RunConfig().changed({"data.name": changes["data.name"]})
    image = config.inputs == "image"
    return config.changed({"budget.batch_size": 64 if image else 32, "budget.epochs": 100_000, **changes})


def _prepared(config: RunConfig, splits: Splits, device: str) -> tuple[nn.Module, Any, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    model = build_model(config, splits).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.optimizer.lr, fused=True)
    return (
        model.train(),
        optimizer,
        torch.from_numpy(splits.train.inputs).to(device),
        torch.from_numpy(splits.train.targets).to(device),
    )


def _criterion(config: RunConfig) -> nn.Module:
    return nn.MSELoss() if config.task == "regression" else nn.CrossEntropyLoss()


def _clock(device: str) -> Callable[[], float]:
    return time.process_time if device == "cpu" else time.perf_counter


def _settle(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def bare(config: RunConfig, splits: Splits, device: str) -> float:
    """Rows a second of the hand-tuned loop."""
    model, optimizer, x, y = _prepared(config, splits, device)
    criterion, rows, batch = _criterion(config), 0, config.budget.batch_size
    clock = _clock(device)
    begun = clock()
    while clock() - begun < SECONDS:
        for index in torch.randperm(len(x), device=device).split(batch):
            optimizer.zero_grad(set_to_none=True)
            criterion(model(x.index_select(0, index)), y.index_select(0, index)).backward()
            optimizer.step()
        rows += len(x)
    _settle(device)
    return rows / (clock() - begun)


def tutorial(config: RunConfig, splits: Splits, device: str) -> float:
    """Rows a second of the loop with a DataLoader and ``.item()``."""
    model, optimizer, x, y = _prepared(config, splits, device)
    loader = DataLoader(TensorDataset(x.cpu(), y.cpu()), batch_size=config.budget.batch_size, shuffle=True)
    criterion, rows, running = _criterion(config), 0, 0.0
    clock = _clock(device)
    begun = clock()
    while clock() - begun < SECONDS:
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            running += loss.item()
            rows += len(inputs)
            if clock() - begun > SECONDS:
                break
    _settle(device)
    return rows / (clock() - begun)


def ours(config: RunConfig, splits: Splits, device: str, threads: int | None = 1) -> float:
    """Rows a second of ``train``, with everything from the report before the first step to the last checkpoint.

    threads: of the CPU; with None, those that suit, timed by the clock on the wall.
    """
    begun: list[float] = []
    clock = _clock(device) if threads else time.perf_counter

    def stop() -> bool:
        return clock() - begun[0] > SECONDS

    result = train(
        config,
        report=lambda reports: begun.append(clock()),
        checkpoint=lambda kept, kind: None,
        should_stop=stop,
        splits=splits,
        device=device,
        threads=threads if device == "cpu" else None,
    )
    return result.epoch * len(splits.train) / (clock() - begun[0])


def _milliseconds(action: Callable[[], Any], device: str, times: int = 20) -> float:
    found, clock = [], _clock(device)
    for _ in range(times):
        _settle(device)
        begun = clock()
        action()
        _settle(device)
        found.append(clock() - begun)
    return min(found) * 1e3


def costs(config: RunConfig, splits: Splits, device: str) -> dict[str, float]:
    """Milliseconds of one step, and of each quantity once."""
    session = Session(config, splits, device)
    layers, probe = LayerProbe(session), session.train.first(2048)
    part, rows = session.train.first(512), session.batches()[0]

    def losses() -> None:
        with session.evaluating() as model:
            torch.stack([*evaluate(session, probe, model), *evaluate(session, session.val, model)]).tolist()

    def inside() -> None:
        watched = Inside(layers)
        watched.before()
        watched.gradient()
        with session.evaluating() as model:
            tensors, read = watched.after(model, part.inputs)
            read(torch.stack(tensors).tolist())

    session.take_step(rows)
    quick, slow = 20, 5
    return {
        "a step": _milliseconds(lambda: session.take_step(rows), device, 100),
        "losses and metrics": _milliseconds(losses, device, quick),
        "internals": _milliseconds(inside, device, quick),
        "pictures": _milliseconds(lambda: pictures(session), device, quick),
        "checkpoint": _milliseconds(lambda: session.checkpoint({}), device, quick),
        "cosine": _milliseconds(
            lambda: cosine(probe_gradient(session, part), probe_gradient(session, part)), device, quick
        ),
        "noise scale": _milliseconds(lambda: noise_scale(session, part), device, slow),
        "sharpness": _milliseconds(lambda: curvature(session, part), device, slow),
    }


def main(rounds: int = 5) -> None:
    """Print the tables for the CPU and, where there is one, the GPU."""
    torch.set_num_threads(1)
    for device in devices():
        cases = SMALL if device.kind == "cpu" else SMALL | LARGE
        print(f"{device.name}\n\n| rows a second | bare | ours | ours / bare | tutorial | ours / tutorial |")
        print("|---|---|---|---|---|---|")
        table: dict[str, dict[str, float]] = {}
        for name, changes in cases.items():
            config = _config(changes)
            splits = load(config.data)
            best = [0.0] * 3
            for _ in range(rounds):
                measured = [loop(config, splits, device.key) for loop in (bare, ours, tutorial)]
                best = [max(old, new) for old, new in zip(best, measured, strict=True)]
            floor, whole, usual = best
            verdict = "" if whole >= AIM * floor else f" (aim {AIM})"
            print(
                f"| {name} | {floor:,.0f} | {whole:,.0f} | {whole / floor:.3f}{verdict} "
                f"| {usual:,.0f} | {whole / usual:.2f} |"
            )
            table[name] = costs(config, splits, device.key)
        names = list(next(iter(table.values())))
        print(f"\n| milliseconds, once | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
        for name, row in table.items():
            cells = [f"{row[n]:.2f}" + (f" ({row[n] / row['a step']:.1f})" if n != "a step" else "") for n in names]
            print(f"| {name} | {' | '.join(cells)} |")
        print("\nIn brackets: how many steps take as long.\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
