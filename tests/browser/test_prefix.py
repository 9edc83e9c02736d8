"""Under a path, as behind a proxy that shows other things beside: pages, links, components and the WebSocket work."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from tests.browser.app_server import ROOT, serve
from tests.browser.pages import open_in, settle, visit

# After a 404 below the path Streamlit looks for its server elsewhere, one step up each time.
_PROBE = re.compile(r"/_stcore/(health|host-config)$")


def test_all_that_a_page_asks_for_lies_below_the_path_that_the_server_is_under(browser: Browser, tmp_path: Path):
    with serve(ROOT / "server.py", tmp_path / "server.log", below="lab") as url:
        opened = open_in(browser, "about:blank", reduced_motion="reduce")
        page = opened.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(f"{url}/")
        settle(page)
        visit(page, "Descent")
        expect(page).to_have_url(re.compile(r"/lab/descent(\?|$)"))
        expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
        page.reload()
        settle(page)
        expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
        probed = re.compile(r"status of 404 .*/_stcore/(health|host-config)\)$")
        assert [complaint for complaint in opened.close() if not probed.search(complaint)] == []
    paths = [urlsplit(each).path for each in asked if each.startswith(("http", "ws"))]
    assert [path for path in paths if not path.startswith("/lab/") and not _PROBE.search(path)] == []
    assert any(path == "/lab/_stcore/stream" for path in paths)
