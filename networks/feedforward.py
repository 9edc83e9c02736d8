"""Fully connected networks: straight lines of powers, and the multilayer perceptron.

A hidden layer is x -> phi(norm(W x + b)), or x -> norm(phi(W x + b)) with the normalization after the activation; a
residual layer adds its input where both have one width (He et al., 2016, arXiv:1603.05027, identity shortcut). A maxout
unit is the largest of several linear maps (Goodfellow et al., 2013, arXiv:1302.4389): phi takes so many more numbers
than it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from networks.normalizing import weight_normed


class Powers(nn.Module):
    """``(rows, features)`` to ``(rows, features * degree)``: x, x^2, ..., x^degree."""

    def __init__(self, degree: int) -> None:
        super().__init__()
        self.degree = degree

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x**power for power in range(1, self.degree + 1)], -1)


class Maxout(nn.Module):
    """The largest of ``pieces`` neighbors: ``(..., units * pieces)`` to ``(..., units)``; among equals the gradient is
    shared."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (-1, self.pieces)).amax(-1)

    def extra_repr(self) -> str:
        return str(self.pieces)


class Hidden(nn.Module):
    """One hidden layer with what surrounds it; ``pieces`` above 1 are those of a maxout activation."""

    def __init__(
        self,
        before: int,
        after: int,
        activation: Callable[[], nn.Module],
        norm: Callable[[int], nn.Module] | None,
        norm_first: bool,
        dropout: float,
        residual: bool,
        weight_norm: bool = False,
        pieces: int = 1,
    ) -> None:
        super().__init__()
        self.linear = weight_normed(nn.Linear(before, after * pieces), weight_norm)
        norms = [norm(after * pieces if norm_first else after)] if norm else []
        phi = [activation()]
        drop = [nn.Dropout(dropout)] if dropout else []
        self.rest = nn.Sequential(*norms, *phi, *drop) if norm_first else nn.Sequential(*phi, *norms, *drop)
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
        norm: Callable[[int], nn.Module] | None = None,
        norm_first: bool = True,
        dropout: float = 0.0,
        residual: bool = False,
        weight_norm: bool = False,
        pieces: int = 1,
    ) -> None:
        super().__init__()
        sizes = (inputs, *widths)
        self.flatten = nn.Flatten()
        self.hidden = nn.Sequential(
            *(
                Hidden(before, after, activation, norm, norm_first, dropout, residual, weight_norm, pieces)
                for before, after in zip(sizes, widths, strict=False)
            )
        )
        self.output = nn.Linear(sizes[-1], outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.hidden(self.flatten(x)))
