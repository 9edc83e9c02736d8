"""AutoAugment (Cubuk et al., 2019, arXiv:1805.09501): 25 pairs of operations for each data set it was learned on.

Each row draws a pair; each of the two is done with its probability and strength, and with either sign where there is
one. The tables are those of the paper's appendix; a strength of 0 to 9 goes from nothing to the largest. Operations
work on whole pixels from 0 to 255 and are those of the Python Imaging Library: the nearest pixel, and black outside.

Where torchvision is installed, it does the operations, on all rows of one strength at once. What is drawn is drawn
here: a seed means the same with it and without. Flips, sizes, angles and colors have a strength of their own for every
row, which torchvision's functions do not take (row by row they need seven to eleven times as long); they are done by
our own tensors alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from trainers.loop.images.color import brightened, contrasted, saturated

Operation = tuple[str, float, int]

_TABLES = {
    "cifar10": """
        Invert .1 0 Contrast .2 6; Rotate .7 2 TranslateX .3 9; Sharpness .8 1 Sharpness .9 3;
        ShearY .5 8 TranslateY .7 9; AutoContrast .5 0 Equalize .9 0; ShearY .2 7 Posterize .3 7;
        Color .4 3 Brightness .6 7; Sharpness .3 9 Brightness .7 9; Equalize .6 0 Equalize .5 0;
        Contrast .6 7 Sharpness .6 5; Color .7 7 TranslateX .5 8; Equalize .3 0 AutoContrast .4 0;
        TranslateY .4 3 Sharpness .2 6; Brightness .9 6 Color .2 8; Solarize .5 2 Invert 0 0;
        Equalize .2 0 AutoContrast .6 0; Equalize .2 0 Equalize .6 0; Color .9 9 Equalize .6 0;
        AutoContrast .8 0 Solarize .2 8; Brightness .1 3 Color .7 0; Solarize .4 5 AutoContrast .9 0;
        TranslateY .9 9 TranslateY .7 9; AutoContrast .9 0 Solarize .8 3; Equalize .8 0 Invert .1 0;
        TranslateY .7 9 AutoContrast .9 0""",
    "svhn": """
        ShearX .9 4 Invert .2 0; ShearY .9 8 Invert .7 0; Equalize .6 0 Solarize .6 6; Invert .9 0 Equalize .6 0;
        Equalize .6 0 Rotate .9 3; ShearX .9 4 AutoContrast .8 0; ShearY .9 8 Invert .4 0; ShearY .9 5 Solarize .2 6;
        Invert .9 0 AutoContrast .8 0; Equalize .6 0 Rotate .9 3; ShearX .9 4 Solarize .3 3; ShearY .8 8 Invert .7 0;
        Equalize .9 0 TranslateY .6 6; Invert .9 0 Equalize .6 0; Contrast .3 3 Rotate .8 4;
        Invert .8 0 TranslateY 0 2; ShearY .7 6 Solarize .4 8; Invert .6 0 Rotate .8 4; ShearY .3 7 TranslateX .9 3;
        ShearX .1 6 Invert .6 0; Solarize .7 2 TranslateY .6 7; ShearY .8 4 Invert .8 0; ShearX .7 9 TranslateY .8 3;
        ShearY .8 5 AutoContrast .7 0; ShearX .7 2 Invert .1 0""",
    "imagenet": """
        Posterize .4 8 Rotate .6 9; Solarize .6 5 AutoContrast .6 0; Equalize .8 0 Equalize .6 0;
        Posterize .6 7 Posterize .6 6; Equalize .4 0 Solarize .2 4; Equalize .4 0 Rotate .8 8;
        Solarize .6 3 Equalize .6 0; Posterize .8 5 Equalize 1 0; Rotate .2 3 Solarize .6 8;
        Equalize .6 0 Posterize .4 6; Rotate .8 8 Color .4 0; Rotate .4 9 Equalize .6 0; Equalize 0 0 Equalize .8 0;
        Invert .6 0 Equalize 1 0; Color .6 4 Contrast 1 8; Rotate .8 8 Color 1 2; Color .8 8 Solarize .8 7;
        Sharpness .4 7 Invert .6 0; ShearX .6 5 Equalize 1 0; Color .4 0 Equalize .6 0; Equalize .4 0 Solarize .2 4;
        Solarize .6 5 AutoContrast .6 0; Invert .6 0 Equalize 1 0; Color .6 4 Contrast 1 8; Equalize .8 0 Equalize .6 0
        """,
}


def _read(table: str) -> tuple[tuple[Operation, Operation], ...]:
    pairs = [pair.split() for pair in table.split(";")]
    return tuple(((a, float(b), int(c)), (d, float(e), int(f))) for a, b, c, d, e, f in pairs)


POLICIES: Mapping[str, tuple[tuple[Operation, Operation], ...]] = {key: _read(text) for key, text in _TABLES.items()}


def whole_pixels(x: Tensor) -> Tensor:
    """Down to whole numbers from 0 to 255; what rounding has put just below one counts as that one."""
    return (x + 1e-3).floor().clamp(0, 255)


def moved(x: Tensor, from_x: Sequence[Tensor | float], from_y: Sequence[Tensor | float]) -> Tensor:
    """Each pixel (x, y), counted from the left and upper edge, from (a x + b y + c, d x + e y + f), the nearest one."""
    height, width = x.shape[-2:]
    a, b, c = (torch.as_tensor(each, dtype=x.dtype, device=x.device).expand(len(x)) for each in from_x)
    d, e, f = (torch.as_tensor(each, dtype=x.dtype, device=x.device).expand(len(x)) for each in from_y)
    # affine_grid counts from the center, in halves of the sides.
    first = torch.stack([a, b * height / width, a + (b * height + 2 * c) / width - 1], -1)
    second = torch.stack([d * width / height, e, e + (d * width + 2 * f) / height - 1], -1)
    grid = functional.affine_grid(torch.stack([first, second], 1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, mode="nearest", align_corners=False)


def turned(x: Tensor, degrees: Tensor) -> Tensor:
    """Turned around the center, against the clock where the angle is positive."""
    angle = degrees * (torch.pi / 180)
    cos, sin = angle.cos(), angle.sin()
    middle, down = x.shape[-1] / 2, x.shape[-2] / 2
    return moved(x, (cos, -sin, middle - cos * middle + sin * down), (sin, cos, down - sin * middle - cos * down))


def sharpened(x: Tensor, factor: Tensor) -> Tensor:
    """Distances from a smoothed copy times ``factor``; the outermost pixels stay as they are."""
    if min(x.shape[-2:]) < 3:
        return x
    kernel = torch.ones(3, 3, device=x.device, dtype=x.dtype)
    kernel[1, 1] = 5.0
    channels = x.shape[1]
    smooth = x.clone()
    inner = functional.conv2d(x, (kernel / 13).expand(channels, 1, 3, 3), groups=channels)
    smooth[..., 1:-1, 1:-1] = (inner + 0.5 + 1e-3).floor().clamp(0, 255)
    return smooth + (x - smooth) * factor


def stretched(x: Tensor) -> Tensor:
    """The darkest pixel of each channel black, the lightest white; a channel of one value stays."""
    low, high = x.amin((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
    return torch.where(high > low, (x - low) * (255 / (high - low).clamp_min(1)), x)


def equalized(x: Tensor) -> Tensor:
    """About as many pixels of each value in every channel, by the table that the Python Imaging Library makes."""
    flat = x.flatten(2).long()
    counts = torch.zeros(*flat.shape[:2], 256, dtype=torch.long, device=x.device)
    counts.scatter_add_(2, flat, torch.ones_like(flat))
    last = counts.gather(2, flat.amax(2, keepdim=True))
    step = (flat.shape[2] - last) // 255
    before = counts.cumsum(2) - counts
    table = ((before + step // 2) // step.clamp_min(1)).clamp(0, 255)
    return torch.where(step > 0, table.gather(2, flat), flat).view(x.shape).to(x.dtype)


def operated(x: Tensor, name: str, level: Tensor, sign: Tensor) -> Tensor:
    """One operation on whole pixels from 0 to 255; level ``(rows,)`` from 0 to 9, sign ``(rows,)`` of -1 and 1."""
    share = level / 9
    signed = share * sign
    factor = (1 + 0.9 * signed)[:, None, None, None]
    if name == "ShearX":
        x = moved(x, (1.0, 0.3 * signed, 0.0), (0.0, 1.0, 0.0))
    elif name == "ShearY":
        x = moved(x, (1.0, 0.0, 0.0), (0.3 * signed, 1.0, 0.0))
    elif name == "TranslateX":
        x = moved(x, (1.0, 0.0, (150 / 331 * x.shape[-1] * signed).trunc()), (0.0, 1.0, 0.0))
    elif name == "TranslateY":
        x = moved(x, (1.0, 0.0, 0.0), (0.0, 1.0, (150 / 331 * x.shape[-2] * signed).trunc()))
    elif name == "Rotate":
        x = turned(x, 30 * signed)
    elif name == "Brightness":
        x = 255 * brightened(x / 255, factor)
    elif name == "Color":
        x = 255 * saturated(x / 255, factor)
    elif name == "Contrast":
        x = 255 * contrasted(x / 255, factor)
    elif name == "Sharpness":
        x = sharpened(x, factor)
    elif name == "Posterize":
        dropped = 2 ** (4 * share).round()[:, None, None, None]
        x = (x / dropped).floor() * dropped
    elif name == "Solarize":
        x = torch.where(x >= (255 * (1 - share))[:, None, None, None], 255 - x, x)
    elif name == "AutoContrast":
        x = stretched(x)
    elif name == "Equalize":
        x = equalized(x)
    elif name == "Invert":
        x = 255 - x
    return whole_pixels(x)


def torchvision_functions() -> Any:
    """``torchvision.transforms.v2.functional``; None where it is missing, or goes with another PyTorch."""
    try:
        from torchvision.transforms.v2 import functional as functions  # pyright: ignore[reportMissingImports]
    except (ImportError, OSError, RuntimeError):
        return None
    return functions


def torchvision_operated(functions: Any, x: Tensor, name: str, strength: float) -> Tensor:
    """One operation on whole pixels from 0 to 255 by torchvision; strength: level over 9, with its sign, if any."""
    x = x.to(torch.uint8)
    place: dict[str, Any] = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0]}
    # Slants are counted from the upper left corner, and places of the result lie where the image is taken from.
    slant = math.degrees(math.atan(0.3 * strength))
    if name == "ShearX":
        x = functions.affine(x, **{**place, "shear": [slant, 0.0]}, center=[0, 0])
    elif name == "ShearY":
        x = functions.affine(x, **{**place, "shear": [0.0, slant]}, center=[0, 0])
    elif name == "TranslateX":
        x = functions.affine(x, **{**place, "translate": [-int(150 / 331 * x.shape[-1] * strength), 0]})
    elif name == "TranslateY":
        x = functions.affine(x, **{**place, "translate": [0, -int(150 / 331 * x.shape[-2] * strength)]})
    elif name == "Rotate":
        x = functions.rotate(x, 30 * strength)
    elif name == "Brightness":
        x = functions.adjust_brightness(x, 1 + 0.9 * strength)
    elif name == "Color":
        x = functions.adjust_saturation(x, 1 + 0.9 * strength)
    elif name == "Contrast":
        x = functions.adjust_contrast(x, 1 + 0.9 * strength)
    elif name == "Sharpness":
        x = functions.adjust_sharpness(x, 1 + 0.9 * strength)
    elif name == "Posterize":
        x = functions.posterize(x, 8 - round(4 * strength))
    elif name == "Solarize":
        x = functions.solarize(x, 255 * (1 - strength))
    elif name == "AutoContrast":
        x = functions.autocontrast(x)
    elif name == "Equalize":
        x = functions.equalize(x)
    elif name == "Invert":
        x = functions.invert(x)
    return x.float()


def operated_rows(x: Tensor, name: str, levels: Sequence[float], signs: Sequence[float], functions: Any) -> Tensor:
    """One operation with a level and a sign for each row. functions: torchvision's, None for our own."""
    if functions is None:
        return operated(x, name, torch.tensor(levels, device=x.device), torch.tensor(signs, device=x.device))
    unsigned = ("Posterize", "Solarize", "AutoContrast", "Equalize", "Invert")
    rows: dict[float, list[int]] = {}
    for row, (level, sign) in enumerate(zip(levels, signs, strict=True)):
        rows.setdefault(level / 9 * (1 if name in unsigned else sign), []).append(row)
    for strength, where in rows.items():
        index = torch.tensor(where, device=x.device)
        x = x.index_copy(0, index, torchvision_operated(functions, x.index_select(0, index), name, strength))
    return x


def auto_augment(x: Tensor, pairs: Sequence[Sequence[Operation]]) -> Tensor:
    """Each row of pixels from 0 to 1 under a pair of operations drawn from ``pairs``.

    What happens to which row is drawn on the CPU: nothing waits for the device.
    """
    rows, functions = len(x), torchvision_functions() if x.shape[1] in (1, 3) else None  # it knows gray and colors
    x = (x * 255 + 0.5 + 1e-3).floor().clamp(0, 255)
    chosen = torch.randint(len(pairs), (rows,)).tolist()
    chance, sign = torch.rand(2, rows).tolist(), torch.randint(2, (2, rows)) * 2 - 1
    for number in range(2):
        by_name: dict[str, list[int]] = {}
        for row, pair in enumerate(chosen):
            name, probability, _ = pairs[pair][number]
            if chance[number][row] < probability:
                by_name.setdefault(name, []).append(row)
        for name, where in by_name.items():
            levels = [float(pairs[chosen[row]][number][2]) for row in where]
            index = torch.tensor(where, device=x.device)
            signs = [float(sign[number][row]) for row in where]
            x = x.index_copy(0, index, operated_rows(x.index_select(0, index), name, levels, signs, functions))
    return x / 255
