"""Labels of Plotly as plain lines: breaks are kept, bold where the line begins so, other marks left out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from figures.drawing import Item, Text, text_width
from figures.stills.colors import opaque

_WIDER = 1.1
LEADING = 1.3  # lines of one label are so many sizes apart
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|em|sub|sup|span)\b[^>]*>", re.IGNORECASE)
_ANCHORS = {"left": "start", "center": "middle", "right": "end", "start": "start", "middle": "middle", "end": "end"}


@dataclass(frozen=True)
class Label:
    """Lines of text, each with whether it is bold."""

    lines: tuple[tuple[str, bool], ...]

    def width(self, size: float) -> float:
        """Pixels that the widest line takes; a browser's own letters are wider than those that are measured here."""
        return _WIDER * max((text_width(text, size, bold) for text, bold in self.lines), default=0.0)

    def height(self, size: float) -> float:
        return len(self.lines) * LEADING * size


def label_of(text: object) -> Label:
    """Of a label as Plotly takes it."""
    lines = [line for line in _BREAK.split(str(text or "")) if line]
    return Label(tuple((html.unescape(_TAG.sub("", line)), line.lstrip().lower().startswith("<b>")) for line in lines))


def written(
    label: Label, x: float, y: float, *, size: float, color: str, across: str = "left", up: str = "top"
) -> list[Item]:
    """The label at (x, y): its left, center or right there, and its top, middle or bottom."""
    height = label.height(size)
    top = y - {"top": 0.0, "middle": height / 2, "bottom": height}[up]
    return [
        Text(
            x=x,
            y=top + (row * LEADING + 1.0) * size,
            text=text,
            size=size,
            color=opaque(color),
            anchor=_ANCHORS[across],
            bold=bold,
        )
        for row, (text, bold) in enumerate(label.lines)
    ]
