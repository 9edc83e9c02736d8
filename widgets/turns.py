"""Whose page runs now, where a class follows a lecturer: all have the picture before anybody has the rest of his page.

A class runs one page sixty times in the same moment, as by the browser's own buttons. One after the other takes no
longer than all at once, the first are done at once, and what one has computed the others find; two at a time hand the
interpreter to and fro (1.04 s instead of 0.35 s until 95 of 100 have the picture). A page that has drawn its picture
gives way (``picture_drawn``): its controls and whatever else stands below are drawn when nobody waits for a picture any
more. A browser that wants something else meanwhile, such as the lecturer's next link, gets that instead.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, local

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from widgets.address import path

AT_ONCE = 1
LONGEST = 3.0  # seconds, after which a run waits no longer for its turn
_LOOK = 0.1  # seconds between two looks whether the browser wants something else


class Turns:
    """Turns of threads, so many at once, in the order in which they come; see ``take``."""

    def __init__(self, at_once: int = AT_ONCE, longest: float = LONGEST) -> None:
        self.at_once, self.longest = at_once, longest
        self._lock = Lock()
        self._taken = 0
        self._pictures: deque[Event] = deque()
        self._rest: deque[Event] = deque()

    def take(self, *, rest: bool = False, look: Callable[[], None] = lambda: None) -> None:
        """Wait for a turn, at most ``longest`` seconds; it is taken then in any case.

        rest: of a run that has drawn its picture; it comes after all that have not. look: called now and then while
        this one waits; where it raises, the turn is given up.
        """
        mine, queue = Event(), self._rest if rest else self._pictures
        until = time.monotonic() + self.longest
        with self._lock:
            queue.append(mine)
            self._call()
        try:
            while (left := until - time.monotonic()) > 0 and not mine.wait(min(_LOOK, left)):
                look()
        except BaseException:
            with self._lock:
                if mine.is_set():
                    self._taken -= 1
                else:
                    queue.remove(mine)
                self._call()
            raise
        with self._lock:
            if not mine.is_set():
                queue.remove(mine)
                self._taken += 1

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return len(self._pictures) + len(self._rest)

    def give_back(self) -> None:
        """End a turn."""
        with self._lock:
            self._taken -= 1
            self._call()

    def _call(self) -> None:
        while self._taken < self.at_once and (queue := self._pictures or self._rest):
            self._taken += 1
            queue.popleft().set()


_turns = Turns()
_mine = local()  # has: whether this thread's run has a turn; gave_way: whether it has let others go first
_STANDS = "page that stands"


@contextmanager
def in_turn() -> Iterator[None]:
    """Around a run of the app: one that follows a class waits for its turn."""
    context = get_script_run_ctx()
    if context is None or not context.is_history_navigation:
        yield
        return
    _turns.take(look=context.yield_check)
    _mine.has, _mine.gave_way = True, False
    try:
        yield
    finally:  # most runs end before the page does: a visitor has left or changed something, or the page begins again
        if _mine.has:
            _mine.has = False
            _turns.give_back()


def picture_drawn(*, above: bool = True) -> None:
    """On a page that has drawn its picture: let those who wait for theirs go first, once in a run.

    above: whether what stands above the picture is drawn, too. Else a page that is gone to goes on, and is asked again
    when it is, lest the picture should move down under the eyes of who looks at it; what was there stays in its place.
    """
    stood = st.session_state.get(_STANDS) == path()
    if above:
        st.session_state[_STANDS] = path()
    context = get_script_run_ctx()
    if context is None or not getattr(_mine, "has", False) or _mine.gave_way or not (above or stood):
        return
    _mine.has, _mine.gave_way = False, True
    _turns.give_back()
    _turns.take(rest=True, look=context.yield_check)
    _mine.has = True
