"""A Picture as pixels: drawn larger with Pillow, then reduced, which smooths every edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from figures.drawing.lettering import draw_text, text_width
from figures.drawing.paths import dashes
from figures.drawing.picture import Disc, Image, Item, Line, Picture, Polygon, Text
from figures.theme import rgb


def raster(picture: Picture, scale: int = 3) -> PillowImage.Image:
    """The picture at its own size in RGB, smoothed by ``scale``-fold supersampling."""
    return canvas(picture, scale).reduce(scale)


def canvas(picture: Picture, scale: int) -> PillowImage.Image:
    """The picture ``scale`` times as large, with hard edges."""
    image = PillowImage.new("RGB", (picture.width * scale, picture.height * scale), picture.background)
    paint_inside(image, picture, picture.inside, scale)
    paint(image, picture.outside, scale)
    return image


def paint_inside(image: PillowImage.Image, picture: Picture, items: Iterable[Item], scale: int) -> None:
    """Draw items cut at the picture's frame."""
    left, top, right, bottom = (round(edge * scale) for edge in picture.frame)
    part = image.crop((left, top, right, bottom))
    paint(part, items, scale, (left / scale, top / scale))
    image.paste(part, (left, top))


def paint(
    image: PillowImage.Image, items: Iterable[Item], scale: int, origin: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Draw items on an enlarged image whose upper left corner lies at ``origin``."""
    brush = _Brush(image, scale, origin)
    for item in items:
        brush.draw(item)


_ROUNDED = 2000  # corners of a line that are rounded, a slow thing; in a scribble of more, none can be seen


class _Brush:
    def __init__(self, image: PillowImage.Image, scale: int, origin: tuple[float, float]) -> None:
        self.image, self.scale, self.origin = image, scale, np.asarray(origin)
        self.ink = ImageDraw.Draw(image, "RGBA")

    def place(self, points: np.ndarray) -> list[tuple[float, float]]:
        return [(x, y) for x, y in ((points - self.origin) * self.scale).tolist()]

    def draw(self, item: Item) -> None:
        match item:
            case Image():
                self.image_(item)
            case Line():
                for piece in dashes(item.points, item.dash):
                    self.line(self.place(piece), item.color, item.width, item.opacity, not item.dash)
            case Polygon():
                points = self.place(item.points)
                if item.stroke:
                    self.line([*points, *points[:2]], item.stroke, item.width, 1.0, True)
                if item.fill:
                    self.ink.polygon(points, fill=item.fill)
            case Disc():
                self.disc(item)
            case Text():
                self.text(item)

    def text(self, item: Text) -> None:
        width = text_width(item.text, item.size, item.bold)
        shift = {"start": 0.0, "middle": width / 2, "end": width}[item.anchor]
        look = {"size": item.size * self.scale, "color": item.color, "halo": item.halo, "bold": item.bold}
        if not item.turned:
            x, y = self.place(np.array([[item.x - shift, item.y]]))[0]
            draw_text(self.ink, x, y, item.text, **look)
            return
        room = round(item.size * self.scale)
        sheet = PillowImage.new("RGBA", (round(width * self.scale) + 2 * room, 3 * room), (*rgb(item.color), 0))
        draw_text(ImageDraw.Draw(sheet), room, 2 * room, item.text, **look)
        turned = sheet.transpose(PillowImage.Transpose.ROTATE_90)
        x, y = self.place(np.array([[item.x, item.y + shift]]))[0]  # where the text begins, from which it goes up
        at = round(x) - 2 * room, round(y) + room - turned.height
        self.image.paste(turned, at, turned)

    def image_(self, item: Image) -> None:
        (left, top), (right, bottom) = self.place(np.array(item.at).reshape(2, 2))
        box = round(left), round(top), round(right), round(bottom)
        # Smoothing happens among levels, before they turn into colors, so that no color is made that the palette lacks.
        way = PillowImage.Resampling.NEAREST if item.crisp else PillowImage.Resampling.BICUBIC
        levels = PillowImage.fromarray(item.pixels).resize((box[2] - box[0], box[3] - box[1]), way)
        levels = levels.convert("P")
        levels.putpalette(item.palette.tobytes())
        self.image.paste(levels.convert("RGB"), box[:2])

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float, opacity: float, caps: bool) -> None:
        thickness = max(1, round(width * self.scale))
        fill = (*rgb(color), round(255 * opacity))
        round_ = thickness > 2 and opacity == 1 and len(points) <= _ROUNDED
        self.ink.line(points, fill=fill, width=thickness, joint="curve" if round_ else None)
        if caps and thickness > 2 and opacity == 1:
            r = thickness / 2
            for x, y in (points[0], points[-1]):
                self.ink.ellipse((x - r, y - r, x + r, y + r), fill=fill)

    def disc(self, item: Disc) -> None:
        x, y = self.place(np.array([[item.x, item.y]]))[0]
        r, half = item.radius * self.scale, item.width * self.scale / 2
        outer = (x - r - half, y - r - half, x + r + half, y + r + half)
        if item.stroke and item.fill:
            self.ink.ellipse(outer, fill=item.stroke)
        elif item.stroke:
            self.ink.ellipse(outer, outline=item.stroke, width=max(1, round(2 * half)))
        if item.fill:
            self.ink.ellipse((x - r, y - r, x + r, y + r), fill=item.fill)
