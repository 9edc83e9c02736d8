"""The page of losses as a person uses it: the outlier and the histogram in the hand, sliders, links, files, a phone."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from experiments.losses import REGRESSION, SHIFTS, LossesCodec, apart_of, fits_of, on_grid, placed
from figures.theme import DARK
from networks.losses import DISTANCES
from tests.browser.pages import OpenPage, at_rest, box_of, css, eventually, fits, land, query, settle


def shown(page: Page) -> Locator:
    return page.locator(".dz-losses")


def cells(page: Page, row: str) -> list[str]:
    """What the table in the picture says in a row."""
    return (
        page.locator(".dz-table tr").filter(has=page.get_by_role("rowheader", name=row)).locator("td").all_inner_texts()
    )


def outlier(page: Page) -> Locator:
    return page.locator(".dz-handle")


def values_of(page: Page) -> dict[str, Any]:
    return LossesCodec().read(query(page))[0]


def middle(locator: Locator) -> tuple[float, float]:
    box = box_of(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def line_of(page: Page, key: str) -> str:
    return page.locator(f".dz-plot path[data-loss={key}]").get_attribute("d") or ""


def test_an_outlier_that_is_dragged_takes_the_fits_along_and_is_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/losses?part=outlier")
    expect(outlier(page)).to_be_visible()
    before = {key: line_of(page, key) for key in REGRESSION}
    x, y = middle(outlier(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 120, steps=6)
    # While the hand holds it, nothing is asked of the server.
    eventually(lambda: line_of(page, "mse"), lambda path: path != before["mse"])
    assert "oy" not in query(page)
    page.mouse.move(x - 60, y - 200, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile(r"oy="))
    values = values_of(page)
    assert values["oy"] > 2
    assert values["ox"] < 9
    known, place = fits_of(values), on_grid(values)
    for key, name in zip(REGRESSION, ("MSE", "MAE", "Huber"), strict=True):
        fit = placed(known, key, place)
        told = [text.replace("\N{MINUS SIGN}", "-") for text in cells(page, name)]
        assert [float(told[0]), float(told[1])] == pytest.approx([fit.slope, fit.intercept], rel=6e-3)
        assert float(told[2].removesuffix(" %")) == pytest.approx(100 * fit.share, rel=0.06, abs=0.06)
    sentence = page.get_by_text(re.compile(r"Mean squared error: slope"))
    expect(sentence).to_contain_text("of all pull")
    again = open_page(page.url[page.url.index("/losses") :])
    expect(outlier(again)).to_be_visible()
    assert at_rest(lambda: line_of(again, "huber")) == line_of(page, "huber")


def test_a_click_beside_the_outlier_brings_it_there(open_page: OpenPage) -> None:
    page = open_page("/losses?part=outlier")
    expect(outlier(page)).to_be_visible()
    x, y = middle(page.locator(".dz-stage"))
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"ox="))
    assert values_of(page)["ox"] == pytest.approx(5, abs=1)


def test_arrow_keys_move_the_outlier_and_its_name_says_where_it_is(open_page: OpenPage) -> None:
    page = open_page("/losses?part=outlier")
    expect(outlier(page)).to_be_visible()
    outlier(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowLeft")
    eventually(lambda: query(page), lambda now: now.get("oy") == "-2.75" and now.get("ox") == "8.5")
    name = "Outlier at 8.5, \N{MINUS SIGN}2.75; its share in the gradient: MSE"
    expect(outlier(page)).to_have_accessible_name(re.compile(re.escape(name)))


def test_a_slider_of_the_sidebar_moves_the_outlier_and_delta_the_fit(open_page: OpenPage) -> None:
    page = open_page("/losses?part=outlier")
    before = at_rest(lambda: line_of(page, "huber"))
    slider = page.get_by_role("slider", name=re.compile("turning point"))
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"delta="))
    eventually(lambda: line_of(page, "huber"), lambda path: path != before)
    where = middle(outlier(page))
    page.get_by_role("slider", name=re.compile("Outlier y")).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"oy="))
    eventually(lambda: middle(outlier(page)), lambda now: now[1] < where[1])


def test_a_histogram_that_is_dragged_tells_every_distance(open_page: OpenPage) -> None:
    page = open_page("/losses?part=distributions&p=box&q=box&shift=1")
    expect(page.locator(".dz-slides")).to_be_visible()
    assert cells(page, "Wasserstein-1") == ["1", "1"]
    x, y = middle(page.locator(".dz-slides"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y, steps=8)
    page.mouse.up()
    page.wait_for_url(re.compile(r"shift=[3-6]"))
    values = values_of(page)
    known = apart_of(values)
    at = int(np.flatnonzero(values["shift"] == SHIFTS)[0])
    assert float(cells(page, "Wasserstein-1")[0]) == pytest.approx(known.values["wasserstein"][at], rel=6e-3)
    assert cells(page, "KL(P‖Q)") == ["∞", "none"]
    assert cells(page, "Jensen-Shannon") == ["0.693", "0"]
    expect(page.get_by_text("Both KL are infinite")).to_be_visible()
    slider = page.locator(".dz-slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expected = f"{SHIFTS[at - 1]:g}"
    eventually(lambda: query(page).get("shift"), lambda shift: shift == expected)
    expect(slider).to_have_attribute("aria-valuetext", expected)


def test_what_is_told_while_a_hand_goes_on_does_not_take_it_back(open_page: OpenPage) -> None:
    page = open_page("/losses?part=distributions&shift=0")
    slider = page.locator(".dz-slider")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    eventually(lambda: query(page).get("shift"), lambda shift: shift == "1.2")
    settle(page)
    expect(slider).to_have_attribute("aria-valuetext", "1.2")


def test_what_is_drawn_can_be_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/losses?part=distributions")
    for name in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {name}").click()
        download.value.save_as(tmp_path / name)
    with Image.open(tmp_path / "PNG") as picture:
        assert 1920 in picture.size or 1080 in picture.size
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20
    text = (tmp_path / "SVG").read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "Wasserstein" not in text
    assert text.count("data-distance") == 2 * len(DISTANCES)
    rows = list(csv.reader((tmp_path / "CSV").read_text(encoding="utf-8").splitlines()))
    assert rows[0][:2] == ["shift", "KL(P‖Q)"]
    assert len(rows) == len(SHIFTS) + 1
    known = apart_of(values_of(page))
    drawn = np.array([[float(cell) for cell in row] for row in rows[1:]])
    np.testing.assert_allclose(drawn[:, 0], SHIFTS)
    np.testing.assert_allclose(drawn[:, 7], known.values["wasserstein"], rtol=1e-6, atol=1e-7)


def test_a_logit_slides_and_the_sentence_follows(open_page: OpenPage) -> None:
    page = open_page("/losses?part=classification&logit=-6")
    expect(page.get_by_text("which is wrong")).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("Logit"))
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile(r"logit=8"))
    expect(page.get_by_text("which is right")).to_be_visible()


def test_the_drawer_of_training_leads_to_its_loss(open_page: OpenPage) -> None:
    page = open_page("/training?data.name=noisy_sine&loss.name=huber&loss.delta=2")
    page.locator(".st-key-training-optimizer summary").click()
    formula = page.locator(".st-key-training-optimizer .katex-display")
    expect(formula.first).to_be_visible()
    land(page.get_by_role("link", name="See this loss and its slope"))
    page.wait_for_url(re.compile(r"/losses\?"))
    settle(page)
    assert query(page) == {"loss": "huber", "delta": "2"}
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("huber_loss").first).to_be_visible()


@pytest.mark.parametrize("part", ["regression", "outlier", "classification", "cross_entropy", "distributions", "table"])
def test_nothing_is_wider_than_a_phone_and_dark_is_dark(open_page: OpenPage, part: str) -> None:
    page = open_page(f"/losses?part={part}", phone=True, color_scheme="dark")
    if part in ("outlier", "distributions"):
        axis = shown(page).locator(".dz-plot text").last
        expect(shown(page)).to_have_css("background-color", css(DARK.background))
        expect(axis).to_be_visible()
    elif part != "table":
        title = page.locator(".js-plotly-plot text:is(.xtitle, .ytitle)").first
        expect(title).to_have_css("fill", css(DARK.text))
    else:
        expect(page.get_by_text("nn.MSELoss").first).to_be_visible()
    fits(page)


def test_a_finger_drags_the_outlier(open_page: OpenPage) -> None:
    page = open_page("/losses?part=outlier&model=constant", phone=True)
    expect(outlier(page)).to_be_visible()
    box = box_of(outlier(page))
    assert box["width"] >= 44
    assert box["height"] >= 44
    x, y = middle(outlier(page))
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 7):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 15 * k}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url(re.compile(r"oy="))
    assert values_of(page)["oy"] > -2
