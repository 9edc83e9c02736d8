"""A race is no more work than a server can do for one link, and no picture is lost by what is not recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.race.presets import PRESETS
from experiments.race.race import make_entry, run_race
from experiments.race.types import Entry, Race
from experiments.race.workload import MOST, affordable, shortened, work
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend

ROSENBROCK = LANDSCAPES["rosenbrock"]


def race(*entries: Entry, steps: int = 5000, noise: float = 0.1) -> Race:
    return Race(landscape=ROSENBROCK, entries=entries, start=ROSENBROCK.start, steps=steps, noise=noise)


def lbfgs(search: str = "none", **values: float) -> Entry:
    return make_entry("lbfgs", {"lr": 0.01, "line_search_fn": search, **values})


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_runs_all_its_steps(key: str) -> None:
    assert affordable(PRESETS[key].race) is PRESETS[key].race


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_rule_alone_runs_all_steps_of_the_menu(key: str) -> None:
    assert affordable(race(make_entry(key))).steps == 5000


def test_lanes_times_steps_times_memory_is_bounded_and_told() -> None:
    asked = race(*[lbfgs()] * 12)
    ran = affordable(asked)
    assert 500 < ran.steps < 2000
    assert replace(ran, steps=5000) == asked
    assert affordable(ran) == ran
    assert f"5,000 steps of 12 optimizers with these settings are more than one race may take; {ran.steps:,} steps" in (
        shortened(asked, ran)
    )
    assert shortened(ran, ran) == ""
    # Each of the factors counts.
    assert affordable(race(*[lbfgs()] * 6)).steps > 1.5 * ran.steps
    assert affordable(race(*[lbfgs(history_size=10)] * 12)).steps > 3 * ran.steps
    assert affordable(race(*[lbfgs("strong_wolfe")] * 12)).steps < ran.steps


def test_the_estimate_bounds_a_rule_of_many_looks_without_running_it_in_full() -> None:
    searching = race(*[make_entry("gd_backtracking")] * 12)
    assert work(searching) > MOST
    assert affordable(searching).steps >= 10
    assert affordable(race(*[make_entry("adam")] * 12)).steps == 5000


def test_what_no_picture_shows_is_not_recorded() -> None:
    entry = lbfgs("strong_wolfe")
    asked = race(entry, make_entry("shampoo"), steps=60)
    everything = [
        descend(ROSENBROCK, OPTIMIZERS[each.optimizer], start=asked.start, steps=60, noise=0.1, **each.values)
        for each in asked.entries
    ]
    for lane, full in zip(run_race(asked).lanes, everything, strict=True):
        own = lane.trajectory
        np.testing.assert_array_equal(own.points, full.points)
        assert set(own.states) == {name for name, state in full.states.items() if state[0].size <= 6}
        for name, state in own.states.items():
            np.testing.assert_array_equal(state, full.states[name])
    lean = run_race(asked).lanes[0].trajectory
    assert lean.nbytes < everything[0].nbytes / 15
    assert {"steps", "changes"} <= set(everything[0].states) - set(lean.states)
