"""What a page's fragments have asked for ends when the session has left the page."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType

from left_pages import await_what_is_told, drop_belated


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[RerunData]:
    """What runners have run; the class is as it was when the test has ended."""
    done: list[RerunData] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: done.append(rerun_data))
    drop_belated()
    drop_belated()  # once more, by a second server of the process: no second time around it
    return done


def run(at: str, asked: RerunData) -> None:
    pages = PagesManager("app.py")
    pages.set_script_intent(at, "")
    runner: Any = SimpleNamespace(_pages_manager=pages)
    ScriptRunner._run_script(runner, asked)


@pytest.mark.parametrize(
    ("at", "asked", "runs"),
    [
        ("here", RerunData(page_script_hash="here", fragment_id_queue=["a"]), True),
        ("here", RerunData(page_script_hash="left", fragment_id_queue=["a"]), False),
        ("here", RerunData(page_script_hash="", fragment_id_queue=["a"]), False),
        ("here", RerunData(page_script_hash="next"), True),  # a whole page is gone to
        (
            "",
            RerunData(page_script_hash="first", fragment_id_queue=["a"]),
            True,
        ),  # asked for by name
    ],
)
def test_a_fragment_runs_for_the_page_that_its_session_is_at(
    ran: list[RerunData], at: str, asked: RerunData, runs: bool
):
    run(at, asked)
    assert ran == [asked] * runs


@pytest.mark.parametrize("first", ["a", ""])
def test_what_a_fragment_asks_for_waits_until_all_of_the_run_before_is_told(
    monkeypatch: pytest.MonkeyPatch, first: str
):
    asked: list[str] = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda self, state: asked.append(state.fragment_id or "whole"))
    await_what_is_told()
    await_what_is_told()
    session: Any = SimpleNamespace(_scriptrunner=SimpleNamespace(_requests=SimpleNamespace()))
    requests = session._scriptrunner._requests

    async def ask() -> None:
        requests._state = ScriptRequestType.CONTINUE
        AppSession.request_rerun(session, ClientState(fragment_id="now"))
        requests._state = ScriptRequestType.STOP
        AppSession.request_rerun(session, ClientState(fragment_id=first))
        AppSession.request_rerun(session, ClientState(fragment_id="b"))
        AppSession.request_rerun(session, ClientState())  # of the whole page, behind them
        await asyncio.sleep(0.05)
        assert asked == (["now"] if first else ["now", "whole"])
        session._scriptrunner = None
        while len(asked) < 4:
            await asyncio.sleep(0.005)

    asyncio.run(ask())
    assert asked == ["now", first or "whole", "b", "whole"]


def test_a_request_that_fails_holds_none_behind_it(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def fails_first(self: Any, state: ClientState) -> None:
        asked.append(state.fragment_id)
        if len(asked) == 1:
            raise ValueError("the first")

    monkeypatch.setattr(AppSession, "request_rerun", fails_first)
    await_what_is_told()
    session: Any = SimpleNamespace(_scriptrunner=SimpleNamespace(_requests=SimpleNamespace()))
    session._scriptrunner._requests._state = ScriptRequestType.STOP

    async def ask() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # it is told there
        AppSession.request_rerun(session, ClientState(fragment_id="a"))
        AppSession.request_rerun(session, ClientState(fragment_id="b"))
        session._scriptrunner = None
        while len(asked) < 2:
            await asyncio.sleep(0.005)
        AppSession.request_rerun(session, ClientState(fragment_id="c"))

    asyncio.run(asyncio.wait_for(ask(), 60))
    assert asked == ["a", "b", "c"]


def test_a_run_that_is_never_told_to_its_end_holds_nobody_for_ever(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr("left_pages.MOST", 2)
    monkeypatch.setattr(AppSession, "request_rerun", lambda self, state: asked.append(state.fragment_id))
    await_what_is_told()
    requests = SimpleNamespace(_state=ScriptRequestType.STOP)
    session: Any = SimpleNamespace(_scriptrunner=SimpleNamespace(_requests=requests))

    async def ask() -> None:
        AppSession.request_rerun(session, ClientState(fragment_id="a"))
        assert not asked
        while not asked:
            await asyncio.sleep(0.005)

    asyncio.run(ask())
    assert asked == ["a"]


def test_runners_know_their_pages_and_requests():
    names = ScriptRunner.__init__.__code__.co_names
    assert {"_pages_manager", "_requests"} <= set(names)
