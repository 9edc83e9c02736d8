"""Augmentation of a whole batch at once, on its device. Each takes and gives ``(rows, channels, height, width)``.

Every row draws its own flip, shift, angle and box. Mixup: Zhang et al. (2018), arXiv:1710.09412. Cutout: DeVries &
Taylor (2017), arXiv:1708.04552. CutMix: Yun et al. (2019), arXiv:1905.04899. The mixing weight is drawn once a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from trainers.config import asked_for
from trainers.loop.images.color import jitter
from trainers.loop.images.geometry import flip_vertical, perspective, resize, slant
from trainers.loop.images.policies import POLICIES, auto_augment

Batch = tuple[Tensor, Tensor]


def flip(x: Tensor) -> Tensor:
    """Mirror half of the rows left to right."""
    chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(chosen, x.flip(-1), x)


def crop(x: Tensor, pad: int) -> Tensor:
    """Shift each row by up to ``pad`` pixels each way; what comes in is zero."""
    rows, channels, height, width = x.shape
    padded = functional.pad(x, (pad, pad, pad, pad))
    shifts = torch.randint(0, 2 * pad + 1, (2, rows, 1), device=x.device)
    down = (shifts[0] + torch.arange(height, device=x.device))[:, None, :, None]
    right = (shifts[1] + torch.arange(width, device=x.device))[:, None, None, :]
    flat = (down * (width + 2 * pad) + right).expand(rows, channels, height, width).flatten(2)
    return padded.flatten(2).gather(2, flat).view_as(x)


def rotate(x: Tensor, degrees: float) -> Tensor:
    """Turn each row around its center by an angle uniform in plus or minus ``degrees``; bilinear, zero outside."""
    angle = (2 * torch.rand(len(x), device=x.device) - 1) * (degrees * torch.pi / 180)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    ratio = x.shape[-2] / x.shape[-1]
    turn = torch.stack([torch.stack([cos, -sin * ratio, zero], -1), torch.stack([sin / ratio, cos, zero], -1)], 1)
    grid = functional.affine_grid(turn, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)


def _box(x: Tensor, height: int, width: int, center: Tensor) -> Tensor:
    """Where a box lies, ``(rows, 1, h, w)``; center ``(2, rows)`` in [0, 1)."""
    rows = torch.arange(x.shape[-2], device=x.device)[None, None, :, None]
    columns = torch.arange(x.shape[-1], device=x.device)[None, None, None, :]
    top = ((center[0] * x.shape[-2]).floor() - height // 2)[:, None, None, None]
    left = ((center[1] * x.shape[-1]).floor() - width // 2)[:, None, None, None]
    return (rows >= top) & (rows < top + height) & (columns >= left) & (columns < left + width)


def cutout(x: Tensor, side: int) -> Tensor:
    """Blank a square whose center is anywhere in the image; it may reach over the edge."""
    return x.masked_fill(_box(x, side, side, torch.rand(2, len(x), device=x.device)), 0.0)


def _weight(alpha: float) -> float:
    """Beta(alpha, alpha), drawn on the CPU: nothing waits for the device."""
    return float(torch.distributions.Beta(alpha, alpha).sample())


def mixup(x: Tensor, y: Tensor, alpha: float) -> Batch:
    """Weighted means of pairs of rows and of their targets ``(rows, outputs)``."""
    weight, other = _weight(alpha), torch.randperm(len(x), device=x.device)
    return torch.lerp(x[other], x, weight), torch.lerp(y[other], y, weight)


def cutmix(x: Tensor, y: Tensor, alpha: float) -> Batch:
    """A box of another row pasted in, one box a batch; targets are mixed by the area that is left."""
    side, other = (1 - _weight(alpha)) ** 0.5, torch.randperm(len(x), device=x.device)
    height, width = int(side * x.shape[-2]), int(side * x.shape[-1])
    box = _box(x, height, width, torch.rand(2, 1, device=x.device))
    share = 1 - box.to(x.dtype).mean()
    return torch.where(box, x[other], x), torch.lerp(y[other], y, share)


def augmentation(
    values: Mapping[str, Any], classes: int, ends: tuple[Tensor, Tensor] | None = None
) -> Callable[[Tensor, Tensor], Batch] | None:
    """All that is asked for; None where nothing is.

    In the order flips, crop, rotation, size, slant, perspective, color, policy, noise, cutout, mix. Mixing turns class
    numbers into probabilities ``(rows, classes)``. ends: what black and white are, each to be broadcast to a batch; by
    default 0 and 1.
    """
    if not asked_for(values):
        return None
    mixing = values["mixup"] or values["cutmix"]
    jitters = [values[name] for name in ("brightness", "contrast", "saturation", "hue")]

    def recolored(x: Tensor) -> Tensor:
        black, white = ends if ends is not None else (0.0, 1.0)
        x = (x - black) / (white - black)
        if any(jitters):
            x = jitter(x, *jitters)
        if values["policy"] != "none":
            x = auto_augment(x, POLICIES[values["policy"]])
        return x * (white - black) + black

    def augment(x: Tensor, y: Tensor) -> Batch:
        if values["flip"]:
            x = flip(x)
        if values["flip_vertical"]:
            x = flip_vertical(x)
        if values["crop"]:
            x = crop(x, values["crop"])
        if values["rotation"]:
            x = rotate(x, values["rotation"])
        if values["scale"]:
            x = resize(x, values["scale"])
        if values["shear"]:
            x = slant(x, values["shear"])
        if values["perspective"]:
            x = perspective(x, values["perspective"])
        if any(jitters) or values["policy"] != "none":
            x = recolored(x)
        if values["noise"]:
            x = x + values["noise"] * torch.randn_like(x)
        if values["cutout"]:
            x = cutout(x, values["cutout"])
        if mixing and not y.dtype.is_floating_point:
            y = functional.one_hot(y, classes).to(x.dtype)
        if values["mixup"]:
            return mixup(x, y, values["mixup"])
        return cutmix(x, y, values["cutmix"]) if values["cutmix"] else (x, y)

    return augment


def black_and_white(inputs: np.ndarray, shift: np.ndarray, scale: np.ndarray) -> tuple[Tensor, Tensor]:
    """The least and largest value of scaled images ``(rows, channels, height, width)``, before they were scaled."""
    axes = (0, 2, 3)
    low = float((inputs.min(axes, keepdims=True)[0] * scale + shift).min())
    high = float((inputs.max(axes, keepdims=True)[0] * scale + shift).max())
    black = torch.from_numpy(((low - shift) / scale).astype(np.float32))
    return black, torch.from_numpy((((high if high > low else low + 1) - shift) / scale).astype(np.float32))
