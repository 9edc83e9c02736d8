"""Least squares of 10,000 rows and 500 weights: gradient descent, batches and single rows, beside a plain NumPy loop.

    python -m benchmarks.many_rows

The plain loop does the same steps on the same rows, and asks all rows for the loss at the same places of each path.
Both draw their rows and are run in turns; the least of each counts. The aim is 2 seconds on two cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from experiments.neuron.many_rows import ManyRows, Solved, drawn_rows, solve
from optimizers import Batches

TURNS = 3


def plain(asked: ManyRows, of: Solved) -> list[np.ndarray]:
    """The losses at the places that the paths of ``of`` were looked at."""
    features, target = drawn_rows(asked)
    told = []
    for walked in of.walked:
        size = walked.batch or asked.rows
        batches = Batches(rows=asked.rows, size=size, seed=asked.draw)
        weights, losses = np.zeros(asked.features), []
        looks = set(walked.iterations.tolist())
        for k in range(int(walked.iterations[-1]) + 1):
            if k in looks:
                losses.append(np.mean((features @ weights - target) ** 2))
            if size == asked.rows:
                seen, wanted = features, target
            else:
                rows = batches.of_step(k)
                seen, wanted = features[rows], target[rows]
            weights = weights - walked.rate * 2 / len(wanted) * (seen.T @ (seen @ weights - wanted))
        told.append(np.array(losses))
    return told


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    asked = ManyRows()
    result = solve(asked)
    for walked, losses in zip(result.walked, plain(asked, result), strict=True):
        np.testing.assert_allclose(walked.excess + result.least, losses, rtol=1e-9)
    ours, theirs = (
        min(each)
        for each in zip(
            *((timed(lambda: solve(asked)), timed(lambda: plain(asked, result))) for _ in range(TURNS)), strict=True
        )
    )
    steps = sum(int(walked.iterations[-1]) for walked in result.walked)
    print(f"{asked.rows:,} x {asked.features}, {asked.epochs} epochs, {steps:,} steps in all")
    print(f"the lab {ours:.2f} s, plain NumPy {theirs:.2f} s: {theirs / ours:.1f} times as fast")


if __name__ == "__main__":
    main()
