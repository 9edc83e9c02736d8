"""What is watched of many networks at once: every number is a tensor ``(n,)``, and all are fetched in one transfer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from networks.stacked import Stacked
from trainers.loop.evaluation import predicted
from trainers.loop.inside import ACTIVITIES, SATURATED_ROWS, LayerProbe
from trainers.loop.session import Session
from trainers.report import Internals

# Rows of all networks together in one pass: what a CPU's cache holds of them, and what keeps a GPU busy.
CHUNK, CHUNK_ON_GPU = 16_384, 262_144


def evaluate_stacked(session: Session, network: Stacked, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """(loss, metric) ``(n,)`` of each network on its rows ``(n, rows, ...)``; see ``trainers.loop.evaluation``."""
    n, rows = inputs.shape[:2]
    size = max(1, (CHUNK if inputs.device.type == "cpu" else CHUNK_ON_GPU) // n)
    loss = torch.zeros(n, device=inputs.device)
    hits = torch.zeros(n, device=inputs.device)
    with torch.no_grad():
        for x, y in zip(inputs.split(size, 1), targets.split(size, 1), strict=True):
            outputs, true = network.forward(x).flatten(0, 1), y.flatten(0, 1)
            loss += session.losses(outputs, true, "none").view(n, -1).sum(1)
            each = predicted(outputs) == true if session.classes else (outputs - true).square()
            hits += each.view(n, -1).sum(1)
        if session.classes:
            return loss / rows, hits / rows
        means = targets.flatten(1).mean(1).view(-1, *[1] * (targets.ndim - 1))
        return loss / rows, 1 - hits / (targets - means).square().flatten(1).sum(1)


def squares(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The squared Euclidean length of each network's part of each tensor."""
    return [tensor.flatten(1).norm(dim=1).square() for tensor in tensors]


def _spread(values: Tensor) -> Tensor:
    """Standard deviation of each network's values, in two passes: many times as fast as PyTorch's one."""
    flat = values.flatten(1)
    return (flat - flat.mean(1, keepdim=True)).square().sum(1).div(flat.shape[1] - 1).sqrt()


class StackedInside:
    """Gradient, update and activity of one step of all: ``gradient`` within it, ``after`` it."""

    @torch.no_grad()
    def __init__(self, layers: LayerProbe, network: Stacked, starts: Sequence[Tensor]) -> None:
        self.layers, self.network, self.starts = layers, network, starts
        self.old = [p.detach().clone() for p in network.parameters.values()]
        self.gradients: Sequence[Tensor] = ()

    def gradient(self, gradients: Sequence[Tensor]) -> None:
        self.gradients = squares(gradients)

    @torch.no_grad()
    def after(self, inputs: Tensor) -> tuple[list[Tensor], Callable[[Sequence[float]], tuple[float, Internals]]]:
        """Tensors ``(n,)`` to fetch, and what makes internals of the numbers of one network."""
        layers, now = self.layers, [p.detach() for p in self.network.parameters.values()]
        updates = squares([new - old for new, old in zip(now, self.old, strict=True)])
        ways = squares([new - old for new, old in zip(now, self.starts, strict=True)])
        activity = self._activity(inputs)
        lengths = (self.gradients, updates, squares(self.old), ways, squares(self.starts))
        columns = [self._grouped(each) for each in lengths]
        counts = [p[0].numel() - torch.count_nonzero(p.flatten(1), dim=1) for p in now]
        columns.append(
            [
                sum((counts[i] for i in group), torch.zeros_like(counts[0])) / max(1, size)
                for group, size in zip(layers.weights, layers.sizes, strict=True)
            ]
        )
        count = len(layers.modules)
        present = [
            (row, column) for row in range(count) for column in range(ACTIVITIES) if activity[row][column] is not None
        ]
        whole = torch.stack(list(self.gradients)).sum(0).sqrt()
        tensors = [whole, *(value for column in columns for value in column)]
        tensors += [value for row, column in present if (value := activity[row][column]) is not None]
        return tensors, layers.reader(present)

    def _grouped(self, each: Sequence[Tensor]) -> list[Tensor]:
        zero = each[0].new_zeros(each[0].shape)
        return [sum((each[i] for i in group), zero).sqrt() for group in self.layers.weights]

    def _activity(self, inputs: Tensor) -> list[list[Tensor | None]]:
        layers = self.layers
        found = layers.silent()
        last: list[tuple[int, Tensor]] = []

        def finish() -> None:
            """What a layer gives on: after its activation, where it has one."""
            for number, values in last:
                found[number][0] = _spread(values)

        def seen(module: nn.Module, z: Tensor, out: Tensor) -> None:
            if id(module) in layers.of_module:
                finish()
                number = layers.of_module[id(module)]
                last[:] = [(number, out)]
                if nn.utils.parametrize.is_parametrized(module, "weight"):  # weight normalization, the one there is
                    lengths, directions = (
                        self.network.parameter(module, f"parametrizations.weight.original{k}") for k in (0, 1)
                    )
                    found[number][5] = lengths.flatten(1).mean(1)
                    found[number][6] = directions.norm(dim=-1).mean(1)
            elif id(module) in layers.activations and last:
                number = last[0][0]
                last[:] = [(number, out)]
                found[number][3] = (out == 0).flatten(1).float().mean(1)
                if isinstance(module, nn.PReLU):
                    found[number][4] = self.network.parameter(module, "weight").flatten(1).mean(1)
                flat_low, flat_high, shut_low, shut_high = layers.activations[id(module)]
                if math.isfinite(shut_low) or math.isfinite(shut_high):
                    shut = (z <= shut_low) | (z >= shut_high)
                    found[number][1] = shut.all(1).float().flatten(1).mean(1)
                if math.isfinite(flat_low):
                    flat = ((z <= flat_low) | (z >= flat_high)).float().mean(1) >= SATURATED_ROWS
                    found[number][2] = flat.float().flatten(1).mean(1)

        self.network.forward(inputs, seen=seen)
        finish()
        return found
