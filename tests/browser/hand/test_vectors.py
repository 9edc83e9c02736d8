"""What is drawn of gradients and steps: arrows over the plane, and the vectors that make up one step."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from landscapes import LANDSCAPES, Landscape
from tests.browser.hand.races import Opener, followed, race
from tests.browser.hand.test_handles import drag, value
from tests.browser.pages import OpenPage, eventually, query

ROSENBROCK = LANDSCAPES["rosenbrock"]
PLACES = """() => {
    const { view, width, height } = descentPlayer.map;
    return { view, width, height, arrows: descentPlayer.map.slopes() };
}"""


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
    page.get_by_role("button", name="Arrows over the plane").click()
    shown = eventually(lambda: page.evaluate(layer), lambda now: now != before)
    assert_downhill(page, ROSENBROCK)
    drag(page, "A of the surface", -60)
    followed(page)
    assert_downhill(page, ROSENBROCK.with_parameters(a=value(page, "A of the surface")))
    eventually(lambda: page.evaluate(layer), lambda now: now != shown)


def test_arrows_over_the_plane_are_in_the_link(open_page: OpenPage):
    page = open_page("/descent", reduced_motion="reduce")
    switch = page.get_by_role("button", name="Arrows over the plane")
    switch.click()
    eventually(lambda: query(page).get("v.slopes"), lambda text: text == "true")
    again = open_page("/descent?v.slopes=true", reduced_motion="reduce")
    expect(again.get_by_role("button", name="Arrows over the plane")).to_have_attribute("aria-pressed", "true")
