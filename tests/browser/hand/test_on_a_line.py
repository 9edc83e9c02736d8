"""A race in one dimension in the browser: dragged, moved by keys, its rates turned, and the axis in colors."""

# ruff: noqa: RUF001 (the minus sign belongs in the sentences)

from __future__ import annotations

import base64

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from experiments.race import LINE_PRESETS, Entry, Race, RaceResult, axis_ends, run_race
from figures.frontend import framed
from figures.race import player_payload
from landscapes import LINES, parse_line
from optimizers import OPTIMIZERS, descend
from tests.browser.hand.races import SHOW, Opener, carry, finger, followed, race
from tests.browser.pages import OpenPage, eventually, fits, query, settle

STRIPS = """() => {
    const { ground } = descentPlayer.map;
    const strips = descentPlayer.race.lanes.map((lane) => ground.ends.of(lane));
    if (strips.some((strip) => strip && !strip.whole)) return null;
    return { turns: ground.turns.map(({ x }) => x), ends: strips.map((strip) => strip && [...strip.ends]) };
}"""


def strips(page: Page) -> tuple[list[float], list[list[int] | None]]:
    """The turning points and the ends along the axis, once all of them are computed."""
    found = eventually(lambda: page.evaluate(STRIPS), bool)
    return found["turns"], found["ends"]


def assert_strips(page: Page, result: RaceResult) -> None:
    """The axis is colored as ``descend`` ends from there; a cell at a border of basins may fall on either side."""
    turns, ends = strips(page)
    known, wanted = axis_ends(result.race)
    np.testing.assert_allclose(turns, [turn.x for turn in known], atol=1e-6)
    for own, other in zip(ends, wanted, strict=True):
        assert own is None or (np.array(own) != other).mean() <= 0.01


def line_race(start: float | None = None, landscape=LINES["double_well"], **rates: float) -> RaceResult:
    begin = landscape.start[0] if start is None else start
    return race((begin, 0.0), landscape=landscape, **(rates or {"sgd": 0.02, "momentum": 0.015, "adam": 0.05}))


def test_paths_follow_the_finger_along_the_axis_before_anything_is_sent(open_race: Opener):
    result = line_race()
    page = open_race(result)
    carry(page, -140, 60)
    lanes, here = followed(page), finger(page)
    assert page.evaluate("picks") == []
    assert here[1] == 0
    assert here[0] < 1.2
    for lane, own in zip(lanes, result.lanes, strict=True):
        path = descend(
            result.race.landscape, OPTIMIZERS[own.entry.optimizer], start=here, steps=120, **dict(own.entry.values)
        )
        np.testing.assert_allclose(lane["x"], path.points[:, 0], rtol=1e-9, atol=1e-9)
        assert not np.any(lane["y"])
    page.mouse.up()
    (pick,) = eventually(lambda: page.evaluate("picks"), bool)
    assert [float(f"{pick[name]:.9g}") for name in "xy"] == here
    answer = line_race(here[0])
    page.evaluate(SHOW, base64.b64encode(framed(player_payload(answer), pickable=True)).decode())
    again = followed(page)
    for one, other in zip(lanes, again, strict=True):
        np.testing.assert_allclose(one["x"], other["x"], atol=1e-6)


@pytest.mark.parametrize("key", ["wells", "waves", "hilltop", "cliff", "kink"])
def test_the_axis_has_the_colors_of_where_descend_ends(open_race: Opener, key: str):
    result = run_race(LINE_PRESETS[key].race)
    assert_strips(open_race(result), result)


def test_a_rule_that_searches_has_no_strip_and_the_others_have(open_race: Opener):
    result = run_race(LINE_PRESETS["overshoot"].race)
    page = open_race(result)
    assert [own is None for own in strips(page)[1]] == [False, True, True]
    assert_strips(page, result)
    expect(page.locator(".dl-told")).to_contain_text("Newton: 64 % of the starts to divergence")


def test_a_start_where_f_is_not_defined_is_told_as_such_and_can_be_dragged_away(open_race: Opener):
    result = line_race(-1.0, parse_line("x - log(x)"), sgd=0.1, newton=1.3)
    page = open_race(result)
    assert_strips(page, result)
    page.locator(".dl-player").press("Home")
    expect(page.locator(".dl-lane .dl-value")).to_have_text(["not defined", "not defined"])
    expect(page.locator(".dl-near")).to_contain_text("step 0, where f is not defined")
    expect(page.locator(".dl-told")).to_contain_text("SGD: 50 % of the starts lie where f is not defined")
    carry(page, 250, 0)
    expect(page.locator(".dl-near")).not_to_contain_text("not defined")
    page.mouse.up()


KEY_AND_MINIMA = """() => {
    const { map } = descentPlayer;
    const minima = map.race.landscape.minima.map(([x, y]) => map.place(x, y));
    return { top: map.overlay.keyBox.y, minima: minima.filter(([x]) => x >= 0 && x <= map.width).map(([, y]) => y) };
}"""
SIGN = 9  # pixels that the sign of a minimum reaches


@pytest.mark.parametrize("key", LINE_PRESETS)
def test_on_a_phone_the_key_covers_no_minimum(open_race: Opener, key: str):
    page = open_race(run_race(LINE_PRESETS[key].race), phone=True)
    player = page.locator(".dl-player")
    for press in ("End", "Home", "ArrowRight"):
        player.press(press)
        expect(page.locator(".dl-near")).to_contain_text("step ")
        found = page.evaluate(KEY_AND_MINIMA)
        assert found["minima"]
        assert max(found["minima"]) + SIGN <= found["top"]


