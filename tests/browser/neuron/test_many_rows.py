"""Many rows on the page of the neuron: both axes, by mouse and by keyboard, link, junk, files and a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from experiments.neuron import ManyRows, many_rows_sentences, solved
from tests.browser.pages import OpenPage, fits, query, settle

SMALL = "m.rows=1000&m.features=10&m.epochs=5"


def axis_title(page: Page) -> str:
    return page.locator(".xtitle").first.text_content() or ""


@pytest.mark.parametrize(("phone", "theme"), [(False, "light"), (True, "dark")])
def test_one_switch_changes_the_axis_and_both_halves_are_said(
    open_page: OpenPage, phone: bool, theme: Literal["light", "dark"]
) -> None:
    page = open_page(f"/neuron?part=many&{SMALL}", phone=phone, color_scheme=theme)
    expect(page.locator(".xtitle").first).to_have_text("iteration")
    for sentence in many_rows_sentences(solved(ManyRows(rows=1000, features=10, epochs=5))):
        expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("radio", name="By epoch").click()
    page.wait_for_url(re.compile(r"m\.axis=epoch"))
    expect(page.locator(".xtitle").first).to_have_text("epoch: passes over all rows")
    fits(page)
    page.reload()
    settle(page)
    expect(page.locator(".xtitle").first).to_have_text("epoch: passes over all rows")


def test_a_slider_moved_by_keys_is_in_the_link_and_in_the_words(open_page: OpenPage) -> None:
    page = open_page(f"/neuron?part=many&{SMALL}")
    slider = page.get_by_role("slider", name="Epochs")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"m\.epochs=6"))
    expect(page.get_by_text("By iteration all rows lead: after 6 steps")).to_be_visible()


def test_junk_in_the_link_is_told_and_the_rest_is_taken(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=many&m.rows=10000000&m.features=10&m.epochs=5&m.noise=<b>much</b>")
    for name in ("m.rows", "m.noise"):
        expect(page.get_by_role("alert").filter(has_text=name)).to_be_visible()
    expect(page.get_by_text("10 weights")).to_be_visible()
    assert query(page)["m.features"] == "10"


def test_the_script_and_the_numbers_can_be_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(f"/neuron?part=many&{SMALL}")
    expect(page.locator(".xtitle").first).to_be_visible()
    page.get_by_role("button", name="Take away").click()
    for name, within in (("Script, NumPy", "class ManyRows"), ("Numbers of the pictures, CSV", "One row a step")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        waiting.value.save_as(tmp_path / "file")
        assert within in (tmp_path / "file").read_text(encoding="utf-8")
