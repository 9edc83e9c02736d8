"""Arithmetic on lists of tensors in few kernels: PyTorch's ``_foreach`` operations, which its own optimizers use."""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportCallIssue=false
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Tensors = Sequence[Tensor]


def add_(targets: Tensors, others: Tensors, scale: float = 1.0) -> None:
    """targets += scale * others."""
    torch._foreach_add_(targets, others, alpha=scale)


def multiply_(targets: Tensors, factor: float) -> None:
    """targets *= factor."""
    torch._foreach_mul_(targets, factor)


def copy_(targets: Tensors, sources: Tensors) -> None:
    """targets = sources, in place."""
    torch._foreach_copy_(targets, sources)


def lerp_(targets: Tensors, others: Tensors, share: float) -> None:
    """targets += share * (others - targets)."""
    torch._foreach_lerp_(targets, others, share)


def signs(tensors: Tensors) -> Tensors:
    """The sign of every number."""
    return torch._foreach_sign(tensors)


def shrink_(targets: Tensors, by: float) -> None:
    """Each number that much nearer to zero, and exactly zero where it was not farther away."""
    torch._foreach_copy_(targets, [torch.nn.functional.softshrink(target, by) for target in targets])


def added(first: Tensors, second: Tensors) -> Tensors:
    """first + second."""
    return torch._foreach_add(first, second)


def differences(first: Tensors, second: Tensors) -> Tensors:
    """first - second."""
    return torch._foreach_sub(first, second)


def squared_lengths(tensors: Tensors) -> Tensors:
    """The squared Euclidean length of each tensor."""
    lengths = torch._foreach_norm(tensors)
    return torch._foreach_mul(lengths, lengths)


def lengths_between(first: Tensors, second: Tensors) -> Tensors:
    """The squared Euclidean length of each difference."""
    return squared_lengths(differences(first, second))
