"""The normalization page as a person uses it: parts, sliders, links, both themes, a phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from experiments.normalization.settings import PARTS, PRESETS
from tests.browser.pages import OpenPage, settle


def pictures(page: Page) -> Locator:
    return page.locator(".js-plotly-plot .main-svg:first-child")


def drawn(page: Page) -> str:
    """All paths of the first picture; they change when it does."""
    expect(pictures(page).first).to_be_visible()
    return page.locator(".js-plotly-plot").first.evaluate(
        "plot => [...plot.querySelectorAll('path')].map(path => path.getAttribute('d')).join()"
    )


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_slider_moves_picture_and_link_and_the_link_shows_the_same(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    before = drawn(page)
    expect(page.get_by_text("only whitening suffices")).to_be_visible()
    slider = page.get_by_role("slider", name="Correlation of the features")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"correlation=-0\.99"))
    page.wait_for_function("old => [...document.querySelector('.js-plotly-plot').querySelectorAll('path')]"
                           ".map(path => path.getAttribute('d')).join() !== old", arg=before)  # fmt: skip
    settle(page)
    sentence = page.get_by_text("The condition number is").inner_text()
    again = open_page(page.url[page.url.index("/normalization") :])
    expect(again.get_by_text("The condition number is")).to_have_text(sentence)
    assert drawn(again) == drawn(page)


def test_parts_and_presets_are_chosen_and_kept_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    expect(pictures(page)).to_have_count(6)
    page.get_by_role("radio", name="Layers").or_(page.get_by_role("button", name="Layers")).first.click()
    page.wait_for_url(re.compile("part=layers"))
    expect(pictures(page)).to_have_count(2)
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name=PRESETS["sorted"].title, exact=True).click()
    page.wait_for_url(re.compile("companions=similar"))
    expect(page.get_by_text(PRESETS["sorted"].look_for)).to_be_visible()
    settle(page)
    assert query(page) == PRESETS["sorted"].query
    page.go_back()
    page.wait_for_url(re.compile("part=layers"))
    expect(pictures(page)).to_have_count(2)


def test_junk_in_a_link_is_told_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/normalization?part=<b>no</b>&correlation=2&w1=1e9")
    text = " ".join(page.get_by_role("alert").all_inner_texts())
    assert "<b>no</b>" in text
    assert "correlation was given '2'" in text
    assert "w1 was given '1e9'" in text
    expect(pictures(page)).to_have_count(6)


def test_every_part_fits_a_phone_in_the_dark(open_page: OpenPage) -> None:
    for part in PARTS:
        page = open_page(f"/normalization?part={part}", phone=True, color_scheme="dark")
        expect(pictures(page).first).to_be_visible()
        assert overflow(page) <= 0
        ink = page.locator(".js-plotly-plot text").first.evaluate("text => getComputedStyle(text).fill")
        assert min(int(number) for number in re.findall(r"\d+", ink)[:3]) > 140
        page.close()


def test_a_link_leads_to_a_race_on_a_bowl_of_the_same_condition(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    page.get_by_role("link", name="Race other optimizers").click()
    page.wait_for_url(re.compile(r"/descent.*surface=elongated_bowl.*condition=188"))
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)
