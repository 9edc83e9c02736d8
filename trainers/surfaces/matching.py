"""Hidden units of one network put in the order of another's, so that a line between the two stays low.

The order of the units of a layer is arbitrary: permuting them, with the rows before and the columns after, leaves the
function as it is. So is that of the channels of a convolution, with what normalizes them, their running statistics and
the numbers that each of them gives to a dense layer. Layers that a shortcut adds up share one order. Weight matching
looks for the permutations that bring the weights closest, layer by layer until nothing changes. Source: Ainsworth,
Hayase & Srinivasa (2023), Git Re-Basin, arXiv:2209.04836, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from networks.convolutional import CNN, ResidualBlock, ResNet
from networks.feedforward import MLP, Hidden, Maxout
from networks.sequential import Recurrent, Transformer
from trainers.surfaces.directions import Layout

_ROUNDS, _STARTS = 100, 8
_NEW = -1  # an order that nothing has had yet
_LENGTHS = "original0"  # of a weight norm: one a unit, without inputs

Axes = Mapping[str, tuple[int | None, ...]]
"""Which permutation each axis of a tensor is in, by name; None where the order is given. An axis may be a whole number
of times as long as its permutation: each unit has so many neighbors on it, as a channel has pixels."""


def why_unmatched(model: nn.Module) -> str:
    """Why the hidden units of this model are not matched, as the end of a sentence; empty where they are."""
    if isinstance(model, Recurrent):
        return "the units of a recurrent network are tied over all its steps and gates"
    if isinstance(model, Transformer):
        return "the units of a Transformer are tied by the heads of its attention"
    if not isinstance(model, MLP | CNN | ResNet) or (isinstance(model, MLP) and not len(model.hidden)):
        return "the network has no hidden units"
    if any(isinstance(module, Maxout) for module in model.modules()):
        return "the pieces of a maxout unit belong together"
    norms = [module for module in model.modules() if isinstance(module, nn.GroupNorm)]
    if any(1 < norm.num_groups < norm.num_channels for norm in norms):
        return "group norm ties units to their group"
    return ""


def axes_of(model: nn.Module, layout: Layout) -> Axes:
    """The permutation of each axis. Orders that weights outside the layout, as frozen ones, are in are given."""
    orders = _Orders()
    if isinstance(model, MLP):
        orders.follow(model.output, "output.", orders.follow(model.hidden, "hidden.", None), to=None)
    elif isinstance(model, CNN):
        orders.follow(model.dense, "dense.", orders.follow(model.convolutions, "convolutions.", None), to=None)
    else:
        assert isinstance(model, ResNet), "units of perceptrons, convolutional and residual networks are matched"
        given = orders.follow(model.body, "body.", orders.follow(model.stem, "stem.", None))
        orders.follow(model.head, "head.", given, to=None)
    fixed = {p for name, of in orders.axes.items() if name not in layout.names for p in of}
    return {name: tuple(None if p in fixed else p for p in orders.axes[name]) for name in layout.names}


class _Orders:
    """The permutations of a network's axes, found by following its layers in the order of the signal."""

    def __init__(self) -> None:
        self.axes: dict[str, tuple[int | None, ...]] = {}
        self.sizes: list[int] = []

    def follow(self, module: nn.Module, path: str, given: int | None, *, to: int | None = _NEW) -> int | None:
        """The order of what leaves a module when what enters it is in the order ``given``.

        to: the order that its last layer has to leave, as that of the outputs or of what a shortcut adds.
        """
        if isinstance(module, nn.Linear | nn.Conv2d):
            if to == _NEW:
                to = len(self.sizes)
                self.sizes.append(module.out_features if isinstance(module, nn.Linear) else module.out_channels)
            self._mark(module, path, to, given)
            return to
        if isinstance(module, Hidden):
            own = self.follow(module.linear, f"{path}linear.", given, to=given if module.residual else _NEW)
            return self.follow(module.rest, f"{path}rest.", own)
        if isinstance(module, ResidualBlock):
            own = self.follow(
                module.shortcut, f"{path}shortcut.", given
            )  # an identity has nothing and leaves its input
            self.follow(module.body, f"{path}body.", given, to=own)
            return self.follow(module.activation, f"{path}activation.", own)
        if isinstance(module, nn.Sequential):
            layers = [name for name, layer in module.named_children() if isinstance(layer, nn.Linear | nn.Conv2d)]
            for name, layer in module.named_children():
                given = self.follow(layer, f"{path}{name}.", given, to=to if name in layers[-1:] else _NEW)
            return given
        self._mark(module, path, given, None)  # a normalization, a learned slope
        return given

    def _mark(self, module: nn.Module, path: str, own: int | None, given: int | None) -> None:
        units = 0 if own is None else self.sizes[own]
        for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if tensor.ndim < 2:
                of: tuple[int | None, ...] = (own if tensor.shape == (units,) else None,) * tensor.ndim
            else:  # (units, inputs), (channels, channels before, height, width)
                of = (own, None if name.endswith(_LENGTHS) else given, *(None,) * (tensor.ndim - 2))
            self.axes[path + name] = of


