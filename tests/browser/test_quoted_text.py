"""Texts of an enemy in links, names, columns and pasted curves: nothing is drawn, linked or fetched because of them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import OpenPage, settle
from tests.trainers.labs import quick, quiet_lab, work
from trainers.data import keep_upload

ELSEWHERE = "http://elsewhere.example"
TEXT = (
    f"![p]({ELSEWHERE}/y.png) [Go]({ELSEWHERE}) <img src={ELSEWHERE}/z.png onerror=alert(1)> $\\frac{{x}}{{y}}$ **b**"
)
COLUMN = f"![p]({ELSEWHERE}/y.png) <img src={ELSEWHERE} onerror=a> $b$"  # names have a bound


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs, roles, a table and imported curves that are named by an enemy."""
    folder = tmp_path_factory.mktemp("quoted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_LAB_DATA", str(folder))
        rows = "".join(f"{k},{COLUMN}{k % 2}\n" for k in range(60))
        file = keep_upload(f"{COLUMN} 1,{COLUMN} 2\n{rows}".encode())
        lab = quiet_lab(folder)
        together = lab.store.create_experiment(TEXT, "preset").id
        for role in ("a", "b"):
            config = quick({"data.name": "csv", "data.file": file, "budget.seed": ord(role)})
            lab.store.create(config, name=TEXT[:80], role=f"{role} {TEXT}"[:80], experiment=together)
        for run in lab.store.runs():
            work(lab.store, run.id)
        lab.close()
    return folder


def harmless(page: Page) -> None:
    """Nothing of the text is alive; requests to other hosts and errors fail the test by themselves."""
    main = page.get_by_test_id("stApp")
    for selector in (f"img[src*='{ELSEWHERE}']", f"a[href*='{ELSEWHERE}']", "[onerror]"):
        expect(main.locator(selector)).to_have_count(0)
    # No page asked for has a fraction of its own outside its formulas.
    expect(page.get_by_test_id("stAlert").locator(".katex, strong")).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        f"/descent?surface={quote(TEXT)}&o1={quote(TEXT)}&v.lane={quote(TEXT)}&{quote(TEXT)}=1",
        f"/descent?surface=formula&f={quote(TEXT)}",
        f"/activations?f1={quote(TEXT)}&{quote(TEXT)}=1",
        f"/initialization?{quote(TEXT)}=1&depth={quote(TEXT)}",
        f"/normalization?view={quote(TEXT)}&{quote(TEXT)}=1",
        f"/training?data.name={quote(TEXT)}&run={quote(TEXT)}&model.widths={quote(TEXT)}&{quote(TEXT)}=1",
        f"/runs?view={quote(TEXT)}&sort={quote(TEXT)}&statuses={quote(TEXT)}&q={quote(TEXT)}",
    ],
    ids=lambda path: path.partition("?")[0],
)
def test_a_link_draws_links_and_fetches_nothing(open_page: OpenPage, url: str, path: str) -> None:
    page = open_page(url + path)
    settle(page)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    if "formula" not in path:  # what is wrong with one is told by its place
        expect(page.get_by_test_id("stAlert").filter(has_text="elsewhere.example").first).to_be_visible()
    harmless(page)


def test_names_of_runs_and_columns_draw_link_and_fetch_nothing(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/runs")
    settle(page)
    expect(page.get_by_text("![p](").first).to_be_visible()
    harmless(page)
    page.get_by_role("link", name="![p](").first.click()
    page.wait_for_url("**/training?**")
    settle(page)
    expect(page.get_by_text("Finished", exact=False).first).to_be_visible()
    harmless(page)
    page.get_by_text("Settings of this run").click()
    harmless(page)


def test_pasted_curves_draw_link_and_fetch_nothing(open_page: OpenPage, url: str) -> None:
    page = open_page(f"{url}/runs?view=import")
    settle(page)
    rows = "\n".join(f"{k},{1 / (k + 1)},{0.3 + k / 50},{k}" for k in range(30))
    field = page.get_by_role("textbox", name="Or paste the text")
    field.fill(f"epoch,loss,val_loss,{COLUMN}\n{rows}")
    field.press("Control+Enter")
    expect(page.get_by_text("Read as", exact=False)).to_be_visible()
    expect(page.get_by_text("elsewhere.example", exact=False).first).to_be_visible()
    harmless(page)
