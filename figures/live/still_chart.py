"""The chart of a still picture: the curves of one panel with axes, labels, best epoch, baseline and verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from figures.drawing import (
    BODY,
    SMALL,
    Disc,
    Item,
    Line,
    Picture,
    Polygon,
    Rectangle,
    Text,
    clip_path,
    shortened,
    text_width,
    ticks,
)
from figures.live.numbers import number_column, number_panel
from figures.live.panels import NAMES, PANELS, Panel, column, layer_table, part_of, unit_title
from figures.live.payload import run_colors
from figures.live.pictures import class_count
from figures.theme import ALARM, on_background, rgb, shades
from numerals import readable, readable_ticks

if TYPE_CHECKING:
    from trainers.lab import Feed

Array = NDArray[np.float64]

FEW_LAYERS = 9  # up to which each has its name at its line's end; as in figures/frontend/live/panel.js
_WIDE = 60.0  # the largest over the smallest value from which an automatic scale is logarithmic
_SLIVER = 0.1  # of the loss of a constant: less than this is no change worth an axis of its own
_BLOWN_UP = 1e3  # times the first loss: what lies beyond leaves the chart
_RAMP = ("#1f1a7a", "#6a1f9c", "#a62a8b", "#d1495b", "#e07b1a")
_RAMP_DARK = ("#8f86ff", "#c37bf0", "#ee7fb5", "#fb9a6b", "#f7d65a")


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One line of the chart: epochs and values ``(n,)``; ``label`` stands at its end."""

    name: str
    label: str
    epochs: Array
    values: Array
    color: str
    width: float
    dash: tuple[float, ...] = ()
    crossed: bool = False
    judged: bool = False  # whether it decides between a linear and a logarithmic axis


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart laid out: its frame in pixels, what its axes hold, its curves and marks."""

    frame: Rectangle
    dark: bool
    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    logarithmic: bool
    curves: tuple[Curve, ...]
    best: tuple[tuple[float, float, str], ...] = ()
    baseline: float | None = None
    span: tuple[float, float, str, bool] | None = None
    description: str = field(default="")
    clock: str = "epoch"

    def place(self, x: Array | float, y: Array | float) -> Array:
        """Epochs and values -> pixels ``(n, 2)``."""
        left, top, right, bottom = self.frame
        low, high = (math.log(edge) for edge in self.y) if self.logarithmic else self.y
        with np.errstate(all="ignore"):
            value = np.log(np.asarray(y, dtype=np.float64)) if self.logarithmic else np.asarray(y, dtype=np.float64)
            down = bottom - (value - low) / (high - low) * (bottom - top)
        across = left + (np.asarray(x, dtype=np.float64) - self.x[0]) / (self.x[1] - self.x[0]) * (right - left)
        return np.stack(np.broadcast_arrays(across, np.clip(down, -1e6, 1e6)), axis=-1)


def still_chart(watched: Sequence[Feed], key: str, frame: Rectangle, dark: bool) -> Chart:
    """Lay a panel out. ``frame``: the room for plot and labels; the plot's own frame leaves room for the labels.

    Raises:
        ValueError: an unknown panel, or no run or more than eight.
    """
    panel = next((panel for panel in PANELS if panel.key == key), None)
    if panel is None:
        raise ValueError(f"panel was given {key!r:.60}; allowed are {', '.join(panel.key for panel in PANELS)}")
    if not 1 <= len(watched) <= 8:
        raise ValueError(f"{len(watched)} runs were given; allowed are 1 to 8 on one chart")
    curves = tuple(curve for i, run in enumerate(watched) for curve in _curves(run, i, len(watched), panel, dark))
    left, top, right, bottom = frame
    first = watched[0]
    loss = panel.key == "loss"
    shown = np.concatenate([curve.values for curve in curves]) if curves else np.empty(0)
    shown = shown[np.isfinite(shown)]
    if loss and len(shown):
        starts = [abs(float(curve.values[0])) for curve in curves if np.isfinite(curve.values[:1]).any()]
        shown = shown[shown <= _BLOWN_UP * max([*starts, first.baseline_loss or 0.0])] if starts else shown
    judged = [curve.values for curve in curves if curve.judged and np.isfinite(curve.values).any()]
    level = first.baseline_loss or 0.0 if loss else 0.0
    logarithmic, y = _range(panel, shown, np.concatenate(judged) if judged else shown, level)
    last = max((float(curve.epochs[-1]) for curve in curves if len(curve.epochs)), default=1.0)
    finding = first.run.verdict if len(watched) == 1 else None
    told = finding is not None and finding.kind != "not_enough_evidence"
    metric = "accuracy" if class_count(first) else first.run.metric_name
    return Chart(
        frame=(left, top, right - _label_room(curves), bottom),
        dark=dark,
        title=metric if panel.key == "metric" else unit_title(panel, watched),
        x=(0.0, max(last, 1e-9)),
        y=y,
        logarithmic=logarithmic,
        curves=curves,
        best=tuple(
            (run.run.best_epoch, run.run.best_val_loss, run_colors(i, len(watched))["val"][dark])
            for i, run in enumerate(watched)
            if loss and run.run.best_epoch is not None and run.run.best_val_loss is not None
        ),
        baseline=first.baseline_loss if loss else None,
        span=(*finding.span, finding.name, finding.alarm) if told and finding is not None else None,
        description=_words(panel, curves),
    )


def number_chart(watched: Sequence[Feed], number: str, clock: str, frame: Rectangle, dark: bool) -> Chart:
    """Lay one number of the runs out, a curve a run, over ``clock``: epoch, step or seconds.

    Raises:
        ValueError: an unknown number.
    """
    panel = number_panel(number)
    columns = [(run, number_column(run, number)) for run in watched]
    curves = tuple(
        Curve(
            name=run.run.role or run.run.name,
            label=run.run.role or run.run.name,
            epochs=np.asarray(run.epochs if clock == "epoch" else column(run, clock), dtype=np.float64),
            values=values,
            color=run_colors(i, max(2, len(watched)))["val"][dark],
            width=2.2,
            crossed=run.run.status == "diverged",
        )
        for i, (run, values) in enumerate(columns)
        if np.isfinite(values).any()
    )
    shown = np.concatenate([curve.values for curve in curves]) if curves else np.empty(0)
    shown = shown[np.isfinite(shown)]
    logarithmic, y = _range(panel, shown, shown, 0.0)
    left, top, right, bottom = frame
    return Chart(
        frame=(left, top, right - _label_room(curves), bottom),
        dark=dark,
        title=panel.title,
        x=(0.0, max([1e-9, *(float(np.nanmax(curve.epochs)) for curve in curves)])),
        y=y,
        logarithmic=logarithmic,
        curves=curves,
        description=_words(panel, curves, clock),
        clock=clock,
    )


def _label_room(curves: Sequence[Curve]) -> float:
    widths = [text_width(shortened(curve.label, SMALL, 150), SMALL) for curve in curves if curve.label]
    return max(widths, default=0.0) + 10


def _words(panel: Panel, curves: Sequence[Curve], clock: str = "epoch") -> str:
    ends = [f"{c.name} ends at {readable(float(c.values[-1]))}" for c in curves if len(c.values)]
    return f"{panel.title} by {clock}: {', '.join(ends) if ends else 'no report yet'}."


def _curves(run: Feed, number: int, runs: int, panel: Panel, dark: bool) -> list[Curve]:
    epochs = np.asarray(run.epochs, dtype=np.float64)
    colors = run_colors(number, runs)
    name = run.run.role or run.run.name
    crossed = run.run.status == "diverged"
    if panel.layers is not None:
        names, table = layer_table(run, panel.layers)
        chosen = range(len(names)) if runs == 1 else sorted({0, len(names) - 1}) if names else []
        made = []
        for j in chosen:
            depth = j / max(1, len(names) - 1)
            color = _depth_color(depth, dark) if runs == 1 else colors["val"][dark]
            labelled = j in (0, len(names) - 1) or len(names) <= FEW_LAYERS
            label = (names[j] if labelled else "") if runs == 1 else name if j else ""
            dash = (5.0, 3.0) if runs > 1 and j == 0 else ()
            made.append(
                Curve(
                    name=names[j] if runs == 1 else f"{name}, {names[j]}",
                    label=label,
                    epochs=epochs,
                    values=table[:, j],
                    color=color,
                    width=1.7,
                    dash=dash,
                )
            )
        return made
    made = []
    for series in panel.series:
        values = column(run, series)
        if not len(values) or np.isnan(values).all():
            continue
        part = "train" if series.startswith("train_") else "val"
        named = NAMES.get(part_of(series), panel.title)
        label = named if runs == 1 else name if part == "val" else ""
        made.append(
            Curve(
                name=named if runs == 1 else f"{name}, {named}",
                label=label,
                epochs=epochs,
                values=values,
                color=colors[part][dark],
                width=1.6 if part == "train" else 2.2,
                dash=(5.0, 3.0) if part == "train" else (),
                crossed=crossed,
                judged=part == "val",
            )
        )
    return made


def _depth_color(depth: float, dark: bool) -> str:
    stops = np.array([rgb(color) for color in (_RAMP_DARK if dark else _RAMP)], dtype=np.float64)
    r, g, b = (round(float(np.interp(depth * (len(stops) - 1), np.arange(len(stops)), stops[:, i]))) for i in range(3))
    return f"#{r:02x}{g:02x}{b:02x}"


def _range(panel: Panel, values: Array, judged: Array, level: float) -> tuple[bool, tuple[float, float]]:
    """Whether the vertical axis is logarithmic, and what it holds.

    level: a scale that would hold no more than a sliver of it begins at zero.
    judged: the values that decide. Training loss may fall to rounding error; a scale for that would flatten the
    validation loss.
    """
    floor, ceiling = panel.limits
    if floor is not None:
        values = values[values >= floor]
    if not len(values):
        return False, (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    positive = values[values > 0]
    deciding = judged[(judged > 0) & (judged <= high)]
    far = len(deciding) and float(deciding.max()) > _WIDE * float(deciding.min())
    if len(positive) and low >= 0 and (panel.scale == "log" or (panel.scale == "auto" and far)):
        bottom = max(float(positive.min()), high * 1e-32)
        room = max((high / bottom) ** 0.04, 1.15)
        return True, (bottom / room, high * room)
    span = high - low or abs(high) or 1.0
    if low >= 0 and span < _SLIVER * level:
        return False, (0.0, 1.1 * high)
    low = 0.0 if 0 <= low < 0.35 * span else low - 0.05 * span
    return False, (low, high + 0.05 * span if ceiling is None else min(high + 0.05 * span, max(ceiling, high)))


def chart_items(chart: Chart, picture: Picture) -> None:
    """Put the chart into the picture: curves inside its frame, axes and labels around it."""
    shade = shades(chart.dark)
    left, top, right, bottom = chart.frame
    if chart.span is not None:
        picture.inside.extend(_span(chart, picture))
    picture.inside.extend(_grid(chart, picture))
    if chart.baseline is not None and chart.y[0] <= chart.baseline <= chart.y[1]:
        ends = chart.place(np.array(chart.x), np.full(2, chart.baseline))
        picture.inside.append(Line(points=ends, color=shade.muted, width=1.2, dash=(1.5, 3.5)))
        at = ends[1]
        picture.inside.append(
            Text(x=at[0] - 5, y=at[1] - 4, text="constant prediction", size=SMALL, color=shade.muted, anchor="end")
        )
    for curve in chart.curves:
        picture.inside.extend(_curve(chart, curve))
    for epoch, value, color in chart.best:
        x, y = chart.place(epoch, value)
        picture.outside.append(Disc(x=x, y=y, radius=4.0, fill=shade.background, stroke=color, width=4.0))
    picture.outside.extend(_labels(chart, picture.width))
    edge = np.array([[left, top], [left, bottom], [right, bottom]])
    picture.outside.append(Line(points=edge, color=shade.muted, width=1.0))


def _mixed(color: str, background: str, share: float) -> str:
    mixed = [round(a * share + b * (1 - share)) for a, b in zip(rgb(color), rgb(background), strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _span(chart: Chart, picture: Picture) -> list[Item]:
    assert chart.span is not None
    begin, end, name, alarm = chart.span
    shade = shades(chart.dark)
    left, top, right, bottom = chart.frame
    a, b = (min(max(float(chart.place(epoch, chart.y[1])[0]), left), right) for epoch in (begin, end))
    b = max(b, a + 3)
    color = on_background(ALARM, chart.dark) if alarm else shade.muted
    middle = min(max((a + b) / 2, left + text_width(name, BODY) / 2), right - text_width(name, BODY) / 2)
    picture.outside.append(
        Text(x=middle, y=top - 8, text=name, size=BODY, color=shade.text, anchor="middle", bold=True)
    )
    bar = np.array([[a, top - 3], [b, top - 3], [b, top], [a, top]])
    picture.outside.append(Polygon(points=bar, fill=color))
    corners = np.array([[a, top], [b, top], [b, bottom], [a, bottom]])
    return [Polygon(points=corners, fill=_mixed(color, shade.background, 0.12))]


def _grid(chart: Chart, picture: Picture) -> list[Item]:
    shade = shades(chart.dark)
    left, top, right, bottom = chart.frame
    lines: list[Item] = []
    around = picture.outside
    levels = _levels(chart, round((bottom - top) / 40))
    for value, text in zip(levels, readable_ticks(levels), strict=True):
        y = float(chart.place(chart.x[0], value)[1])
        lines.append(Line(points=np.array([[left, y], [right, y]]), color=shade.grid, width=1.0))
        around.append(Text(x=left - 7, y=y + 4, text=text, size=SMALL, color=shade.muted, anchor="end"))
    for value in ticks(*chart.x, round((right - left) / 80)):
        x = float(chart.place(value, chart.y[1])[0])
        around.append(Line(points=np.array([[x, bottom], [x, bottom + 4]]), color=shade.muted, width=1.0))
        around.append(Text(x=x, y=bottom + 17, text=readable(value, 6), size=SMALL, color=shade.muted, anchor="middle"))
    middle = (left + right) / 2
    around.append(Text(x=middle, y=bottom + 34, text=chart.clock, size=BODY, color=shade.text, anchor="middle"))
    around.append(Text(x=left - 46, y=top - 8, text=chart.title, size=BODY, color=shade.text))
    return lines


def _levels(chart: Chart, count: int) -> list[float]:
    if not chart.logarithmic:
        return ticks(*chart.y, count)
    low, high = (math.log10(edge) for edge in chart.y)
    every = max(1, math.ceil((high - low) / max(count, 1)))
    powers = [10.0**p for p in range(math.ceil(low / every) * every, math.floor(high) + 1, every)]
    if len(powers) >= 2:
        return powers
    between = (lead * 10.0**p for p in range(math.floor(low), math.ceil(high) + 1) for lead in (1, 2, 5))
    return [value for value in between if chart.y[0] <= value <= chart.y[1]]


def _curve(chart: Chart, curve: Curve) -> list[Item]:
    items: list[Item] = []
    with np.errstate(all="ignore"):
        shown = np.isfinite(curve.values) & ((curve.values > 0) if chart.logarithmic else True)
    points = chart.place(curve.epochs, np.where(shown, curve.values, np.nan))
    breaks = np.nonzero(np.diff(shown.astype(int)))[0] + 1
    for piece in np.split(np.arange(len(points)), breaks):
        if len(piece) and shown[piece[0]]:
            for part in clip_path(points[piece], _grown(chart.frame)):
                items.append(Line(points=part, color=curve.color, width=curve.width, dash=curve.dash))
    if curve.crossed and shown.any():
        x, y = points[np.nonzero(shown)[0][-1]]
        y = min(max(y, chart.frame[1] + 5), chart.frame[3] - 5)
        for sign in (-4, 4):
            arm = np.array([[x - 4, y - sign], [x + 4, y + sign]])
            items.append(Line(points=arm, color=curve.color, width=2.0))
    return items


def _grown(frame: Rectangle) -> Rectangle:
    left, top, right, bottom = frame
    return left - 3, top - 3, right + 3, bottom + 3


def _labels(chart: Chart, width: int) -> list[Item]:
    shade = shades(chart.dark)
    _, top, right, bottom = chart.frame
    ends = []
    for curve in chart.curves:
        with np.errstate(all="ignore"):
            shown = np.nonzero(np.isfinite(curve.values) & ((curve.values > 0) if chart.logarithmic else True))[0]
        if curve.label and len(shown):
            y = float(chart.place(curve.epochs[shown[-1]], curve.values[shown[-1]])[1])
            ends.append([min(max(y, top), bottom), curve])
    ends.sort(key=lambda end: end[0])
    items: list[Item] = []
    at = top - 8.0
    for y, curve in ends:
        at = max(y, at + 13)
        items.append(Line(points=np.array([[right + 1, y], [right + 7, at]]), color=curve.color, width=1.2))
        text = shortened(curve.label, SMALL, min(150.0, width - right - 12))
        items.append(Text(x=right + 9, y=at + 4, text=text, size=SMALL, color=shade.text))
    return items
