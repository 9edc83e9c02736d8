"""The question of a lesson's step: asked in the place of the picture, and its answer beside what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Any

import streamlit as st

from experiments.lessons import Question, Step
from experiments.race import Finished, RaceCodec, finished_race, line_codec
from figures.drawing import Asked
from figures.race import asked_curve, asked_place, end_of, known_values, race_svg
from figures.runs import literal
from numerals import readable
from widgets.browser import asker
from widgets.components import predict
from widgets.notices import attempt, store_told, tell_news
from widgets.session import run_again
from widgets.style import dark_theme

if TYPE_CHECKING:
    from trainers.lab import Feed

MOST_CHOICES = 6  # of a vote
NEAR = 0.05  # of the picture's side, within which a place or a value is right
_NEAR_VERDICTS = ("good_fit", "overfitting", "plateau", "slow", "underfitting")  # of every kind of curves one
_SIZES = {"place": (600, 372), "curve": (600, 320)}
_SMALL = {"place": (480, 300), "curve": (480, 260)}
_START = (560, 360)  # of a picture of the start; the choices stand below it
_TRAINING = "training"
_TICK = 0.6  # seconds between two looks at runs that are trained first


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer beside what happened. right: None where it is neither. sentence: Markdown. picture: SVG or empty."""

    right: bool | None
    sentence: str
    picture: str = ""


def race_of_step(step: Step) -> Finished | None:
    """The race that a step shows; None where it shows another page."""
    if step.page == "neuron":
        from experiments.neuron_page import NeuronCodec, finished_neuron

        shown = NeuronCodec().read(step.query)[0]
        return finished_neuron(shown) if shown.values["part"] == "neuron" else None
    codec = {"descent": RaceCodec, "line": line_codec}.get(step.page)
    return None if codec is None else finished_race(codec().read(step.query)[0].race)


def _training(step: Step) -> Any:
    """What a step of the page of training shows."""
    from experiments.training import TrainingCodec

    return TrainingCodec().read(step.query)[0]


def feeds_of_step(step: Step) -> list[Feed]:
    """The runs that a step of the page of training shows, if they have ended; none for another page."""
    if step.page != _TRAINING:
        return []
    from experiments.training import feeds_of_view

    return feeds_of_view(_training(step))


def _names_of_runs(step: Step) -> list[str]:
    """What the runs of a step of the page of training are called, whether they are there or not."""
    from experiments.training import runs_of_view, wanted_by

    shown = _training(step)
    names = [run.role or run.name for run in runs_of_view(shown)] if shown.run else []
    return names or [role for role, _ in wanted_by(shown)[0]]


def is_askable(step: Step) -> bool:
    """Whether the page of a step can show what its question asks for."""
    question = step.question
    if question is None or question.kind in ("choice", "verdict"):
        return question is not None
    if step.page == _TRAINING:
        return _is_askable_of_runs(step, question)
    race = race_of_step(step)
    if race is None or question.lane > len(race.result.lanes):
        return False
    lane = race.result.lanes[question.lane - 1]
    if question.kind == "place":
        return race.race.landscape.dimensions == 2
    return question.kind == "winner" or len(known_values(lane)) > 2


def _is_askable_of_runs(step: Step, question: Question) -> bool:
    """Of runs: they are there and have curves, or can be trained first."""
    from figures.live import loss_by_epoch

    many = len(_names_of_runs(step))
    if question.kind == "place" or question.lane > many or (question.kind == "winner" and many < 2):
        return False
    feeds = feeds_of_step(step)
    if not feeds:
        return _training(step).run is None  # a run that a link names and that is gone is not trained anew
    if question.kind == "winner":
        return len(feeds) == many
    return question.lane <= len(feeds) and len(loss_by_epoch(feeds[question.lane - 1])[1]) > 2


def choices_of(step: Step) -> tuple[str, ...]:
    """What there is to choose from, as text."""
    question = step.question
    assert question is not None
    if question.kind == "winner" and step.page == _TRAINING:
        return tuple(_names_of_runs(step))
    if question.kind == "winner" and (race := race_of_step(step)) is not None:
        return tuple(lane.label for lane in race.result.lanes)
    if question.kind == "verdict":
        return tuple(_verdicts().values())
    return question.choices


def for_class(step: Step) -> Mapping[str, Any] | None:
    """The question of a step as a vote of a class: question and choices, none for a number; None if it is none.

    Of verdicts, which are more than a vote has choices, it has the right one and others that are near; of places, the
    regions of the picture.
    """
    question = step.question
    if question is None or not is_askable(step):
        return None
    if question.kind == "place":
        choices = _regions(step)
    elif question.kind == "verdict":
        names = _verdicts()
        choices = [names[key] for key in sorted({*_NEAR_VERDICTS, question.answer})]
    else:
        choices = [] if question.kind == "curve" else list(choices_of(step))
    return None if len(choices) > MOST_CHOICES else {"question": question.ask, "choices": choices}


def _regions(step: Step) -> list[str]:
    """Where the end of a path may be, for a class that has no one picture to point at: minima first."""
    race = race_of_step(step)
    assert race is not None
    minima = [f"at the minimum ({readable(x)}, {readable(y)})" for x, y in race.race.landscape.minima]
    several = minima if len(minima) <= MOST_CHOICES - 3 else ["at one of the minima"]
    return [*several, "still close to the start", "elsewhere in the picture", "outside of the picture"]


