"""Votes: a question to the class with two to six choices or for a number, and how the answers are distributed."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from numerals import readable
from trainers.classroom.error import ClassError

MAX_QUESTION, MAX_CHOICE = 300, 100
FEWEST, MOST = 2, 6
LARGEST = 1e12
BARS = 8


@dataclass(frozen=True, kw_only=True)
class Vote:
    """number: which one of its room. choices: none where a number is asked for. shown: the class sees answers."""

    number: int
    question: str
    choices: tuple[str, ...]
    open: bool = True
    shown: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Vote:
        told = json.loads(text)
        return cls(**{**told, "choices": tuple(told["choices"])})


def checked_vote(told: Mapping[str, Any], number: int) -> Vote:
    """A vote that a lecturer has sent. Raises ClassError with what is wrong."""
    question = _text(told.get("question"), "The question", MAX_QUESTION)
    choices = told.get("choices", [])
    if not isinstance(choices, list) or (choices and not FEWEST <= len(choices) <= MOST):
        raise ClassError(f"A vote has {FEWEST} to {MOST} choices, or none where a number is asked for.")
    texts = tuple(_text(choice, "A choice", MAX_CHOICE) for choice in choices)
    if len(set(texts)) < len(texts):
        raise ClassError("Two choices are the same.")
    return Vote(number=number, question=question, choices=texts)


def _text(given: Any, what: str, most: int) -> str:
    text = " ".join(given.split()) if isinstance(given, str) else ""
    if not text or len(text) > most or "\x00" in text or not _is_plain(text):
        raise ClassError(f"{what} has 1 to {most} characters.")
    return text


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a pair
        return False
    return True


def checked_answer(vote: Vote, given: Any) -> float:
    """The place of a choice, from 0, or the number. Raises ClassError for what is neither."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ClassError(f"answer was given {given!r:.40}; allowed is a number")
    if vote.choices:
        if given not in range(len(vote.choices)):
            raise ClassError(f"answer was given {given!r:.40}; allowed is the place of a choice, from 0")
        return float(given)
    if not -LARGEST <= given <= LARGEST:  # not a number compares as false, too
        raise ClassError(f"answer was given {given!r:.40}; allowed is a number of up to {LARGEST:g}")
    return float(given)


def distribution(vote: Vote, answers: Sequence[float]) -> list[tuple[str, int]]:
    """(label, how many) of each bar: every choice; of numbers each value, or up to ``BARS`` equal spans of them.

    Each span but the last leaves its upper end to the next.
    """
    counts = Counter(answers)
    if vote.choices:
        return [(choice, counts[float(place)]) for place, choice in enumerate(vote.choices)]
    values = sorted(counts)
    if len(values) <= BARS:
        return [(readable(value), counts[value]) for value in values]
    low, high = values[0], values[-1]
    edges = [low + (high - low) * place / BARS for place in range(BARS)] + [high]
    bars = [0] * BARS
    for value, count in counts.items():
        place = max(0, sum(edge <= value for edge in edges) - 1)
        bars[min(BARS - 1, place)] += count
    spans = pairwise(edges)
    return [(f"{readable(left)} to {readable(right)}", count) for (left, right), count in zip(spans, bars, strict=True)]


def middle(answers: Sequence[float]) -> float | None:
    """The median of numbers, None where there are none."""
    ordered = sorted(answers)
    if not ordered:
        return None
    half = len(ordered) // 2
    value = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return value if math.isfinite(value) else None
