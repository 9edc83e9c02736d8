"""A lesson taken away: its text, one HTML file that works offline, slides."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from experiments.lessons import Lesson, lesson_text
from widgets import is_askable, race_of_step, take_away_menu, told_of

_RACES = {"descent": "player", "line": "line"}


def take_lesson(name: str, lesson: Lesson) -> None:
    """The menu. Each file is made when it is asked for."""
    parts = urlsplit(st.context.url or "")
    below = parts.path.rpartition("/")[0]
    lab = f"{parts.scheme}://{parts.netloc}{below}" if parts.netloc else ""

    def page() -> str:
        from exports import StepView, lesson_html
        from figures.race import player_payload

        views = {}
        for number, step in enumerate(lesson.steps, 1):
            race = race_of_step(step)
            views[number] = StepView(
                payload=None if race is None else player_payload(race.result),
                ground=_RACES.get(step.page, "player"),
                fact=told_of(step, None).sentence if is_askable(step) else "",
            )
        return lesson_html(lesson, views, lab)

    def slides() -> bytes:
        from figures.lessons import STILL, lesson_slides
        from figures.race import race_png

        races = {number: race_of_step(step) for number, step in enumerate(lesson.steps, 1)}
        stills = {
            number: race_png(race.result, width=STILL[0], height=STILL[1])
            for number, race in races.items()
            if race is not None
        }
        return lesson_slides(lesson, stills, lab)

    files = [
        ("The lesson as a text file", "md", "text/markdown", lambda: lesson_text(lesson)),
        ("One HTML file, offline", "html", "text/html", page),
        ("Slides, PDF", "pdf", "application/pdf", slides),
    ]
    take_away_menu(f"{lab}/lesson?lesson={name}", "lesson", f"lesson-{name}", files)
