from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.descend import Meter
from optimizers.rules.line_search import backtrack, recall, strong_wolfe
from optimizers.rules.symmetric import dot
from tests.optimizers.surfaces import Quadratic, surface


@pytest.fixture(autouse=True)
def _overflow_is_expected():
    with np.errstate(all="ignore"):  # as descend does
        yield


def _search(objective, points, **options):
    meter = Meter(objective, None)
    gradient = objective.gradient(points)
    direction = -gradient
    first = np.minimum(1.0, 1.0 / np.abs(gradient).sum(-1))
    active = np.ones(points.shape[:-1], dtype=bool)
    found = strong_wolfe(meter, points, direction, objective.value(points), gradient, first, active, **options)
    return found, direction, meter


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "beale", "styblinski_tang"])
@pytest.mark.parametrize(("c1", "c2"), [(1e-4, 0.9), (1e-4, 0.1), (1e-2, 0.3)])
def test_the_length_found_satisfies_the_strong_wolfe_conditions(name, c1, c2):
    objective = surface(name)
    points = np.random.default_rng(3).uniform(-3, 3, (40, 2))
    found, direction, _ = _search(objective, points, c1=c1, c2=c2)
    reached = points + found.length[:, None] * direction
    slope = dot(objective.gradient(points), direction)
    assert (objective.value(reached) <= objective.value(points) + c1 * found.length * slope).all()
    assert (np.abs(dot(objective.gradient(reached), direction)) <= c2 * np.abs(slope)).all()
    np.testing.assert_array_equal(found.value, objective.value(reached))
    np.testing.assert_array_equal(found.gradient, objective.gradient(reached))


def test_a_narrow_search_ends_where_scipy_finds_the_minimum_along_the_line():
    objective = surface("beale")
    point = np.array([1.0, 1.5])
    found, direction, _ = _search(objective, point, c2=1e-6)
    best = scipy.optimize.fminbound(
        lambda t: float(objective.value(point + t * direction)), 0, 2 * float(found.length), xtol=1e-12
    )
    assert float(found.value) == pytest.approx(float(objective.value(point + best * direction)), rel=1e-9)


def test_a_trial_where_the_function_is_undefined_counts_as_too_far():
    objective = surface("logarithm")  # undefined for x <= -1
    point = np.array([-0.9, 1.0])
    value, gradient = objective.value(point), objective.gradient(point)
    downhill = np.array([0.1, -3.0])  # both ways lead down at first; x leaves the domain backwards
    for direction in (downhill * np.sign(-dot(gradient, downhill)), np.array([-1.0, 0.0])):
        first = np.array(4.0)
        assert not np.isfinite(objective.value(point + 4 * np.array([-1.0, 0.0])))
        found = strong_wolfe(Meter(objective, None), point, direction, value, gradient, first, np.array(True))
        assert found.length > 0
        assert np.isfinite(found.value)
        assert found.value < value


def test_points_that_do_not_search_stay_and_pay_nothing():
    objective = surface("rosenbrock")
    points = np.array([[-1.0, 1.0], [0.5, 2.0]])
    gradient = objective.gradient(points)
    meter = Meter(objective, None)
    found = strong_wolfe(
        meter, points, -gradient, objective.value(points), gradient, np.full(2, 1e-3), np.array([True, False])
    )
    assert found.length[1] == 0
    assert found.value[1] == objective.value(points)[1]
    assert meter.spent[0] >= 2
    assert meter.spent[1] == 0


# 60 trials are made at the most; 0.9**59 is below every length that these bowls ask for.
@given(st.floats(0.1, 50), st.floats(0.05, 0.9), st.floats(1e-4, 0.5))
@settings(max_examples=40)
def test_backtracking_stops_at_the_first_length_with_enough_decrease(curvature, shrink, c1):
    objective = Quadratic(curvature, curvature)
    point = np.array([1.0, -2.0])
    gradient = objective.gradient(point)
    slope = -dot(gradient, gradient)
    meter = Meter(objective, None)
    value = objective.value(point)
    length, reached = backtrack(meter, point, -gradient, value, slope, 1.0, np.array(True), c1, shrink)
    trials = [shrink**j for j in range(60)]
    # On this bowl f(x - t g) = f - t |g|^2 (1 - t L / 2), so the condition is t <= 2 (1 - c1) / L.
    expected = next(t for t in trials if t <= 2 * (1 - c1) / curvature * (1 + 1e-12))
    assert float(length) == pytest.approx(expected, rel=1e-12)
    assert reached == objective.value(point - length * gradient)
    assert meter.spent == 1 + trials.index(expected)


def test_what_the_last_trial_has_paid_for_is_not_paid_for_again_unless_the_noise_has_changed():
    objective = surface("beale")
    points = np.array([[1.0, 1.0], [2.0, 0.0]])
    state = {"value": objective.value(points)[:, None], "gradient": objective.gradient(points)}
    quiet, noisy = Meter(objective, None), Meter(objective, np.array([[0.1, 0.2]]))
    quiet.begin(0)
    noisy.begin(0)
    recall(quiet, points, state, 1)
    recall(noisy, points, state, 1)
    np.testing.assert_array_equal(quiet.spent, [0, 0])
    np.testing.assert_array_equal(noisy.spent, [2, 2])
    recall(quiet, points, state, 0)
    np.testing.assert_array_equal(quiet.spent, [2, 2])
