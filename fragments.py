"""What fragments ask for at the wrong moment: after their page was left, while the run before is told, beside a hand.

What the fragments of a page ask for may be under way while the server already runs another page. Streamlit runs such a
request as one of the page that it came from, and the browser, at another one by then, clears all that it shows.

And a run that has ended may have told the server's loop what it has drawn without the loop having come to it. A
request of a fragment that the loop comes to first begins a new run, and the rest of what the other has drawn, which is
not of the run that is now the session's own, is thrown away: half a page, until something else runs it.

And where a fragment and a hand outside of it tell something in the same instant, the browser sends both as one request
of the fragment: the control is moved, and what it moves stays as it was.

And where a request comes right behind a click, the run that was begun for the click ends before it has called what the
click calls; the request, which does not know of the click, runs in its place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import FragmentStorage
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    ScriptRequests,
    ScriptRequestType,
    _has_active_trigger_value,
)
from streamlit.runtime.state import SafeSessionState
from streamlit.runtime.state.common import unpack_widget_state_value
from streamlit.runtime.state.session_state import Serialized, SessionState

WAIT = 0.005  # seconds from one look to the next; a run that has ended is told within milliseconds
MOST = 200  # looks


def drop_belated() -> None:
    """Let no fragment run for a page that its session has left since.

    A session is at the page that its last whole run was asked for. Its very first run is asked for by the name of a
    page, and its fragments belong to whatever page that is.
    """
    inner: Any = ScriptRunner._run_script
    if hasattr(inner, "without_belated"):
        return

    def run_script(self: Any, rerun_data: Any) -> None:
        at = self._pages_manager.intended_page_script_hash
        if not (rerun_data.fragment_id_queue and at and rerun_data.page_script_hash != at):
            inner(self, rerun_data)

    run_script.without_belated = inner  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_script


def hear_hands() -> None:
    """Let a fragment's request run the whole page where it brings what a hand has done outside of the fragment.

    A fragment that runs by the clock asks for itself alone: what a hand does in that instant comes right after it. So
    its request leaves out the clicks that it brings, which would count twice.
    """
    inner: Any = ScriptRunner._run_script
    if hasattr(inner, "deaf_to_hands"):
        return
    asked: Any = AppSession.request_rerun
    joined: Any = ScriptRequests._request_rerun_locked

    def run_script(self: Any, rerun_data: Any) -> None:
        queue, given = rerun_data.fragment_id_queue, rerun_data.widget_states
        if (
            queue
            and given
            and not rerun_data.is_auto_rerun
            and _is_touched(self._session_state._state, given, queue, self._fragment_storage)
        ):
            rerun_data = replace(rerun_data, fragment_id_queue=[], is_fragment_scoped_rerun=False)
        inner(self, rerun_data)

    def request_rerun_locked(self: Any, new_data: Any) -> bool:
        """Where one by the clock joins one that waits, a hand may have caused the two."""
        by_hand = self._state == ScriptRequestType.RERUN and not self._rerun_data.is_auto_rerun
        done: bool = joined(self, new_data)
        if by_hand and self._rerun_data.is_auto_rerun:
            self._rerun_data = replace(self._rerun_data, is_auto_rerun=False)
        return done

    def request_rerun(self: Any, client_state: Any) -> None:
        if client_state and client_state.fragment_id:
            client_state = _of_a_hand(self, client_state)
        asked(self, client_state)

    run_script.deaf_to_hands = inner  # type: ignore[attr-defined]
    ScriptRunner._run_script, AppSession.request_rerun = run_script, request_rerun
    ScriptRequests._request_rerun_locked = request_rerun_locked


def heed_clicks() -> None:
    """Let no request end a run before all is called that the controls call which were clicked or moved for it."""
    inner: Any = SafeSessionState.on_script_will_rerun
    if hasattr(inner, "without_heed"):
        return

    def on_script_will_rerun(self: Any, *states: Any, **named: Any) -> None:
        looks = self._yield_callback  # for other requests, also in the midst of what is called
        object.__setattr__(self, "_yield_callback", lambda: None)
        try:
            inner(self, *states, **named)
        finally:
            object.__setattr__(self, "_yield_callback", looks)

    on_script_will_rerun.without_heed = inner  # type: ignore[attr-defined]
    SafeSessionState.on_script_will_rerun = on_script_will_rerun


def _of_a_hand(session: Any, asked: ClientState) -> ClientState:
    """A fragment's request without clicks, where the clock has made it; the page's, where the fragment is gone."""
    told, changed = asked.widget_states.widgets, ClientState()
    if asked.is_auto_rerun:
        kept = [each for each in told if not _has_active_trigger_value(each)]
        if len(kept) < len(told):
            changed.CopyFrom(asked)
            del changed.widget_states.widgets[:]
            changed.widget_states.widgets.extend(kept)
            return changed
    elif (
        not session._fragment_storage.contains(asked.fragment_id)
        and asked.page_script_hash == session._client_state.page_script_hash
        and _is_touched(session._session_state, asked.widget_states, [asked.fragment_id], session._fragment_storage)
    ):
        changed.CopyFrom(asked)
        changed.fragment_id = ""  # it would take the hand's part with it
        return changed
    return asked


def _is_touched(
    session: SessionState, given: WidgetStates, fragments: Collection[str], storage: FragmentStorage
) -> bool:
    """Whether a control outside of these fragments was clicked, or has another value than the session knows of it."""
    known, old = session._new_widget_state, session._old_state
    for each in given.widgets:
        control = known.widget_metadata.get(each.id)
        if control is None or control.disabled or control.fragment_id in fragments:
            continue
        if control.fragment_id and storage.has_ancestor_in(control.fragment_id, fragments):
            continue
        if str(each.WhichOneof("value")).endswith(("trigger_value", "chat_input_value")):
            if _has_active_trigger_value(each):
                return True
            continue
        had = known.states.get(each.id)
        value = control.deserializer(unpack_widget_state_value(each))
        if isinstance(had, Serialized):
            before = control.deserializer(unpack_widget_state_value(had.value))
        else:
            before = old.get(each.id) if had is None else had.value
        if value != before:
            return True
    return False


def await_what_is_told() -> None:
    """Let a fragment's request wait until the loop has heard all of a run that has ended, and others behind it."""
    inner: Any = AppSession.request_rerun
    if hasattr(inner, "without_waiting"):
        return

    def request_rerun(self: Any, client_state: Any) -> None:
        waiting: deque[Any] = self.__dict__.setdefault("waiting_requests", deque())
        waiting.append(client_state)
        if len(waiting) == 1:
            go_on(self, 0)

    def go_on(session: Any, looks: int) -> None:
        waiting: deque[Any] = session.waiting_requests
        while waiting:
            if looks < MOST and _is_early(session, waiting[0]):
                asyncio.get_running_loop().call_later(WAIT, go_on, session, looks + 1)
                return
            try:
                inner(session, waiting[0])
            except BaseException:
                if len(waiting) > 1:  # those behind it are not held by what it has met
                    asyncio.get_running_loop().call_soon(go_on, session, 0)
                raise
            finally:
                waiting.popleft()

    request_rerun.without_waiting = inner  # type: ignore[attr-defined]
    AppSession.request_rerun = request_rerun


def _is_early(session: Any, client_state: Any) -> bool:
    """Whether it is a fragment's, and the session's runner takes no request any more, but was not heard to its end."""
    runner = session._scriptrunner
    if client_state is None or not client_state.fragment_id or runner is None:
        return False
    return runner._requests._state == ScriptRequestType.STOP
