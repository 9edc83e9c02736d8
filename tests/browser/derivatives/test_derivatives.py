"""The page of derivatives as a person uses it: the step in the hand, the walk by keyboard, files, links, a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from experiments.derivatives import EXPRESSIONS, FORMS, adjoints, evaluated, tape_of
from figures.theme import DARK, LIGHT
from numerals import readable
from tests.browser.pages import OpenPage, box_of, css, eventually, fits, land, query, settle

LAST = 17  # of the walk through the neuron in reverse mode


def walk(page: Page) -> Locator:
    return page.locator(".dl-walk")


def counter(page: Page) -> Locator:
    return walk(page).locator(".dl-counter")


def slope(page: Page, node: str) -> Locator:
    return walk(page).locator(f"[data-node={node}]")


def at_step(page: Page, step: int, last: int = LAST) -> None:
    expect(counter(page)).to_have_text(f"step {step} / {last}")


def test_the_step_moves_points_sentences_and_the_link(open_page: OpenPage) -> None:
    page = open_page("/derivatives")
    expect(page.get_by_text("truncation is larger")).to_be_visible()
    page.locator("[data-testid=stSlider]", has_text="Step h").get_by_role("slider").press("Home")
    expect(page.get_by_text("rounding is larger")).to_be_visible()
    assert eventually(lambda: query(page).get("log_h"), bool) == "-18"
    expect(page.locator(".js-plotly-plot").first).to_be_visible()


def test_a_link_sets_the_slider_of_a_tiny_step(open_page: OpenPage) -> None:
    page = open_page("/derivatives?log_h=-12")
    expect(page.locator("[data-testid=stSlider]", has_text="Step h")).to_contain_text("10⁻¹²")


def test_another_function_brings_its_formula(open_page: OpenPage) -> None:
    page = open_page("/derivatives?f=own")
    field = page.get_by_role("textbox", name="f(x) =")
    field.fill("x*abs(x)")
    field.press("Enter")
    expect(page.get_by_text("No complex step")).to_be_visible()
    field.fill("x + y")
    field.press("Enter")
    expect(page.get_by_text("holds y")).to_be_visible()
    assert query(page)["formula"] == "x*abs(x)"


def test_the_graph_shows_the_adjoints_of_the_neuron(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph")
    at_step(page, LAST)
    expression = EXPRESSIONS["neuron"]
    tape = tape_of(expression)
    final = adjoints(tape, evaluated(tape, expression.inputs))
    for operation, value in zip(tape.operations, final, strict=True):
        expect(slope(page, operation.name)).to_have_attribute("data-slope", readable(value))


def test_the_walk_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&step=0")
    at_step(page, 0)
    expect(slope(page, "v1")).to_have_attribute("data-value", "")
    walk(page).focus()
    page.keyboard.press("ArrowRight")
    at_step(page, 1)
    expect(slope(page, "v1")).to_have_attribute("data-value", "1.2")
    expect(slope(page, "v1")).to_have_attribute("data-current", "true")
    page.keyboard.press("End")
    at_step(page, LAST)
    eventually(lambda: "step" not in query(page), bool)
    page.keyboard.press("ArrowLeft")
    at_step(page, LAST - 1)
    eventually(lambda: query(page).get("step"), lambda step: step == str(LAST - 1))
    page.keyboard.press("Home")
    at_step(page, 0)


def test_play_runs_to_the_end_and_stops_there(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&g=product&step=0")
    walk(page).get_by_role("button", name="Play").click()
    expect(walk(page).get_by_role("button", name="Pause")).to_be_visible()
    at_step(page, 7, 7)
    expect(walk(page).get_by_role("button", name="Play")).to_be_visible()
    expect(walk(page).locator(".dl-said")).to_contain_text("x̄")
    eventually(lambda: "step" not in query(page), bool)


def test_a_moved_input_keeps_the_step_and_moves_the_numbers(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&step=2")
    at_step(page, 2)
    expect(slope(page, "w")).to_have_attribute("data-value", "0.8")
    page.locator("[data-testid=stSlider]", has_text="Input w").get_by_role("slider").press("End")
    expect(slope(page, "w")).to_have_attribute("data-value", "3")
    at_step(page, 2)


def test_a_link_opens_the_step_that_was_shown(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&mode=forward&seed=b&step=3")
    at_step(page, 3, 8)
    expect(slope(page, "b")).to_have_attribute("data-slope", "1")
    walk(page).get_by_role("button", name="One step forward").click()
    at_step(page, 4, 8)
    eventually(lambda: query(page).get("step"), lambda step: step == "4")
    page.reload()
    at_step(page, 4, 8)
    expect(slope(page, "v2")).to_have_attribute("data-slope", "1")


def test_an_own_expression_is_drawn(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&g=own")
    field = page.get_by_role("textbox", name="f(x, y) =")
    field.fill("sin(x*y) + x")
    field.press("Enter")
    expect(walk(page).locator("[data-node]")).to_have_count(5)
    field.fill("2 + 3")
    field.press("Enter")
    expect(page.get_by_text("neither x nor y")).to_be_visible()
    expect(walk(page).locator("[data-node]")).to_have_count(5)


def test_the_drawing_is_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/derivatives?view=graph")
    at_step(page, LAST)
    with page.expect_download() as saved:
        walk(page).get_by_role("button", name="Save this picture as SVG").click()
    saved.value.save_as(tmp_path / "graph.svg")
    text = " ".join(ElementTree.parse(tmp_path / "graph.svg").getroot().itertext())
    assert "v7 = v6" in text
    assert "w̄ =" in text
    with page.expect_download() as saved:
        walk(page).get_by_role("button", name="Save this picture as PNG").click()
    saved.value.save_as(tmp_path / "graph.png")
    with Image.open(tmp_path / "graph.png") as picture:
        assert picture.width == 1920 or picture.height == 1080
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20


def test_every_form_of_code_and_its_files(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/derivatives?view=cubic&steps=100")
    for form, name in FORMS.items():
        page.get_by_role("radio", name=name, exact=True).click()
        number = list(FORMS).index(form) + 1
        expect(page.get_by_test_id("stCode").first).to_contain_text(f"form {number} of 5")
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as saved:
        land(page.get_by_role("button", name="Script, Module"))
    saved.value.save_as(tmp_path / "form.py")
    assert "class Cubic(nn.Module)" in (tmp_path / "form.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["numbers", "graph", "cubic"])
def test_a_phone_shows_all_of_it(open_page: OpenPage, view: str, scheme: Literal["light", "dark"]) -> None:
    page = open_page(f"/derivatives?view={view}", phone=True, color_scheme=scheme)
    settle(page)
    fits(page)
    if view == "graph":
        at_step(page, LAST)
        back = DARK.background if scheme == "dark" else LIGHT.background
        expect(walk(page)).to_have_css("background-color", css(back))
        first, last = (box_of(slope(page, node)) for node in ("w", "v8"))
        assert first["y"] + first["height"] < last["y"]  # from above to below
        for key in walk(page).get_by_role("button").all():
            box = box_of(key)
            assert box["height"] >= 44
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
    else:
        expect(page.locator(".js-plotly-plot").first).to_be_visible()


def test_junk_in_the_link_is_told_and_the_page_stands(open_page: OpenPage) -> None:
    page = open_page("/derivatives?view=graph&step=99&g=own&expression=%3Cimg%20src%3Dx%3E&mode=sideways")
    expect(page.get_by_text("The formula cannot be used")).to_be_visible()
    expect(page.get_by_text(re.compile("mode was given"))).to_be_visible()
    expect(walk(page).locator("[data-node]").first).to_be_visible()
