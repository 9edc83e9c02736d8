"""What the network looks like, for still pictures: the decision surface with its points, or the fitted curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.drawing import SMALL, Disc, Image, Item, Line, Rectangle, Text, clip_path, marker, ticks
from figures.live.pictures import class_count, class_style, surface_cells, surface_levels
from figures.theme import TRAINING, VALIDATION, on_background, rgb, shades
from numerals import readable

if TYPE_CHECKING:
    from trainers.lab import Feed

_UNSURE, _SURE = 0.1, 0.55  # how much of a class's color a cell has where all are alike, and where one is certain


def has_still(watched: Feed) -> bool:
    """Whether the newest pictures have a surface or a curve."""
    return bool(watched.album) and any(kind in watched.album[-1][1] for kind in ("surface", "curve"))


def network_items(watched: Feed, frame: Rectangle, dark: bool) -> list[Item]:
    """The newest surface or curve inside ``frame``, with points and axes."""
    newest = watched.album[-1][1]
    points = watched.run.facts.points if watched.run.facts is not None else {}
    if "surface" in newest:
        surface = newest["surface"]
        box = (tuple(surface["x"]), tuple(surface["y"]))
        items = _surface(watched, surface, frame, dark)
        items += _points(points, frame, box, dark, classes=True)
    else:
        curve = newest["curve"]
        x, y = (np.asarray(curve[name], dtype=np.float64) for name in "xy")
        seen = [np.asarray(points[f"{part}_y"], dtype=np.float64) for part in ("train", "val")] if points else [y]
        values = np.concatenate(seen)
        low, high = float(values.min()), float(values.max())
        pad = 0.15 * (high - low or 1.0)
        box = ((float(x[0]), float(x[-1])), (low - pad, high + pad))
        items = _points(points, frame, box, dark, classes=False)
        for part in clip_path(_place(np.stack([x, y], -1), frame, box), frame):
            items.append(Line(points=part, color=shades(dark).text, width=2.4))
    return items + _edges(watched, frame, box, dark)


def _place(points: NDArray[Any], frame: Rectangle, box: Any) -> NDArray[np.float64]:
    left, top, right, bottom = frame
    (x_low, x_high), (y_low, y_high) = box
    x = left + (points[..., 0] - x_low) / (x_high - x_low) * (right - left)
    y = bottom - (points[..., 1] - y_low) / (y_high - y_low) * (bottom - top)
    return np.stack([x, y], axis=-1)


def _surface(watched: Feed, surface: Any, frame: Rectangle, dark: bool) -> list[Item]:
    classes = max(1, class_count(watched))
    cells = surface_cells(_refined(surface, classes), classes)
    return [Image(at=frame, pixels=cells[::-1].copy(), palette=_palette(classes, dark))]


def _refined(surface: Any, classes: int, times: int = 6) -> dict[str, NDArray[np.uint8]]:
    """The surface on a finer grid: confidence in each class between its neighbors, then the winner anew."""
    winner = np.asarray(surface["winner"], dtype=np.int64)
    sure = np.asarray(surface["confidence"], dtype=np.float64)
    size = len(winner)
    rest = (255 - sure) / max(1, classes - 1)
    fine = np.linspace(0, size - 1, times * size)
    between = np.stack([np.interp(fine, np.arange(size), row) for row in np.eye(size)], axis=-1)
    scores = [between @ np.where(winner == label, sure, rest) @ between.T for label in range(classes)]
    best = np.argmax(scores, axis=0)
    return {"winner": best.astype(np.uint8), "confidence": np.max(scores, axis=0).round().astype(np.uint8)}


def _palette(classes: int, dark: bool) -> NDArray[np.uint8]:
    levels = surface_levels(classes)
    paper = np.array(rgb(shades(dark).background), dtype=np.float64)
    palette = np.zeros((256, 3))
    for cell in range(256):
        winner = min(cell // levels, classes - 1)
        ink = np.array(rgb(on_background(class_style(winner)[0], dark)), dtype=np.float64)
        share = _UNSURE + (_SURE - _UNSURE) * ((cell % levels) / (levels - 1) if levels > 1 else 1.0)
        palette[cell] = ink * share + paper * (1 - share)
    return np.round(palette).astype(np.uint8)


def _points(points: Any, frame: Rectangle, box: Any, dark: bool, *, classes: bool) -> list[Item]:
    """Training points filled, validation points ringed."""
    items: list[Item] = []
    paper = shades(dark).background
    left, top, right, bottom = frame
    for part in ("train", "val") if points else ():
        xy = np.stack([np.asarray(points[f"{part}_{axis}"], dtype=np.float64) for axis in "xy"], -1)
        labels = points.get(f"{part}_class") if classes else None
        for i, (x, y) in enumerate(_place(xy, frame, box).tolist()):
            if not (left <= x <= right and top <= y <= bottom):
                continue
            color, shape = (TRAINING if part == "train" else VALIDATION), "circle"
            if labels is not None:
                color, shape = class_style(int(labels[i]))
            color = on_background(color, dark)
            if part == "train":
                items.append(marker(shape, x, y, 3.0, color, paper))
            elif shape == "circle":
                items.append(Disc(x=x, y=y, radius=2.6, fill=paper, stroke=color, width=3.0))
            else:
                items.append(marker(shape, x, y, 3.0, paper, color))
    return items


def _edges(watched: Feed, frame: Rectangle, box: Any, dark: bool) -> list[Item]:
    shade = shades(dark)
    left, top, right, bottom = frame
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    items: list[Item] = [Line(points=corners, color=shade.muted, width=1.0)]
    (x_low, x_high), (y_low, y_high) = box
    for value in ticks(x_low, x_high, round((right - left) / 70)):
        x = float(_place(np.array([[value, y_low]]), frame, box)[0, 0])
        items.append(Text(x=x, y=bottom + 16, text=readable(value), size=SMALL, color=shade.muted, anchor="middle"))
    for value in ticks(y_low, y_high, round((bottom - top) / 60)):
        y = float(_place(np.array([[x_low, value]]), frame, box)[0, 1])
        items.append(Text(x=left - 5, y=y + 4, text=readable(value), size=SMALL, color=shade.muted, anchor="end"))
    facts = watched.run.facts
    if facts is not None and facts.features:
        middle = (left + right) / 2
        items.append(
            Text(x=middle, y=bottom + 34, text=facts.features[0], size=SMALL, color=shade.text, anchor="middle")
        )
    return items
