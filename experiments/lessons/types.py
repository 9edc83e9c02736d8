"""A lesson: a head and steps, each a text beside a view of the lab. Bounds of all of it are here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MAX_FILE = 100_000  # characters
MAX_STEPS = 60
MAX_TEXT = 3000  # characters of Markdown in a step, and in the head
MAX_LINK = 4000
MAX_NAMES = 60  # controls in a list
MAX_CHOICES = 6
MAX_SHOWS = 5
MAX_MINUTES = 180
MAX_SENTENCE = 500  # characters of a question, a hint, an explanation
MAX_TITLE = 80

QUESTIONS: Mapping[str, str] = {
    "place": "Click where it ends",
    "winner": "Choose who wins",
    "curve": "Drag the curve's end",
    "verdict": "Pick the verdict",
    "choice": "Choose an answer",
}
"""The kinds of question. The answers of the first three are computed from the view; the others name theirs."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a step asks before its view is shown.

    kind: a key of ``QUESTIONS``. answer: the number of the right one of ``choices`` from 1, or a key of the diagnosis's
    kinds for a verdict; empty where it is computed. lane: whose end is asked for, from 1. until: the share of a curve
    that is shown, in (0, 1). told: Markdown that is shown with the answer.
    """

    kind: str
    ask: str
    choices: tuple[str, ...] = ()
    answer: str = ""
    lane: int = 1
    until: float = 0.2
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. page, query: the view, as in an address of the lab. text: Markdown.

    show: the only controls that are shown, empty for all. hide, lock, point: controls that are left out, cannot be
    moved, are framed. shows: texts that the page shows then, which tests read. line: where it begins in its file.
    """

    title: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict, hash=False)
    text: str = ""
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    point: tuple[str, ...] = ()
    question: Question | None = None
    hint: str = ""
    shows: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson. audience: for whom, in a few words. lecture: whose order and notation it follows, empty for none.

    order: its place among the lessons of the lab. text: Markdown about the whole.
    """

    title: str
    minutes: int
    audience: str
    lecture: str = ""
    order: int = 99
    text: str = ""
    steps: tuple[Step, ...] = ()


class Links(Protocol):
    """What is known of the pages that a step may show."""

    def problems(self, page: str, query: Mapping[str, str], /) -> list[str]:
        """A sentence for each part of a view that could not be used."""
        ...

    def strangers(self, page: str, query: Mapping[str, str], names: tuple[str, ...], /) -> list[str]:
        """The names that are no control of this view."""
        ...

    def refusal(self, page: str, query: Mapping[str, str], question: Question, /) -> str:
        """Why a view cannot answer a question, in a sentence; empty where it can."""
        ...

    def verdicts(self) -> tuple[str, ...]:
        """The keys of the diagnosis's kinds."""
        ...


@dataclass(frozen=True)
class Problem:
    """line: of the file, from 1. sentence: what is wrong there, and what would be right."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


class LessonError(ValueError):
    """A file that is no lesson; ``problems`` has all that is wrong, in the order of its lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))
