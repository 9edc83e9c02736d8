"""Every page in both themes has nothing that axe-core calls serious or critical, and says its labels in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage, eventually, query, settle

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
    "surface?part=saddles&source=matrices",
    "reuse?seeds=2",
    "reuse?part=tasks&seeds=2",
)
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
    page.wait_for_function(
        "() => document.getAnimations().every((each) => each.playState !== 'running' "
        "|| each.effect.getComputedTiming().endTime === Infinity)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_calls_nothing_serious(open_page: OpenPage, url: str, path: str, scheme: Literal["light", "dark"]) -> None:
    page = open_page(f"{url}/{path}", color_scheme=scheme, reduced_motion="reduce")
    whole(page, path)

    options = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    told = [
        f"{each['impact']} {each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
        for node in each["nodes"]
    ]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("path", PATHS)
def test_controls_are_named_in_words(open_page: OpenPage, url: str, path: str) -> None:
    page = open_page(f"{url}/{path}", reduced_motion="reduce")
    whole(page, path)
    controls = re.findall(
        r"- (?:slider|combobox|textbox|spinbutton|switch|checkbox|group|button) .*",
        page.locator("body").aria_snapshot(),
    )
    assert controls or path == ""
    assert [each for each in controls if "$" in each or re.search(r"\\\\[a-z]", each)] == []
