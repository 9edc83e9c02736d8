"""LaTeX: golden strings, and read back it means what the landscape computes."""

from __future__ import annotations

import numpy as np
import pytest

from landscapes import LANDSCAPES, Landscape, parse_formula
from landscapes.typeset import to_latex
from tests.landscapes.latex_reader import read_latex


def assert_shows_what_it_computes(landscape: Landscape) -> None:
    """The LaTeX, read back, has the values of the landscape at 200 points, where both are finite."""
    low, high = np.array(landscape.domain).T
    points = np.random.default_rng(0).uniform(low, high, (200, 2))
    columns = landscape.rows.by_name if landscape.rows else {}
    shown, computed = read_latex(landscape.latex, columns)(*points.T), landscape.value(points)
    both = np.isfinite(shown) & np.isfinite(computed)
    assert both.sum() >= 0.9 * np.isfinite(computed).sum()
    np.testing.assert_allclose(shown[both], computed[both], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", LANDSCAPES)
def test_the_catalogue_shows_what_it_computes(key: str) -> None:
    rows = LANDSCAPES[key].rows
    assert to_latex(LANDSCAPES[key].expression, rows.columns if rows else ()) == LANDSCAPES[key].latex
    assert_shows_what_it_computes(LANDSCAPES[key])


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x^2+3", "x^{2} + 3"),
        ("-x^2", "- x^{2}"),
        ("(-x)^2", r"\left(- x\right)^{2}"),
        ("2^-x", "2^{- x}"),
        ("x-(y-1)", r"x - \left(y - 1\right)"),
        ("x-(-(y+1))", "x + y + 1"),
        ("x-(-(-y+1))", "x - y + 1"),
        ("x-(-(-(-y+1)))", r"x - \left(- y + 1\right)"),
        ("x*(-(-(y-1)))", r"x \left(y - 1\right)"),
        ("x+(y-1)", "x + y - 1"),
        ("x*-y", "- x y"),
        ("-(x+y)*2", r"- 2 \left(x + y\right)"),
        ("x*(y*(x+1))", r"x y \left(x + 1\right)"),
        ("x/(y/2)", r"\frac{x}{\frac{y}{2}}"),
        ("1/2x", r"\frac{x}{2}"),
        ("-x/y", r"- \frac{x}{y}"),
        ("1/-x", r"\frac{1}{- x}"),
        ("x*y/(x+y)/2", r"\frac{x y}{2 \left(x + y\right)}"),
        ("(x+1)/(y-1)", r"\frac{x + 1}{y - 1}"),
        ("x^-3", r"\frac{1}{x^{3}}"),
        ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("(1/2)^x", r"\left(\frac{1}{2}\right)^{x}"),
        ("x^(-2)^2", r"x^{\left(-2\right)^{2}}"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("2*2^x", r"2 \cdot 2^{x}"),
        ("1e100*x", r"1.0 \cdot 10^{100} x"),
        ("x*1e100^y", r"x \left(1.0 \cdot 10^{100}\right)^{y}"),
        ("(x^2)^3", r"\left(x^{2}\right)^{3}"),
        ("x^y^2", "x^{y^{2}}"),
        ("x^(1/3)", r"x^{\frac{1}{3}}"),
        ("sqrt(x)^2", r"\left(\sqrt{x}\right)^{2}"),
        ("exp(x)^2 + (e^x)^y", r"\left(e^{x}\right)^{2} + \left(e^{x}\right)^{y}"),
        ("sin(x)^2", r"\sin^{2}{\left(x \right)}"),
        ("sin(x)^-2", r"\frac{1}{\sin^{2}{\left(x \right)}}"),
        ("sin(x)^y", r"\sin{\left(x \right)}^{y}"),
        ("asin(x)^2 + log(x)^2", r"\operatorname{asin}^{2}{\left(x \right)} + \log{\left(x \right)}^{2}"),
        ("abs(x)^2 + max(x,y)^2", r"\left|{x}\right|^{2} + \max\left(x, y\right)^{2}"),
        ("-3+x", "-3 + x"),
        ("x*(-2)", "- 2 x"),
        ("-0.5x", "- 0.5 x"),
        ("log2(x)", r"\frac{\log{\left(x \right)}}{\log{\left(2 \right)}}"),
        ("2πx²", r"2 \pi x^{2}"),
        ("0", "0"),
    ],
)
def test_formulas_are_set_as_in_print(text: str, latex: str) -> None:
    landscape = parse_formula(text)
    assert landscape.latex == latex
    assert_shows_what_it_computes(landscape)
