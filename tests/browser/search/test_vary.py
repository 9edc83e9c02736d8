"""Settings are varied as a person does it: a search runs, is held and goes on; a point opens its run; phone, theme."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import TRAINING_MS, OpenPage, at_rest, eventually, fits, land, query, settle, within

SMALL = "data.name=moons&data.size=120&budget.epochs=4&watch.pictures=false&watch.internals=false&part=vary"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def done(page: Page) -> None:
    """Await the end of a search: nothing is left to be held."""
    expect(page.get_by_text(re.compile(r"^Best: "))).to_be_visible(timeout=TRAINING_MS)
    expect(button(page, "Pause")).to_have_count(0, timeout=TRAINING_MS)


A_POINT = """([key, trial]) => {
    const drawn = document.querySelector(`.st-key-picture-${key} .js-plotly-plot`);
    const { xaxis, yaxis } = drawn._fullLayout;
    const { left, top } = drawn.getBoundingClientRect();
    for (const trace of drawn._fullData) {
        const owned = [...trace.customdata.keys()].filter(i => trace.customdata[i] === trial && trace.y[i] != null);
        if (!owned.length) continue;
        const i = owned[Math.floor(owned.length * 0.4)];
        return [left + xaxis._offset + xaxis.l2p(trace.x[i]), top + yaxis._offset + yaxis.l2p(trace.y[i])];
    }
    return null;
}"""


def press_a_trial(page: Page, picture: str, number: int) -> None:
    """Press a line of a picture that says nowhere else which trial it is; the trial is chosen."""
    drawn = page.locator(f".st-key-picture-{picture}")
    drawn.scroll_into_view_if_needed()
    expect(drawn.locator(".scatterlayer .trace").first).to_be_attached()
    names = drawn.locator(".js-plotly-plot").evaluate("drawn => drawn._fullData.flatMap(trace => trace.customdata)")
    trial = sorted({name for name in names if name})[number % len(set(names))]

    place = at_rest(lambda: page.evaluate(A_POINT, [picture, trial]))
    page.mouse.move(place[0] - 2, place[1])
    page.mouse.click(*place)
    eventually(lambda: query(page).get("trial"), lambda name: name == trial)
    expect(page.get_by_text(re.compile(r"^Chosen: "))).to_be_visible()


def test_two_settings_are_varied_and_a_point_opens_its_run(open_page: OpenPage) -> None:
    page = open_page(f"/search?{SMALL}&y=model.width&y.values=4,16&x.values=0.001,0.1&draw=1")
    land(button(page, "Search"))
    done(page)
    heat = page.locator(".st-key-picture-vary_score")
    expect(heat.locator(".heatmaplayer image, .heatmaplayer path").first).to_be_attached()
    points = heat.locator(".scatterlayer .trace").first.locator(".point")
    expect(points).to_have_count(4)
    alone = page.get_by_text("Each setting alone")
    expect(alone).to_have_count(1)  # for a moment, what the last look left may stand beside it
    expect(alone).to_be_visible()
    for number, picture in enumerate(("vary_parallel", "vary_curves", "vary_best")):
        press_a_trial(page, picture, number)
    x, y = within(points.nth(1), 0.5, 0.5)()
    page.mouse.click(x, y)
    chosen = eventually(lambda: query(page).get("trial"), bool)
    expect(page.get_by_text(re.compile(r"^Chosen: "))).to_be_visible()
    page.reload()  # whoever opens the link sees the search at once, without a press
    settle(page)
    expect(page.get_by_text(re.compile(r"^Chosen: "))).to_be_visible()
    assert query(page).get("trial") == chosen
    expect(button(page, "Search")).to_have_count(0)
    land(page.locator(".st-key-vary-chosen").get_by_role("link"))
    page.wait_for_url(re.compile("/training"))
    settle(page)
    assert query(page).get("run")


def test_a_search_is_held_and_goes_on_to_its_end(open_page: OpenPage) -> None:
    page = open_page(f"/search?{SMALL}&budget.epochs=60&sampler=random&trials=8&draw=2".replace("budget.epochs=4&", ""))
    land(button(page, "Search"))
    land(button(page, "Pause"))
    expect(button(page, "Go on")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_text("Paused.")).to_be_visible()
    land(button(page, "Go on"))
    expect(button(page, "Go on")).to_have_count(0)
    done(page)
    expect(button(page, "Go on")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_it_fits(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    page = open_page(f"/search?{SMALL}&x.values=0.001,0.1&draw=3", phone=True, color_scheme=theme)
    begin = button(page, "Search")
    best = page.get_by_text(re.compile(r"^Best: "))
    expect(begin.or_(best).first).to_be_visible()
    if begin.count():
        land(begin)
    done(page)
    fits(page)


def test_junk_is_told_and_what_is_refused_leaves_the_link(open_page: OpenPage) -> None:
    page = open_page(f"/search?{SMALL}&x.low=5&x.high=0.1&sampler=<b>")
    expect(page.get_by_role("alert").filter(has_text="a lower and a higher number")).to_be_visible()
    eventually(lambda: query(page), lambda link: "sampler" not in link and "x.low" not in link)


def test_the_list_of_runs_has_one_line_for_a_search(open_page: OpenPage) -> None:
    page = open_page(f"/search?{SMALL}&x.values=0.001,0.1&draw=4")
    land(button(page, "Search"))
    done(page)
    address = query(page)
    page.goto(re.sub(r"/search.*", "/runs", page.url))
    settle(page)
    drawer = page.locator(".st-key-runs-searches")
    land(drawer.locator("summary"))
    land(drawer.get_by_role("link").first)
    page.wait_for_url(re.compile("/search"))
    settle(page)
    eventually(lambda: query(page), lambda link: link == address)
