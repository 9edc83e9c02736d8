"""A few lines as a small SVG, without axes: what is seen is their shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from figures.theme import Dash, on_background, shades

WIDTH, HEIGHT = 320, 150
_EDGE = 14


@dataclass(frozen=True, kw_only=True)
class SmallLine:
    """x and y are lists of numbers, NaN where the line has a gap; color is one of the theme."""

    x: ArrayLike
    y: ArrayLike
    color: str
    dash: Dash = ()


def lines_svg(lines: Sequence[SmallLine], *, dark: bool, low: float | None = None, high: float | None = None) -> str:
    """The lines over their common range; low, high: of y, where it is not that of the lines."""
    xs, ys = (np.concatenate([np.asarray(side, dtype=np.float64) for side in sides]) for sides in _sides(lines))
    x_low, x_high = float(np.nanmin(xs)), float(np.nanmax(xs))
    y_low = float(np.nanmin(ys)) if low is None else low
    y_high = float(np.nanmax(ys)) if high is None else high
    shade = shades(dark)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{shade.grid}" fill-opacity="0.35"/>',
    ]
    for line in lines:
        across = _EDGE + (np.asarray(line.x, dtype=np.float64) - x_low) / (x_high - x_low) * (WIDTH - 2 * _EDGE)
        up = np.clip((np.asarray(line.y, dtype=np.float64) - y_low) / (y_high - y_low), 0, 1)
        down = HEIGHT - _EDGE - up * (HEIGHT - 2 * _EDGE)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True) if np.isfinite(y))
        dash = f' stroke-dasharray="{" ".join(map(str, line.dash))}"' if line.dash else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{on_background(line.color, dark)}" stroke-width="2.4" '
            f'stroke-linejoin="round"{dash}/>'
        )
    return "".join([*parts, "</svg>"])


def _sides(lines: Sequence[SmallLine]) -> tuple[list[ArrayLike], list[ArrayLike]]:
    return [line.x for line in lines], [line.y for line in lines]
