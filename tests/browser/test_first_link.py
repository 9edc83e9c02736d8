"""A link opens its page whole even if it is the first thing a server that has just started is asked for.

A folder named pages makes Streamlit run its files on their own until ``st.navigation`` has been called once in the
process: without app.py, and with a navigation made of file names.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.app_server import ROOT, serve
from tests.browser.pages import open_in, settle


def test_the_first_request_of_a_process_may_be_for_any_page(browser: Browser, tmp_path: Path):
    with serve(ROOT / "server.py", tmp_path / "server.log") as url:
        opened = open_in(browser, f"{url}/descent", reduced_motion="reduce")
        page = opened.page
        settle(page)
        expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
        expect(page).to_have_title("Descent Lab")
        expect(page.get_by_text("race controls")).to_have_count(0)
        expect(page.get_by_role("link", name="Descent Lab")).to_be_visible()
        assert opened.close() == []
