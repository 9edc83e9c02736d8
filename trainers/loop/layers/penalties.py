"""Penalties beyond L1 and L2, and noise on weights and activations; each counts weights with two or more axes.

Under weight normalization, w = g v / |v|, orthogonality counts the directions v and leaves the lengths g free: they are
a column of numbers, and no matrix whose columns could be orthonormal.
Jacobian: Hoffman, Roberts & Yaida (2019), arXiv:1908.02729, exactly instead of by random projections. Orthogonality:
the soft one of Bansal, Chen & Wang (2018), arXiv:1810.09102. Max norm: Srivastava et al. (2014), JMLR 15, appendix A.
Noise on weights: Graves (2011), NIPS; on activations: Poole, Sohl-Dickstein & Ganguli (2014), arXiv:1406.1831.
"""

# pyright: reportPrivateImportUsage=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

_LENGTHS = "parametrizations.weight.original0"


def is_length(name: str) -> bool:
    """Whether a parameter of this name holds the lengths g of a weight normalization."""
    return name.endswith(_LENGTHS)


def squared_slopes(outputs: Tensor, inputs: Tensor) -> Tensor:
    """How far the outputs ``(..., rows, outputs)`` move with the inputs ``(..., rows, *sample)``: ``(..., rows)``.

    The squared Frobenius norm of each row's Jacobian, exact: one pass backward for each output. No row may depend on
    the inputs of another.
    """
    leading = outputs.ndim - 1
    total = outputs.new_zeros(outputs.shape[:leading])
    for column in range(outputs.shape[-1]):
        (slopes,) = torch.autograd.grad(outputs[..., column].sum(), inputs, create_graph=True)
        total = total + slopes.flatten(leading).square().sum(-1)
    return total


def from_orthogonal(weight: Tensor) -> Tensor:
    """How far matrices ``(..., units, inputs)`` are from orthonormal rows, or columns where those are fewer, squared:
    the sum over ``(gram - identity)^2``, ``(...)``."""
    gram = weight @ weight.mT if weight.shape[-2] <= weight.shape[-1] else weight.mT @ weight
    return (gram - torch.eye(gram.shape[-1], device=gram.device, dtype=gram.dtype)).square().sum((-2, -1))


def orthogonal_gradient(weight: Tensor) -> Tensor:
    """The gradient of ``from_orthogonal``."""
    if weight.shape[-2] <= weight.shape[-1]:
        gram = weight @ weight.mT
        return 4 * (gram - torch.eye(gram.shape[-1], device=gram.device, dtype=gram.dtype)) @ weight
    gram = weight.mT @ weight
    return 4 * weight @ (gram - torch.eye(gram.shape[-1], device=gram.device, dtype=gram.dtype))


def shorten_(weight: Tensor, longest: Tensor | float, unit_axis: int = 0) -> None:
    """Scale each unit's weights down to this length where they are longer, in place; the axes behind ``unit_axis``
    are those of one unit."""
    lengths = torch.linalg.vector_norm(weight, dim=tuple(range(unit_axis + 1, weight.ndim)), keepdim=True)
    weight.mul_((longest / lengths.clamp_min(1e-12)).clamp(max=1.0))


def shake_(weights: Sequence[Tensor], deviation: float) -> Sequence[Tensor]:
    """Add normal noise to the weights in place; gives what they were."""
    before = torch._foreach_add(weights, 0.0)
    torch._foreach_add_(weights, [deviation * torch.randn_like(weight) for weight in weights])
    return before


class Shaken:
    """A hook on an activation: in training it adds normal noise to what the activation gives."""

    def __init__(self, deviation: float) -> None:
        self.deviation = deviation

    def __call__(self, module: nn.Module, given: Any, output: Tensor) -> Tensor:
        return output + self.deviation * torch.randn_like(output) if module.training else output
