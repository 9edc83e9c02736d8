"""What a person does on the runs page: watch, filter, rename, delete, compare, open, bring curves along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import TRAINING_MS, OpenPage, box_of, fits, land, query, settle
from tests.trainers.labs import ended, quick, quiet_lab, work
from trainers.store.store import Store

HOSTILE = "<img src=x onerror=alert(1)> **b** :smile:"
BROKEN = "epoch,loss,val_loss\n1,0.9,0.95\n2,0.7,0.8\n3,oops,0.7\n"
OVERFIT = "epoch,loss,val_loss\n" + "".join(
    f"{i},{1 / (1 + 0.3 * i):.4f},{0.3 + 0.02 * abs(i - 8) ** 1.1:.4f}\n" for i in range(40)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with trained runs and a dozen that were stopped at once."""
    folder = tmp_path_factory.mktemp("runs")
    lab = quiet_lab(folder)
    for number in range(12):
        lab.store.create(quick({"budget.seed": number}), name=f"Stopped {number}", status="stopped")
    for name, changes in (("Alpha", {}), ("Beta", {"optimizer.lr": 0.05}), ("Gamma", {"data.name": "noisy_sine"})):
        work(lab.store, lab.store.create(quick(changes), name=name).id)
    lab.store.create(quick(), name="Unwanted", status="stopped")
    lab.store.close()
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder=folder)
    yield opened
    opened.close()


@pytest.fixture
def runs_page(open_page: OpenPage, url: str) -> Callable[..., Page]:
    def opened(query: str = "", **options: Any) -> Page:
        page = open_page(f"{url}/runs{query}", **options)
        settle(page)
        return page

    return opened


def row(page: Page, name: str) -> Locator:
    return page.locator(".rt-table tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))


def mark(page: Page, *names: str) -> None:
    for number, name in enumerate(names, 1):
        row(page, name).get_by_role("checkbox").check()
        expect(page.get_by_text(f"{number} marked")).to_be_visible()


def run_id(store: Store, name: str) -> str:
    return next(run.id for run in store.runs() if run.name == name)


def test_marks_typing_and_scrolling_stay_while_a_run_trains(runs_page, store: Store):
    config = quick({"budget.epochs": 100_000, "data.size": 400})
    going = store.create(config, name="Going on").id
    page = runs_page(size=(1280, 600))
    status = row(page, "Going on").locator(".rt-status .rt-under")
    expect(status).to_have_text(re.compile(r"^[1-9][\d,.]* of 100,000 epochs$"), timeout=TRAINING_MS)
    mark(page, "Alpha")
    page.locator(".rt-root").evaluate("root => (root.scrollTop = 150)")
    page.get_by_role("textbox", name="Find a run").type("not yet sent")
    for _ in range(2):
        before = status.inner_text()
        expect(status).not_to_have_text(before)
    expect(row(page, "Alpha").get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_text("1 marked")).to_be_visible()
    assert page.locator(".rt-root").evaluate("root => root.scrollTop") == 150
    assert page.get_by_role("textbox", name="Find a run").input_value() == "not yet sent"
    # A dialog outlives the ticks, with what is typed into it.
    page.get_by_role("textbox", name="Find a run").fill("")
    page.get_by_role("button", name="Rename").click()
    name = page.get_by_role("dialog").get_by_label("Name")
    name.fill("half a na")
    before = status.inner_text()
    expect(status).not_to_have_text(before)
    assert name.input_value() == "half a na"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    store.update(going, wanted="stop")
    expect(row(page, "Going on").locator(".rt-status .rt-text")).to_have_text("Stopped")
    assert ended(store, going).epoch > 0


def test_the_filter_leaves_what_matches_and_is_in_the_link(runs_page):
    page = runs_page()
    expect(row(page, "Stopped 3")).to_have_count(1)
    page.get_by_role("textbox", name="Find a run").fill("gamma")
    page.get_by_role("textbox", name="Find a run").press("Enter")
    expect(row(page, "Stopped 3")).to_have_count(0)
    expect(row(page, "Gamma")).to_contain_text("Noisy sine")
    expect(page).to_have_url(re.compile(r"\?q=gamma$"))


def test_a_hostile_name_is_shown_as_text(runs_page, store: Store):
    page = runs_page()
    page.on("dialog", lambda dialog: pytest.fail(f"the name ran: {dialog.message}"))
    mark(page, "Stopped 5")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill(HOSTILE)
    page.get_by_role("dialog").get_by_label("Name").press("Enter")
    land(page.get_by_role("dialog").get_by_role("button", name="Rename"))
    expect(row(page, HOSTILE)).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert run_id(store, HOSTILE)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog").get_by_text(HOSTILE)).to_be_visible()
    assert page.locator("img[src='x']").count() == 0


def test_a_run_is_deleted_after_it_was_confirmed(runs_page, store: Store):
    page = runs_page()
    mark(page, "Unwanted")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing brings them back")
    land(dialog.get_by_role("button", name="Keep it"))
    expect(dialog).to_have_count(0)
    assert run_id(store, "Unwanted")
    page.get_by_role("button", name="Delete").click()
    land(dialog.get_by_role("button", name="Delete"))
    expect(row(page, "Unwanted")).to_have_count(0)
    expect(row(page, "Alpha")).to_have_count(1)
    expect(page.get_by_text("marked")).to_have_count(0)
    assert "Unwanted" not in [run.name for run in store.runs()]


def test_two_runs_are_compared_and_the_link_shows_it_again(runs_page, url: str, store: Store):
    page = runs_page()
    mark(page, "Alpha", "Beta")
    page.get_by_role("button", name="Compare", exact=True).click()
    differing = page.get_by_role("region", name="Settings that differ")
    expect(differing.get_by_role("row")).to_have_count(2)
    expect(differing).to_contain_text("Learning rate0.0010.05")
    expect(page.locator("canvas").first).to_be_visible()
    link = f"?runs={run_id(store, 'Alpha')}%2C{run_id(store, 'Beta')}&number=val_loss&x=epoch"
    expect(page).to_have_url(f"{url}/runs{link}")
    page.get_by_text("by seconds").click()
    expect(page).to_have_url(re.compile("x=seconds"))
    other = runs_page(link.replace("val_loss", "lr"))
    expect(other.get_by_role("region", name="Settings that differ")).to_contain_text("Learning rate")
    expect(other.get_by_role("combobox", name="Number")).to_have_value("Learning rate")
    with page.expect_download() as told:
        page.get_by_role("button", name="Export").click()
        land(page.get_by_role("button", name="All reports, CSV"))
    text = Path(told.value.path()).read_text()
    assert text.startswith("run,name,epoch,step")
    assert ",Alpha,6.0," in text
    assert ",Beta,6.0," in text


def test_marked_runs_speak_as_an_ensemble(runs_page):
    page = runs_page()
    mark(page, "Alpha", "Beta")
    land(page.get_by_role("link", name="As an ensemble"))
    page.wait_for_url(re.compile("/generalization"))
    said = page.get_by_text(re.compile("The mean prediction of 2 networks has a validation loss of"))
    expect(said).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_text(re.compile("One network with the mean of their weights has"))).to_be_visible()
    page.reload()
    settle(page)
    expect(said).to_be_visible()


