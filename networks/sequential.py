"""Models that read a sequence ``(rows, length, features)``: recurrent ones, and the Transformer encoder.

The recurrent ones give what their last hidden state says. The encoder has the layer norm before attention and
perceptron (Xiong et al., 2020, arXiv:2002.04745), learned positions, and the mean over all steps.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class Recurrent(nn.Module):
    """A stack of ``cell`` (rnn, gru or lstm), then a linear layer on the last hidden state."""

    def __init__(
        self,
        cell: str,
        features: int,
        width: int,
        depth: int,
        outputs: int,
        *,
        dropout: float = 0.0,
        nonlinearity: str = "tanh",
    ) -> None:
        super().__init__()
        between = dropout if depth > 1 else 0.0
        if cell == "rnn":
            self.cell = nn.RNN(features, width, depth, nonlinearity=nonlinearity, batch_first=True, dropout=between)
        else:
            kind = nn.LSTM if cell == "lstm" else nn.GRU
            self.cell = kind(features, width, depth, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.cell(x)
        return self.output(self.dropout(states[:, -1]))


class Attention(nn.Module):
    """softmax(Q K^T / sqrt(d)) V for each head. Vaswani et al. (2017), arXiv:1706.03762."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        rows, length, width = x.shape
        split = self.query_key_value(x).view(rows, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.output(mixed.transpose(1, 2).reshape(rows, length, width))


class EncoderBlock(nn.Module):
    """x + attention(norm(x)), then x + perceptron(norm(x))."""

    def __init__(self, width: int, heads: int, activation: Callable[[], nn.Module], dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), activation(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.attention_norm(x)))
        return x + self.dropout(self.perceptron(x))


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
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(features, width)
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.Sequential(*(EncoderBlock(width, heads, activation, dropout) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.embedding(x) + self.positions)
        return self.output(self.norm(x).mean(1))
