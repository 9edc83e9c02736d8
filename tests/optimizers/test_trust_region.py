from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.descend import descend
from optimizers.rules.symmetric import norm
from optimizers.rules.trust_region import RULES, solve_subproblem
from tests.optimizers.surfaces import Quadratic, surface

RULE = RULES[0]
NUMBERS = st.floats(-10, 10).filter(lambda x: x == 0 or abs(x) > 1e-9)


def _model(values, slopes, points):
    return points @ slopes + 0.5 * (points * points) @ values


def _lowest_by_brute_force(values, slopes, radius):
    """The lowest of the model on a fine circle, refined, and at the interior stationary point."""
    angles, lowest = np.linspace(-np.pi, np.pi, 4001), np.inf
    for _ in range(4):
        circle = radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        best = angles[_model(values, slopes, circle).argmin()]
        width = angles[1] - angles[0]
        lowest = _model(values, slopes, circle).min()
        angles = np.linspace(best - 2 * width, best + 2 * width, 4001)
    inner = [np.zeros(2)]
    if values[0] > 0:
        newton = -slopes / values
        inner += [newton] if np.linalg.norm(newton) <= radius else []
    return min(lowest, *(float(_model(values, slopes, point)) for point in inner))


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(0.01, 20))
@settings(max_examples=150, deadline=None)
def test_no_point_of_the_circle_is_lower_than_the_solution(one, other, q1, q2, radius):
    values, slopes = np.array(sorted((one, other))), np.array([q1, q2])
    with np.errstate(all="ignore"):
        solution = solve_subproblem(values, slopes, radius)
    assert np.linalg.norm(solution) <= radius * (1 + 1e-9)
    size = radius * np.abs(slopes).max() + radius**2 * np.abs(values).max()
    assert _model(values, slopes, solution) <= _lowest_by_brute_force(values, slopes, radius) + 1e-9 * size


@pytest.mark.parametrize("slope", [0.0, 1e-300, 1e-20, 1e-9])
def test_the_hard_case_goes_to_the_edge_along_the_most_negative_curvature(slope):
    values, slopes = np.array([-2.0, 1.0]), np.array([slope, 0.9])
    solution = solve_subproblem(values, slopes, np.float64(2.0))
    # s = lambda_min + mu is 0 (nearly): the second component is -0.9 / (1 + 2), the first fills up the radius.
    np.testing.assert_allclose(solution[1], -0.3, rtol=1e-8)
    np.testing.assert_allclose(np.linalg.norm(solution), 2.0, rtol=1e-12)


def test_a_flat_direction_without_slope_is_left_alone():
    solution = solve_subproblem(np.array([0.0, 1.0]), np.array([0.0, 0.5]), np.float64(2.0))
    np.testing.assert_array_equal(solution, [0.0, -0.5])
    np.testing.assert_array_equal(solve_subproblem(np.zeros(2), np.zeros(2), np.float64(2.0)), [0.0, 0.0])


def test_the_method_leaves_an_exact_saddle_where_the_gradient_is_zero():
    path = descend(surface("double_well"), RULE, start=(0.0, 0.0), steps=30)
    np.testing.assert_allclose(np.abs(path.points[-1]), (0.0, 1.0), atol=1e-9)


def test_no_step_is_longer_than_the_radius_and_the_radius_follows_the_ratio():
    path = descend(surface("rosenbrock"), RULE, start=(-1.5, 2.0), steps=40, radius=0.3, max_radius=0.8)
    radius, ratio = path.states["radius"][:, 0], path.states["ratio"][:, 0]
    assert (norm(path.states["direction"][1:]) <= radius[:-1] * (1 + 1e-9)).all()
    assert radius.max() <= 0.8
    before, after = radius[:-1], radius[1:]
    working = norm(path.states["direction"][1:]) > 0
    at_edge = norm(path.states["direction"][1:]) >= before * (1 - 1e-9)
    low, high = working & (ratio[1:] < 0.25), working & (ratio[1:] > 0.75) & at_edge
    assert low.any()
    assert high.any()
    np.testing.assert_array_equal(after[low], before[low] / 4)
    np.testing.assert_array_equal(after[high], np.minimum(2 * before[high], 0.8))
    np.testing.assert_array_equal(after[~low & ~high], before[~low & ~high])


def test_a_rejected_step_stays_and_costs_one_value():
    path = descend(surface("rosenbrock"), RULE, start=(-1.5, 2.0), steps=25)
    accepted = path.states["accepted"][1:, 0] > 0
    assert (~accepted[:20]).any()
    moved = np.diff(path.points, axis=0).any(-1)
    np.testing.assert_array_equal(moved, accepted)
    costs = np.diff(path.evaluations)
    fresh = np.concatenate([[True], accepted[:-1]])  # a new point: gradient 1 and Hessian 2, besides the trial's value
    np.testing.assert_array_equal(costs[1:], 1 + 3 * fresh[1:])


def test_a_quadratic_is_done_as_soon_as_the_radius_reaches_its_minimum():
    quadratic = Quadratic(1, 100, c=2)
    path = descend(quadratic, RULE, start=(0.5, 0.5), steps=2)
    np.testing.assert_allclose(path.points[1], (0.0, 0.0), atol=1e-14)
