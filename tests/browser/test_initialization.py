"""The initialization page as a person uses it."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage

SMALL = "/initialization?n=1&width=64&samples=100"


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def numbers(page: Page) -> list[str]:
    """The spreads written beside the histograms."""
    texts = page.locator(".js-plotly-plot").first.locator(".scatterlayer .textpoint")
    expect(texts.first).to_be_attached(timeout=60_000)
    return texts.all_text_contents()


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_a_slider_moves_the_picture_and_the_link_measures_the_same_again(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    before = numbers(page)
    slider = page.get_by_role("slider", name="Scale of set-up 1")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"s1\.scale=0\.015"))
    again = open_page(page.url[page.url.index("/initialization") :])
    opened = numbers(again)
    assert len(opened) == 10
    assert opened != before
    texts = page.locator(".js-plotly-plot").first.locator(".scatterlayer .textpoint")
    expect(texts).to_have_text(opened, timeout=60_000)


def test_a_click_on_the_edge_of_chaos_sets_both_spreads(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    numbers(page)
    plane = page.locator(".js-plotly-plot").nth(2).locator(".nsewdrag").first
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.75 * box["height"])
    page.wait_for_url(re.compile(r"s1\.gain="))
    assert query(page)["s1.initializer"] == "lecun_normal"
    assert float(query(page)["s1.gain"]) == pytest.approx(1.55, abs=0.15)
    assert float(query(page)["s1.bias"]) == pytest.approx(0.5, abs=0.15)
    expect(page.get_by_text("Tanh, LeCun normal", exact=False).first).to_be_visible(timeout=60_000)


def test_a_large_set_up_shows_progress_and_gives_way_to_the_next_drag(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    numbers(page)
    page.goto(page.url.replace("width=64", "width=2048").replace("samples=100", "depth=100"))
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("100 layers of 2,048 units")).to_be_visible(timeout=60_000)
    slider = page.get_by_role("slider", name="Units of a layer")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"width=8\b"))
    expect(page.get_by_text("100 layers of 2,048 units")).not_to_be_visible(timeout=20_000)
    assert len(numbers(page)) > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone_at_depth_fifty(open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    page = open_page("/initialization?n=2&width=32&samples=100&depth=50", phone=True, color_scheme=scheme)
    assert len(numbers(page)) > 20
    assert overflow(page) <= 0
    title = page.locator(".js-plotly-plot text:is(.xtitle, .x2title, .ytitle)").first
    expect(title).to_be_attached(timeout=30_000)
    assert (
        title.evaluate("node => getComputedStyle(node).fill")
        == {"light": "rgb(31, 36, 48)", "dark": "rgb(232, 234, 237)"}[scheme]
    )
