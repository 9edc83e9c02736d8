"""Small networks of one shape side by side in one tensor, trained together: products of matrices, one for each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Batch = Callable[[int], tuple[Tensor, Tensor]]
"""Inputs ``(networks, rows, inputs)`` and targets ``(networks, rows, outputs)`` of a step."""


class NetworkStack:
    """Fully connected networks with the same widths and other weights.

    Each is drawn by its own seed (He's variance, LeCun's for the last layer), so that more networks change none of the
    first ones.
    """

    def __init__(
        self, widths: Sequence[int], seeds: Sequence[int], activation: Callable[[Tensor], Tensor] = torch.relu
    ) -> None:
        self.activation = activation
        self.weights: list[Tensor] = []
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        for layer, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
            gain = 1.0 if layer == len(widths) - 2 else 2.0
            drawn = [torch.randn(inputs, outputs, generator=each) for each in generators]
            self.weights.append((torch.stack(drawn) * math.sqrt(gain / inputs)).requires_grad_())
            shifts = [torch.randn(1, outputs, generator=each) for each in generators]
            # Kinks lie all over the inputs from the start; the last layer begins without a shift.
            spread = 0.5 if layer < len(widths) - 2 else 0.0
            self.weights.append((torch.stack(shifts) * spread).requires_grad_())

    @property
    def parameters(self) -> int:
        """How many numbers one network has."""
        return sum(weight[0].numel() for weight in self.weights)

    def __call__(self, x: Tensor, weights: Sequence[Tensor] | None = None) -> Tensor:
        """Answers ``(networks, rows, outputs)`` to inputs ``(networks, rows, inputs)``."""
        own = self.weights if weights is None else weights
        last = len(own) - 2
        for k in range(0, len(own), 2):
            x = torch.baddbmm(own[k + 1], x, own[k])
            x = x if k == last else self.activation(x)
        return x


def train_stack(
    stack: NetworkStack,
    batch: Batch,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    steps: int,
    rate: float,
    looks: Sequence[int] = (),
    look: Callable[[int, Sequence[Tensor]], None] = lambda step, weights: None,
    told: Callable[[float], None] = lambda share: None,
) -> list[Tensor]:
    """Train with Adam; the weights at the end, averaged over the last steps (about 50, fewer at the start).

    loss: answers and targets to the mean loss of each network ``(networks,)``. look: called with the averaged weights
    after each of ``looks``.
    """
    optimizer = torch.optim.Adam(stack.weights, lr=rate)
    average = [weight.detach().clone() for weight in stack.weights]
    due = set(looks)
    for step in range(1, steps + 1):
        x, y = batch(step)
        optimizer.zero_grad()
        loss(stack(x), y).sum().backward()  # of each network its own gradient
        optimizer.step()
        with torch.no_grad():
            share = max(0.02, 2 / (step + 1))
            for own, now in zip(average, stack.weights, strict=True):
                own.lerp_(now, share)
            if step in due:
                look(step, average)
        if step % 10 == 0:
            told(step / steps)
    return average
