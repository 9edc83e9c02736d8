"""Whose run it is, over the wire: a second browser attacks the first one's run with all that a socket can carry."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.browser.app_server import ROOT, serve
from tests.trainers.labs import ended, quick, quiet_lab, until
from trainers.store import ACTIVE, ENDED, Store, StoredJob, StoredRun
from widgets.browser import OWN_COOKIE as COOKIE
from widgets.browser import is_own_cookie, visitor_of_cookie

ANOTHERS = "somebody else"
NO_CHECKPOINT = "No checkpoint of this run is left"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    folder = tmp_path_factory.mktemp("visitors")
    store = Store.open(f"sqlite:///{folder}/runs.sqlite3", folder)
    with serve(ROOT / "server.py", folder / "server.log", folder) as url:
        yield url, store
    store.close()


def answered(url: str, cookie: str | None = None, **headers: str) -> list[str]:
    """The lines by which the page's answer sets cookies."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    given = headers | ({} if cookie is None else {"Cookie": cookie})
    connection.request("GET", "/", headers=given)
    response = connection.getresponse()
    response.read()
    connection.close()
    return [value for name, value in response.getheaders() if name.lower() == "set-cookie"]


def own_cookie(url: str, cookie: str | None = None, **headers: str) -> str:
    """The value that the browser is told to keep."""
    lines = [line for line in answered(url, cookie, **headers) if line.startswith(f"{COOKIE}=")]
    assert len(lines) == 1
    return lines[0].partition(";")[0].partition("=")[2]


class Browser:
    """A session of a page, opened with this query and this Cookie header."""

    def __init__(self, url: str, query: str, cookie: str, page: str = "training") -> None:
        self.query, self.page, self.ids, self.said = query, page, dict[str, str](), ""
        headers = {"Cookie": cookie} if cookie else {}
        place = urlsplit(url)
        address = f"ws://{place.netloc}{place.path}/_stcore/stream"
        self.socket: ClientConnection = connect(
            address, origin=Origin(f"http://{place.netloc}"), additional_headers=headers, max_size=None, legacy=True
        )
        self.press()

    def press(self, widget: str = "") -> str:
        """Run the page, with this button pressed; all that it says."""
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_name = self.query, self.page
        if widget:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = widget, True
        self.socket.send(asked.SerializeToString())
        self.said = ""
        while True:
            content = self.socket.recv(timeout=60)
            heard = ForwardMsg()
            heard.ParseFromString(content if isinstance(content, bytes) else content.encode())
            if heard.WhichOneof("type") == "delta":
                element = heard.delta.new_element
                if element.WhichOneof("type") == "button":
                    self.ids[element.button.label] = element.button.id
                self.said += str(element)
            if (
                heard.WhichOneof("type") == "script_finished"
                and heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return self.said


@pytest.fixture
def anna(served: tuple[str, Store]) -> str:
    return own_cookie(served[0])


@pytest.fixture
def run(served: tuple[str, Store], anna: str) -> StoredRun:
    return served[1].create(quick(), name="Anna's", status="stopped", visitor=visitor_of_cookie(anna))


def test_a_browser_gets_one_cookie_that_no_script_reads(served):
    url = served[0]
    (line,) = (line for line in answered(url) if line.startswith(COOKIE))
    assert re.search(r"HttpOnly; SameSite=Lax$", line)
    assert "Path=/;" in line
    assert "Secure" in answered(url, **{"X-Forwarded-Proto": "https"})[-1]
    cookie = own_cookie(url)
    assert is_own_cookie(cookie)
    for held in (f"{COOKIE}={cookie}", f"other=1; {COOKIE}={cookie}; third=2"):
        assert not any(line.startswith(COOKIE) for line in answered(url, held)), "it has one for a year"


@pytest.mark.parametrize("junk", ["", "a", "a" * 42, "a" * 44, "%00" * 15, "'; DROP TABLE runs", "a" * 5000])
def test_a_cookie_that_could_be_guessed_is_replaced(served, junk: str):
    got = own_cookie(served[0], f"{COOKIE}={junk}")
    assert is_own_cookie(got)
    assert got != junk


def test_the_first_visitor_comes_back_and_the_second_is_refused(served, run, anna, request):
    url, store = served

    def opened(cookie: str) -> Browser:
        browser = Browser(url, f"run={run.id}", cookie)
        request.addfinalizer(browser.socket.close)
        return browser

    first = opened(f"{COOKIE}={anna}")
    button = first.ids["Train on"]
    assert NO_CHECKPOINT in first.press(button), "her own: only what it does may refuse it"
    again = opened(f"{COOKIE}={anna}")
    assert NO_CHECKPOINT in again.press(again.ids["Train on"])
    hashed = visitor_of_cookie(anna)
    before = store.run(run.id)
    for cookie in (
        "",
        f"{COOKIE}={own_cookie(url)}",
        f"{COOKIE}={hashed}",
        f"{COOKIE}={hashed}{'0' * 11}",
        f"{COOKIE}={anna[:-1]}",
        f"{COOKIE}={anna}x",
        f"{COOKIE}={anna[::-1]}",
        f"{COOKIE}={anna.swapcase()}",
        f"{COOKIE}=%; {COOKIE}",
        f"visitor={hashed}; {COOKIE}={own_cookie(url)}",
    ):
        second = opened(cookie)
        assert anna not in second.said
        assert hashed not in second.said
        assert ANOTHERS in second.press(button), cookie  # her form, replayed
        for name in ("Train on", "Rewind to it", "Resume", "Score the test rows"):
            if name in {**first.ids, **second.ids}:
                second.press({**first.ids, **second.ids}[name])
        assert store.run(run.id) == before


def test_a_surface_that_two_look_at_goes_on_until_the_last_looks_away(served, anna, request):
    url, store = served
    address, checkpoints = store.key
    lab = quiet_lab(Path(checkpoints).parent, url=address)
    request.addfinalizer(lab.close)
    large = quick({"data.size": 5000, "model.width": 256, "model.depth": 4, "budget.epochs": 1})
    run = lab.submit(large, visitor=visitor_of_cookie(anna))
    plane = f"runs={run}&points=129&rows=5000"

    def opened(cookie: str) -> Browser:
        browser = Browser(url, plane, f"{COOKIE}={cookie}", "surface")
        request.addfinalizer(browser.socket.close)
        return browser

    def turned(browser: Browser, seed: int) -> None:
        """This browser looks at other directions."""
        browser.query = f"{plane}&seed={seed}"
        browser.press()
        assert seed in {job.request["seed"] for job in jobs()}

    def jobs() -> list[StoredJob]:
        return [job for job in store.jobs.listed((*ACTIVE, *ENDED)) if job.kind == "surface"]

    def shared() -> StoredJob:
        (found,) = (job for job in jobs() if job.request["seed"] == 0)
        return found

    first = opened(anna)
    ended(store, run)
    first.press()
    second = opened(own_cookie(url))
    assert len(jobs()) == 1, "one is drawn for both"
    turned(second, 1)
    assert shared().active
    assert shared().wanted == "run", "the first one still looks at it"
    turned(first, 2)
    until(lambda: not shared().active)
    assert shared().status == "stopped"
