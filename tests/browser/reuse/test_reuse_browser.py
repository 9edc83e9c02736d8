"""The page of reuse as a person uses it: a small study, trained and kept; a run that begins with another's weights.

What a second task begins with: a run of one's own; a network pre-trained on ImageNet, from a package that stands in for
torchvision and a server of this machine; a task that would be downloaded, where the internet cannot be reached.
"""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import ROOT, serve
from tests.browser.pages import TRAINING_MS, OpenPage, choose, eventually, fits, land, query, settle
from tests.trainers.weights_at_hand import FileServer, saved, stand_in_package

PICTURES = ".js-plotly-plot"


@pytest.fixture(scope="module")
def without_internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FileServer]]:
    """An app that has torchvision, or thinks so, and the server of its weights: all else is beyond a dead proxy."""
    folder = tmp_path_factory.mktemp("weights")
    site = stand_in_package(folder, "")
    torch.manual_seed(7)
    network = runpy.run_path(str(site / "torchvision" / "models.py"))["get_model"]("resnet18")
    weights = FileServer(saved(network.state_dict()))
    (site / "torchvision" / "url.txt").write_text(weights.address())
    dead = "http://127.0.0.1:9"
    environment: dict[str, Any] = {
        "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]),
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), dead),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
    }
    with serve(ROOT / "server.py", folder / "server.log", folder / "data", **environment) as url:
        yield url, weights
    weights.close()


def menu(page: Page, name: str) -> Locator:
    """A menu of the sidebar, by its label."""
    return page.get_by_test_id("stSidebar").get_by_role("combobox", name=re.compile(re.escape(name)))


def drawer(page: Page, *, open: bool) -> None:
    """Open or close the sidebar of a phone."""
    sidebar = page.get_by_test_id("stSidebar")
    button = page.get_by_test_id("stExpandSidebarButton") if open else sidebar.get_by_test_id("stSidebarCollapseButton")
    land(button if open else button.get_by_role("button"))
    expect(sidebar).to_have_attribute("data-collapsed", str(not open).lower())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_study_is_trained_and_kept_and_fits(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    page = open_page("/reuse?part=tasks&seeds=1&width=3&rows=10", phone=True, color_scheme=theme)
    begin = page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True)
    verdict = page.get_by_text(re.compile("with a network of its own"))
    expect(begin.or_(verdict).first).to_be_visible()  # the first of the two themes has trained it
    if theme == "light":
        begin.click()
    expect(verdict.first).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(3)
    settle(page)
    fits(page)
    page.reload()
    expect(page.locator(PICTURES)).to_have_count(3)
    expect(begin).to_have_count(0)


def test_a_run_is_the_start_of_another_whose_first_layer_stands_still(open_page: OpenPage) -> None:
    page = open_page("/training?data.size=120&budget.epochs=4&watch.pictures=false")
    train = page.get_by_test_id("stSidebar").get_by_role("button", name="Train", exact=True)
    train.click()
    expect(page.get_by_role("link", name="Its loss surface")).to_be_visible(timeout=TRAINING_MS)
    first = query(page)["run"]
    page.get_by_text("Go on from a checkpoint, train on, test").click()
    land(page.get_by_role("button", name="Start another from this one"))  # the drawer still opens
    eventually(lambda: query(page).get("reuse.run"), lambda run: run == first)
    settle(page)
    train.click()
    second = eventually(lambda: query(page)["run"], lambda run: run != first)
    reuse = page.get_by_role("link", name="Reuse this run")
    # The links of the run before stand there until the page is drawn anew.
    expect(reuse).to_have_attribute("href", re.compile(re.escape(second)), timeout=TRAINING_MS)
    reuse.click()
    page.wait_for_url("**/reuse?*")
    sidebar, main = page.get_by_test_id("stSidebar"), page.get_by_test_id("stMain")
    assert (query(page)["source"], query(page)["run"]) == ("run", second)
    expect(menu(page, "Run")).to_have_value(re.compile(re.escape(second)))
    expect(sidebar.get_by_text("It fits moons turned by 30°, circles.")).to_be_visible()
    choose(menu(page, "Second task"), "noisy digits")
    expect(main.get_by_text("cannot go on with noisy digits")).to_be_visible()  # two features are no image
    choose(menu(page, "Second task"), "circles")
    begin = main.get_by_role("button", name="Train", exact=True)
    begin.click()
    main.get_by_role("button", name="Stop", exact=True).click(timeout=TRAINING_MS)
    expect(main.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    sidebar.get_by_role("slider", name="Seeds").press("Home")
    expect(main.get_by_text("25 networks like that of the run")).to_be_visible()
    begin.click()
    expect(main.get_by_text("With 20 rows the least validation loss")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=TRAINING_MS)
    expect(page.locator(PICTURES)).to_have_count(2)
    settle(page)
    choose(menu(page, "Run"), re.compile(re.escape(first)))  # another run is another study, which nobody has trained
    expect(main.get_by_text("Nobody has trained this yet.")).to_be_visible()
    eventually(lambda: query(page).get("run"), lambda run: run == first)


def test_on_a_phone_a_pretrained_network_is_fetched_and_what_cannot_be_is_said(
    open_page: OpenPage, without_internet: tuple[str, FileServer]
) -> None:
    url, weights = without_internet
    page = open_page(f"{url}/reuse?seeds=1", phone=True, color_scheme="dark")
    settle(page)
    main = page.get_by_test_id("stMain")
    drawer(page, open=True)
    choose(menu(page, "What was learned first"), "ImageNet: a pre-trained network")
    choose(menu(page, "Network"), "ResNet-18")
    eventually(lambda: query(page), lambda now: now.get("network") == "resnet18")
    drawer(page, open=False)
    main.get_by_role("button", name="Train", exact=True).click()
    expect(main.get_by_text("With 20 rows the least validation loss")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=TRAINING_MS)
    expect(main.get_by_text("ResNet-18 from torchvision")).to_be_visible()
    assert len(weights.asked) == 1
    settle(page)
    fits(page)
    drawer(page, open=True)
    choose(menu(page, "What was learned first"), "another task")
    choose(menu(page, "First task, second task"), "Fashion-MNIST: what is worn above, then shoes and bags")
    expect(page.get_by_text("Its images are downloaded from OpenML the first time.")).to_be_visible()
    drawer(page, open=False)
    main.get_by_role("button", name="Train", exact=True).click()
    unreachable = main.get_by_text("Fashion-MNIST cannot be downloaded, because OpenML cannot be reached")
    expect(unreachable).to_be_visible(timeout=TRAINING_MS)
    settle(page)
    fits(page)
