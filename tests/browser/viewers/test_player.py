"""The player in one offline file: what a person does with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from exports.html import standalone_html
from figures.frontend import framed
from figures.race.player import player_payload
from figures.theme import DARK
from landscapes import LANDSCAPES, Landscape
from tests.browser.pages import OpenPage, at_rest, box_of, css, eventually, fits, hover_until, within

RATES = {"sgd": 0.001, "momentum": 0.0005, "rmsprop": 0.01, "adam": 0.03}
SIX = (980, 640)
SLOWLY = {"speed": 0.25}  # 20 seconds of playing: it still plays when a slow browser is asked

Opener = Callable[..., Page]


def race(key: str = "rosenbrock", steps: int = 200, **rates: float) -> RaceResult:
    landscape = LANDSCAPES[key]
    entries = tuple(Entry(optimizer=name, values={"lr": lr}) for name, lr in (rates or RATES).items())
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps))


@pytest.fixture
def open_player(open_page: OpenPage, tmp_path: Path) -> Opener:
    """Writes a race to a file and opens it; a start can be picked as on the page, and is recorded in ``picks``."""

    def open_player(result: RaceResult, *, view: dict[str, Any] | None = None, **options: Any) -> Page:
        payload = framed(player_payload(result, view=view), height=0, pickable=True)
        path = tmp_path / "race.html"
        path.write_text(standalone_html(payload, "A race"), encoding="utf-8")
        if not options.get("phone"):
            options.setdefault("size", SIX)
        page = open_page(path.as_uri(), **options)
        page.evaluate(
            """() => {
                window.picks = []; window.views = [];
                descentPlayer.hooks.onPick = (point) => picks.push(point);
                descentPlayer.hooks.onView = (view) => views.push(view);
                descentPlayer.map.placeHandle();
            }"""
        )
        return page

    return open_player


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step")


def at_step(page: Page, step: int) -> None:
    expect(slider(page)).to_have_value(str(step))


def readout(page: Page) -> Locator:
    return page.locator(".dl-readout")


def field_color(page: Page) -> list[int]:
    """Red, green, blue and opacity in the middle of the field."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector('.dl-field');
            return [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
        }"""
    )


def drawn(page: Page) -> None:
    """The picture is whole: what watches its size has heard of it, and no frame and no part of the field is to come."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("!descentPlayer.frame && !descentPlayer.map.field.busy")


def inked(page: Page, layer: str) -> int:
    """How many pixels of a layer are more than half covered, once all is drawn."""
    drawn(page)
    return page.evaluate(
        """(layer) => {
            const canvas = document.querySelector(layer);
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 3; i < data.length; i += 4) if (data[i] > 127) count += 1;
            return count;
        }""",
        layer,
    )


def test_it_plays_once_by_itself_to_the_end(open_player: Opener):
    page = open_player(race(), stopped=True)
    page.clock.run_for(1_000)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert 0 < int(slider(page).input_value()) < 200
    page.clock.run_for(10_000)
    at_step(page, 200)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("views") == []


