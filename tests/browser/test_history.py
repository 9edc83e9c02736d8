"""Back and forward: one entry of the history a visit of a page, and every page with its own parameters."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage, at_rest, eventually, query, settle, visit

PAGES = ("Activations", "Descent", "Initialization", "Descent", "Normalization", "Training", "Runs", "Descent Lab")
"""Where a person goes from a link to a race, in this order."""
_STANDING = "[location.href, document.querySelector('[data-testid=stApp]').dataset.testScriptState].join()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


def path(page: Page) -> str:
    return page.evaluate("location.pathname")


def shown(page: Page, name: str) -> None:
    """The page of this name is there, whole, with nothing to warn of."""
    at = "/" if name == "Descent Lab" else f"/{name.lower()}"
    eventually(lambda: path(page), lambda now: now == at)
    settle(page)
    if name == "Training":  # once its run is in the address
        eventually(lambda: query(page), lambda now: "run" in now)
    else:  # a person looks before the next step; the browser has told the server of this page by then
        at_rest(lambda: page.evaluate(_STANDING))
    if name not in ("Training", "Descent Lab"):
        expect(page.locator("[data-testid=stMain] h1").first).to_be_visible()
    expect(page.get_by_text("is not a parameter")).to_have_count(0)


def test_back_and_forward_over_all_pages(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/descent?surface=saddle")
    shown(page, "Descent")
    assert query(page) == {"surface": "saddle"}
    length = page.evaluate("history.length")
    addresses = [("Descent", {"surface": "saddle"})]
    for number, name in enumerate(PAGES, 1):
        visit(page, name)
        shown(page, name)
        if name == "Descent":
            eventually(lambda: query(page), lambda now: now == {"surface": "saddle"})
        addresses.append((name, query(page)))
        assert page.evaluate("history.length") == length + number, name
    for go, order in ((page.go_back, addresses[-2::-1]), (page.go_forward, addresses[1:])):
        for name, parameters in order:
            go()
            shown(page, name)
            eventually(lambda: query(page), lambda now, given=parameters: now == given)
    assert page.evaluate("history.length") == length + len(PAGES)


def test_settings_take_the_place_of_those_before(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/activations")
    shown(page, "Activations")
    length = page.evaluate("history.length")
    for part in ("Two inputs", "Softmax"):
        page.get_by_role("radio", name=part).click()
        eventually(lambda: query(page).get("view"), lambda view: view is not None)
    visit(page, "Runs")
    shown(page, "Runs")
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    shown(page, "Activations")
    expect(page.get_by_role("radio", name="Softmax")).to_be_checked()


def test_back_from_a_step_of_a_lesson_leads_over_the_lesson_to_the_list(open_page: OpenPage, url: str) -> None:
    """The list and the lesson are one page, and two visits."""
    page = open_page(f"{url}/lesson")
    main = page.get_by_test_id("stMain")

    def at(path_: str, **parameters: str) -> None:
        eventually(
            lambda: (path(page), query(page)), lambda now: now[0] == path_ and parameters.items() <= now[1].items()
        )
        settle(page)
        at_rest(lambda: page.evaluate(_STANDING))

    at("/lesson")
    length = page.evaluate("history.length")
    main.get_by_role("link", name="A ball that rolls on").click()
    at("/lesson", lesson="momentum")
    main.get_by_role("link", name="Begin").click()
    at("/descent", lesson="momentum.1")
    page.keyboard.press("Shift+ArrowRight")
    at("/descent", lesson="momentum.2")
    assert page.evaluate("history.length") == length + 2
    page.go_back()
    at("/lesson", lesson="momentum")
    expect(main.get_by_role("heading", name="A ball that rolls on")).to_be_visible()
    page.go_back()
    at("/lesson")
    assert "lesson" not in query(page)
    expect(main.get_by_role("heading", name="Whole lectures")).to_be_visible()
    page.go_forward()
    at("/lesson", lesson="momentum")
    expect(main.get_by_role("heading", name="A ball that rolls on")).to_be_visible()
    assert page.evaluate("history.length") == length + 2
