"""Fully connected networks: straight lines of powers, and the multilayer perceptron.

A hidden layer is x -> phi(norm(W x + b)), or x -> norm(phi(W x + b)) with the normalization after the activation; a
residual layer adds its input where both have one width (He et al., 2016, arXiv:1603.05027, identity shortcut).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


class Powers(nn.Module):
    """``(rows, features)`` to ``(rows, features * degree)``: x, x^2, ..., x^degree."""

    def __init__(self, degree: int) -> None:
        super().__init__()
        self.degree = degree

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x**power for power in range(1, self.degree + 1)], -1)


class Hidden(nn.Module):
    """One hidden layer with what surrounds it."""

    def __init__(
        self,
        before: int,
        after: int,
        activation: Callable[[], nn.Module],
        normalization: str,
        norm_first: bool,
        dropout: float,
        residual: bool,
    ) -> None:
        super().__init__()
        linear = nn.Linear(before, after)
        self.linear = nn.utils.parametrizations.weight_norm(linear) if normalization == "weight" else linear
        norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm, "rms": nn.RMSNorm}
        norm = [norms[normalization](after)] if normalization in norms else []
        phi = [activation()]
        drop = [nn.Dropout(dropout)] if dropout else []
        self.rest = nn.Sequential(*norm, *phi, *drop) if norm_first else nn.Sequential(*phi, *norm, *drop)
        self.residual = residual and before == after

    def forward(self, x: Tensor) -> Tensor:
        out = self.rest(self.linear(x))
        return x + out if self.residual else out


class MLP(nn.Module):
    """``(rows, *shape)`` to ``(rows, outputs)``."""

    def __init__(
        self,
        inputs: int,
        widths: Sequence[int],
        outputs: int,
        *,
        activation: Callable[[], nn.Module] = nn.ReLU,
        normalization: str = "none",
        norm_first: bool = True,
        dropout: float = 0.0,
        residual: bool = False,
    ) -> None:
        super().__init__()
        sizes = (inputs, *widths)
        self.flatten = nn.Flatten()
        self.hidden = nn.Sequential(
            *(
                Hidden(before, after, activation, normalization, norm_first, dropout, residual)
                for before, after in zip(sizes, widths, strict=False)
            )
        )
        self.output = nn.Linear(sizes[-1], outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.hidden(self.flatten(x)))
