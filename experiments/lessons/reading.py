"""A lesson file read: every value is checked, and all that is wrong is told with its line and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from experiments.lessons.blocks import Block, blocks_of
from experiments.lessons.prose import problems_of
from experiments.lessons.types import (
    MAX_CHOICES,
    MAX_FILE,
    MAX_LINK,
    MAX_MINUTES,
    MAX_NAMES,
    MAX_SENTENCE,
    MAX_SHOWS,
    MAX_STEPS,
    MAX_TEXT,
    MAX_TITLE,
    QUESTIONS,
    Lesson,
    LessonError,
    Links,
    Problem,
    Question,
    Step,
)
from settings import quoted

HEAD = ("title", "minutes", "audience", "lecture", "order")
STEP = ("title", "link", "show", "hide", "lock", "point", "hint", "shows", "question")
QUESTION = ("kind", "ask", "choices", "answer", "lane", "until", "told")
MOST_PROBLEMS = 20
_LONGEST_NAME = 80
_OF_ALL_PAGES = ("screen", "lesson", "show", "hide", "lock", "point")


def read_lesson(text: str, links: Links | None) -> Lesson:
    """The lesson of a file.

    links: what is known of the pages; None for a lesson whose links were looked at before.

    Raises:
        LessonError: it is none; the error has each problem with its line.
    """
    if len(text) > MAX_FILE:
        sentence = f"the file has {len(text):,} characters; a lesson has at most {MAX_FILE:,}."
        raise LessonError([Problem(1, sentence)])
    problems: list[Problem] = []
    blocks = blocks_of(text.removeprefix("\N{BOM}").replace("\r\n", "\n"), problems)
    if not problems and not blocks:
        problems.append(Problem(1, "nothing here; a lesson begins with a line +++ and its title."))
    if len(blocks) > MAX_STEPS + 1:
        problems.append(Problem(blocks[MAX_STEPS + 1].line, f"more than {MAX_STEPS} steps; make two lessons of it."))
    if problems:
        raise LessonError(problems[:MOST_PROBLEMS])
    head, *rest = (_Reading(block, problems) for block in blocks)
    lesson = Lesson(
        title=head.text("title", MAX_TITLE, needed=True),
        minutes=head.whole("minutes", 1, MAX_MINUTES, 5),
        audience=head.text("audience", MAX_TITLE, needed=True),
        lecture=head.text("lecture", MAX_TITLE),
        order=head.whole("order", 0, 99, 99),
        text=head.markdown(),
        steps=tuple(_step(reading, links) for reading in rest),
    )
    head.refuse_others(HEAD)
    if not rest:
        problems.append(Problem(blocks[0].line, "no step; begin one with a line +++, its title and its link."))
    if problems:
        problems.sort(key=lambda problem: problem.line)
        raise LessonError(problems[:MOST_PROBLEMS])
    return lesson


def _step(reading: _Reading, links: Links | None) -> Step:
    page, query = _view(reading, links)
    names = {each: reading.list_of(each, MAX_NAMES, _LONGEST_NAME) for each in ("show", "hide", "lock", "point")}
    if page and links is not None:
        for each, given in names.items():
            for stranger in links.strangers(page, query, given):
                reading.tell(each, f"{quoted(stranger)} is no control of this view; names are as in the page's link.")
    reading.refuse_others(STEP)
    question = _question(reading, links)
    if page and links is not None and question is not None and (refusal := links.refusal(page, query, question)):
        reading.tell("question", refusal)
    return Step(
        title=reading.text("title", MAX_TITLE, needed=True),
        page=page,
        query=query,
        text=reading.markdown(needed=True),
        **names,
        question=question,
        hint=reading.prose("hint"),
        shows=reading.list_of("shows", MAX_SHOWS, 200),
        line=reading.block.line,
    )


def _view(reading: _Reading, links: Links | None) -> tuple[str, dict[str, str]]:
    link = reading.text("link", MAX_LINK, needed=True)
    if not link:
        return "", {}
    try:
        parts = urlsplit(link)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), max_num_fields=400)
    except ValueError:
        reading.tell("link", "the link cannot be read; copy it from the address, such as /descent?steps=200.")
        return "", {}
    query = dict(pairs)
    page = parts.path.removeprefix("/")
    if parts.scheme or parts.netloc or parts.fragment or not parts.path.startswith("/"):
        reading.tell("link", "a step's link is a page of the lab, such as /descent?steps=200.")
        return "", {}
    if len(query) < len(pairs):
        reading.tell("link", "a name stands in the link twice; keep one of the two.")
    if of_all := [name for name in query if name in _OF_ALL_PAGES]:
        reading.tell("link", f"{of_all[0]} is no part of a view; write it as a setting of the step.")
        return "", {}
    problems = links.problems(page, query) if links is not None else []
    for problem in problems:
        reading.tell("link", problem)
    return ("", {}) if problems else (page, query)


def _question(step: _Reading, links: Links | None) -> Question | None:
    given = step.block.values.get("question")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        step.tell("question", "a question is a table: [question], then kind, ask and what belongs to it.")
        return None
    reading = _Reading(step.block, step.problems, given)
    reading.refuse_others(QUESTION)
    kind = reading.text("kind", 20, needed=True)
    if kind and kind not in QUESTIONS:
        reading.tell("kind", f"{quoted(kind)} is no kind of question; allowed is one of {', '.join(QUESTIONS)}.")
    choices = reading.list_of("choices", MAX_CHOICES, MAX_TITLE)
    answer = given.get("answer", "")
    if kind == "choice":
        if len(choices) < 2:
            reading.tell("choices", f"a choice has from 2 to {MAX_CHOICES} choices.")
        elif isinstance(answer, bool) or not isinstance(answer, int) or not 1 <= answer <= len(choices):
            reading.tell("answer", f"the number of the right choice, from 1 to {len(choices)}.")
    elif choices:
        reading.tell("choices", f"only a question of kind choice has choices, not one of kind {kind}.")
    if kind == "verdict" and links is not None and answer not in links.verdicts():
        reading.tell("answer", f"{quoted(answer)} is no verdict; allowed is one of {', '.join(links.verdicts())}.")
    if kind not in ("choice", "verdict") and answer:
        reading.tell("answer", f"the answer of kind {kind} is computed from the view; leave it out.")
    until = given.get("until", 0.2)
    if isinstance(until, bool) or not isinstance(until, int | float) or not 0 < until < 1:
        reading.tell("until", "the share of the curve that is shown, between 0 and 1.")
        until = 0.2
    return Question(
        kind=kind,
        ask=reading.text("ask", MAX_SENTENCE, needed=True),
        choices=choices,
        answer=str(answer)[:_LONGEST_NAME],
        lane=reading.whole("lane", 1, 12, 1),
        until=float(until),
        told=reading.prose("told"),
    )


class _Reading:
    """Values of one block; what is wrong with them is collected."""

    def __init__(self, block: Block, problems: list[Problem], values: Mapping[str, Any] | None = None) -> None:
        self.block, self.problems = block, problems
        self.values = block.values if values is None else values

    def tell(self, key: str, sentence: str) -> None:
        self.problems.append(Problem(self.block.line_of(key), sentence))

    def text(self, key: str, most: int, *, needed: bool = False) -> str:
        """A text on one line, as it is written: no Markdown."""
        value = self.values.get(key, "")
        if not isinstance(value, str) or "\n" in value or any(ord(letter) < 32 for letter in value):
            self.tell(key, f'{key} is a text on one line: {key} = "...".')
        elif len(value) > most:
            self.tell(key, f"{key} has {len(value):,} characters; allowed are {most:,}.")
        elif needed and not value.strip():
            self.tell(key, f'{key} is missing; write {key} = "...".')
        else:
            return value
        return ""

    def prose(self, key: str) -> str:
        """A sentence or two of Markdown."""
        value = self.values.get(key, "")
        if not isinstance(value, str) or len(value) > MAX_SENTENCE:
            self.tell(key, f"{key} is a text of at most {MAX_SENTENCE} characters.")
            return ""
        self.problems += problems_of(value, self.block.line_of(key))
        return value

    def markdown(self, *, needed: bool = False) -> str:
        """The Markdown of the block."""
        block = self.block
        if len(block.text) > MAX_TEXT:
            sentence = f"the text has {len(block.text):,} characters; a step has at most {MAX_TEXT:,}."
            self.problems.append(Problem(block.text_line, sentence))
            return ""
        if needed and not block.text.strip():
            self.problems.append(Problem(block.line, "no text; write some below the second +++ of the step."))
        self.problems += problems_of(block.text, block.text_line)
        return block.text

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.tell(key, f"{key} is a whole number from {low} to {high}.")
            return default
        return value

    def list_of(self, key: str, most: int, longest: int) -> tuple[str, ...]:
        given = self.values.get(key, [])
        right = isinstance(given, list) and all(isinstance(each, str) and 0 < len(each) <= longest for each in given)
        if not right or len(given) > most:
            self.tell(key, f'{key} is a list of at most {most} texts of at most {longest} characters: ["a", "b"].')
            return ()
        return tuple(given)

    def refuse_others(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                self.tell(key, f"{quoted(key)} is no setting here; allowed is one of {', '.join(known)}.")
