"""The normalizations of networks by key, and the layers among them that PyTorch has no module for.

Batch renormalization (Ioffe, 2017, arXiv:1702.03275): x^ = (x - mean_B) / std_B * r + d with r = std_B / std cut to
[1 / r_max, r_max] and d = (mean_B - mean) / std cut to [-d_max, d_max], both without gradient, so that training sees
what evaluation will: (x - mean) / std by the running averages. The averages are of mean and standard deviation. As in
the paper it starts as batch normalization (r_max = 1, d_max = 0) and widens to 3 and 5; a run here has fewer steps, so
that the paper's 5,000, 40,000 and 25,000 steps are a hundredth of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import _WeightNorm

Norm = Callable[[int], nn.Module]


def weight_normed(layer: nn.Module, on: bool) -> nn.Module:
    """The layer, on request with a length and a direction for each row of its weight."""
    return nn.utils.parametrizations.weight_norm(layer) if on else layer


def row_lengths(layer: nn.Module) -> tuple[Tensor, Tensor] | None:
    """(g, |v|) of each row of a weight w = g v / |v| under weight normalization; None of a layer without it."""
    if not nn.utils.parametrize.is_parametrized(layer, "weight"):
        return None
    weight: Any = layer.parametrizations["weight"]  # pyright: ignore
    if not isinstance(weight[0], _WeightNorm):
        return None
    dim = -1 if weight[0].dim is None else weight[0].dim
    return weight.original0.flatten(), torch.norm_except_dim(weight.original1, 2, dim).flatten()


def group_norm(channels: int) -> nn.Module:
    """Four groups where that divides the channels, else three, two or one."""
    return nn.GroupNorm(next(groups for groups in (4, 3, 2, 1) if channels % groups == 0), channels)


def unit_group_norm(units: int) -> nn.Module:
    """The same of units ``(rows, units)``, with two or more in each group: one by itself is its own mean, and nothing
    of it would come through. Of a single unit nothing can; PyTorch's group norm refuses it of a single row, its layer
    norm gives the shift.
    """
    groups = next(groups for groups in (4, 3, 2, 1) if units % groups == 0 and (units > groups or groups == 1))
    return nn.GroupNorm(groups, units) if units > 1 else nn.LayerNorm(units)


def image_layer_norm(channels: int) -> nn.Module:
    """Layer norm of an image with a scale for each channel: one group."""
    return nn.GroupNorm(1, channels)


def image_instance_norm(channels: int) -> nn.Module:
    """Each channel of each image by itself."""
    return nn.GroupNorm(channels, channels)


def renorm_limits(step: Tensor) -> tuple[Tensor, Tensor]:
    """(r_max, d_max) of the training step that follows ``step`` others."""
    r_part, d_part = (((step - 50) / (end - 50)).clamp(0, 1) for end in (400, 250))
    return 1 + 2 * r_part, 5 * d_part


def renormalized(x: Tensor, mean: Tensor, std: Tensor, step: Tensor, momentum: float, eps: float) -> Tensor:
    """``(rows, channels, ...)`` in training, without scale and shift; moves the running ``mean`` and ``std``."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    shape = [1, -1, *[1] * (x.ndim - 2)]
    variance, of_batch = torch.var_mean(x, axes, correction=0)
    spread = (variance + eps).sqrt()
    r_max, d_max = renorm_limits(step.to(x.dtype))
    with torch.no_grad():
        r = (spread / std).clamp(1 / r_max, r_max)
        d = ((of_batch - mean) / std).clamp(-d_max, d_max)
    out = (x - of_batch.view(shape)) * (r / spread).view(shape) + d.view(shape)
    with torch.no_grad():
        mean.lerp_(of_batch, momentum)
        std.lerp_(spread, momentum)
    return out


class BatchRenorm(nn.Module):
    """Of ``(rows, channels)`` or ``(rows, channels, height, width)``, with a scale and a shift for each channel.

    As with PyTorch's batch normalization, averages stand still in training while ``track_running_stats`` is off.
    """

    running_mean: Tensor
    running_std: Tensor
    num_batches_tracked: Tensor

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps, self.track_running_stats = momentum, eps, True
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_std", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        shape = [1, -1, *[1] * (x.ndim - 2)]
        if self.training:
            mean, std, step = self.running_mean, self.running_std, self.num_batches_tracked
            if not self.track_running_stats:
                mean, std, step = mean.clone(), std.clone(), step.clone()
            out = renormalized(x, mean, std, step, self.momentum, self.eps)
            step.add_(1)
        else:
            out = (x - self.running_mean.view(shape)) / self.running_std.view(shape)
        return out * self.weight.view(shape) + self.bias.view(shape)


class ChannelRMSNorm(nn.Module):
    """An image over the root mean square of all its numbers, with a scale for each channel: ``(rows, channels, ...)``.

    Zhang & Sennrich (2019), arXiv:1910.07467; ``torch.nn.RMSNorm`` over all axes but the first has a scale a number.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, x.shape[1:]) * self.weight.view(-1, *[1] * (x.ndim - 2))


# What is made for a number of units ``(rows, ..., units)``, and of channels ``(rows, channels, height, width)``. Weight
# normalization is none of them: it acts on the weights.
UNIT_NORMS: Mapping[str, Norm] = {
    "batch": nn.BatchNorm1d,
    "layer": nn.LayerNorm,
    "group": unit_group_norm,
    "rms": nn.RMSNorm,
    "batch_renorm": BatchRenorm,
}
IMAGE_NORMS: Mapping[str, Norm] = {
    "batch": nn.BatchNorm2d,
    "layer": image_layer_norm,
    "group": group_norm,
    "instance": image_instance_norm,
    "rms": ChannelRMSNorm,
    "batch_renorm": BatchRenorm,
}
