"""What lies inside a rectangle: polylines, areas and marks cut at it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from figures.drawing import Disc, Item, Line, Polygon, Rectangle, clip_path, thin
from figures.stills.colors import cover_of, opaque, seen
from figures.theme import MARKERS

Array = NDArray[np.float64]
_FINE = 0.4  # pixels, below which points of a line are left out
_NAMED_DASHES = {
    "solid": (),
    "dot": (1.5, 3.0),
    "dash": (7.0, 4.0),
    "dashdot": (7.0, 4.0, 1.5, 4.0),
    "longdash": (14.0, 5.0),
}
_OUTLINES = {
    "triangle-up": MARKERS["triangle"],
    "triangle-down": MARKERS["triangle_down"],
    "star-diamond": tuple(
        (x * (1.0 if place % 2 == 0 else 0.45), y * (1.0 if place % 2 == 0 else 0.45))
        for place, (x, y) in enumerate((float(np.sin(turn)), -float(np.cos(turn))) for turn in np.arange(8) * np.pi / 4)
    ),
    **{name: MARKERS[name] for name in ("square", "diamond", "pentagon", "star", "cross")},
}
_THIN = {"x-thin": ((-1, -1, 1, 1), (-1, 1, 1, -1)), "line-ns": ((0, -1, 0, 1),), "line-ew": ((-1, 0, 1, 0),)}


def dash_of(text: object, width: float) -> tuple[float, ...]:
    """A dash of Plotly as drawn and blank lengths."""
    if not text or text == "solid":
        return ()
    if str(text) in _NAMED_DASHES:
        return tuple(length * max(1.0, width / 1.5) for length in _NAMED_DASHES[str(text)])
    lengths = tuple(float(part.strip().removesuffix("px")) for part in str(text).replace(" ", ",").split(",") if part)
    return lengths * 2 if len(lengths) % 2 else lengths


def stroke(points: Array, frame: Rectangle, color: str, width: float, dash: object, opacity: float) -> list[Item]:
    """A polyline in pixels ``(n, 2)``, broken where a number is none."""
    if width <= 0 or not seen(color, opacity):
        return []
    items: list[Item] = []
    for run in runs(points):
        for piece in clip_path(run, frame) if len(run) > 1 else ():
            drawn = thin(piece, _FINE)
            items.append(
                Line(
                    points=drawn,
                    color=opaque(color),
                    width=width,
                    dash=dash_of(dash, width),
                    opacity=opacity * cover_of(color),
                )
            )
    return items


def runs(points: Array) -> list[Array]:
    """The pieces of a polyline between numbers that are none."""
    known = np.isfinite(points).all(axis=-1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [points[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def area(points: Array, frame: Rectangle, fill: str, opacity: float = 1.0) -> list[Item]:
    """A filled outline, cut at the rectangle (Sutherland and Hodgman 1974)."""
    color = seen(fill, opacity)
    points = points[np.isfinite(points).all(axis=-1)]
    left, top, right, bottom = frame
    for axis, edge, sign in ((0, left, 1.0), (0, right, -1.0), (1, top, 1.0), (1, bottom, -1.0)):
        points = _half(points, axis, edge, sign)
    return [] if color is None or len(points) < 3 else [Polygon(points=points, fill=color)]


def _half(points: Array, axis: int, edge: float, sign: float) -> Array:
    if len(points) < 3:
        return points
    inside = sign * (points[:, axis] - edge) >= 0
    if inside.all():
        return points
    kept: list[Array] = []
    for place, (here, there) in enumerate(zip(points, np.roll(points, -1, axis=0), strict=True)):
        if inside[place]:
            kept.append(here)
        if inside[place] != inside[(place + 1) % len(points)]:
            share = (edge - here[axis]) / (there[axis] - here[axis])
            kept.append(here + share * (there - here))
    return np.array(kept).reshape(-1, 2)


def mark(
    symbol: str, x: float, y: float, size: float, fill: str, opacity: float, line: str | None, width: float
) -> list[Item]:
    """One mark of Plotly of this size across."""
    name, radius = symbol.removesuffix("-open"), size / 2
    hollow = symbol.endswith("-open")
    edge = seen(line or fill, opacity) if hollow or (line and width > 0) else None
    color = None if hollow else seen(fill, opacity)
    thick = max(width, 1.0 if hollow else 0.0)
    if name in _THIN or (name == "x" and hollow):
        strokes = _THIN.get(name, _THIN["x-thin"])
        paint = line or fill
        if not seen(paint, opacity):
            return []
        return [
            Line(
                points=np.array([[x + radius * a, y + radius * b], [x + radius * c, y + radius * d]]),
                color=opaque(paint),
                width=max(thick, 1.0),
                opacity=opacity * cover_of(paint),
            )
            for a, b, c, d in strokes
        ]
    if color is None and edge is None:
        return []
    if name == "x":
        quarter = np.array(MARKERS["cross"]) @ np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2)
        return [Polygon(points=np.array([x, y]) + radius * quarter, fill=color, stroke=edge, width=thick)]
    if name in _OUTLINES:
        outline = np.array([x, y]) + radius * np.array(_OUTLINES[name])
        if hollow and edge is not None:
            closed = np.concatenate([outline, outline[:1]])
            return [Line(points=closed, color=opaque(line or fill), width=thick, opacity=opacity)]
        return [Polygon(points=outline, fill=color, stroke=edge, width=thick)]
    return [Disc(x=x, y=y, radius=radius, fill=color, stroke=edge, width=thick)]


def box(left: float, top: float, right: float, bottom: float) -> Array:
    """The corners of a rectangle."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
