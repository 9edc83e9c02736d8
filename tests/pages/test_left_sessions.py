"""What visitors have left is collected a while after a page has run, again and again while anybody is there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from widgets import session


class Ring:
    """As a session: it refers to itself."""

    def __init__(self, id: str = "") -> None:
        self.id, self.own = id, self


class Clock:
    """Stands in for ``threading.Timer``: it goes off when a test says so."""

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.seconds, self.call, self.daemon = seconds, call, False

    def start(self) -> None:
        assert self.daemon, "a server that ends must not wait for it"
        set_clocks.append(self)


set_clocks: list[Clock] = []


@pytest.fixture(autouse=True)
def only_when_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    set_clocks.clear()
    monkeypatch.setattr(session, "Timer", Clock)
    monkeypatch.setattr(session, "_waiting", Lock())
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server's sessions: those that are there, and those that left and may come back, by a clock of its own."""

    class Sessions(WebsocketSessionManager):
        active: list[Any]
        now = 0.0

        def list_active_sessions(self) -> list[Any]:
            return self.active

    made = object.__new__(Sessions)
    made.active = []
    made._storage_lock = Lock()
    storage = MemorySessionStorage()
    storage._cache._timer = lambda: made.now  # pyright: ignore[reportAttributeAccessIssue]
    made._session_storage = storage
    monkeypatch.setattr(session, "_sessions", lambda: made)
    return made


def ring(server: Any) -> weakref.ref[Ring]:
    """A visitor leaves, and may come back."""
    left = Ring(str(server.now))
    server._session_storage.save(SessionInfo(client=None, session=left, script_run_count=1))  # pyright: ignore
    return weakref.ref(left)


def test_sessions_that_cannot_come_back_are_let_go_without_another_visit(server: Any) -> None:
    left = ring(server)
    session._let_go()
    session._let_go()
    assert [clock.seconds for clock in set_clocks] == [session._LET_GO], "one at a time"
    server.now = 100.0
    set_clocks.pop().call()
    assert left() is not None, "who lost the connection may still come back"
    server.now = 220.0
    set_clocks.pop().call()
    assert left() is None
    assert not set_clocks, "nobody is left"


def test_it_goes_on_while_somebody_is_there(server: Any) -> None:
    server.active = ["somebody"]
    session._let_go()
    set_clocks.pop().call()
    assert len(set_clocks) == 1
    server.active = []
    set_clocks.pop().call()
    assert not set_clocks
    session._let_go()
    assert len(set_clocks) == 1, "and begins again with the next visit"


def test_without_a_server_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    session._let_go()
    assert not set_clocks
    session._waiting.acquire()
    session._collect()
    assert not set_clocks


def test_a_run_that_ends_before_its_page_does_is_followed_too(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor who has left, or who has changed something, ends the run by an exception of Streamlit's."""

    def ends_early() -> None:
        raise StopException

    monkeypatch.setattr(session, "keep_address", lambda *given: None)
    monkeypatch.setattr(session, "store_told", nullcontext)
    page: Any = SimpleNamespace(url_path="training", run=ends_early)
    with pytest.raises(StopException):
        session.run_page(page, [page])
    assert len(set_clocks) == 1
