"""What a page's fragments ask for: after it was left, while the run before is told, and beside a hand."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import WidgetMetadata

from fragments import await_what_is_told, drop_belated, hear_hands, heed_clicks


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
    monkeypatch.setattr("fragments.MOST", 2)
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


def slider(id: str, fragment: str | None = None, *, disabled: bool = False) -> WidgetMetadata[Any]:
    return WidgetMetadata(
        id, lambda value: value, lambda value: value, "double_value", fragment_id=fragment, disabled=disabled
    )


@pytest.fixture
def session() -> SessionState:
    """With sliders at 1 in the page, in fragment a and in b, one that is held fast, and a button of the page."""
    state = SessionState()
    state._new_widget_state.widget_metadata = {
        "page": slider("page"),
        "a": slider("a", "a"),
        "b": slider("b", "b"),
        "held": slider("held", disabled=True),
        "button": WidgetMetadata("button", bool, bool, "trigger_value"),
    }
    for id in ("page", "a", "b", "held"):
        state._new_widget_state.set_widget_from_proto(WidgetState(id=id, double_value=1.0))
    return state


TOUCHED = [
    (WidgetState(id="page", double_value=1.0), False),
    (WidgetState(id="page", double_value=2.0), True),
    (WidgetState(id="a", double_value=2.0), False),  # its own
    (WidgetState(id="b", double_value=2.0), True),
    (WidgetState(id="held", double_value=2.0), False),  # by no hand
    (WidgetState(id="button", trigger_value=True), True),
    (WidgetState(id="button", trigger_value=False), False),
    (WidgetState(id="unknown", double_value=2.0), False),
]


@pytest.mark.parametrize("known", ["told", "read", "from the run before"])
@pytest.mark.parametrize(("given", "whole"), TOUCHED)
def test_a_fragment_that_brings_what_a_hand_has_done_elsewhere_runs_the_whole_page(
    monkeypatch: pytest.MonkeyPatch, session: SessionState, given: WidgetState, whole: bool, known: str
):
    if known == "read":
        assert session._new_widget_state["page"] == 1.0
    if known == "from the run before":
        session._compact_state()
    done: list[RerunData] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: done.append(rerun_data))
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", ScriptRequests._request_rerun_locked)
    hear_hands()
    hear_hands()
    safe = SafeSessionState(session, lambda: None)
    runner: Any = SimpleNamespace(_session_state=safe, _fragment_storage=MemoryFragmentStorage())
    asked = RerunData(fragment_id_queue=["a"], widget_states=WidgetStates(widgets=[given]), query_string="x=1")
    ScriptRunner._run_script(runner, asked)
    assert [each.fragment_id_queue for each in done] == ([[]] if whole else [["a"]])
    assert done[0].widget_states == asked.widget_states
    assert done[0].query_string == "x=1"
    by_clock = replace(asked, is_auto_rerun=True)  # the hand's own request comes right after it
    ScriptRunner._run_script(runner, by_clock)
    assert done[1] == by_clock


@pytest.mark.parametrize(
    ("first", "second", "by_clock"), [(False, True, False), (True, False, False), (True, True, True)]
)
def test_of_two_requests_that_are_joined_one_by_a_hand_makes_it_of_a_hand(
    monkeypatch: pytest.MonkeyPatch, first: bool, second: bool, by_clock: bool
):
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: None)
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", ScriptRequests._request_rerun_locked)
    hear_hands()
    requests = ScriptRequests()
    for fragment, clock in (("a", first), ("b", second)):
        assert requests.request_rerun(RerunData(fragment_id=fragment, is_auto_rerun=clock))
    joined = requests.on_scriptrunner_ready().rerun_data
    assert (joined.fragment_id_queue, joined.is_auto_rerun) == (["a", "b"], by_clock)
    requests = ScriptRequests()
    assert requests.request_rerun(RerunData(fragment_id="a", is_auto_rerun=second))
    assert requests.on_scriptrunner_ready().rerun_data.is_auto_rerun == second


@pytest.mark.parametrize("page", ["here", "left"])
@pytest.mark.parametrize(("given", "whole"), TOUCHED)
def test_a_fragment_that_is_gone_takes_no_hand_with_it(
    monkeypatch: pytest.MonkeyPatch, session: SessionState, given: WidgetState, whole: bool, page: str
):
    done: list[str] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: None)
    monkeypatch.setattr(AppSession, "request_rerun", lambda self, state: done.append(state.fragment_id))
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", ScriptRequests._request_rerun_locked)
    hear_hands()
    asked = ClientState(fragment_id="a", widget_states=WidgetStates(widgets=[given]), page_script_hash=page)
    app: Any = SimpleNamespace(
        _session_state=session,
        _fragment_storage=MemoryFragmentStorage(),
        _client_state=ClientState(page_script_hash="here"),
    )
    AppSession.request_rerun(app, asked)
    assert done == ["" if whole and page == "here" else "a"]
    assert asked.fragment_id == "a"
    asked.is_auto_rerun = True
    AppSession.request_rerun(app, asked)
    assert done[1] == "a"


@pytest.mark.parametrize(("fragment", "by_clock", "clicks"), [("a", True, 0), ("a", False, 1), ("", False, 1)])
def test_a_click_is_not_told_by_the_clock_as_well(
    monkeypatch: pytest.MonkeyPatch, session: SessionState, fragment: str, by_clock: bool, clicks: int
):
    done: list[ClientState] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: None)
    monkeypatch.setattr(AppSession, "request_rerun", lambda self, state: done.append(state))
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", ScriptRequests._request_rerun_locked)
    hear_hands()
    told = [
        WidgetState(id="button", trigger_value=True),
        WidgetState(id="page", double_value=2.0),
        WidgetState(id="other", trigger_value=False),
        WidgetState(id="component", json_trigger_value='["x"]'),
    ]
    given = ClientState(
        fragment_id=fragment, is_auto_rerun=by_clock, widget_states=WidgetStates(widgets=told), query_string="x=1"
    )
    app: Any = SimpleNamespace(_fragment_storage=SimpleNamespace(contains=lambda id: True))
    AppSession.request_rerun(app, given)
    (asked,) = done
    kept = told if clicks else [told[1], told[2]]
    assert list(asked.widget_states.widgets) == kept
    assert (asked.fragment_id, asked.is_auto_rerun, asked.query_string) == (fragment, by_clock, "x=1")
    assert len(given.widget_states.widgets) == len(told)


def test_no_request_ends_a_run_before_a_click_has_called_what_it_calls(monkeypatch: pytest.MonkeyPatch):
    class OtherRequest(Exception):
        pass

    def look() -> None:
        raise OtherRequest

    def clicked() -> None:
        called.append("begun")
        safe["news"] = "it is done"
        called.append("done")

    called: list[str] = []
    state = SessionState()
    safe = SafeSessionState(state, look)
    state._new_widget_state.widget_metadata = {
        "button": WidgetMetadata("button", bool, bool, "trigger_value", callback=clicked),
    }
    click = WidgetStates(widgets=[WidgetState(id="button", trigger_value=True)])
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    with pytest.raises(OtherRequest):
        safe.on_script_will_rerun(click)
    assert not called  # as Streamlit has it
    heed_clicks()
    heed_clicks()

    def run() -> None:
        ThreadState.initialize()
        safe.on_script_will_rerun(click)

    copy_context().run(run)
    assert called == ["begun", "done"]
    with pytest.raises(OtherRequest):  # from then on it may
        safe["news"]
    assert state["news"] == "it is done"


def test_runners_know_their_pages_and_requests():
    names = ScriptRunner.__init__.__code__.co_names
    assert {"_pages_manager", "_requests"} <= set(names)
