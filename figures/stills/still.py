"""A figure of Plotly as a drawing: margins, axes, traces, shapes, notes, legend and the scale of colors."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from figures.drawing import Item, Picture, Text, canvas, svg
from figures.stills.axes import Axis
from figures.stills.colors import on_scale, opaque
from figures.stills.scene import is_in_space, scene_picture
from figures.stills.shapes import area, box, stroke
from figures.stills.traces import DRAWN, Ground, rule, sample
from figures.stills.words import Label, label_of, written
from figures.theme import shades

_TICK, _TITLE = 12.0, 13.0
_LEGEND, _ROW, _GAP = 12.5, 20.0, 18.0
_BAR_ROOM = 64.0
NARROWEST, WIDEST = 240, 4096


def still_svg(figure: Any, *, width: int, height: int | None = None, dark: bool = False, about: str = "") -> str:
    """The figure as a standalone SVG. height: the figure's own by default. about: what it shows, in words."""
    return svg(still_picture(figure, width=width, height=height, dark=dark, about=about))


def still_png(figure: Any, *, width: int, height: int, scale: float = 1.0, dark: bool = False) -> bytes:
    """The figure as PNG, ``width`` by ``height`` pixels. scale: by which letters are larger than on a page."""
    picture = still_picture(figure, width=round(width / scale), height=round(height / scale), dark=dark)
    return picture_png(picture, width=width, height=height)


def picture_png(picture: Picture, *, width: int, height: int) -> bytes:
    """A drawing of nearly these proportions as PNG of this size in pixels."""
    fine = max(2, int(np.ceil(2 * width / picture.width)))
    buffer = io.BytesIO()
    canvas(picture, fine).resize((width, height), PillowImage.Resampling.LANCZOS).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def still_picture(
    figure: Any, *, width: int, height: int | None = None, dark: bool = False, about: str = ""
) -> Picture:
    """The figure as a drawing.

    Raises:
        ValueError: a size outside 240 to 4,096 pixels, or a trace of a type that cannot be drawn.
    """
    for name, size in (("width", width), ("height", height if height is not None else NARROWEST)):
        if not NARROWEST <= size <= WIDEST:
            raise ValueError(f"{name} was given {size!r}; allowed are {NARROWEST} to {WIDEST} pixels")
    plain: Mapping[str, Any] = _unpacked(figure.to_dict())
    if is_in_space(plain):
        tall = height or int((plain.get("layout") or {}).get("height") or 450)
        return scene_picture(plain, width=width, height=tall, shade=shades(dark), about=about)
    return _Still(plain, width, height, dark, about).picture()


def _name(reference: Any, letter: str) -> str:
    """x2 as the layout names it: xaxis2."""
    text = str(reference or letter)
    return f"{letter}axis{text[1:]}" if text[1:] != "1" else f"{letter}axis"


