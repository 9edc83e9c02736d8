"""A surface in space as a drawing: seen from the figure's camera, without perspective, its far cells first.

Known are surfaces and marks in space; walls behind them have the grid, the edges in front have the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.drawing import Disc, Item, Line, Picture, Polygon, Text
from figures.stills.axes import Axis
from figures.stills.colors import on_scale, opaque
from figures.stills.words import label_of
from figures.theme import Shades

Array = NDArray[np.float64]
Part = Mapping[str, Any]

SPACE = ("surface", "scatter3d")
_CELLS = 40  # along each side, at most: more are left out in equal steps
_MESH = 5  # cells between two lines over the surface
_EYE = {"x": 1.25, "y": 1.25, "z": 1.25}
_LIGHT = np.array([-0.35, -0.25, 0.9])
_DARKEST = 0.72
_TICK, _TITLE = 12.0, 13.0
_ROOM = (64.0, 30.0, 40.0, 52.0)  # left, top, right, bottom


def is_in_space(figure: Part) -> bool:
    """Whether a figure, as plain data, has a surface in space."""
    return any(trace.get("type") == "surface" for trace in figure.get("data") or [])


def scene_picture(figure: Part, *, width: int, height: int, shade: Shades, about: str = "") -> Picture:
    """The figure's scene. Raises ValueError for a trace of another type."""
    traces, layout = figure["data"], figure.get("layout") or {}
    for trace in traces:
        if trace.get("type") not in SPACE:
            raise ValueError(
                f"a trace of type {trace.get('type')!r} in space was given; allowed are {', '.join(SPACE)}"
            )
    scene = _Scene(traces, layout.get("scene") or {}, width, height)
    items: list[Item] = [*scene.walls(shade)]
    for trace in traces:
        items += scene.surface(trace) if trace["type"] == "surface" else scene.marks(trace, shade)
    items += scene.labels(shade)
    title = layout.get("title")
    said = label_of(title.get("text") if isinstance(title, Mapping) else title)
    items += [
        Text(x=10.0, y=18.0 + 18.0 * row, text=text, size=15.0, color=shade.text, bold=True)
        for row, (text, _) in enumerate(said.lines)
    ]
    frame = (0.0, 0.0, float(width), float(height))
    return Picture(width=width, height=height, background=shade.background, frame=frame, outside=items, title=about)


