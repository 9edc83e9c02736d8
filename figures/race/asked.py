"""What a lesson asks of a race before it runs, as a picture to point at: where a path ends, or a curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.race import Lane, RaceResult
from figures.drawing import SMALL, Disc, Item, Line, Picture, Rectangle, Text, field_lane_color, start_mark, svg, ticks
from figures.race.backdrop import backdrop, race_stage
from figures.race.runners import trails
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


def asked_place(
    result: RaceResult, lane: int, *, width: int, height: int, dark: bool, guess: tuple[float, float] | None = None
) -> Asked:
    """The surface with the start; with a guessed place that, too, and the path of the lane (from 0) to its end."""
    stage = race_stage(result, width=width, height=height, dark=dark, chrome=False)
    picture = backdrop(stage)
    across, up = stage.box
    asked = Asked(svg="", width=width, height=height, frame=stage.frame, across=across, up=up)
    if guess is not None:
        picture.inside.extend(trails(stage, result.race.steps))
    x, y = stage.place(np.array(result.race.start))
    picture.inside.extend(start_mark(float(x), float(y), 7.0, dark))
    if guess is not None:
        picture.inside.extend(_guess(*asked.pixel(*guess), dark))
        x, y = stage.place(end_of(result.lanes[lane]))
        fill = field_lane_color(stage.lanes[lane].color, dark)
        picture.inside.append(Disc(x=float(x), y=float(y), radius=6.0, fill=fill, stroke=shades(dark).halo, width=3.0))
    return Asked(svg=svg(picture), width=width, height=height, frame=stage.frame, across=across, up=up)


def asked_curve(
    result: RaceResult, lane: int, until: float, *, width: int, height: int, dark: bool, guess: float | None = None
) -> Asked:
    """The first part of the values of a lane (from 0) by step; with a guess all of it, and what was guessed."""
    values = known_values(result.lanes[lane])
    steps = len(values) - 1
    seen = max(2, round(until * steps) + 1)
    logarithmic = bool(values.min() > 0 and np.log10(values.max() / values.min()) > _DECADES)
    heights = np.log10(values) if logarithmic else values
    up = _room(heights)
    frame = (64.0, 14.0, width - 16.0, height - 44.0)
    asked = Asked(
        svg="",
        width=width,
        height=height,
        frame=frame,
        across=(0.0, float(max(steps, 1))),
        up=up,
        logarithmic=logarithmic,
    )
    picture = Picture(
        width=width, height=height, background=shades(dark).background, frame=frame, title="Value by step"
    )
    picture.outside.extend(_axes(asked, dark))
    shown = values if guess is not None else values[:seen]
    points = np.array([asked.pixel(step, value) for step, value in enumerate(shown)])
    color = on_background(drawn_color(result, lane), dark)
    picture.inside.append(Line(points=points, color=color, width=2.4))
    if guess is not None:
        picture.outside.extend(_guess(*asked.pixel(steps, guess), dark))
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


def end_of(lane: Lane) -> Array:
    """Where a lane ends: its last point that is a number."""
    points = lane.trajectory.points
    finite = np.flatnonzero(np.isfinite(points).all(axis=-1))
    return points[finite[-1]]


def known_values(lane: Lane) -> Array:
    """The values of a lane as far as they are numbers."""
    values = np.asarray(lane.trajectory.values, dtype=np.float64)
    broken = np.flatnonzero(~np.isfinite(values))
    return values[: broken[0]] if len(broken) else values


def drawn_color(result: RaceResult, lane: int) -> str:
    from figures.race.lanes import drawn_lanes

    return drawn_lanes(result)[lane].color


def _room(heights: Array) -> Range:
    """The range of an axis that does not tell where the curve ends: as far below the values as they reach above."""
    low, high = float(heights.min()), float(heights.max())
    span = max(high - low, 1e-9)
    return low - 0.5 * span, high + 0.35 * span


def _guess(x: float, y: float, dark: bool) -> list[Item]:
    shade = shades(dark)
    cross = [np.array([[x - 9, y], [x + 9, y]]), np.array([[x, y - 9], [x, y + 9]])]
    lines = [
        Line(points=each, color=color, width=w) for color, w in ((shade.halo, 6.0), (shade.text, 2.4)) for each in cross
    ]
    return [*lines, Text(x=x, y=y - 13, text="you", size=SMALL, color=shade.text, anchor="middle", halo=shade.halo)]


def _axes(asked: Asked, dark: bool) -> list[Item]:
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
    items.append(Text(x=(left + right) / 2, y=bottom + 35, text="step", size=SMALL, color=shade.text, anchor="middle"))
    return items
