"""What moves in a race's picture: trails, heads and their names."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from figures.drawing import (
    BODY,
    Disc,
    Item,
    Line,
    Rectangle,
    Text,
    clip_path,
    field_lane_color,
    marker,
    shortened,
    start_mark,
    text_width,
    thin,
)
from figures.race.backdrop import Stage
from figures.race.lanes import DrawnLane
from figures.theme import shades

Array = NDArray[np.float64]

_TRAIL, _HALO = 2.0, 4.4
_DISTANCES = (12.0, 24.0, 38.0, 54.0, 72.0, 92.0)
_ANGLES = np.radians((0, 180, -35, 35, -145, 145, -90, 90, -65, 65, -115, 115)).tolist()

# Where each label was put last, as (distance, angle) from its head: in an animation labels move only when they must.
Slots = dict[str, tuple[float, float]]


def runners(stage: Stage, step: int) -> list[Item]:
    """Trails up to ``step``, heads, and their names."""
    return trails(stage, step) + heads(stage, step)


def trails(stage: Stage, step: int, since: int = 0) -> list[Item]:
    """What the lanes have left behind between two steps."""
    shade = shades(stage.dark)
    small = not stage.chrome
    trail, halo = (_TRAIL, _HALO) if not small else (1.8, 3.4)
    items: list[Item] = []
    paths = [(lane, stage.place(lane.trajectory.points[since : step + 1])) for lane in stage.lanes]
    # Those who came furthest lie lowest: in a valley that all take, the others' trails stay visible on top.
    for lane, points in sorted(paths, key=lambda path: -_reach(path[1], stage.frame)):
        color = field_lane_color(lane.color, stage.dark)
        end = max(_end(lane.trajectory.points, stage) - since, 0)
        pieces = _pieces(points[: end + 1], stage.frame)
        # Faint, where it comes back across the picture: a path that swings ever wider would hide all others.
        items.extend(
            Line(points=piece, color=color, width=0.8, opacity=0.3) for piece in _pieces(points[end:], stage.frame)
        )
        items.extend(Line(points=piece, color=shade.halo, width=halo, opacity=1.0) for piece in pieces)
        items.extend(
            Line(points=piece, color=color, width=trail, dash=tuple(map(float, lane.dash))) for piece in pieces
        )
        if not small:
            items.extend(_footprints(points, stage.frame, color))
    return items


def heads(stage: Stage, step: int, slots: Slots | None = None) -> list[Item]:
    """The start, where the lanes are, and their names. ``slots`` carries the names' places from frame to frame."""
    shade = shades(stage.dark)
    left, top, right, bottom = stage.frame
    small = not stage.chrome
    anchors: list[tuple[DrawnLane, float, float]] = []
    places = [(lane, stage.place(lane.trajectory.points[[0, step]])) for lane in stage.lanes]
    x, y = stage.place(np.array(stage.result.race.start))
    items = start_mark(x, y, 3.3 if small else 5.2, stage.dark)
    for lane, ends in sorted(places, key=lambda place: -_reach(place[1], stage.frame)):
        x, y = ends[1].tolist()
        if left <= x <= right and top <= y <= bottom:
            color = field_lane_color(lane.color, stage.dark)
            items.append(marker(lane.marker, x, y, 3.6 if small else 5.2, color, shade.halo))
            anchors.append((lane, x, y))
    return items + ([] if small else _labels(stage, anchors, {} if slots is None else slots))


def _reach(points: Array, frame: Rectangle) -> float:
    """Distance from the start, cut at the picture's diagonal."""
    return min(float(np.hypot(*(points[-1] - points[0]))), float(np.hypot(frame[2] - frame[0], frame[3] - frame[1])))


def _end(path: Array, stage: Stage) -> int:
    """The first step after which a path is never in the picture again; the last one where it never is inside."""
    left, top, right, bottom = stage.frame
    x, y = stage.place(path).T
    inside = np.flatnonzero((x >= left) & (x <= right) & (y >= top) & (y <= bottom))
    return min(int(inside[-1]) + 1, len(path) - 1) if len(inside) else len(path) - 1


def _pieces(points: Array, frame: Rectangle) -> list[Array]:
    left, top, right, bottom = frame
    if len(points) < 2:
        return []
    return [thin(piece, 0.7) for piece in clip_path(points, (left - 8, top - 8, right + 8, bottom + 8))]


def _footprints(points: Array, frame: Rectangle, color: str) -> list[Item]:
    """A dot a step, where steps are far enough apart to be seen one by one."""
    left, top, right, bottom = frame
    x, y = points[1:-1].T
    apart = np.hypot(*np.diff(points[:-1], axis=0).T) >= 9
    inside = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    return [Disc(x=a, y=b, radius=2.1, fill=color) for a, b in points[1:-1][apart & inside].tolist()]


def _labels(stage: Stage, anchors: list[tuple[DrawnLane, float, float]], slots: Slots) -> list[Item]:
    """A name beside each head; names give way to heads, to each other and to the frame's edge."""
    shade = shades(stage.dark)
    left, top, right, bottom = stage.frame
    size = BODY
    blocks = [(x - 8, y - 8, x + 8, y + 8) for _, x, y in anchors]
    lines: list[Item] = []
    texts: list[Item] = []
    for lane, x, y in anchors:
        text = shortened(lane.short, size, 0.45 * (right - left))
        wide, high = text_width(text, size, True) + 4, size + 3
        best, best_cost, slot = (0.0, 0.0, 0.0, 0.0), np.inf, (0.0, 0.0)
        for distance in _DISTANCES:
            for angle in _ANGLES:
                cx, cy = x + distance * math.cos(angle), y + distance * math.sin(angle)
                a = cx if math.cos(angle) > 0.3 else cx - wide if math.cos(angle) < -0.3 else cx - wide / 2
                spot = (a, cy - high / 2, a + wide, cy + high / 2)
                outside = max(left + 3 - a, 0) + max(spot[2] + 3 - right, 0)
                outside += max(top + 3 - spot[1], 0) + max(spot[3] + 3 - bottom, 0)
                cost = distance + 100 * outside + 3 * sum(_overlap(spot, block) for block in blocks)
                cost -= 30 * (slots.get(lane.label) == (distance, angle))
                if cost < best_cost:
                    best, best_cost, slot = spot, cost, (distance, angle)
        slots[lane.label] = slot
        blocks.append(best)
        near = np.clip(x, best[0], best[2]), np.clip(y, best[1], best[3])
        color = field_lane_color(lane.color, stage.dark)
        if np.hypot(near[0] - x, near[1] - y) > 14:
            leader = np.array([[x, y], near])
            lines += [Line(points=leader, color=shade.halo, width=2.6), Line(points=leader, color=color, width=1.0)]
        texts.append(
            Text(
                x=best[0] + 2,
                y=best[3] - 0.3 * high,
                text=text,
                size=size,
                color=shade.text,
                halo=shade.halo,
                bold=True,
            )
        )
    return lines + texts


def _overlap(a: Rectangle, b: Rectangle) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
