"""The lesson that a visitor is in: which step, what he has answered and changed, and the ways on and back.

The address has it, ``lesson=momentum.3`` beside the page's own parameters, so a link opens a page in its step. What a
visitor has changed in a step is remembered when he goes on, and offered when he is back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from experiments.lessons import Lesson, LessonError, Step, lesson_file, lesson_names, read_lesson
from widgets.address import (
    LESSON,
    frame,
    give_view,
    has_shown,
    is_back_or_forward,
    own_link,
    own_query,
    put_address,
    put_frame,
    visit_number,
    write_address,
)

_PLACE = "lesson"
DELETED = "lesson.deleted"  # what the session calls the one that it has deleted last
MOST_REMEMBERED = 500
LATE = 10.0  # seconds, after which a request for the page before is none that was under way
Place = tuple[str, int]
"""The name of a lesson, or the id of one that is stored, and a step from 1."""


@dataclass(frozen=True)
class UnderWay:
    """From one page to another. path, query: what is left. place, view: where to. visit: to the new page, counted.

    until: when it is over, by the clock that only goes forward.
    """

    path: str
    query: dict[str, str]
    place: Place
    view: dict[str, str] | None
    until: float
    visit: int | None = None


@dataclass
class Remembered:
    """What the session keeps. own: views that were changed by hand. answers: to questions; None where none was wanted.

    begun: the links that steps began with. going: where to go next, and with which view. last: the
    step that was shown last, of a lesson that was not ended. waiting: the step whose question is asked, and the view
    that it is about. under_way: to another page, where the browser is not known to be yet.
    """

    own: dict[Place, dict[str, str]] = field(default_factory=dict)
    answers: dict[Place, Any] = field(default_factory=dict)
    begun: dict[Place, dict[str, str]] = field(default_factory=dict)
    going: tuple[Place | None, dict[str, str] | None] | None = None
    last: Place | None = None
    waiting: tuple[Place, dict[str, str]] | None = None
    under_way: UnderWay | None = None


def remembered() -> Remembered:
    return st.session_state.setdefault(_PLACE, Remembered())


def place_of(text: str) -> Place | None:
    """From an address: momentum.3."""
    name, _, number = text.rpartition(".")
    if not name or not (number.isascii() and number.isdigit() and len(number) < 4):
        return None
    return name, int(number)


def place_text(place: Place) -> str:
    """As it stands in an address."""
    return f"{place[0]}.{place[1]}"


@lru_cache(maxsize=64)
def _read(text: str) -> Lesson:
    return read_lesson(text, None)  # its links were looked at when it came, and the page tells what it cannot use


def lesson_called(name: str) -> Lesson | None:
    """A lesson of the lab, or one that is stored; None where there is none of this name, or none that can be read."""
    try:
        if name in lesson_names():
            return _read(lesson_file(name))
        from trainers.lab import the_lab

        stored = the_lab().store.lessons.one(name)
        return None if stored is None else _read(stored.text)
    except LessonError:
        return None


def step_at(place: Place) -> tuple[Lesson, Step] | None:
    """The step, and its lesson; None where there is none."""
    lesson = lesson_called(place[0])
    return (lesson, lesson.steps[place[1] - 1]) if lesson and 0 < place[1] <= len(lesson.steps) else None


def here() -> Place | None:
    """The step that the address names."""
    return place_of(frame().get(LESSON, ""))


def go_to(place: Place, view: dict[str, str] | None = None) -> None:
    """From a callback: to a step, in its own view or in another."""
    _keep_changes()
    remembered().going = place, view


def open_now(place: Place) -> NoReturn:
    """To a step at once, within a run."""
    remembered().going = place, None
    st.rerun()


def asked() -> str:
    """The lesson that the address of the page of lessons names; empty for none.

    Going to a step, the browser hears of the step's address before it leaves this page, and may keep it as this page's:
    back from there, momentum.3 means the lesson of that step.
    """
    given = st.query_params.get(LESSON, "")
    place = place_of(given)
    if place is not None and lesson_called(given) is None:
        given = place[0]
        write_address()
    if given and given == st.session_state.get(DELETED):  # where the visitor was when he has deleted it
        given = ""
    if given != frame().get(LESSON, ""):
        write_address()
    put_frame({**frame(), LESSON: given} if given else {})
    return given


def leave() -> None:
    """From a callback: end the lesson; the page stays as it is."""
    _keep_changes()
    remembered().going = None, None


def end() -> None:
    """From a callback: forget where it was left."""
    remembered().last = None


def wait(place: Place) -> None:
    """While a question is asked: keep the address of the view that it is about."""
    memory = remembered()
    if memory.waiting is None or memory.waiting[0] != place:
        memory.waiting = place, own_query()
    memory.last = place
    put_address(memory.waiting[1])


def answer(place: Place, given: Any) -> None:
    """From a callback: the answer to a step's question; None to be shown it all the same."""
    _put(remembered().answers, place, given)


