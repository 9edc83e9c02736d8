"""Components survive whatever a hand does to them: acts at random with a fixed seed, and no complaint."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.race import Entry, Race, RaceResult, run_race
from exports import live_html, standalone_html
from figures.frontend import framed
from figures.live import live_payload
from figures.race import player_payload
from landscapes import LANDSCAPES
from tests.browser.pages import OpenPage, act_within, box_of, settle
from tests.figures.live_runs import watched

STILL: dict[str, Any] = {"reduced_motion": "reduce"}
WIDTHS = (390, 600, 768, 1024, 1280, 1920)


def race(key: str = "rosenbrock", steps: int = 200) -> RaceResult:
    landscape = LANDSCAPES[key]
    rates = {"sgd": 0.001, "momentum": 0.0005, "adam": 0.03}
    entries = tuple(Entry(optimizer=name, values={"lr": lr}) for name, lr in rates.items())
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps))


def encoded(payload: bytes) -> str:
    return base64.b64encode(payload).decode("ascii")


def step_of(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step", exact=True)


def look_at(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view).or_(page.get_by_role("button", name=view)).first.click()


def test_the_map_is_there_after_a_link_to_three_dimensions(open_page: OpenPage):
    page = open_page("/descent?surface=rosenbrock&v.picture=3d", **STILL)
    step = step_of(page)
    expect(step).to_have_value("500", timeout=30_000)
    page.locator(".dl-chip").first.click()  # a change that comes back from the page
    page.wait_for_url(re.compile(r"v\.hidden="))
    step.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"v\.step=0"))
    look_at(page, "Map")
    expect(page.locator(".dl-map")).to_be_visible()
    page.wait_for_function(
        """() => {
            const find = (root) => root.querySelector('.dl-field')
                || [...root.querySelectorAll('*')].map((each) => each.shadowRoot && find(each.shadowRoot)).find(
                    (found) => found);
            const canvas = find(document);
            if (!canvas || canvas.width < 100) return false;
            return canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 127;
        }"""
    )
    expect(step).to_have_value("0")
    expect(page.get_by_role("button", name=re.compile("Start at x"))).to_be_visible()


Act = Callable[[Page, random.Random], None]


def press_keys(page: Page, rng: random.Random) -> None:
    step_of(page).focus()
    page.keyboard.press(rng.choice(["Home", "End", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Space"]))


def press_a_button(page: Page, rng: random.Random) -> None:
    shown = [each for each in page.locator(".dl-button, .dl-tab").all() if each.is_visible()]
    saving = re.compile("Save this picture")
    rng.choice([each for each in shown if not saving.search(each.get_attribute("aria-label") or "")]).click()


def press_a_chip(page: Page, rng: random.Random) -> None:
    shown = [each for each in page.locator(".dl-chip").all() if each.is_visible()]
    if shown:
        rng.choice(shown).click()


def choose_from_a_menu(page: Page, rng: random.Random) -> None:
    menu = rng.choice([each for each in page.locator(".dl-select").all() if each.is_visible()])
    menu.select_option(rng.choice(menu.locator("option").evaluate_all("all => all.map((option) => option.value)")))


def resize(page: Page, rng: random.Random) -> None:
    page.set_viewport_size({"width": rng.choice(WIDTHS), "height": rng.choice([540, 844, 1080])})


def change_theme(page: Page, rng: random.Random) -> None:
    page.emulate_media(color_scheme=rng.choice(["light", "dark"]))


def on_canvas(page: Page, rng: random.Random) -> None:
    shown = [each for each in page.locator(".dl-overlay, .dl-chart-canvas, .dl-live-over").all() if each.is_visible()]
    if not shown:
        return
    canvas = rng.choice(shown)
    canvas.scroll_into_view_if_needed()
    act_within(page, box_of(canvas), rng, ("click", "drag", "wheel", "double"))


def change_view(page: Page, rng: random.Random) -> None:
    look_at(page, rng.choice(["Map", "3-D"]))


PLAYER: tuple[Act, ...] = (
    press_keys,
    press_a_button,
    press_a_chip,
    choose_from_a_menu,
    on_canvas,
    on_canvas,
    resize,
    change_theme,
)


def wander(page: Page, acts: tuple[Act, ...], seed: int, count: int, calm: Callable[[Page], None]) -> None:
    """So many acts at random; ``open_page`` collects what the browser complains of."""
    rng = random.Random(seed)
    for number in range(count):
        act = rng.choice(acts)
        act(page, rng)
        calm(page)
        failed = page.locator(".dl-failure")
        assert not failed.count(), f"act {number}, {act.__name__}: {failed.first.inner_text()}"


def drawn(page: Page) -> None:
    """Two frames later: what was asked for in the first is drawn in the second."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def test_the_descent_page_survives_whatever_a_hand_does(open_page: OpenPage):
    page = open_page("/descent?surface=rosenbrock&v.picture=3d", **STILL)
    expect(step_of(page)).to_have_value("500", timeout=30_000)

    def calm(page: Page) -> None:
        settle(page)
        drawn(page)

    wander(page, (*PLAYER, change_view), 10, 60, calm)
    page.set_viewport_size({"width": 1280, "height": 800})
    look_at(page, "Map")
    expect(page.locator(".dl-map")).to_be_visible()
    step_of(page).focus()
    page.keyboard.press("Home")
    expect(step_of(page)).to_have_value("0")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_player_survives_payloads_views_and_sizes_in_any_order(open_page: OpenPage, tmp_path: Path, seed: int):
    races = [race(), race("himmelblau", 50), race("saddle", 120)]
    views: list[dict[str, Any]] = [
        {},
        {"map": False},
        {"charts": False},
        {"map": False, "step": 3},
        {"zoom": [0, 1, 0, 1], "arrows": True},
        {"hidden": ["Adam", "SGD", "Momentum"]},
        {"y": "rate", "x": "evaluations"},
        {"memory": "nothing", "lane": "nobody", "y": "nothing"},
    ]
    payloads = [
        encoded(framed(player_payload(each, view=view), height=height, pickable=height > 500))
        for each in races
        for view in views
        for height in (400, 700)
    ]

    def show(page: Page, rng: random.Random) -> None:
        page.evaluate(
            "(text) => descentPlayer.show(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))",
            rng.choice(payloads),
        )

    def hide(page: Page, rng: random.Random) -> None:
        page.locator("#host").evaluate("(host, how) => { host.style.display = how; }", rng.choice(["none", "flex"]))
        show(page, rng)
        drawn(page)
        page.locator("#host").evaluate("(host) => { host.style.display = ''; }")

    path = tmp_path / "race.html"
    path.write_text(standalone_html(player_payload(races[0], view={"map": False}), "A race"), encoding="utf-8")
    page = open_page(path.as_uri(), **STILL)
    page.evaluate("descentPlayer.hooks.onPick = () => {}; descentPlayer.hooks.onView = () => {};")
    wander(page, (*PLAYER, show, show, hide), seed, 60, drawn)


def test_live_curves_survive_whatever_a_hand_does(open_page: OpenPage, tmp_path: Path):
    rows = np.arange(1.0, 31.0)
    series = {"train_loss": 1 / rows, "val_loss": 0.5 + 1 / rows, "val_metric": 1 - 1 / rows, "lr": np.full(30, 0.01)}
    runs = [watched(series, id=name, name=name) for name in ("one", "two")]
    none = watched({}, id="none", name="none")
    payloads = [encoded(live_payload(each)) for each in ([none], runs[:1], runs, [runs[0], none])]

    def show(page: Page, rng: random.Random) -> None:
        page.evaluate(
            "(text) => descentLive.show(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))",
            rng.choice(payloads),
        )

    def press_live_keys(page: Page, rng: random.Random) -> None:
        page.locator(".dl-live").focus()
        page.keyboard.press(rng.choice(["Home", "End", "ArrowLeft", "ArrowRight", "Escape"]))

    path = tmp_path / "live.html"
    path.write_text(live_html(live_payload([none]), "Runs"), encoding="utf-8")
    page = open_page(path.as_uri(), **STILL)
    wander(page, (show, press_live_keys, press_a_chip, on_canvas, resize, change_theme), 4, 60, drawn)
