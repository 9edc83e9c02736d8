"""The computational graph as a still drawing: boxes with a value and a tangent or adjoint each, arrows with slopes.

It is what figures/frontend/derivatives/drawing.js draws, at one step of the walk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.derivatives import evaluated, expression_of, tape_of
from figures.derivatives.layered import layered
from figures.derivatives.walk import COLORS, marked, point_of, walk_of
from figures.drawing import Item, Line, Picture, Polygon, Text, text_width, wrapped
from figures.theme import on_background, shades
from numerals import readable

Array = NDArray[np.float64]
_PAD, _SMALL, _LEADING = 10.0, 16.5, 1.35
_STEEP = 40.0
_CURVE = 24  # points of a piece of an arrow


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How a graph runs. box: width and height; layer, row: pixels between the middles of neighbors; down: or across.

    lines: of a box, how far below its top each of its three texts stands, and where across: left, middle or right.
    """

    box: tuple[float, float]
    layer: float
    row: float
    down: bool
    lines: tuple[tuple[float, str], ...]

    def place(self, place: tuple[float, float]) -> Array:
        """The middle of what stands in this layer and row."""
        along, beside = place[0] * self.layer, place[1] * self.row
        x, y = (beside, along) if self.down else (along, beside)
        return np.array([_PAD + self.box[0] / 2 + x, _PAD + self.box[1] / 2 + y])

    def size(self, places: Sequence[tuple[float, float]]) -> Array:
        """Width and height of the whole."""
        return np.max([self.place(each) for each in places], axis=0) + np.array(self.box) / 2 + _PAD


_ACROSS = _Way(box=(104, 72), layer=160, row=94, down=False, lines=((21, "middle"), (42, "middle"), (63, "middle")))
_DOWN = _Way(box=(196, 52), layer=77, row=214, down=True, lines=((20, "middle"), (43, "start"), (43, "end")))


def graph_picture(values: Mapping[str, Any], *, width: int, height: int, dark: bool = False) -> Picture:
    """The graph at the step of these settings; where that is before the first one, all of the walk has been made.

    width, height: whose proportions it takes; of the two ways a graph may run it runs the one that leaves it larger.
    """
    expression = expression_of(values)
    tape = tape_of(expression)
    numbers = evaluated(tape, point_of(values, expression))
    layout = layered([operation.operands for operation in tape.operations])
    mode = values["mode"]
    walk = walk_of(tape, numbers, mode, seed=values["seed"], output=expression.outputs.index(values["out"]))
    step = min(values["step"], len(walk) - 1) or len(walk) - 1
    now = walk[step]
    known = {*range(len(tape.inputs)), *(one["node"] for one in walk[: step + 1])}
    slopes = {int(node): text for one in walk[: step + 1] for node, text in one["slopes"].items()}
    shade, color = shades(dark), on_background(COLORS[mode], dark)
    way = max((_ACROSS, _DOWN), key=lambda way: float(min(np.array([width, height]) / way.size(layout.places))))
    wide, tall = way.size(layout.places)
    said_room = 3 * _LEADING * _SMALL
    room = max(wide, (tall + said_room) * width / height)  # boxes are as large as there is place for them
    said = wrapped(now["said"], _SMALL, room - 2 * _PAD, 3)
    whole = max(tall + said_room, room * height / width)
    shift = np.array([(room - wide) / 2, 0.0])
    places = [way.place(each) + shift for each in layout.places]
    items, labels, bends = list[Item](), list[Item](), iter(layout.bends)
    ends = [(operand, i, k) for i, each in enumerate(tape.operations) for k, operand in enumerate(each.operands)]
    for number, (begin, end, k) in enumerate(ends):
        lit = number in now["edges"]
        turns = [way.place(bend) + shift for bend in next(bends)]
        arrow, ink = _arrow(places[begin], places[end], turns, way), color if lit else shade.text
        paint = color if lit else shade.muted
        items += [Line(points=arrow, color=paint, width=2.6 if lit else 1.2), _head(arrow[-1], paint, way)]
        x, y = (arrow[-1] + arrow[-_CURVE]) / 2
        beside = way.down and abs(arrow[-1][0] - arrow[-_CURVE][0]) < _STEEP  # so that it does not hide a short arrow
        at, anchor = (x + 10, "start") if beside else (x, "middle")
        text, halo = readable(numbers.local[end][k]), shade.background
        labels.append(Text(x=at, y=y + 6, text=text, size=17, color=ink, anchor=anchor, halo=halo, bold=lit))
    for i, operation in enumerate(tape.operations):
        current = i == now["node"]
        edge = (color, 3.0) if current else (shade.text, 2.0) if operation.output else (shade.muted, 1.2)
        items += _box(places[i], way, shade.background, *edge)
        name = f"{operation.output} = {operation.name}" if operation.output else operation.name
        texts = (
            (f"{name} = {operation.text}" if operation.text else name, shade.text, True),
            (readable(numbers.values[i], 4) if i in known else "·", shade.text, False),
            (f"{marked(operation.name, mode)} = {slopes[i]}" if i in slopes else "", color, True),
        )
        items += _texts(places[i], way, texts)
    items += labels
    items += [
        Text(x=_PAD, y=tall + (row + 1) * _LEADING * _SMALL, text=line, size=_SMALL, color=shade.text)
        for row, line in enumerate(said)
    ]
    return Picture(
        width=round(room),
        height=round(whole),
        background=shade.background,
        frame=(0.0, 0.0, room, whole),
        outside=items,
        title=f"{expression.name}, step {step} of {len(walk) - 1}",
    )


