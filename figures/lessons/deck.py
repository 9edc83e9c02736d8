"""A lesson as slides: one a step, its words beside a still of its view, as one PDF.

Words that do not fit beside a picture in letters that can be read at the back of a room go on, on a slide of their own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage

from experiments.lessons import Lesson, Step, formula_text, reader, step_link
from figures.drawing import Item, Line, Picture, Text, raster, shortened, wrapped
from figures.theme import shades

WIDTH, HEIGHT = 1600, 900
_MARGIN, _TEXT_WIDTH = 70.0, 580.0
_TITLE, _SMALL = 44.0, 18.0
_SIZES = (28.0, 26.0, 24.0, 22.0)
"""Of running text, the largest that fits is taken."""
_TOP, _BOTTOM, _LEADING = 190.0, HEIGHT - 80.0, 1.34
_DPI = 120.0
_ALL = 400  # lines
STILL = (860, 640)
"""Pixels of a still, width and height."""
SCALE = 1.45
"""How much larger letters of a picture are on a slide than on a page."""
_AT = (WIDTH - STILL[0] - 40, 150)


def lesson_slides(
    lesson: Lesson,
    stills: Mapping[int, bytes],
    address: str,
    missing: Mapping[int, str] | None = None,
    answers: Mapping[int, tuple[Sequence[str], str]] | None = None,
) -> bytes:
    """The slides as PDF. stills: PNG by the number of the step. address: of the lab, for links.

    missing: why a step has no still, a sentence by the number of the step. answers: of steps that ask, what there is to
    choose from, and what is right, in Markdown. Such a step has a slide with its question before the one with its
    picture, which would tell the answer.
    """
    slides = []
    for slide in drawn_slides(lesson, frozenset(stills), address, missing or {}, answers or {}):
        image = raster(slide.words, 2)
        if slide.still:
            with PillowImage.open(io.BytesIO(stills[slide.still])) as still:
                image.paste(_fitted(still.convert("RGB")), _AT)
        slides.append(image)
    out = io.BytesIO()
    slides[0].save(out, "PDF", save_all=True, append_images=slides[1:], resolution=_DPI, title=lesson.title, quality=90)
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class Slide:
    """words: all of it but the still. still: the number of the step whose picture stands on it, 0 for none."""

    words: Picture
    still: int = 0


def drawn_slides(
    lesson: Lesson,
    stills: frozenset[int],
    address: str,
    missing: Mapping[int, str],
    answers: Mapping[int, tuple[Sequence[str], str]],
) -> Iterator[Slide]:
    """The slides of ``lesson_slides`` one after the other. stills: the numbers of the steps that have one."""
    yield Slide(words=_title_slide(lesson))
    for number, step in enumerate(lesson.steps, 1):
        place = f"{number} / {len(lesson.steps)}"
        beside = number in stills or number in missing
        choices, fact = answers.get(number, ((), ""))
        if step.question is not None:
            yield Slide(words=_question_slide(step, place, address, choices))
        first, rest = _split(_parts(step, fact), _TEXT_WIDTH if beside else WIDTH - 2 * _MARGIN)
        words = _slide(step, place, address, first, missing.get(number, ""))
        yield Slide(words=words, still=number if number in stills else 0)
        for lines in rest:
            yield Slide(words=_slide(step, place, address, lines, ""))


def _fitted(still: PillowImage.Image) -> PillowImage.Image:
    """A still of another size, as large as there is room, in its own proportions."""
    if still.size == STILL:
        return still
    share = min(STILL[0] / still.width, STILL[1] / still.height)
    smaller = still.resize((round(still.width * share), round(still.height * share)))
    sheet = PillowImage.new("RGB", STILL, shades(False).background)
    sheet.paste(smaller, ((STILL[0] - smaller.width) // 2, 0))
    return sheet


Lines = tuple[Sequence[str], float]


def _parts(step: Step, fact: str) -> list[str]:
    """The words of a step: what is right, why, and its text."""
    told = step.question.told if step.question is not None else ""
    return [part for text in (fact, told, step.text) if text for part in plain_parts(text)]


def _question_slide(step: Step, place: str, address: str, choices: Sequence[str]) -> Picture:
    """A question and what there is to choose from, in large letters."""
    assert step.question is not None
    parts = [*plain_parts(step.question.ask), *(f"{number}   {choice}" for number, choice in enumerate(choices, 1))]
    room = WIDTH - 2 * _MARGIN
    size = next((each for each in (38.0, 32.0, *_SIZES) if len(_lines(parts, each, room)) <= _fit(each)), _SIZES[-1])
    lines = _lines(parts, size, room)[: _fit(size)]
    return _slide(step, place, address, (lines, size), "")


def _split(parts: Sequence[str], room: float) -> tuple[Lines, list[Lines]]:
    """Words in lines and their size; and what goes on, on slides without a picture."""
    while parts and not parts[-1]:
        parts = parts[:-1]
    for size in _SIZES:
        lines = _lines(parts, size, room)
        if len(lines) <= _fit(size):
            return (lines, size), []
    size = _SIZES[-1]
    kept, used = [], 0
    for part in parts:
        used += len(_lines([part], size, room))
        if used > _fit(size):
            break
        kept.append(part)
    rest = parts[len(kept) :]
    if not kept:  # one paragraph that is longer than a slide
        lines = _lines(parts, size, room)
        pages = [lines[at : at + _fit(size)] for at in range(0, len(lines), _fit(size))]
        return (pages[0], size), [(page, size) for page in pages[1:]]
    wide = _lines(rest, _SIZES[1], WIDTH - 2 * _MARGIN)
    many = _fit(_SIZES[1])
    return (_lines(kept, size, room), size), [(wide[at : at + many], _SIZES[1]) for at in range(0, len(wide), many)]


def _fit(size: float) -> int:
    return int((_BOTTOM - _TOP) / (_LEADING * size)) + 1


def _lines(parts: Sequence[str], size: float, room: float) -> list[str]:
    return [line for part in parts for line in (wrapped(part, size, room, _ALL) if part else [""])]


def _slide(step: Step, place: str, address: str, words: Lines, missing: str) -> Picture:
    shade = shades(False)
    title = shortened(step.title, _TITLE, WIDTH - 2 * _MARGIN)
    items: list[Item] = [Text(x=_MARGIN, y=100, text=title, size=_TITLE, color=shade.text, bold=True)]
    lines, size = words
    for row, line in enumerate(lines):
        items.append(Text(x=_MARGIN, y=_TOP + row * _LEADING * size, text=line, size=size, color=shade.text))
    if missing:
        items += _reason(missing)
    link = shortened(f"{address}{step_link(step)}", _SMALL, WIDTH - 2 * _MARGIN - 120)
    items.append(Text(x=_MARGIN, y=HEIGHT - 30, text=link, size=_SMALL, color=shade.muted))
    items.append(Text(x=WIDTH - _MARGIN, y=HEIGHT - 30, text=place, size=_SMALL, color=shade.muted, anchor="end"))
    return _page(items)


def _reason(missing: str) -> Iterator[Item]:
    """In the place of the picture: a frame, and why there is none."""
    shade = shades(False)
    left, top = _AT
    right, bottom = left + STILL[0], top + STILL[1]
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]], dtype=np.float64)
    yield Line(points=corners, color=shade.grid, width=2.0)
    size = 24.0
    for row, line in enumerate(wrapped(missing, size, STILL[0] - 120.0, 6)):
        y = (top + bottom) / 2 + row * _LEADING * size
        yield Text(x=(left + right) / 2, y=y, text=line, size=size, color=shade.muted, anchor="middle")


def _title_slide(lesson: Lesson) -> Picture:
    shade = shades(False)
    room = WIDTH - 2 * _MARGIN
    about = f"{lesson.audience} · {lesson.minutes} minutes"
    about = f"{about} · {lesson.lecture}" if lesson.lecture else about
    title = shortened(lesson.title, 1.4 * _TITLE, room)
    items: list[Item] = [Text(x=_MARGIN, y=300, text=title, size=1.4 * _TITLE, color=shade.text, bold=True)]
    items.append(Text(x=_MARGIN, y=360, text=shortened(about, 26.0, room), size=26.0, color=shade.muted))
    parts = list(plain_parts(lesson.text))
    size = next((each for each in _SIZES if len(_lines(parts, each, room)) <= 10), _SIZES[-1])
    for row, line in enumerate(_lines(parts, size, room)[:11]):
        items.append(Text(x=_MARGIN, y=430 + row * _LEADING * size, text=line, size=size, color=shade.text))
    return _page(items)


def _page(items: list[Item]) -> Picture:
    frame = (0.0, 0.0, float(WIDTH), float(HEIGHT))
    return Picture(width=WIDTH, height=HEIGHT, background=shades(False).background, frame=frame, outside=items)


def plain_parts(markdown: str) -> Iterator[str]:
    """The paragraphs, points and rows of a text without its marks; formulas on a line."""
    point, row = "", None
    for token in reader().parse(markdown):
        if token.type == "list_item_open":
            point = "• "
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield "   |   ".join(row)
            row = None
        elif token.type == "inline":
            words = "".join(_words(child.type, child.content) for child in token.children or ())
            if row is not None:
                row.append(words)
                continue
            yield point + words
            point = ""
        elif token.type in ("fence", "code_block"):
            yield from token.content.rstrip("\n").split("\n")
        elif token.type in ("paragraph_close", "table_close") and not token.hidden:
            yield ""


def _words(kind: str, content: str) -> str:
    if kind == "formula":
        return formula_text(content)
    return " " if kind in ("softbreak", "hardbreak") else content