class _Still:
    def __init__(self, plain: Mapping[str, Any], width: int, height: int | None, dark: bool, about: str) -> None:
        self.plain = plain
        self.layout: Mapping[str, Any] = self.plain.get("layout") or {}
        self.traces = [trace for trace in self.plain.get("data") or [] if trace.get("visible", True) is True]
        for trace in self.traces:
            if trace.get("type", "scatter") not in DRAWN:
                raise ValueError(f"a trace of type {trace.get('type')!r} was given; allowed are {', '.join(DRAWN)}")
        self.shade, self.dark, self.about = shades(dark), dark, about
        self.width = float(width)
        self.height = float(height if height is not None else self.layout.get("height") or 450)
        ways = list(self.layout.get("colorway") or [self.shade.text])
        self.colors = {number: ways[number % len(ways)] for number in range(len(self.traces))}
        self.axes: dict[str, Axis] = {}
        self._axes()
        self.legend = self._entries()
        self.bar = next((trace for trace in self.traces if self._has_bar(trace)), None)

    # -- what there is ---------------------------------------------------------------------------------------------

    def _axes(self) -> None:
        names = {_name(trace.get(f"{letter}axis"), letter) for trace in self.traces for letter in "xy"}
        names |= {"xaxis", "yaxis"} | {name for name in self.layout if name[:5] in ("xaxis", "yaxis")}
        for name in sorted(names):
            self.axes[name] = Axis(name=name, letter=name[0], settings=self.layout.get(name) or {})
        for name, axis in self.axes.items():
            own = [trace for trace in self.traces if _name(trace.get(f"{axis.letter}axis"), axis.letter) == name]
            texts = [v for trace in own for v in _list(_places_of(trace, axis.letter)) if isinstance(v, str)]
            axis.categories = tuple(dict.fromkeys(texts))
            held, padded = [], False
            for trace in own:
                held += [axis.numbers(values) for values in self._held(trace, axis.letter)]
                marked = trace.get("type", "scatter") == "scatter" and "markers" in str(trace.get("mode", "markers"))
                padded |= marked or axis.letter == "y"
            maps = [trace for trace in own if trace.get("type") in ("heatmap", "contour", "image")]
            axis.settle(held, padded=padded and len(maps) < len(own))

    def _held(self, trace: Mapping[str, Any], letter: str) -> Iterator[Any]:
        kind = trace.get("type", "scatter")
        values = trace.get(letter)
        if kind == "image":
            size = _image_size(trace)["xy".index(letter)]
            yield [-0.5, size - 0.5]
        elif kind in ("heatmap", "contour"):
            if self.axes[_name(trace.get(f"{letter}axis"), letter)].categories:
                return
            shape = np.asarray(trace["z"]).shape[1 if letter == "x" else 0]
            numbers = np.arange(shape, dtype=float) if values is None else np.asarray(values, dtype=float)
            if kind == "heatmap" and len(numbers) == shape and shape > 1:
                yield [1.5 * numbers[0] - 0.5 * numbers[1], 1.5 * numbers[-1] - 0.5 * numbers[-2]]
            yield numbers
        elif kind == "bar" and (trace.get("orientation") == "h") == (letter == "x"):
            base = np.asarray(_list(trace.get("base")) or [0.0], dtype=float)
            yield base
            yield base + np.asarray(values, dtype=float)
        elif kind == "bar" and values is not None and not any(isinstance(v, str) for v in _list(values)):
            numbers = np.asarray(values, dtype=float)
            apart = np.diff(np.unique(numbers))
            half = (apart.min() if len(apart) else 1.0) / 2
            yield np.concatenate([numbers - half, numbers + half])
        elif values is not None:
            yield values
        elif letter == "x" and trace.get("y") is not None:
            yield np.arange(len(trace["y"]), dtype=float)

    def _entries(self) -> list[tuple[int, Mapping[str, Any], Label]]:
        if self.layout.get("showlegend", len(self.traces) > 1) is False:
            return []
        entries, groups = [], set()
        for number, trace in enumerate(self.traces):
            shown = trace.get("showlegend", trace.get("type", "scatter") not in ("heatmap", "contour", "image"))
            group = trace.get("legendgroup")
            if not trace.get("name") or shown is False or (group and (group, trace["name"]) in groups):
                continue
            groups.add((group, trace["name"]))
            entries.append((number, trace, label_of(trace["name"])))
        return entries

    @staticmethod
    def _has_bar(trace: Mapping[str, Any]) -> bool:
        return trace.get("type") in ("heatmap", "contour") and trace.get("showscale", True) is not False

    # -- where it lies ---------------------------------------------------------------------------------------------

    def _rows(self, room: float) -> list[list[tuple[int, Mapping[str, Any], Label]]]:
        """The legend's entries in rows."""
        rows: list[list[tuple[int, Mapping[str, Any], Label]]] = []
        used = room + 1.0
        for entry in self.legend:
            wide = 28.0 + entry[2].width(_LEGEND) + _GAP
            if used + wide > room + _GAP or not rows:
                rows.append([])
                used = 0.0
            rows[-1].append(entry)
            used += wide
        return rows

    def _lay_out(self) -> None:
        margin = self.layout.get("margin") or {}
        left, right = float(margin.get("l", 60)), float(margin.get("r", 20))
        top, bottom = float(margin.get("t", 40)), float(margin.get("b", 40))
        plot_height = self.height - top - bottom
        for axis in self.axes.values():
            low, high = axis.domain
            axis.mark((self.width - left - right) * (high - low) if axis.letter == "x" else plot_height * (high - low))
        outer = [axis for axis in self.axes.values() if axis.visible]
        if any(axis.settings.get("automargin", True) is not False for axis in outer):
            left += max(
                [self._beside(axis) for axis in outer if axis.letter == "y" and axis.domain and self._starts(axis)],
                default=0.0,
            )
            bottom += max(
                [
                    self._below(axis)
                    for axis in outer
                    if axis.letter == "x" and not self._on_top(axis) and self._is_lowest(axis)
                ],
                default=0.0,
            )
            top += max([self._below(axis) for axis in outer if axis.letter == "x" and self._on_top(axis)], default=0.0)
        right += _BAR_ROOM if self.bar is not None else 6.0
        legend = self.layout.get("legend") or {}
        above = float(legend.get("y", 1.0)) >= 1.0 and str(legend.get("orientation", "v")) == "h"
        room = self.width - left - right
        self.rows = self._rows(room)
        if self.legend and above:
            gap = (float(legend.get("y", 1.0)) - 1.0) * (self.height - top - bottom)
            top = max(top, len(self.rows) * _ROW + 6.0 + gap)
        self.frame = (left, top, max(left + 20.0, self.width - right), max(top + 20.0, self.height - bottom))
        for axis in self.axes.values():
            low, high = axis.domain
            if axis.letter == "x":
                axis.first = self.frame[0] + low * (self.frame[2] - self.frame[0])
                axis.last = self.frame[0] + high * (self.frame[2] - self.frame[0])
            else:
                axis.first = self.frame[3] - low * (self.frame[3] - self.frame[1])
                axis.last = self.frame[3] - high * (self.frame[3] - self.frame[1])
        self._bind_scales()

    def _bind_scales(self) -> None:
        """Axes of one scale: the longer one is shortened around its middle."""
        for axis in self.axes.values():
            bound = axis.settings.get("scaleanchor")
            other = self.axes.get(_name(bound, str(bound)[0])) if bound else None
            if other is None or not (axis.high - axis.low) or not (other.high - other.low):
                continue
            each = abs((axis.last - axis.first) / (axis.high - axis.low)) / float(axis.settings.get("scaleratio", 1.0))
            their = abs((other.last - other.first) / (other.high - other.low))
            loose, share = (axis, their / each) if each > their else (other, each / their)
            if "domain" in (axis.settings.get("constrain"), other.settings.get("constrain")):
                middle, half = (loose.first + loose.last) / 2, (loose.last - loose.first) / 2 * share
                loose.first, loose.last = middle - half, middle + half
            else:
                middle, half = (loose.low + loose.high) / 2, (loose.high - loose.low) / 2 / share
                loose.low, loose.high = middle - half, middle + half
                loose.mark(abs(loose.last - loose.first))

    def _partner(self, axis: Axis) -> Axis:
        other = "y" if axis.letter == "x" else "x"
        anchor = axis.settings.get("anchor")
        named = _name(anchor, other) if anchor and anchor != "free" else f"{other}axis{axis.name[5:]}"
        return self.axes.get(named) or self.axes[f"{other}axis"]

    def _starts(self, axis: Axis) -> bool:
        return self._partner(axis).domain[0] < 0.02 and axis.settings.get("side") != "right"

    def _is_lowest(self, axis: Axis) -> bool:
        return self._partner(axis).domain[0] < 0.02

    def _on_top(self, axis: Axis) -> bool:
        return axis.settings.get("side") == "top"

    def _labeled(self, axis: Axis) -> bool:
        return axis.settings.get("showticklabels", True) is not False and bool(axis.marks)

    def _sizes(self, axis: Axis) -> tuple[float, float]:
        title = ((axis.settings.get("title") or {}).get("font") or {}).get("size", _TITLE)
        return float((axis.settings.get("tickfont") or {}).get("size", _TICK)), float(title)

    def _title(self, axis: Axis) -> Label:
        title = axis.settings.get("title")
        return label_of(title.get("text") if isinstance(title, Mapping) else title)

    def _beside(self, axis: Axis) -> float:
        small, large = self._sizes(axis)
        wide = max((label_of(text).width(small) for _, text in axis.marks), default=0.0) if self._labeled(axis) else 0.0
        title = self._title(axis)
        return wide + 8.0 + (title.height(large) + 6.0 if title.lines else 0.0)

    def _below(self, axis: Axis) -> float:
        small, large = self._sizes(axis)
        tall = (
            max((label_of(text).height(small) for _, text in axis.marks), default=0.0) if self._labeled(axis) else 0.0
        )
        title = self._title(axis)
        return tall + 4.0 + (title.height(large) + 6.0 if title.lines else 0.0)

    # -- what is drawn ---------------------------------------------------------------------------------------------

    def picture(self) -> Picture:
        self._lay_out()
        items: list[Item] = []
        for axis in self.axes.values():
            items += self._grid(axis)
        items += self._shapes(below=True)
        for number, trace in enumerate(self.traces):
            items += DRAWN[trace.get("type", "scatter")](trace, number, self._ground(number, trace))
        items += self._shapes(below=False)
        for axis in self.axes.values():
            items += self._labels(axis)
        items += self._legend_items() + self._color_bar() + self._notes()
        frame = (0.0, 0.0, self.width, self.height)
        return Picture(
            width=round(self.width),
            height=round(self.height),
            background=self.shade.background,
            frame=frame,
            outside=items,
            title=self.about,
        )

    def _ground(self, number: int, trace: Mapping[str, Any]) -> Ground:
        x, y = (self.axes[_name(trace.get(f"{letter}axis"), letter)] for letter in "xy")
        ground = Ground(x, y, self.layout, self.shade.background, self.colors)
        if self.layout.get("barmode", "group") == "group":
            bars = [
                place for place, one in enumerate(self.traces) if one.get("type") == "bar" and self._same(one, trace)
            ]
            ground.bars = {place: (turn, len(bars)) for turn, place in enumerate(bars)}
        return ground

    @staticmethod
    def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return all(_name(one.get(f"{a}axis"), a) == _name(other.get(f"{a}axis"), a) for a in "xy")

    def _grid(self, axis: Axis) -> list[Item]:
        if not axis.visible:
            return []
        partner = self._partner(axis)
        color = str(axis.settings.get("gridcolor") or self.shade.grid)
        lines = []
        if axis.settings.get("showgrid", True) is not False:
            lines = [(place, color, 1.0) for place, _ in axis.marks]
        zero = axis.settings.get("zeroline", not axis.logarithmic and not axis.categories)
        if zero and not axis.logarithmic and min(axis.low, axis.high) <= 0 <= max(axis.low, axis.high):
            zero_color = str(axis.settings.get("zerolinecolor") or color)
            lines.append((0.0, zero_color, float(axis.settings.get("zerolinewidth", 1.6))))
        items: list[Item | None] = []
        for place, paint, width in lines:
            at = float(axis.pixels(np.array([place]))[0])
            if axis.letter == "x":
                items.append(rule(at, partner.first, at, partner.last, paint, width))
            else:
                items.append(rule(partner.first, at, partner.last, at, paint, width))
        return [item for item in items if item is not None]

    def _labels(self, axis: Axis) -> list[Item]:
        if not axis.visible:
            return []
        partner = self._partner(axis)
        small, large = self._sizes(axis)
        tick_color = str((axis.settings.get("tickfont") or {}).get("color") or self.shade.muted)
        items: list[Item] = []
        used = 0.0
        top = self._on_top(axis)
        edge = (partner.last if top else partner.first) if axis.letter == "x" else partner.first
        if self._labeled(axis):
            last = -1e9
            for place, text in axis.marks:
                at, label = float(axis.pixels(np.array([place]))[0]), label_of(text)
                if axis.letter == "x":
                    half = label.width(small) / 2
                    at_shown = min(max(at, half), self.width - half)
                    if at_shown - half < last + 4 and axis.settings.get("tickvals") is None and not axis.categories:
                        continue
                    last = at_shown + half
                    y = edge - 3 if top else edge + 3
                    items += written(
                        label, at_shown, y, size=small, color=tick_color, across="center", up="bottom" if top else "top"
                    )
                    used = max(used, label.height(small))
                else:
                    items += written(label, edge - 5, at, size=small, color=tick_color, across="right", up="middle")
                    used = max(used, label.width(small))
        return items + self._title_items(axis, partner, edge, used, large, top)

    def _title_items(self, axis: Axis, partner: Axis, edge: float, used: float, size: float, top: bool) -> list[Item]:
        title = self._title(axis)
        if not title.lines:
            return []
        font = (axis.settings.get("title") or {}).get("font") or {}
        color = str(font.get("color") or self.shade.text)
        middle = (axis.first + axis.last) / 2
        if axis.letter == "x":
            y = edge - used - 7 if top else edge + used + 7
            half = title.width(size) / 2
            middle = min(max(middle, half + 2), self.width - half - 2)
            return written(title, middle, y, size=size, color=color, across="center", up="bottom" if top else "top")
        return _upright(title, edge - used - 12, middle, size, color)

    def _legend_items(self) -> list[Item]:
        if not self.legend:
            return []
        legend = self.layout.get("legend") or {}
        left, top, right, bottom = self.frame
        tall = len(self.rows) * _ROW
        y = bottom - float(legend.get("y", 1.0)) * (bottom - top)
        y -= {"bottom": tall, "middle": tall / 2, "top": 0.0}.get(str(legend.get("yanchor", "top")), 0.0)
        y = max(2.0, y)
        color = str(((legend.get("font") or {}).get("color")) or self.shade.text)
        items: list[Item] = []
        for row in self.rows:
            wide = sum(28.0 + label.width(_LEGEND) + _GAP for *_, label in row) - _GAP
            x = left + float(legend.get("x", 0.0)) * (right - left)
            x -= {"right": wide, "center": wide / 2}.get(str(legend.get("xanchor", "left")), 0.0)
            x = min(max(2.0, x), max(2.0, self.width - wide - 2))
            for number, trace, label in row:
                items += sample(trace, number, self._ground(number, trace), x, y + _ROW / 2)
                items += written(label, x + 28, y + _ROW / 2, size=_LEGEND, color=color, up="middle")
                x += 28.0 + label.width(_LEGEND) + _GAP
            y += _ROW
        return items

    def _color_bar(self) -> list[Item]:
        if self.bar is None:
            return []
        asked, trace = self.bar.get("colorbar") or {}, self.bar
        z = np.asarray(trace["z"], dtype=float)
        low, high = float(trace.get("zmin", np.nanmin(z))), float(trace.get("zmax", np.nanmax(z)))
        _, top, right, bottom = self.frame
        x, thick = right + 12, float(asked.get("thickness", 12))
        span = (bottom - top) * min(1.0, float(asked.get("len", 1.0)))
        first = (top + bottom) / 2 + span / 2
        items: list[Item] = []
        opacity = float(trace.get("opacity", 1.0))
        for part in range(64):
            color = "#{:02X}{:02X}{:02X}".format(
                *on_scale(np.array([(part + 0.5) / 64]), trace["colorscale"])[0].tolist()
            )
            seam = 0.3 if opacity >= 1 else 0.0
            corners = box(x, first - (part + 1) * span / 64 - seam, x + thick, first - part * span / 64)
            items += area(corners, (0, 0, self.width, self.height), color, opacity)
        scale = Axis(name="bar", letter="y", settings=asked, low=low, high=high, first=first, last=first - span)
        scale.mark(span)
        for place, text in scale.marks:
            y = float(scale.pixels(np.array([place]))[0])
            items += written(label_of(text), x + thick + 4, y, size=_TICK, color=self.shade.muted, up="middle")
        title = label_of((asked.get("title") or {}).get("text"))
        size = float(((asked.get("title") or {}).get("font") or {}).get("size", _TICK))
        if title.lines and (asked.get("title") or {}).get("side") == "right":
            items += _upright(title, self.width - 8, (top + bottom) / 2, size, self.shade.text)
        elif title.lines:
            wide = title.width(size)
            items += written(
                title, min(x, self.width - wide - 2), first - span - 4, size=size, color=self.shade.text, up="bottom"
            )
        return items

    def _place(self, reference: Any, letter: str, value: Any) -> float:
        """Where a value of a shape or a note lies."""
        left, top, right, bottom = self.frame
        text = str(reference or letter)
        if text == "paper":
            return left + float(value) * (right - left) if letter == "x" else bottom - float(value) * (bottom - top)
        axis = self.axes[_name(text.removesuffix(" domain"), letter)]
        if text.endswith(" domain"):
            return axis.first + float(value) * (axis.last - axis.first)
        if isinstance(value, str):
            return axis.pixel(value)
        # A note names powers of ten on a logarithmic axis, a shape the values themselves.
        return float(axis.pixels(np.array([float(value)]))[0])

    def _shapes(self, *, below: bool) -> list[Item]:
        items: list[Item] = []
        for shape in self.layout.get("shapes") or []:
            if (shape.get("layer") == "below") != below:
                continue
            ends = []
            for letter in "xy":
                for number in "01":
                    value, reference = shape[f"{letter}{number}"], shape.get(f"{letter}ref")
                    axis = self.axes.get(_name(str(reference or letter), letter))
                    if axis is not None and axis.logarithmic and reference != "paper":
                        value = float(np.log10(max(float(value), 1e-300)))
                    ends.append(self._place(reference, letter, value))
            x0, x1, y0, y1 = ends
            line = shape.get("line") or {}
            opacity = float(shape.get("opacity", 1.0))
            whole = (0.0, 0.0, self.width, self.height)
            if shape.get("type") == "rect":
                corners = box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                if shape.get("fillcolor"):
                    items += area(corners, self.frame, str(shape["fillcolor"]), opacity)
                points = np.concatenate([corners, corners[:1]])
            else:
                points = np.array([[x0, y0], [x1, y1]])
            color = str(line.get("color") or self.shade.text)
            items += stroke(points, whole, color, float(line.get("width", 2.0)), line.get("dash"), opacity)
        return items

    def _notes(self) -> list[Item]:
        items: list[Item] = []
        base = self.layout.get("font") or {}
        for note in self.layout.get("annotations") or []:
            font = {**base, **(note.get("font") or {})}
            size, label = float(font.get("size", 13)), label_of(note.get("text"))
            x = self._place(note.get("xref"), "x", note.get("x", 0.5)) + float(note.get("xshift", 0.0))
            y = self._place(note.get("yref"), "y", note.get("y", 0.5)) - float(note.get("yshift", 0.0))
            across = self._anchor(note, "x")
            up = self._anchor(note, "y")
            wide = label.width(size)
            if wide > self.width - 4:  # on a narrow page
                size, wide = size * (self.width - 4) / wide, self.width - 4
            low = {"left": 0.0, "center": wide / 2, "right": wide}[across]
            x = min(max(x, low + 1), self.width - (wide - low) - 1)
            items += written(
                label, x, y, size=size, color=str(font.get("color") or self.shade.text), across=across, up=up
            )
        return items

    def _anchor(self, note: Mapping[str, Any], letter: str) -> str:
        given = note.get(f"{letter}anchor", "auto")
        if given != "auto":
            return str(given)
        middle = "center" if letter == "x" else "middle"
        if str(note.get(f"{letter}ref")) != "paper":
            return middle
        place = float(note.get(letter, 0.5))
        ends = ("left", "right") if letter == "x" else ("bottom", "top")
        return ends[0] if place <= 1 / 3 else ends[1] if place >= 2 / 3 else middle


