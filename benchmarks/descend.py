"""How fast ``descend`` is: beside torch.optim with autograd, and beside a plain NumPy loop over the same batch.

    python -m benchmarks.descend

Everything runs in this one process and thread, in float64, one after the other. Times are processor seconds, the best
of several runs, so that a busy machine does not count.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable

import numpy as np

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend

STEPS = 1000
# Ten rules that PyTorch has too, with rates at which none of them diverges on Rosenbrock.
RATES = {
    "sgd": 1e-3,
    "momentum": 1e-4,
    "nesterov": 1e-4,
    "adagrad": 0.1,
    "rmsprop": 0.01,
    "adadelta": 1.0,
    "adam": 0.01,
    "adamw": 0.01,
    "nadam": 0.01,
    "radam": 0.003,
}


def best_of(run: Callable[[], object], times: int = 5) -> float:
    """Processor seconds of the fastest run."""
    seconds = []
    for _ in range(times):
        begin = time.process_time()
        run()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def by_torch(key: str) -> np.ndarray:
    """The path ``(STEPS + 1, 2)`` by torch.optim with autograd."""
    import torch

    rule = OPTIMIZERS[key]
    assert rule.torch is not None
    assert rule.torch_arguments is not None
    arguments = rule.torch_arguments({**rule.defaults(), "lr": RATES[key]})
    point = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, rule.torch.rpartition(".")[2])([point], **arguments)
    path = [point.detach().clone()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
        path.append(point.detach().clone())
    return torch.stack(path).numpy()


def by_descend(key: str) -> np.ndarray:
    """The same path by ``descend``, with values, memory and costs recorded besides."""
    return descend(LANDSCAPES["rosenbrock"], OPTIMIZERS[key], start=(-1.5, 2.0), steps=STEPS, lr=RATES[key]).points


def race() -> None:
    import torch

    torch.set_num_threads(1)
    theirs = ours = 0.0
    print(f"{len(RATES)} optimizers x {STEPS:,} steps on Rosenbrock, one start")
    print(f"{'':12s}{'torch.optim':>14s}{'descend':>14s}{'ratio':>8s}")
    for key in RATES:
        np.testing.assert_allclose(by_descend(key)[:100], by_torch(key)[:100], rtol=1e-6)  # the same work, warmed up
        slow, fast = best_of(lambda key=key: by_torch(key)), best_of(lambda key=key: by_descend(key))
        theirs, ours = theirs + slow, ours + fast
        print(f"{key:12s}{slow * 1e3:11.1f} ms{fast * 1e3:11.1f} ms{slow / fast:7.1f}x")
    print(f"{'together':12s}{theirs * 1e3:11.1f} ms{ours * 1e3:11.1f} ms{theirs / ours:7.1f}x   (aim: 20x)")


def plain_adam(starts: np.ndarray, rates: np.ndarray, steps: int) -> np.ndarray:
    """Adam on the whole batch at once, written as anyone would, recording what ``descend`` records."""
    landscape = LANDSCAPES["rosenbrock"]
    x = np.broadcast_to(starts, (*np.broadcast_shapes(starts.shape[:-1], rates.shape), 2)).copy()
    lr = np.broadcast_to(rates, x.shape[:-1])[..., None]
    m = v = np.zeros_like(x)
    points, averages, squares = [x], [m], [v]
    for k in range(steps):
        g = landscape.gradient(x)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        x = x - lr * (m / (1 - 0.9 ** (k + 1))) / (np.sqrt(v / (1 - 0.999 ** (k + 1))) + 1e-8)
        points.append(x)
        averages.append(m)
        squares.append(v)
    path = np.stack(points)
    landscape.value(path)
    np.stack(averages)
    np.stack(squares)
    return path


def grid() -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (64, 1, 2))
    rates = np.geomspace(1e-4, 1e-1, 64)
    settings = {"start": starts, "steps": 500, "lr": rates}

    def run(record):
        return descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["adam"], record=record, **settings)

    np.testing.assert_allclose(run("all").points[:50], plain_adam(starts, rates, 500)[:50], rtol=1e-6)
    plain = best_of(lambda: plain_adam(starts, rates, 500))
    everything, points = best_of(lambda: run("all")), best_of(lambda: run("points"))
    print("64 learning rates x 64 starts x 500 Adam steps on Rosenbrock")
    print(f"plain NumPy loop, unblocked      {plain * 1e3:8.1f} ms")
    print(f"descend, everything recorded     {everything * 1e3:8.1f} ms{plain / everything:7.2f}x")
    print(f"descend, points recorded only    {points * 1e3:8.1f} ms{plain / points:7.2f}x")


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    race()
    grid()
