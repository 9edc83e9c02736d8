"""Functions of one variable: slopes against SymPy's many digits and autograd, kinks and jumps, what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
import torch

from landscapes import FormulaError
from landscapes.curves import precise_derivatives, read_curve, slopes_at
from tests.landscapes.latex_reader import read_latex

SMOOTH = (
    "sin(x)",
    "exp(x)",
    "x^3",
    "1/(1+x^2)",
    "1/(1+exp(-x))",
    "tanh(x)*x",
    "log(1+exp(x))",
    "sqrt(1+x^2)",
    "exp(x)/(sin(x)^3+cos(x)^3)",
    "x^x",
    "atan(x)+asin(x/3)",
)
X = 0.75


@pytest.mark.parametrize("text", SMOOTH)
def test_slopes_and_higher_derivatives_have_all_digits_of_sympy(text: str):
    curve = read_curve(text)
    x: Any = sympy.Symbol("x", real=True)
    derivatives: list[Any] = [sympy.diff(curve.expression.doit(), x, n) for n in (1, 2, 3)]
    first, second, third = (each.subs(x, sympy.Rational(3, 4)).evalf(60) for each in derivatives)
    slopes = slopes_at(curve, X)
    assert slopes.derivative is not None
    assert slopes.left == slopes.right == slopes.derivative
    exact = sympy.Float(slopes.derivative, 60) + sympy.Float(slopes.rest, 60)
    assert abs(exact - first) < 1e-30
    higher = precise_derivatives(curve, X)
    assert higher is not None
    np.testing.assert_allclose(higher, [float(second), float(third)], rtol=1e-14)


def test_squire_and_trapps_example_has_its_published_derivative():
    """SIAM Review 40(1), 1998: f'(1.5) = 3.62203."""
    assert slopes_at(read_curve("exp(x)/(sin(x)^3+cos(x)^3)"), 1.5).derivative == pytest.approx(3.62203, abs=5e-6)


@pytest.mark.parametrize(
    ("text", "x"),
    [(text, X) for text in SMOOTH]
    + [(text, -0.4) for text in SMOOTH if text != "x^x"]
    + [(text, x) for text in ("abs(x)", "max(x, 0)", "x*abs(x)") for x in (X, -0.4)],
)
def test_the_derivative_is_that_of_autograd(text: str, x: float):
    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    names = {name: getattr(torch, name) for name in ("sin", "cos", "exp", "log", "tanh", "sqrt", "atan", "asin", "abs")}
    names["max"] = lambda u, v: torch.maximum(u, torch.tensor(float(v)))
    eval(text.replace("^", "**"), {**names, "x": point}).backward()
    assert point.grad is not None
    assert float(read_curve(text).derivative(x)) == pytest.approx(point.grad.item(), rel=1e-13)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("abs(x)", -1.0, 1.0),
        ("sqrt(x^2)", -1.0, 1.0),
        ("abs(abs(x)-x)", -2.0, 0.0),
        ("max(x, 0)", 0.0, 1.0),
        ("sign(x)", math.inf, math.inf),
        ("sqrt(abs(x))", -math.inf, math.inf),
        ("sqrt(x)", None, math.inf),
        ("log(x)", None, None),
        ("1/x", None, None),
        ("exp(exp(exp(exp(exp(3+x)))))", None, None),
    ],
)
def test_where_there_is_no_derivative_both_sides_are_told(text: str, left: float | None, right: float | None):
    slopes = slopes_at(read_curve(text), 0.0)
    assert (slopes.left, slopes.right) == (left, right)
    assert slopes.derivative is None


def test_a_kink_that_is_smooth_once_has_a_derivative():
    assert slopes_at(read_curve("x*abs(x)"), 0.0).derivative == 0


@pytest.mark.parametrize("text", [*SMOOTH, "x*abs(x)"])
def test_both_formulas_of_the_derivative_are_the_derivative(text: str):
    curve, x = read_curve(text), np.linspace(0.1, 1.1, 11)
    expected = curve.derivative(x)
    assert curve.derivative_latex is not None
    np.testing.assert_allclose(read_latex(curve.derivative_latex)(x, x), expected, rtol=1e-9)
    np.testing.assert_allclose([curve.by_hand(each) for each in x.tolist()], expected, rtol=1e-11)


@pytest.mark.parametrize(("text", "x", "slope"), [("x^3", 1e12, 3e24), ("exp(-x^2)", 15.0, -30 * math.exp(-225))])
def test_steep_and_flat_places_have_a_derivative(text: str, x: float, slope: float):
    assert slopes_at(read_curve(text), x).derivative == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("text", ["x*abs(x)", "sin(x)^2 + cos(x)^2", "1e300*(sin(x)^2 + cos(x)^2)", "x^1.1 + 0*x"])
def test_flat_is_flat(text: str):
    assert slopes_at(read_curve(text), 0.5 if "sin" in text else 0.0).right == 0


def test_cases_have_no_formula_in_one_line():
    assert read_curve("max(x, 0)").derivative_latex is None
    assert math.isnan(read_curve("max(x, 0)").by_hand(1.0))


def test_every_operation_is_in_the_precision_that_is_asked_for():
    curve = read_curve("sin(x) + 0.1")
    single = curve.value(np.float32(1), np.float32)
    assert single.dtype == np.float32
    assert single == np.sin(np.float32(1)) + np.float32(0.1)
    assert curve.value(1 + 0j, np.complex128).dtype == np.complex128


@pytest.mark.parametrize(("text", "analytic"), [("exp(x)/x", True), ("abs(x)", False), ("max(x, 0)", False)])
def test_analytic_is_what_a_complex_number_passes_through(text: str, analytic: bool):
    assert read_curve(text).is_analytic is analytic


@pytest.mark.parametrize(
    ("text", "said"), [("x + y", "holds y"), ("x +", "ends too early"), ("q(x)", "not a function")]
)
def test_what_is_no_function_of_x_is_refused(text: str, said: str):
    with pytest.raises(FormulaError, match=said):
        read_curve(text)
