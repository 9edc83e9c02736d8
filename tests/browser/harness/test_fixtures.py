"""The browser tests notice what they must: errors in a page, requests to other hosts, a server that does not start."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app_server import serve
from tests.browser.pages import OpenPage, open_in, settle


def _page(html: str) -> str:
    return f"data:text/html,{quote(html)}"


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<script>console.error('spoilt')</script>", "console error: spoilt"),
        ("<script>throw new Error('spoilt')</script>", "uncaught error: spoilt"),
        ("<img src='http://pictures.invalid/a.png'>", "asks another host: http://pictures.invalid/a.png"),
        ("<div data-testid=stException>ValueError</div>", "exception on the page: ValueError"),
    ],
)
def test_what_goes_wrong_in_a_page_is_collected(browser: Browser, html: str, complaint: str):
    opened = open_in(browser, _page(html))
    assert any(line.startswith(complaint) for line in opened.close())


def test_a_page_without_errors_has_no_complaints(browser: Browser):
    assert open_in(browser, _page("<h1>fine</h1><script>console.warn('so so')</script>")).close() == []


def test_a_phone_has_a_finger_and_its_width(open_page: OpenPage):
    page = open_page(_page("<meta name=viewport content='width=device-width'>"), phone=True)
    assert page.evaluate("[innerWidth, navigator.maxTouchPoints > 0, devicePixelRatio]") == [390, True, 2]


def test_preferences_reach_the_page(open_page: OpenPage):
    page = open_page(_page(""), color_scheme="dark", reduced_motion="reduce", size=(800, 600))
    queries = ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)", "(width: 800px)"]
    assert page.evaluate("queries => queries.map(query => matchMedia(query).matches)", queries) == [True] * 3


def test_surfaces_can_be_drawn_without_a_gpu(open_page: OpenPage):
    assert open_page(_page("<canvas>")).evaluate("document.querySelector('canvas').getContext('webgl') !== null")


def test_an_app_is_served_until_the_end_of_the_block(browser: Browser, tmp_path: Path):
    script = tmp_path / "hello.py"
    script.write_text("import streamlit\nstreamlit.write('hello')\n")
    with serve(script, tmp_path / "server.log") as url:
        opened = open_in(browser, url)
        settle(opened.page)
        expect(opened.page.get_by_text("hello")).to_be_visible()
        assert opened.close() == []
    with pytest.raises(OSError, match="refused"):
        urlopen(url, timeout=5)


def test_a_server_that_ends_early_is_an_error_with_its_log(tmp_path: Path):
    with (
        pytest.raises(RuntimeError, match=r"(?s)ended with \d before it answered.*absent\.py"),
        serve(tmp_path / "absent.py", tmp_path / "server.log"),
    ):
        pass
