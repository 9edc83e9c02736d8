"""What visitors have left is collected after a page has run, and not after every one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from widgets import session


class Ring:
    """As a session: it refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def only_when_asked() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_rings_of_left_sessions_are_let_go_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(session.time, "monotonic", lambda: now)
    monkeypatch.setattr(session, "_collected", 0.0)
    alive = []
    for seconds in (0.0, 30.0, 130.0):
        now = 1000.0 + seconds
        left = weakref.ref(Ring())
        session._let_go()
        alive.append(left() is not None)
    assert alive == [False, True, False]
