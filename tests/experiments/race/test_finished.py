"""Races are run once for everybody, end when nobody waits for them, and are kept as far as they fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from experiments.race.finished import Races
from experiments.race.race import make_entry
from experiments.race.types import Race
from experiments.race.workload import QUICK, work
from landscapes import LANDSCAPES

ROSENBROCK = LANDSCAPES["rosenbrock"]


class Left(Exception):
    """What Streamlit raises where a visitor has left."""


def race(steps: int, seed: int = 0, lanes: int = 1) -> Race:
    entries = (make_entry("adam"),) * lanes
    return Race(landscape=ROSENBROCK, entries=entries, start=ROSENBROCK.start, steps=steps, noise=0.1, seed=seed)


def test_progress_grows_to_the_end_over_all_lanes() -> None:
    shares: list[float] = []
    Races().of(race(320, lanes=3), shares.append)
    assert shares == sorted(shares)
    assert len(shares) == 30
    assert shares[0] < 0.05
    assert shares[-1] == 1.0


def test_a_race_that_its_visitor_has_left_ends_and_the_next_one_runs_it_anew() -> None:
    races, told = Races(), []

    def leave(share: float) -> None:
        told.append(share)
        if share > 0.2:
            raise Left

    with pytest.raises(Left):
        races.of(race(4000, lanes=4), leave)
    assert max(told) < 0.25
    finished = races.of(race(4000, lanes=4))
    assert len(finished.result.lanes) == 4
    assert races.of(race(4000, lanes=4)) is finished


def test_a_long_race_waits_for_its_turn_and_a_quick_one_does_not() -> None:
    races = Races()
    long, other, quick = race(5000, lanes=12), race(5000, seed=1, lanes=12), race(50)
    assert work(quick) < QUICK < work(long)
    begun, go_on, waits = Event(), Event(), Event()

    def hold(_: float) -> None:
        begun.set()
        assert go_on.wait(60)

    def leave(share: float) -> None:
        assert share == 0.0  # it never gets to run
        waits.set()
        raise Left

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(races.of, long, hold)
        assert begun.wait(60)
        with pytest.raises(Left):
            races.of(other, leave)
        assert waits.is_set()
        assert races.of(quick).race is quick
        go_on.set()
        assert first.result(60).race is long


def test_several_who_ask_for_the_same_race_at_once_get_one_run() -> None:
    races, asked = Races(), race(2000, lanes=2)
    with ThreadPoolExecutor(4) as pool:
        assert len({id(each) for each in pool.map(races.of, [asked] * 4)}) == 1


def test_kept_races_are_bounded_by_their_bytes_and_the_latest_stay() -> None:
    size = Races().of(race(400)).size
    races = Races(most=int(3.5 * size))
    kept = [races.of(race(400, seed=seed)) for seed in range(6)]
    assert [races.of(race(400, seed=seed)) is kept[seed] for seed in (5, 4, 3)] == [True] * 3
    assert races.of(race(400, seed=0)) is not kept[0]