def test_the_axis_follows_a_rate_and_a_parameter(open_race: Opener):
    page = open_race(line_race())
    before = strips(page)
    momentum = page.get_by_role("slider", name="Momentum, rate in the picture")
    momentum.press("PageUp")
    rate = float(momentum.get_attribute("aria-valuenow") or "nan")
    assert rate > 0.015
    after = eventually(lambda: strips(page), lambda now: now != before)
    turned = line_race(sgd=0.02, momentum=rate, adam=0.05)
    np.testing.assert_array_equal(after[1][0], before[1][0])
    assert_strips(page, turned)
    page.get_by_role("slider", name="T of the surface").press("End")
    eventually(lambda: strips(page)[0], lambda turns: turns != before[0])
    tilt = page.evaluate("descentPlayer.live.surface.parameters.t")
    moved = line_race(landscape=LINES["double_well"].with_parameters(t=tilt), sgd=0.02, momentum=rate, adam=0.05)
    assert_strips(page, moved)


def test_keys_move_the_start_along_the_axis_and_the_player_as_ever(open_race: Opener):
    page = open_race(line_race())
    handle = page.locator(".dl-start")
    expect(handle).to_have_attribute("aria-label", "Start at x 1.6. Drag it, or move it with the arrow keys.")
    handle.press("ArrowLeft")
    handle.press("ArrowDown")
    # On a slow machine each key is told by itself.
    *_, pick = eventually(lambda: page.evaluate("picks"), lambda picks: picks and picks[-1]["x"] < 1.55)
    assert pick["y"] == 0
    assert pick["x"] == pytest.approx(1.6 - 2 * 0.036)
    player = page.locator(".dl-player")
    player.press("Home")
    expect(page.locator(".dl-near")).to_contain_text("step 0")
    player.press("ArrowRight")
    expect(page.locator(".dl-near")).to_contain_text("step 1")
    expect(page.locator(".dl-near")).not_to_contain_text("y ")


def test_what_a_step_is_made_of_is_told_as_one_number(open_race: Opener):
    page = open_race(line_race(sgd=0.02, momentum=0.015))
    page.locator(".dl-player").press("Home")
    page.get_by_role("button", name="What the step is made of, for the chosen optimizer").click()
    expect(page.locator(".dl-near")).to_contain_text("step −")
    expect(page.locator(".dl-near")).not_to_contain_text("(")
    for name in ("Arrows: gradient, momentum, step", "Gradient field: arrows downhill over the plane"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


@pytest.mark.parametrize("text", ["1/x", "log(x)", "tan(x)", "3", "x"])
def test_a_pole_a_gap_and_a_level_are_drawn(open_race: Opener, text: str):
    landscape = parse_line(text)
    entries = (Entry(optimizer="sgd", values={"lr": 0.1}), Entry(optimizer="adam", values={"lr": 0.1}))
    result = run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=60))
    page = open_race(result)
    assert_strips(page, result)
    drawn = page.evaluate(
        "[...descentPlayer.map.canvases.field.getContext('2d').getImageData(0, 0, 300, 200).data].some((one) => one)"
    )
    assert drawn


def test_zoom_shows_the_curve_there(open_race: Opener):
    page = open_race(line_race())
    page.get_by_role("button", name="Zoom in").click()
    view = page.evaluate("({...descentPlayer.map.view})")
    x = np.linspace(view["x0"], view["x1"], 301)
    f = LINES["double_well"].value(np.stack([x, 0 * x], -1))
    assert view["x1"] - view["x0"] == pytest.approx(3.6 / 1.6)
    assert view["y0"] < f.min()
    assert view["y1"] > f.max()
    page.get_by_role("button", name="Show the whole domain").click()
    assert page.evaluate("descentPlayer.map.zoomed") is None


# ---- the page


@pytest.mark.parametrize("phone", [False, True])
def test_a_drag_on_the_page_ends_in_the_link(open_page: OpenPage, phone: bool):
    page = open_page("/line", phone=phone, reduced_motion="reduce")
    expect(page.locator(".dl-chip .dl-value").first).to_be_attached()
    settle(page)
    fits(page)
    eventually(lambda: query(page).get("surface"), lambda now: now == "double_well")
    carry(page, -60, 0)
    page.mouse.up()
    start = eventually(lambda: query(page).get("start"), lambda now: now not in (None, "1.6"))
    assert start is not None
    assert float(start) < 1.5
    expect(page.locator("[data-testid=stMain] li").nth(2)).to_contain_text("Adam")


def test_an_own_formula_is_raced_on_and_y_is_refused(open_page: OpenPage):
    page = open_page("/line?surface=formula&o1=sgd&o1.lr=0.05&steps=60", reduced_motion="reduce")
    field = page.get_by_role("textbox", name="f(x) =")
    field.fill("y = (x - 1)^2 + 1")
    field.press("Enter")
    expect(page.locator("[data-testid=stMain] li").first).to_contain_text("reaches the minimum at x = 1 in")
    assert query(page)["f"] == "y = (x - 1)^2 + 1"
    field.fill("x*y")
    field.press("Enter")
    expect(page.get_by_text("this is a function of x alone; y has no place in it (at character 3)")).to_be_visible()
    assert query(page)["f"] == "y = (x - 1)^2 + 1"


def test_junk_in_the_link_is_told_and_the_page_stands(open_page: OpenPage):
    page = open_page("/line?surface=rosenbrock&start=1,2&v.picture=3d", reduced_motion="reduce")
    expect(page.get_by_text("surface was given 'rosenbrock'")).to_be_visible()
    expect(page.get_by_text("start was given '1,2'")).to_be_visible()
    expect(page.locator(".dl-map")).to_be_visible()
