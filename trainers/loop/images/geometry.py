"""Where pixels go: sizes, slants and perspectives of a batch ``(rows, channels, height, width)``, each row its own.

Places are those of ``torch.nn.functional.affine_grid``: -1 and 1 are the edges of the image. A matrix says where each
place of the result is taken from; what comes in from outside is 0.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def _drawn(x: Tensor, most: float) -> Tensor:
    """``(rows,)``, uniform in plus or minus ``most``."""
    return (2 * torch.rand(len(x), device=x.device) - 1) * most


def flip_vertical(x: Tensor) -> Tensor:
    """Turn half of the rows upside down."""
    chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(chosen, x.flip(-2), x)


def resize(x: Tensor, most: float) -> Tensor:
    """Make each row larger or smaller around its center, by a factor uniform in 1 plus or minus ``most``; bilinear."""
    inverse = 1 / (1 + _drawn(x, most))
    zero = torch.zeros_like(inverse)
    taken = torch.stack([torch.stack([inverse, zero, zero], -1), torch.stack([zero, inverse, zero], -1)], 1)
    return functional.grid_sample(
        x, functional.affine_grid(taken, list(x.shape), align_corners=False), align_corners=False
    )


def slant(x: Tensor, degrees: float) -> Tensor:
    """Move lines of pixels sideways, each row by an angle uniform in plus or minus ``degrees``; bilinear."""
    slope = torch.tan(_drawn(x, degrees) * (torch.pi / 180)) * (x.shape[-2] / x.shape[-1])
    zero, one = torch.zeros_like(slope), torch.ones_like(slope)
    taken = torch.stack([torch.stack([one, slope, zero], -1), torch.stack([zero, one, zero], -1)], 1)
    return functional.grid_sample(
        x, functional.affine_grid(taken, list(x.shape), align_corners=False), align_corners=False
    )


def perspective(x: Tensor, most: float) -> Tensor:
    """Move each corner inwards by up to ``most`` of half the side, both ways; what was straight stays straight."""
    moved = 1 - most * torch.rand(len(x), 4, 2, device=x.device)
    return seen_from(x, moved)


def seen_from(x: Tensor, inwards: Tensor) -> Tensor:
    """The image whose corners lie where ``inwards`` ``(rows, 4, 2)`` says, as shares of the way from the center.

    Corners: left above, right above, right below, left below. A row's homography takes these places to the edges.
    """
    corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]], device=x.device)
    u, v = (corners * inwards).unbind(-1)
    to_x, to_y = corners.unbind(-1)
    zero, one = torch.zeros_like(u), torch.ones_like(u)
    first = torch.stack([u, v, one, zero, zero, zero, -u * to_x, -v * to_x], -1)
    second = torch.stack([zero, zero, zero, u, v, one, -u * to_y, -v * to_y], -1)
    right = torch.cat([to_x, to_y]).expand(len(x), 8)
    found = torch.linalg.solve(torch.cat([first, second], 1), right)
    matrix = torch.cat([found, torch.ones_like(found[:, :1])], 1).view(-1, 3, 3)
    same = torch.eye(2, 3, device=x.device)[None]
    places = functional.affine_grid(same, [1, 1, *x.shape[-2:]], align_corners=False).view(-1, 2)
    taken = torch.cat([places, torch.ones_like(places[:, :1])], 1) @ matrix.mT
    grid = (taken[..., :2] / taken[..., 2:]).view(len(x), *x.shape[-2:], 2)
    return functional.grid_sample(x, grid, align_corners=False)
