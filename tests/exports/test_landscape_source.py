"""A landscape's NumPy source has the very bits of the landscape, and holds nothing that a user wrote."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
import sympy

from exports.landscape_source import numpy_landscape
from landscapes import LANDSCAPES, Landscape, parse_formula
from landscapes.compile import ExpressionCodes, compile_expression
from landscapes.from_sympy import coordinates

FORMULAS = (
    "3",
    "x",
    "2*x - y",
    "-x**-2*-3*y",
    "2**x - exp(-y)/3",
    "(x*x)**0.3 + 1/3 - pi*e",
    "sin(1)*x/(y*y + 1)/2",
    "x - (y - 1) - (-2)*-x",
    "x/(y/(x/y)) - x*(y*(x*y))",
    "-(x + y)**2",
    "sqrt(x^2 + y^2) + abs(x - 1)",
    "10**30*x - y/7/x",
    "x**y*tanh(x) - -3",
    "min(x, y, 2)*max(abs(x), 1) - min(x*x, y)",
    "log(x)/y + asin(x) - acos(y)*atan(x)",
    "+".join(f"sin({i}*x + {i + 1}*y)" for i in range(1, 10)),
    "(" * 24 + "x" + " + 1)*y" * 24,
)
MEAN_SAYS = '"""The mean over the rows, added up one after the other."""'
FAR = [[0.0, 0.0], [-0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1e200, -1e200], [-1e-200, 1e-200], [700.0, -800.0]]


def functions(landscape: Landscape) -> dict[str, Any]:
    namespace: dict[str, Any] = {"np": np}
    exec(numpy_landscape(landscape.codes, landscape.rows), namespace)
    return namespace


@pytest.mark.parametrize("name", [*LANDSCAPES, *FORMULAS])
def test_value_gradient_and_hessian_are_equal_to_the_last_bit(name: str) -> None:
    landscape = LANDSCAPES[name] if name in LANDSCAPES else parse_formula(name)
    low, high = np.array(landscape.domain).T
    points = np.random.default_rng(1).uniform(low, high, (60, 2))
    written = functions(landscape)
    with np.errstate(all="ignore"):
        for point in [*points, *np.array(FAR), *np.array(landscape.minima).reshape(-1, 2)]:
            for ours, theirs in (("f", "value"), ("gradient", "gradient"), ("hessian", "hessian")):
                made = written[ours](point)
                assert isinstance(made, np.float64 | np.ndarray)
                np.testing.assert_array_equal(made, getattr(landscape, theirs)(point))


def test_what_is_nested_deeper_than_python_reads_is_written_in_steps() -> None:
    x, y = coordinates()
    expression = x
    for _ in range(300):
        expression = sympy.sin(expression - y)
    compiled = compile_expression(expression)
    namespace: dict[str, Any] = {"np": np}
    exec(numpy_landscape(compiled.codes), namespace)
    point = np.array([0.3, -0.2])
    assert namespace["f"](point) == compiled.value(point)
    np.testing.assert_array_equal(namespace["gradient"](point), compiled.gradient(point))


def test_the_lines_can_be_read() -> None:
    for name in LANDSCAPES:
        landscape = LANDSCAPES[name]
        assert max(map(len, numpy_landscape(landscape.codes, landscape.rows).splitlines())) <= 120
    assert "    t2 = y - x * x\n    return t1 * t1 + 100.0 * (t2 * t2)\n" in numpy_landscape(
        LANDSCAPES["rosenbrock"].codes
    )


def test_only_coordinates_numbers_and_numpy_are_named() -> None:
    for landscape in [*LANDSCAPES.values(), *map(parse_formula, FORMULAS)]:
        columns = () if landscape.rows is None else landscape.rows.columns
        codes = ExpressionCodes(landscape.expression, columns=columns)
        tree = ast.parse(numpy_landscape(codes, landscape.rows).replace(MEAN_SAYS, ""))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        of_rows = ("ROWS", "rows", "mean", "block", "len", *columns) if columns else ()
        assert all(each in ("x", "y", "np", "abs", "point", *of_rows) or each[0] in "td" for each in names)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
