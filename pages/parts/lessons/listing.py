"""The lessons of the lab as cards, and one lesson with its steps."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from experiments.lessons import Lesson, Step, lesson_names
from figures.runs import literal
from widgets import answered_steps, lesson_called, place_left


def lab_lessons() -> Mapping[str, Lesson]:
    """The lessons of the lab by name, in their order."""
    read = {name: lesson_called(name) for name in lesson_names()}
    known = [(name, lesson) for name, lesson in read.items() if lesson is not None]
    return dict(sorted(known, key=lambda item: (item[1].order, item[1].title)))


def step_query(name: str, number: int, step: Step) -> dict[str, str]:
    """The parameters of a step's page, the step among them."""
    return {**step.query, "lesson": f"{name}.{number}"}


def lesson_cards(lessons: Mapping[str, Lesson], own: str) -> None:
    """Each lesson with what it is about; a press opens its steps."""
    with st.container(horizontal=True, key=f"cards-{own}"):
        for name, lesson in lessons.items():
            with st.container(key=f"card-{own}-{name}", border=True):
                st.page_link("pages/lesson.py", label=literal(lesson.title), query_params={"lesson": name})
                about = f"{lesson.minutes} minutes, {len(lesson.steps)} steps, for {literal(lesson.audience)}"
                st.caption(f"{about} · {literal(lesson.lecture)}" if lesson.lecture else about)
                st.markdown(lesson.text)


def short_cards() -> None:
    """The lessons that follow no lecture."""
    lesson_cards({name: lesson for name, lesson in lab_lessons().items() if not lesson.lecture}, "short")


def all_cards() -> None:
    """Short lessons first, then those of the lectures."""
    lessons = lab_lessons()
    short_cards()
    long = {name: lesson for name, lesson in lessons.items() if lesson.lecture}
    if long:
        st.markdown("## Whole lectures")
        lesson_cards(long, "lectures")


def outline(name: str, lesson: Lesson, at: int) -> None:
    """A lesson: what it is about, where to begin or go on, and its steps. at: the step to go on with, or 0."""
    about = f"{lesson.minutes} minutes, {len(lesson.steps)} steps, for {literal(lesson.audience)}"
    st.caption(f"{about} · {literal(lesson.lecture)}" if lesson.lecture else about)
    st.markdown(lesson.text)
    left = place_left()
    number = at or (left[1] if left is not None and left[0] == name else 1)
    step = lesson.steps[min(number, len(lesson.steps)) - 1]
    with st.container(key="open-race", horizontal=True):
        st.page_link(
            f"pages/{step.page}.py",
            label="Begin" if number == 1 else f"Go on with step {number}",
            icon=":material/play_arrow:",
            query_params=step_query(name, number, step),
        )
    answered = answered_steps(name)
    for number, step in enumerate(lesson.steps, 1):
        asks = " · answered" if number in answered else " · a question" if step.question else ""
        st.page_link(
            f"pages/{step.page}.py",
            label=f"{number}. {literal(step.title)}{asks}",
            query_params=step_query(name, number, step),
        )
