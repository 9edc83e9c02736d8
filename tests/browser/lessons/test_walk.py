"""The four lessons of a lecture, walked through by the arrow key: each step has on the screen what it says.

What holds for every step is derived from its own link and words: the page and the settings of its link, its words and
formulas, its question and what is told then, the controls it points at, its pictures drawn (``PICTURES``), nothing
wider than the window. Beside that each step has something of its own to show (``expected.EXPECTED``). Training begins
by itself, and is stopped when the step has been looked at.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from experiments.lessons import Lesson, Step, lesson_file, read_lesson
from figures.theme import ORANGE
from pages.parts.lessons.views import PageLinks, codecs
from tests.browser.app_server import ROOT, serve
from tests.browser.lessons.expected import EXPECTED, PICTURES
from tests.browser.lessons.keys import press_on
from tests.browser.lessons.on_screen import as_read, on_screen, spaced
from tests.browser.pages import TIMEOUT_MS, TRAINING_MS, OpenPage, css, eventually, fits, land, query, settle
from tests.trainers.labs import quiet_lab
from trainers.lab import LabError
from trainers.store.types import ACTIVE, TRAINING
from widgets.questions import choices_of, race_of_step, told_of

LONG = ("one-neuron-to-a-network", "derivatives-steps-tricks", "training-deep-networks", "networks-in-practice")
TRAINS = ("training", "search", "surface", "generalization", "reuse")
PANEL = ".st-key-lesson-panel"
SETTLED = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Walk:
    """A lesson under way. number: of the step that is shown, from 1."""

    page: Page
    name: str
    lesson: Lesson
    number: int

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.number - 1]

    @property
    def place(self) -> str:
        return f"{self.name}.{self.number}"

    @property
    def panel(self) -> Locator:
        return self.page.locator(PANEL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one lesson alone: what another has begun and stopped, this one would show as stopped."""
    return tmp_path / "data"


@pytest.fixture
def url(folder: Path, tmp_path: Path) -> Iterator[str]:
    with serve(ROOT / "server.py", tmp_path / "server.log", folder) as url:
        yield url


@pytest.fixture
def stop_training(folder: Path) -> Iterator[Callable[[], None]]:
    """Stops what a step has begun, so that the next one's turn comes at once."""
    lab = quiet_lab(folder)

    def stop() -> None:
        for job in lab.store.jobs.listed(ACTIVE):
            with contextlib.suppress(LabError):  # it has ended meanwhile
                lab.stop(job.id, by=None) if job.kind == TRAINING else lab.stop_job(job.kind, job.id, by=None)

    yield stop
    stop()
    lab.store.close()


def arrive(walk: Walk) -> None:
    """At the step: by the arrow key; to the first by its link."""
    if walk.number > 1:
        press_on(walk.page)
    eventually(lambda: query(walk.page).get("lesson"), lambda place: place == walk.place)
    walk.page.wait_for_selector(SETTLED, state="attached", timeout=TRAINING_MS)
    expect(walk.panel.get_by_role("heading", name=as_read(walk.step.title), exact=True)).to_be_visible()


def answer(walk: Walk) -> None:
    """The question stands in the place of the picture; what is told then is what the question's own rule computes."""
    step, page, main = walk.step, walk.page, walk.page.get_by_test_id("stMain")
    assert step.question is not None
    expect(main.get_by_text("Predict first", exact=True)).to_be_visible()
    # A run that is asked about is trained first, unseen.
    timeout = TRAINING_MS if step.page in TRAINS else TIMEOUT_MS
    ask = as_read(step.question.ask)
    asked = eventually(lambda: on_screen(page), lambda seen: ask in seen.words, timeout)
    ready = page.get_by_role("button", name="That is my answer")
    if step.question.kind in ("place", "curve"):
        picture = page.locator(".dq-stage")
        expect(picture.locator("img")).to_be_visible(timeout=TRAINING_MS if step.page in TRAINS else TIMEOUT_MS)
        land(picture)
        told = told_of(step, None).sentence
    else:
        if step.question.kind == "winner":  # it is asked beside a picture of the start
            expect(main.get_by_role("img", name=re.compile("^Before it goes on, each in its color"))).to_be_visible()
        starts = int(step.question.kind == "winner")
        assert len(asked.pictures) <= starts, (walk.place, "what the page shows would give the answer away")
        choices = choices_of(step)
        expect(main.get_by_role("radio")).to_have_count(len(choices))
        given = walk.number % len(choices)
        land(page.get_by_test_id("stRadioGroup").get_by_text(choices[given], exact=True))
        told = told_of(step, given).sentence
    expect(ready).to_be_enabled()
    land(ready)
    expect(ready).to_have_count(0)
    settle(page)
    panel = eventually(lambda: on_screen(page, PANEL).words, lambda words: as_read(told) in words)
    assert as_read(step.question.told) in panel, walk.place
    if step.question.kind in ("place", "curve"):
        assert re.search(r"You (pointed at|said) ", panel), walk.place
        expect(walk.panel.get_by_role("img", name="Your guess beside what happened")).to_be_visible()


