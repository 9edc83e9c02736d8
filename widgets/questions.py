"""The question of a lesson's step: asked in the place of the picture, and its answer beside what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from typing import Any

import streamlit as st

from experiments.lessons import Question, Step
from experiments.race import Finished, RaceCodec, finished_race, line_codec
from figures.race import Asked, asked_curve, asked_place, end_of, known_values
from figures.runs import literal
from numerals import readable
from widgets.components import predict
from widgets.style import dark_theme

MOST_CHOICES = 6  # of a vote
NEAR = 0.05  # of the picture's side, within which a place or a value is right
_NEAR_VERDICTS = ("good_fit", "overfitting", "plateau", "slow", "underfitting")  # of every kind of curves one
_SIZES = {"place": (900, 560), "curve": (900, 420)}
_SMALL = {"place": (480, 300), "curve": (480, 260)}


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer beside what happened. right: None where it is neither. sentence: Markdown. picture: SVG or empty."""

    right: bool | None
    sentence: str
    picture: str = ""


def race_of_step(step: Step) -> Finished | None:
    """The race that a step shows; None where it shows another page."""
    codec = {"descent": RaceCodec, "line": line_codec}.get(step.page)
    return None if codec is None else finished_race(codec().read(step.query)[0].race)


def is_askable(step: Step) -> bool:
    """Whether the page of a step can show what its question asks for."""
    question = step.question
    if question is None or question.kind in ("choice", "verdict"):
        return question is not None
    race = race_of_step(step)
    if race is None or question.lane > len(race.result.lanes):
        return False
    lane = race.result.lanes[question.lane - 1]
    if question.kind == "place":
        return race.race.landscape.dimensions == 2
    return question.kind == "winner" or len(known_values(lane)) > 2


def choices_of(step: Step) -> tuple[str, ...]:
    """What there is to choose from, as text."""
    question = step.question
    assert question is not None
    if question.kind == "winner" and (race := race_of_step(step)) is not None:
        return tuple(lane.label for lane in race.result.lanes)
    if question.kind == "verdict":
        return tuple(_verdicts().values())
    return question.choices


def for_class(step: Step) -> Mapping[str, Any] | None:
    """The question of a step as a vote of a class: question and choices, none for a number; None if it is none.

    Of verdicts, which are more than a vote has choices, it has the right one and others that are near.
    """
    question = step.question
    if question is None or question.kind == "place" or not is_askable(step):
        return None
    if question.kind == "verdict":
        names = _verdicts()
        choices = [names[key] for key in sorted({*_NEAR_VERDICTS, question.answer})]
    else:
        choices = [] if question.kind == "curve" else list(choices_of(step))
    return None if len(choices) > MOST_CHOICES else {"question": question.ask, "choices": choices}


def _verdicts() -> Mapping[str, str]:
    from trainers.diagnosis import KINDS

    return {key: kind.name for key, kind in KINDS.items()}


def _right_choice(step: Step, question: Question) -> int:
    """The place of the right choice, from 0."""
    if question.kind == "winner" and (race := race_of_step(step)) is not None:
        lanes = race.result.lanes
        return min(range(len(lanes)), key=lambda place: _last_value(lanes[place]))
    if question.kind == "verdict":
        return list(_verdicts()).index(question.answer)
    return int(question.answer) - 1


def _last_value(lane: Any) -> float:
    """Of the whole path; a lane that has diverged has lost."""
    last = float(lane.trajectory.values[-1])
    return last if last == last else float("inf")


def _picture(step: Step, question: Question, size: tuple[int, int], guess: Any = None) -> Asked:
    race = race_of_step(step)
    assert race is not None
    width, height = size
    lane = question.lane - 1
    if question.kind == "place":
        return asked_place(race.result, lane, width=width, height=height, dark=dark_theme(), guess=guess)
    return asked_curve(race.result, lane, question.until, width=width, height=height, dark=dark_theme(), guess=guess)


def ask(step: Step, key: str, answer: Any) -> None:
    """Draw a question; ``answer`` is called with what was chosen or pointed at, from a callback."""
    question = step.question
    assert question is not None
    st.markdown(question.ask)
    if question.kind in _SIZES:
        asked = _picture(step, question, _SIZES[question.kind])

        def placed(x: float, y: float) -> None:
            at, height = asked.value(x, y)
            answer((at, height) if question.kind == "place" else height)

        data = {
            "svg": asked.svg,
            "width": asked.width,
            "height": asked.height,
            "frame": tuple(asked.frame),
            "rail": asked.rail,
            "label": question.ask,
        }
        predict(data, key=key, on_answer=placed)
        return
    choices = choices_of(step)
    chosen = st.radio(
        question.ask,
        range(len(choices)),
        None,
        lambda place: literal(choices[place]),
        key=f"{key}.choice",
        label_visibility="collapsed",
    )
    st.button(
        "That is my answer",
        type="primary",
        key=f"{key}.answer",
        disabled=chosen is None,
        on_click=answer,
        args=(chosen,),
    )


def told_of(step: Step, given: Any) -> Told:
    """An answer beside what happened; None was no answer."""
    question = step.question
    assert question is not None
    if question.kind in _SIZES:
        return _told_place(step, question, given)
    choices, right = choices_of(step), _right_choice(step, question)
    happened = {"winner": "Lowest at the end", "verdict": "The verdict", "choice": "The answer"}[question.kind]
    fact = f"{happened}: **{literal(choices[right])}**."
    if given is None or not 0 <= given < len(choices):
        return Told(right=None, sentence=fact)
    if given == right:
        return Told(right=True, sentence=f"You were right. {fact}")
    return Told(right=False, sentence=f"You chose {literal(choices[given])}. {fact}")


def _told_place(step: Step, question: Question, given: Any) -> Told:
    race = race_of_step(step)
    assert race is not None
    lane = race.result.lanes[question.lane - 1]
    name = literal(lane.label)
    x, y, last = 0.0, 0.0, 0.0
    if question.kind == "place":
        x, y = map(float, end_of(lane))
        fact = f"{name} ends at ({readable(x)}, {readable(y)})."
    else:
        last = float(known_values(lane)[-1])
        fact = f"{name} ends at the value {readable(last)}."
    if given is None:
        return Told(right=None, sentence=fact)
    picture = _picture(step, question, _SMALL[question.kind], given)
    if question.kind == "place":
        (x_low, x_high), (y_low, y_high) = picture.across, picture.up
        away = hypot((given[0] - x) / (x_high - x_low), (given[1] - y) / (y_high - y_low))
        said = f"You pointed at ({readable(given[0])}, {readable(given[1])})"
    else:
        _, top, _, bottom = picture.frame
        away = abs(picture.pixel(0.0, given)[1] - picture.pixel(0.0, last)[1]) / (bottom - top)
        said = f"You said {readable(given)}"
    distance = f"{readable(round(100 * away))} % of the picture away"
    return Told(right=away < NEAR, sentence=f"{said}, {distance}. {fact}", picture=picture.svg)
