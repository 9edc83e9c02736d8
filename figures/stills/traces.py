"""Traces of Plotly as items of a drawing, each cut at the rectangle of its axes.

Known are scatter, bar, heatmap, contour, image and box, with what the pictures of the house use of them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray
from PIL import Image as PillowImage

from figures.drawing import Image, Item, Line, Rectangle
from figures.stills.axes import Axis
from figures.stills.colors import on_scale, opaque, parts, seen
from figures.stills.shapes import area, box, mark, stroke
from figures.stills.words import label_of, written

Array = NDArray[np.float64]
Trace = Mapping[str, Any]
MOST_CELLS = 5000  # of a map that are drawn one by one; more become an image
MOST_MARKS = 6000


class Ground:
    """Where a trace is drawn. frame: of its axes, in pixels. bars: place and share of each trace among grouped bars."""

    def __init__(self, x: Axis, y: Axis, layout: Mapping[str, Any], paper: str, colors: Mapping[int, str]) -> None:
        self.x, self.y, self.layout, self.paper, self.colors = x, y, layout, paper, colors
        left, right = sorted((x.first, x.last))
        top, bottom = sorted((y.first, y.last))
        self.frame: Rectangle = (left, top, right, bottom)
        self.bars: dict[int, tuple[int, int]] = {}

    def points(self, trace: Trace) -> Array:
        """The trace's points in pixels ``(n, 2)``."""
        y = self.y.numbers(trace.get("y"))
        x = self.x.numbers(trace["x"]) if trace.get("x") is not None else np.arange(len(y), dtype=np.float64)
        many = min(len(x), len(y))
        return np.stack([self.x.pixels(x[:many]), self.y.pixels(y[:many])], axis=-1)


def color_of(trace: Trace, number: int, ground: Ground) -> str:
    """The main color of a trace."""
    for part in ("line", "marker"):
        color = (trace.get(part) or {}).get("color")
        if isinstance(color, str):
            return color
    return ground.colors[number]


def scatter(trace: Trace, number: int, ground: Ground) -> list[Item]:
    mode = str(trace.get("mode") or "lines+markers")
    opacity = float(trace.get("opacity", 1.0))
    points, line = ground.points(trace), trace.get("line") or {}
    color = str(line.get("color") or color_of(trace, number, ground))
    items: list[Item] = []
    if trace.get("fill") in ("toself", "tozeroy"):
        items += _filled(trace, points, ground, color, opacity)
    if "lines" in mode:
        shape = _stairs(points, str(line.get("shape", "linear")))
        items += stroke(shape, ground.frame, color, float(line.get("width", 2.0)), line.get("dash"), opacity)
    items += _error_bars(trace, ground, points, color)
    if "markers" in mode:
        items += _marks(trace, number, ground, points, opacity)
    if "text" in mode:
        items += _texts(trace, ground, points)
    return items


def _filled(trace: Trace, points: Array, ground: Ground, color: str, opacity: float) -> list[Item]:
    red, green, blue, _ = parts(color)
    fill = str(trace.get("fillcolor") or f"rgba({red}, {green}, {blue}, 0.5)")
    if trace["fill"] == "tozeroy":
        floor = ground.y.last if ground.y.logarithmic else ground.y.pixel(0.0)
        floor = min(max(floor, ground.frame[1]), ground.frame[3])
        points = np.concatenate([points, [[points[-1, 0], floor], [points[0, 0], floor]]]) if len(points) else points
    known = np.isfinite(points).all(axis=-1)
    gaps = np.flatnonzero(~known)
    items: list[Item] = []
    for piece in np.split(points, gaps):
        items += area(piece[np.isfinite(piece).all(axis=-1)], ground.frame, fill, opacity)
    return items


def _stairs(points: Array, shape: str) -> Array:
    """Lines that go across before they go up (hv), or the other way round (vh)."""
    if shape not in ("hv", "vh") or len(points) < 2:
        return points
    corners = np.stack([points[1:, 0], points[:-1, 1]] if shape == "hv" else [points[:-1, 0], points[1:, 1]], axis=-1)
    between = np.stack([points[:-1], corners], axis=1).reshape(-1, 2)
    return np.concatenate([between, points[-1:]])


