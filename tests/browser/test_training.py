"""What a person does on the training page: open it, train, reload, read the verdict, try the remedy, take over."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.pages import TRAINING_MS, OpenPage, choose, eventually, fits, query, settle
from trainers import RunConfig
from trainers.presets.catalogue import PRESETS
from trainers.store import RunFilter
from trainers.store.store import Store, StoredRun

SLOW = {"data.size": 2000, "budget.epochs": 3000, "budget.batch_size": 8, "optimizer.lr": 0.001}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder=folder)
    yield opened
    for run in opened.runs():  # the next test finds free workers
        if run.active:
            opened.update(run.id, wanted="stop")
    opened.close()


@pytest.fixture
def training(open_page: OpenPage, url: str) -> Callable[..., Page]:
    def opened(settings: dict[str, Any] | None = None, **options: Any) -> Page:
        query = urlencode(RunConfig().changed(settings).to_query()) if settings else ""
        page = open_page(f"{url}/training?{query}", **options)
        page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]", state="attached")
        return page

    return opened


def run_of(page: Page) -> str:
    return str(eventually(lambda: query(page).get("run"), bool))


def train(page: Page) -> str:
    """Press Train; the id of the new run."""
    before = query(page).get("run", "")
    page.get_by_test_id("stSidebar").get_by_role("button", name="Train", exact=True).click()
    return eventually(lambda: query(page).get("run", before), lambda run: run != before, TRAINING_MS)


def ended(page: Page, word: str = "Finished") -> None:
    expect(page.get_by_text(re.compile(rf"^{word} · epoch"))).to_be_visible(timeout=TRAINING_MS)


def epoch_shown(page: Page) -> float:
    shown = page.get_by_text(re.compile(r"· epoch [\d,.]+ of")).first.inner_text()
    return float(re.search(r"epoch ([\d,.]+) of", shown)[1].replace(",", ""))  # type: ignore[index]


def moves(page: Page) -> None:
    """Epochs go by on the page."""
    page.get_by_text(re.compile(r"^Training · epoch")).first.wait_for(timeout=TRAINING_MS)
    before = epoch_shown(page)
    eventually(lambda: epoch_shown(page), lambda epoch: epoch > before, TRAINING_MS)


def test_an_address_without_settings_opens_a_run_that_ends_with_a_verdict(training) -> None:
    page = training()
    ended(page)
    expect(page.locator(".st-key-findings-card").get_by_text("Good fit", exact=True)).to_be_visible()
    expect(page.locator("[data-testid=stMain] canvas").first).to_be_visible()
    assert run_of(page)


def test_train_shows_curves_that_move_and_a_reload_goes_on_with_the_same_run(training, store: Store) -> None:
    page = training(SLOW)
    expect(page.get_by_text("Press Train to see this set-up learn.")).to_be_visible()
    run = train(page)
    moves(page)
    page.reload()
    settle(page)
    assert run_of(page) == run
    moves(page)
    assert store.run(run).status == "running"  # type: ignore[union-attr]
    page.get_by_role("button", name="Stop").click()
    ended(page, "Stopped")


def test_a_second_press_before_the_first_is_seen_trains_nothing_more(training, store: Store) -> None:
    page = training(SLOW)
    held: list[str | bytes] | None = None
    routes: list[WebSocketRoute] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        routes.append(browser)
        browser.on_message(server.send)
        server.on_message(lambda message: browser.send(message) if held is None else held.append(message))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    page.reload()
    settle(page)
    press = page.get_by_test_id("stSidebar").get_by_role("button", name="Train", exact=True)
    before = store.count()
    held = []  # the network is slow to tell what has come of it
    press.click()
    eventually(lambda: page.evaluate("0") or store.count(), lambda count: count == before + 1)
    heard = len(held)
    press.click()
    eventually(lambda: page.evaluate("0") or len(held or []), lambda count: count > heard)
    for message in held:
        routes[-1].send(message)
    held = None
    moves(page)
    assert store.count() == before + 1


def test_two_browsers_that_follow_one_link_see_the_same_run_and_one_steers_it(training, open_page: OpenPage) -> None:
    page = training(SLOW)
    train(page)
    moves(page)
    other = open_page(page.url)
    moves(other)
    assert run_of(other) == run_of(page)
    expect(other.get_by_text("Somebody else's run: watch it, or fork it.")).to_be_visible()
    expect(other.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    ended(other, "Stopped")
    ended(page, "Stopped")
    eventually(lambda: (epoch_shown(page), epoch_shown(other)), lambda shown: shown[0] == shown[1])


def test_a_run_pauses_and_resumes(training, store: Store) -> None:
    page = training(SLOW)
    run = train(page)
    moves(page)
    page.get_by_role("button", name="Pause").click()
    ended(page, "Paused")
    assert store.run(run).status == "paused"  # type: ignore[union-attr]
    page.get_by_role("button", name="Resume").click()
    moves(page)


def test_a_worker_that_is_killed_leaves_a_run_that_says_so_and_resumes(training, store: Store) -> None:
    page = training(SLOW)
    run = train(page)
    moves(page)
    process = worker_of(store.run(run))
    os.kill(process, signal.SIGKILL)
    expect(page.get_by_text("Interrupted · epoch")).to_be_visible(timeout=TRAINING_MS)
    assert store.run(run).sentence  # type: ignore[union-attr]
    page.get_by_role("button", name="Resume").click()
    moves(page)


def worker_of(run: StoredRun | None) -> int:
    """The process that trains it."""
    assert run is not None
    return int(run.worker.split()[1])


_TOPS = """() => {
    const page = document.querySelector('[data-testid=stMain]');
    window.tops = new Set();
    const look = () => {
        const chart = document.querySelector('[class*=st-key-live-training]');
        if (chart) window.tops.add(Math.round(chart.getBoundingClientRect().top + page.scrollTop));
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_curves_stay_where_they_are_as_the_verdict_arrives(training, width: int) -> None:
    page = training(dict(PRESETS["overfitting"].runs[0][1]) | {"budget.seed": width, "budget.epochs": 300})
    page.set_viewport_size({"width": width, "height": 800})
    ready = page.get_by_text("Press Train to see this set-up learn.")
    expect(ready).to_be_visible()
    page.locator(".st-key-training-start-here button").click()
    page.locator("[class*=st-key-live-training]").wait_for()
    page.evaluate(_TOPS)
    ended(page)
    expect(page.locator(".st-key-findings-card").get_by_text("Overfitting", exact=True)).to_be_visible()
    page.locator("[class*=st-key-findings-remedies] button:visible").first.wait_for()
    tops = page.evaluate("[...window.tops]")
    assert max(tops) - min(tops) <= 1, tops


def test_an_overfitted_run_is_named_and_the_remedy_is_tried_beside_it(training, store: Store) -> None:
    page = training(dict(PRESETS["overfitting"].runs[0][1]))
    card = page.locator(".st-key-findings-card")
    ended(page)
    expect(card.get_by_text("Overfitting", exact=True)).to_be_visible()
    expect(card.get_by_text(re.compile(r"Validation loss rises from .* since epoch"))).to_be_visible()
    before = run_of(page)
    page.locator("[class*=st-key-findings-remedies] button").first.click()
    expect(page.get_by_text("The claim:")).to_be_visible()
    expect(page.get_by_text(re.compile("The claim held|did not help"))).to_be_visible(timeout=TRAINING_MS)
    pair = store.runs(RunFilter(experiment=store.run(run_of(page)).experiment))  # type: ignore[union-attr]
    assert {run.role for run in pair} == {"unchanged", "remedied"}
    assert {run.parent for run in pair} == {before}


def test_a_preset_shows_its_own_run_to_one_visitor_while_another_tries_a_remedy_on_it(training, store: Store) -> None:
    one = training(dict(PRESETS["overfitting"].runs[0][1]))
    ended(one)
    own = run_of(one)
    one.locator("[class*=st-key-findings-remedies] button").first.click()
    expect(one.get_by_text("The claim:")).to_be_visible()
    eventually(lambda: run_of(one), lambda run: run != own)
    for wait in ("while it is tried", "when it was tried"):
        other = training({"data.name": "xor", "budget.epochs": 2})  # a browser of its own
        field = other.get_by_test_id("stSidebar").get_by_role("combobox", name=re.compile("Preset"))
        choose(field, re.compile(r": Overfitting$"), typed="Overfitting")
        eventually(lambda page=other: query(page).get("run"), lambda run: run == own)
        expect(other.locator(".st-key-findings-card").get_by_text("Overfitting", exact=True)).to_be_visible()
        expect(other.get_by_text("The claim")).to_have_count(0)
        if wait == "while it is tried":
            expect(one.get_by_text(re.compile("The claim held|did not help"))).to_be_visible(timeout=TRAINING_MS)
    assert not store.run(own).experiment  # type: ignore[union-attr]


def test_a_preset_of_several_runs_shows_each_with_its_numbers(training) -> None:
    page = training(dict(PRESETS["three_rates"].runs[0][1]))
    roles = [role for role, _ in PRESETS["three_rates"].runs]
    menu = page.get_by_role("radiogroup", name="Look at").or_(page.get_by_test_id("stButtonGroup")).first
    for role in roles:
        expect(menu.get_by_text(role, exact=True)).to_be_visible()


def test_a_link_to_a_run_that_is_gone_says_so(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/training?run=gone123456")
    expect(page.get_by_text("There is no such run here")).to_be_visible()


def test_junk_in_a_link_is_named_and_the_page_works(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/training?data.name=%3Cimg%20src%3Dx%3E&optimizer.lr=fast&nonsense=1")
    for given in ("img src", "fast", "nonsense"):
        expect(page.get_by_test_id("stAlert").filter(has_text=given)).to_be_visible()
    assert not page.locator("[data-testid=stAlert] img").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_verdict_and_curves_in_its_width(training, scheme: str) -> None:
    page = training(phone=True, color_scheme=scheme)
    ended(page)
    expect(page.locator(".st-key-findings-card")).to_be_visible()
    fits(page)


def test_a_link_holds_panel_scales_and_the_run_that_is_looked_at(training, open_page: OpenPage, url: str) -> None:
    page = training({"data.size": 100, "budget.epochs": 20})
    train(page)
    ended(page)
    live = page.locator(".dl-live").first
    live.get_by_role("button", name="Accuracy", exact=True).click()
    live.get_by_role("button", name="Logarithmic horizontal axis").click()
    eventually(lambda: query(page), lambda now: (now.get("panel"), now.get("x")) == ("metric", "log"))
    for again in (page, open_page(url + page.evaluate("location.pathname + location.search"))):
        again.reload()
        settle(again)
        live = again.locator(".dl-live").first
        expect(live.get_by_role("button", name="Accuracy", exact=True)).to_have_attribute("aria-pressed", "true")
        expect(live.get_by_role("button", name="Logarithmic horizontal axis")).to_have_attribute("aria-pressed", "true")
        assert query(again)["panel"] == "metric"
