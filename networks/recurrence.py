"""Recurrent layers with a normalization inside, which PyTorch's fused ones have no room for.

Layer normalization stands where Ba, Kiros & Hinton (2016, arXiv:1607.06450, equation 4 and the supplement) put it: on
the sum of a plain cell, on each product of a GRU and an LSTM, and on the LSTM's cell before it is shown; RMS
normalization stands in the same places. Weight normalization (Salimans & Kingma, 2016, arXiv:1602.07868) gives both
matrices a length and a direction a row, and changes nothing else: the layer computes what PyTorch's does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class GateLinear(nn.Linear):
    """The products of all gates in one matrix; it starts as the layers of ``torch.nn.RNN`` do."""

    def __init__(self, before: int, width: int, gates: int, bias: bool) -> None:
        super().__init__(before, gates * width, bias)
        self.gates = gates
        bound = 1 / math.sqrt(width)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)


class NormalizedLayer(nn.Module):
    """One layer of ``cell`` (rnn, gru or lstm): ``(rows, length, before)`` to ``(rows, length, width)``."""

    def __init__(self, cell: str, before: int, width: int, normalization: str, nonlinearity: str) -> None:
        super().__init__()
        self.cell, self.width = cell, width
        self.phi = torch.relu if nonlinearity == "relu" else torch.tanh
        gates = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
        by_weight = normalization == "weight"
        self.input = GateLinear(before, width, gates, True)
        self.hidden = GateLinear(width, width, gates, by_weight)
        sizes = {"rnn": (width,), "gru": (2 * width, width, 2 * width, width), "lstm": (4 * width, 4 * width, width)}
        kind = {"layer": nn.LayerNorm, "rms": nn.RMSNorm, "weight": nn.Identity}[normalization]
        self.norms = nn.ModuleList(kind(size) for size in sizes[cell])
        if by_weight:
            nn.utils.parametrizations.weight_norm(self.input)
            nn.utils.parametrizations.weight_norm(self.hidden)

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(len(x), self.width)
        memory, states = state, []
        products = self.input(x)
        if self.cell == "gru":
            gates, candidate = products.split([2 * self.width, self.width], -1)
            products = torch.cat([self.norms[0](gates), self.norms[1](candidate)], -1)
        elif self.cell == "lstm":
            products = self.norms[0](products)
        for product in products.unbind(1):
            if self.cell == "rnn":
                state = self.phi(self.norms[0](product + self.hidden(state)))
            elif self.cell == "gru":
                state = self._gated(product, state)
            else:
                state, memory = self._remembered(product, state, memory)
            states.append(state)
        return torch.stack(states, 1)

    def _gated(self, product: Tensor, state: Tensor) -> Tensor:
        gates, candidate = self.hidden(state).split([2 * self.width, self.width], -1)
        reset, keep = (product[:, : 2 * self.width] + self.norms[2](gates)).sigmoid().chunk(2, -1)
        fresh = torch.tanh(product[:, 2 * self.width :] + reset * self.norms[3](candidate))
        return (1 - keep) * fresh + keep * state

    def _remembered(self, product: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        take, forget, fresh, show = (product + self.norms[1](self.hidden(state))).chunk(4, -1)
        memory = forget.sigmoid() * memory + take.sigmoid() * torch.tanh(fresh)
        return show.sigmoid() * torch.tanh(self.norms[2](memory)), memory


class NormalizedStack(nn.Module):
    """``depth`` layers on top of each other, with dropout between; gives states and nothing, as ``torch.nn.RNN``."""

    def __init__(
        self,
        cell: str,
        features: int,
        width: int,
        depth: int,
        normalization: str,
        *,
        dropout: float = 0.0,
        nonlinearity: str = "tanh",
    ) -> None:
        super().__init__()
        sizes = [features, *[width] * (depth - 1)]
        self.layers = nn.ModuleList(
            NormalizedLayer(cell, before, width, normalization, nonlinearity) for before in sizes
        )
        self.dropout = dropout

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        for number, layer in enumerate(self.layers):
            x = functional.dropout(x, self.dropout if number else 0.0, self.training)
            x = layer(x)
        return x, None


PLAIN: Mapping[str, Any] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
