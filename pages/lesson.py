"""Lessons: those of the lab and the visitor's own; a step in the address is opened on the page that it shows."""

from __future__ import annotations

import streamlit as st

from figures.runs import literal
from pages.parts.lessons.listing import all_cards, outline
from pages.parts.lessons.own import change_lesson, own_lessons
from pages.parts.lessons.taking import take_along, take_lesson
from trainers.lab import the_lab
from widgets import (
    asked,
    behind_app,
    card_style,
    is_back_or_forward,
    lesson_called,
    open_now,
    page_head,
    page_style,
    put_address,
    tell_news,
)

behind_app()
name = asked()
given = st.query_params.get("step", "")
lesson = lesson_called(name) if name else None
number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
fits = lesson is not None and 0 < number <= len(lesson.steps)
if fits and not is_back_or_forward():  # back from the step, the visitor is not sent there again
    open_now((name, number))
put_address({"step": str(number)} if fits else {})
page_style(controls=False)
card_style()
if lesson is None:
    with page_head("Lessons"):
        pass
    if name:
        st.warning(f"There is no lesson {literal(name[:60])} here.", icon=":material/link_off:")
    tell_news()
    st.caption("Each step shows a page of the lab with words beside it: play with it, go on, come back.")
    all_cards()
    st.markdown("## Your own")
    own_lessons()
else:
    with page_head(literal(lesson.title)):
        st.page_link("pages/lesson.py", label="All lessons", icon=":material/list:")
        take_lesson(name, lesson)
    if given and not fits:
        st.warning(f"This lesson has steps from 1 to {len(lesson.steps)}.", icon=":material/link_off:")
    tell_news()
    outline(name, lesson, number if fits else 0)
    take_along(name, lesson)
    stored = the_lab().store.lessons.one(name)
    if stored is not None:
        change_lesson(stored)
