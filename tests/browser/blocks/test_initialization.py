"""The initialization page as a person uses it."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from figures.theme import DARK, LIGHT
from tests.browser.pages import TRAINING_MS, OpenPage, at_rest, css, eventually, fits, hover_until, query, within

SMALL = "/initialization?n=1&width=64&samples=100"
ROWS = 10  # histograms of a set-up with so many layers


def numbers(page: Page) -> list[str]:
    """The spreads that are written beside the histograms so far."""
    return page.locator(".js-plotly-plot").first.locator(".scatterlayer .textpoint").all_text_contents()


def drawn(page: Page, count: int = ROWS) -> list[str]:
    """All of them, once so many stand there; Plotly draws them one by one."""
    return at_rest(lambda: eventually(lambda: numbers(page), lambda texts: len(texts) == count, TRAINING_MS))


def test_a_slider_moves_the_picture_and_the_link_measures_the_same_again(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    before = drawn(page)
    slider = page.get_by_role("slider", name="Scale of set-up 1")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"s1\.scale=0\.015"))
    again = open_page(page.url[page.url.index("/initialization") :])
    opened = drawn(again)
    assert opened != before
    eventually(lambda: numbers(page), lambda texts: texts == opened, TRAINING_MS)


def test_a_click_on_the_edge_of_chaos_sets_both_spreads(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    drawn(page)
    plot = page.locator(".js-plotly-plot").nth(2)
    plane = plot.locator(".nsewdrag").first
    plane.scroll_into_view_if_needed()
    place = within(plane, 0.5, 0.75)
    hover_until(page, place, plot.locator(".hoverlayer .hovertext").first.is_visible)
    page.mouse.click(*place())
    page.wait_for_url(re.compile(r"s1\.gain="))
    assert query(page)["s1.initializer"] == "lecun_normal"
    assert float(query(page)["s1.gain"]) == pytest.approx(1.55, abs=0.15)
    assert float(query(page)["s1.bias"]) == pytest.approx(0.5, abs=0.15)
    expect(page.get_by_text("Tanh, LeCun normal", exact=False).first).to_be_visible()


def test_a_large_set_up_shows_progress_and_gives_way_to_the_next_drag(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    drawn(page)
    page.goto(page.url.replace("width=64", "width=2048").replace("samples=100", "depth=100"))
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_text("shown are layers of 1,585 units for 2,048")).to_be_visible()
    expect(page.get_by_text("100 layers of 1,585 units")).to_be_visible(timeout=TRAINING_MS)
    slider = page.get_by_role("slider", name="Units of a layer")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"width=8\b"))
    expect(page.get_by_text("100 layers of 1,585 units")).not_to_be_visible()
    eventually(lambda: numbers(page), lambda texts: len(texts) > ROWS, TRAINING_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone_at_depth_fifty(open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    page = open_page("/initialization?n=2&width=32&samples=100&depth=50", phone=True, color_scheme=scheme)
    eventually(lambda: numbers(page), lambda texts: len(texts) > 20, TRAINING_MS)
    title = page.locator(".js-plotly-plot text:is(.xtitle, .x2title, .ytitle)").first
    expect(title).to_have_css("fill", css((DARK if scheme == "dark" else LIGHT).text))
    fits(page)
