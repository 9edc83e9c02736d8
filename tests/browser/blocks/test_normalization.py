"""The normalization page as a person uses it: parts, sliders, links, both themes, a phone."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from experiments.normalization.settings import PARTS, PRESETS
from figures.theme import DARK, LIGHT, Shades, rgb
from tests.browser.pages import OpenPage, at_rest, choose, eventually, fits, land, query, settle


def pictures(page: Page) -> Locator:
    return page.locator(".js-plotly-plot .main-svg:first-child")


def paths(page: Page) -> str:
    """All paths of the first picture as it stands; they change when it does."""
    expect(pictures(page).first).to_be_visible()
    return page.locator(".js-plotly-plot").first.evaluate(
        "plot => [...plot.querySelectorAll('path')].map(path => path.getAttribute('d')).join()"
    )


def test_a_slider_moves_picture_and_link_and_the_link_shows_the_same(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    before = at_rest(lambda: paths(page))
    expect(page.get_by_text("only whitening suffices")).to_be_visible()
    slider = page.get_by_role("slider", name="Correlation of the features")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"correlation=-0\.99"))
    again = open_page(page.url[page.url.index("/normalization") :])
    eventually(lambda: (paths(page), paths(again)), lambda both: both[0] == both[1] != before)
    sentences = [one.get_by_text("The condition number is") for one in (page, again)]
    eventually(lambda: [one.inner_text() for one in sentences], lambda told: told[0] == told[1])


def test_parts_and_presets_are_chosen_and_kept_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    expect(pictures(page)).to_have_count(6)
    page.get_by_role("radio", name="Layers").or_(page.get_by_role("button", name="Layers")).first.click()
    page.wait_for_url(re.compile("part=layers"))
    expect(pictures(page)).to_have_count(2)
    choose(page.get_by_role("combobox", name="Preset"), PRESETS["sorted"].title)
    page.wait_for_url(re.compile("companions=similar"))
    expect(page.get_by_text(PRESETS["sorted"].look_for)).to_be_visible()
    eventually(lambda: query(page), lambda address: address == PRESETS["sorted"].query)
    page.reload()
    expect(page.get_by_text(PRESETS["sorted"].look_for)).to_be_visible()
    eventually(lambda: query(page), lambda address: address == PRESETS["sorted"].query)


def test_junk_in_a_link_is_told_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/normalization?part=<b>no</b>&correlation=2&w1=1e9")
    for told in ("<b>no</b>", "correlation was given '2'", "w1 was given '1e9'"):
        expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(pictures(page)).to_have_count(6)


def test_every_part_fits_a_phone_in_the_dark(open_page: OpenPage) -> None:
    for part in PARTS:
        page = open_page(f"/normalization?part={part}", phone=True, color_scheme="dark")
        expect(pictures(page).first).to_be_visible()
        text = page.locator(".js-plotly-plot text").first
        eventually(
            lambda text=text: re.findall(r"\d+", text.evaluate("text => getComputedStyle(text).fill"))[:3],
            lambda ink: len(ink) == 3 and min(map(int, ink)) > 140,
        )
        fits(page)
        page.close()


def test_a_link_leads_to_a_race_on_a_bowl_of_the_same_condition(open_page: OpenPage) -> None:
    page = open_page("/normalization")
    page.get_by_role("link", name="Race other optimizers").click()
    page.wait_for_url(re.compile(r"/descent.*surface=elongated_bowl.*condition=188"))
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def taken(page: Page, label: str) -> tuple[str, bytes]:
    """The name and the bytes of a file of the menu that is open."""
    with page.expect_download() as download:
        land(page.get_by_role("button", name=label, exact=True))
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(("scheme", "shades"), [("light", LIGHT), ("dark", DARK)])
def test_each_picture_is_taken_away_in_the_size_of_a_slide(
    open_page: OpenPage, scheme: Literal["light", "dark"], shades: Shades
):
    page = open_page("/normalization?part=layers", color_scheme=scheme)
    expect(pictures(page)).to_have_count(2)
    page.get_by_role("button", name="Take away").click()
    name, data = taken(page, "Which cells share statistics, PNG")
    assert name == "normalization-kinds.png"
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (1920, 1080)
        assert picture.convert("RGB").getpixel((2, 2)) == rgb(shades.background)
        assert len(picture.convert("RGB").getcolors(1920 * 1080) or []) > 50
    name, data = taken(page, "Which cells share statistics, SVG")
    assert name == "normalization-kinds.svg"
    words = {text.text for text in ElementTree.fromstring(data).iter("{http://www.w3.org/2000/svg}text")}
    assert {"Layer", "Group"} <= words
    # What the page has no more, as where another part comes under the open menu, is told, and is no error.
    page.locator(".st-key-picture-normalization-kinds").evaluate("gone => gone.remove()")
    land(page.get_by_role("button", name="Which cells share statistics, PNG", exact=True))
    expect(page.get_by_text("not on the page any more")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(", PNG$"))).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/activations", 2),
        ("/activations?view=two", 2),
        ("/initialization", 3),
        ("/losses", 1),
        ("/losses?part=classification", 2),
        ("/losses?part=cross_entropy", 2),
        ("/derivatives", 3),
        ("/derivatives?view=cubic", 2),
    ],
)
def test_other_pages_offer_their_pictures_the_same_way(open_page: OpenPage, path: str, count: int):
    page = open_page(path)
    expect(page.locator("[class*=st-key-picture-] .js-plotly-plot")).to_have_count(count)
    page.get_by_role("button", name="Take away").click()
    offered = page.get_by_role("button", name=re.compile(", PNG$"))
    expect(offered).to_have_count(count)
    _, data = taken(page, offered.first.get_attribute("aria-label") or "")
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (1920, 1080)
        assert len(picture.convert("RGB").getcolors(1920 * 1080) or []) > 50
