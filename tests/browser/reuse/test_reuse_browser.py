"""The page of reuse as a person uses it: a small study, trained and kept; a run that begins with another's weights."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import TRAINING_MS, OpenPage, eventually, fits, query, settle

PICTURES = ".js-plotly-plot"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_study_is_trained_and_kept_and_fits(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    page = open_page("/reuse?part=tasks&seeds=1&width=3&rows=10", phone=True, color_scheme=theme)
    begin = page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True)
    verdict = page.get_by_text(re.compile("with a network of its own"))
    expect(begin.or_(verdict).first).to_be_visible()  # the first of the two themes has trained it
    if theme == "light":
        begin.click()
    expect(verdict.first).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(3)
    settle(page)
    fits(page)
    page.reload()
    expect(page.locator(PICTURES)).to_have_count(3)
    expect(begin).to_have_count(0)


def test_a_run_is_the_start_of_another_whose_first_layer_stands_still(open_page: OpenPage) -> None:
    page = open_page("/training?data.size=120&budget.epochs=4&watch.pictures=false")
    train = page.get_by_test_id("stSidebar").get_by_role("button", name="Train", exact=True)
    train.click()
    expect(page.get_by_role("link", name="Its loss surface")).to_be_visible(timeout=TRAINING_MS)
    first = query(page)["run"]
    page.get_by_text("Go on from a checkpoint, train on, test").click()
    page.get_by_role("button", name="Start another from this one").click()
    eventually(lambda: query(page).get("reuse.run"), lambda run: run == first)
    settle(page)
    train.click()
    eventually(lambda: query(page)["run"], lambda run: run != first)
    expect(page.get_by_role("link", name="Its loss surface")).to_be_visible(timeout=TRAINING_MS)
