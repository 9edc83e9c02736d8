"""What is in view at the sizes of projectors, phones and desks, and what the link says of size and theme."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage, at_rest, box_of, eventually, fits, land, query, settle

STILL: dict[str, Any] = {"reduced_motion": "reduce"}


def drawn(page: Page) -> None:
    expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
    settle(page)
    at_rest(lambda: box_of(page.locator(".dl-transport")))


def whole(page: Page, selector: str) -> None:
    """All of an element is in view."""
    expect(page.locator(selector).first).to_be_in_viewport(ratio=0.95)


SIZES = ((960, 540), (1280, 720), (1280, 800), (1920, 1080))


@pytest.mark.parametrize("link", ["/descent", "/descent?screen=large", "/descent?v.picture=3d", "/line"])
def test_picture_controls_and_the_first_sentence_are_in_view_and_the_picture_grows(
    open_page: OpenPage, link: str
) -> None:
    """A window that grows and one that is opened large show the same."""
    picture = ".dl-relief" if "3d" in link else ".dl-map"
    page = open_page(link, size=SIZES[0], **STILL)

    def look() -> float:
        drawn(page)
        whole(page, picture)
        whole(page, ".dl-transport")
        expect(page.locator("[data-testid=stMain] li").first).to_be_in_viewport(ratio=0.6)
        return at_rest(lambda: box_of(page.locator(picture).first)["height"])

    heights = {SIZES[0]: look()}
    for width, height in SIZES[1:]:
        page.set_viewport_size({"width": width, "height": height})
        heights[width, height] = look()
    page.reload()
    opened = look()
    assert opened == heights[SIZES[-1]]
    if link == "/descent":
        assert opened > 1.5 * heights[1280, 720]


def test_a_phone_on_its_side_shows_the_picture_first(open_page: OpenPage) -> None:
    page = open_page("/descent", phone=True, size=(844, 390), **STILL)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    drawn(page)
    whole(page, ".dl-map")
    whole(page, ".dl-transport")


@pytest.mark.parametrize("link", ["/maps", "/normalization", "/descent?screen=large"])
def test_low_windows_are_not_narrower_than_their_page(open_page: OpenPage, link: str) -> None:
    """The first line of a page, and the bar below a race, have a second row where one is too short."""
    page = open_page(link, **STILL)
    for width, height in ((1024, 500), (844, 390), (640, 500)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        at_rest(lambda: box_of(page.locator(".st-key-page-head")))
        fits(page)


def test_a_phone_has_rates_beside_the_picture(open_page: OpenPage) -> None:
    page = open_page("/descent", phone=True, **STILL)
    drawn(page)
    rate = page.get_by_role("slider", name="Adam: rate")
    expect(page.locator(".st-key-beside-picture")).to_be_in_viewport(ratio=0.95)
    whole(page, ".dl-map")
    rate.focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: query(page), lambda now: any(name.endswith(".lr") for name in now))
    fits(page)


def test_the_drawer_of_a_phone_folds_when_a_page_is_chosen(open_page: OpenPage) -> None:
    page = open_page("/descent", phone=True, **STILL)
    drawn(page)
    drawer = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(drawer).to_have_attribute("data-collapsed", "false")
    land(drawer.get_by_role("link", name="Runs"))
    page.wait_for_url(re.compile("/runs"))
    expect(drawer).to_have_attribute("data-collapsed", "true")


@pytest.mark.parametrize("size", [(390, 844), (768, 1024)])
def test_nothing_of_the_landing_page_lies_over_anything(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("/", phone=True, size=size, **STILL)
    expect(page.locator(".dl-chip").first).to_be_visible()
    settle(page)
    fits(page)
    heading = page.get_by_role("heading", name="Watch a network train")
    chips = page.locator(".dl-legend")

    def apart() -> bool:
        above, below = box_of(chips), box_of(heading)
        return above["y"] + above["height"] <= below["y"]

    eventually(apart, bool)
    cut = "[...document.querySelectorAll('[class*=st-key-card-] a')].filter(a => a.scrollWidth > a.clientWidth).length"
    eventually(lambda: page.evaluate(cut), lambda count: count == 0)


def test_a_finger_finds_every_button_and_those_of_a_table_hide_nothing(open_page: OpenPage) -> None:
    page = open_page("/activations", phone=True, **STILL)
    settle(page)
    tools = page.get_by_test_id("stElementToolbar")
    expect(tools).to_be_visible()  # nothing hovers on a phone, so they always are
    buttons = ":is([data-testid^=stBaseButton], [data-testid=stPopoverButton], [data-variant])"
    small = f"""() => [...document.querySelectorAll('[data-testid=stMain] button{buttons}')]
        .map((each) => [each.textContent, each.getBoundingClientRect()])
        .filter(([, box]) => box.height && (box.height < 44 || box.width < 44)).map(([name]) => name)"""
    eventually(lambda: page.evaluate(small), lambda names: names == [])
    box, table = box_of(tools), box_of(page.get_by_test_id("stDataFrameResizable"))
    before = box_of(page.get_by_text("Bands hold nine of ten inputs"))
    assert before["y"] + before["height"] <= box["y"]
    assert box["y"] + box["height"] <= table["y"]