def _unpacked(value: Any) -> Any:
    """The same with arrays in place of what Plotly packs of them: bytes in base64, their type, their shape."""
    if isinstance(value, Mapping):
        if "bdata" in value and "dtype" in value:
            numbers = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
            shape = [int(length) for length in str(value.get("shape") or numbers.size).split(",")]
            return numbers.reshape(shape)
        return {name: _unpacked(each) for name, each in value.items()}
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping | list | tuple):
        return [_unpacked(each) for each in value]
    return value


def _places_of(trace: Mapping[str, Any], letter: str) -> Any:
    """Where a trace's marks stand; a box without a place stands at its name."""
    if trace.get("type") == "box" and letter == "x" and trace.get("x") is None:
        return [str(trace.get("name", ""))]
    return trace.get(letter)


def _list(values: Any) -> list[Any]:
    return (
        []
        if values is None
        else list(np.asarray(values, dtype=object).ravel())
        if not isinstance(values, str)
        else [values]
    )


def _image_size(trace: Mapping[str, Any]) -> tuple[int, int]:
    with PillowImage.open(io.BytesIO(base64.b64decode(str(trace["source"]).partition(",")[2]))) as opened:
        return opened.size


def _upright(title: Label, x: float, y: float, size: float, color: str) -> list[Item]:
    """A title that reads upwards around (x, y)."""
    return [
        Text(
            x=x - (len(title.lines) - 1 - row) * 1.3 * size + 0.0,
            y=y,
            text=text,
            size=size,
            color=opaque(color),
            anchor="middle",
            bold=bold,
            turned=True,
        )
        for row, (text, bold) in enumerate(title.lines)
    ]
