"""Points a second of a loss surface: 51 x 51 around an MLP 2-64-64-1, evaluated on 1,000 rows.

Beside ours stand the loop that moves the weights to each point and evaluates, reading every loss, and, where it is
installed, the package loss-landscapes, which does that. All of them take turns in one process; each has the best of its
rounds. Largest difference: of our losses from those of the loop, over all points.

    python -m benchmarks.surface [--device cuda:0] [--points 51] [--rounds 3] [--threads 2]
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from trainers import RunConfig, choose_device, load
from trainers.loop.session import Session
from trainers.surfaces import Evaluation, Plane, random_plane

ROWS, POINTS, ROUNDS = 1000, 51, 3
AIM_CPU, AIM_GPU = 3.0, 50.0
CASE = "MLP 2-64-64-1, 1,000 rows"


def prepared(device: str) -> Session:
    """The network of the case with as many training rows as are evaluated."""
    config = RunConfig().changed(
        {
            "data.name": "moons",
            "data.size": 2 * ROWS,
            "data.val_share": 0.25,
            "data.test_share": 0.25,
            "model.width": 64,
            "model.initializer": "pytorch",  # no bias is zero: loss-landscapes divides by each
            "loss.name": "bce",
        }
    )
    session = Session(config, load(config.data), device)
    session.val = session.val.first(0)
    assert len(session.train) == ROWS
    return session


def lattice(points: int, device: torch.device) -> Tensor:
    """``(points ** 2, 2)`` from -1 to 1, row by row."""
    side = torch.linspace(-1, 1, points, device=device)
    rows, columns = torch.meshgrid(side, side, indexing="ij")
    return torch.stack([columns.reshape(-1), rows.reshape(-1)], 1)


def ours(evaluation: Evaluation, plane: Plane, at: Tensor) -> Tensor:
    """Losses, weights of a chunk of points evaluated together."""
    return evaluation.measure(plane, at)["train_loss"].cpu()


@torch.no_grad()
def one_by_one(session: Session, plane: Plane, evaluation: Evaluation, points: int) -> Tensor:
    """Losses, weights moved from point to point in the order of the rows, every loss read as it comes."""
    layout, side = evaluation.layout, 2 / (points - 1)
    model, parameters = session.model.eval(), session.parameters
    first = list(layout.tensors(plane.directions[0]).values())
    losses = []
    for row in range(points):
        layout.load(model, plane.origin - plane.directions[0] + (row * side - 1) * plane.directions[1])
        for _ in range(points):
            losses.append(session.losses(model(session.train.inputs), session.train.targets, "mean").item())
            for parameter, step in zip(parameters, first, strict=True):
                parameter.add_(step, alpha=side)
    layout.load(model, plane.origin)
    return torch.tensor(losses)


def peer(session: Session, points: int) -> Callable[[], Any] | None:
    """loss-landscapes on the same network, rows and loss; None where it is not installed."""
    if importlib.util.find_spec("loss_landscapes") is None:
        return None
    import loss_landscapes  # pyright: ignore[reportMissingImports]  # where it is installed
    from loss_landscapes.metrics import Loss  # pyright: ignore[reportMissingImports]

    metric = Loss(lambda outputs, y: session.losses(outputs, y, "mean"), session.train.inputs, session.train.targets)
    return lambda: loss_landscapes.random_plane(session.model, metric, 1, points, normalization="filter")


def _seconds(work: Callable[[], Any], device: torch.device) -> float:
    begun = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - begun


def measured(device: str, points: int = POINTS, rounds: int = ROUNDS) -> Iterator[tuple[str, float, float | None]]:
    """(way, points a second, largest relative difference from the loop), the best of a few rounds in turns."""
    session = prepared(device)
    evaluation = Evaluation(session=session, rows=ROWS)
    plane = random_plane(evaluation.layout, evaluation.layout.vector(session.model), 0)
    at = lattice(points, session.device)
    found = ours(evaluation, plane, at)
    loop = one_by_one(session, plane, evaluation, points)
    apart = float(((found - loop).abs() / loop.abs()).max())
    ways: dict[str, Callable[[], Any]] = {
        "ours, stacked": lambda: ours(evaluation, plane, at),
        "one point after another": lambda: one_by_one(session, plane, evaluation, points),
    }
    beside = peer(session, points)
    if beside is not None:
        ways["loss-landscapes"] = beside
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, work in ways.items():
            best[name] = min(best[name], _seconds(work, session.device))
    for name, seconds in best.items():
        yield name, points**2 / seconds, apart if name.startswith("ours") else None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Points a second of a loss surface.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    device = choose_device(given.device)
    print(f"{device.name}, PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"{CASE}, {given.points} x {given.points} points\n")
    rows = list(measured(device.key, given.points, given.rounds))
    base = rows[0][1]
    print("| way | points a second | ours are so many times faster | largest difference |\n|---|---|---|---|")
    for name, speed, apart in rows:
        print(f"| {name} | {speed:,.0f} | {base / speed:.1f} | {'' if apart is None else f'{apart:.1e}'} |")
    print(f"\nAim: {AIM_CPU:g} times loss-landscapes on the CPU, {AIM_GPU:g} times on a GPU.")


if __name__ == "__main__":
    main()