def _error_bars(trace: Trace, ground: Ground, points: Array, color: str) -> list[Item]:
    items: list[Item] = []
    for letter, axis in (("x", ground.x), ("y", ground.y)):
        bars = trace.get(f"error_{letter}")
        if not isinstance(bars, Mapping) or bars.get("visible") is False or bars.get("array") is None:
            continue
        values = np.asarray(trace[letter], dtype=np.float64)
        more = np.asarray(bars["array"], dtype=np.float64)
        less = more if bars.get("symmetric", True) else np.asarray(bars["arrayminus"], dtype=np.float64)
        low, high = axis.pixels(axis.numbers(values - less)), axis.pixels(axis.numbers(values + more))
        paint, width = str(bars.get("color") or color), float(bars.get("thickness", 1.5))
        for (x, y), one, other in zip(points, low, high, strict=True):
            ends = np.array([[one, y], [other, y]]) if letter == "x" else np.array([[x, one], [x, other]])
            items += stroke(ends, ground.frame, paint, width, None, 1.0)
    return items


def _each(value: Any, many: int, default: Any) -> list[Any]:
    """A setting for each point."""
    if isinstance(value, list | tuple | np.ndarray):
        return [default if one is None else one for one in value][:many] + [default] * max(0, many - len(value))
    return [default if value is None else value] * many


def _colors(marker: Mapping[str, Any], many: int, default: str) -> list[str]:
    given = marker.get("color")
    if isinstance(given, list | tuple | np.ndarray) and len(given) and not isinstance(given[0], str):
        numbers = np.asarray(given, dtype=np.float64)
        low, high = float(marker.get("cmin", numbers.min())), float(marker.get("cmax", numbers.max()))
        shades = on_scale((numbers - low) / ((high - low) or 1.0), marker["colorscale"])
        return ["#{:02X}{:02X}{:02X}".format(*shade) for shade in shades.tolist()]
    return [str(one) for one in _each(given, many, default)]


def _marks(trace: Trace, number: int, ground: Ground, points: Array, opacity: float) -> list[Item]:
    marker, many = trace.get("marker") or {}, min(len(points), MOST_MARKS)
    fills = _colors(marker, many, color_of(trace, number, ground))
    sizes, symbols = _each(marker.get("size"), many, 6.0), _each(marker.get("symbol"), many, "circle")
    covers, edge = _each(marker.get("opacity"), many, 1.0), marker.get("line") or {}
    edges, widths = _each(edge.get("color"), many, None), _each(edge.get("width"), many, 0.0)
    left, top, right, bottom = ground.frame
    room = float("inf") if trace.get("cliponaxis") is False else 1.0
    items: list[Item] = []
    for place, (x, y) in enumerate(points[:many].tolist()):
        if not (left - room <= x <= right + room and top - room <= y <= bottom + room):
            continue
        items += mark(
            str(symbols[place]),
            x,
            y,
            float(sizes[place]),
            fills[place],
            opacity * float(covers[place]),
            edges[place],
            float(widths[place]),
        )
    return items


def _texts(trace: Trace, ground: Ground, points: Array) -> list[Item]:
    font = {**(ground.layout.get("font") or {}), **(trace.get("textfont") or {})}
    items: list[Item] = []
    places = _each(trace.get("textposition"), len(points), "middle center")
    colors, sizes = _each(font.get("color"), len(points), "#000000"), _each(font.get("size"), len(points), 12.0)
    gap = (
        float((trace.get("marker") or {}).get("size", 0.0)) / 2
        if "markers" in str(trace.get("mode"))
        and not isinstance((trace.get("marker") or {}).get("size"), list | np.ndarray | tuple)
        else 4.0
    )
    for (x, y), text, place, color, size in zip(
        points, _each(trace.get("text"), len(points), ""), places, colors, sizes, strict=True
    ):
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        up, across = str(place).split(" ")
        shift = {"left": -gap, "right": gap, "center": 0.0}[across]
        anchor = {"left": "right", "right": "left", "center": "center"}[across]
        above = {"top": "bottom", "bottom": "top", "middle": "middle"}[up]
        rise = {"top": -gap, "bottom": gap, "middle": 0.0}[up]
        items += written(
            label_of(text),
            float(x) + shift,
            float(y) + rise,
            size=float(size),
            color=str(color),
            across=anchor,
            up=above,
        )
    return items


