"""Changes of color of a batch ``(rows, channels, height, width)`` with pixels from 0, black, to 1, white.

As in the enhancers of the Python Imaging Library: a factor of 1 changes nothing, 0 leaves black, the mean gray or
gray, and more than 1 goes the other way. Gray is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
"""

from __future__ import annotations

import torch
from torch import Tensor


def gray(x: Tensor) -> Tensor:
    """``(rows, 1, height, width)``: how bright each pixel is; images of other than three channels give their mean."""
    if x.shape[1] != 3:
        return x.mean(1, keepdim=True)
    return (x * torch.tensor([0.299, 0.587, 0.114], device=x.device, dtype=x.dtype)[:, None, None]).sum(1, keepdim=True)


def brightened(x: Tensor, factor: Tensor | float) -> Tensor:
    """Pixels times ``factor``, up to white."""
    return (x * factor).clamp(0, 1)


def contrasted(x: Tensor, factor: Tensor | float) -> Tensor:
    """Distances from the mean gray of each image times ``factor``."""
    return torch.lerp(gray(x).mean((1, 2, 3), keepdim=True).expand_as(x), x, _full(x, factor)).clamp(0, 1)


def saturated(x: Tensor, factor: Tensor | float) -> Tensor:
    """Distances from each pixel's gray times ``factor``."""
    return torch.lerp(gray(x).expand_as(x), x, _full(x, factor)).clamp(0, 1)


def turned_hue(x: Tensor, turn: Tensor | float) -> Tensor:
    """Hues further around the circle of colors by so many turns; images of other than three channels have none.

    Lightest and darkest channel of each pixel stay, so that brightness and saturation in HSV do.
    """
    if x.shape[1] != 3:
        return x
    red, green, blue = x.unbind(1)
    high, low = x.amax(1), x.amin(1)
    span = high - low
    some = torch.where(span > 0, span, 1)
    sixths = torch.where(
        high == red,
        (green - blue) / some,
        torch.where(high == green, 2 + (blue - red) / some, 4 + (red - green) / some),
    )
    sixths = sixths + 6 * _full(x, turn)[:, 0]
    # A channel is light within a sixth of the circle on both sides of its own hue, and fades over the next sixth.
    far = (torch.tensor([5.0, 3.0, 1.0], device=x.device, dtype=x.dtype)[:, None, None] + sixths[:, None]) % 6
    return high[:, None] - span[:, None] * torch.minimum(far, 4 - far).clamp(0, 1)


def _full(x: Tensor, factor: Tensor | float) -> Tensor:
    return torch.as_tensor(factor, dtype=x.dtype, device=x.device).expand_as(x)


def jitter(x: Tensor, brightness: float, contrast: float, saturation: float, hue: float = 0.0) -> Tensor:
    """Change brightness, contrast and saturation of each row by factors uniform in 1 plus or minus what is given, and
    its hues by a share of the circle uniform in plus or minus ``hue``."""
    if brightness:
        x = brightened(x, 1 + (2 * torch.rand(len(x), 1, 1, 1, device=x.device) - 1) * brightness)
    if contrast:
        x = contrasted(x, 1 + (2 * torch.rand(len(x), 1, 1, 1, device=x.device) - 1) * contrast)
    if saturation:
        x = saturated(x, 1 + (2 * torch.rand(len(x), 1, 1, 1, device=x.device) - 1) * saturation)
    if hue:
        x = turned_hue(x, (2 * torch.rand(len(x), 1, 1, 1, device=x.device) - 1) * hue)
    return x
