"""The page of one neuron as a person uses it: numbers, sliders, rows, keys, links, files, a phone."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.neuron_page import NeuronCodec, ShownNeuron
from figures.theme import DARK
from tests.browser.pages import OpenPage, at_rest, css, eventually, fits, query, settle, visit

STILL: dict[str, Any] = {"reduced_motion": "reduce"}


def number(page: Page, symbol: str) -> Locator:
    """The number under a symbol."""
    symbols = page.locator(".dl-cells .dl-symbol").filter(has_text=re.compile(rf"^{re.escape(symbol)}"))
    return symbols.first.locator("xpath=following-sibling::output")


def state_of(page: Page) -> ShownNeuron:
    state, problems = NeuronCodec().read(query(page))
    assert problems == []
    return state


def drawn(page: Page) -> None:
    expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
    settle(page)


@pytest.mark.parametrize("link", ["", "?s.second=0", "?s.kind=perceptron", "?s.data=diabetes&s.kind=linear"])
def test_numbers_and_pictures_are_above_the_fold(open_page: OpenPage, link: str) -> None:
    page = open_page(f"/neuron{link}", **STILL)
    drawn(page)
    for selector in (".dl-cells", ".dl-sentence", ".dl-map", ".dl-transport"):
        expect(page.locator(selector)).to_be_in_viewport(ratio=0.95)
    for plot in page.locator(".dl-neuron-pictures .dl-plot").all():
        expect(plot).to_be_in_viewport(ratio=0.95)
    fits(page)


def test_rows_are_stepped_through_and_are_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/neuron", **STILL)
    drawn(page)
    expect(page.locator(".dl-row-name")).to_have_text("Row 1 of 100: versicolor")
    page.get_by_role("button", name="Row before").click()
    expect(page.locator(".dl-row-name")).to_have_text("Row 100 of 100: virginica")
    eventually(lambda: query(page).get("row"), lambda row: row == "100")
    told = number(page, "z").inner_text()
    again = open_page(f"/neuron?{urlencode(query(page))}", **STILL)
    expect(again.locator(".dl-row-name")).to_have_text("Row 100 of 100: virginica")
    expect(number(again, "z")).to_have_text(told)


def test_a_weight_is_moved_by_key_and_the_paths_begin_there(open_page: OpenPage) -> None:
    page = open_page("/neuron", **STILL)
    drawn(page)
    page.get_by_role("slider", name="Weight w₁").focus()
    page.keyboard.press("ArrowLeft")
    eventually(lambda: query(page).get("start"), bool)
    expect(page.locator(".dl-counter")).to_have_text(re.compile(r"step\s+0 / 200"))
    eventually(lambda: query(page).get("v.step"), lambda step: step == "0")
    assert state_of(page).race.start[0] != -5
    expect(number(page, "w₁")).not_to_have_text("\N{MINUS SIGN}5")


def test_play_and_scrub_move_numbers_and_boundary_together(open_page: OpenPage) -> None:
    page = open_page("/neuron", **STILL)
    drawn(page)
    page.locator(".dl-player").focus()
    end = number(page, "w₁").inner_text()
    page.keyboard.press("Home")
    expect(number(page, "w₁")).to_have_text("\N{MINUS SIGN}5")
    told = page.locator(".dl-neuron-pictures canvas").first
    expect(told).to_have_attribute("aria-label", re.compile("at step 0;"))
    page.keyboard.press("End")
    expect(number(page, "w₁")).to_have_text(end)
    expect(told).to_have_attribute("aria-label", re.compile("at step 200; 9. of 100 rows"))


def test_the_bias_that_is_let_go_is_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/neuron", **STILL)
    drawn(page)
    page.get_by_role("slider", name="Bias b").last.fill("2")
    eventually(lambda: query(page).get("s.offset"), lambda offset: offset == "2")


def test_another_kind_and_other_rows_are_chosen_in_the_menus(open_page: OpenPage) -> None:
    page = open_page("/neuron", **STILL)
    drawn(page)
    page.get_by_role("combobox", name="Neuron and loss").click()
    page.get_by_role("option", name="tanh, squared error").click()
    expect(page.locator(".dl-symbol").filter(has_text="ŷ = tanh z")).to_be_visible()
    eventually(lambda: query(page).get("s.kind"), lambda kind: kind == "tanh")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_the_picture_first_and_everything_fits(open_page: OpenPage, scheme: Any) -> None:
    page = open_page("/neuron", phone=True, color_scheme=scheme, **STILL)
    drawn(page)
    fits(page)
    order = [page.locator(each).bounding_box() for each in (".dl-map", ".dl-transport", ".dl-cells", ".dl-charts")]
    tops = [box["y"] for box in order if box is not None]
    assert tops == sorted(tops)
    assert len(tops) == 4
    for cell in page.locator(".dl-cell:not(.dl-names)").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    slider = page.get_by_role("slider", name="Weight w₁").bounding_box()
    assert slider is not None
    assert slider["height"] >= 44
    if scheme == "dark":
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", css(DARK.background))


def test_a_link_with_nonsense_says_so_and_shows_the_page(open_page: OpenPage) -> None:
    page = open_page("/neuron?row=-7&s.kind=magic&part=x&s.first=nan&zz=1", **STILL)
    drawn(page)
    for words in ("row was given", "s.kind was given", "part was given", "s.first was given", "'zz' is not"):
        expect(page.get_by_text(words)).to_be_visible()


def test_the_numbers_of_every_row_can_be_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/neuron?o1=sgd&o1.lr=1&steps=20", **STILL)
    drawn(page)
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers of every row, CSV").click()
    path = tmp_path / "rows.csv"
    download.value.save_as(path)
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 100
    told = at_rest(lambda: number(page, "z").inner_text()).replace("\N{MINUS SIGN}", "-")
    assert float(table[0]["z"]) == pytest.approx(float(told), rel=6e-3)


def test_the_surface_opens_on_the_pages_of_descent_and_maps(open_page: OpenPage) -> None:
    page = open_page("/neuron?s.kind=tanh&o1=adam&o1.lr=0.1&steps=50", **STILL)
    drawn(page)
    for name, path in (("The same race on its surface", "descent"), ("Where every start ends", "maps")):
        link = page.get_by_role("link", name=name).get_attribute("href")
        assert link is not None
        there = open_page(link if link.startswith("/") else f"/{link}", **STILL)
        assert f"/{path}" in there.url
        assert query(there)["surface"] == "neuron"
        assert query(there)["s.kind"] == "tanh"
        expect(there.get_by_text("is not a parameter")).to_have_count(0)


def test_a_table_of_ones_own_is_learned_and_one_that_is_none_is_told_of(open_page: OpenPage, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    lines = [f"{150 + i},{50 + (i * 7) % 30},{'tall' if i > 12 else 'small'}" for i in range(24)]
    table.write_text("height,weight,size\n" + "\n".join(lines), encoding="utf-8")
    junk = tmp_path / "junk.csv"
    junk.write_text("a,b\n1,2\n3,4,5,6\n", encoding="utf-8")
    page = open_page("/neuron?o1=sgd&o1.lr=0.1&steps=50", **STILL)
    drawn(page)
    page.get_by_text("Your own CSV", exact=True).click()
    upload = page.locator("input[type=file]")
    expect(upload).to_have_count(1)
    upload.set_input_files(junk)
    expect(page.get_by_text("junk.csv was not taken, line 3")).to_be_visible()
    assert "file" not in query(page)
    expect(page.locator(".dl-row-name")).to_have_text("Row 1 of 100: versicolor")
    upload.set_input_files(table)
    expect(page.locator(".dl-row-name")).to_have_text("Row 1 of 24: small")
    eventually(lambda: query(page).get("file"), bool)
    expect(page.get_by_role("slider", name="x₂, weight of the row")).to_be_attached()
    again = open_page(f"/neuron?{urlencode(query(page))}", **STILL)
    expect(again.locator(".dl-row-name")).to_have_text("Row 1 of 24: small")


def test_every_page_is_two_clicks_away(open_page: OpenPage) -> None:
    page = open_page("/descent", size=(1024, 768), **STILL)
    drawn(page)
    visit(page, "Neuron")
    page.wait_for_url(re.compile("/neuron"))
    expect(page.locator(".dl-cells")).to_be_visible()
