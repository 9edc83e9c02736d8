"""Maps of the server are computed beside the pages, for whoever still asks."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest

from experiments.maps import Growing, MapsCodec, Sheet, desk, server_sheets
from experiments.maps.desk import Answer, Desk

LONG = 60.0


def sheet_of(**query: str) -> Sheet:
    values, problems = MapsCodec().read(query)
    assert not problems
    return next(iter(server_sheets(values).values()))


def answered(here: Desk, sheets: dict[str, Sheet]) -> dict[str, Answer]:
    """What is known when nothing more will come."""
    until = monotonic() + LONG
    while monotonic() < until:
        answers = here.ask(sheets, 0.05)
        if all(each.last for each in answers.values()):
            return answers
        sleep(0.01)  # a page asks twice a second; a loop that asks on and on keeps the thread from its work
    raise TimeoutError


class Held:
    """Blocks that wait for the test: each says whose it is, and goes on when it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[Sheet] = []
        self.entered, self.may = Event(), Event()
        own = Growing.advance

        def advance(growing: Growing, progress: Any = None) -> None:
            self.begun.append(growing._sheet)
            self.entered.set()
            assert self.may.wait(LONG)
            progress(0.0)
            own(growing, progress)

        monkeypatch.setattr(Growing, "advance", advance)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held(monkeypatch)
    yield held
    held.may.set()


def test_a_page_that_asks_again_gets_finer_grids_and_then_the_last():
    here = Desk()
    sheet = sheet_of(o1="trust_region", steps="20")
    grid = answered(here, {"o1": sheet})["o1"].grid
    assert grid is not None
    assert grid.side == 128
    assert here.ask({"o1": sheet})["o1"].grid is grid
    assert not here._orders


def test_nobody_waits_longer_than_they_said(held: Held):
    here = Desk()
    began = monotonic()
    answer = here.ask({"o1": sheet_of(o1="bfgs")}, 0.1)["o1"]
    assert answer.grid is None
    assert not answer.last
    assert monotonic() - began < LONG


def test_what_nobody_asks_for_any_more_is_let_go_of(held: Held, monkeypatch: pytest.MonkeyPatch):
    here = Desk()
    left = sheet_of(o1="bfgs", steps="30")
    here.ask({"o1": left})
    assert held.entered.wait(LONG)
    thread = here._thread
    assert thread is not None
    here._orders[left].until = 0.0  # the time passes
    held.may.set()
    thread.join(LONG)
    assert not thread.is_alive()
    assert not here._orders
    assert not here._kept
    assert here._thread is None
    assert answered(here, {"o1": left})["o1"].last  # and whoever comes back has it computed


def test_the_coarsest_grid_comes_first_whosever_it_is(held: Held):
    here = Desk()
    one, other = sheet_of(o1="bfgs", steps="30"), sheet_of(o1="trust_region", steps="30")
    here.ask({"o1": one})
    assert held.entered.wait(LONG)
    here.ask({"o1": other})
    held.may.set()
    answered(here, {"one": one, "other": other})
    begun = [each for each in held.begun if each in (one, other)]  # a thread of the test before may still be at work
    assert begun[:2] == [one, other]
    assert len(begun) >= 10


def test_a_fault_is_told_to_those_who_asked_and_the_others_are_served(monkeypatch: pytest.MonkeyPatch):
    here = Desk()
    bad, good = sheet_of(o1="bfgs", steps="20"), sheet_of(o1="bfgs", steps="30")
    own = Sheet.outcomes

    def outcomes(sheet: Sheet, *given: Any) -> Any:
        if sheet == bad:
            raise ValueError("not allowed")
        return own(sheet, *given)

    monkeypatch.setattr(Sheet, "outcomes", outcomes)
    with pytest.raises(ValueError, match="not allowed"):
        here.ask({"o1": bad}, LONG)
    assert answered(here, {"o1": good})["o1"].last


def test_what_is_kept_stays_within_its_bytes(monkeypatch: pytest.MonkeyPatch):
    here = Desk()
    sheets = [sheet_of(o1="trust_region", steps=steps) for steps in ("10", "15", "20")]
    size = answered(here, {"o1": sheets[0]})["o1"].grid.nbytes  # type: ignore[union-attr]
    monkeypatch.setattr(desk, "BYTES", int(2.5 * size))
    for sheet in sheets[1:]:
        answered(here, {"o1": sheet})
    assert list(here._kept) == sheets[1:]