def bar(trace: Trace, number: int, ground: Ground) -> list[Item]:
    flat = trace.get("orientation") == "h"
    along, over = (ground.x, ground.y) if flat else (ground.y, ground.x)
    lengths = np.asarray(trace["x" if flat else "y"], dtype=np.float64)
    places = over.numbers(trace["y" if flat else "x"])
    bases = np.asarray(_each(trace.get("base"), len(lengths), 0.0), dtype=np.float64)
    nearest = np.diff(np.unique(places[np.isfinite(places)]))
    gap = 1.0 - float(ground.layout.get("bargap", 0.2))
    wide = np.asarray(_each(trace.get("width"), len(lengths), (nearest.min() if len(nearest) else 1.0) * gap), float)
    turn, of = ground.bars.get(number, (0, 1))
    if of > 1 and trace.get("width") is None:
        wide = wide / of
        places = places + (turn - (of - 1) / 2) * wide
    marker, many = trace.get("marker") or {}, len(lengths)
    fills = _colors(marker, many, color_of(trace, number, ground))
    opacity = float(trace.get("opacity", 1.0)) * float(marker.get("opacity", 1.0))
    edge, pattern = marker.get("line") or {}, marker.get("pattern") or {}
    low_end = along.low if along.logarithmic else None
    items: list[Item] = []
    for place, length, base, width, fill in zip(places, lengths, bases, wide, fills, strict=True):
        begin = along.pixels(np.array([low_end]))[0] if low_end is not None and base <= 0 else along.pixel(base)
        end = along.pixel(base + length)
        one, other = over.pixels(np.array([place - width / 2, place + width / 2])).tolist()
        corners = box(begin, one, end, other) if flat else box(one, begin, other, end)
        items += area(corners, ground.frame, fill, opacity)
        if str(pattern.get("shape") or "") == "/":
            items += _hatched(corners, ground.frame, str(pattern.get("fgcolor") or edge.get("color") or fill))
        elif pattern and pattern.get("fgcolor") and "bgcolor" not in pattern and fill == "#FFFFFF":
            items += area(corners, ground.frame, str(pattern["fgcolor"]), opacity)
        if float(edge.get("width") or 0.0) > 0 and isinstance(edge.get("color"), str):
            outline = np.concatenate([corners, corners[:1]])
            items += stroke(outline, ground.frame, edge["color"], float(edge["width"]), None, 1.0)
    return items + _bar_texts(trace, ground, places, lengths + bases, flat)


def _bar_texts(trace: Trace, ground: Ground, places: Array, ends: Array, flat: bool) -> list[Item]:
    if trace.get("text") is None or trace.get("textposition") not in ("outside", "auto"):
        return []
    font = {**(ground.layout.get("font") or {}), **(trace.get("textfont") or {})}
    items: list[Item] = []
    for place, end, text in zip(places, ends, _each(trace["text"], len(places), ""), strict=True):
        over = ground.y if flat else ground.x
        at = float(over.pixels(np.array([place]))[0])
        size, color = float(font.get("size", 12.0)), str(font.get("color", "#000000"))
        tip = (ground.x if flat else ground.y).pixel(end)
        back = end < 0
        if flat:
            across = "right" if back else "left"
            shift = -4 if back else 4
            items += written(label_of(text), tip + shift, at, size=size, color=color, across=across, up="middle")
        else:
            up, shift = ("top", 3) if back else ("bottom", -3)
            items += written(label_of(text), at, tip + shift, size=size, color=color, across="center", up=up)
    return items


def _hatched(corners: Array, frame: Rectangle, color: str) -> list[Item]:
    left, top = np.maximum(corners.min(axis=0), frame[:2]).tolist()
    right, bottom = np.minimum(corners.max(axis=0), frame[2:]).tolist()
    items: list[Item] = []
    if right <= left or bottom <= top:
        return items
    tall = bottom - top
    for begin in np.arange(left - tall, right, 6.0)[:400].tolist():
        items += stroke(
            np.array([[begin, bottom], [begin + tall, top]]), (left, top, right, bottom), color, 1.2, None, 1.0
        )
    return items


