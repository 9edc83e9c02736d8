"""The activations page as a person uses it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from figures.theme import DARK
from tests.browser.pages import OpenPage, at_rest, css, eventually, fits, hover_until, within


def line(page: Page, chart: int, number: int) -> str:
    """The shape of a line that Plotly has drawn; it changes when the curve does."""
    path = page.locator(".js-plotly-plot").nth(chart).locator(".scatterlayer .js-line").nth(number)
    expect(path).to_be_attached()
    return path.get_attribute("d") or ""


def test_a_slider_moves_its_curve_and_the_link_draws_it_again(open_page: OpenPage) -> None:
    page = open_page("/activations?n=2&f1=swish&f2=relu")
    before = at_rest(lambda: line(page, 0, 0))
    slider = page.get_by_role("slider", name=re.compile("beta"))
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"f1\.beta=1\.8"))
    again = open_page(page.url[page.url.index("/activations") :])
    opened = eventually(lambda: (line(page, 0, 0), line(again, 0, 0)), lambda lines: lines[0] == lines[1])
    assert opened[0] != before


def test_more_layers_leave_less_of_the_gradient(open_page: OpenPage) -> None:
    page = open_page("/activations")
    expect(page.get_by_text("Sigmoid: after 10 layers")).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("Layers"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"depth=15"))
    expect(page.get_by_text("Sigmoid: after 15 layers")).to_be_visible()


def test_the_pointer_reads_all_curves_at_one_input(open_page: OpenPage) -> None:
    page = open_page("/activations")
    line(page, 0, 0)
    plot = page.locator(".js-plotly-plot").first
    label = plot.locator(".hoverlayer .legend")
    hover_until(page, within(plot, 0.6, 0.2), label.is_visible)
    expect(label).to_contain_text("Sigmoid")
    expect(label).to_contain_text("GELU")
    expect(label).to_contain_text("slope")


@pytest.mark.parametrize("view", ["one", "two", "softmax"])
def test_nothing_is_wider_than_a_phone_and_dark_is_dark(open_page: OpenPage, view: str) -> None:
    page = open_page(f"/activations?view={view}", phone=True, color_scheme="dark")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    title = page.locator(".js-plotly-plot text:is(.xtitle, .x2title, .ytitle)").first
    expect(title).to_have_css("fill", css(DARK.text))
    fits(page)