def test_a_click_on_a_name_opens_the_run(runs_page, url: str, store: Store):
    page = runs_page()
    page.get_by_role("link", name="Alpha", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/training\?.*run={run_id(store, 'Alpha')}"))
    settle(page)
    page.go_back()
    page.wait_for_url(re.compile("/runs"))
    settle(page)
    expect(page.get_by_role("link", name="Alpha", exact=True)).to_be_visible()
    expect(page.get_by_text("is not a parameter")).to_have_count(0)
    assert "run" not in query(page)


def test_pasted_curves_are_refused_by_line_then_read_and_kept(runs_page, store: Store):
    page = runs_page("?view=import")
    page.get_by_label("Or paste the text").fill(BROKEN)
    page.get_by_label("Or paste the text").press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("line 4, column 'loss'")
    page.get_by_label("Or paste the text").fill(OVERFIT)
    page.get_by_label("Or paste the text").press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.locator(".st-key-import-findings-card")).to_contain_text("Overfitting")
    page.get_by_role("button", name="Keep it among the runs").click()
    expect(page.get_by_role("region", name="Where each run stands")).to_contain_text("Imported")
    assert store.runs()[0].status == "imported"


@pytest.mark.parametrize("query", ["", "?view=import", "?compare"])
def test_on_a_phone_nothing_is_wider_than_the_screen(runs_page, store: Store, query: str):
    if query == "?compare":
        query = f"?runs={run_id(store, 'Alpha')},{run_id(store, 'Beta')},{run_id(store, 'Gamma')}"
    page = runs_page(query, phone=True, color_scheme="dark")
    if not query:
        row(page, "Beta").get_by_role("checkbox").tap()
        expect(page.get_by_text("1 marked")).to_be_visible()
        box = box_of(row(page, "Beta").locator("label"))
        assert min(box["width"], box["height"]) >= 44
        assert page.locator(".rt-root").evaluate("root => root.scrollWidth - root.clientWidth") == 0
    fits(page)


def test_who_looks_at_runs_sees_them_go_and_come(runs_page, store: Store):
    """The last test of this module: it deletes all runs."""
    page = runs_page()
    expect(row(page, "Alpha")).to_have_count(1)
    other = runs_page(f"?runs={run_id(store, 'Alpha')},{run_id(store, 'Beta')}")
    stands = other.get_by_role("region", name="Where each run stands")
    expect(stands).to_contain_text("Alpha")
    store.delete([run_id(store, "Alpha")])
    expect(other.get_by_test_id("stAlert")).to_contain_text("One run is not here")
    expect(stands).not_to_contain_text("Alpha")
    expect(other).to_have_url(re.compile(rf"\?runs={run_id(store, 'Beta')}&"))
    store.delete([run.id for run in store.runs()])
    expect(page.get_by_text("There is no run yet.")).to_be_visible()
    expect(other.get_by_text("There is no run to compare yet.")).to_be_visible()
    store.create(quick(), name="Newcomer", status="stopped")
    expect(row(page, "Newcomer")).to_have_count(1)
    expect(other.get_by_text("Choose two to eight runs here")).to_be_visible()
