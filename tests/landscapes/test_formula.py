"""Formulas typed by a user: what they mean, what is refused and where, and that no text does anything else."""

from __future__ import annotations

import json
import math
import re
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from landscapes import FormulaError, Landscape, parse_formula
from landscapes.formula import Domain
from landscapes.graph import Graph
from landscapes.program import run_program
from landscapes.tokens import FUNCTIONS
from tests.landscapes.latex_reader import read_latex

X, Y = 0.7, -1.3


def full_width(text: str) -> str:
    """As East Asian keyboards write it."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x**2 - y**2 + sin(3*x)", X**2 - Y**2 + math.sin(3 * X)),
        ("x^2", X**2),
        ("-x^2", -(X**2)),
        ("(-x)^2", X**2),
        ("2^-x", 2**-X),
        ("2^x^2", 2 ** (X**2)),
        ("x - y - 1", X - Y - 1),
        ("x - (y - 1)", X - (Y - 1)),
        ("x/y/2", X / Y / 2),
        ("x/(y/2)", X / (Y / 2)),
        ("1/2x", X / 2),
        ("x/2*y", X / 2 * Y),
        ("2x + 3 y", 2 * X + 3 * Y),
        ("2(x+1)(y-1)", 2 * (X + 1) * (Y - 1)),
        ("2sin(x)cos(y)", 2 * math.sin(X) * math.cos(Y)),
        ("- -x", X),
        ("+x--y", X + Y),
        ("2e3x + 2e*x", 2000 * X + 2 * math.e * X),
        (".5x + 1.e-1y", 0.5 * X + 0.1 * Y),
        ("e^x + pi", math.exp(X) + math.pi),
        ("abs(y) + sign(y) + sqrt(x)", -Y - 1 + math.sqrt(X)),
        ("ln(x) + log(x) + log2(x) + log10(x)", 2 * math.log(X) + math.log2(X) + math.log10(X)),
        ("asin(x) + acos(x) + atan(y)", math.pi / 2 + math.atan(Y)),
        ("arcsin(x) + arccos(x) + arctan(y)", math.pi / 2 + math.atan(Y)),
        ("sinh(x) + cosh(x) + tanh(y) + tan(y)", math.exp(X) + math.tanh(Y) + math.tan(Y)),
        ("min(x, y, 3) + 10*max(x, y)", Y + 10 * X),
        ("x^0.5 + x^(1/3) + x^2.5", X**0.5 + X ** (1 / 3) + X**2.5),
        ("x^y", X**Y),
        ("x^-3 + x^100 + y^3", X**-3 + X**100 + Y**3),
        ("(x\N{MINUS SIGN}y)\N{MIDDLE DOT}2", (X - Y) * 2),
        ("x² + y³", X**2 + Y**3),
        ("x¹⁰ + x⁻²y", X**10 + Y / X**2),
        ("2x²(y + 1)²", 2 * X**2 * (Y + 1) ** 2),
        ("-x²", -(X**2)),
        ("2²x", 4 * X),
        ("sin(x)² + sin(y)^2", math.sin(X) ** 2 + math.sin(Y) ** 2),
        ("2πx + π", 2 * math.pi * X + math.pi),
        ("cos(2πx)", math.cos(2 * math.pi * X)),
        ("2\N{MULTIPLICATION SIGN}x\N{DOT OPERATOR}y \N{DIVISION SIGN} 4 \N{DIVISION SLASH} 2", 2 * X * Y / 8),
        ("x \N{EN DASH} y \N{EM DASH} 1 \N{HYPHEN} 2", X - Y - 3),
        ("X^2 + Y", X**2 + Y),
        ("Sin(X) + EXP(y) + PI + E", math.sin(X) + math.exp(Y) + math.pi + math.e),
        (full_width("x^2+3*sin(y)-1.5"), X**2 + 3 * math.sin(Y) - 1.5),
        ("𝑥² + 𝜋𝑦", X**2 + math.pi * Y),
        ("x\N{NO-BREAK SPACE}+ y", X + Y),
        ("z = x^2", X**2),
        ("f(x, y) = x² \N{MINUS SIGN} y", X**2 - Y),
        ("F(X,Y)=x", X),
        ("f(x) = x", X),
        ("loss := x*y²", X * Y**2),
        (" x\n+\ty ", X + Y),
        ("7", 7.0),
    ],
)
def test_a_formula_means_what_mathematics_means(text: str, value: float) -> None:
    landscape = parse_formula(text)
    assert float(landscape.value(np.array([X, Y]))) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("x + foo", 4, "the name 'foo' is unknown"),
        ("sine(x)", 0, "did you mean sin?"),
        ("cox(x)", 0, "did you mean cos?"),
        ("x + foo(y)", 4, "'foo' is not a function that can be called"),
        ("x(y+1)", 0, "write x*(...)"),
        ("x.real", 1, "attribute access"),
        ("(1).__class__", 3, "attribute access"),
        ("__import__('os').system('ls')", 0, "'__import__' is not a function"),
        ("open('x')", 0, "'open' is not a function"),
        ("lambda: x", 0, "the name 'lambda' is unknown"),
        ("[x for x in y]", 0, "square brackets"),
        ("x + {y}", 4, "braces"),
        ("'x'", 0, "quotes"),
        ('x + "y"', 4, "quotes"),
        ("x = 3", 2, "equals sign"),
        ("f(a) = x", 0, "'f' is not a function"),
        ("y = x^2", 2, "equals sign is allowed only in front"),
        ("z = x = y", 6, "equals sign is allowed only in front"),
        ("z =", 3, "ends too early"),
        ("x²^3", 2, "a power follows a power"),
        ("x¹⁰⁰¹", 1, "the power 1001 is too large"),
        ("x" + "⁹" * 199, 1, "is too large"),
        ("x < y", 2, "'<' is not allowed"),
        ("x; y", 1, "';' is not allowed"),
        ("x % y", 2, "'%' is not allowed"),
        ("x\0", 1, "is not allowed"),
        ("x // y", 3, "'/' is not expected here"),
        ("x +", 3, "ends too early"),
        ("(x + y", 6, "ends too early; expected a closing parenthesis"),
        ("x + y)", 5, "')' is not expected here"),
        ("()", 1, "')' is not expected here"),
        ("x y", 2, "expected an operator"),
        ("2 3", 2, "expected an operator"),
        ("* x", 0, "'*' is not expected here"),
        ("sin x", 0, "sin needs its argument in parentheses"),
        ("sin", 0, "sin needs its argument in parentheses"),
        ("sin()", 4, "')' is not expected here"),
        ("sin(x, y)", 0, "sin was given 2 arguments; it takes one"),
        ("1 + max(x)", 4, "max was given 1 argument; it takes two or more"),
        ("x + 9**9**9", 4, "above 1.8e308"),
        ("x**9**9", 3, "the power 3.8742e+08 is too large; allowed are powers from -1000 to 1000"),
        ("x^-1001", 2, "the power -1001 is too large"),
        ("x + 1e999", 4, "the number 1e999 is too large"),
        ("exp(1000) x", 0, "above 1.8e308"),
        ("x + 1/0", 5, "divides by zero"),
        ("x/(1-1)", 1, "divides by zero"),
        ("min(1/(0*x), 1)", 5, "divides by zero"),
        ("atan(x/(y*(1-1)*x)) + y", 6, "divides by zero"),
        ("min(1/(0/x), 1)", 5, "divides by zero"),
        ("min((0*x)^-1, 1)", 4, "infinite"),
        ("x + sqrt(-1)", 4, "not a real number"),
        ("x + acos(2)", 4, "not a real number"),
        ("x + log(0)", 4, "infinite"),
        ("x*(-8)^(1/3)", 2, "not a real number"),
        ("(" * 26 + "x" + ")" * 26, 25, "nested too deeply; allowed are 25 levels"),
        ("-" * 100 + "x", 25, "nested too deeply"),
        ("x^" * 80 + "x", 52, "nested too deeply"),
        ("x" + "+x" * 100, 200, "the formula has 201 characters; allowed are 200"),
        ("", None, "the formula is empty"),
        (" \n ", None, "the formula is empty"),
        ("sqrt(-1 - x^2)", None, "not a real, finite number anywhere in the window"),
        ("1/(x - x)", None, "not a real, finite number anywhere in the window"),
        ("exp(exp(x^2 + 10))", None, "not a real, finite number anywhere in the window"),
    ],
)
def test_what_is_refused_says_what_and_where(text: str, position: int | None, message: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(message)) as caught:
        parse_formula(text)
    assert caught.value.position == position
    assert isinstance(caught.value, ValueError)
    expected = caught.value.message if position is None else f"{caught.value.message} (at character {position + 1})"
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("text", "position", "written"),
    [
        ("|x|", 0, "abs(x)"),
        ("y + |x \N{MINUS SIGN} 1| + |y|", 4, "abs(x - 1)"),
        ("sin²(x)", 0, "sin(x)^2"),
        ("sin^2(x)", 0, "sin(x)^2"),
        ("1 + cos**2(x + y)", 4, "cos(x + y)^2"),
        ("ln^3 x", 0, "ln(x)^3"),
        ("tanh^-2(x)", 0, "tanh(x)^(-2)"),
        ("sin^-1(x)", 0, "asin(x)"),
        ("cosh⁻¹(x)", 0, "1/cosh(x)"),
        ("exp^x", 0, "exp(x)"),
        ("exp^(x*y)", 0, "exp(x*y)"),
        ("0,5", 1, "0.5"),
        ("x^2 + 1,25*y", 7, "1.25"),
        ("sin(0,5)", 0, "0.5"),
        ("np.sin(x)", 0, "sin(x)"),
        ("y*numpy.exp(-x**2)", 2, "exp(-x**2)"),
        ("math.pi*x", 0, "pi"),
        ("torch.square(x)", 0, "x^2"),
        ("np.linalg.norm(x)", 0, "sqrt(x^2 + y^2)"),
        ("math.pow(x + y, 2)", 0, "(x + y)^2"),
        ("pow(x, 3)", 0, "x^3"),
        ("hypot(x, y + 1)", 0, "sqrt(x^2 + (y + 1)^2)"),
        ("relu(x - y)", 0, "max(0, x - y)"),
        ("asinh(x)", 0, "log(x + sqrt(x^2 + 1))"),
        ("x y", 2, "x*y"),
        ("x y² + 1", 2, "x*y"),
        ("xy", 0, "x*y"),
        ("3xxy", 1, "x*x*y"),
        ("pix", 0, "pi*x"),
        ("sinx", 0, "sin(x)"),
        ("cospix", 0, "cos(pi*x)"),
        ("x2 + 1", 0, "x^2"),
        ("√x + 1", 0, "sqrt(x)"),
        ("√(x + y)", 0, "sqrt(x + y)"),
        ("∛x", 0, "sign(x)*abs(x)^(1/3)"),
        ("½x²", 0, "(1/2)"),
        ("sin x", 0, "sin(x)"),
    ],
)
def test_a_notation_of_others_is_refused_with_what_to_write(text: str, position: int, written: str) -> None:
    """What is written can be copied: it is a formula itself."""
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    message = caught.value.message
    assert caught.value.position == position
    assert re.search(rf"(write|such as|: )[^;]*(?<![\w.]){re.escape(written)}(?![\w(])", message), message
    parse_formula(written)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x₁ + x₂", "the variables are x and y"),
        ("x1^2", "the variables are x and y"),
        ("xsin(x)", "write x*sin(...)"),
        ("\\sin(x)", "LaTeX is not read; write sin(...)"),
        ("\\frac{x}{2}", "LaTeX is not read; write (...)/(...)"),
        ("e\N{MODIFIER LETTER SMALL X}", "write ^(...)"),
        ("x^{2}", "use ( )"),
        ("log_2(x)", "write log2(...)"),
        ("np.fft(x)", "write only its name"),
        ("x and y", "expected an operator such as * or +"),
    ],
)
def test_what_cannot_be_put_right_in_its_own_words_gets_a_hint(text: str, hint: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(hint)):
        parse_formula(text)


def test_a_cure_is_cut_to_a_readable_length() -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(f"|{'x+' * 98}x|")
    assert len(caught.value.message) < 120


@pytest.mark.parametrize("given", [None, 3, b"x", ["x"]])
def test_only_text_is_a_formula(given: object) -> None:
    with pytest.raises(FormulaError, match="allowed is text"):
        parse_formula(given)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "domain",
    [((3, -3), (0, 1)), ((0, 0), (0, 1)), ((0, math.inf), (0, 1)), ((math.nan, 1), (0, 1)), (0, 1), "xy", None],
)
def test_a_window_that_is_none_is_refused(domain: Domain) -> None:
    with pytest.raises(ValueError, match=r"domain was given .*; allowed is \(\(x_low, x_high\), \(y_low, y_high\)\)"):
        parse_formula("x", domain)


def test_a_formula_is_a_landscape_with_a_start_and_its_minima() -> None:
    landscape = parse_formula("(x^2+y-11)^2 + (x+y^2-7)^2", ((-5, 5), (-5, 5)))
    assert isinstance(landscape, Landscape)
    assert landscape.key == "formula"
    assert landscape.name == "(x^2+y-11)^2 + (x+y^2-7)^2"
    assert parse_formula(" x\n+ y ").name == "x + y"
    assert landscape.domain == ((-5.0, 5.0), (-5.0, 5.0))
    assert landscape.latex == r"\left(x^{2} + y - 11\right)^{2} + \left(x + y^{2} - 7\right)^{2}"
    assert len(landscape.minima) == 4
    assert landscape.minimum == pytest.approx(0.0, abs=1e-25)
    nearest = min(landscape.minima, key=lambda point: abs(point[0] - 3.5844283403304917))
    assert nearest == pytest.approx((3.5844283403304917, -1.8481265269644036), abs=1e-13)
    assert "numerical search" in landscape.notes


@pytest.mark.parametrize(
    ("text", "minima", "minimum"),
    [
        ("x^2 - y^2", (), None),
        ("x + y", (), None),
        ("1/x", (), None),
        ("x^2 + 1/x", (), None),
        ("tan(x) + y^2", (), None),
        ("log(x) + y^2", (), None),
        ("5", (), 5.0),
        ("(x*y - 1)^2", (), 0.0),
        ("x^2", (), 0.0),
        ("abs(x) + abs(y)", ((0.0, 0.0),), 0.0),
        ("sqrt(x^2 + y^2)", ((0.0, 0.0),), 0.0),
        ("x^4 + y^4", ((0.0, 0.0),), 0.0),
        ("(x - 3)^2 + y^2", ((3.0, 0.0),), 0.0),
        ("(x - 4)^2 + y^2", (), None),
        ("cos(pi*x) + y^2", ((-3.0, 0.0), (-1.0, 0.0), (1.0, 0.0), (3.0, 0.0)), -1.0),
        ("e^x - 2x + y^2", ((math.log(2), 0.0),), 2 - 2 * math.log(2)),
    ],
)
def test_minima_are_given_only_where_the_search_is_sure(text: str, minima: tuple, minimum: float | None) -> None:
    landscape = parse_formula(text)
    assert np.array(landscape.minima).ravel() == pytest.approx(np.array(minima).ravel(), abs=1e-7)
    assert landscape.minimum == (None if minimum is None else pytest.approx(minimum, abs=1e-15))
    assert bool(landscape.notes) == bool(minima)


@pytest.mark.parametrize("text", ["x^2 + y^2", "log(x) + sqrt(y)", "x - y", "1/(x^2 + y^2)", "x^2 - y^2", "exp(x^6)"])
def test_the_start_is_a_high_point_inside_where_the_surface_slopes(text: str) -> None:
    landscape = parse_formula(text)
    start = np.array(landscape.start)
    assert np.abs(start).max() < 2.7
    assert np.abs(landscape.gradient(start)).max() > 1e-3
    low, high = np.array(landscape.domain).T
    points = np.random.default_rng(0).uniform(low, high, (1000, 2))
    values = landscape.value(points)
    assert (values[np.isfinite(values)] < landscape.value(start)).mean() > 0.4


@pytest.mark.parametrize("text", ["x^2*y", "x/y - 2", "abs(x*y)", "max(x, y)^3", "atan(x^y)", "2^x - log(y)/x"])
def test_derivatives_of_a_formula_agree_with_differences(text: str) -> None:
    landscape = parse_formula(text)
    point, h = np.array([1.1, 0.6]), 1e-5
    steps = h * np.eye(2)
    slope = (landscape.value(point + steps) - landscape.value(point - steps)) / (2 * h)
    assert landscape.gradient(point) == pytest.approx(slope, rel=1e-8, abs=1e-8)
    bend = (landscape.gradient(point + steps) - landscape.gradient(point - steps)) / (2 * h)
    assert landscape.hessian(point) == pytest.approx(bend, rel=1e-7, abs=1e-7)


HANGS = (
    "max(max(-x^max(x^x^max(max(sinh(((((x*y)^-64)((x*y)^-64))^0.3)((((x*y)^-64)((x*y)^-64))^0.3)),x),y),x),x),y)",
    "min((max((2)^1/3,2))^-4+x,tan(abs((x+y)^-4/2)))",
    "(min((y)^-4,x+y))^cosh(((x)^.3)^1/3)*x^-4",
)


@pytest.mark.parametrize("text", HANGS)
def test_formulas_whose_signs_are_hard_to_know_are_typeset_at_once(text: str) -> None:
    parse_formula("x")  # imports SymPy
    begin = time.process_time()
    landscape = parse_formula(text)
    assert landscape.latex
    assert time.process_time() - begin < 0.5
    read_latex(landscape.latex)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("log2(--x)^asin(acos(y)+x)", ((-3, 3), (-3, 3))),
        ("sqrt(-abs(x-0.5))", ((-3, 3), (-3, 3))),
        ("sqrt(-abs(x-0.05))", ((0.05, 3), (-3, 3))),
        ("sqrt(-abs(x-1/64)-abs(y))", ((-1, 0.875), (-0.9375, 0.9375))),
        ("sqrt(-(x-3)^2)", ((-3, 3), (-3, 3))),
    ],
)
def test_a_formula_finite_at_few_points_starts_at_one_of_them(text: str, domain: Domain) -> None:
    landscape = parse_formula(text, domain)
    start = np.array(landscape.start)
    assert np.isfinite(landscape.value(start))
    assert np.isfinite(landscape.gradient(start)).all()


@pytest.mark.parametrize(
    "text",
    [
        "arcsin(exp(y/5e-324))",
        "sqrt(-abs(x-0.05))",
        "x/1e-310 + y",
        "1e200*(1e200*x)",
        "x^2 + 0*log(-x^2)^0.5 + 1e308*(y*1e308*(x-x+1))",
    ],
)
def test_a_formula_without_a_finite_slope_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(FormulaError, match=r"not a real, finite number anywhere|no finite gradient anywhere"):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("x/2^1000/2^23 + y", 2.0**-1023),
        ("1e-155*(1e-155*x) + y", 1e-155 * 1e-155),
        ("1e200*(1e100*x) + y", 1e300),
        ("(x/1e200)/1e200 + y", 0.0),
    ],
)
def test_constants_are_put_together_only_where_nothing_is_lost(text: str, slope: float) -> None:
    """What lies below float64's normal range keeps its order of operations: 1e-200 * (1e-200 * 1e300) is 1e-100."""
    landscape = parse_formula(text)
    program = landscape.program
    json.dumps([program.value, program.dx, program.dy], allow_nan=False)
    assert landscape.gradient(np.array([1.0, 1.0])) == pytest.approx([slope, 1.0], rel=1e-15)
    far = parse_formula("1e-200*(1e-200*(x*1e150*1e150)) + y")
    assert float(far.value(np.array([1.0, 0.0]))) == pytest.approx(1e-100, rel=1e-14)


