"""The ground of a still picture of a race in one dimension: the curve, and under it where every start ends."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from experiments.race import AxisEnd, RaceResult, axis_ends
from figures.drawing import Item, Line, Polygon, Rectangle
from figures.race.field import Box
from figures.theme import ENDS, OTHER_REST, shades, well_color

Array = NDArray[np.float64]
_ROW, _GAP = 7.0, 2.0
_SAMPLES = 1201
_NAMES = {
    AxisEnd.MOVING: "moving",
    AxisEnd.LEFT: "left",
    AxisEnd.DIVERGED: "diverged",
    AxisEnd.UNDEFINED: "undefined",
}


def curve_box(result: RaceResult, height: float, *, strips: bool) -> Box:
    """The window with the start, and all of f there above the strips; a pole does not flatten what is beside it."""
    landscape = result.race.landscape
    low, high = landscape.domain[0]
    low, high = min(low, result.race.start[0]), max(high, result.race.start[0])
    x = np.linspace(low, high, _SAMPLES)
    with np.errstate(all="ignore"):
        values = landscape.value(np.stack([x, np.zeros_like(x)], axis=-1))
    values = values[np.isfinite(values)]
    if not len(values):
        return (low, high), (0.0, 1.0)
    few, most = np.quantile(values, [0.05, 0.95])
    usual = float(most - few) or abs(float(most)) * 1e-6 or 1.0
    bottom, top = max(float(values.min()), few - 3 * usual), min(float(values.max()), most + 3 * usual)
    span = float(top - bottom) or usual
    room = (_ROW + _GAP) * len(result.race.entries) + 14 if strips else 6.0
    return (low, high), (float(bottom) - span * room / max(height - room, room), float(top) + 0.08 * span)


def curve(landscape_pixels: Array, frame: Rectangle, dark: bool) -> list[Item]:
    """The curve through pixels ``(n, 2)``, with what is under it shaded; it is interrupted where f is not finite."""
    shade = shades(dark)
    _, top, _, bottom = frame
    items: list[Item] = []
    far = 3 * (bottom - top)
    y = landscape_pixels[:, 1]
    sound = np.isfinite(y) & (np.abs(y) < 1e290)
    breaks = np.flatnonzero(~sound[1:] | ~sound[:-1] | (np.abs(np.diff(y)) > far)) + 1
    for piece in np.split(landscape_pixels, breaks):
        if len(piece) < 2:
            continue
        line = np.stack([piece[:, 0], np.clip(piece[:, 1], top - far, bottom + far)], axis=-1)
        feet = np.array([[line[-1, 0], bottom], [line[0, 0], bottom]])
        under = np.concatenate([np.minimum(line, [np.inf, bottom]), feet])
        items.append(Polygon(points=under, fill=shade.grid))
        items.append(Line(points=line, color=shade.text, width=1.8))
    return items


def strips(result: RaceResult, frame: Rectangle, box: Box, dark: bool) -> list[Item]:
    """The axis once for every lane, in the color of the minimum that a start there comes to, the first lane on top."""
    turns, ends = axis_ends(result.race)
    wells = [i for i, turn in enumerate(turns) if turn.kind == "minimum"]
    left, _, right, bottom = frame
    low, high = result.race.landscape.domain[0]
    scale = (right - left) / (box[0][1] - box[0][0])
    first = left + (low - box[0][0]) * scale
    cell = (high - low) * scale / len(ends[0])

    def color(end: int) -> str:
        if end < 0:
            return ENDS[_NAMES[AxisEnd(end)]][dark]
        if end not in wells:
            return OTHER_REST
        return well_color(wells.index(end) / (len(wells) - 1) if len(wells) > 1 else 0.5, dark)

    items: list[Item] = []
    for row, along in enumerate(ends):
        top = bottom - (_ROW + _GAP) * (len(ends) - row)
        place = 0
        for end, run in groupby(along.tolist()):
            count = len(list(run))
            a, b = first + cell * place, first + cell * (place + count)
            corners = np.array([[a, top], [b, top], [b, top + _ROW], [a, top + _ROW]])
            items.append(Polygon(points=corners, fill=color(end)))
            place += count
    return items
