"""All of a race's picture that does not move: where it lies, field, contours, landmarks, axes, title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from experiments.race import RaceResult
from figures.drawing import (
    BODY,
    MARGIN,
    SMALL,
    TITLE,
    Image,
    Item,
    Line,
    Picture,
    Rectangle,
    Text,
    minimum_mark,
    saddle_mark,
    shortened,
    thin,
    ticks,
)
from figures.race.curve import curve, curve_box, strips
from figures.race.field import Box, FieldScale, contour_levels, field_scale, sample
from figures.race.lanes import DrawnLane, drawn_lanes
from figures.theme import field_palette, shades
from numerals import readable

Array = NDArray[np.float64]

_BUSY = 400
SIDE_LEGEND = 520  # pixels of width from which the legend stands beside the map


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What every frame of a race shares: the size, the frame on the screen, the box in the plane, the field's scale.

    In one dimension the box is of x and f, points lie on the curve, and there is no field: scale and levels are None.
    """

    result: RaceResult
    width: int
    height: int
    dark: bool
    chrome: bool
    frame: Rectangle
    box: Box
    scale: FieldScale | None
    levels: Array | None
    lanes: tuple[DrawnLane, ...]

    @property
    def on_a_line(self) -> bool:
        """Whether the race is one of a single number."""
        return self.result.race.landscape.dimensions == 1

    def place(self, points: Array) -> Array:
        """Points of the race ``(..., 2)`` -> pixels ``(..., 2)``."""
        if self.on_a_line:
            with np.errstate(all="ignore"):
                points = np.stack([points[..., 0], self.result.race.landscape.value(points)], axis=-1)
        return self.pixels(points)

    def pixels(self, points: Array) -> Array:
        """Points of the box ``(..., 2)`` -> pixels ``(..., 2)``."""
        left, top, right, bottom = self.frame
        (x_low, x_high), (y_low, y_high) = self.box
        with np.errstate(all="ignore"):
            x = left + (points[..., 0] - x_low) / (x_high - x_low) * (right - left)
            y = bottom - (points[..., 1] - y_low) / (y_high - y_low) * (bottom - top)
        return np.nan_to_num(np.stack([x, y], axis=-1), nan=0.0, posinf=1e300, neginf=-1e300)


def race_stage(result: RaceResult, *, width: int, height: int, dark: bool, chrome: bool = True) -> Stage:
    """Lay the picture out. The plane keeps equal scales, so steepest descent leaves contours at right angles.

    Raises:
        ValueError: a size outside 64 to 4,096 pixels.
    """
    for name, size in (("width", width), ("height", height)):
        if not 64 <= size <= 4096:
            raise ValueError(f"{name} was given {size!r}; allowed are 64 to 4096 pixels")
    frame = _frame(width, height) if chrome else (0.0, 0.0, float(width), float(height))
    scale = levels = None
    if result.race.landscape.dimensions == 1:
        box = curve_box(result, frame[3] - frame[1], strips=chrome)
    else:
        box = fitted_box(result, frame[2] - frame[0], frame[3] - frame[1])
        coarse = 2.0 if chrome else 3.0
        columns, rows = (max(24, min(400, round((frame[i + 2] - frame[i]) / coarse))) for i in (0, 1))
        _, _, values = sample(result.race.landscape, box, columns, rows)
        scale = field_scale(values)
        levels = scale.levels(values)
    return Stage(
        result=result,
        width=width,
        height=height,
        dark=dark,
        chrome=chrome,
        frame=frame,
        box=box,
        scale=scale,
        levels=levels,
        lanes=drawn_lanes(result),
    )


def backdrop(stage: Stage) -> Picture:
    """All that does not move: field, contours, minima, saddles, axes, title."""
    shade = shades(stage.dark)
    race = stage.result.race
    names = ", ".join(lane.label for lane in stage.lanes)
    start = ", ".join(f"{at:.6g}" for at in race.start[: race.landscape.dimensions])
    picture = Picture(
        width=stage.width,
        height=stage.height,
        background=shade.background,
        frame=stage.frame,
        title=race.landscape.name,
        description=f"{names}: {readable(race.steps)} steps from ({start}).",
    )
    picture.inside.extend(_ground(stage))
    picture.inside.extend(_landmarks(stage))
    if stage.chrome:
        picture.outside.extend(_axes(stage))
        picture.outside.extend(_heading(stage))
    return picture


def _ground(stage: Stage) -> list[Item]:
    """The field with its contours; in one dimension the curve and the axis."""
    left, top, right, bottom = stage.frame
    if stage.levels is None:
        x = np.linspace(*stage.box[0], round(2 * (right - left)))
        line = curve(stage.place(np.stack([x, np.zeros_like(x)], axis=-1)), stage.frame, stage.dark)
        return line + (strips(stage.result, stage.frame, stage.box, stage.dark) if stage.chrome else [])
    pixels = np.round(stage.levels[::-1] * 255).astype(np.uint8)
    # Samples lie on the pixels' centers, so the image reaches half a sample beyond the frame on each side.
    dx = (right - left) / (pixels.shape[1] - 1) / 2
    dy = (bottom - top) / (pixels.shape[0] - 1) / 2
    at = (left - dx, top - dy, right + dx, bottom + dy)
    return [Image(at=at, pixels=pixels, palette=field_palette(stage.dark)), *_contours(stage, stage.levels)]


