"""Models that read a sequence ``(rows, length, features)``: recurrent ones, and the Transformer encoder.

The recurrent ones give what their last hidden state says. The encoder has a normalization before attention and
perceptron (Xiong et al., 2020, arXiv:2002.04745), or after each with the input added (Vaswani et al., 2017), learned
positions, and the mean over all steps.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from networks.normalizing import weight_normed


class Recurrent(nn.Module):
    """A stack of recurrent layers, then a linear layer on the last hidden state; ``cell`` gives all of its states."""

    def __init__(self, cell: nn.Module, width: int, outputs: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.cell = cell
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.cell(x)
        return self.output(self.dropout(states[:, -1]))


class Attention(nn.Module):
    """softmax(Q K^T / sqrt(d)) V for each head. Vaswani et al. (2017), arXiv:1706.03762."""

    def __init__(self, width: int, heads: int, weight_norm: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = weight_normed(nn.Linear(width, 3 * width), weight_norm)
        self.output = weight_normed(nn.Linear(width, width), weight_norm)

    def forward(self, x: Tensor) -> Tensor:
        rows, length, width = x.shape
        split = self.query_key_value(x).view(rows, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.output(mixed.transpose(1, 2).reshape(rows, length, width))


class EncoderBlock(nn.Module):
    """x + attention(norm(x)), then x + perceptron(norm(x)), the norm first; else norm(x + attention(x)), and so on."""

    def __init__(
        self,
        width: int,
        heads: int,
        activation: Callable[[], nn.Module],
        dropout: float,
        norm: Callable[[int], nn.Module] = nn.LayerNorm,
        norm_first: bool = True,
        weight_norm: bool = False,
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.attention_norm = norm(width)
        self.attention = Attention(width, heads, weight_norm)
        self.perceptron = nn.Sequential(
            norm(width),
            weight_normed(nn.Linear(width, 4 * width), weight_norm),
            activation(),
            weight_normed(nn.Linear(4 * width, width), weight_norm),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        norm, *rest = self.perceptron
        if self.norm_first:
            x = x + self.dropout(self.attention(self.attention_norm(x)))
            return x + self.dropout(self.perceptron(x))
        x = self.attention_norm(x + self.dropout(self.attention(x)))
        inner = x
        for part in rest:
            inner = part(inner)
        return norm(x + self.dropout(inner))


class Transformer(nn.Module):
    """``(rows, length, features)`` to ``(rows, outputs)``."""

    def __init__(
        self,
        length: int,
        features: int,
        width: int,
        heads: int,
        depth: int,
        outputs: int,
        *,
        activation: Callable[[], nn.Module] = nn.GELU,
        dropout: float = 0.0,
        norm: Callable[[int], nn.Module] = nn.LayerNorm,
        norm_first: bool = True,
        weight_norm: bool = False,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(features, width)
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.Sequential(
            *(EncoderBlock(width, heads, activation, dropout, norm, norm_first, weight_norm) for _ in range(depth))
        )
        # After blocks that end with a normalization there is nothing left to normalize.
        self.norm = norm(width) if norm_first else nn.Identity()
        self.output = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.embedding(x) + self.positions)
        return self.output(self.norm(x).mean(1))
