"""Every step of every lesson of the lab: walked through as a student does, each shows what it says."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from experiments.lessons import Step, lesson_file, lesson_names, read_lesson
from experiments.training import wanted_by
from pages.parts.lessons.views import PageLinks, codecs
from tests.pages.lessons.walking import press, run_again
from tests.pages.opened_page import ROOT, link, opened_page
from tests.pages.shown_text import live_texts
from tests.trainers.labs import work
from trainers.lab.lab import Lab
from widgets import is_askable

NO_VIEW = {"", "join", "lesson"}


def shown(app: AppTest) -> str:
    """All text of the page, as a person reads it."""
    return plain("\n".join(text for _, text in live_texts(app)))


def plain(text: str) -> str:
    """Without the marks that keep quoted text from being Markdown."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\N{WORD JOINER}", "")


def train(lab: Lab, step: Step) -> None:
    """The runs that a step asks about: the page has begun them, and nobody else works on them here."""
    for run in lab.members(lab.presented(wanted_by(codecs()[step.page].read(step.query)[0])[0])):
        work(lab.store, run.id)


def check(app: AppTest, step: Step, place: str) -> None:
    assert not app.exception, place
    assert not [warning.value for warning in app.warning], place
    text = shown(app)
    assert plain(step.text) in text, place
    for each in step.shows:
        assert each in text, (place, each)
    if step.show or step.hide or step.lock or step.point:
        drawn = set(app.session_state["staging"].drawn.values())
        assert {*step.show, *step.lock, *step.point} <= drawn, place


def test_there_are_lessons_for_a_first_visit():
    assert len(lesson_names()) >= 6


@pytest.mark.parametrize("name", lesson_names())
def test_every_step_shows_what_it_says(lab: Lab, name: str):
    lesson = read_lesson(lesson_file(name), PageLinks())
    first = lesson.steps[0]
    app = opened_page(f"pages/{first.page}.py", {**first.query, "lesson": f"{name}.1"})
    for number, step in enumerate(lesson.steps, 1):
        place = f"{name}.{number}"
        assert link(app)["lesson"] == place
        if step.question is not None:
            assert is_askable(step), place
            if step.page == "training" and step.question.kind in ("winner", "curve"):
                train(lab, step)
                run_again(app)
            assert plain(step.question.ask) in shown(app), place
            press(app, f"lesson.{place}.skip")
            assert plain(step.question.told) in shown(app), place
        check(app, step, place)
        if number < len(lesson.steps):
            press(app, "lesson.next.panel")
    assert app.button(key="lesson.next.panel").disabled


def test_every_page_of_the_lab_can_be_shown_by_a_step():
    paths = re.findall(r'url_path="(\w+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
    assert set(paths) - NO_VIEW == set(codecs())
