"""A picture to point at before anything is known: its frame, what lies at its pixels, and curves that are cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from figures.drawing.layout import SMALL, ticks
from figures.drawing.paths import clip_path
from figures.drawing.picture import Item, Line, Picture, Rectangle, Text
from figures.drawing.svg_text import svg
from figures.theme import on_background, shades
from numerals import readable

Array = NDArray[np.float64]
Range = tuple[float, float]

_DECADES = 1.5  # of values, from which a curve is drawn over a logarithmic axis


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A picture to point at. frame: left, top, right and bottom in its pixels, over which the two ranges lie.

    rail: whether only the right edge is pointed at. logarithmic: whether ``up`` holds powers of ten.
    """

    svg: str
    width: int
    height: int
    frame: Rectangle
    across: Range
    up: Range
    rail: bool = False
    logarithmic: bool = False

    def value(self, x: float, y: float) -> tuple[float, float]:
        """What lies at a pixel of the picture."""
        left, top, right, bottom = self.frame
        at = self.across[0] + (x - left) / (right - left) * (self.across[1] - self.across[0])
        height = self.up[0] + (bottom - y) / (bottom - top) * (self.up[1] - self.up[0])
        return float(at), float(10.0**height if self.logarithmic else height)

    def pixel(self, at: float, height: float) -> tuple[float, float]:
        """Where a value lies in the picture; inverse of ``value``."""
        left, top, right, bottom = self.frame
        if self.logarithmic:
            height = float(np.log10(max(height, 1e-300)))
        x = left + (at - self.across[0]) / (self.across[1] - self.across[0]) * (right - left)
        y = bottom - (height - self.up[0]) / (self.up[1] - self.up[0]) * (bottom - top)
        return float(x), float(y)


@dataclass(frozen=True, kw_only=True)
class AskedCurve:
    """A curve by its steps and values ``(n,)``, all numbers. label: its name, at its end; empty for none."""

    steps: Array
    values: Array
    color: str
    dash: tuple[float, ...] = ()
    label: str = ""


def asked_curves(
    curves: Sequence[AskedCurve],
    until: float,
    *,
    clock: str,
    width: int,
    height: int,
    dark: bool,
    guess: float | None = None,
) -> Asked:
    """The first part of curves; with a guess all of them, and what was guessed of the end of the first one.

    until: the share that is shown, in (0, 1), at least two points. clock: what the steps are, below the picture.
    """
    first = curves[0]
    values = np.concatenate([first.values, *(_shown(curve, until).values for curve in curves[1:])])
    logarithmic = bool(values.min() > 0 and np.log10(values.max() / values.min()) > _DECADES)
    up = _room(np.log10(values) if logarithmic else values)
    low, high = float(first.steps[0]), float(first.steps[-1])
    frame = (64.0, 14.0, width - 16.0, height - 44.0)
    asked = Asked(
        svg="",
        width=width,
        height=height,
        frame=frame,
        across=(low, high if high > low else low + 1.0),
        up=up,
        rail=True,
        logarithmic=logarithmic,
    )
    picture = Picture(
        width=width, height=height, background=shades(dark).background, frame=frame, title=f"Value by {clock}"
    )
    picture.outside.extend(_axes(asked, clock, dark))
    for curve in reversed(curves):  # the one that is asked about lies on top
        shown = curve if guess is not None else _shown(curve, until)
        points = np.array([asked.pixel(step, value) for step, value in zip(shown.steps, shown.values, strict=True)])
        color = on_background(curve.color, dark)
        for piece in clip_path(points, frame):
            picture.inside.append(Line(points=piece, color=color, width=2.4, dash=curve.dash))
        if curve.label:
            x, y = points[-1]
            anchor = "end" if x > 0.6 * width else "start"
            x += -8 if anchor == "end" else 8
            y = min(max(y - 6, frame[1] + 14), frame[3] - 6)
            halo = shades(dark).background
            label = Text(x=float(x), y=float(y), text=curve.label, size=SMALL, color=color, anchor=anchor, halo=halo)
            picture.outside.append(label)
    if guess is not None:
        picture.outside.extend(guessed(*asked.pixel(high, guess), dark))
    return Asked(
        svg=svg(picture),
        width=width,
        height=height,
        frame=frame,
        across=asked.across,
        up=up,
        rail=True,
        logarithmic=logarithmic,
    )


def _shown(curve: AskedCurve, until: float) -> AskedCurve:
    """The part of a curve that is drawn before the answer."""
    end = curve.steps[0] + until * (curve.steps[-1] - curve.steps[0])
    many = max(2, int(np.count_nonzero(curve.steps <= end + 1e-9)))
    return AskedCurve(
        steps=curve.steps[:many], values=curve.values[:many], color=curve.color, dash=curve.dash, label=curve.label
    )


def _room(heights: Array) -> Range:
    """The range of an axis that does not tell where the curve ends: as far below the values as they reach above."""
    low, high = float(heights.min()), float(heights.max())
    span = max(high - low, 1e-9)
    return low - 0.5 * span, high + 0.35 * span


def guessed(x: float, y: float, dark: bool) -> list[Item]:
    """The mark of what somebody has pointed at."""
    shade = shades(dark)
    cross = [np.array([[x - 9, y], [x + 9, y]]), np.array([[x, y - 9], [x, y + 9]])]
    lines = [
        Line(points=each, color=color, width=w) for color, w in ((shade.halo, 6.0), (shade.text, 2.4)) for each in cross
    ]
    return [*lines, Text(x=x, y=y - 13, text="you", size=SMALL, color=shade.text, anchor="middle", halo=shade.halo)]


def _axes(asked: Asked, clock: str, dark: bool) -> list[Item]:
    shade = shades(dark)
    left, top, right, bottom = asked.frame
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    items: list[Item] = [Line(points=corners, color=shade.muted, width=1.0)]
    for step in ticks(*asked.across, 6):
        x = asked.pixel(step, 1.0)[0]
        items.append(Text(x=x, y=bottom + 17, text=readable(step), size=SMALL, color=shade.muted, anchor="middle"))
    for height in ticks(*asked.up, 5):
        value = 10.0**height if asked.logarithmic else height
        y = asked.pixel(0.0, value)[1]
        items.append(Line(points=np.array([[left - 4, y], [left, y]]), color=shade.muted, width=1.0))
        items.append(Text(x=left - 7, y=y + 4, text=readable(value, 2), size=SMALL, color=shade.muted, anchor="end"))
    items.append(Text(x=(left + right) / 2, y=bottom + 35, text=clock, size=SMALL, color=shade.text, anchor="middle"))
    return items
