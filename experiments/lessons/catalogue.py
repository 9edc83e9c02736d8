"""The lessons that come with the lab: one file each in the folder lessons/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from experiments.lessons.reading import read_lesson
from experiments.lessons.types import Lesson, Links

FOLDER = Path(__file__).parents[2] / "lessons"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def is_name(text: str) -> bool:
    """Whether a lesson of the lab may be called so."""
    return _NAME.fullmatch(text) is not None


@cache
def lesson_names() -> tuple[str, ...]:
    """The names of the files, in no order in particular."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md") if is_name(path.stem)))


def lesson_file(name: str) -> str:
    """The text of a lesson of the lab. Raises KeyError for another name."""
    if name not in lesson_names():
        raise KeyError(name)
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def lessons(links: Links) -> Mapping[str, Lesson]:
    """All lessons of the lab by name, in their order.

    Raises:
        LessonError: a file is no lesson.
    """
    read = {name: read_lesson(lesson_file(name), links) for name in lesson_names()}
    return dict(sorted(read.items(), key=lambda item: (item[1].order, item[1].title)))
