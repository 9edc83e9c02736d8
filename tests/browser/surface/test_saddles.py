"""Saddles and scaling laws as a person uses them: a study that is begun, watched, stopped and gone on with; phone."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import TRAINING_MS, OpenPage, eventually, fits, query, settle

PICTURES = "[data-testid=stMain] .js-plotly-plot"


def test_random_matrices_are_there_at_once_and_the_link_follows(open_page: OpenPage) -> None:
    page = open_page("/surface?part=saddles&source=matrices&n=16")
    expect(page.locator(PICTURES)).to_have_count(3)
    expect(page.get_by_text("matrices have no negative eigenvalue")).to_be_visible()
    settle(page)
    page.get_by_test_id("stMain").get_by_role("radio", name="Around runs").click()
    eventually(lambda: query(page), lambda link: "part" not in link)


def test_a_study_waits_to_be_begun_is_stopped_and_goes_on_to_its_end(open_page: OpenPage) -> None:
    page = open_page("/surface?part=saddles&seed=77")
    page.get_by_role("button", name="Look for them").click()
    page.get_by_role("button", name="Stop").click(timeout=TRAINING_MS)
    again = page.get_by_role("button", name="Go on").or_(page.get_by_role("button", name="Look for them"))
    again.click(timeout=TRAINING_MS)
    expect(page.get_by_text("have correlation")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_saddles_fit(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    page = open_page("/surface?part=saddles&source=matrices&n=16&height=-1", phone=True, color_scheme=theme)
    expect(page.locator(PICTURES)).to_have_count(3)
    settle(page)
    fits(page)


def test_scaling_of_own_settings_waits_for_a_hand(open_page: OpenPage) -> None:
    page = open_page("/generalization?part=scaling&seed=77", phone=True)
    expect(page.get_by_role("button", name="Train them")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    settle(page)
    fits(page)
