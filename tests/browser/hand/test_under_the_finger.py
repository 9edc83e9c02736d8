"""Paths that follow the start while it is dragged: before anything is sent, and after the answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from figures.frontend import framed
from figures.race import player_payload
from numerals import readable
from optimizers import OPTIMIZERS, descend
from tests.browser.hand.races import LANES, RATES, SHOW, STEPS, Opener, assert_at, carry, finger, followed, race
from tests.browser.pages import eventually, within


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_paths_follow_the_finger_before_anything_is_sent(open_race: Opener, noise: float):
    result = race(noise=noise)
    page = open_race(result)
    before = page.evaluate(LANES)
    carry(page, 90, 60)
    lanes, here = followed(page), finger(page)
    assert page.evaluate("picks") == []
    assert [lane["x"][0] for lane in lanes] == [here[0]] * 4
    assert lanes[0]["x"] != before[0]["x"]
    assert_at(lanes, here, result)
    page.mouse.move(*within(page.locator(".dl-overlay"), 0.8, 0.2)())
    eventually(lambda: finger(page), lambda there: there != here)
    assert_at(followed(page), finger(page), result)
    assert page.evaluate("picks") == []


def test_what_the_server_answers_is_what_is_shown_already(open_race: Opener):
    page = open_race(race())
    page.get_by_role("slider", name="Step", exact=True).fill("70")
    carry(page, 90, 60)
    moved, here = followed(page), finger(page)
    page.mouse.up()
    (pick,) = eventually(lambda: page.evaluate("picks"), bool)
    assert [float(f"{pick[name]:.9g}") for name in "xy"] == here
    labels = page.evaluate("JSON.stringify([...descentPlayer.map.overlay.labelMemory])")
    answer = race((here[0], here[1]))
    page.evaluate(SHOW, base64.b64encode(framed(player_payload(answer), pickable=True)).decode())
    lanes = followed(page)
    assert_at(lanes, here, answer, exact=False)
    for one, other in zip(moved, lanes, strict=True):
        np.testing.assert_allclose(one["x"], other["x"], atol=1e-6)
    assert page.evaluate("[descentPlayer.playing, descentPlayer.position]") == [False, 70]
    page.wait_for_function(
        "(before) => JSON.stringify([...descentPlayer.map.overlay.labelMemory]) === before", arg=labels
    )


def test_a_click_plays_from_there_at_once_and_the_answer_does_not_begin_again(open_race: Opener):
    page = open_race(race())
    page.mouse.click(*within(page.locator(".dl-overlay"), 0.7, 0.25)())
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    (pick,) = page.evaluate("picks")
    here = [float(f"{pick[name]:.9g}") for name in "xy"]
    assert_at(followed(page), here, race())
    page.wait_for_function("descentPlayer.position > 20")
    answer = framed(player_payload(race((here[0], here[1]))), pickable=True)
    page.evaluate(SHOW, base64.b64encode(answer).decode())
    assert page.evaluate("descentPlayer.position") > 20


def test_a_lane_that_searches_waits_for_the_server(open_race: Opener):
    result = race(sgd=0.001, bfgs=0.0)
    page = open_race(result)
    before = page.evaluate(LANES)
    carry(page, 90, 60)
    lanes = followed(page)
    assert [lane["stale"] for lane in lanes] == [False, True]
    assert lanes[1]["x"] == before[1]["x"]
    expect(page.locator(".dl-chip").nth(1).locator(".dl-value")).to_have_text("…")
    here = finger(page)
    page.mouse.up()
    eventually(lambda: page.evaluate("picks"), bool)
    answer = race((here[0], here[1]), sgd=0.001, bfgs=0.0)
    page.evaluate(SHOW, base64.b64encode(framed(player_payload(answer), pickable=True)).decode())
    lanes = followed(page)
    assert [lane["stale"] for lane in lanes] == [False, False]
    expect(page.locator(".dl-chip").nth(1).locator(".dl-value")).not_to_have_text("…")
    assert_at(lanes, here, answer, exact=False)


def test_a_drag_that_is_cut_off_puts_the_paths_back(open_race: Opener):
    page = open_race(race())
    before = page.evaluate(LANES)
    carry(page, 90, 60)
    followed(page)
    page.locator(".dl-start").dispatch_event("pointercancel")
    assert followed(page) == before
    assert page.evaluate("picks") == []


def test_an_answer_to_an_earlier_start_does_not_pull_the_paths_back(open_race: Opener):
    page = open_race(race())
    carry(page, 60, 40)
    followed(page)
    first = finger(page)
    page.mouse.up()
    eventually(lambda: page.evaluate("picks"), bool)
    carry(page, 60, 40)
    followed(page)
    second = finger(page)
    answer = framed(player_payload(race((first[0], first[1]))), pickable=True)
    page.evaluate(SHOW, base64.b64encode(answer).decode())
    assert_at(followed(page), second, race())
    page.mouse.up()
    eventually(lambda: page.evaluate("picks.length"), lambda count: count == 2)
    page.evaluate(SHOW, base64.b64encode(answer).decode())
    assert_at(followed(page), second, race())


def test_paths_are_plain_while_frames_are_slow_and_whole_when_the_finger_rests(open_race: Opener):
    page = open_race(race())
    picture = """() => {
        const { ghost, halo, trail } = descentPlayer.map.canvases;
        return [ghost, halo, trail].map((canvas) => [canvas.style.visibility, canvas.toDataURL()]);
    }"""
    plain = "descentPlayer.map.trails.light"
    page.evaluate("descentPlayer.stopAt(descentPlayer.race.steps)")
    carry(page, 90, 60)
    eventually(lambda: page.evaluate("descentPlayer.followedAt"), lambda at: at is None)
    assert not page.evaluate(plain)
    whole = page.evaluate(picture)
    # The pace of slow frames while the finger goes a little further, and then back.
    here = finger(page)
    page.evaluate(
        """([x, y]) => new Promise((done) => {
            const go = () => {
                descentPlayer.pace = 1000;
                descentPlayer.follow([x + 0.01, y]);
                if (descentPlayer.map.trails.light) done(); else requestAnimationFrame(go);
            };
            go();
        })""",
        here,
    )
    page.evaluate("(start) => descentPlayer.follow(start)", here)
    eventually(lambda: page.evaluate(plain), lambda light: not light)
    assert page.evaluate(picture) == whole
    page.mouse.up()


def test_charts_keep_what_they_show_while_paths_follow(open_race: Opener):
    page = open_race(race())
    page.get_by_label("Optimizer whose memory is shown").select_option("every optimizer")
    page.get_by_label("Vertical axis").select_option("gradient norm")
    series = "descentPlayer.panels.charts.map((chart) => chart.series.map((one) => [one.label, one.ys.length]))"
    before = page.evaluate(series)
    carry(page, 90, 60)
    lanes = followed(page)
    assert page.evaluate(series) == before
    assert [label for label, _ in before[1]] == ["RMSprop", "Adam"]  # who remembers a v
    np.testing.assert_array_equal(
        page.evaluate("[...descentPlayer.panels.charts[0].series[3].ys]"), lanes[3]["gradient"]
    )


def _beside(page: Page) -> list[list[float]]:
    return page.evaluate("descentPlayer.panels.charts[1].series.map((one) => [...one.ys])")


@pytest.mark.parametrize("key", ["rmsprop", "adam"])
def test_the_root_of_v_stands_beside_the_curvature_of_each_axis_and_follows(open_race: Opener, key: str):
    result = race()
    page = open_race(result, pickable=False)
    rule, landscape = OPTIMIZERS[key], result.race.landscape
    page.get_by_label("Optimizer whose memory is shown").select_option("SGD")
    expect(page.get_by_label("Quantity")).not_to_contain_text("curvature")
    page.get_by_label("Optimizer whose memory is shown").select_option(rule.name)
    page.get_by_label("Quantity").select_option("√v beside curvature")
    chart = page.get_by_role("img", name=f"Root of the second moment of {rule.name} beside the curvature of each axis")

    def assert_beside(start: Sequence[float]) -> None:
        path = descend(landscape, rule, start=start, steps=STEPS, lr=RATES[key])
        assert rule.moment is not None
        after = {name: state[1:] for name, state in path.states.items()}
        roots = np.sqrt(rule.moment(after, path.hyperparameters, np.arange(STEPS)[:, None]))
        curvatures = np.abs(np.diagonal(landscape.hessian(path.points), axis1=-2, axis2=-1))
        drawn = np.array(_beside(page))
        np.testing.assert_allclose(drawn[:2, 1:].T, roots, rtol=1e-9)
        np.testing.assert_allclose(drawn[2:].T, curvatures, rtol=1e-9)
        assert np.isnan(drawn[:2, 0]).all()
        expect(chart).to_have_accessible_name(
            re.compile(re.escape(f"; at step {STEPS} √v x {readable(roots[-1, 0])},"))
        )

    assert_beside(result.race.start)
    labels = page.evaluate("descentPlayer.panels.charts[1].series.map((one) => one.label)")
    assert labels == ["√v x", "√v y", "|Hxx|", "|Hyy|"]
    carry(page, 60, 40)
    here = finger(page)
    page.mouse.up()
    followed(page)
    assert_beside(here)


def test_arrow_keys_move_the_start_and_the_paths(open_race: Opener):
    page = open_race(race(), reduced_motion="reduce")
    page.locator(".dl-start").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    there = page.evaluate("descentPlayer.map.pending.map((value) => Number(value.toPrecision(9)))")
    lanes = followed(page)
    assert [lanes[0]["x"][0], lanes[0]["y"][0]] == there
    assert_at(lanes, there, race())
    page.wait_for_function("picks.length === 1")


def test_a_file_without_a_server_follows_and_stays_there(open_race: Opener):
    result = race()
    page = open_race(result, pickable=False)
    carry(page, 90, 60)
    here = finger(page)
    page.mouse.up()
    assert_at(followed(page), here, result)
    assert page.evaluate("descentPlayer.race.start") == here
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("descentPlayer.position > 5")
    assert_at(followed(page), here, result)


def test_a_finger_drags_the_start_on_a_phone(open_race: Opener):
    page = open_race(race(), phone=True, reduced_motion="reduce")
    x, y = within(page.locator(".dl-start"), 0.5, 0.5)()
    touch = page.context.new_cdp_session(page)
    send = "Input.dispatchTouchEvent"
    touch.send(send, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch.send(send, {"type": "touchMove", "touchPoints": [{"x": x + 40, "y": y + 30}]})
    page.wait_for_function("descentPlayer.map.dragStart")
    assert_at(followed(page), finger(page), race())
    touch.send(send, {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("picks.length === 1")
