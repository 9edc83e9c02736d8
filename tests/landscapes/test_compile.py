"""Derivatives and programs: kinks, poles, the stack machine, and the same code in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import sympy

from landscapes import LANDSCAPES
from landscapes.compile import compile_expression
from landscapes.from_sympy import coordinates
from landscapes.program import OPERATIONS, Code, run_program
from programs import run_code

X, Y = coordinates()
ORIGIN = np.zeros(2)


def test_the_derivative_of_a_kink_is_zero_at_the_kink() -> None:
    compiled = compile_expression(sympy.Abs(X) + 3 * sympy.Abs(Y - 1))
    np.testing.assert_array_equal(compiled.gradient(np.array([[0.0, 1.0], [2.0, 0.0]])), [[0, 0], [1, -3]])
    np.testing.assert_array_equal(compiled.hessian(np.array([0.0, 1.0])), np.zeros((2, 2)))


def test_the_derivative_of_a_root_is_zero_where_the_root_is() -> None:
    for root in (sympy.sqrt(X**2 + Y**2), sympy.sqrt(sympy.Abs(X)), sympy.Abs(X) ** sympy.Rational(1, 3)):
        compiled = compile_expression(root)
        np.testing.assert_array_equal(compiled.gradient(ORIGIN), [0, 0])
        np.testing.assert_array_equal(compiled.hessian(ORIGIN), np.zeros((2, 2)))
        np.testing.assert_array_equal(compiled.gradient(np.zeros((3, 2))), np.zeros((3, 2)))


def test_powers_between_one_and_two_have_a_finite_hessian_at_zero() -> None:
    compiled = compile_expression(sympy.Abs(X) ** sympy.Rational(3, 2) + Y**2)
    np.testing.assert_array_equal(compiled.gradient(ORIGIN), [0, 0])
    np.testing.assert_array_equal(compiled.hessian(ORIGIN), [[0, 0], [0, 2]])


def test_a_tie_of_min_and_max_takes_the_mean_of_both_slopes() -> None:
    tie = np.array([1.0, 1.0])
    np.testing.assert_array_equal(compile_expression(sympy.Max(X, 3 * Y - 2)).gradient(tie), [0.5, 1.5])
    np.testing.assert_array_equal(compile_expression(sympy.Min(X, 3 * Y - 2)).gradient(tie), [0.5, 1.5])
    below = np.array([0.0, 1.0])
    np.testing.assert_array_equal(compile_expression(sympy.Max(X, 3 * Y - 2)).gradient(below), [0, 3])
    np.testing.assert_array_equal(compile_expression(sympy.Min(X, 3 * Y - 2)).gradient(below), [1, 0])


def test_poles_are_infinite_and_complex_values_are_nan_without_warnings() -> None:
    pole, root = compile_expression(1 / X), compile_expression(sympy.sqrt(X) + sympy.log(Y))
    assert pole.value(ORIGIN) == np.inf
    assert pole.gradient(ORIGIN)[0] == -np.inf
    assert np.isnan(root.value(np.array([-1.0, 1.0])))
    assert root.value(np.array([1.0, 0.0])) == -np.inf
    for points in (np.array([0.0, 1.0]), np.array([-1.0, -1.0])):
        for compiled in (pole, root):
            for function in (compiled.value, compiled.gradient, compiled.hessian):
                np.testing.assert_array_equal(function(points), function(points[None])[0])


def test_a_constant_is_a_plane() -> None:
    compiled = compile_expression(sympy.Integer(3))
    np.testing.assert_array_equal(compiled.value(np.ones((2, 5, 2))), np.full((2, 5), 3.0))
    np.testing.assert_array_equal(compiled.gradient(np.ones((4, 2))), np.zeros((4, 2)))
    np.testing.assert_array_equal(compiled.hessian(np.ones(2)), np.zeros((2, 2)))
    assert compiled.program.value == [3.0]


def test_whole_and_half_powers_are_exact_and_negative_bases_allowed() -> None:
    points = np.array([[-1.7, 2.3], [0.0, 0.0], [3.0, 4.0]])
    compiled = compile_expression(X**3 + X**20 + Y ** sympy.Rational(5, 2))
    assert "pow" not in compiled.program.value
    x, y = points.T
    np.testing.assert_allclose(compiled.value(points), x**3 + x**20 + y**2.5, rtol=1e-14)
    assert compile_expression(X**100).program.value[-1] == "pow"


def test_results_own_their_memory_and_leave_the_points_alone() -> None:
    compiled = compile_expression(X)
    points = np.ones((3, 2))
    values = compiled.value(points)
    values[:] = 7
    np.testing.assert_array_equal(points, np.ones((3, 2)))
    np.testing.assert_array_equal(compiled.value(points), np.ones(3))
    run_program(["x"], points)[:] = 7
    np.testing.assert_array_equal(points, np.ones((3, 2)))


def test_points_may_be_lists_strided_or_of_another_type() -> None:
    compiled = compile_expression(X * sympy.sin(Y))
    points = np.random.default_rng(0).normal(size=(6, 4, 2))
    expected = compiled.gradient(points)
    np.testing.assert_array_equal(compiled.gradient(np.asfortranarray(points)), expected)
    np.testing.assert_array_equal(compiled.gradient(points[::2, ::-1]), expected[::2, ::-1])
    np.testing.assert_array_equal(compiled.value(np.array([1, 2])), compiled.value(np.array([1.0, 2.0])))


def test_an_expression_outside_the_language_is_refused() -> None:
    for expression in (sympy.Symbol("z") + X, sympy.gamma(X), sympy.I * X):
        with pytest.raises(ValueError, match=r"the expression holds .*; allowed are x, y, numbers and sin"):
            compile_expression(expression)


def test_common_subexpressions_are_computed_once() -> None:
    wave = sympy.sin(X * Y)
    code = compile_expression(wave + wave**2 + sympy.exp(wave)).program.value
    assert code.count("sin") == 1
    assert code.count("$0") >= 2


def test_the_stack_machine_follows_its_description() -> None:
    points = np.array([[2.0, -3.0], [0.5, 4.0]])
    assert run_program([1.0, "x", "sub", "=0", "$0", "mul"], points).tolist() == [1.0, 0.25]
    expected = {
        "add": [-1, 4.5],
        "sub": [5, -3.5],
        "mul": [-6, 2],
        "div": [2 / -3, 0.125],
        "pow": [0.125, 0.0625],
        "min": [-3, 0.5],
        "max": [2, 4],
        "hypot": [13**0.5, 16.25**0.5],
        "lt": [0, 1],
        "le": [0, 1],
        "eq": [0, 0],
    }
    for name, values in expected.items():
        assert run_program(["x", "y", name], points).tolist() == values
    assert run_program(["x", "y", "lt", 5.0, "x", "select"], points).tolist() == [2.0, 5.0]
    assert run_program(["y", "sign"], points).tolist() == [-1, 1]
    assert run_program(["x", -0.25, "sub", "y", "sub", "neg", "floor"], points).tolist() == [-6, 3]
    assert {"lt", "le", "eq", "select"} | set(expected) == {
        name for name, (count, _) in OPERATIONS.items() if count > 1
    }


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (["x", "add"], "holds 'add' with 1 operands"),
        (["x", "cube"], "holds 'cube'"),
        (["$0"], "holds '$0'"),
        (["=0"], "holds '=0'"),
        (["x", "y"], "leaves 2 blocks on the stack; allowed is one"),
        ([], "leaves 0 blocks"),
        (["x", ""], "holds ''"),
    ],
)
def test_a_broken_program_is_refused(code: list, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("$", r"\$")):
        run_program(code, np.ones((2, 2)))


def run_python(source: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True, timeout=300
    ).stdout


def test_every_process_makes_the_same_code() -> None:
    source = "from landscapes import LANDSCAPES\nfor item in LANDSCAPES.values(): print(item.program, item.latex)"
    first, second = (run_python(source, seed) for seed in ("1", "2"))
    assert first == second
    assert first.count("Program(") == first.count("\n") >= 30


def test_the_catalogue_can_be_read_without_sympy() -> None:
    source = (
        "import sys\nfrom landscapes import LANDSCAPES\n"
        "for item in LANDSCAPES.values(): print(item.name, item.character, item.domain, item.start, item.minima)\n"
        "assert 'sympy' not in sys.modules and 'torch' not in sys.modules"
    )
    assert run_python(source, "0").count("\n") >= 30


@pytest.mark.parametrize("key", [key for key, item in LANDSCAPES.items() if item.moving])
def test_one_code_serves_every_setting_of_the_parameters(key: str) -> None:
    landscape = LANDSCAPES[key]
    points = np.random.default_rng(2).uniform(-2, 2, (50, 2))
    for share in (0.0, 0.37, 1.0):
        real = [p for p in landscape.hyperparameters if p.name in landscape.moving]
        values = {p.name: p.low + share * (p.high - p.low) for p in real}
        here = landscape.with_parameters(**values)
        codes = here.moving_codes
        x, y = points.T if here.rows is None else points.T[..., None]
        columns = {} if here.rows is None else {f"@{name}": each for name, each in here.rows.by_name.items()}
        inputs = {"x": x, "y": y, **{f"@{name}": value for name, value in values.items()}, **columns}

        def results(code: Code) -> list[np.ndarray]:
            return [np.broadcast_to(np.asarray(each).T, (1, 50))[0] for each in run_code(code, inputs)]  # noqa: B023

        dxx, dxy, dyy = results(codes.hessian)
        hessian = here.hessian(points)
        near = {"rtol": 1e-12, "atol": 1e-12 * np.abs(hessian).max()}
        np.testing.assert_allclose(results(codes.value)[0], here.value(points), **near)
        np.testing.assert_allclose(np.stack(results(codes.gradient), -1), here.gradient(points), **near)
        np.testing.assert_allclose(np.stack([dxx, dxy, dxy, dyy], -1).reshape(50, 2, 2), hessian, **near)


@pytest.mark.parametrize("key", LANDSCAPES)
def test_facts_follow_the_parameters_that_move(key: str) -> None:
    landscape = LANDSCAPES[key]
    for share in (0.0, 0.37, 1.0):
        real = [p for p in landscape.hyperparameters if p.name in landscape.moving]
        moved = {p.name: p.low + share * (p.high - p.low) for p in real}
        here = landscape.with_parameters(**moved)
        code = landscape.moving_facts
        told = [float(each) for each in run_code(code, {f"@{name}": value for name, value in moved.items()})]
        known = ((0.0,),) if here.searched else ((here.minimum or 0.0,), *here.minima)
        points = (*here.domain, *known, *here.saddles)
        assert told == [number for point in points for number in point]


def test_the_parameters_of_the_catalogue_that_are_real_numbers_move() -> None:
    moving = {key: item.moving for key, item in LANDSCAPES.items() if item.moving}
    assert moving == {
        "elongated_bowl": ("condition", "rotation"),
        "rosenbrock": ("a", "b"),
        "sharp_and_flat": ("c",),
        "least_squares": ("l1", "l2"),
        "neuron": ("offset",),
    }
    other_seed = LANDSCAPES["sinusoids"].with_parameters(seed=7)
    assert other_seed.moving_codes.value == other_seed.codes.value != LANDSCAPES["sinusoids"].codes.value
