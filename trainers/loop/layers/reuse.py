"""Layers of a network that begin with another's weights, stand still, or learn at rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from trainers.loop.checkpoint import Checkpoint, CheckpointMismatch
from trainers.loop.inside import KINDS


@dataclass(kw_only=True)
class Layer:
    """Parameters that are frozen together and share a rate: a module with weights, and what follows it without any.

    modules: all that belong to it, those without parameters left out.
    """

    name: str
    parameters: list[nn.Parameter] = field(default_factory=list)
    modules: list[nn.Module] = field(default_factory=list)


def layers_of(model: nn.Module) -> list[Layer]:
    """The layers from the input on, in the order of the network's definition; every parameter is in one of them."""
    layers: list[Layer] = []
    taken: set[int] = set()
    for name, module in model.named_modules():
        within = isinstance(module, KINDS)
        own = [p for p in module.parameters(recurse=within) if id(p) not in taken]
        if not own:
            continue
        if within or not layers:
            layers.append(Layer(name=name))
        taken.update(map(id, own))
        layers[-1].parameters += own
        layers[-1].modules.append(module)
    return layers


def set_frozen(layers: Sequence[Layer], count: int) -> None:
    """Let the first ``count`` layers stand still, and all others learn.

    What is frozen has no gradient, so no optimizer and no penalty touches it; its batch normalization keeps to the
    statistics it has.
    """
    for number, layer in enumerate(layers):
        for parameter in layer.parameters:
            parameter.requires_grad_(number >= count)
            if number < count:
                parameter.grad = None
    keep_still(layers[:count])


def keep_still(frozen: Sequence[Layer]) -> None:
    """Batch normalization of frozen layers stays in eval mode whatever mode the network is in."""
    for layer in frozen:
        for module in layer.modules:
            if hasattr(module, "running_mean"):
                module.eval()


def begin_with(model: nn.Module, kept: Checkpoint, *, head: bool) -> bool:
    """Write the weights of a kept run into a network, the averaged ones where it has such; whether the last layer's
    are among them. head: whether they should be, where their size agrees.

    Raises:
        CheckpointMismatch: another layer has another size.
    """
    weights = _weights_of(model, kept)
    last = {id(p) for p in layers_of(model)[-1].parameters}
    state = model.state_dict(keep_vars=True)
    of_head = {name for name, tensor in state.items() if id(tensor) in last}
    for name, tensor in state.items():
        if name not in of_head and (name not in weights or weights[name].shape != tensor.shape):
            there = "none" if name not in weights else " x ".join(map(str, weights[name].shape))
            here = " x ".join(map(str, tensor.shape))
            raise CheckpointMismatch(
                f"The run it begins with has another network: {name} is {there} there and {here} here."
            )
    head = head and all(name in weights and weights[name].shape == state[name].shape for name in of_head)
    with torch.no_grad():
        for name, tensor in state.items():
            if head or name not in of_head:
                tensor.copy_(weights[name])
    return head


def _weights_of(model: nn.Module, kept: Checkpoint) -> dict[str, Tensor]:
    weights = {name[6:]: tensor for name, tensor in kept.tensors.items() if name.startswith("model.")}
    if "average.0" in kept.tensors:
        names = [name for name, _ in model.named_parameters()]
        averaged = {name: kept.tensors.get(f"average.{number}") for number, name in enumerate(names)}
        weights |= {name: tensor for name, tensor in averaged.items() if tensor is not None}
    return weights
