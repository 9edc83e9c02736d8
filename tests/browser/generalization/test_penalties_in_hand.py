"""Augmentation and penalties as a person uses them: sliders, another draw, training, links, files, a phone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import TRAINING_MS, OpenPage, box_of, eventually, fits, land, query, settle

PICTURES = ".js-plotly-plot"


def test_images_move_with_a_slider_and_are_drawn_again(open_page: OpenPage) -> None:
    page = open_page("/generalization?part=augmentation&seed=5")  # no preset: nothing is trained
    images = page.locator(f"{PICTURES} image").first
    expect(images).to_be_visible()
    first = images.get_attribute("href")
    page.get_by_role("button", name="Draw again").click()
    eventually(lambda: query(page).get("draw"), lambda draw: draw == "1")
    drawn = eventually(lambda: images.get_attribute("href"), lambda now: now != first)
    slider = page.get_by_test_id("stSidebar").get_by_role("slider", name="Rotation (degrees)")
    slider.focus()
    slider.press("End")
    eventually(lambda: query(page).get("rotation"), lambda degrees: degrees == "180")
    eventually(lambda: images.get_attribute("href"), lambda now: now != drawn)
    expect(page.get_by_text("a 6 is a 9")).to_be_visible()
    expect(page.get_by_role("button", name="Train with and without")).to_be_visible()


def test_penalties_are_trained_and_their_numbers_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/generalization?part=penalties&on=line&penalties=l2&strength=2&seed=7")
    page.get_by_role("button", name="Train them").click()
    expect(page.locator(PICTURES)).to_have_count(2, timeout=TRAINING_MS)
    expect(page.get_by_role("rowheader", name="No penalty")).to_be_visible()
    settle(page)
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)  # the table moves in its frame
    assert size is not None
    page.set_viewport_size(size)
    page.get_by_role("button", name="Take away").click()
    link = page.get_by_role("button", name="Numbers of the pictures, CSV")
    with page.expect_download() as waiting:
        land(link)
    file = tmp_path / "numbers.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["picture"] for row in rows} == {"penalties.none", "penalties.l2"}
    assert "validation loss" in {row["name"] for row in rows}
    page.reload()  # it is there at once, for everybody
    expect(page.locator(PICTURES)).to_have_count(2)
    expect(page.get_by_role("button", name="Train them")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_grid_fits(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    page = open_page("/generalization?part=augmentation&seed=5&policy=svhn", phone=True, color_scheme=theme)
    expect(page.locator(f"{PICTURES} image").first).to_be_visible()
    settle(page)
    fits(page)
    # Six rows of eight: hardly higher than the images are.
    eventually(lambda: box_of(page.locator(PICTURES).first)["height"], lambda height: height < 310)