class _Scene:
    """Where things in space lie on the picture. A place ``(..., 3)`` runs from 0 to 1 along each axis of the box."""

    def __init__(self, traces: Sequence[Part], scene: Part, width: int, height: int) -> None:
        eye = {**_EYE, **((scene.get("camera") or {}).get("eye") or {})}
        toward = np.array([float(eye[letter]) for letter in "xyz"])
        self.toward = toward / np.linalg.norm(toward)
        right = np.cross([0.0, 0.0, 1.0], self.toward)
        self.right = right / np.linalg.norm(right)
        self.up = np.cross(self.toward, self.right)
        sides = scene.get("aspectratio") or {}
        self.sides = np.array([float(sides.get(letter, 1.0)) for letter in "xyz"])
        self.axes = [self._axis(letter, traces, scene.get(f"{letter}axis") or {}) for letter in "xyz"]
        corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T.astype(float)
        flat = self._flat(corners)
        low, high = flat.min(axis=0), flat.max(axis=0)
        left, top, beside, below = _ROOM
        room = np.array([width - left - beside, height - top - below])
        self.scale = float(min(room / (high - low)))
        middle = np.array([left, top]) + room / 2
        self.shift = middle - self.scale * (low + high) / 2

    @staticmethod
    def _axis(letter: str, traces: Sequence[Part], settings: Part) -> Axis:
        axis = Axis(name=letter, letter="y", settings=settings)
        held = [axis.numbers(np.asarray(trace[letter], dtype=float).ravel()) for trace in traces if letter in trace]
        axis.settle(held, padded=False)
        axis.mark(260.0)
        return axis

    def _flat(self, places: Array) -> Array:
        """Before they are brought to the size of the picture; y downward."""
        around = (places - 0.5) * self.sides
        return np.stack([around @ self.right, -(around @ self.up)], axis=-1)

    def seen(self, places: Array) -> Array:
        """Pixels ``(..., 2)``."""
        return self.shift + self.scale * self._flat(places)

    def places(self, trace: Part) -> Array:
        """Of a surface ``(rows, columns, 3)``, of marks ``(n, 3)``; NaN for what there is not."""
        parts = [np.asarray(trace[letter], dtype=np.float64) for letter in "xyz"]
        if trace["type"] == "surface" and parts[0].ndim == 1:
            parts[0], parts[1] = np.meshgrid(parts[0], parts[1])
        ranges = [(axis.low, (axis.high - axis.low) or 1.0) for axis in self.axes]
        return np.stack(
            [
                (axis.numbers(part.ravel()).reshape(part.shape) - low) / span
                for axis, part, (low, span) in zip(self.axes, parts, ranges, strict=True)
            ],
            axis=-1,
        )

    def surface(self, trace: Part) -> list[Item]:
        places = self.places(trace)
        values = np.asarray(trace.get("surfacecolor", trace["z"]), dtype=np.float64)
        rows, columns = (
            np.unique(np.linspace(0, count - 1, min(count, _CELLS + 1)).round().astype(int))
            for count in places.shape[:2]
        )
        places, values = places[np.ix_(rows, columns)], values[np.ix_(rows, columns)]
        low = float(trace.get("cmin", np.nanmin(values)))
        high = float(trace.get("cmax", np.nanmax(values)))
        cells = np.stack([places[:-1, :-1], places[:-1, 1:], places[1:, 1:], places[1:, :-1]], axis=2).reshape(-1, 4, 3)
        height = ((values[:-1, :-1] + values[:-1, 1:] + values[1:, 1:] + values[1:, :-1]) / 4).ravel()
        known = np.isfinite(cells).all(axis=(1, 2)) & np.isfinite(height)
        cells, height = cells[known], height[known]
        cells[..., 2] = np.clip(cells[..., 2], 0.0, 1.0)  # what is higher than the box is drawn as its lid
        around = cells * self.sides
        normals = np.cross(around[:, 2] - around[:, 0], around[:, 3] - around[:, 1])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        bright = _DARKEST + (1 - _DARKEST) * np.abs(normals @ (_LIGHT / np.linalg.norm(_LIGHT)))
        colors = on_scale((height - low) / ((high - low) or 1.0), trace["colorscale"]) * bright[:, None]
        near = around.mean(axis=1) @ self.toward
        outlines = self.seen(cells)
        row, column = np.divmod(np.flatnonzero(known), len(columns) - 1)
        edges = (  # of two cells that share an edge, the nearer one covers it: both have its line
            (row % _MESH == 0, [0, 1]),
            ((row + 1) % _MESH == 0, [3, 2]),
            (column % _MESH == 0, [0, 3]),
            ((column + 1) % _MESH == 0, [1, 2]),
        )
        items: list[Item] = []
        for cell in np.argsort(near):
            color = "#{:02X}{:02X}{:02X}".format(*colors[cell].round().astype(int).tolist())
            items.append(Polygon(points=outlines[cell], fill=color, stroke=color, width=0.8))  # no seam to be seen
            for is_lined, ends in edges:
                if is_lined[cell]:
                    items.append(Line(points=outlines[cell][ends], color="#FFFFFF", width=1.0, opacity=0.35))
        return items

    def marks(self, trace: Part, shade: Shades) -> list[Item]:
        marker = trace.get("marker") or {}
        places = self.places(trace)
        points = self.seen(places[np.isfinite(places).all(axis=-1)])
        color, radius = opaque(str(marker.get("color") or shade.text)), float(marker.get("size", 6.0))
        return [
            Disc(x=x, y=y, radius=radius, fill=color, stroke=shade.background, width=1.5) for x, y in points.tolist()
        ]

    def walls(self, shade: Shades) -> list[Item]:
        """The grid on the floor and on both walls behind."""
        behind = (self.toward < 0).astype(float)  # of each axis, the end that is further away
        items: list[Item] = []
        for along in range(3):
            for wall in range(3):
                if wall == along:
                    continue
                (across,) = {0, 1, 2} - {along, wall}
                for part in (0.0, 1.0, *self._shares(along)):
                    ends = np.zeros((2, 3))
                    ends[:, along], ends[:, wall] = part, behind[wall]
                    ends[:, across] = [0.0, 1.0]
                    items.append(Line(points=self.seen(ends), color=shade.grid, width=1.0))
        return items

    def _shares(self, along: int) -> list[float]:
        axis = self.axes[along]
        return [(place - axis.low) / ((axis.high - axis.low) or 1.0) for place, _ in axis.marks]

    def labels(self, shade: Shades) -> list[Item]:
        """Numbers and titles along the edges in front of the floor, and on the edge of a wall at the left."""
        front = (self.toward >= 0).astype(float)
        posts = [np.array([x, y, 0.0]) for x in (0.0, 1.0) for y in (0.0, 1.0)]
        post = min(posts, key=lambda place: float(self.seen(place)[0]))
        middle = self.seen(np.array([0.5, 0.5, 0.0]))
        items: list[Item] = []
        for along, axis in enumerate(self.axes):
            base = post.copy() if along == 2 else np.array([front[0], front[1], 0.0])
            at = np.tile(base, (len(axis.marks) + 1, 1))
            at[:, along] = [*self._shares(along), 0.5]
            pixels = self.seen(at)
            out = np.array([-1.0, 0.0]) if along == 2 else pixels[-1] - middle
            out = out / max(float(np.linalg.norm(out)), 1e-9)
            anchor = "end" if out[0] < -0.3 else "start" if out[0] > 0.3 else "middle"
            for (x, y), (_, text) in zip((pixels[:-1] + 9 * out).tolist(), axis.marks, strict=True):
                items.append(
                    Text(
                        x=x,
                        y=y + (4 + 5 * max(out[1], 0) if along < 2 else 0),
                        text=text,
                        size=_TICK,
                        color=shade.muted,
                        anchor=anchor,
                    )
                )
            title = axis.settings.get("title")
            said = label_of(title.get("text") if isinstance(title, Mapping) else title)
            over = self.seen(post + np.array([0.0, 0.0, 1.0])) - [0.0, 14.0]
            x, y = (over if along == 2 else pixels[-1] + 34 * out).tolist()
            for text, _ in said.lines:
                side = "middle" if along == 2 else anchor
                items.append(Text(x=x, y=y + 8, text=text, size=_TITLE, color=shade.text, anchor=side))
        return items
