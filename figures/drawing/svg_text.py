"""A Picture as SVG text. Everything a user wrote enters as escaped text."""

from __future__ import annotations

import base64
import io
import re
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from PIL import Image as PillowImage

from figures.drawing.picture import Disc, Image, Item, Line, Picture, Polygon, Text
from figures.theme import FONT

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(picture: Picture) -> str:
    """A standalone SVG document."""
    left, top, right, bottom = picture.frame
    name = f"frame-{picture.width}x{picture.height}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width}" height="{picture.height}"'
        f' viewBox="0 0 {picture.width} {picture.height}" role="img" font-family={quoteattr(FONT)}>',
        f"<title>{_text(picture.title)}</title>",
        f"<desc>{_text(picture.description)}</desc>",
        f'<clipPath id="{name}"><rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}"'
        f' height="{_n(bottom - top)}"/></clipPath>',
        f'<rect width="{picture.width}" height="{picture.height}" fill="{picture.background}"/>',
        f'<g clip-path="url(#{name})" stroke-linejoin="round" stroke-linecap="round">',
        *(_element(item) for item in picture.inside),
        '</g><g stroke-linejoin="round" stroke-linecap="round">',
        *(_element(item) for item in picture.outside),
        "</g></svg>",
    ]
    return "\n".join(lines)


def _element(item: Item) -> str:
    match item:
        case Image():
            left, top, right, bottom = item.at
            crisp = ' image-rendering="pixelated"' if item.crisp else ""
            return (
                f'<image x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(bottom - top)}"'
                f' preserveAspectRatio="none"{crisp} href="data:image/png;base64,{_png(item)}"/>'
            )
        case Line():
            caps = ' stroke-linecap="butt"' if item.dash else ""
            dash = f' stroke-dasharray="{" ".join(_n(length) for length in item.dash)}"' if item.dash else ""
            opacity = f' stroke-opacity="{_n(item.opacity)}"' if item.opacity < 1 else ""
            return (
                f'<polyline points="{_points(item.points)}" fill="none" stroke="{item.color}"'
                f' stroke-width="{_n(item.width)}"{dash}{opacity}{caps}/>'
            )
        case Polygon():
            return f'<polygon points="{_points(item.points)}"{_paint(item)}/>'
        case Disc():
            return f'<circle cx="{_n(item.x)}" cy="{_n(item.y)}" r="{_n(item.radius)}"{_paint(item)}/>'
        case Text():
            anchor = f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
            weight = ' font-weight="600"' if item.bold else ""
            halo = (
                f' stroke="{item.halo}" stroke-width="{_n(item.size * 0.3)}" paint-order="stroke"' if item.halo else ""
            )
            turn = f' transform="rotate(-90 {_n(item.x)} {_n(item.y)})"' if item.turned else ""
            return (
                f'<text x="{_n(item.x)}" y="{_n(item.y)}" font-size="{_n(item.size)}" fill="{item.color}"'
                f"{anchor}{weight}{halo}{turn}>{_text(item.text)}</text>"
            )


def _paint(item: Polygon | Disc) -> str:
    stroke = f' stroke="{item.stroke}" stroke-width="{_n(item.width)}" paint-order="stroke"' if item.stroke else ""
    return f' fill="{item.fill or "none"}"{stroke}'


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


def _n(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _points(points: np.ndarray) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points.tolist())


def _png(image: Image) -> str:
    pixels = PillowImage.fromarray(image.pixels).convert("P")
    pixels.putpalette(image.palette.tobytes())
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