def _edges(axis: Axis, values: Any, many: int) -> Array:
    """The edges of cells in pixels ``(many + 1)``; values: their middles or edges."""
    numbers = np.arange(many, dtype=np.float64) if values is None else axis.numbers(values)
    if len(numbers) == many:
        middles = (numbers[1:] + numbers[:-1]) / 2
        half = (numbers[1] - numbers[0]) / 2 if many > 1 else 0.5
        last = (numbers[-1] - numbers[-2]) / 2 if many > 1 else 0.5
        numbers = np.concatenate([[numbers[0] - half], middles, [numbers[-1] + last]])
    return axis.pixels(numbers)


def heatmap(trace: Trace, _number: int, ground: Ground) -> list[Item]:
    z = np.array([[np.nan if value is None else value for value in row] for row in np.asarray(trace["z"])], dtype=float)
    opacity = float(trace.get("opacity", 1.0))
    low, high = _limits(trace, z)
    across, down = _edges(ground.x, trace.get("x"), z.shape[1]), _edges(ground.y, trace.get("y"), z.shape[0])
    shares = (z - low) / ((high - low) or 1.0)
    if z.size > MOST_CELLS:
        crisp = trace.get("zsmooth") is False
        return [_as_image(shares, across, down, trace["colorscale"], opacity, ground.paper, crisp)]
    gap_x, gap_y = float(trace.get("xgap") or 0.0) / 2, float(trace.get("ygap") or 0.0) / 2
    colors = on_scale(np.nan_to_num(shares).ravel(), trace["colorscale"]).reshape(*z.shape, 3)
    items: list[Item] = []
    for row, column in np.ndindex(*z.shape):
        if np.isfinite(z[row, column]):
            left, right = sorted((float(across[column]), float(across[column + 1])))
            top, bottom = sorted((float(down[row]), float(down[row + 1])))
            color = "#{:02X}{:02X}{:02X}".format(*colors[row, column].tolist())
            grown = 0.0 if gap_x else 0.25  # so that no seam is seen between neighbors
            corners = box(left + gap_x - grown, top + gap_y - grown, right - gap_x + grown, bottom - gap_y + grown)
            items += area(corners, ground.frame, color, opacity)
    return items + _cell_texts(trace, ground, across, down)


