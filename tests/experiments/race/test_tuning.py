"""The race that a surface opens with is worth looking at, on every surface of the catalogue."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from experiments.race.race import run_race
from experiments.race.reports import LaneReport, report
from experiments.race.tuning import BUDGET, default_entries, tuned_rate
from experiments.race.types import Race
from landscapes import LANDSCAPES, Landscape, parse_formula


def opened(landscape: Landscape) -> tuple[LaneReport, ...]:
    race = Race(landscape=landscape, entries=default_entries(landscape), start=landscape.start, steps=BUDGET)
    return report(run_race(race))


def stays_inside(landscape: Landscape, reports: tuple[LaneReport, ...]) -> bool:
    low, high = np.array(landscape.domain).T
    paths = [each.lane.trajectory.points for each in reports]
    return all(((path >= low) & (path <= high)).all() for path in paths)


def end_apart(landscape: Landscape, reports: tuple[LaneReport, ...]) -> bool:
    """Two heads stand apart in the picture, or reached the minimum in clearly different numbers of steps."""
    low, high = np.array(landscape.domain).T
    ends = [each.lane.trajectory.points[-1] for each in reports]
    if any(np.abs((a - b) / (high - low)).max() > 0.02 for a, b in combinations(ends, 2)):
        return True
    arrivals = [each.outcome.steps_to_tolerance for each in reports]
    return all(arrivals) and max(filter(None, arrivals)) > 1.5 * min(filter(None, arrivals))


@pytest.mark.parametrize("key", list(LANDSCAPES))
def test_the_default_race_stays_in_the_window_and_its_rules_end_apart(key: str) -> None:
    landscape = LANDSCAPES[key]
    reports = opened(landscape)
    assert stays_inside(landscape, reports)
    assert end_apart(landscape, reports)
    assert not {each.outcome.state for each in reports} & {"diverged", "undefined", "falling", "oscillating"}


def test_gradient_descent_is_not_the_first_across_the_plateau() -> None:
    sgd, *others = [each.outcome.steps_to_tolerance for each in opened(LANDSCAPES["plateau"])]
    assert sgd is None or sgd > max(filter(None, others))


def test_random_sinusoids_of_any_seed_stay_in_the_window_and_most_races_part() -> None:
    apart = 0
    for seed in range(12):
        landscape = LANDSCAPES["sinusoids"].with_parameters(seed=seed)
        reports = opened(landscape)
        assert stays_inside(landscape, reports), seed
        apart += end_apart(landscape, reports)
    assert apart >= 11


@pytest.mark.parametrize("text", ["log(x)", "sqrt(x*y) + x", "exp(exp(exp(x)))", "1000000*x^4 + y^2"])
def test_where_no_rate_is_good_the_smallest_is_taken_before_one_that_diverges(text: str) -> None:
    landscape = parse_formula(text, domain=((-3.0, 3.0), (-3.0, 3.0)))
    for key in ("sgd", "momentum", "adam"):
        rate = tuned_rate(landscape, key)
        assert rate is not None
        states = {each.outcome.state for each in opened(landscape) if each.lane.entry.optimizer == key}
        assert not states & {"diverged", "undefined"} or rate < 1e-4
