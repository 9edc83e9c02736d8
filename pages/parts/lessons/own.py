"""A visitor's own lessons: made on the pages by adding views, brought as files, changed, taken away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from experiments.lessons import MAX_FILE, LessonError, Problem, read_lesson
from figures.runs import literal
from pages.parts.lessons.views import PageLinks
from trainers.lab import not_yours, the_lab
from trainers.store import StoredLesson, StoreError
from widgets import asker, attempt, commander, forget, keep, pressed, put_news


def own_lessons() -> None:
    """All lessons of the visitor, and the way to bring one."""
    stored = the_lab().store.lessons.of(asker())
    for each in stored:
        with st.container(horizontal=True, vertical_alignment="center", key=f"own-{each.id}"):
            st.page_link(
                "pages/lesson.py",
                label=literal(each.title),
                icon=":material/school:",
                query_params={"lesson": each.id},
            )
    if not stored:
        st.caption("On every page the button *Add this view to a lesson* makes the view a step of a lesson of yours.")
    given = st.file_uploader("Bring a lesson as a text file", type=["md", "txt", "toml"], key="lesson.file")
    if given is not None:
        _bring(given.getvalue(), given.file_id)


def _bring(content: bytes, file: str) -> None:
    """Store a file that was brought, once, however often it is given; or say what is wrong in it."""
    if st.session_state.get("lesson.brought") == file:
        return
    try:
        text = content[: 4 * MAX_FILE + 1].decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        tell_problems([Problem(line, "this is not text in UTF-8; save the file as UTF-8.")])
        return
    try:
        read_lesson(text, PageLinks())
    except LessonError as error:
        tell_problems(error.problems)
        return
    same = next((each for each in the_lab().store.lessons.of(asker()) if each.text == text), None)
    try:
        stored = same or keep(text)
    except StoreError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    st.session_state["lesson.brought"] = file
    st.success(f"{literal(stored.title)} is {'stored' if same is None else 'here already'}.", icon=":material/check:")
    st.page_link("pages/lesson.py", label="Open it", icon=":material/school:", query_params={"lesson": stored.id})


def tell_problems(problems: Sequence[Problem]) -> None:
    """Each with its line."""
    st.error(
        "This is no lesson yet:\n\n" + "\n".join(f"* {literal(str(problem))}" for problem in problems),
        icon=":material/error:",
    )


def change_lesson(stored: StoredLesson) -> None:
    """The text of a lesson under the hands of whose it is."""
    if not_yours(stored, commander()):
        return
    with st.expander("Change the text of this lesson", key="lesson.change"):
        text = st.text_area(
            "Text of the lesson", stored.text, height=420, max_chars=MAX_FILE, key=f"lesson.text.{stored.id}"
        )
        saves, deletes = st.columns([1, 1])
        if pressed("Save", place=saves, type="primary", icon=":material/save:", key="lesson.save"):
            _save(stored, text)
        deletes.button(
            "Delete this lesson", icon=":material/delete:", key="lesson.delete", on_click=_forget, args=(stored,)
        )


def _save(stored: StoredLesson, text: str) -> None:
    try:
        read_lesson(text, PageLinks())
        keep(text, stored)
    except LessonError as error:
        tell_problems(error.problems)
    except StoreError as error:
        st.error(literal(str(error)), icon=":material/error:")
    else:
        put_news("Saved.")
        st.rerun()


def _forget(stored: StoredLesson) -> None:
    attempt(forget, stored)
    if the_lab().store.lessons.one(stored.id) is None:
        put_news("The lesson is deleted.")
