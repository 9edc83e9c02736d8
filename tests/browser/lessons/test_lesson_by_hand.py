"""A lesson as a student goes through it: keys, questions, controls, a step aside and back; and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from experiments.lessons import lesson_file, read_lesson
from tests.browser.lessons.keys import press_on
from tests.browser.pages import OpenPage, eventually, fits, land, query, settle, visit

LESSON = read_lesson(lesson_file("downhill"), None)


def panel(page: Page) -> Locator:
    return page.locator(".st-key-lesson-panel")


def at_step(page: Page, number: int) -> None:
    """The address names the step, and its title is beside the page."""
    eventually(lambda: query(page).get("lesson"), lambda place: place == f"downhill.{number}")
    expect(panel(page).get_by_role("heading", name=LESSON.steps[number - 1].title)).to_be_visible()
    settle(page)


def go_on(page: Page, number: int) -> None:
    """To the next step, by the keys."""
    press_on(page)
    at_step(page, number)


def choose(page: Page, answer: str) -> None:
    land(page.get_by_test_id("stMain").get_by_text(answer, exact=True))
    button = page.get_by_role("button", name="That is my answer")
    expect(button).to_be_enabled()
    land(button)


def test_a_short_lesson_is_walked_through(open_page: OpenPage) -> None:
    page = open_page("/lesson?lesson=downhill")
    land(page.get_by_role("link", name="Begin"))
    at_step(page, 1)
    expect(page.locator(".st-key-line-steps")).to_be_visible()
    expect(page.locator(".st-key-line-seed")).to_have_count(0)
    land(panel(page).get_by_role("button", name="Next"))
    at_step(page, 2)
    expect(page.locator(".dl-map")).to_have_count(0)
    choose(page, "SGD, rate 1")
    expect(panel(page).get_by_text("You were right.")).to_be_visible()
    expect(page.locator(".dl-map").first).to_be_visible()
    land(panel(page).get_by_role("button", name="Next"))
    at_step(page, 3)
    land(panel(page).get_by_role("button", name="Next"))
    at_step(page, 4)
    choose(page, "It diverges")
    expect(panel(page).get_by_text("You chose It diverges.")).to_be_visible()
    land(panel(page).get_by_role("button", name="Next"))
    at_step(page, 5)
    land(panel(page).get_by_role("button", name="Next"))
    at_step(page, 6)
    picture = page.locator(".dq-stage")
    expect(picture.locator("img")).to_be_visible()
    land(picture)
    answer = page.get_by_role("button", name="That is my answer")
    expect(answer).to_be_enabled()
    land(answer)
    expect(panel(page).get_by_text(re.compile(r"You pointed at .*SGD ends at \(\u22121.31, 1.71\)"))).to_be_visible()
    expect(panel(page).get_by_role("img", name="Your guess beside what happened")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Next")).to_be_disabled()


def test_keys_go_on_and_a_step_aside_leads_back(open_page: OpenPage) -> None:
    page = open_page("/line?surface=double_well&o1=sgd&o1.lr=0.015&steps=150&lesson=downhill.5")
    at_step(page, 5)
    go_on(page, 6)
    visit(page, "Lessons")
    expect(page.get_by_role("link", name="Downhill, step by step")).to_be_visible()
    visit(page, "Derivatives")
    land(page.get_by_role("button", name="Back to the lesson"))
    at_step(page, 6)
    land(panel(page).get_by_role("button", name="Leave"))
    expect(panel(page)).to_have_count(0)
    assert "lesson" not in eventually(lambda: query(page), lambda now: "lesson" not in now)


def test_on_a_phone_the_step_is_folded_above_the_page(open_page: OpenPage) -> None:
    page = open_page("/line?surface=double_well&o1=sgd&o1.lr=0.015&steps=150&lesson=downhill.5", phone=True)
    bar = page.locator(".st-key-lesson-bar")
    words = bar.get_by_text("Downhill is not always down far enough.")
    expect(bar.get_by_role("button", name="Back")).to_be_visible()
    expect(words).to_be_hidden()
    land(bar.get_by_text("5 of 6: Two wells"))
    expect(words).to_be_visible()
    fits(page)
    land(bar.get_by_role("button", name="Next"))
    eventually(lambda: query(page).get("lesson"), lambda place: place == "downhill.6")
    stage = page.locator(".dq-stage")
    expect(stage.locator("img")).to_be_visible()
    fits(page)
    stage.press("ArrowDown")
    expect(page.get_by_role("button", name="That is my answer")).to_be_enabled()
