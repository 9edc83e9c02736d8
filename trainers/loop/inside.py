"""What is watched while a network trains: losses on fixed rows, and the inside of the network layer by layer.

Everything is computed on the device and fetched in one transfer a report. The gradient is that of the mini-batch the
report falls on, before clipping. On request, on the probe: sharpness, the largest eigenvalue of the Hessian (Lanczos
with Hessian-vector products; Pearlmutter, 1994); the simple gradient noise scale (McCandlish et al., 2018,
arXiv:1812.06162, appendix A.1); the cosine of the gradients before and after one step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from networks.activations import ACTIVATIONS
from networks.construction import activation_key
from networks.normalizing import row_lengths
from networks.types import SATURATED, SHUT
from trainers.loop import foreach
from trainers.loop.foreach import squared_lengths
from trainers.report import Internals

PROBE_ROWS = 2048  # training rows of the reported loss
INSIDE_ROWS = 512  # rows of the layer statistics and of all that is on request
SATURATED_ROWS = 0.9
LANCZOS_STEPS = 20
NOISE_BATCH = 32


KINDS: tuple[type[nn.Module], ...] = (nn.Linear, nn.Conv2d, nn.RNNBase)
# A row a layer: spread, dead share, saturated share, zeros among activations, slope, lengths g and |v|.
Activities = list[list[Tensor | None]]
ACTIVITIES = 7


class Probed(Protocol):
    """What a probe needs to know of a training: the network, its trained parameters and their copies at the start."""

    @property
    def model(self) -> nn.Module: ...

    @property
    def parameters(self) -> Sequence[Tensor]: ...

    @property
    def starts(self) -> Sequence[Tensor]: ...

    @property
    def device(self) -> Any: ...


class LayerProbe:
    """The layers of a model: its modules that own weights with two or more axes, in the order the signal meets them.

    kinds: what counts as a layer.
    """

    def __init__(self, session: Probed, kinds: tuple[type[nn.Module], ...] = KINDS) -> None:
        self.session = session
        model = session.model
        owners: dict[int, tuple[str, nn.Module]] = {}
        for name, module in model.named_modules():
            if isinstance(module, kinds):
                owners[id(module)] = (name, module)
        position = {id(p): number for number, p in enumerate(session.parameters)}
        self.modules = [module for _, module in owners.values()]
        self.names = tuple(name for name, _ in owners.values())
        self.weights = [
            [position[id(p)] for p in module.parameters() if p.ndim > 1 and id(p) in position]
            for module in self.modules
        ]
        self.sizes = tuple(sum(session.parameters[i].numel() for i in group) for group in self.weights)
        self.of_module = {id(module): number for number, module in enumerate(self.modules)}
        tails: dict[str, tuple[float, float, float, float]] = {}
        self.activations: dict[int, tuple[float, float, float, float]] = {}
        for module in model.modules():
            key = activation_key(module)
            if key is None:
                continue
            if key not in tails:
                entry = ACTIVATIONS[key]
                hyper = entry.choose()
                flat = entry.tails(hyper, SATURATED) if entry.saturates == "both" else (-math.inf, math.inf)
                tails[key] = (*flat, *entry.tails(hyper, SHUT))
            self.activations[id(module)] = tails[key]

    def grouped(self, squares: Sequence[Tensor]) -> list[Tensor]:
        """Lengths by layer from squared lengths by parameter."""
        zero = squares[0].new_zeros(())
        return [sum((squares[i] for i in group), zero).sqrt() for group in self.weights]

    @torch.no_grad()
    def zeros(self) -> list[Tensor]:
        """The share of the weights of each layer that are exactly zero."""
        counts = [p.numel() - torch.count_nonzero(p) for p in self.session.parameters]
        zero = torch.zeros((), device=self.session.device)
        return [
            sum((counts[i] for i in group), zero) / max(1, size)
            for group, size in zip(self.weights, self.sizes, strict=True)
        ]

    def reader(self, present: Sequence[tuple[int, int]]) -> Callable[[Sequence[float]], tuple[float, Internals]]:
        """What makes internals (and the gradient's whole length) of: that length; by layer the lengths of gradient,
        update, weights, way and start, and the share of zeros; then the activities that are ``present``, as (layer,
        column)."""
        count = len(self.modules)

        def read(numbers: Sequence[float]) -> tuple[float, Internals]:
            grad, update, weight, way, length, zero = (numbers[1 + i * count : 1 + (i + 1) * count] for i in range(6))
            active: list[list[float | None]] = [[None] * count for _ in range(ACTIVITIES)]
            for (row, column), value in zip(present, numbers[1 + 6 * count :], strict=True):
                active[column][row] = value
            return numbers[0], Internals(
                layers=self.names,
                sizes=self.sizes,
                grad_norm=tuple(grad),
                update_ratio=tuple(_ratio(u, w) for u, w in zip(update, weight, strict=True)),
                weight_norm=tuple(weight),
                activation_std=tuple(active[0]),
                dead_share=tuple(active[1]),
                saturated_share=tuple(active[2]),
                distance=tuple(_ratio(w, n) for w, n in zip(way, length, strict=True)),
                zero_share=tuple(zero),
                zero_outputs=tuple(active[3]),
                slope=tuple(active[4]),
                row_length=tuple(active[5]),
                direction_length=tuple(active[6]),
            )

        return read

    def silent(self) -> Activities:
        """Activities before anything was heard."""
        return [[None] * ACTIVITIES for _ in self.modules]

    def hooks(self, activities: Activities, model: nn.Module) -> list[tuple[nn.Module, Callable[..., None]]]:
        """(module, forward hook) that write into ``activities`` while the signal passes."""
        last = [-1]

        def after_layer(module: nn.Module, _: Any, output: Any) -> None:
            last[0] = self.of_module[id(module)]
            values = output[0] if isinstance(output, tuple) else output
            activities[last[0]][0] = values.std()
            if (lengths := row_lengths(module)) is not None:
                activities[last[0]][5:7] = [each.detach().mean() for each in lengths]
            if isinstance(module, nn.RNN) and module.nonlinearity == "tanh":
                activities[last[0]][2] = _mostly(values.abs() > 0.97, False)
            elif isinstance(module, nn.RNN):
                activities[last[0]][3] = (values == 0).float().mean()

        def after_activation(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            if last[0] < 0:
                return
            flat_low, flat_high, shut_low, shut_high = self.activations[id(module)]
            row, z = activities[last[0]], args[0]
            channels = z.ndim == 4 or isinstance(self.modules[last[0]], nn.Conv1d)
            row[0] = output.std()
            row[3] = (output == 0).float().mean()
            if isinstance(module, nn.PReLU):
                row[4] = module.weight.detach().mean()
            if math.isfinite(shut_low) or math.isfinite(shut_high):
                row[1] = _always((z <= shut_low) | (z >= shut_high), channels)
            if math.isfinite(flat_low):
                row[2] = _mostly((z <= flat_low) | (z >= flat_high), channels)

        active = [module for module in model.modules() if id(module) in self.activations]
        return [*((module, after_layer) for module in self.modules), *((module, after_activation) for module in active)]

    @torch.no_grad()
    def activity(self, model: nn.Module, inputs: Tensor) -> Activities:
        """The activities of each layer on these rows; ``model`` is in eval mode."""
        activities = self.silent()
        with ExitStack() as hooks:
            for module, hook in self.hooks(activities, model):
                hooks.callback(module.register_forward_hook(hook).remove)
            model(inputs)
        return activities


def _units_first(flags: Tensor, channels: bool) -> Tensor:
    """``(units, everything else)``: the channels, where the second axis has them, else the last axis."""
    return flags.transpose(0, 1).flatten(1) if channels else flags.flatten(0, -2).T


def _always(flags: Tensor, channels: bool) -> Tensor:
    return _units_first(flags, channels).all(1).float().mean()


def _mostly(flags: Tensor, channels: bool) -> Tensor:
    return (_units_first(flags, channels).float().mean(1) >= SATURATED_ROWS).float().mean()


class Inside:
    """Gradient, update and activity of one step: ``before`` it, ``gradient`` within it, ``after`` it."""

    def __init__(self, layers: LayerProbe) -> None:
        self.layers, self.parameters = layers, layers.session.parameters
        self.old: list[Tensor] = []
        self.gradients: Sequence[Tensor] = ()

    @torch.no_grad()
    def before(self) -> None:
        self.old = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def gradient(self) -> None:
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        self.gradients = squared_lengths(grads)

    @torch.no_grad()
    def after(
        self, model: nn.Module, inputs: Tensor
    ) -> tuple[list[Tensor], Callable[[Sequence[float]], tuple[float, Internals]]]:
        """Tensors to fetch, and what makes the internals (and the gradient's whole length) of their numbers."""
        layers = self.layers
        updates = squared_lengths(foreach.differences(self.parameters, self.old))
        weights = squared_lengths(self.old)
        starts = layers.session.starts
        ways = squared_lengths(foreach.differences(self.parameters, starts))
        lengths = squared_lengths(starts)
        activity = layers.activity(model, inputs)
        count = len(layers.modules)
        columns = [layers.grouped(squares) for squares in (self.gradients, updates, weights, ways, lengths)]
        columns.append(layers.zeros())
        present = [
            (row, column) for row in range(count) for column in range(ACTIVITIES) if activity[row][column] is not None
        ]
        whole = torch.stack(list(self.gradients)).sum().sqrt()
        tensors = [whole, *(value for column in columns for value in column)]
        tensors += [value for row, column in present if (value := activity[row][column]) is not None]

        return tensors, layers.reader(present)


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None
