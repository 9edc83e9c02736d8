"""Two web servers on one database, below a path behind a balancer: what one starts, the other shows and steers."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from tests.balancer import balanced
from tests.browser.app_server import ROOT, serve
from tests.test_visitors import COOKIE, Browser
from tests.trainers.databases import postgresql_server
from tests.trainers.labs import now, quick, until
from trainers.store import Store
from widgets.browser import new_cookie, visitor_of_cookie

__all__ = ["postgresql_server"]


def test_what_one_server_starts_the_other_shows_and_stops(postgresql_server, tmp_path: Path):
    database = postgresql_server.new_database()
    settings = {"DESCENT_LAB_DATABASE": database, "DESCENT_LAB_WORKERS": "1"}
    store = Store.open(database, tmp_path / "descent-lab")
    with ExitStack() as stack:
        stack.callback(store.close)
        servers = [
            stack.enter_context(serve(ROOT / "server.py", tmp_path / f"{name}.log", tmp_path, below="lab", **settings))
            for name in ("first", "second")
        ]
        url, balancer = stack.enter_context(balanced(servers))

        def opened(cookie: str, query: str, page: str = "training", at: str = url) -> Browser:
            browser = Browser(at, query, f"{COOKIE}={cookie}", page)
            stack.callback(browser.socket.close)
            return browser

        anna = next(cookie for _ in range(100) if balancer.server_of(cookie := new_cookie()) == 0)
        bert = next(cookie for _ in range(100) if balancer.server_of(cookie := new_cookie()) == 1)
        here = opened(anna, urlencode(quick({"budget.epochs": 90_000, "watch.every": 10}).to_query()))
        here.press(here.ids["Train"])
        (run,) = store.runs()
        assert run.visitor.startswith(visitor_of_cookie(anna))
        assert run.id in opened(bert, "", "runs").said
        there = opened(bert, f"run={run.id}")
        until(lambda: now(store, run.id).step > 0 or there.press() is None)
        assert "epoch" in there.press()
        assert "Stop" not in there.ids or "somebody else" in there.press(there.ids["Stop"])
        assert now(store, run.id).wanted == "run"
        assert balancer.sockets == {0: 1, 1: 2}
        moved = opened(anna, f"run={run.id}", at=servers[1])
        moved.press(moved.ids["Stop"])
        until(lambda: now(store, run.id).status == "stopped")
        assert "Stopped" in there.press()
    postgresql_server.drop(database)
