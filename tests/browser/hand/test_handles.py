"""Rates and parameters of the surface under the finger: paths move before anything is sent, and stay when answered."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.race import Entry, Race, RaceResult, run_race
from figures.frontend import framed
from figures.race import player_payload
from landscapes import LANDSCAPES
from tests.browser.hand.races import LANES, SHOW, Opener, assert_at, carry, finger, followed, race
from tests.browser.pages import OpenPage, at_rest, box_of, eventually, fits, query, within

BOWL = LANDSCAPES["elongated_bowl"]
ROSENBROCK = LANDSCAPES["rosenbrock"]
BOWL_RATES = {"sgd": 0.001, "nesterov": 0.002, "adam": 0.05}


def handle(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def value(page: Page, name: str) -> float:
    return float(handle(page, name).get_attribute("aria-valuenow") or "nan")


def drag(page: Page, name: str, dx: float) -> None:
    """Take hold of a handle and move it, without letting go."""
    x, y = within(handle(page, name), 0.5, 0.5)()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y, steps=4)


def answer(page: Page, result: RaceResult) -> None:
    payload = framed(player_payload(result), pickable=True)
    page.evaluate(SHOW, base64.b64encode(payload).decode())


def picture(page: Page) -> str:
    return page.evaluate("descentPlayer.map.canvases.field.toDataURL()")


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_path_follows_its_rate_before_anything_is_sent(open_race: Opener, noise: float):
    result = race(noise=noise)
    page = open_race(result)
    before = page.evaluate(LANES)
    drag(page, "Adam, rate in the picture", -50)
    lanes, rate = followed(page), value(page, "Adam, rate in the picture")
    assert rate < 0.03 / 3
    assert lanes[3]["x"] != before[3]["x"]
    assert lanes[:3] == before[:3]
    assert_at(lanes[3:], result.race.start, race(noise=noise, adam=0.03), rates={"adam": rate})
    page.mouse.move(*within(page.locator(".dl-overlay"), 0.8, 0.2)())
    eventually(lambda: value(page, "Adam, rate in the picture"), lambda moved: moved != rate)
    rate = value(page, "Adam, rate in the picture")
    assert_at(followed(page)[3:], result.race.start, race(noise=noise, adam=0.03), rates={"adam": rate})
    assert page.evaluate("[picks, settings]") == [[], []]


def test_the_answer_to_a_rate_is_what_is_shown_already(open_race: Opener):
    page = open_race(race())
    page.get_by_role("slider", name="Step", exact=True).fill("70")
    drag(page, "Adam, rate in the picture", 40)
    moved, rate = followed(page), value(page, "Adam, rate in the picture")
    page.mouse.up()
    assert eventually(lambda: page.evaluate("settings"), bool) == [{"name": "o4.lr", "value": rate}]
    result = race(sgd=0.001, momentum=0.0005, rmsprop=0.01, adam=rate)
    answer(page, result)
    lanes = followed(page)
    for one, other in zip(moved, lanes, strict=True):
        np.testing.assert_allclose(one["x"], other["x"], atol=1e-6)
    assert page.evaluate("[descentPlayer.playing, descentPlayer.position]") == [False, 70]
    assert value(page, "Adam, rate in the picture") == rate


def test_the_answer_to_an_earlier_rate_does_not_pull_the_path_back(open_race: Opener):
    page = open_race(race())
    drag(page, "SGD, rate in the picture", -40)
    first = value(page, "SGD, rate in the picture")
    page.mouse.up()
    drag(page, "SGD, rate in the picture", -40)
    second = value(page, "SGD, rate in the picture")
    earlier = race(sgd=first, momentum=0.0005, rmsprop=0.01, adam=0.03)
    answer(page, earlier)
    assert_at(followed(page), ROSENBROCK.start, earlier, exact=False, rates={"sgd": second})
    assert value(page, "SGD, rate in the picture") == second
    page.mouse.up()
    eventually(lambda: page.evaluate("settings.length"), lambda count: count == 2)
    answer(page, earlier)
    assert_at(followed(page), ROSENBROCK.start, earlier, exact=False, rates={"sgd": second})


def test_start_and_rate_moved_one_after_the_other_hold_both(open_race: Opener):
    result = race()
    page = open_race(result)
    drag(page, "RMSprop, rate in the picture", 30)
    rate = value(page, "RMSprop, rate in the picture")
    page.mouse.up()
    carry(page, 90, 60)
    here = finger(page)
    assert_at(followed(page), here, result, rates={"rmsprop": rate})
    page.locator(".dl-start").dispatch_event("pointercancel")
    assert_at(followed(page), ROSENBROCK.start, result, exact=False, rates={"rmsprop": rate})


def test_a_rate_that_is_cut_off_goes_back(open_race: Opener):
    page = open_race(race())
    before = page.evaluate(LANES)
    drag(page, "Adam, rate in the picture", 60)
    followed(page)
    handle(page, "Adam, rate in the picture").dispatch_event("pointercancel")
    assert followed(page) == before
    assert value(page, "Adam, rate in the picture") == 0.03
    assert page.evaluate("settings") == []


def test_keys_move_a_rate_and_let_go_of_it_by_themselves(open_race: Opener):
    result = race()
    page = open_race(result, reduced_motion="reduce")
    handle(page, "Adam, rate in the picture").focus()
    seen = []
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "PageDown", "Home", "End"):
        page.keyboard.press(key)
        seen.append(value(page, "Adam, rate in the picture"))
    assert seen == [0.034, 0.038, 0.034, 0.011, 1e-5, 10]
    page.keyboard.press("PageDown")
    rate = value(page, "Adam, rate in the picture")
    expect(handle(page, "Adam, rate in the picture")).to_have_attribute("aria-valuetext", f"{rate:g}")
    assert_at(followed(page), ROSENBROCK.start, result, exact=False, rates={"adam": rate})
    eventually(lambda: page.evaluate("settings"), lambda told: told and told[-1] == {"name": "o4.lr", "value": rate})
    answer(page, race(sgd=0.001, momentum=0.0005, rmsprop=0.01, adam=rate))
    expect(handle(page, "Adam, rate in the picture")).to_be_focused()


def test_a_lane_that_searches_has_its_rate_answered_by_the_server(open_race: Opener):
    result = race(sgd=0.001, lbfgs=1.0)
    page = open_race(result)
    before = page.evaluate(LANES)
    drag(page, "L-BFGS, rate in the picture", -60)
    lanes = followed(page)
    assert [lane["stale"] for lane in lanes] == [False, True]
    assert lanes[0] == before[0]
    page.mouse.up()
    (told,) = eventually(lambda: page.evaluate("settings"), bool)
    answer(page, race(sgd=0.001, lbfgs=told["value"]))
    lanes = followed(page)
    assert [lane["stale"] for lane in lanes] == [False, False]
    assert lanes[1]["x"] != before[1]["x"]


def test_a_choice_stays_where_copies_are_told_apart_by_their_rates(open_race: Opener):
    def copies(second: float) -> RaceResult:
        entries = tuple(Entry(optimizer="adam", values={"lr": lr}) for lr in (0.01, second))
        return run_race(Race(landscape=ROSENBROCK, entries=entries, start=ROSENBROCK.start, steps=50))

    page = open_race(copies(0.1))
    page.get_by_label("Optimizer whose memory is shown").select_option("Adam, rate 0.1")
    drag(page, "Adam, rate 0.1, rate in the picture", -50)
    rate = value(page, "Adam, rate 0.1, rate in the picture")
    page.mouse.up()
    answer(page, copies(rate))
    expect(handle(page, f"Adam, rate {rate:g}, rate in the picture")).to_be_visible()
    expect(page.get_by_label("Optimizer whose memory is shown")).to_have_value(f"Adam, rate {rate:g}")


def test_the_surface_and_its_paths_follow_a_parameter(open_race: Opener):
    result = race(landscape=BOWL, start=BOWL.start, **BOWL_RATES)
    page = open_race(result)
    before = at_rest(lambda: picture(page))
    drag(page, "Rotation of the surface", 50)
    rotation = value(page, "Rotation of the surface")
    assert_at(followed(page), BOWL.start, result, rotation=rotation)
    turned = eventually(lambda: picture(page), lambda now: now != before)
    page.mouse.up()
    drag(page, "Condition of the surface", 40)
    condition = value(page, "Condition of the surface")
    moved = followed(page)
    assert_at(moved, BOWL.start, result, rotation=rotation, condition=condition)
    eventually(lambda: picture(page), lambda now: now not in (before, turned))
    assert page.evaluate("settings") == [{"name": "s.rotation", "value": rotation}]
    page.mouse.up()
    expected = [{"name": "s.rotation", "value": rotation}, {"name": "s.condition", "value": condition}]
    assert page.evaluate("settings") == expected
    there = BOWL.with_parameters(rotation=rotation, condition=condition)
    answer(page, race(landscape=there, start=BOWL.start, **BOWL_RATES))
    for one, other in zip(moved, followed(page), strict=True):
        np.testing.assert_allclose(one["x"], other["x"], atol=1e-6)
    assert page.evaluate("Object.keys(descentPlayer.race.landscape.parameters)") == []


def test_the_minimum_and_the_distance_to_it_follow(open_race: Opener):
    result = race()
    page = open_race(result)
    drag(page, "A of the surface", -60)
    a = value(page, "A of the surface")
    assert a < 0.8
    assert_at(followed(page), ROSENBROCK.start, result, a=a)
    assert page.evaluate("descentPlayer.race.landscape.minima") == [[a, a * a]]
    facts = "descentPlayer.map.exact.gradient(0.3, -0.2)"
    expected = ROSENBROCK.with_parameters(a=a).gradient(np.array([0.3, -0.2]))
    np.testing.assert_allclose(page.evaluate(facts), expected, rtol=1e-12)


def test_the_surface_in_three_dimensions_follows_from_the_same_side(open_race: Opener):
    result = race(landscape=BOWL, start=BOWL.start, **BOWL_RATES)
    page = open_race(result)
    page.evaluate("() => { descentPlayer.choose({ picture: '3d' }); descentPlayer.relayout(); }")
    page.wait_for_function("descentPlayer.relief.camera")
    seen = "[descentPlayer.relief.camera.turn, descentPlayer.relief.camera.tilt]"
    side, levels = page.evaluate(seen), page.evaluate("[...descentPlayer.relief.grid.levels]")
    drag(page, "Rotation of the surface", 50)
    eventually(lambda: page.evaluate("[...descentPlayer.relief.grid.levels]"), lambda now: now != levels)
    assert page.evaluate(seen) == side


def test_a_file_without_a_server_keeps_what_was_moved(open_race: Opener):
    result = race(landscape=BOWL, start=BOWL.start, **BOWL_RATES, lbfgs=1.0)
    page = open_race(result, pickable=False, reduced_motion="reduce")
    expect(page.get_by_role("slider")).to_have_count(6)  # the step, three rates, two parameters; L-BFGS cannot follow
    drag(page, "Condition of the surface", 30)
    page.mouse.up()
    drag(page, "Adam, rate in the picture", 30)
    page.mouse.up()
    condition, rate = value(page, "Condition of the surface"), value(page, "Adam, rate in the picture")
    assert_at(followed(page), BOWL.start, result, rates={"adam": rate}, condition=condition)
    page.get_by_role("button", name="First step").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("descentPlayer.position > 5")
    carry(page, 60, 40)
    assert_at(followed(page), finger(page), result, rates={"adam": rate}, condition=condition)


def test_a_finger_moves_a_rate_on_a_phone(open_race: Opener):
    result = race()
    page = open_race(result, phone=True, reduced_motion="reduce")
    fits(page)
    for slider in page.locator(".dl-handle").all():
        box = box_of(slider)
        assert min(box["width"], box["height"]) >= 44
    handle(page, "Adam, rate in the picture").scroll_into_view_if_needed()
    x, y = within(handle(page, "Adam, rate in the picture"), 0.5, 0.5)()
    touch = page.context.new_cdp_session(page)
    send = "Input.dispatchTouchEvent"
    touch.send(send, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch.send(send, {"type": "touchMove", "touchPoints": [{"x": x - 20, "y": y}]})
    touch.send(send, {"type": "touchMove", "touchPoints": [{"x": x - 50, "y": y}]})
    eventually(lambda: value(page, "Adam, rate in the picture"), lambda rate: rate < 0.01)
    rate = value(page, "Adam, rate in the picture")
    assert_at(followed(page), ROSENBROCK.start, result, exact=False, rates={"adam": rate})
    touch.send(send, {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("settings.length === 1")


def test_link_and_sidebar_follow_a_handle_that_is_let_go(open_page: OpenPage):
    page = open_page("/descent?surface=elongated_bowl&o1=sgd&o1.lr=0.01&o2=adam&o2.lr=0.1", reduced_motion="reduce")
    expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
    shown = page.locator(".dl-chip .dl-value").nth(1).inner_text()
    drag(page, "Adam, rate in the picture", -50)
    expect(page.locator(".dl-chip .dl-value").nth(1)).not_to_have_text(shown)
    rate = value(page, "Adam, rate in the picture")
    assert query(page)["o2.lr"] == "0.1"
    page.mouse.up()
    eventually(lambda: query(page).get("o2.lr"), lambda text: text == f"{rate:g}")
    beside: Any = page.get_by_test_id("stSidebar").get_by_role("slider", name="Rate of Adam")
    expect(beside).to_have_attribute("aria-valuetext", f"rate {rate:g}")
    drag(page, "Condition of the surface", 40)
    condition = value(page, "Condition of the surface")
    page.mouse.up()
    eventually(lambda: query(page).get("s.condition"), lambda text: text == f"{condition:g}")
    assert query(page)["o2.lr"] == f"{rate:g}"


def test_the_race_of_the_landing_page_is_dragged_and_stays_where_it_is(open_page: OpenPage):
    page = open_page("/", reduced_motion="reduce")
    values = page.locator(".dl-chip .dl-value")
    expect(values.first).not_to_be_empty()
    before = values.all_inner_texts()
    carry(page, 90, 60)
    for i in range(4):
        expect(values.nth(i)).not_to_have_text(before[i])
    page.mouse.up()
    there = at_rest(values.all_inner_texts)
    start = page.locator(".dl-start").get_attribute("aria-label")
    drag(page, "Adam, rate in the picture", -50)
    expect(values.nth(3)).not_to_have_text(there[3])
    assert values.all_inner_texts()[:3] == there[:3]
    page.mouse.up()
    drag(page, "B of the surface", -60)
    expect(values.first).not_to_have_text(there[0])
    page.mouse.up()
    page.get_by_role("button", name="First step").click()
    page.get_by_role("button", name="Last step").click()
    rate, b = value(page, "Adam, rate in the picture"), value(page, "B of the surface")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert page.locator(".dl-start").get_attribute("aria-label") == start
    assert (value(page, "Adam, rate in the picture"), value(page, "B of the surface")) == (rate, b)
    assert query(page) == {}
