"""A lesson as slides: one a step, its words beside a still of its view, as one PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from PIL import Image as PillowImage

from experiments.lessons import Lesson, Step, reader, step_link
from figures.drawing import Item, Picture, Text, raster, shortened, wrapped
from figures.theme import shades

WIDTH, HEIGHT = 1600, 900
_MARGIN, _TEXT_WIDTH = 70.0, 560.0
_TITLE, _BODY, _SMALL = 44.0, 26.0, 18.0
_DPI = 120.0
_MOST_LINES = 22
STILL = (860, 640)
"""Pixels of a still, width and height."""


def lesson_slides(lesson: Lesson, stills: Mapping[int, bytes], address: str) -> bytes:
    """The slides as PDF. stills: PNG by the number of the step. address: of the lab, for links."""
    total = len(lesson.steps)
    slides = [raster(_title_slide(lesson), 2)]
    for number, step in enumerate(lesson.steps, 1):
        slide = raster(_slide(step, f"{number} / {total}", address, wide=number not in stills), 2)
        if number in stills:
            with PillowImage.open(io.BytesIO(stills[number])) as still:
                slide.paste(still.convert("RGB"), (WIDTH - STILL[0] - 40, 170))
        slides.append(slide)
    out = io.BytesIO()
    slides[0].save(out, "PDF", save_all=True, append_images=slides[1:], resolution=_DPI, title=lesson.title, quality=90)
    return out.getvalue()


def _slide(step: Step, place: str, address: str, *, wide: bool) -> Picture:
    shade = shades(False)
    room = WIDTH - 2 * _MARGIN if wide else _TEXT_WIDTH
    title = shortened(step.title, _TITLE, WIDTH - 2 * _MARGIN)
    items: list[Item] = [Text(x=_MARGIN, y=110, text=title, size=_TITLE, color=shade.text, bold=True)]
    lines = [line for part in plain_parts(step.text) for line in wrapped(part, _BODY, room, _MOST_LINES)]
    if step.question is not None:
        lines = [*wrapped(f"Predict first: {step.question.ask}", _BODY, room, 4), "", *lines]
    for row, line in enumerate(lines[:_MOST_LINES]):
        items.append(Text(x=_MARGIN, y=200 + row * 1.3 * _BODY, text=line, size=_BODY, color=shade.text))
    link = shortened(f"{address}{step_link(step)}", _SMALL, WIDTH - 2 * _MARGIN - 120)
    items.append(Text(x=_MARGIN, y=HEIGHT - 34, text=link, size=_SMALL, color=shade.muted))
    items.append(Text(x=WIDTH - _MARGIN, y=HEIGHT - 34, text=place, size=_SMALL, color=shade.muted, anchor="end"))
    return _page(items)


def _title_slide(lesson: Lesson) -> Picture:
    shade = shades(False)
    room = WIDTH - 2 * _MARGIN
    about = f"{lesson.audience} · {lesson.minutes} minutes"
    about = f"{about} · {lesson.lecture}" if lesson.lecture else about
    title = shortened(lesson.title, 1.4 * _TITLE, room)
    items: list[Item] = [Text(x=_MARGIN, y=360, text=title, size=1.4 * _TITLE, color=shade.text, bold=True)]
    items.append(Text(x=_MARGIN, y=420, text=shortened(about, _BODY, room), size=_BODY, color=shade.muted))
    lines = [line for part in plain_parts(lesson.text) for line in wrapped(part, _BODY, room, 6)]
    for row, line in enumerate(lines[:8]):
        items.append(Text(x=_MARGIN, y=490 + row * 1.3 * _BODY, text=line, size=_BODY, color=shade.text))
    return _page(items)


def _page(items: list[Item]) -> Picture:
    frame = (0.0, 0.0, float(WIDTH), float(HEIGHT))
    return Picture(width=WIDTH, height=HEIGHT, background=shades(False).background, frame=frame, outside=items)


def plain_parts(markdown: str) -> Iterator[str]:
    """The paragraphs and points of a text without its marks."""
    point = ""
    for token in reader().parse(markdown):
        if token.type == "list_item_open":
            point = "• "
        elif token.type == "inline":
            words = "".join(_words(child.type, child.content) for child in token.children or ())
            yield point + words
            point = ""
        elif token.type in ("fence", "code_block"):
            yield from token.content.rstrip("\n").split("\n")


def _words(kind: str, content: str) -> str:
    return " " if kind in ("softbreak", "hardbreak") else content