def _limits(trace: Trace, z: Array) -> tuple[float, float]:
    known = z[np.isfinite(z)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return float(trace.get("zmin", low)), float(trace.get("zmax", high))


def _as_image(shares: Array, across: Array, down: Array, scale: Any, opacity: float, paper: str, crisp: bool) -> Image:
    levels = np.clip(np.round(np.nan_to_num(shares) * 255), 0, 255).astype(np.uint8)
    if down[-1] < down[0]:
        levels = levels[::-1]
    if across[-1] < across[0]:
        levels = levels[:, ::-1]
    under = np.array(parts(paper)[:3], dtype=np.float64)
    palette = on_scale(np.linspace(0.0, 1.0, 256), scale) * opacity + under * (1 - opacity)
    at = (float(min(across)), float(min(down)), float(max(across)), float(max(down)))
    return Image(at=at, pixels=np.ascontiguousarray(levels), palette=palette.round().astype(np.uint8), crisp=crisp)


def _cell_texts(trace: Trace, ground: Ground, across: Array, down: Array) -> list[Item]:
    if not trace.get("texttemplate") or trace.get("text") is None:
        return []
    font = {**(ground.layout.get("font") or {}), **(trace.get("textfont") or {})}
    items: list[Item] = []
    for row, texts in enumerate(trace["text"]):
        for column, text in enumerate(texts):
            x, y = (across[column] + across[column + 1]) / 2, (down[row] + down[row + 1]) / 2
            items += written(
                label_of(text),
                float(x),
                float(y),
                size=float(font.get("size", 12.0)),
                color=str(font.get("color", "#000000")),
                across="center",
                up="middle",
            )
    return items


def contour(trace: Trace, _number: int, ground: Ground) -> list[Item]:
    z = np.asarray(trace["z"], dtype=np.float64)
    xs = np.arange(z.shape[1], dtype=float) if trace.get("x") is None else ground.x.numbers(trace["x"])
    ys = np.arange(z.shape[0], dtype=float) if trace.get("y") is None else ground.y.numbers(trace["y"])
    low, high = _limits(trace, z)
    asked = trace.get("contours") or {}
    size = float(asked.get("size") or (high - low) / 12)
    begin, end = float(asked.get("start", low + size)), float(asked.get("end", high))
    levels = [begin + place * size for place in range(min(200, int((end - begin) / size + 1e-6) + 1))] if size else []
    found: Any = contour_generator(
        ground.x.pixels(xs), ground.y.pixels(ys), z, fill_type=FillType.OuterOffset, line_type=LineType.Separate
    )
    items: list[Item] = []
    coloring = asked.get("coloring", "fill")
    if coloring == "fill":
        bounds = [-np.inf, *levels, np.inf]
        for below, above in pairwise(bounds):
            middle = below + size / 2 if np.isfinite(below) else above - size / 2
            share = (middle - low) / ((high - low) or 1.0)
            color = "#{:02X}{:02X}{:02X}".format(*on_scale(np.array([share]), trace["colorscale"])[0].tolist())
            under, over = max(below, float(np.nanmin(z)) - 1.0), min(above, float(np.nanmax(z)) + 1.0)
            if under < over:
                shapes, offsets = found.filled(under, over)
                for points, cuts in zip(shapes, offsets, strict=True):
                    rings = [points[one:other] for one, other in pairwise(cuts)]
                    items += _with_holes(rings, ground, color)
    line = trace.get("line") or {}
    width = float(line.get("width", 0.5))
    if asked.get("showlines", True) and width > 0:
        for level in levels:
            share = (level - low) / ((high - low) or 1.0)
            shade = "#{:02X}{:02X}{:02X}".format(*on_scale(np.array([share]), trace["colorscale"])[0].tolist())
            color = shade if coloring == "lines" else str(line.get("color") or "#444444")
            for points in found.lines(level):
                items += stroke(points, ground.frame, color, width, line.get("dash"), float(trace.get("opacity", 1.0)))
    return items


def _with_holes(rings: Sequence[Array], ground: Ground, color: str) -> list[Item]:
    """An outline with holes as one outline: each hole is reached by a cut of no width."""
    outline = rings[0]
    for hole in rings[1:]:
        outline = np.concatenate([outline, hole, outline[-1:]])
    return area(outline, ground.frame, color)


def image(trace: Trace, _number: int, ground: Ground) -> list[Item]:
    source = str(trace["source"])
    with PillowImage.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as opened:
        small = opened.convert("RGB").quantize(256)
    pixels = np.asarray(small, dtype=np.uint8)
    palette = np.zeros((256, 3), dtype=np.uint8)
    known = np.array(small.getpalette(), dtype=np.uint8).reshape(-1, 3)
    palette[: len(known)] = known
    height, width = pixels.shape
    edges = ground.x.pixels(np.array([-0.5, width - 0.5])), ground.y.pixels(np.array([-0.5, height - 0.5]))
    left, right = sorted(map(float, edges[0]))
    top, bottom = sorted(map(float, edges[1]))
    if edges[1][0] > edges[1][1]:
        pixels = pixels[::-1]
    times = max(1, round((right - left) / width))
    crisp = np.repeat(np.repeat(pixels, times, axis=0), times, axis=1)
    return [Image(at=(left, top, right, bottom), pixels=np.ascontiguousarray(crisp), palette=palette)]


def box_plot(trace: Trace, number: int, ground: Ground) -> list[Item]:
    """Quartiles as a box, the rest as whiskers up to one and a half of its height (Tukey 1977)."""
    values = np.asarray(trace["y"], dtype=np.float64)
    given = trace["x"] if trace.get("x") is not None else [str(trace.get("name", ""))] * len(values)
    names = ground.x.numbers(given)
    color = color_of(trace, number, ground)
    items: list[Item] = []
    for place in np.unique(names[np.isfinite(names)]):
        own = np.sort(values[(names == place) & np.isfinite(values)])
        first, middle, third = np.quantile(own, [0.25, 0.5, 0.75])
        reach = 1.5 * (third - first)
        low, high = own[own >= first - reach][0], own[own <= third + reach][-1]
        left, center, right = ground.x.pixels(np.array([place - 0.25, place, place + 0.25])).tolist()
        at = {
            name: ground.y.pixel(value)
            for name, value in (("low", low), ("first", first), ("middle", middle), ("third", third), ("high", high))
        }
        corners = box(left, at["third"], right, at["first"])
        items += area(corners, ground.frame, color, 0.3)
        lines = [
            np.concatenate([corners, corners[:1]]),
            np.array([[left, at["middle"]], [right, at["middle"]]]),
            np.array([[center, at["first"]], [center, at["low"]]]),
            np.array([[center, at["third"]], [center, at["high"]]]),
        ]
        for points in lines:
            items += stroke(points, ground.frame, color, 1.6, None, 1.0)
        if trace.get("boxmean"):
            mean = ground.y.pixel(float(own.mean()))
            items += stroke(np.array([[left, mean], [right, mean]]), ground.frame, color, 1.6, "dash", 1.0)
        if trace.get("boxpoints", "outliers") == "outliers":
            marker = trace.get("marker") or {}
            symbol, size = str(marker.get("symbol", "circle")), float(marker.get("size", 4.0))
            for value in own[(own < low) | (own > high)].tolist():
                items += mark(symbol, center, ground.y.pixel(value), size, color, 1.0, None, 0.0)
    return items


DRAWN: Mapping[str, Callable[[Trace, int, Ground], list[Item]]] = {
    "scatter": scatter,
    "bar": bar,
    "heatmap": heatmap,
    "contour": contour,
    "image": image,
    "box": box_plot,
}
"""How each type of trace is drawn."""


def sample(trace: Trace, number: int, ground: Ground, x: float, y: float) -> list[Item]:
    """A trace's sign in a legend, 22 pixels wide, from x on and around y."""
    color, opacity = color_of(trace, number, ground), float(trace.get("opacity", 1.0))
    frame = (x - 1, y - 9, x + 24, y + 9)
    if trace.get("type") in ("bar", "heatmap", "contour"):
        marker = trace.get("marker") or {}
        fill = marker.get("color") if isinstance(marker.get("color"), str) else color
        corners, edge = box(x + 5, y - 5, x + 17, y + 5), marker.get("line") or {}
        items = area(corners, frame, str(fill), float(marker.get("opacity", 1.0)))
        if isinstance(edge.get("color"), str) and float(edge.get("width") or 0.0) > 0:
            items += stroke(np.concatenate([corners, corners[:1]]), frame, edge["color"], 1.5, None, 1.0)
        return items
    mode, line, items = str(trace.get("mode") or "lines+markers"), trace.get("line") or {}, []
    if trace.get("fill") and trace.get("fillcolor"):
        items += area(box(x, y - 5, x + 22, y + 5), frame, str(trace["fillcolor"]), opacity)
    if "lines" in mode:
        ends = np.array([[x, y], [x + 22, y]])
        items += stroke(ends, frame, color, min(3.0, float(line.get("width", 2.0))), line.get("dash"), opacity)
    if "markers" in mode:
        marker = trace.get("marker") or {}
        edge = marker.get("line") or {}
        first = {
            name: _each(marker.get(name), 1, default)[0]
            for name, default in (("size", 6.0), ("symbol", "circle"), ("opacity", 1.0))
        }
        fill = _colors(marker, 1, color)[0]
        line_color = _each(edge.get("color"), 1, None)[0]
        items += mark(
            str(first["symbol"]),
            x + 11,
            y,
            min(12.0, float(first["size"])),
            fill,
            opacity * float(first["opacity"]),
            line_color,
            float(_each(edge.get("width"), 1, 0.0)[0]),
        )
    return items


def rule(x0: float, y0: float, x1: float, y1: float, color: str, width: float = 1.0) -> Line | None:
    """A straight line, None for one that nobody sees."""
    return Line(points=np.array([[x0, y0], [x1, y1]]), color=opaque(color), width=width) if seen(color) else None
