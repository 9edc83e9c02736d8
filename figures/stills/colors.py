"""Colors as Plotly takes them, as #rrggbb or, where one sees through, #rrggbbaa; and scales of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_CALL = re.compile(r"rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*(?:,\s*([\d.]+)\s*)?\)")
_NAMED = {"white": "#FFFFFF", "black": "#000000"}


def parts(color: str) -> tuple[int, int, int, float]:
    """Red, green and blue from 0 to 255, and how much covers, from 0 to 1.

    Raises:
        ValueError: no color that is known here.
    """
    color = _NAMED.get(color, color)
    if found := _CALL.fullmatch(color):
        red, green, blue = (round(float(found[place])) for place in (1, 2, 3))
        return red, green, blue, 1.0 if found[4] is None else float(found[4])
    if re.fullmatch(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?", color):
        red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
        return red, green, blue, int(color[7:9], 16) / 255 if len(color) == 9 else 1.0
    raise ValueError(f"color was given {color!r:.60}; allowed are #rrggbb, rgb(...) and rgba(...)")


def opaque(color: str) -> str:
    """The color without what shines through."""
    return "#{:02X}{:02X}{:02X}".format(*parts(color)[:3])


def seen(color: str, opacity: float = 1.0) -> str | None:
    """The color with an opacity on top of its own; None for one that nobody sees."""
    *rgb, own = parts(color)
    cover = round(255 * own * opacity)
    if cover <= 0:
        return None
    text = "#{:02X}{:02X}{:02X}".format(*rgb)
    return text if cover >= 255 else f"{text}{cover:02X}"


def cover_of(color: str) -> float:
    """How much a color covers, from 0 to 1."""
    return parts(color)[3]


def on_scale(values: NDArray[np.float64], scale: Sequence[Sequence[object]]) -> NDArray[np.uint8]:
    """Shares of a scale, from 0 to 1, ``(n)`` as colors ``(n, 3)``; scale: (share, color) from the lowest on."""
    places = np.array([float(str(share)) for share, _ in scale])
    colors = np.array([parts(str(color))[:3] for _, color in scale], dtype=np.float64)
    clipped = np.clip(values, 0.0, 1.0)
    return (
        np.stack([np.interp(clipped, places, colors[:, part]) for part in range(3)], axis=-1).round().astype(np.uint8)
    )
