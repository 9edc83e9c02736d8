"""A lesson as its file: what ``read_lesson`` reads, and a person may go on with by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from experiments.lessons.types import Lesson, Step

_FENCE = "+++"


def lesson_text(lesson: Lesson) -> str:
    """The file of a lesson; inverse of ``read_lesson``."""
    head = {"title": lesson.title, "minutes": lesson.minutes, "audience": lesson.audience}
    head |= {"lecture": lesson.lecture} if lesson.lecture else {}
    head |= {"order": lesson.order} if lesson.order != 99 else {}
    blocks = [_block(_lines(head), lesson.text), *(_block(_step_lines(step), step.text) for step in lesson.steps)]
    return "\n".join(blocks)


def step_link(step: Step) -> str:
    """The view of a step as in an address of the lab: /descent?steps=200."""
    query = urlencode(dict(step.query))
    return f"/{step.page}?{query}" if query else f"/{step.page}"


def _step_lines(step: Step) -> list[str]:
    values: dict[str, Any] = {"title": step.title, "link": step_link(step)}
    for name in ("show", "hide", "lock", "point", "hint", "shows"):
        if given := getattr(step, name):
            values[name] = given
    lines = _lines(values)
    if (question := step.question) is not None:
        asked: dict[str, Any] = {"kind": question.kind, "ask": question.ask}
        if question.choices:
            asked["choices"] = question.choices
        if question.answer:
            asked["answer"] = int(question.answer) if question.kind == "choice" else question.answer
        asked |= {"lane": question.lane} if question.lane != 1 else {}
        asked |= {"until": question.until} if question.kind == "curve" else {}
        asked |= {"told": question.told} if question.told else {}
        lines += ["", "[question]", *_lines(asked)]
    return lines


def _lines(values: dict[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items()]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's escapes are TOML's
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _block(lines: list[str], text: str) -> str:
    return "\n".join(_parts(lines, text))


def _parts(lines: list[str], text: str) -> Iterator[str]:
    yield from (_FENCE, *lines, _FENCE)
    if text:
        yield from ("", *("\\+++" if line.rstrip() == _FENCE else line for line in text.split("\n")))
    yield ""
