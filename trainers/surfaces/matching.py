"""Hidden units of one perceptron put in the order of another's, so that a line between the two stays low.

The order of the units of a layer is arbitrary: permuting them, with the rows before and the columns after, leaves the
function as it is. Weight matching looks for the permutations that bring the weights closest, layer by layer until
nothing changes. Source: Ainsworth, Hayase & Srinivasa (2023), Git Re-Basin, arXiv:2209.04836, algorithm 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from networks.feedforward import MLP, Maxout
from trainers.surfaces.directions import Layout

_ROUNDS, _STARTS = 100, 8
_HIDDEN = re.compile(r"hidden\.(\d+)\.(linear|rest)\.(.+)")

Axes = Mapping[str, tuple[int | None, ...]]
"""Which permutation each axis of a tensor is in, by name; None where the order is given."""


def matchable(model: nn.Module) -> bool:
    """Whether the hidden units of this model can be matched: units of one group, or pieces of one, stay together."""
    fixed = any(isinstance(module, Maxout | nn.GroupNorm) for module in model.modules())
    return isinstance(model, MLP) and len(model.hidden) > 0 and not fixed


def axes_of(model: MLP, layout: Layout) -> Axes:
    """The permutation of each axis. Layers that are joined by an identity shortcut have one order."""
    order: list[int | None] = []
    before: int | None = None
    for number, layer in enumerate(model.hidden):
        before = before if layer.residual else number  # pyright: ignore[reportAttributeAccessIssue]
        order.append(before)
    axes: dict[str, tuple[int | None, ...]] = {}
    for name, shape in zip(layout.names, layout.shapes, strict=True):
        inside = _HIDDEN.fullmatch(name)
        if inside is None:  # the output layer
            axes[name] = (None, order[-1]) if len(shape) == 2 else (None,) * len(shape)
            continue
        number = int(inside[1])
        given = order[number - 1] if number else None
        of_units = shape[:1] == model.hidden[number].linear.bias.shape  # pyright: ignore
        if not of_units:  # one slope for all units
            axes[name] = (None,) * len(shape)
        else:
            axes[name] = (order[number], given)[: len(shape)]
        if name.endswith("original0"):  # the lengths of a weight norm have no inputs
            axes[name] = (order[number], None)
    return axes


def matched(model: nn.Module, layout: Layout, fixed: Tensor, other: Tensor, seed: int = 0) -> tuple[Tensor, int]:
    """(``other`` with its units in the order that fits ``fixed`` best, how many units changed their place)."""
    assert isinstance(model, MLP), "only the units of perceptrons are matched"
    axes = axes_of(model, layout)
    a = {name: tensor.double().cpu() for name, tensor in layout.tensors(fixed).items()}
    b = {name: tensor.double().cpu() for name, tensor in layout.tensors(other).items()}
    sizes = {p: b[name].shape[k] for name, of in axes.items() for k, p in enumerate(of) if p is not None}
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
                        gain += _rows(ours, axis) @ _rows(rest, axis).T
            columns = torch.from_numpy(linear_sum_assignment(gain.numpy(), maximize=True)[1])
            now, then = (float(gain[torch.arange(size), each].sum()) for each in (order[p], columns))
            if then > now + 1e-9 * abs(now):
                order[p], changed = columns, True
        if not changed:
            return


def _rows(tensor: Tensor, axis: int) -> Tensor:
    return tensor.movedim(axis, 0).reshape(tensor.shape[axis], -1)


def _permuted(
    tensor: Tensor, axes: tuple[int | None, ...], order: Mapping[int, Tensor], besides: int | None = None
) -> Tensor:
    """A tensor with each axis in its order, but for one."""
    for axis, p in enumerate(axes):
        if p is not None and axis != besides:
            tensor = tensor.index_select(axis, order[p].to(tensor.device))
    return tensor
