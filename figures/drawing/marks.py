"""The marks on the map: heads, start, minima, saddles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from figures.drawing.picture import Disc, Item, Line, Polygon
from figures.theme import LIGHT, MARKERS, on_background, shades

_ANGLES = np.arange(8) * np.pi / 4 - np.pi / 2
_STAR = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1) * np.where(np.arange(8) % 2, 0.34, 1.0)[:, None]


def field_lane_color(color: str, dark: bool) -> str:
    """A lane's color on the field: its own, except black, which turns white on the dark field."""
    return on_background(color, dark) if dark else color


def marker(name: str, x: float, y: float, radius: float, fill: str, halo: str) -> Item:
    """A head of the theme's shape."""
    outline = MARKERS[name]
    if not outline:
        return Disc(x=x, y=y, radius=radius * 0.92, fill=fill, stroke=halo, width=3.0)
    size = radius * (1.22 if name in ("star", "triangle", "triangle_down") else 1.08)
    return Polygon(points=np.array([x, y]) + size * np.array(outline), fill=fill, stroke=halo, width=3.0)


def start_mark(x: float, y: float, radius: float, dark: bool) -> list[Item]:
    """A bull's eye."""
    shade = shades(dark)
    return [
        Disc(x=x, y=y, radius=radius, fill=shade.halo, stroke=shade.text, width=3.0),
        Disc(x=x, y=y, radius=radius * 0.4, fill=shade.text),
    ]


def minimum_mark(x: float, y: float, radius: float) -> list[Item]:
    """A four-pointed star, unlike any head; as in the player (``drawMinimum``), white in both themes."""
    return [Polygon(points=np.array([x, y]) + radius * _STAR, fill=LIGHT.halo, stroke=LIGHT.text, width=3.0)]


def saddle_mark(x: float, y: float, radius: float, dark: bool) -> list[Item]:
    """A diagonal cross."""
    r = radius * 0.7
    strokes = [np.array([[x - r, y - r], [x + r, y + r]]), np.array([[x - r, y + r], [x + r, y - r]])]
    shade = shades(dark)
    return [
        Line(points=s, color=color, width=w) for color, w in ((shade.halo, 4.0), (shade.text, 1.6)) for s in strokes
    ]


def moved(item: Item, dx: float) -> Item:
    """The same mark, further right."""
    match item:
        case Polygon():
            return replace(item, points=item.points + np.array([dx, 0.0]))
        case Disc():
            return Disc(
                x=item.x + dx, y=item.y, radius=item.radius, fill=item.fill, stroke=item.stroke, width=item.width
            )
        case Line():
            return Line(points=item.points + np.array([dx, 0.0]), color=item.color, width=item.width)
        case _:
            return item
