"""Turns of runs that follow a class: pictures first, in order, and a run that ends leaves its turn to the next."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from benchmarks.server.follow import is_picture
from tests.pages.opened_page import opened_page
from widgets import turns
from widgets.turns import Turns, in_turn, picture_drawn

PAGES = ("descent", "line", "maps", "losses", "neuron", "derivatives", "generalization", "normalization")
PAGES += ("activations", "initialization")
SIDEBAR = 1  # the first number of the place of what stands there


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(60_000):
        if is_so():
            return
        Event().wait(0.001)
    raise AssertionError("it did not come to that within a minute")


class Runs:
    """Runs of pages in threads of their own, one after the other, while somebody else has the only turn."""

    def __init__(self) -> None:
        self.turns, self.told, self.threads = Turns(at_once=1, longest=60), list[str](), list[Thread]()
        self.turns.take()

    def begin(self, name: str, look: Callable[[], None] = lambda: None) -> None:
        """Begin one, and return when it waits."""

        def run() -> None:
            try:
                self.turns.take(look=look)
            except StopException:
                self.told.append(f"{name} left")
                return
            self.told.append(f"{name} drawn")
            self.turns.give_back()
            self.turns.take(rest=True, look=look)
            self.told.append(f"{name} ended")
            self.turns.give_back()

        waiting = self.turns.waiting
        self.threads.append(Thread(target=run))
        self.threads[-1].start()
        until(lambda: self.turns.waiting == waiting + 1 or any(each.startswith(name) for each in self.told))

    def end(self) -> list[str]:
        """Give the turn back; all that the runs have to say."""
        self.turns.give_back()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        return self.told


def test_all_have_the_picture_before_anybody_has_the_rest():
    runs = Runs()
    for name in "abc":
        runs.begin(name)
    assert not runs.told
    assert runs.end() == ["a drawn", "b drawn", "c drawn", "a ended", "b ended", "c ended"]


def test_who_wants_something_else_gives_his_turn_up():
    def leaves() -> None:
        raise StopException

    runs = Runs()
    runs.begin("a", leaves)
    until(lambda: runs.told == ["a left"])
    runs.begin("b")
    assert runs.end() == ["a left", "b drawn", "b ended"]
    assert runs.turns.waiting == 0


def test_nobody_waits_longer_than_a_while():
    crowded = Turns(at_once=1, longest=0.01)
    for _ in range(5):
        crowded.take()
        crowded.take(rest=True)
    assert crowded.waiting == 0
    for _ in range(10):
        crowded.give_back()
    crowded.longest = 60
    crowded.take()  # and all turns are there again


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A run that follows, in this thread, of an app with a single turn."""
    context = SimpleNamespace(is_history_navigation=True, yield_check=lambda: None)
    monkeypatch.setattr(turns, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(turns, "_turns", Turns(at_once=1, longest=60))
    return context


def test_a_run_that_ends_early_leaves_its_turn_to_the_next(following: SimpleNamespace):
    def ends() -> None:
        raise StopException

    def ends_after_its_picture() -> None:
        picture_drawn()
        ends()

    for _ in range(3):
        with pytest.raises(StopException), in_turn():
            ends()
        with pytest.raises(StopException), in_turn():
            ends_after_its_picture()
    following.yield_check = ends
    holding, goes_on = Event(), Event()

    def other() -> None:
        with in_turn():
            holding.set()
            assert goes_on.wait(60)

    thread = Thread(target=other)
    thread.start()
    assert holding.wait(60)
    with pytest.raises(StopException), in_turn():  # it waits for its turn, and its visitor wants something else
        raise AssertionError("the turn is another's")
    goes_on.set()
    thread.join(60)
    with in_turn():
        picture_drawn()


def test_other_runs_wait_for_nobody(following: SimpleNamespace):
    with in_turn():
        following.is_history_navigation = False
        with in_turn():
            pass


@pytest.mark.parametrize("page", PAGES)
def test_before_others_go_first_a_page_has_its_picture_and_no_controls(page: str, monkeypatch: pytest.MonkeyPatch):
    sent: list[list[ForwardMsg]] = []

    def given_way(*, above: bool = True) -> None:
        context: Any = get_script_run_ctx()
        sent.append(list(context._enqueue.__self__.forward_msg_queue._queue))

    monkeypatch.setattr(turns, "picture_drawn", given_way)
    monkeypatch.setattr("widgets.picture_drawn", given_way, raising=False)
    opened_page(f"pages/{page}.py")
    first = sent[0]
    elements = [each for each in first if each.WhichOneof("type") == "delta"]
    assert any(is_picture(each.delta.new_element) for each in elements)
    beside = [each.delta.new_element.WhichOneof("type") for each in elements if each.metadata.delta_path[0] == SIDEBAR]
    assert set(beside) <= {None, "html"}, "the sidebar has begun"


def test_a_page_that_is_gone_to_gives_way_when_its_head_is_there_and_later_before(
    following: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    session: dict[str, str] = {}
    monkeypatch.setattr(turns, "path", lambda: "losses")
    monkeypatch.setattr(turns.st, "session_state", session)
    gave_way: list[str] = []

    def run() -> list[str]:
        gave_way.clear()
        with in_turn():
            for name, above in (("picture", False), ("head", True), ("end", True)):
                before = turns._mine.gave_way
                picture_drawn(above=above)
                if turns._mine.gave_way != before:
                    gave_way.append(name)
        return list(gave_way)

    assert run() == ["head"], "nothing that stands moves"
    assert run() == ["picture"]
    session[turns._STANDS] = "another"
    assert run() == ["head"]
