"""Sharpness-aware minimization: the gradient is taken where the loss is highest nearby, to first order.

Foret, Kleiner, Mobahi and Neyshabur, ICLR 2021 (arXiv:2010.01412): e = rho g / |g| over all weights, then the gradient
at w + e moves w. As in the authors' code the penalties, which the base rule adds, take no part in e, and batch norm's
running statistics learn from the first pass alone. Both passes see the same rows, augmented and masked alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from trainers.loop import foreach

TINY = 1e-12  # keeps the direction of no gradient finite


@contextmanager
def uphill(model: nn.Module, parameters: Sequence[Tensor], rho: float) -> Iterator[None]:
    """Within, the weights stand ``rho`` along their gradient; afterwards they and running statistics are as before."""
    moved = [p for p in parameters if p.grad is not None]
    statistics = [(buffer, buffer.clone()) for buffer in model.buffers()]  # of every kind of normalization
    with torch.no_grad():
        here = [p.detach().clone() for p in moved]
        gradients = [p.grad for p in moved if p.grad is not None]
        length = torch.stack([gradient.norm() for gradient in gradients]).norm()
        foreach.add_(moved, [gradient * (rho / (length + TINY)) for gradient in gradients])
    try:
        yield
    finally:
        with torch.no_grad():
            foreach.copy_(moved, here)
            for buffer, before in statistics:
                buffer.copy_(before)
