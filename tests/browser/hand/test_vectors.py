"""What is drawn of gradients and steps: arrows over the plane, and the vectors that make up one step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, descend
from tests.browser.hand.races import Opener, followed, race
from tests.browser.hand.test_handles import drag, value
from tests.browser.pages import OpenPage, eventually, query

ROSENBROCK = LANDSCAPES["rosenbrock"]
PLACES = """() => {
    const { view, width, height } = descentPlayer.map;
    return { view, width, height, arrows: descentPlayer.map.slopes() };
}"""


PARTS = "descentPlayer.dissected().parts"


def parts(page: Page, step: int) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Of a step: its vectors by name, each (from, vector), and its points by name."""
    page.get_by_role("slider", name="Step", exact=True).fill(str(step))
    told = page.evaluate(PARTS)
    vectors = {
        one["name"].replace("\N{MINUS SIGN}", "-"): (np.array(one["from"]), np.array(one["vector"]))
        for one in told["vectors"]
    }
    points: dict[str, list[Any]] = {}
    for one in told["points"]:
        points.setdefault(one["name"], []).append(np.array(one["at"]))
    return vectors, points


def assert_downhill(page: Page, landscape: Landscape) -> None:
    """Every arrow over the plane points along the negative gradient in its middle, as the picture's axes show it."""
    drawn = page.evaluate(PLACES)
    x, y, dx, dy = np.array(drawn["arrows"]).T
    view, width, height = drawn["view"], drawn["width"], drawn["height"]
    kx, ky = width / (view["x1"] - view["x0"]), height / (view["y1"] - view["y0"])
    points = np.stack([view["x0"] + (x + dx / 2) / kx, view["y1"] - (y + dy / 2) / ky], -1)
    gradient = landscape.gradient(points)
    expected = np.stack([-gradient[:, 0] * kx, gradient[:, 1] * ky], -1)
    expected /= np.hypot(*expected.T)[:, None]
    lengths = np.hypot(dx, dy)
    np.testing.assert_allclose(np.stack([dx, dy], -1) / lengths[:, None], expected, atol=1e-6)
    steep = np.hypot(*gradient.T)
    assert len(lengths) > 50
    assert lengths.max() < 45
    assert (np.diff(lengths[np.argsort(steep)]) > -1e-9).all()  # the steeper, the longer


def test_arrows_over_the_plane_point_downhill_and_follow_a_parameter(open_race: Opener):
    page = open_race(race())
    layer = "descentPlayer.map.canvases.slopes.toDataURL()"
    before = page.evaluate(layer)
    page.get_by_role("button", name="Gradient field").click()
    shown = eventually(lambda: page.evaluate(layer), lambda now: now != before)
    assert_downhill(page, ROSENBROCK)
    drag(page, "A of the surface", -60)
    followed(page)
    assert_downhill(page, ROSENBROCK.with_parameters(a=value(page, "A of the surface")))
    eventually(lambda: page.evaluate(layer), lambda now: now != shown)


def test_arrows_over_the_plane_are_in_the_link(open_page: OpenPage):
    page = open_page("/descent", reduced_motion="reduce")
    switch = page.get_by_role("button", name="Gradient field")
    switch.click()
    eventually(lambda: query(page).get("v.slopes"), lambda text: text == "true")
    again = open_page("/descent?v.slopes=true", reduced_motion="reduce")
    expect(again.get_by_role("button", name="Gradient field")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("moved", [False, True])
def test_a_step_of_momentum_is_its_velocity(open_race: Opener, moved: bool):
    page = open_race(race(momentum=0.0005, sgd=0.001))
    page.get_by_role("button", name="What the step is made of").click()
    page.get_by_label("Optimizer whose memory is shown").select_option("Momentum")
    rate = 0.0005
    if moved:
        drag(page, "Momentum, rate in the picture", -30)
        rate = value(page, "Momentum, rate in the picture")
        followed(page)
    path = descend(ROSENBROCK, OPTIMIZERS["momentum"], start=ROSENBROCK.start, steps=120, lr=rate)
    for k in (0, 7, 60):
        vectors, points = parts(page, k)
        assert list(vectors) == ["-η∇f", "momentum, -ηm", "step"]
        assert points == {}
        near: Any = {"rtol": 1e-6, "atol": 1e-6}
        np.testing.assert_allclose(vectors["step"][1], path.points[k + 1] - path.points[k], **near)
        np.testing.assert_allclose(vectors["momentum, -ηm"][1], path.points[k + 1] - path.points[k], **near)
        np.testing.assert_allclose(vectors["-η∇f"][1], -rate * ROSENBROCK.gradient(path.points[k]), **near)


def test_a_step_of_nesterov_shows_both_of_his_sequences(open_race: Opener):
    page = open_race(race(nesterov=0.0005))
    page.get_by_role("button", name="What the step is made of").click()
    point, velocity = np.array(ROSENBROCK.start), np.zeros(2)  # in the form of Sutskever et al. (2013)
    for k in range(12):
        ahead = point + 0.9 * velocity
        slope = ROSENBROCK.gradient(ahead)
        velocity = 0.9 * velocity - 0.0005 * slope
        behind, point = point, point + velocity
        if k in (1, 5, 11):
            vectors, points = parts(page, k)
            there = vectors["-η∇f at the look-ahead point"]
            np.testing.assert_allclose(there[0], ahead, atol=1e-6)
            np.testing.assert_allclose(there[1], -0.0005 * slope, atol=1e-6)
            np.testing.assert_allclose(points["own sequence"], [behind, point], atol=1e-6)
            np.testing.assert_allclose(vectors["momentum, -ημm"][0] + vectors["momentum, -ημm"][1], ahead, atol=1e-6)
            np.testing.assert_allclose(vectors["step"][1], point + 0.9 * velocity - ahead, atol=1e-6)


def test_a_step_of_sam_climbs_before_it_looks(open_race: Opener):
    page = open_race(race(sam=0.001))
    page.get_by_role("button", name="What the step is made of").click()
    path = descend(ROSENBROCK, OPTIMIZERS["sam"], start=ROSENBROCK.start, steps=120, lr=0.001)
    vectors, points = parts(page, 9)
    climb = path.states["climb"][10]
    np.testing.assert_allclose(points["ascent point"], [path.points[9] + climb], atol=1e-6)
    slope = ROSENBROCK.gradient(path.points[9] + climb)
    np.testing.assert_allclose(vectors["-η∇f at the ascent point"][1], -0.001 * slope, atol=1e-6)


def test_a_rule_without_a_program_shows_its_gradient_and_step(open_race: Opener):
    page = open_race(race(bfgs=0.0))
    page.get_by_role("button", name="What the step is made of").click()
    vectors, _ = parts(page, 2)
    assert list(vectors) == ["-∇f", "step"]
    expect(page.locator(".dl-near")).to_contain_text("BFGS, step 2:   \N{MINUS SIGN}∇f (")


def test_what_the_step_is_made_of_is_in_the_link(open_page: OpenPage):
    page = open_page("/descent", reduced_motion="reduce")
    page.get_by_role("button", name="What the step is made of").click()
    eventually(lambda: query(page).get("v.anatomy"), lambda text: text == "true")
    expect(page.locator(".dl-near")).to_contain_text("step (")
