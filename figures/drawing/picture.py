"""A picture as plain shapes in pixels, which ``svg_text.py`` and ``rasterizing.py`` beside it write down.

Both writers draw the same description, so the SVG, the PNG and the frames of the animation show the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Image:
    """Pixels stretched over (left, top, right, bottom): indices ``(rows, columns)`` into ``palette`` ``(256, 3)``.

    crisp: each pixel has edges, because neighbors in the palette are nothing between; else levels are smoothed.
    """

    at: Rectangle
    pixels: NDArray[np.uint8]
    palette: NDArray[np.uint8]
    crisp: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A polyline ``(n, 2)``; ``dash`` alternates drawn and blank lengths."""

    points: Array
    color: str
    width: float
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Polygon:
    """A filled outline ``(n, 2)``. ``stroke`` is painted under the fill, so that half its width shows, as a halo."""

    points: Array
    fill: str | None
    stroke: str | None = None
    width: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Disc:
    """A circle; stroke and fill as a Polygon's."""

    x: float
    y: float
    radius: float
    fill: str | None
    stroke: str | None = None
    width: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Text:
    """One line of text; (x, y) is the baseline's left end, middle or right end by ``anchor``.

    turned: it reads upwards, from there.
    """

    x: float
    y: float
    text: str
    size: float
    color: str
    anchor: str = "start"
    halo: str | None = None
    bold: bool = False
    turned: bool = False


Item = Image | Line | Polygon | Disc | Text


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Items in drawing order. ``inside`` is cut at the rectangle ``frame``; ``outside`` lies over it and around it."""

    width: int
    height: int
    background: str
    frame: Rectangle
    inside: list[Item] = field(default_factory=list)
    outside: list[Item] = field(default_factory=list)
    title: str = ""
    description: str = ""
