"""An event loop that is woken once for many: nothing that threads hand over is left lying."""

from __future__ import annotations

import asyncio
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionClientDisconnectedError

import wakeups
from wakeups import TOGETHER, send_together, wake_once

THREADS, EACH = 8, 2000


def test_all_that_threads_hand_over_is_done_with_few_wakeups():
    async def handed() -> tuple[int, int]:
        loop: Any = asyncio.get_running_loop()
        bytes_written = done = 0
        write = loop._write_to_self

        def counted() -> None:
            nonlocal bytes_written
            bytes_written += 1
            write()

        loop._write_to_self = counted
        assert wake_once(loop)
        finished = asyncio.Event()

        def one() -> None:
            nonlocal done
            done += 1
            if done == THREADS * EACH:
                finished.set()

        def hand_over() -> None:
            for _ in range(EACH):
                loop.call_soon_threadsafe(one)

        threads = [Thread(target=hand_over) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        await asyncio.wait_for(finished.wait(), 60)
        for thread in threads:
            thread.join()
        return done, bytes_written

    done, written = asyncio.run(handed())
    assert done == THREADS * EACH
    assert 0 < written < done


def test_a_loop_that_sleeps_is_woken_each_time_anew():
    async def woken() -> list[int]:
        loop = asyncio.get_running_loop()
        assert wake_once(loop)
        told: list[int] = []
        for number in range(50):
            came = asyncio.Event()
            thread = Thread(target=lambda event=came: loop.call_soon_threadsafe(event.set))
            thread.start()
            await asyncio.wait_for(came.wait(), 60)
            thread.join()
            told.append(number)
        return told

    assert asyncio.run(woken()) == list(range(50))


def test_a_loop_of_another_kind_stays_as_it_is():
    class Other(asyncio.AbstractEventLoop):
        pass

    assert not wake_once(Other())


def test_what_runs_of_pages_hand_over_right_after_a_wakeup_waits_a_moment_and_is_done():
    async def handed() -> tuple[int, int]:
        loop: Any = asyncio.get_running_loop()
        written = done = 0
        write = loop._write_to_self

        def counted() -> None:
            nonlocal written
            written += 1
            write()

        def one() -> None:
            nonlocal done
            done += 1

        loop._write_to_self = counted
        assert wake_once(loop)

        def runs() -> None:
            for number in range(200):
                loop.call_soon_threadsafe(one)
                while done <= number:  # the next only when the loop sleeps again: each would wake it by itself
                    pause.wait(0.0001)

        pause = Event()
        page = Thread(target=runs, name="ScriptRunner.scriptThread")
        page.start()
        while page.is_alive():
            await asyncio.sleep(0.5)
        return done, written

    done, written = asyncio.run(handed())
    assert done == 200
    assert 0 < written < done


class Sends:
    """A runtime with one session, whose browser goes away after so many messages."""

    def __init__(self, most: int) -> None:
        self.most, self.sent = most, list[int]()
        self.session: Any = SimpleNamespace(id="one", waiting=list[int]())
        self._session_mgr = SimpleNamespace(get_active_session_info=lambda id: self if id == "one" else None)

    def _send_message(self, active: Sends, message: int) -> None:
        if len(self.sent) == self.most:
            raise SessionClientDisconnectedError
        self.sent.append(message)


@pytest.fixture
def sends(monkeypatch: pytest.MonkeyPatch) -> Sends:
    given = Sends(1000)
    monkeypatch.setattr(AppSession, "flush_browser_queue", lambda session: list(session.waiting))
    monkeypatch.setattr(Runtime, "_enqueued_some_message", Runtime._enqueued_some_message)
    monkeypatch.setattr(wakeups, "get_instance", lambda: given)
    send_together()
    return given


@pytest.mark.parametrize("count", [0, 1, 2, 80, TOGETHER, TOGETHER + 1, 3 * TOGETHER])
def test_messages_go_together_in_their_order_and_the_rest_is_left_to_streamlit(sends: Sends, count: int):
    sends.session.waiting = list(range(count))
    left = AppSession.flush_browser_queue(sends.session)
    assert [*sends.sent, *left] == sends.session.waiting
    assert len(left) == max(min(count, 1), count - TOGETHER), "and hears at the end that all is sent"


def test_a_browser_that_went_away_is_left_to_streamlit(sends: Sends):
    sends.most, sends.session.waiting = 3, list(range(80))
    assert AppSession.flush_browser_queue(sends.session) == list(range(3, 80))
    sends.session.id = "another"
    assert AppSession.flush_browser_queue(sends.session) == sends.session.waiting


def test_it_is_done_once(sends: Sends):
    flush = AppSession.flush_browser_queue
    send_together()
    assert AppSession.flush_browser_queue is flush
