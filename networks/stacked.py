"""Networks of one shape as one: n networks that differ only in their numbers take one product in place of n.

Every parameter and buffer is one tensor ``(n, *shape)``; the networks themselves are views of it, so that each can
still be looked at, evaluated and kept alone. The stacked pass computes what their modules compute, network by network;
what it does not know how to stack, it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from networks.construction import activation_key
from networks.feedforward import MLP, Hidden, Maxout, Powers
from networks.normalizing import BatchRenorm, renormalized

# seen(module, what went in, what came out), each ``(n, rows, ...)``
Seen = Callable[[nn.Module, Tensor, Tensor], None]


class Stacked:
    """parameters, buffers: ``(n, *shape)`` by name, in the order of the modules; the models given are views of them.

    Raises:
        ValueError: no models, models of other shapes, or a module that cannot be stacked.
    """

    def __init__(self, models: Sequence[nn.Module]) -> None:
        if not models:
            raise ValueError("no networks were given to be stacked; allowed are one or more")
        self.models = tuple(models)
        self.names = {id(module): name for name, module in models[0].named_modules()}
        for module in models[0].modules():
            if not _known(module):
                raise ValueError(f"{type(module).__name__} was given; networks with it cannot be stacked")
        self.parameters = self._joined([dict(model.named_parameters()) for model in models])
        self.buffers = self._joined([dict(model.named_buffers()) for model in models])
        for parameter in self.parameters.values():
            parameter.requires_grad_()
        self._share()

    def __len__(self) -> int:
        return len(self.models)

    def _joined(self, tensors: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
        shapes = {name: tensor.shape for name, tensor in tensors[0].items()}
        if any({name: tensor.shape for name, tensor in each.items()} != shapes for each in tensors):
            raise ValueError("networks of different shapes were given; allowed are those of one shape")
        return {name: torch.stack([each[name].detach() for each in tensors]) for name in shapes}

    def _share(self) -> None:
        """Make each network a view of its place."""
        for number, model in enumerate(self.models):
            for name, parameter in model.named_parameters():
                parameter.data = self.parameters[name].detach()[number]
            for name, module in model.named_modules():
                for own in list(module._buffers):
                    if module._buffers[own] is not None:
                        module._buffers[own] = self.buffers[f"{name}.{own}" if name else own][number]

    @contextmanager
    def holding(self, parameters: Mapping[str, Tensor]) -> Iterator[None]:
        """Within, other numbers stand in place of the parameters."""
        own, self.parameters = self.parameters, dict(parameters)
        try:
            yield
        finally:
            self.parameters = own

    def forward(self, x: Tensor, *, training: bool = False, seen: Seen | None = None) -> Tensor:
        """``(n, rows, *sample)`` to ``(n, rows, outputs)``; in training, batch normalization moves its averages."""
        return self._through(self.models[0], x, training, seen)

    def parameter(self, module: nn.Module, name: str) -> Tensor:
        """A parameter or buffer of a module of the first network, as all of them have it: ``(n, *shape)``."""
        prefix = self.names[id(module)]
        full = f"{prefix}.{name}" if prefix else name
        return self.parameters[full] if full in self.parameters else self.buffers[full]

    def _through(self, module: nn.Module, x: Tensor, training: bool, seen: Seen | None) -> Tensor:
        if isinstance(module, nn.Sequential):
            for child in module:
                x = self._through(child, x, training, seen)
            return x
        if isinstance(module, MLP):
            for child in (module.flatten, module.hidden, module.output):
                x = self._through(child, x, training, seen)
            return x
        if isinstance(module, Hidden):
            out = self._through(module.linear, x, training, seen)
            out = self._through(module.rest, out, training, seen)
            return x + out if module.residual else out
        out = self._one(module, x, training)
        if seen is not None:
            seen(module, x, out)
        return out

    def _one(self, module: nn.Module, x: Tensor, training: bool) -> Tensor:
        if isinstance(module, nn.Linear):
            return torch.baddbmm(self.parameter(module, "bias")[:, None], x, self._weight(module).mT)
        if isinstance(module, nn.Flatten):
            return x.flatten(2)
        if isinstance(module, nn.LayerNorm):
            plain = functional.layer_norm(x, module.normalized_shape, eps=module.eps)
            return torch.addcmul(
                self.parameter(module, "bias")[:, None], plain, self.parameter(module, "weight")[:, None]
            )
        if isinstance(module, nn.RMSNorm):
            plain = functional.rms_norm(x, module.normalized_shape, eps=module.eps)
            return plain * self.parameter(module, "weight")[:, None]
        if isinstance(module, nn.GroupNorm):
            plain = functional.group_norm(x.flatten(0, 1), module.num_groups, eps=module.eps).view(x.shape)
            return torch.addcmul(
                self.parameter(module, "bias")[:, None], plain, self.parameter(module, "weight")[:, None]
            )
        if isinstance(module, nn.BatchNorm1d):
            return self._batch_norm(module, x, training)
        if isinstance(module, BatchRenorm):
            return self._batch_renorm(module, x, training)
        if isinstance(module, nn.PReLU):
            return torch.where(x > 0, x, self.parameter(module, "weight")[:, None] * x)
        return module(x)

    def _weight(self, module: nn.Linear) -> Tensor:
        if not nn.utils.parametrize.is_parametrized(module, "weight"):
            return self.parameter(module, "weight")
        length = self.parameter(module, "parametrizations.weight.original0")
        direction = self.parameter(module, "parametrizations.weight.original1")
        return direction * (length / direction.norm(dim=-1, keepdim=True))

    def _batch_norm(self, module: nn.BatchNorm1d, x: Tensor, training: bool) -> Tensor:
        """Networks side by side are so many more channels."""
        if training:
            self.parameter(module, "num_batches_tracked").add_(1)
        out = functional.batch_norm(
            x.transpose(0, 1).flatten(1),
            self.parameter(module, "running_mean").view(-1),
            self.parameter(module, "running_var").view(-1),
            self.parameter(module, "weight").reshape(-1),
            self.parameter(module, "bias").reshape(-1),
            training,
            module.momentum or 0.0,
            module.eps,
        )
        return out.view(x.shape[1], x.shape[0], x.shape[2]).transpose(0, 1)

    def _batch_renorm(self, module: BatchRenorm, x: Tensor, training: bool) -> Tensor:
        mean, std = self.parameter(module, "running_mean"), self.parameter(module, "running_std")
        if training:
            steps = self.parameter(module, "num_batches_tracked")
            flat = x.transpose(0, 1).flatten(1)
            out = renormalized(flat, mean.view(-1), std.view(-1), steps[0], module.momentum, module.eps)
            out = out.view(x.shape[1], x.shape[0], x.shape[2]).transpose(0, 1)
            steps.add_(1)
        else:
            out = (x - mean[:, None]) / std[:, None]
        return torch.addcmul(self.parameter(module, "bias")[:, None], out, self.parameter(module, "weight")[:, None])


_PLAIN: tuple[Any, ...] = (
    nn.Sequential,
    MLP,
    Hidden,
    nn.Flatten,
    Powers,
    Maxout,
    nn.LayerNorm,
    nn.RMSNorm,
    nn.GroupNorm,
    nn.BatchNorm1d,
    BatchRenorm,
)


def _known(module: nn.Module) -> bool:
    if isinstance(module, nn.Linear):
        return module.bias is not None
    parametrization = type(module).__module__.startswith("torch.nn.utils.parametriz")
    inside = isinstance(module, nn.ModuleList | nn.ModuleDict)
    return type(module) in _PLAIN or activation_key(module) is not None or parametrization or inside