def _texts(place: Array, way: _Way, texts: Sequence[tuple[str, str, bool]]) -> list[Item]:
    items: list[Item] = []
    (x, y), (wide, tall) = place.tolist(), way.box
    for (text, ink, bold), (down, anchor) in zip(texts, way.lines, strict=True):
        room = wide - 12 if anchor == "middle" else wide / 2 - 4
        size = min(_SMALL, _SMALL * room / max(1.0, text_width(text, _SMALL, bold)))
        at = {"start": x - wide / 2 + 8, "middle": x, "end": x + wide / 2 - 8}[anchor]
        items.append(Text(x=at, y=y - tall / 2 + down, text=text, size=size, color=ink, anchor=anchor, bold=bold))
    return items


def _arrow(begin: Array, end: Array, turns: Sequence[Array], way: _Way) -> Array:
    """From box to box, in bows between layers and straight on along them."""
    along = np.array([0.0, way.box[1] / 2]) if way.down else np.array([way.box[0] / 2, 0.0])
    stops = [begin + along, *(turn + side * along for turn in turns for side in (-1, 1)), end - along]
    part = np.linspace(0, 1, _CURVE)[:, None]
    pieces = []
    for number, (a, b) in enumerate(pairwise(stops)):
        if number % 2:
            pieces.append(a + part * (b - a))
            continue
        middle = (a + b) / 2
        one, other = (np.array([p[0], middle[1]]) if way.down else np.array([middle[0], p[1]]) for p in (a, b))
        rest = 1 - part
        pieces.append(rest**3 * a + 3 * rest**2 * part * one + 3 * rest * part**2 * other + part**3 * b)
    return np.concatenate(pieces)


def _head(tip: Array, color: str, way: _Way) -> Polygon:
    corners = np.array([[0.0, 0.0], [-8.0, -4.0], [-8.0, 4.0]])
    return Polygon(points=tip + (corners[:, ::-1] if way.down else corners), fill=color)


def _box(place: Array, way: _Way, fill: str, stroke: str, width: float) -> list[Item]:
    half = np.array(way.box) / 2
    corners = place + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    closed = np.concatenate([corners, corners[:1]])
    return [Polygon(points=corners, fill=fill), Line(points=closed, color=stroke, width=width)]