def test_it_stands_at_the_end_where_motion_is_unwanted(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    at_step(page, 200)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_space_arrows_home_and_end(open_player: Opener):
    page = open_player(race(), view=SLOWLY, reduced_motion="reduce")
    page.locator(".dl-player").focus()
    page.keyboard.press("Home")
    at_step(page, 0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at_step(page, 2)
    page.keyboard.press("ArrowLeft")
    at_step(page, 1)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("End")
    at_step(page, 200)


def test_buttons_step_and_trails_grow_and_shrink_with_them(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    expect(slider(page)).to_have_value("200")
    whole = inked(page, ".dl-trail")
    page.get_by_role("button", name="First step").click()
    at_step(page, 0)
    assert inked(page, ".dl-trail") == 0
    page.get_by_role("button", name="One step forward").click()
    at_step(page, 1)
    slider(page).fill("100")
    at_step(page, 100)
    assert 0 < inked(page, ".dl-trail") < whole
    page.get_by_role("button", name="One step back").click()
    at_step(page, 99)
    page.get_by_role("button", name="Last step").click()
    at_step(page, 200)
    assert inked(page, ".dl-trail") == pytest.approx(whole, rel=0.02)


def test_steps_drawn_one_by_one_make_the_same_picture_as_all_at_once(open_player: Opener):
    page = open_player(race("himmelblau", steps=50, adam=0.1, momentum=0.001), reduced_motion="reduce")
    at_once = inked(page, ".dl-trail")
    page.get_by_role("button", name="First step").click()
    for step in range(1, 51):
        page.get_by_role("button", name="One step forward").click()
        at_step(page, step)
    assert inked(page, ".dl-trail") == pytest.approx(at_once, rel=0.02)


def told(page: Page, name: str) -> float:
    """A number of the readout in full precision; not a number where there is none."""
    return float(readout(page).get_attribute(f"data-{name}") or "nan")


def hover(page: Page, place: Callable[[], tuple[float, float]]) -> None:
    """Put the pointer at a place of the window until the readout tells that place of the plane."""

    def pixel() -> tuple[float, float]:
        x, y = place()
        return round(x), round(y)

    def there() -> bool:
        box = box_of(page.locator(".dl-overlay"))
        x, y = page.evaluate("(plane) => descentPlayer.map.toScreen(...plane)", [told(page, "x"), told(page, "y")])
        return (box["x"] + x, box["y"] + y) == pytest.approx(pixel(), abs=0.01)

    hover_until(page, pixel, there)


def hovered_points(page: Page, landscape: Landscape) -> float:
    """The largest relative difference between the readout and the landscape at a few places of the map."""
    worst = 0.0
    for across, down in ((0.21, 0.33), (0.52, 0.78), (0.83, 0.15), (0.4, 0.55)):
        hover(page, within(page.locator(".dl-overlay"), across, down))
        shown = {name: told(page, name) for name in "xyf"}
        exact = float(landscape.value(np.array([shown["x"], shown["y"]])))
        worst = max(worst, abs(shown["f"] - exact) / max(abs(exact), 1e-300))
    return worst


@pytest.mark.parametrize("key", ["rosenbrock", "ackley", "eggholder", "goldstein_price", "michalewicz", "sinusoids"])
def test_the_readout_under_the_pointer_is_the_landscapes_own_value(open_player: Opener, key: str):
    page = open_player(race(key, steps=20, adam=0.01), reduced_motion="reduce")
    assert hovered_points(page, LANDSCAPES[key]) < 1e-9


def test_gradients_in_the_browser_are_the_landscapes_own(open_player: Opener):
    landscape = LANDSCAPES["six_hump_camel"]
    page = open_player(race("six_hump_camel", steps=5, adam=0.01), reduced_motion="reduce")
    points = np.random.default_rng(3).uniform(-2, 2, (40, 2))
    shown = page.evaluate("(points) => points.map(([x, y]) => descentPlayer.map.exact.gradient(x, y))", points.tolist())
    np.testing.assert_allclose(shown, landscape.gradient(points), rtol=1e-9, atol=1e-12)


def test_the_nearest_path_is_read_out_with_its_step(open_player: Opener):
    result = race(steps=60, adam=0.1)
    page = open_player(result, reduced_motion="reduce")
    lane = result.lanes[0]
    x, y = lane.trajectory.points[30]

    def place() -> tuple[float, float]:
        box = box_of(page.locator(".dl-overlay"))
        across, down = page.evaluate("([x, y]) => descentPlayer.map.toScreen(x, y)", [x, y])
        return box["x"] + across, box["y"] + down

    hover(page, place)
    expect(readout(page)).to_contain_text("Adam, step")
    step = int(told(page, "step"))
    assert np.hypot(*(lane.trajectory.points[step] - (x, y))) < 0.02
    expect(readout(page)).to_contain_text("|∇f|")


def test_a_click_on_the_map_picks_that_start_and_a_drag_pans(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    drawn(page)
    before = page.evaluate("({...descentPlayer.map.view})")
    page.mouse.click(*within(page.locator(".dl-overlay"), 0.7, 0.25)())
    picks = eventually(lambda: page.evaluate("picks"), bool)
    assert len(picks) == 1
    assert picks[0]["x"] == pytest.approx(before["x0"] + 0.7 * (before["x1"] - before["x0"]), abs=0.01)
    assert picks[0]["y"] == pytest.approx(before["y1"] - 0.25 * (before["y1"] - before["y0"]), abs=0.01)
    x, y = within(page.locator(".dl-overlay"), 0.5, 0.6)()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y + 40, steps=4)
    page.mouse.up()
    eventually(
        lambda: page.evaluate("({...descentPlayer.map.view})"),
        lambda after: after["x0"] > before["x0"] and after["y0"] > before["y0"],
    )
    assert len(page.evaluate("picks")) == 1


def test_the_start_is_dragged_and_sent_when_let_go(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    drawn(page)
    x, y = within(page.locator(".dl-start"), 0.5, 0.5)()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 50, steps=5)
    page.wait_for_function("descentPlayer.map.dragStart")
    assert page.evaluate("picks") == []
    page.mouse.up()
    picks = eventually(lambda: page.evaluate("picks"), bool)
    assert len(picks) == 1
    assert picks[0]["x"] > -1.4


def test_the_start_moves_by_keyboard(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    page.locator(".dl-start").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("picks.length === 1")
    assert page.evaluate("picks[0].x") > LANDSCAPES["rosenbrock"].start[0]
    at_step(page, 200)


def test_the_wheel_zooms_about_the_pointer_and_a_double_click_resets(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    drawn(page)
    x, y = within(page.locator(".dl-overlay"), 0.3, 0.6)()
    hover(page, lambda: (x, y))
    before = page.evaluate("({...descentPlayer.map.view})")
    width = before["x1"] - before["x0"]
    under = told(page, "x")
    for _ in range(3):
        page.mouse.wheel(0, -200)
    page.wait_for_function("(width) => descentPlayer.map.view.x1 - descentPlayer.map.view.x0 < 0.3 * width", arg=width)
    hover(page, lambda: (x, y))
    assert told(page, "x") == pytest.approx(under, abs=1e-6)
    # No time passes between the two clicks: a slow machine would take them for one that picks a start, and another.
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    page.mouse.dblclick(x, y)
    eventually(lambda: page.evaluate("descentPlayer.map.zoomed"), lambda zoomed: zoomed is None)
    page.clock.run_for(2_000)
    assert page.evaluate("({...descentPlayer.map.view})") == before
    assert page.evaluate("picks") == []


def test_the_wheel_does_not_catch_a_page_that_is_scrolled_past(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce", size=(980, 420))
    page.evaluate(
        """() => {
            const spacer = document.createElement('div');
            spacer.style.height = '900px';
            document.body.prepend(spacer);
        }"""
    )
    page.mouse.move(400, 200)
    for _ in range(12):
        page.mouse.wheel(0, 100)
    page.wait_for_function("scrollY >= 700")
    assert page.evaluate("descentPlayer.map.zoomed") is None


def test_two_fingers_zoom(open_player: Opener):
    page = open_player(race(), phone=True, reduced_motion="reduce")
    drawn(page)
    box = box_of(page.locator(".dl-overlay"))
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (x - 30, y), (x + 30, y))
    for spread in (45, 60, 90):
        touch("touchMove", (x - spread, y), (x + spread, y))
    touch("touchEnd")
    eventually(
        lambda: page.evaluate("(({ home, view }) => (home.x1 - home.x0) / (view.x1 - view.x0))(descentPlayer.map)"),
        lambda zoom: zoom == pytest.approx(3.0, rel=0.1),
    )
    assert page.evaluate("picks") == []


def test_a_tap_picks_a_start_on_a_phone(open_player: Opener):
    page = open_player(race(), phone=True, reduced_motion="reduce")
    drawn(page)
    page.touchscreen.tap(*within(page.locator(".dl-overlay"), 0.75, 0.3)())
    page.wait_for_function("picks.length === 1")


def test_the_legend_hides_and_shows_a_lane(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    chip = page.get_by_role("group", name="Optimizers shown").get_by_role("button", name=re.compile("^Adam"))
    expect(chip).to_have_attribute("aria-pressed", "true")
    whole = inked(page, ".dl-trail")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert inked(page, ".dl-trail") < whole
    page.wait_for_function("views.length === 1")
    assert page.evaluate("views[0]") == {"hidden": ["Adam"]}
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")


def test_charts_choose_their_axes_and_scrub(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    page.get_by_label("Vertical axis").select_option("distance")
    page.get_by_label("Horizontal axis").select_option("evaluations")
    page.get_by_label("Optimizer whose memory is shown").select_option("RMSprop")
    chart = page.get_by_role("img", name=re.compile("distance to minimum by gradient evaluations of SGD, Momentum"))
    expect(chart).to_be_visible()
    expect(page.get_by_role("img", name="v of RMSprop by step")).to_be_visible()
    page.mouse.click(*at_rest(within(chart, 0.5, 0.5)))
    step = eventually(lambda: int(slider(page).input_value()), lambda step: 60 < step < 150)
    # On the way it may have reported a view without the last of these.
    view = {"step": step, "x": "evaluations", "y": "distance", "lane": "RMSprop"}
    eventually(lambda: page.evaluate("views.at(-1)"), lambda reported: reported == view)


def test_rules_that_remember_nothing_are_shown_beside_each_other(open_player: Opener):
    landscape = LANDSCAPES["booth"]
    entries = tuple(Entry(optimizer="sgd", values={"lr": lr}) for lr in (0.01, 0.05))
    race = Race(landscape=landscape, entries=entries, start=landscape.start, steps=50)
    page = open_player(run_race(race), reduced_motion="reduce")
    lane = page.get_by_label("Optimizer whose memory is shown")
    expect(lane).to_have_value("*")
    expect(page.get_by_role("img", name="effective step of SGD, rate 0.01, SGD, rate 0.05 by step")).to_be_visible()
    lane.select_option("SGD, rate 0.05")
    expect(page.get_by_role("img", name="effective step of SGD, rate 0.05 by step")).to_be_visible()


def test_a_view_that_was_reported_opens_the_same_picture(open_player: Opener):
    view = {"step": 40, "x": "evaluations", "y": "gradient", "arrows": True, "speed": 4, "loop": True}
    view |= {"hidden": ["SGD"], "lane": "Adam", "memory": "m", "zoom": [-1.0, 1.0, 0.0, 1.5]}
    page = open_player(race(), view=view)
    at_step(page, 40)
    assert page.evaluate("descentPlayer.viewState()") == view
    expect(page.get_by_label("Vertical axis")).to_have_value("gradient")
    expect(page.get_by_role("button", name=re.compile("^Arrows"))).to_have_attribute("aria-pressed", "true")


def test_a_new_race_keeps_the_relative_step_and_a_new_start_plays(open_player: Opener):
    first, longer = race(), race(steps=400)
    moved = run_race(Race(landscape=first.race.landscape, entries=first.race.entries, start=(0.5, 2.0), steps=400))
    page = open_player(first, view=SLOWLY, reduced_motion="reduce")
    slider(page).fill("50")
    at_step(page, 50)
    show = "(text) => descentPlayer.show(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))"
    page.evaluate(show, base64.b64encode(player_payload(longer, view=SLOWLY)).decode())
    at_step(page, 100)
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(show, base64.b64encode(player_payload(moved, view=SLOWLY)).decode())
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_lane_that_diverges_is_named_with_its_step(open_player: Opener):
    result = race(steps=100, sgd=0.05, adam=0.05)
    step = int(result.lanes[0].trajectory.first_nonfinite)
    page = open_player(result, reduced_motion="reduce")
    chip = page.get_by_role("group", name="Optimizers shown").get_by_role("button", name=re.compile("^SGD"))
    expect(chip).to_contain_text("diverged")
    page.get_by_label("Optimizer whose memory is shown").select_option("SGD")
    expect(readout(page)).to_contain_text(f"diverges at step {step}")


def test_the_picture_is_saved_with_a_name_that_says_what_it_shows(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this picture as PNG").click()
    assert download.value.suggested_filename == "rosenbrock-step-200.png"
    data = Path(download.value.path()).read_bytes()
    width = int.from_bytes(data[16:20], "big")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert width == 2 * (SIX[0] - 24)


def test_dark_and_light_have_their_own_colors(open_player: Opener):
    page = open_player(race(), reduced_motion="reduce", color_scheme="dark")
    drawn(page)
    dark = field_color(page)
    expect(page.locator(".dl-player")).to_have_css("background-color", css(DARK.background))
    page.emulate_media(color_scheme="light")
    page.wait_for_function("!descentPlayer.look.dark")
    drawn(page)
    assert sum(field_color(page)[:3]) > sum(dark[:3])


def test_nothing_is_wider_than_a_phone_and_targets_suit_a_finger(open_player: Opener):
    page = open_player(race(), phone=True, reduced_motion="reduce")
    fits(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input')]
            .map((node) => [node.getAttribute('aria-label') || node.textContent, node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 44 || box.width < 44)).map(([name]) => name)"""
    )
    assert small == []
    order = [page.locator(name).bounding_box() for name in (".dl-map", ".dl-transport", ".dl-charts")]
    tops = [box["y"] for box in order if box is not None]
    assert len(tops) == 3
    assert tops == sorted(tops)


def test_leaving_stops_the_animation(open_player: Opener):
    page = open_player(race(), stopped=True)
    page.clock.run_for(1_000)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.evaluate("descentPlayer.destroy()")
    position = page.evaluate("descentPlayer.position")
    page.clock.run_for(1_000)
    assert page.evaluate("descentPlayer.position") == position
    assert page.locator("canvas").count() == 0
