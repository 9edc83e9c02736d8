"""The rules with curvature against closed forms and against SciPy, and what they promise about batches and cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize

from optimizers.descend import descend
from optimizers.rules import (
    backtracking,
    conjugate_gradient,
    coordinate_descent,
    lbfgs,
    newton,
    quasi_newton,
    trust_region,
)
from tests.optimizers.surfaces import Quadratic, surface

MODULES = (backtracking, coordinate_descent, conjugate_gradient, newton, trust_region, quasi_newton, lbfgs)
RULES = {rule.key: rule for module in MODULES for rule in module.RULES}
STARTS = {
    "rosenbrock": [(-1.5, 2.0), (-1.2, 1.0), (0.0, -1.0), (2.0, 2.0)],
    "himmelblau": [(0.5, 0.5), (-3.5, 1.0), (4.0, -3.0), (-1.0, -4.0)],
    "beale": [(1.0, 1.0), (2.0, 1.5), (3.5, -0.5), (0.0, 0.0)],
}
CASES = [(name, start) for name, starts in STARTS.items() for start in starts]
MINIMA = {
    "rosenbrock": [(1.0, 1.0)],
    "himmelblau": [
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ],
    "beale": [(3.0, 0.5)],
}


def test_the_family_is_complete():
    assert set(RULES) == {
        "gd_backtracking",
        "coordinate_descent",
        "conjugate_gradient",
        "newton",
        "damped_newton",
        "saddle_free_newton",
        "trust_region",
        "bfgs",
        "lbfgs",
    }


# Quadratics


@pytest.mark.parametrize("key", ["newton", "damped_newton"])
@pytest.mark.parametrize("quadratic", [Quadratic(1, 1000, b=(1, 2)), Quadratic(3, 2, c=-1, b=(5, -1))])
def test_newton_solves_a_quadratic_in_one_step(key, quadratic):
    path = descend(quadratic, RULES[key], start=(-7.0, 3.0), steps=2)
    np.testing.assert_allclose(path.points[1], quadratic.stationary, rtol=1e-12, atol=1e-12)


def test_saddle_free_newton_without_damping_is_newton_where_the_surface_is_convex():
    quadratic = Quadratic(3, 2, c=-1, b=(5, -1))
    path = descend(quadratic, RULES["saddle_free_newton"], start=(-7.0, 3.0), steps=1, damping=0.0)
    np.testing.assert_allclose(path.points[1], quadratic.stationary, rtol=1e-13)


@pytest.mark.parametrize("key", ["conjugate_gradient", "bfgs"])
@pytest.mark.parametrize("condition", [1.0, 10.0, 1000.0])
def test_conjugate_directions_with_an_exact_search_end_on_a_quadratic_after_two_steps(key, condition):
    quadratic = Quadratic(1, condition, c=0.3)
    path = descend(quadratic, RULES[key], start=(2.0, 1.0), steps=3, c2=1e-9)
    assert np.linalg.norm(path.points[2] - quadratic.stationary) < 1e-6
    assert np.linalg.norm(path.points[3] - quadratic.stationary) < 1e-9


@pytest.mark.parametrize("formula", ["polak_ribiere", "fletcher_reeves"])
def test_conjugate_gradient_directions_are_conjugate_on_a_quadratic(formula):
    quadratic = Quadratic(2, 30, c=5)
    path = descend(quadratic, RULES["conjugate_gradient"], start=(2.0, 1.0), steps=2, c2=1e-9, formula=formula)
    first, second = path.states["direction"][1], path.states["direction"][2]
    assert abs(first @ quadratic.matrix @ second) < 1e-6 * np.linalg.norm(first) * np.linalg.norm(second)


def test_both_formulas_agree_under_exact_search_on_a_quadratic_and_differ_on_rosenbrock():
    quadratic = Quadratic(2, 30, c=5)
    rule = RULES["conjugate_gradient"]
    paths = [
        descend(quadratic, rule, start=(2.0, 1.0), steps=2, c2=1e-9, formula=f).points
        for f in ("polak_ribiere", "fletcher_reeves")
    ]
    np.testing.assert_allclose(paths[0], paths[1], atol=1e-6)
    paths = [
        descend(surface("rosenbrock"), rule, start=(-1.5, 2.0), steps=10, formula=f).points
        for f in ("polak_ribiere", "fletcher_reeves")
    ]
    assert np.abs(paths[0] - paths[1]).max() > 0.01


def test_bfgs_has_learned_the_inverse_hessian_when_a_quadratic_is_done():
    quadratic = Quadratic(2, 30, c=5)
    path = descend(quadratic, RULES["bfgs"], start=(2.0, 1.0), steps=2, c2=1e-9)
    np.testing.assert_allclose(path.states["inverse_hessian"][2], np.linalg.inv(quadratic.matrix), rtol=1e-4)


def test_bfgs_updates_map_the_change_of_the_gradient_to_the_step():
    path = descend(surface("rosenbrock"), RULES["bfgs"], start=(-1.5, 2.0), steps=25)
    steps = np.diff(path.points, axis=0)
    changes = np.diff(surface("rosenbrock").gradient(path.points), axis=0)
    mapped = np.einsum("kij,kj->ki", path.states["inverse_hessian"][1:], changes)
    np.testing.assert_allclose(mapped, steps, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("order", ["cyclic", "greedy"])
def test_coordinate_descent_moves_one_coordinate_a_step_to_the_minimum_along_it(order):
    quadratic = Quadratic(2, 30, c=5, b=(1, 2))
    path = descend(quadratic, RULES["coordinate_descent"], start=(2.0, 1.0), steps=12, order=order)
    moved = np.diff(path.points, axis=0) != 0
    assert (moved.sum(-1) == 1).all()
    slopes = np.take_along_axis(quadratic.gradient(path.points[1:]), moved.argmax(-1)[:, None], axis=1)
    assert np.abs(slopes).max() < 1e-12
    if order == "cyclic":
        np.testing.assert_array_equal(moved.argmax(-1), np.arange(12) % 2)
    else:
        assert moved[0].argmax() == np.abs(quadratic.gradient(path.points[0])).argmax()


def test_coordinate_descent_is_gauss_seidel_on_a_quadratic():
    quadratic = Quadratic(4, 3, c=1, b=(1, 2))
    path = descend(quadratic, RULES["coordinate_descent"], start=(2.0, 1.0), steps=6)
    x, y = 2.0, 1.0
    for k in range(6):
        x, y = ((1 - y) / 4, y) if k % 2 == 0 else (x, (2 - x) / 3)
        np.testing.assert_allclose(path.points[k + 1], (x, y), rtol=1e-13)


# Newton


def test_newton_takes_the_step_that_lapack_solves_for():
    objective = surface("beale")
    points = np.random.default_rng(4).uniform(-2, 2, (30, 2))
    path = descend(objective, RULES["newton"], start=points, steps=1, lr=0.7)
    steps = np.linalg.solve(objective.hessian(points), objective.gradient(points)[..., None])[..., 0]
    np.testing.assert_allclose(path.points[1], points - 0.7 * steps, rtol=1e-9)


@pytest.mark.parametrize(("name", "start"), CASES[:4])
def test_newton_ends_where_newton_cg_ends(name, start):
    objective = surface(name)
    path = descend(objective, RULES["newton"], start=start, steps=50)
    other = scipy.optimize.minimize(
        objective.value, start, jac=objective.gradient, hess=objective.hessian, method="Newton-CG", tol=1e-12
    )
    np.testing.assert_allclose(path.points[-1], other.x, atol=1e-8)


def test_newton_goes_to_the_saddle_and_saddle_free_newton_leaves_it():
    saddle = surface("saddle")
    drawn = descend(saddle, RULES["newton"], start=(1.0, 1e-3), steps=5)
    np.testing.assert_allclose(drawn.points[-1], (0.0, 0.0), atol=1e-15)
    free = descend(saddle, RULES["saddle_free_newton"], start=(1.0, 1e-3), steps=15)
    assert abs(free.points[-1][0]) < 1e-6
    assert abs(free.points[-1][1]) > 10


def test_saddle_free_newton_and_trust_region_reach_a_minimum_past_the_saddle():
    wells = surface("double_well")  # saddle at the origin, minima at (0, -1) and (0, 1)
    for key in ("saddle_free_newton", "damped_newton", "trust_region", "bfgs"):
        path = descend(wells, RULES[key], start=(1.0, 1e-3), steps=60)
        np.testing.assert_allclose(np.abs(path.points[-1]), (0.0, 1.0), atol=1e-7, err_msg=key)
    drawn = descend(wells, RULES["newton"], start=(1.0, 1e-3), steps=60)
    np.testing.assert_allclose(drawn.points[-1], (0.0, 0.0), atol=1e-12)


def test_a_singular_hessian_makes_newton_diverge_and_is_recorded():
    flat = Quadratic(1.0, 0.0, b=(0.0, 1.0))
    path = descend(flat, RULES["newton"], start=(1.0, 1.0), steps=3)
    assert path.first_nonfinite == 1
    stationary = descend(Quadratic(1.0, 0.0), RULES["newton"], start=(0.0, 1.0), steps=3)
    assert stationary.first_nonfinite == -1
    np.testing.assert_array_equal(stationary.points[-1], (0.0, 1.0))


# Against SciPy

METHODS = {"bfgs": "BFGS", "conjugate_gradient": "CG", "trust_region": "trust-exact", "damped_newton": "Newton-CG"}


@pytest.mark.parametrize("key", METHODS)
@pytest.mark.parametrize(("name", "start"), CASES)
def test_the_minimum_is_reached_in_no_more_than_twice_the_iterations_of_scipy(key, name, start):
    objective = surface(name)
    hessian = {} if METHODS[key] in ("BFGS", "CG") else {"hess": objective.hessian}
    other = scipy.optimize.minimize(
        objective.value,
        start,
        jac=objective.gradient,
        method=METHODS[key],
        options={"gtol": 1e-6} if METHODS[key] != "Newton-CG" else {},
        **hessian,
    )
    path = descend(objective, RULES[key], start=start, steps=200)
    assert np.abs(objective.gradient(path.points[-1])).max() < 1e-6
    distances = np.linalg.norm(np.array(MINIMA[name]) - path.points[-1], axis=-1)
    reached = int((np.abs(objective.gradient(path.points)).max(-1) < 1e-6).argmax())
    assert distances.min() < 1e-5
    assert reached <= 2 * other.nit + 3


# What every rule promises

SETTINGS = [(key, {}) for key in RULES] + [
    ("lbfgs", {"line_search_fn": "strong_wolfe", "history_size": 5}),
    ("conjugate_gradient", {"formula": "fletcher_reeves"}),
    ("coordinate_descent", {"order": "greedy"}),
]


@pytest.mark.parametrize(("key", "values"), SETTINGS)
@pytest.mark.parametrize("name", ["rosenbrock", "ripples", "saddle", "logarithm"])
def test_a_batch_has_the_bits_of_its_points_one_by_one(key, values, name):
    starts = np.random.default_rng(5).uniform(-0.9, 2.5, (7, 2))
    objective, rule = surface(name), RULES[key]
    together = descend(objective, rule, start=starts, steps=25, noise=0.01, **values)
    for i, start in enumerate(starts):
        alone = descend(objective, rule, start=start, steps=25, noise=0.01, **values)
        np.testing.assert_array_equal(alone.points, together.points[:, i])
        np.testing.assert_array_equal(alone.evaluations, together.evaluations[:, i])
        for state, recorded in alone.states.items():
            np.testing.assert_array_equal(recorded, together.states[state][:, i], err_msg=state)


@pytest.mark.parametrize("key", RULES)
def test_an_array_of_values_gives_the_paths_of_its_entries(key):
    rule, objective = RULES[key], surface("rosenbrock")
    numbers = [p for p in rule.hyperparameters if p.kind in ("float", "int")]
    for parameter in numbers:
        values = np.array([parameter.default, parameter.low or parameter.default / 3, parameter.high / 2])
        values = np.ceil(values) if parameter.kind == "int" else values
        given: dict[str, Any] = {parameter.name: values}
        together = descend(objective, rule, start=(-1.5, 2.0), steps=12, **given)
        for i, value in enumerate(values.tolist()):
            given = {parameter.name: int(value) if parameter.kind == "int" else value}
            alone = descend(objective, rule, start=(-1.5, 2.0), steps=12, **given)
            np.testing.assert_array_equal(alone.points, together.points[:, i], err_msg=parameter.name)
            np.testing.assert_array_equal(alone.evaluations, together.evaluations[:, i])


@pytest.mark.parametrize(("key", "values"), SETTINGS)
def test_evaluations_are_those_that_the_objective_was_asked_for(key, values):
    class Counting:
        def __init__(self):
            self.inner, self.asked = surface("beale"), []

        def value(self, points):
            self.asked.append((1, points.tobytes()))
            return self.inner.value(points)

        def gradient(self, points):
            self.asked.append((2, points.tobytes()))
            return self.inner.gradient(points)

        def hessian(self, points):
            self.asked.append((3, points.tobytes()))
            return self.inner.hessian(points)

    counting = Counting()
    path = descend(counting, RULES[key], start=(3.5, -0.5), steps=4, **values)
    asked = counting.asked[:-1]  # descend itself asks for all values at the end
    # Every different point is worth its price once; nothing is asked for again at a point that is already known.
    price = {1: 1, 2: 1, 3: 2}
    assert path.evaluations[-1] == sum(price[kind] for kind, _ in set(asked))


@pytest.mark.parametrize(
    "key", ["gd_backtracking", "coordinate_descent", "conjugate_gradient", "damped_newton", "bfgs", "trust_region"]
)
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "beale", "styblinski_tang", "ripples"])
def test_rules_that_search_never_go_up(key, name):
    starts = np.random.default_rng(6).uniform(-2, 2, (20, 2))
    path = descend(surface(name), RULES[key], start=starts, steps=60)
    rise = np.diff(path.values, axis=0)
    assert (rise <= 1e-14 * np.abs(path.values[:-1]) + 1e-300).all()


@pytest.mark.parametrize("key", ["conjugate_gradient", "damped_newton", "bfgs", "trust_region"])
@pytest.mark.parametrize("name", ["styblinski_tang", "himmelblau"])
def test_a_rule_that_has_arrived_spends_nothing_more(key, name):
    path = descend(surface(name), RULES[key], start=(-1.0, -4.0), steps=300)
    assert path.evaluations[-1] - path.evaluations[150] <= 6


def test_restarting_the_search_needs_more_values_where_the_largest_step_is_longer():
    long, short = (
        descend(surface("rosenbrock"), RULES["gd_backtracking"], start=(-1.5, 2.0), steps=50, largest_step=t)
        for t in (1.0, 2.0**-9)
    )
    assert long.evaluations[-1] > 2 * short.evaluations[-1]


@pytest.mark.parametrize("key", RULES)
def test_names_and_shapes_of_the_memory_stay_the_same_and_begin_with_the_batch(key):
    path = descend(surface("beale"), RULES[key], start=np.ones((3, 4, 2)), steps=4)
    for name, entries in path.states.items():
        assert entries.shape[:3] == (5, 3, 4), name
        assert entries.dtype == np.float64
        assert np.isfinite(entries).all(), name


@pytest.mark.parametrize("key", RULES)
def test_unbounded_and_undefined_surfaces_never_raise(key):
    for name, start in (("saddle", (1.0, 0.5)), ("logarithm", (-0.9, 2.0)), ("logarithm", (3.5, 2.0))):
        path = descend(surface(name), RULES[key], start=start, steps=80)
        assert np.isfinite(path.points).all()
