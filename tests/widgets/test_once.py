"""What a press begins: once, however often a hand presses that cannot have seen yet what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from widgets import attempt, notices, once


class Hand:
    """Presses buttons of a page, at seconds of a clock that stands still by itself."""

    def __init__(self) -> None:
        self.now, self.made = 100.0, []

    def press(self, what: Any, after: float, *, refused: bool = False) -> str | None:
        self.now += after
        return once(what, lambda: None if refused else self._make())

    def _make(self) -> str:
        self.made.append(len(self.made))
        return f"run {len(self.made)}"


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(notices.st, "session_state", {})
    monkeypatch.setattr(notices, "monotonic", lambda: hand.now)
    return hand


def test_a_double_click_begins_one_and_a_press_after_a_look_another(hand: Hand) -> None:
    assert hand.press("train", 0) == "run 1"
    notices.answered()
    assert hand.press("train", 0.2) is None
    assert hand.press("train", 1.5) == "run 2"


def test_a_press_while_the_page_is_slow_to_answer_begins_nothing_more(hand: Hand) -> None:
    assert hand.press("train", 0) == "run 1"
    assert hand.press("train", 3) is None
    hand.now += 2
    notices.answered()
    notices.answered()  # other pages later: what was begun is known for as long as before
    assert hand.press("train", 1) is None
    assert hand.press("train", 1) == "run 2"


def test_a_page_that_never_answers_holds_no_hand_for_ever(hand: Hand) -> None:
    assert hand.press("train", 0) == "run 1"
    assert hand.press("train", 12) == "run 2"


def test_what_differs_what_was_refused_and_what_was_stopped_is_begun(hand: Hand) -> None:
    assert hand.press(("train", 0.1), 0) == "run 1"
    assert hand.press(("train", 0.2), 0.1) == "run 2"
    assert hand.press("refused", 0.1, refused=True) is None
    assert hand.press("refused", 0.1) == "run 3"
    attempt(lambda: None)  # stopped
    assert hand.press("refused", 0.1) == "run 4"
