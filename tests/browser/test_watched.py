"""What a person sees of a training that runs elsewhere: live curves and verdicts, no button that steers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import ROOT, serve
from tests.browser.pages import OpenPage, fits, settle
from trainers.watch import Watch

TOKEN = "a-token-for-tests-0123456789"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("watched")
    with serve(ROOT / "server.py", folder / "server.log", folder / "data", DESCENT_LAB_WATCH_TOKEN=TOKEN) as url:
        yield url


@pytest.fixture
def opened(open_page: OpenPage, lab: str) -> Callable[..., Page]:
    def opened(path: str, **options: bool) -> Page:
        page = open_page(f"{lab}{path}", **options)
        settle(page)
        return page

    return opened


def test_a_watched_training_shows_live_and_is_diagnosed(opened: Callable[..., Page], lab: str, tmp_path: Path):
    watch = Watch(lab, name="Far away", token=TOKEN, spool=tmp_path)

    def told(epoch: int) -> None:
        watch.report(epoch=epoch, train_loss=1 / (1 + 0.3 * epoch), val_loss=0.3 + 0.02 * abs(epoch - 8) ** 1.1)

    told(0)
    told(1)
    runs = opened("/runs")
    row = runs.locator(".rt-table tbody tr").filter(has=runs.get_by_role("link", name="Far away", exact=True))
    expect(row).to_contain_text("Training")
    expect(row).to_contain_text("Watched training")
    page = opened(f"/training?run={watch.run}")
    progress = page.get_by_test_id("stProgress")
    expect(page.get_by_role("heading", name="Far away")).to_be_visible()
    expect(progress).to_contain_text("Training · epoch 1")
    told(2)
    expect(progress).to_contain_text("Training · epoch 2")
    for name in ("Pause", "Stop", "Resume"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    for epoch in range(3, 40):
        told(epoch)
    watch.finish()
    expect(progress).to_contain_text("Finished")
    card = page.locator(".st-key-findings-card")
    expect(card).to_contain_text("Overfitting")
    expect(card.get_by_role("button")).to_have_count(0)  # its remedies are words
    expect(row).to_contain_text("Finished")
    expect(row).to_contain_text("Overfitting")


def test_the_page_of_runs_says_how_a_training_is_watched(opened: Callable[..., Page], lab: str):
    page = opened("/runs?view=import", phone=True)
    page.get_by_text("Watch a training of your own").click()
    expect(page.locator(".st-key-runs-watch")).to_contain_text(re.compile(rf'Watch\("{re.escape(lab)}", model'))
    expect(page.locator(".st-key-runs-watch")).to_contain_text("DESCENT_LAB_WATCH_TOKEN")
    fits(page)
