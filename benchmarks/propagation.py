"""Signal propagation, 10 layers x 500 units x 1,000 samples, against a bare PyTorch loop that does only its products.

    python -m benchmarks.propagation

Both run in turn in one process; the fastest of each and the ratio are printed. Aim: at most 1.5.
"""

from __future__ import annotations

from time import perf_counter

import torch

from networks.propagation import trace
from networks.setup import Setup

WIDTH, DEPTH, SAMPLES = 500, 10, 1000


def products(weights: torch.Tensor, h: torch.Tensor, g: torch.Tensor) -> None:
    """The 29 matrix products of one pass forward and back: z = h W^T, dW = g^T h, g W (not into the inputs)."""
    for _ in range(DEPTH):
        _ = h @ weights.T
    for layer in range(DEPTH, 0, -1):
        _ = g.T @ h
        if layer > 1:
            _ = g @ weights


def measure(setup: Setup, rounds: int = 20) -> tuple[float, float]:
    """(seconds of the trace, seconds of the products alone), the fastest of alternating runs."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(WIDTH, WIDTH, generator=generator)
    h, g = (torch.randn(SAMPLES, WIDTH, generator=generator) for _ in range(2))
    ours, floor = [], []
    for _ in range(rounds + 2):
        begin = perf_counter()
        trace(setup)
        middle = perf_counter()
        products(weights, h, g)
        ours.append(middle - begin)
        floor.append(perf_counter() - middle)
    return min(ours[2:]), min(floor[2:])


def main() -> None:
    for name, setup in {
        "tanh, normal 0.01": Setup(scale=0.01),
        "relu, kaiming_normal": Setup(activation="relu", initializer="kaiming_normal"),
        "gelu, batch norm, residual": Setup(
            activation="gelu", initializer="kaiming_normal", normalization="batch", residual=True
        ),
    }.items():
        ours, floor = measure(setup)
        print(f"{name:28} {ours * 1e3:6.1f} ms   products alone {floor * 1e3:6.1f} ms   ratio {ours / floor:.2f}")


if __name__ == "__main__":
    main()