def has_its_words(walk: Walk) -> None:
    """The step's own text with all its formulas beside the page, and what it promises on the page."""
    step = walk.step
    said = eventually(lambda: on_screen(walk.page, PANEL).words, lambda words: as_read(step.text) in words)
    assert f"step {walk.number} of {len(walk.lesson.steps)}" in said
    expect(walk.page.locator(".katex-error")).to_have_count(0)
    promised = [*step.shows, *EXPECTED[walk.name][step.title]]
    if (race := race_of_step(step)) is not None:
        promised += [lane.label for lane in race.result.lanes]

    def missing() -> list[str | re.Pattern[str]]:
        words = on_screen(walk.page).words
        return [each for each in promised if not is_said(each, words)]

    timeout = TRAINING_MS if step.page in TRAINS else TIMEOUT_MS
    try:
        eventually(missing, lambda left: not left, timeout)
    except AssertionError as error:
        raise AssertionError(f"{walk.place} has on the page: {on_screen(walk.page).words}") from error


def is_said(what: str | re.Pattern[str], words: str) -> bool:
    return spaced(what) in words if isinstance(what, str) else what.search(words) is not None


def has_its_link(walk: Walk) -> None:
    """The page of the step's link, with all of its settings."""
    codec = codecs()[walk.step.page]
    link = codec.write(codec.read(walk.step.query)[0])
    eventually(lambda: query(walk.page), lambda now: link.items() <= now.items())
    assert walk.page.evaluate("location.pathname") == f"/{walk.step.page}"
    expect(walk.page.locator("[data-testid=stException]")).to_have_count(0)


def control(walk: Walk, name: str) -> Locator:
    """The control of a setting; one that was replaced has a number behind its name."""
    key = f"st-key-{walk.step.page}-{re.sub('[^a-zA-Z0-9_-]', '-', name)}"
    return walk.page.locator(f'.{key}, [class*="{key}-"]').first


def has_its_controls(walk: Walk) -> None:
    """What is pointed at has a frame; what is left out is not there, what is held fast cannot be moved."""
    step = walk.step
    for name in (*step.show, *step.point, *step.lock):
        expect(control(walk, name)).to_be_visible()
    for name in step.point:
        expect(control(walk, name)).to_have_css("outline-color", css(ORANGE))
    for name in step.hide:
        expect(control(walk, name)).to_have_count(0)
    for name in step.lock:
        held = control(walk, name).locator("input, button:not([aria-label^='Help for'])").first
        expect(held).to_be_disabled()


def has_its_pictures(walk: Walk) -> None:
    """All that the page draws is drawn."""
    step = walk.step
    part = step.query.get("sight") or step.query.get("part") or step.query.get("view")
    wanted = PICTURES[each] if (each := f"{step.page} {part}") in PICTURES else PICTURES[step.page]

    def missing() -> list[str]:
        shown = on_screen(walk.page)
        left = [f"{count} {kind} {name}" for kind, name, count in wanted if shown.drawn(kind, name) < count]
        return [*left, "a first report"] if step.page == "training" and "No report yet" in shown.words else left

    try:
        eventually(missing, lambda left: not left, TRAINING_MS if step.page in TRAINS else TIMEOUT_MS)
    except AssertionError as error:
        raise AssertionError(f"{walk.place} has drawn {on_screen(walk.page).pictures}") from error


@pytest.mark.parametrize("name", LONG)
def test_every_step_has_on_the_screen_what_it_says(
    url: str, open_page: OpenPage, name: str, stop_training: Callable[[], None]
) -> None:
    lesson = read_lesson(lesson_file(name), PageLinks())
    assert list(EXPECTED[name]) == [step.title for step in lesson.steps]
    page = open_page(f"{url}/lesson?lesson={name}&step=1")
    wrong = []  # one step that fails hides none behind it
    for number in range(1, len(lesson.steps) + 1):
        walk = Walk(page, name, lesson, number)
        arrive(walk)
        try:
            if walk.step.question is not None:
                answer(walk)
            for has_its in (has_its_words, has_its_link, has_its_controls, has_its_pictures):
                has_its(walk)
            fits(page)
        except (AssertionError, Error) as error:
            wrong.append(f"{walk.place}, {walk.step.title}: {error}")
        stop_training()
    assert not wrong, "\n".join(wrong)
    expect(page.locator(PANEL).get_by_role("button", name="Next")).to_be_disabled()
