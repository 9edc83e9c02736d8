"""Every page in both themes has nothing that axe-core calls serious or critical, and says its labels in words.

Each is visited once: what is looked at in light is turned dark, and where there are buttons for it, by them, so that
one visit tells as well that the link keeps size and theme.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from figures.theme import DARK
from tests.browser.pages import OpenPage, at_rest, css, eventually, land, query, settle

PATHS = (
    "",
    "descent",
    "line",
    "maps",
    "fair?steps=20&trials=5",
    "activations",
    "derivatives",
    "derivatives?view=graph",
    "derivatives?view=cubic",
    "initialization",
    "normalization",
    "neuron",
    "neuron?s.second=0&s.kind=perceptron",
    "neuron?part=convexity",
    "neuron?part=convexity&sight=growth",
    "neuron?part=convexity&sight=scaling",
    "neuron?part=penalties",
    "losses",
    "losses?part=outlier",
    "losses?part=distributions",
    "generalization",
    "generalization?part=dropout",
    "generalization?part=augmentation&seed=5",
    "generalization?part=penalties&seed=5",
    "lesson",
    "lesson?lesson=downhill",
    "descent?surface=rosenbrock&o1=sgd&steps=200&lesson=downhill.6",
    "training",
    "search?data.size=200",
    "search?part=vary&data.size=200",
    "runs",
    "surface?preset=path&plane=path&points=17",
    "join?room=KDMPT",
    "surface?part=saddles&source=matrices",
    "reuse?seeds=2",
    "reuse?part=tasks&seeds=2",
)
BY_BUTTONS = frozenset(
    {
        "",
        "descent",
        "maps",
        "fair?steps=20&trials=5",
        "derivatives",
        "activations",
        "initialization",
        "normalization",
        "neuron",
        "losses",
        "generalization",
        "lesson",
        "training",
        "search?data.size=200",
        "search?part=vary&data.size=200",
        "runs",
        "surface?preset=path&plane=path&points=17",
        "reuse?seeds=2",
    }
)
"""Where a person turns the page dark; on the others the whole machine is."""
SHOWN = {"descent": ".dl-map", "line": ".dl-map", "neuron": ".dl-cells", "": ".dl-map", "training": ".dl-live"}
"""What a page has beside its title once it is whole."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accessibility")


def whole(page: Page, path: str) -> None:
    expect(page.locator("[data-testid=stMain] h1").first).to_be_visible()
    if path in SHOWN:
        expect(page.locator(SHOWN[path]).first).to_be_visible()
    settle(page)
    if path == "training":
        eventually(lambda: query(page), lambda now: "run" in now)
    # The page's own style is loaded after its words; it hides this.
    expect(page.locator(".st-key-address").first).to_have_css("display", "none")
    # What waits for its new content is faint, and becomes clear in a transition.
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    faint = "() => [...document.querySelectorAll('[data-stale=true], [data-test-script-state=running]')].length"
    # What comes after the picture is drawn, too.
    eventually(lambda: at_rest(lambda: page.evaluate(faint)), lambda count: count == 0)
    page.wait_for_function(
        "() => document.getAnimations().every((each) => each.playState !== 'running' "
        "|| each.effect.getComputedTiming().endTime === Infinity)"
    )


def complaints(page: Page, scheme: str) -> list[str]:
    """What axe-core calls serious or critical on a page as it stands, and headings out of order."""
    options = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{scheme}: {each['impact']} {each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
        for node in each["nodes"]
    ]


def turned_dark_and_large(page: Page) -> None:
    """By the buttons of the page: size and theme are in its link, and what is loaded anew by it is large and dark."""
    land(page.get_by_role("button", name="Size for a presentation"))
    eventually(lambda: query(page).get("screen"), lambda size: size == "large")
    expect(page.get_by_role("button", name="Usual size")).to_be_visible()
    land(page.get_by_role("button", name="Dark theme"))
    page.wait_for_url(re.compile("embed_options=dark_theme"))  # the page is loaded anew
    settle(page)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", css(DARK.background))
    expect(page.get_by_role("button", name="Usual size")).to_be_visible()
    assert query(page)["screen"] == "large"
    expect(page.get_by_text("is not a parameter")).to_have_count(0)
    land(page.get_by_role("button", name="Usual size"))
    expect(page.get_by_role("button", name="Size for a presentation")).to_be_visible()
    page.mouse.move(1, 1)  # what a button tells of itself comes and goes faintly
    expect(page.get_by_test_id("stTooltipContent")).to_have_count(0)


@pytest.mark.parametrize("path", PATHS)
def test_in_both_themes_nothing_is_serious_controls_have_names_in_words_and_the_link_keeps_size_and_theme(
    open_page: OpenPage, url: str, path: str
) -> None:
    page = open_page(f"{url}/{path}", reduced_motion="reduce")
    whole(page, path)
    controls = re.findall(
        r"- (?:slider|combobox|textbox|spinbutton|switch|checkbox|group|button) .*",
        page.locator("body").aria_snapshot(),
    )
    assert controls or path == ""
    assert [each for each in controls if "$" in each or re.search(r"\\\\[a-z]", each)] == []
    told = complaints(page, "light")
    if path in BY_BUTTONS:
        turned_dark_and_large(page)
    else:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # in the evening, while the page is open
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", css(DARK.background))
        expect(page.get_by_role("button", name="Light theme")).to_be_visible()  # what the server draws is dark, too
    whole(page, path)
    told += complaints(page, "dark")
    assert not told, "\n".join(told)