def fitted_box(result: RaceResult, width: float, height: float) -> Box:
    """The domain (and the start), widened around its middle until both axes have the same scale.

    Very elongated domains keep their own proportions: they would shrink to a stripe.
    """
    (x_low, x_high), (y_low, y_high) = result.race.landscape.domain
    x, y = result.race.start
    x_low, x_high, y_low, y_high = min(x_low, x), max(x_high, x), min(y_low, y), max(y_high, y)
    across, up = x_high - x_low, y_high - y_low
    if max(across / up, up / across) > 4:
        return (x_low, x_high), (y_low, y_high)
    unit = max(across / width, up / height)
    dx, dy = (unit * width - across) / 2, (unit * height - up) / 2
    return (x_low - dx, x_high + dx), (y_low - dy, y_high + dy)


def _frame(width: int, height: int) -> Rectangle:
    if width >= SIDE_LEGEND:
        return 52.0, 52.0, width - min(250.0, 0.31 * width), height - 46.0
    return 44.0, 46.0, width - 12.0, height - max(0.24 * height, 90.0)


def _contours(stage: Stage, levels: Array) -> list[Item]:
    left, top, right, bottom = stage.frame
    rows, columns = levels.shape
    generator = contour_generator(x=np.linspace(left, right, columns), y=np.linspace(bottom, top, rows), z=levels)
    count = 14 if stage.chrome else 9
    lines = [line for level in contour_levels(count) for line in generator.lines(level)]
    if len(lines) > _BUSY:  # a hundred small basins: fewer lines show them better
        lines = [line for level in contour_levels(count // 3) for line in generator.lines(level)]
    opacity = 0.28 if stage.dark else 0.6
    return [
        Line(points=thin(np.asarray(line), 1.2), color=shades(stage.dark).contour, width=0.8, opacity=opacity)
        for line in lines
        if len(line) > 1
    ]


def _landmarks(stage: Stage) -> list[Item]:
    landscape = stage.result.race.landscape
    radius = 8.0 if stage.chrome else 5.0
    items: list[Item] = []
    for x, y in stage.place(np.array(landscape.minima).reshape(-1, 2)).tolist():
        items += minimum_mark(x, y, radius)
    for x, y in stage.place(np.array(landscape.saddles).reshape(-1, 2)).tolist():
        items += saddle_mark(x, y, radius, stage.dark)
    return items


def _axes(stage: Stage) -> list[Item]:
    shade = shades(stage.dark)
    left, top, right, bottom = stage.frame
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    items: list[Item] = [Line(points=corners, color=shade.muted, width=1.0)]
    for value in ticks(*stage.box[0], round((right - left) / 80)):
        x = stage.pixels(np.array([value, 0.0]))[0]
        items.append(Line(points=np.array([[x, bottom], [x, bottom + 4]]), color=shade.muted, width=1.0))
        items.append(Text(x=x, y=bottom + 17, text=readable(value, 6), size=SMALL, color=shade.muted, anchor="middle"))
    for value in ticks(*stage.box[1], round((bottom - top) / 60)):
        y = stage.pixels(np.array([0.0, value]))[1]
        items.append(Line(points=np.array([[left - 4, y], [left, y]]), color=shade.muted, width=1.0))
        items.append(Text(x=left - 7, y=y + 4, text=readable(value, 6), size=SMALL, color=shade.muted, anchor="end"))
    items.append(Text(x=(left + right) / 2, y=bottom + 34, text="x", size=BODY, color=shade.text, anchor="middle"))
    items.append(
        Text(
            x=12,
            y=(top + bottom) / 2,
            text="f" if stage.on_a_line else "y",
            size=BODY,
            color=shade.text,
            anchor="middle",
        )
    )
    return items


def _heading(stage: Stage) -> list[Item]:
    shade = shades(stage.dark)
    race = stage.result.race
    left, top, _, _ = stage.frame
    start = ", ".join(map(readable, race.start[: race.landscape.dimensions]))
    facts = [f"start {start}" if stage.on_a_line else f"start ({start})"]
    if race.noise:
        facts.append(f"gradient noise {readable(race.noise)}, seed {race.seed}")
    room = stage.width - left - MARGIN
    title = shortened(race.landscape.name, TITLE, room)
    return [
        Text(x=left, y=top - 27, text=title, size=TITLE, color=shade.text, bold=True),
        Text(x=left, y=top - 10, text=", ".join(facts), size=SMALL + 0.5, color=shade.muted),
    ]