def _put(memory: dict[Place, Any], place: Place, value: Any) -> None:
    memory.pop(place, None)
    memory[place] = value
    while len(memory) > MOST_REMEMBERED:
        del memory[next(iter(memory))]


def is_changed() -> bool:
    """Whether the view is not the one that the step began with."""
    place = here()
    begun = None if place is None else remembered().begun.get(place)
    return begun is not None and begun != own_link()


def _keep_changes() -> None:
    if (place := here()) is not None and is_changed():
        _put(remembered().own, place, own_link())


def follow(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """Before a page runs: go where a hand has asked to."""
    memory = remembered()
    going, memory.going = memory.going, None
    if going is None:
        _go_on(page, pages)
        return
    memory.waiting = None
    place, view = going
    if place is None:
        memory.last = None
        put_frame({name: text for name, text in frame().items() if name != LESSON})
    elif step_at(place) is None:  # behind the last step: a button was pressed twice
        _go_on(page, pages)
    else:
        _go(place, view, page, pages)


def _go(place: Place, view: dict[str, str] | None, page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """To a step that there is, from ``page``."""
    memory, found = remembered(), step_at(place)
    assert found is not None
    step = found[1]
    if view is None:
        memory.begun.pop(place, None)
    query = {**(step.query if view is None else view), LESSON: place_text(place)}
    give_view(step.page)
    memory.under_way = None
    if step.page == page.url_path:
        put_frame(query)
        st.query_params.from_dict(query)
        return
    target = next((each for each in pages if each.url_path == step.page), None)
    if target is not None:
        left = st.query_params.to_dict()
        memory.under_way = UnderWay(page.url_path, left, place, view, until=monotonic() + LATE)
        st.switch_page(target, query_params=query)


def _go_on(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """To the page that a step has led to, where a browser has asked once more for the one before.

    It asks for the page that it shows, as long as it has not heard of the new one: a key was pressed twice, or a
    control was let go of. By the browser's own buttons, by a link to another view and after a while it is meant.
    """
    memory = remembered()
    way = memory.under_way
    if way is None:
        return
    found = step_at(way.place)
    if found is not None and page.url_path == found[1].page:
        if way.visit is None:
            memory.under_way = replace(way, visit=visit_number())
        return
    memory.under_way = None
    arrived = way.visit is not None and has_shown(way.visit)
    left = page.url_path == way.path and st.query_params.to_dict() == way.query
    if found is not None and left and not arrived and not is_back_or_forward() and monotonic() < way.until:
        _go(way.place, way.view, page, pages)


def begin(place: Place) -> None:
    """After a page has run: remember with which link the step has begun."""
    memory = remembered()
    memory.last = place
    if place not in memory.begun:
        _put(memory.begun, place, own_link())


def place_left() -> Place | None:
    """The lesson and step that were shown last; None for none, or where the lesson was ended."""
    return remembered().last


def answered_steps(name: str) -> set[int]:
    """The steps of a lesson whose questions were answered in this session."""
    return {step for lesson, step in remembered().answers if lesson == name}
