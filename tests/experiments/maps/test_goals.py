"""Whether paths come near the minimum, when, and what the middle one of several does."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.maps import End, Goal, median_goals, path_goals
from landscapes import LANDSCAPES, parse_formula
from optimizers import OPTIMIZERS, descend

BOWL = LANDSCAPES["elongated_bowl"]


def test_everything_that_a_path_may_do_is_told():
    rates = [0.05, 1e-5, 0.0801, 0.2, 0.07999]  # curvatures 1 and 25: 2 / L is 0.08
    path = descend(BOWL, OPTIMIZERS["sgd"], start=(1.0, 1.0), steps=200, record="points", lr=rates)
    kinds, steps, values = path_goals(path, Goal(lowest=0.0, tolerance=1e-3), ((-3.0, 3.0), (-3.0, 3.0)))
    assert kinds.tolist() == [0, End.MOVING, End.SWINGING, End.DIVERGED, End.SWINGING]
    below = np.flatnonzero(path.values[:, 0] <= 1e-3 * path.values[0, 0])
    assert steps.tolist() == [below[0], -1, -1, -1, -1]
    np.testing.assert_array_equal(values[:3], path.values[-1, :3])


def test_a_path_that_comes_near_and_leaves_is_counted_from_its_last_return():
    path = descend(BOWL, OPTIMIZERS["momentum"], start=(1.0, 1.0), steps=100, record="points", lr=[0.02], momentum=0.9)
    goal = Goal(lowest=0.0, tolerance=1e-2)
    (steps,) = path_goals(path, goal, BOWL.domain)[1]
    near = path.values[:, 0] <= 1e-2 * path.values[0, 0]
    assert near[:steps].any()
    assert not near[steps - 1]
    assert near[steps:].all()


def test_what_diverges_or_is_not_defined_has_no_value():
    landscape = parse_formula("x^2 - log(y)", domain=((-2.0, 2.0), (-2.0, 2.0)))
    path = descend(landscape, OPTIMIZERS["sgd"], start=[[1.0, -1.0], [1.0, 1.0]], steps=900, record="points", lr=1.5)
    kinds, _, values = path_goals(path, Goal(lowest=None, tolerance=1e-3), landscape.domain)
    assert kinds.tolist() == [End.UNDEFINED, End.DIVERGED]
    assert np.isnan(values).all()


@pytest.mark.parametrize("starts", [3, 9])
def test_the_middle_one_of_several_starts(starts: int):
    rng = np.random.default_rng(starts)
    kinds = rng.choice([0, 0, int(End.MOVING), int(End.DIVERGED)], (starts, 40))
    steps = np.where(kinds == 0, rng.integers(0, 99, kinds.shape), -1)
    values = np.where(kinds == End.DIVERGED, np.nan, rng.random(kinds.shape))
    told = [each.tolist() for each in median_goals(kinds, steps, values)]
    for i in range(40):
        counted = sorted(steps[j, i] if kinds[j, i] == 0 else np.inf for j in range(starts))[(starts - 1) // 2]
        others = [int(kinds[j, i]) for j in range(starts) if kinds[j, i] != 0]
        expected = 0 if np.isfinite(counted) else max(others, key=others.count)
        assert told[0][i] == expected
        assert told[1][i] == (counted if np.isfinite(counted) else -1)
        assert told[2][i] == sorted(np.nan_to_num(values[:, i], nan=np.inf))[(starts - 1) // 2]
