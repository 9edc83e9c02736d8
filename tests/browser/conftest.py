"""Fixtures of the browser tests: ``app_url``, ``browser`` and ``open_page``.

All browser tests run in one worker (see tests/groups.py), which has one app server and one Chromium.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from experiments.race import RaceResult
from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.contexts import TIMEOUT_MS, Contexts
from tests.browser.hand.races import Opener, open_file
from tests.browser.pages import Opened, OpenPage, open_in, settle

_PICTURES = ROOT / "build" / "failures"
_OPENED = pytest.StashKey[list[Opened]]()
_LOG = pytest.StashKey[Path]()
_LOG_TAIL = 8_000

expect.set_options(timeout=TIMEOUT_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """A failing browser test leaves pictures of its pages in build/failures and shows the end of the server's log."""
    report = yield
    if report.failed and call.when == "call":
        for number, opened in enumerate(item.stash.get(_OPENED, [])):
            path = _PICTURES / f"{re.sub(r'[^A-Za-z0-9]+', '-', item.name)}-{number}.png"
            try:
                opened.page.screenshot(path=path)
            except Error as error:
                report.sections.append(("picture", f"none: {error}"))
            else:
                report.sections.append(("picture", str(path)))
        log = item.config.stash.get(_LOG, None)
        if log is not None:
            report.sections.append(("end of the server's log", log.read_text(errors="replace")[-_LOG_TAIL:]))
    return report


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of the running app, without a slash at its end."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    pytestconfig.stash[_LOG] = log
    with serve(ROOT / "server.py", log) as url:
        yield url


@pytest.fixture(scope="module")
def url(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with a data folder of its own: that of the module's fixture ``folder``."""
    with serve(ROOT / "server.py", tmp_path_factory.mktemp("server") / "server.log", folder) as url:
        yield url


@pytest.fixture(scope="session")
def _only_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two browsers at a time are slower than one after the other, and make every test wait for what is not its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    first = tmp_path_factory.getbasetemp().parent / "browser-tests"  # the folder of all workers
    try:
        first.open("x").close()
    except FileExistsError:
        pytest.fail(f"{worker} is not the only worker with browser tests", pytrace=False)


@pytest.fixture(scope="package")
def browser(_only_worker: None) -> Iterator[Browser]:
    """A headless Chromium. It ends with the package: Playwright keeps an event loop running, which others may not."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Contexts:
    """The contexts of the browser, for pages that may be in one that was used before."""
    return Contexts(browser)


@pytest.fixture
def open_page(contexts: Contexts, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Opens pages (see ``OpenPage``) and fails the test on any error in them or any request to another host."""
    pages = request.node.stash.setdefault(_OPENED, [])

    def open_page(path: str = "/", **options: Any) -> Page:
        if not path.startswith("/"):
            return open_in(contexts, path, on_new=pages.append, **options).page
        app_url = request.getfixturevalue("app_url")
        page = open_in(contexts, app_url + path, on_new=pages.append, **options).page
        settle(page)
        return page

    yield open_page
    complaints = [complaint for opened in pages for complaint in opened.close()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def open_race(open_page: OpenPage, tmp_path: Path) -> Opener:
    """Opens a race in an offline file (see ``Opener``)."""

    def open_race(result: RaceResult, *, pickable: bool = True, **options: Any) -> Page:
        return open_file(open_page, tmp_path / "race.html", result, pickable, **options)

    return open_race
