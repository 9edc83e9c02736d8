"""A lesson made into one file and opened with no network; and a run's loss guessed before it is shown."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from experiments.lessons import Lesson, Question, Step, lesson_text
from pages.parts.lessons.taking import NARROW, WIDE
from tests.browser.pages import TRAINING_MS, OpenPage, eventually, fits, land, query, settle

RUN = {"data.size": "120", "budget.epochs": "8", "watch.pictures": "false", "optimizer.lr": "0.02"}
LESSON = Lesson(
    title="In a bag",
    minutes=5,
    audience="tests",
    steps=(
        Step(
            title="A race",
            page="line",
            query={"steps": "20"},
            text=r"With $\eta = 0.1$.",
            question=Question(kind="winner", ask="Who wins?"),
        ),
        Step(title="Curves", page="activations", text="Look."),
        Step(title="A map", page="maps", text="Look."),
        Step(title="A graph", page="derivatives", query={"view": "graph"}, text="Look."),
        Step(title="An outlier", page="losses", query={"part": "outlier"}, text="Look."),
        Step(title="A chord", page="neuron", query={"part": "convexity"}, text="Look."),
        Step(
            title="A run",
            page="training",
            query=RUN,
            text="Look.",
            question=Question(kind="curve", ask="How low does the loss end?"),
        ),
    ),
)


def test_a_lesson_is_asked_made_into_a_file_and_opened_without_a_network(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/lesson")
    text = {"name": "bag.md", "mimeType": "text/markdown", "buffer": lesson_text(LESSON).encode()}
    page.locator("input[type=file]").set_input_files([text])  # pyright: ignore[reportArgumentType]
    land(page.get_by_role("link", name="Open it"))
    name = eventually(lambda: query(page).get("lesson"), bool)
    guess_the_loss(open_page, str(name))
    page.reload()
    settle(page)
    land(page.get_by_text("Take it along: works without a network"))
    land(page.get_by_role("button", name="Make: One HTML file, offline"))
    save = page.get_by_role("button", name="Save: One HTML file, offline")
    expect(save).to_be_visible(timeout=TRAINING_MS)
    with page.expect_download() as download:
        land(save)
    file = tmp_path / "bag.html"
    download.value.save_as(file)
    for phone in (False, True):
        offline = open_page(file.as_uri(), phone=phone, color_scheme="dark" if phone else "light")
        offline.context.set_offline(True)
        walk(offline, wide=NARROW if phone else WIDE)


def guess_the_loss(open_page: OpenPage, name: str) -> None:
    """The last step: its run is trained unseen, its end is guessed with the keys, and told."""
    page = open_page(f"/lesson?lesson={name}&step=7")
    stage = page.locator(".dq-stage")
    expect(stage.locator("img")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator(".dl-live")).to_have_count(0)
    stage.press("ArrowDown")
    land(page.get_by_role("button", name="That is my answer"))
    told = page.locator(".st-key-lesson-panel")
    expect(told.get_by_text("The validation loss ends at")).to_be_visible()
    expect(told.get_by_role("img", name="Your guess beside what happened")).to_be_visible()
    expect(page.locator(".dl-live").first).to_be_visible()


SHOWN = (
    ".dl-player canvas",
    "figure img",
    ".dm-maps canvas",
    ".dl-graph svg",
    ".dz-losses .dz-plot",
    ".dz-losses .dz-plot",
    ".dl-live canvas",
)


def walk(page: Page, *, wide: int) -> None:
    """Every step shows what it has, once it was asked. wide: pixels for which a picture was drawn."""
    for number, selector in enumerate(SHOWN, 1):
        step = page.locator(f"#step-{number}")
        expect(step).to_be_visible()
        if LESSON.steps[number - 1].question is not None:
            expect(step.get_by_text("The picture comes with the answer.")).to_be_visible()
            expect(step.locator(selector)).to_have_count(0)
            step.locator("summary").first.click()
        shown = step.locator(selector).first
        expect(shown).to_be_visible()
        eventually(lambda shown=shown: (shown.bounding_box() or {"width": 0})["width"], lambda width: width > 200)
        fits(page)
        if selector == "figure img":
            assert shown.evaluate("image => image.complete && image.naturalWidth") == wide
        if number < len(SHOWN):
            page.locator("#next").click()
    expect(page.locator("#next")).to_be_disabled()
