"""The page of loss surfaces as a person uses it: from a run to its surface, a preset, junk; phone and theme."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import TRAINING_MS, OpenPage, eventually, fits, query, settle

PICTURES = ".js-plotly-plot"


def test_from_a_trained_run_to_its_surface_and_the_plane_of_its_path(open_page: OpenPage) -> None:
    page = open_page("/training?data.size=120&budget.epochs=6")
    page.get_by_test_id("stSidebar").get_by_role("button", name="Train", exact=True).click()
    way = page.get_by_role("link", name="Its loss surface")
    expect(way).to_be_visible(timeout=TRAINING_MS)
    way.click()
    page.wait_for_url(re.compile("/surface"))
    settle(page)
    assert query(page)["runs"]
    expect(page.get_by_role("region", name="How sharp the loss is around each run")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(1)
    settle(page)
    page.reload()  # what was drawn is there at once, for everybody
    expect(page.locator(PICTURES)).to_have_count(1)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    settle(page)
    page.get_by_test_id("stMain").get_by_role("radio", name="validation loss").click()
    eventually(lambda: query(page).get("shown"), lambda shown: shown == "val_loss")
    expect(page.locator(PICTURES)).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_preset_is_trained_and_drawn_and_fits(
    open_page: OpenPage, theme: Literal["light", "dark"]
) -> None:
    page = open_page("/surface?preset=path&plane=path&points=17", phone=True, color_scheme=theme)
    expect(page.get_by_text(re.compile("of the path's variance"))).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(1)
    settle(page)
    fits(page)


def test_two_runs_on_a_phone_are_joined_by_a_line_and_a_curve_through_a_reload(open_page: OpenPage) -> None:
    page = open_page("/surface?preset=connected&plane=curve&points=17", phone=True)
    page.reload()  # in the middle of the runs, or of the curve
    settle(page)
    for way in (
        "The straight line climbs",
        "The trained curve meets no barrier",
        "The line after matching units climbs",
    ):
        expect(page.get_by_text(re.compile(way))).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("region", name="How sharp the loss is around each run")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    settle(page)
    expect(page.locator(PICTURES)).to_have_count(2)
    # The number at the end of the axis stands half beyond it, and Plotly leaves out what has no room.
    places = page.locator(PICTURES).nth(1).locator(".xtick text:visible")
    expect(places.first).to_have_text("0%")
    expect(places.last).to_have_text("100%")
    fits(page)


def test_junk_in_the_link_is_told(open_page: OpenPage) -> None:
    page = open_page("/surface?runs=gone&plane=cube&reach=x")
    expect(page.get_by_role("alert").filter(has_text="plane")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="no such run")).to_be_visible()
    eventually(lambda: query(page), lambda link: set(link) == {"runs"})