def test_a_formula_with_too_many_operations_is_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "(x^y)^" * 20 + "x+1"
    monkeypatch.setattr(Graph, "largest", 500)
    with pytest.raises(FormulaError, match="take more than 500 operations"):
        parse_formula(text)


def test_a_constant_of_a_graph_is_finite() -> None:
    with pytest.raises(ValueError, match="allowed are finite numbers"):
        Graph().number(math.inf)


def use(text: str) -> FormulaError | Landscape:
    """Read a formula and use everything it gives."""
    try:
        landscape = parse_formula(text)
    except FormulaError as error:
        return error
    point = np.array(landscape.start)
    assert np.isfinite(landscape.value(point))
    assert landscape.gradient(point).shape == (2,)
    assert landscape.hessian(point).shape == (2, 2)
    assert landscape.latex
    program = landscape.program
    json.dumps([program.value, program.dx, program.dy], allow_nan=False)
    np.testing.assert_array_equal(run_program(program.value, point), landscape.value(point))
    return landscape


def answer(text: str) -> FormulaError | Landscape:
    """Use a formula, within a second of this process's own time (usually it takes a few milliseconds)."""
    begin = time.process_time()
    result = use(text)
    assert time.process_time() - begin < 1
    if isinstance(result, FormulaError):
        assert result.message
        assert result.position is None or 0 <= result.position <= len(text)
    return result


