"""A visitor's own lesson, which grows by the views that he adds on any page; stored as his, as runs are."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from experiments.lessons import MAX_STEPS, MAX_TEXT, MAX_TITLE, Lesson, LessonError, Step, lesson_text, read_lesson
from figures.runs import literal
from trainers.store import StoredLesson, StoreError
from widgets.address import own_link, path
from widgets.browser import asker, commander
from widgets.controls import held
from widgets.lesson import DELETED
from widgets.notices import once
from widgets.session import pressed

_BEGUN = "own lesson"  # the id of the one that views are added to
_TOLD = "own lesson told"  # the lesson that a view was added to, or why it was not
_NO_VIEW = ("", "lesson")


def add_view_button(*, at_end: bool = False) -> None:
    """On every page that shows something: add the view to the visitor's own lesson.

    at_end: below the page, where narrow windows have it (see ``rules_of_style``); else in the page's first line.
    """
    if path() in _NO_VIEW:
        return
    if pressed(
        "Add this view to a lesson",
        icon=":material/playlist_add:",
        type="tertiary",
        key="look.lesson.end" if at_end else "look.lesson",
        help=None if at_end else "Make it a step of a lesson of your own.",
    ):
        st.session_state.pop(_TOLD, None)
        _dialog()


@st.dialog("Add this view to a lesson")
def _dialog() -> None:
    begun = begun_lesson()
    if begun is None:
        st.text_input("Title of the lesson", "My lesson", max_chars=MAX_TITLE, key="own.lesson.title")
    else:
        st.markdown(f"To **{literal(begun.title)}**.")
    st.text_input("Title of this step", max_chars=MAX_TITLE, key="own.step.title")
    st.text_area("What to look at", max_chars=MAX_TEXT, key="own.step.text")
    st.caption("Markdown: **bold**, lists, $formulas$, links to https.")
    st.button("Add", type="primary", icon=":material/playlist_add:", key="own.step.add", on_click=_add)
    told = st.session_state.get(_TOLD)
    if isinstance(told, str):
        st.error(literal(told), icon=":material/error:")
    elif told is not None:
        steps = len(read_lesson(told.text, None).steps)
        st.success(f"Step {steps} of your lesson.", icon=":material/check:")
        st.page_link("pages/lesson.py", label="Open it", icon=":material/school:", query_params={"lesson": told.id})


def _add() -> None:
    step, title = _new_step(), str(st.session_state.get("own.lesson.title", ""))
    try:
        if stored := once(("step", step), lambda: add_step(step, title)):
            st.session_state[_TOLD] = stored
    except (LessonError, StoreError) as error:
        st.session_state[_TOLD] = str(error)


def _new_step() -> Step:
    title = str(held("own.step.title") or "").strip() or path().capitalize()
    text = str(held("own.step.text") or "").strip() or f"Look at **{literal(title)}**."
    return Step(title=title, page=path(), query=own_link(), text=text)


def begun_lesson() -> StoredLesson | None:
    """The lesson that views are added to: the one chosen in this session, else the visitor's newest."""
    from trainers.lab import the_lab

    chosen = st.session_state.get(_BEGUN)
    own = the_lab().store.lessons.of(asker())
    return next((each for each in own if each.id == chosen), own[0] if own else None)


def add_step(step: Step, title: str) -> StoredLesson:
    """Make it the last step of the visitor's lesson, or the first of a new one.

    Raises:
        LessonError: the step has something that no lesson may have. StoreError: it cannot be stored.
    """
    begun = begun_lesson()
    if begun is None:
        lesson = Lesson(title=title.strip() or "My lesson", minutes=5, audience="my class", steps=(step,))
        return keep(lesson_text(lesson))
    lesson = read_lesson(begun.text, None)
    if len(lesson.steps) >= MAX_STEPS:
        raise StoreError(f"A lesson has at most {MAX_STEPS} steps.")
    return keep(lesson_text(replace(lesson, steps=(*lesson.steps, step))), begun)


def keep(text: str, instead: StoredLesson | None = None) -> StoredLesson:
    """Store a lesson of the visitor's, in the place of another one or as one more.

    Raises:
        LessonError: the text is none. StoreError: it cannot be stored, or the other one is somebody else's.
    """
    from trainers.lab import not_yours, the_lab

    lesson, store = read_lesson(text, None), the_lab().store.lessons
    if instead is None:
        stored = store.add(lesson.title, text, asker())
    else:
        if refusal := not_yours(instead, commander()):
            raise StoreError(refusal)
        store.change(instead.id, lesson.title, text)
        stored = replace(instead, title=lesson.title, text=text)
    st.session_state[_BEGUN] = stored.id
    return stored


def forget(stored: StoredLesson) -> None:
    """Delete a lesson of the visitor's. Raises StoreError where it is somebody else's."""
    from trainers.lab import not_yours, the_lab

    if refusal := not_yours(stored, commander()):
        raise StoreError(refusal)
    the_lab().store.lessons.delete(stored.id)
    st.session_state[DELETED] = stored.id
