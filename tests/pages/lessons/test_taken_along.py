"""What is taken along of every lesson of the lab: all words are there and fit, every step has a picture or a reason.

Words are looked at without the pictures beside them, which would take a minute; pictures are computed, not drawn.
"""

from __future__ import annotations

import re

import pytest

from experiments.lessons import Lesson, Step, lesson_file, lesson_names, read_lesson
from exports import StepView, lesson_html
from figures.drawing import Text, text_width
from figures.lessons.deck import HEIGHT, STILL, WIDTH, Slide, drawn_slides, plain_parts
from pages.parts.lessons import taking
from pages.parts.lessons.taking import exported_view
from pages.parts.lessons.view_types import ExportedView
from pages.parts.lessons.views import PageLinks
from trainers.lab.lab import Lab
from widgets import choices_of, told_of

LAB = "https://lab.example"
# Pages that show what was trained, searched or measured before, and say so where it was not.
TRAINED = {"training", "runs", "search", "surface", "generalization", "reuse"}
# Of LaTeX that was not read: a command, braces, an index or power that no sign stands for, a dollar.
RAW = re.compile(r"\\[a-zA-Z]|[_^][{(]|\$")


def lesson_of(name: str) -> Lesson:
    return read_lesson(lesson_file(name), PageLinks())


def asked(step: Step) -> tuple[tuple[str, ...], str]:
    return choices_of(step), told_of(step, None).sentence


def is_trained(step: Step) -> bool:
    """Whether the answer is known only from runs, which nobody has trained here."""
    assert step.question is not None
    return step.page == "training" and step.question.kind in ("winner", "curve")


def texts(slide: Slide) -> list[Text]:
    return [item for item in slide.words.outside if isinstance(item, Text)]


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("name", lesson_names())
def test_every_word_of_a_lesson_is_on_its_slides_and_fits(lab: Lab, name: str):
    lesson = lesson_of(name)
    stills = frozenset(range(1, len(lesson.steps) + 1))
    answers = {n: asked(step) for n, step in enumerate(lesson.steps, 1) if step.question and not is_trained(step)}
    slides = list(drawn_slides(lesson, stills, LAB, {}, answers))
    assert {slide.still for slide in slides} == {0, *stills}
    for slide in slides:
        for item in texts(slide):
            begin = item.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[item.anchor] * text_width(
                item.text, item.size, item.bold
            )
            end = begin + text_width(item.text, item.size, item.bold)
            beside = slide.still and 150 <= item.y < HEIGHT - 60
            assert 0 <= begin <= end <= (WIDTH - STILL[0] - 40 if beside else WIDTH), item.text
            assert 0 < item.y < HEIGHT, item.text
    said = words(" ".join(item.text for slide in slides for item in texts(slide)))
    at = 0  # words follow each other in the order of the lesson, and none is left out
    for number, step in enumerate(lesson.steps, 1):
        choices, fact = answers.get(number, ((), ""))
        told = (step.question.ask, *choices, fact, step.question.told) if step.question else ()
        for part in (step.title, *(line for text in (*told, step.text) for line in plain_parts(text))):
            assert "`" in step.text or not RAW.search(part), part
            for word in words(part):
                assert word in said[at:], (name, number, word)
                at += said[at:].index(word)


@pytest.mark.parametrize("name", lesson_names())
def test_every_step_of_a_lesson_has_a_picture_or_says_what_is_not_there(lab: Lab, name: str):
    for number, step in enumerate(lesson_of(name).steps, 1):
        view = exported_view(step)
        if view.missing:
            assert step.page in TRAINED, (number, view.missing)
            assert re.search("not trained here|Nobody has|not drawn here", view.missing), (number, view.missing)
        else:
            assert view.drawings or (view.live and view.still), number


@pytest.mark.parametrize("name", lesson_names())
def test_the_file_of_a_lesson_asks_with_its_choices_and_sets_all_formulas(lab: Lab, name: str):
    lesson = lesson_of(name)
    views = {
        n: StepView(missing="x", choices=choices_of(step) if step.question and not is_trained(step) else ())
        for n, step in enumerate(lesson.steps, 1)
    }
    sections = re.findall(r"<section.*?</section>", lesson_html(lesson, views, LAB), re.DOTALL)
    assert len(sections) == len(lesson.steps)
    for number, (step, section) in enumerate(zip(lesson.steps, sections, strict=True), 1):
        shown = re.sub(r"<code>.*?</code>|<pre>.*?</pre>|<math.*?</math>", "", section, flags=re.DOTALL)
        assert "$" not in shown, number
        assert "\\" not in shown, number
        for choice in views[number].choices:
            assert f"<li>{choice}</li>" in section.replace("&#x27;", "'"), (number, choice)
        assert section.count('class="asks"') == (step.question is not None)


def test_choices_of_a_question_come_into_the_file(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking, "exported_view", lambda step: ExportedView(missing="x"))
    monkeypatch.setattr(taking, "_lab", lambda: LAB)
    lesson = lesson_of("by-heart")
    text = taking._html(lesson, lambda share: None).decode()
    for step in lesson.steps:
        if step.question is not None and step.question.kind == "choice":
            assert all(f"<li>{choice}</li>" in text for choice in step.question.choices)