@settings(max_examples=300)
@given(st.text(max_size=210))
@example("\N{ARABIC-INDIC DIGIT THREE}x")
@example("x\N{SUPERSCRIPT TWO}")
@example("\N{FULLWIDTH LATIN SMALL LETTER X}")
@example("sin\N{SUPERSCRIPT TWO}")
@example("x\N{VULGAR FRACTION ONE HALF}")
@example("\\")
@example("np.")
@example("np.sin.")
@example("sin^")
@example("|")
@example("\N{SQUARE ROOT}")
@example(",")
@example("1,")
@example("f(x, y) =")
@example("x" * 200)
@example("9" * 200)
@example("1e" + "9" * 198)
@example("." * 200)
def test_any_text_is_a_landscape_or_a_formula_error(text: str) -> None:
    answer(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*"xxyy123+-*/^(),. ", "**", "e", "pi", "sin(", "exp(", "x", ")", *FUNCTIONS])))
def test_any_mixture_of_tokens_is_a_landscape_or_a_formula_error(tokens: list[str]) -> None:
    answer("".join(tokens)[:200])


def grammatical() -> st.SearchStrategy[str]:
    numbers = st.sampled_from(["0", "1", "2", "0.5", "3.7", "10", "1e-3", "1e100", "999", "pi", "e"])
    leaves = st.one_of(st.sampled_from(["x", "y"]), numbers)
    names = sorted(set(FUNCTIONS) - {"min", "max"})

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", "**"]), inner).map(lambda t: f"({''.join(t)})"),
            st.tuples(st.sampled_from(names), inner).map(lambda t: f"{t[0]}({t[1]})"),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]},{t[2]})"),
            inner.map(lambda t: f"-{t}"),
        )

    return st.recursive(leaves, grow, max_leaves=40)


@settings(max_examples=300)
@given(grammatical())
@example("tan(x**y/" * 16 + "x" + ")" * 16)
@example("x**x**" * 11 + "x")
@example("x^y^" * 11 + "x")
@example("(x^y)^" * 20 + "x")
@example("x*(y+" * 24 + "x" + ")" * 24)
@example("max(x,y*" * 18 + "x" + ")" * 18)
@example("sqrt(x+" * 20 + "y" + ")" * 20)
@example("x/y/" * 49 + "x")
@example("sin(x)*cos(y)*" * 14 + "x")
@example("sinh(cosh(" * 12 + "x*y" + "))" * 12)
def test_any_grammatical_formula_is_answered_and_soundly(text: str) -> None:
    assert isinstance(answer(text), FormulaError) or len(text) <= 200


def test_memory_stays_within_a_few_megabytes() -> None:
    parse_formula("x")  # SymPy itself is not the formula's memory
    tracemalloc.start()
    try:
        for text in (
            "tan(x**y/" * 16 + "x" + ")" * 16,
            "sin(x)*cos(y)*" * 14 + "x",
            "9**9**9",
            "x**9**9",
            "(x^y)^" * 20 + "x",
        ):
            use(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64e6
