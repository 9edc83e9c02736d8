"""Every page says how it is exported, and what it says comes true; a lesson's files hold it, bounded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from experiments.lessons import Lesson, Question, Step
from exports import StepPicture, StepView, lesson_html
from exports.html import PLAYERS
from exports.lesson_file import MOST_BYTES
from figures.drawing import Text
from figures.lessons import SCALE, STILL
from figures.stills import still_svg
from pages.parts.lessons import taking
from pages.parts.lessons.exported import EXPORTED
from pages.parts.lessons.taking import exported_view
from pages.parts.lessons.view_types import ExportedView
from pages.parts.lessons.views import codecs
from tests.trainers.labs import quick, work
from trainers.lab.lab import Lab

WITHOUT_A_VIEW = {"home", "join", "lesson"}
SMALL = {"depth": "3", "width": "20", "samples": "50", "n": "1"}
# What a quiet lab with nothing in its store leaves of a page, by page: what plays, how many pictures, or a sentence.
LEFT: dict[str, tuple[dict[str, str], str | int]] = {
    "descent": ({"steps": "20"}, "player"),
    "line": ({"steps": "20"}, "line"),
    "maps": ({"steps": "50"}, "maps"),
    "maps rates": ({"view": "rates", "steps": "50"}, "maps"),
    "maps sensitivity": ({"view": "sensitivity", "steps": "50"}, "maps"),
    "fair": ({}, "tunes every rule"),
    "neuron": ({"steps": "20"}, "neuron"),
    "neuron convexity": ({"part": "convexity"}, "convexity"),
    "neuron growth": ({"part": "convexity", "sight": "growth"}, "convexity"),
    "neuron scaling": ({"part": "convexity", "sight": "scaling"}, 3),
    "neuron penalties": ({"part": "penalties"}, "convexity"),
    "activations": ({}, 2),
    "activations two": ({"view": "two"}, 2),
    "activations softmax": ({"view": "softmax"}, 3),
    "losses": ({}, 1),
    "losses outlier": ({"part": "outlier"}, "losses"),
    "losses distributions": ({"part": "distributions"}, "losses"),
    "losses classification": ({"part": "classification"}, 2),
    "losses cross_entropy": ({"part": "cross_entropy"}, 2),
    "losses table": ({"part": "table"}, "is a table"),
    "derivatives": ({}, 3),
    "derivatives graph": ({"view": "graph"}, "graph"),
    "derivatives cubic": ({"view": "cubic"}, 2),
    "initialization": (SMALL, 3),
    "normalization": ({}, 6),
    "normalization leak": ({"part": "leak"}, 3),
    "normalization layers": ({"part": "layers"}, 2),
    "normalization hand": ({"part": "hand"}, 1),
    "normalization batch": ({"part": "batch"}, 3),
    "normalization coupling": ({"part": "coupling"}, 2),
    "training": ({}, "not trained here"),
    "search": ({}, "Nobody has searched"),
    "search vary": ({"part": "vary"}, "Nobody has searched"),
    "runs": ({}, "a list of runs"),
    "surface": ({}, "not drawn here"),
    "surface saddles": ({"part": "saddles", "source": "matrices", "n": "8"}, 3),
    "generalization": ({}, 2),
    "generalization capacity": ({"part": "capacity"}, 2),
    "generalization epochs": ({"part": "epochs"}, 1),
    "generalization dropout": ({"part": "dropout"}, 3),
    "generalization ensemble": ({"part": "ensemble"}, "not trained here"),
    "generalization penalties": ({"part": "penalties"}, "not trained here"),
    "generalization scaling": ({"part": "scaling"}, "not trained here"),
    "generalization augmentation": ({"part": "augmentation"}, 1),
    "reuse": ({}, "not trained here"),
}


def test_every_page_of_the_app_says_how_it_is_exported():
    pages = set(re.findall(r'page_at\("pages/(\w+)\.py"', Path("app.py").read_text(encoding="utf-8")))
    assert set(EXPORTED) == pages - WITHOUT_A_VIEW == set(codecs())
    assert {case.partition(" ")[0] for case in LEFT} == set(EXPORTED)
    assert all(page.how for page in EXPORTED.values())


@pytest.mark.parametrize("case", LEFT)
def test_a_view_leaves_what_its_page_says(lab: Lab, case: str):
    query, left = LEFT[case]
    page = case.partition(" ")[0]
    view = exported_view(Step(title="x", page=page, query=query, text="x"))
    if isinstance(left, int):
        assert len(view.drawings) == left
        assert len({drawing.alt for drawing in view.drawings}) == left
        for drawing in view.drawings:
            assert "<svg" in still_svg(drawing.draw(True), width=400, dark=True, about=drawing.alt)
    elif view.live is not None:
        assert view.live[0] == left
        assert left in PLAYERS
        assert view.live[1]
        assert view.still is not None  # what plays is on a slide, too
        width, height = (round(size / SCALE) for size in STILL)
        still = view.still(width, height)
        assert still.width / still.height == pytest.approx(width / height, rel=0.05)
        assert [item for item in (*still.inside, *still.outside) if not isinstance(item, Text)]
    else:
        assert left in view.missing
        assert not view.drawings


def test_curves_of_a_run_that_is_there_play(lab: Lab):
    config = quick()
    run = lab.store.create(config)
    work(lab.store, run.id)
    for query in (config.to_query(), {"run": run.id}):
        view = exported_view(Step(title="x", page="training", query=query, text="x"))
        assert view.live is not None
        assert view.live[0] == "live"
        assert view.still is not None
        assert view.still(600, 440).width == 600
    compared = exported_view(Step(title="x", page="runs", query={"runs": run.id}, text="x"))
    assert compared.live is not None


def test_a_link_that_no_picture_can_show_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch):
    def fails(_: Any) -> ExportedView:
        raise ValueError("no picture")

    monkeypatch.setitem(EXPORTED, "line", type(EXPORTED["line"])(view=fails, how="x"))  # pyright: ignore[reportArgumentType]
    assert exported_view(Step(title="x", page="line", text="x")).missing
    assert exported_view(Step(title="x", page="no page", text="x")).missing


def test_a_file_is_made_step_by_step_and_ends_in_time(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    steps = (
        Step(title="Race", page="line", query={"steps": "20"}, text="$x^2$"),
        Step(title="Curves", page="activations", text="Look.", question=Question(kind="winner", ask="Who?")),
        Step(title="Runs", page="training", text="Train."),
    )
    lesson = Lesson(title="Three", minutes=5, audience="tests", steps=steps)
    monkeypatch.setattr(taking, "_lab", lambda: "https://lab.example")
    told: list[float] = []
    text = taking._html(lesson, told.append).decode()
    assert told == pytest.approx([0, 1 / 3, 2 / 3])
    assert text.count('class="host"') == 1
    assert text.count("<picture>") == 2
    assert text.count("prefers-color-scheme: dark)&quot;") == 0
    assert "not trained here yet" in text
    assert "<msup>" in text
    assert 'href="https://lab.example/training"' in text
    slides = taking._pdf(lesson, told.append)
    assert slides.count(b"/Type /Page\n") == 1 + 3 + 1  # the question has one of its own
    monkeypatch.setattr(taking, "MOST_SECONDS", -1.0)
    late = taking._html(lesson, told.append).decode()
    assert "<picture>" not in late
    assert late.count("to be ready by now") == 3


def test_a_file_holds_no_more_than_it_may():
    wide, narrow = "s" * (MOST_BYTES // 4), "s" * (MOST_BYTES // 16)
    large = StepPicture(alt="<x>", wide=(wide, wide), narrow=(narrow, narrow))
    steps = tuple(Step(title=f"{n}", page="activations", text="x") for n in range(3))
    lesson = Lesson(title="Large", minutes=5, audience="tests", steps=steps)
    views = {1: StepView(pictures=(large,)), 2: StepView(pictures=(large,)), 3: StepView(payload=b"abc")}
    text = lesson_html(lesson, views, "")
    assert text.count("<picture>") == 1
    assert text.count("would become too large") == 1
    assert text.count('class="host"') == 1
    assert "<x>" not in text