def matched(model: nn.Module, layout: Layout, fixed: Tensor, other: Tensor, seed: int = 0) -> tuple[Tensor, int]:
    """(``other`` with its units in the order that fits ``fixed`` best, how many units changed their place)."""
    axes = axes_of(model, layout)
    a = {name: tensor.cpu().double() for name, tensor in layout.tensors(fixed).items()}
    b = {name: tensor.cpu().double() for name, tensor in layout.tensors(other).items()}
    sizes: dict[int, int] = {}
    for name, of in axes.items():
        for axis, p in enumerate(of):
            if p is not None:
                sizes[p] = min(sizes.get(p, b[name].shape[axis]), b[name].shape[axis])
    generator = torch.Generator().manual_seed(seed)
    best, best_fit = {p: torch.arange(size) for p, size in sizes.items()}, -torch.inf
    for start in range(_STARTS):  # layer by layer it may end where no single layer can do better, though two could
        order = {p: torch.randperm(n, generator=generator) if start else torch.arange(n) for p, n in sizes.items()}
        _improve(order, axes, {name: (a[name], b[name]) for name in layout.names[: layout.trained]}, generator)
        fit = sum(
            float((a[name] * _permuted(b[name], axes[name], order)).sum()) for name in layout.names[: layout.trained]
        )
        if fit > best_fit:
            best, best_fit = order, fit
    ordered = [_permuted(tensor, axes[name], best).reshape(-1) for name, tensor in layout.tensors(other).items()]
    moved = sum(int((each != torch.arange(len(each))).sum()) for each in best.values())
    return torch.cat(ordered), moved


def _improve(
    order: dict[int, Tensor], axes: Axes, pairs: Mapping[str, tuple[Tensor, Tensor]], generator: torch.Generator
) -> None:
    """The best order of each layer given those of all others, until none changes."""
    for _ in range(_ROUNDS):
        changed = False
        for place in torch.randperm(len(order), generator=generator).tolist():
            p = list(order)[place]
            size = len(order[p])
            gain = torch.zeros(size, size, dtype=torch.float64)
            for name, (ours, theirs) in pairs.items():
                for axis, own in enumerate(axes[name]):
                    if own == p:
                        rest = _permuted(theirs, axes[name], order, besides=axis)
                        gain += _rows(ours, axis, size) @ _rows(rest, axis, size).T
            columns = torch.from_numpy(linear_sum_assignment(gain.numpy(), maximize=True)[1])
            now, then = (float(gain[torch.arange(size), each].sum()) for each in (order[p], columns))
            if then > now + 1e-9 * abs(now):
                order[p], changed = columns, True
        if not changed:
            return


def _rows(tensor: Tensor, axis: int, units: int) -> Tensor:
    """``(units, all numbers of each)``."""
    return tensor.movedim(axis, 0).reshape(units, -1)


def _permuted(
    tensor: Tensor, axes: tuple[int | None, ...], order: Mapping[int, Tensor], besides: int | None = None
) -> Tensor:
    """A tensor with each axis in its order, but for one."""
    for axis, p in enumerate(axes):
        if p is not None and axis != besides:
            places = torch.arange(tensor.shape[axis]).view(len(order[p]), -1)[order[p]].reshape(-1)
            tensor = tensor.index_select(axis, places.to(tensor.device))
    return tensor
