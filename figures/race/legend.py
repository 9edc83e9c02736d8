"""The legend of a race's picture: who is who, where each stands, what marks and colors mean."""

from __future__ import annotations

import numpy as np

from figures.drawing import (
    BODY,
    MARGIN,
    SMALL,
    Image,
    Item,
    Line,
    Text,
    marker,
    minimum_mark,
    moved,
    saddle_mark,
    shortened,
    start_mark,
    text_width,
    wrapped,
)
from figures.race.backdrop import SIDE_LEGEND, Stage
from figures.race.lanes import DrawnLane
from figures.theme import field_palette, on_background, shades
from numerals import readable


def legend(stage: Stage, step: int) -> list[Item]:
    """Who is who, where each stands, what the marks mean, and what the colors of the field are worth."""
    shade = shades(stage.dark)
    left, top, right, bottom = stage.frame
    side = stage.width >= SIDE_LEGEND
    result = stage.result
    heading = f"step {readable(step)} of {readable(result.race.steps)}"
    items: list[Item] = [
        Text(x=stage.width - MARGIN, y=top - 10, text=heading, size=SMALL + 0.5, color=shade.muted, anchor="end")
    ]
    if side:
        x0, x1, y = right + 20, stage.width - MARGIN, top + 4
        foot = bottom - 92
        columns = 1
    else:
        x0, x1, y = left, stage.width - MARGIN, bottom + 50
        foot = stage.height - 4.0
        columns = 2
    width = (x1 - x0) / columns
    rows = -(-len(stage.lanes) // columns)
    pitch = min(46.0 if side else 34.0, max(foot - y, 12.0) / max(rows, 1))
    for i, lane in enumerate(stage.lanes):
        a, b = x0 + (i % columns) * width, y + (i // columns) * pitch
        items += _legend_entry(lane, step, a, b, width - 6, pitch, stage)
    if side:
        items += _key(stage, x0, x1, bottom - 74)
    return items


def _legend_entry(
    lane: DrawnLane, step: int, x: float, y: float, width: float, pitch: float, stage: Stage
) -> list[Item]:
    shade = shades(stage.dark)
    color = on_background(lane.color, stage.dark)
    long = 34.0 if width > 180 else 24.0
    swatch = np.array([[x, y + 6], [x + long, y + 6]])
    items: list[Item] = [
        Line(points=swatch, color=color, width=2.4, dash=tuple(map(float, lane.dash))),
        marker(lane.marker, x + long / 2, y + 6, 4.6, color, shade.background),
    ]
    room = width - long - 8
    names = wrapped(lane.label, BODY, room, 2) if pitch >= 40 else [shortened(lane.label, BODY, room)]
    rows = [(text, BODY, shade.text) for text in names]
    if pitch >= 29:
        rows.append((shortened(standing(lane, step, stage), SMALL, room), SMALL, shade.muted))
    leading = 14.5 if len(rows) < 3 else 13.0
    for i, (text, size, ink) in enumerate(rows):
        items.append(Text(x=x + long + 8, y=y + 10 + leading * i, text=text, size=size, color=ink))
    return items


def standing(lane: DrawnLane, step: int, stage: Stage) -> str:
    """Where a lane stands at a step: its value, and whether it has diverged or left the picture."""
    trajectory = lane.trajectory
    first = int(trajectory.first_nonfinite)
    if 0 <= first <= step:
        return f"diverged at step {readable(first)}" if first else "f is not defined at the start"
    text = f"f = {readable(float(trajectory.values[step]))}"
    (x_low, x_high), (y_low, y_high) = stage.box
    x, y = trajectory.points[step]
    if stage.on_a_line:
        y = trajectory.values[step]
    return text if x_low <= x <= x_high and y_low <= y <= y_high else f"{text}, outside"


def _key(stage: Stage, x0: float, x1: float, y: float) -> list[Item]:
    shade = shades(stage.dark)
    landscape = stage.result.race.landscape
    items: list[Item] = []
    x = x0 + 7
    marks: list[tuple[str, list[Item]]] = [("start", start_mark(x, y, 5.2, stage.dark))]
    if landscape.minima:
        marks.append(("minimum", minimum_mark(x, y, 7.0)))
    if landscape.saddles:
        marks.append(("saddle", saddle_mark(x, y, 7.0, stage.dark)[2:]))
    offset = 0.0
    for name, mark in marks:
        if x + offset + 10 + text_width(name, SMALL) > x1:
            break
        items += [moved(item, offset) for item in mark]
        items.append(Text(x=x + offset + 10, y=y + 4, text=name, size=SMALL, color=shade.muted))
        offset += 10 + text_width(name, SMALL) + 18
    top = y + 26
    scale = stage.scale
    if scale is None:
        told = "Under the curve: the axis, a row each, in the color of where a start ends"
        for row, words in enumerate(wrapped(told, SMALL, x1 - x0, 4)):
            items.append(Text(x=x0, y=top + 8 + 13 * row, text=words, size=SMALL, color=shade.muted))
        return items
    bar = np.tile(np.arange(256, dtype=np.uint8), (2, 1))
    items.append(Image(at=(x0, top, x1, top + 10), pixels=bar, palette=field_palette(stage.dark)))
    ends = ((x0, 0.0, "start"), ((x0 + x1) / 2, 0.5, "middle"), (x1, 1.0, "end"))
    for at, level, anchor in ends:
        number = readable(scale.value(level))
        items.append(Text(x=at, y=top + 24, text=number, size=SMALL, color=shade.muted, anchor=anchor))
    name = "f(x, y), logarithmic" if scale.logarithmic else "f(x, y)"
    items.append(Text(x=x0, y=top + 40, text=name, size=SMALL, color=shade.muted))
    return items
