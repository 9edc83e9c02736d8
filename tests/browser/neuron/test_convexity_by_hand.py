"""The parts on convexity and penalties as a person uses them: ends and sliders in the hand, links, files, a phone."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.neuron import (
    DECAYS,
    LAMBDAS,
    bowl_of,
    chord_of,
    declared,
    growth_of,
    path_of,
    zero_from,
)
from figures.theme import DARK
from numerals import readable
from settings import SettingsCodec
from tests.browser.pages import OpenPage, at_rest, css, eventually, fits, query

PNG = b"\x89PNG\r\n\x1a\n"


def values_of(page: Page) -> dict[str, Any]:
    return SettingsCodec(declared).read(query(page))[0]


def half(page: Page, name: str) -> Locator:
    return page.locator(".dz-half").filter(has=page.locator(".dz-title", has_text=name))


def end(page: Page, letter: str, name: str = "Squared error") -> Locator:
    return half(page, name).locator(f".dz-handle[data-end={letter}]")


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn(page: Page, selector: str) -> str:
    return page.locator(selector).first.get_attribute("d") or ""


def numbers(text: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d+\.?\d*", text.replace("\N{MINUS SIGN}", "-"))]


def told_of(page: Page, name: str) -> str:
    return half(page, name).locator(".dz-words").inner_text()


def test_an_end_of_the_chord_that_is_dragged_moves_on_both_maps_and_is_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=convexity&classes=versicolor_virginica")
    expect(end(page, "B")).to_be_visible()
    curve = ".dz-plot [data-line=smallest]"
    before, there = at_rest(lambda: drawn(page, curve)), middle(end(page, "B", "Cross-entropy"))
    x, y = middle(end(page, "B"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 40, steps=6)
    # While the hand holds it, nothing is asked of the server, and both losses follow.
    eventually(lambda: drawn(page, curve), lambda path: path != before)
    eventually(lambda: middle(end(page, "B", "Cross-entropy")), lambda now: now[0] < there[0] - 50)
    assert "bx" not in query(page)
    page.mouse.up()
    page.wait_for_url(re.compile(r"bx="))
    values = values_of(page)
    assert values["bx"] < 3
    assert values["by"] < 6
    assert (values["ax"], values["ay"]) == (-6.0, -2.0)
    cross_entropy, squared = chord_of(values)
    expect(half(page, "Cross-entropy").locator(".dz-words")).to_have_text(
        "Never above its chord, no negative eigenvalue: convex on this way."
    )
    assert numbers(told_of(page, "Squared error")) == pytest.approx([squared.above, squared.lowest], rel=6e-3)
    assert told_of(page, "Squared error").endswith("not convex.")
    assert cross_entropy.above == 0
    expect(page.get_by_text(f"Squared error stands above its chord by up to {readable(squared.above)}")).to_be_visible()
    again = open_page(page.url[page.url.index("/neuron") :])
    expect(end(again, "B")).to_be_visible()
    assert at_rest(lambda: drawn(again, curve)) == at_rest(lambda: drawn(page, curve))


def test_arrow_keys_move_an_end_and_its_name_says_where_it_is(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=convexity")
    expect(end(page, "A")).to_be_visible()
    end(page, "A").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    eventually(lambda: query(page), lambda now: now.get("ax") == "-5.8" and now.get("ay") == "-1")
    name = "End A at \N{MINUS SIGN}5.8, \N{MINUS SIGN}1; Squared error stands above its chord by up to"
    expect(end(page, "A")).to_have_accessible_name(re.compile(re.escape(name)))
    field = page.get_by_role("spinbutton", name="A: w₁")
    expect(field).to_have_value("-5.8")


def test_a_field_of_the_sidebar_moves_an_end(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=convexity")
    before = at_rest(lambda: middle(end(page, "A")))
    field = page.get_by_role("spinbutton", name="A: w₁")
    field.fill("3")
    field.press("Enter")
    page.wait_for_url(re.compile(r"ax=3"))
    eventually(lambda: middle(end(page, "A")), lambda now: now[0] > before[0] + 100)


def test_a_finger_drags_an_end(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=convexity", phone=True)
    handle = end(page, "B", "Cross-entropy")
    expect(handle).to_be_visible()
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    assert box["width"] >= 44
    assert box["height"] >= 44
    x, y = at_rest(lambda: middle(handle))
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 7):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - 12 * k, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url(re.compile(r"bx="))
    assert values_of(page)["bx"] < 2


def test_lambda_under_the_hand_holds_the_weights_and_the_link_follows(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=convexity&sight=growth")
    slider, lane = page.locator(".dz-slider"), ".dz-plot [data-lane=held]"
    expect(slider).to_be_visible()
    before = at_rest(lambda: drawn(page, lane))
    slider.focus()
    page.keyboard.press("ArrowRight")
    decay = DECAYS[DECAYS.index(0.01) + 1]
    eventually(lambda: query(page).get("decay"), lambda now: now == f"{decay:g}")
    expect(slider).to_have_attribute("aria-valuetext", f"{decay:g}")
    eventually(lambda: drawn(page, lane), lambda path: path != before)
    growth = growth_of(values_of(page))
    cells = page.locator(".dz-table tr").filter(has_text="With λ").locator("td")
    length, loss, angle = (numbers(text)[0] for text in cells.all_inner_texts())
    place = DECAYS.index(decay)
    assert growth.angle is not None
    assert [length, loss, angle] == pytest.approx(
        [growth.length[place, -1], growth.loss[place, -1], growth.angle[place, -1]], rel=6e-3
    )
    expect(page.get_by_text(f"With λ = {readable(decay)}: |w| comes to")).to_be_visible()


def test_the_optimum_slides_to_the_axis_and_says_so(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=penalties&lambda=0.1")
    slider = page.locator(".dz-slider")
    expect(slider).to_be_visible()
    dot = page.locator(".dz-plot [data-optimum]")
    before = float(dot.get_attribute("cy") or "nan")
    slider.focus()
    for _ in range(17):
        page.keyboard.press("ArrowRight")
    lam = LAMBDAS[LAMBDAS.index(0.1) + 17]
    eventually(lambda: query(page).get("lambda"), lambda now: now == f"{lam:g}" or (lam == 0.708 and now is None))
    row = page.locator(".dz-table tr").filter(has_text="blood pressure").locator("td")
    expect(row.first).to_have_text("exactly 0")
    second = zero_from(bowl_of("diabetes"), 1.0)[1]
    assert numbers(row.nth(1).inner_text())[0] == pytest.approx(second, rel=6e-3)
    assert float(dot.get_attribute("cy") or "nan") > before
    expect(page.get_by_text("the weight of blood pressure is exactly 0")).to_be_visible()


def test_a_constraint_and_a_penalty_show_one_optimum(open_page: OpenPage) -> None:
    page = open_page("/neuron?part=penalties&mix=0&lambda=2")
    dot, shape = page.locator(".dz-plot [data-optimum]"), page.locator(".dz-plot [data-shape]")
    expect(shape).to_have_count(1)
    place = at_rest(lambda: (dot.get_attribute("cx"), dot.get_attribute("cy")))
    page.get_by_role("radio", name="A penalty").click()
    page.wait_for_url(re.compile(r"form=penalty"))
    expect(shape).to_have_count(0)
    assert at_rest(lambda: (dot.get_attribute("cx"), dot.get_attribute("cy"))) == place
    expect(page.locator(".dz-table td").filter(has_text="never")).to_have_count(2)


@pytest.mark.parametrize(
    "link",
    [
        "part=convexity",
        "part=convexity&classes=xor&weights=one_feature&bx=-3.7",
        "part=convexity&sight=growth",
        "part=penalties",
    ],
)
def test_what_is_drawn_can_be_taken_away(open_page: OpenPage, tmp_path: Path, link: str) -> None:
    page = open_page(f"/neuron?{link}")
    expect(page.locator(".dz-plot").first).to_be_visible()
    for name in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {name}").click()
        download.value.save_as(tmp_path / name)
    assert (tmp_path / "PNG").read_bytes().startswith(PNG)
    text = (tmp_path / "SVG").read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert text.count("<svg") == 1 + page.locator("svg.dz-plot").count()
    rows = list(csv.reader((tmp_path / "CSV").read_text(encoding="utf-8").splitlines()))
    numbers_of = np.array([[float(cell) for cell in row] for row in rows[1:]])
    values = values_of(page)
    if "penalties" in link:
        strengths, weights = path_of(values)
        np.testing.assert_allclose(numbers_of[:, 0], strengths)
        np.testing.assert_allclose(numbers_of[:, 1:3], weights, rtol=1e-12)
    elif "growth" in link:
        growth = growth_of(values)
        np.testing.assert_allclose(numbers_of[:, 1], growth.length[0], rtol=1e-6)
        np.testing.assert_allclose(numbers_of[:, 4], growth.length[DECAYS.index(0.01)], rtol=1e-6)
    else:
        for k, along in enumerate(chord_of(values)):
            expected = np.stack([along.value, along.chord, along.smallest], axis=-1)
            np.testing.assert_allclose(numbers_of[:, 3 + 3 * k : 6 + 3 * k], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "link", ["part=convexity", "part=convexity&sight=growth", "part=convexity&sight=scaling", "part=penalties"]
)
def test_nothing_is_wider_than_a_phone_in_either_theme(open_page: OpenPage, link: str, scheme: Any) -> None:
    page = open_page(f"/neuron?{link}", phone=True, color_scheme=scheme)
    if "scaling" in link:
        expect(page.locator(".js-plotly-plot .xtitle").first).to_be_visible()
    else:
        expect(page.locator(".dz-plot text").first).to_be_visible()
        if scheme == "dark":
            expect(page.locator(".dz-losses")).to_have_css("background-color", css(DARK.background))
    fits(page)