def _verdicts() -> Mapping[str, str]:
    from trainers.diagnosis import KINDS

    return {key: kind.name for key, kind in KINDS.items()}


def _right_choice(step: Step, question: Question) -> int:
    """The place of the right choice, from 0."""
    if question.kind == "winner" and step.page == _TRAINING:
        ends = [_last_loss(feed) for feed in feeds_of_step(step)]
        return ends.index(min(ends)) if ends else -1
    if question.kind == "winner" and (race := race_of_step(step)) is not None:
        lanes = race.result.lanes
        return min(range(len(lanes)), key=lambda place: _last_value(lanes[place]))
    if question.kind == "verdict":
        return list(_verdicts()).index(_own_verdict(step, question) or question.answer)
    return int(question.answer) - 1


def _own_verdict(step: Step, question: Question) -> str:
    """The kind of finding that the run of a step has, once it has ended; before, the lesson says what is expected."""
    ended = feeds_of_step(step)
    if len(ended) < question.lane or (finding := ended[question.lane - 1].run.verdict) is None:
        return ""
    return finding.kind


def _last_value(lane: Any) -> float:
    """Of the whole path; a lane that has diverged has lost."""
    last = float(lane.trajectory.values[-1])
    return last if last == last else float("inf")


def _last_loss(feed: Feed) -> float:
    """The validation loss at the end; a run that has diverged has lost."""
    from figures.live import loss_by_epoch

    losses = loss_by_epoch(feed)[1]
    return float(losses[-1]) if len(losses) and feed.run.status != "diverged" else float("inf")


def _picture(step: Step, question: Question, size: tuple[int, int], guess: Any = None) -> Asked:
    if step.page == _TRAINING:
        from figures.live import asked_loss

        feeds, run = feeds_of_step(step), question.lane - 1
        return asked_loss(feeds, run, question.until, width=size[0], height=size[1], dark=dark_theme(), guess=guess)
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
    if step.page == _TRAINING and question.kind in ("curve", "winner") and not feeds_of_step(step):
        _train_first(step)
        return
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
    if question.kind == "winner" and (start := _start_of(step, question)):
        st.image(start, width=_START[0], alt=f"Before it goes on, each in its color: {', '.join(choices)}")
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


def _start_of(step: Step, question: Question) -> str:
    """Who takes part, where all begin, as SVG."""
    width, height = _START
    if step.page == _TRAINING:
        from figures.live import asked_losses

        return asked_losses(feeds_of_step(step), question.until, width=width, height=height - 100, dark=dark_theme())
    race = race_of_step(step)
    assert race is not None
    return race_svg(race.result, width=width, height=height, dark=dark_theme(), step=0)


def _train_first(step: Step) -> None:
    """Runs that a question is about and that nobody has trained: they begin, and the page waits for them."""
    from experiments.training import runs_of_view, wanted_by
    from trainers.lab import the_lab

    shown, lab = _training(step), the_lab()
    if not runs_of_view(shown):
        wanted, title = wanted_by(shown)
        if attempt(lab.shared, wanted, title or step.title, visitor=asker()) is None:
            tell_news()
            st.info("The runs that this question is about are not here yet.", icon=":material/info:")
            return
    lab.warm()
    _watch_first(step)


@st.fragment(run_every=_TICK)
def _watch_first(step: Step) -> None:
    from experiments.training import runs_of_view

    with store_told():
        runs = runs_of_view(_training(step))
        if not any(run.active for run in runs):
            if feeds_of_step(step):
                run_again()
            st.info("The runs that this question is about have ended without a curve.", icon=":material/info:")
            return
        share = sum(1.0 if not run.active else run.epoch / max(1, _epochs(run)) for run in runs) / len(runs)
        st.progress(min(max(share, 0.0), 1.0), "First the network is trained, unseen; then you are asked.")


def _epochs(run: Any) -> int:
    return run.config.budget.epochs if run.config is not None else 1


def told_of(step: Step, given: Any) -> Told:
    """An answer beside what happened; None was no answer. An empty sentence where nothing has happened yet."""
    question = step.question
    assert question is not None
    if step.page == _TRAINING and question.kind in ("curve", "winner") and not feeds_of_step(step):
        return Told(right=None, sentence="")
    if question.kind in _SIZES:
        return _told_end(step, question, given)
    choices, right = choices_of(step), _right_choice(step, question)
    happened = {"winner": "Lowest at the end", "verdict": "The verdict", "choice": "The answer"}[question.kind]
    fact = f"{happened}: **{literal(choices[right])}**."
    if given is None or not 0 <= given < len(choices):
        return Told(right=None, sentence=fact)
    if given == right:
        return Told(right=True, sentence=f"You were right. {fact}")
    return Told(right=False, sentence=f"You chose {literal(choices[given])}. {fact}")


def _told_end(step: Step, question: Question, given: Any) -> Told:
    """Of what was pointed at: how far from what happened, and both in a picture."""
    x, y, last = 0.0, 0.0, 0.0
    if step.page == _TRAINING:
        from figures.live import loss_by_epoch

        feed = feeds_of_step(step)[question.lane - 1]
        epochs, losses = loss_by_epoch(feed)
        last, x = float(losses[-1]), float(epochs[-1])
        name = literal(feed.run.role or "The validation loss")
        fact = f"{name} ends at {readable(last)} after {readable(x)} epochs."
    else:
        race = race_of_step(step)
        assert race is not None
        lane = race.result.lanes[question.lane - 1]
        name = literal(lane.label)
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
