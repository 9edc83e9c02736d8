r"""LaTeX of a SymPy expression, in the order in which it is written.

SymPy's own printer asks its assumptions for the sign of each part, which takes minutes on some formulas of 200
characters. This one looks at the form alone: each part is written once, so its time grows with the length. Sums in
sums and products in products lose their parentheses, negative powers make fractions, and a Piecewise, which only
guards a removable singularity, is written as the formula it guards.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import sympy

# How tightly a part binds. A factor needs no parentheses from _POWER on, what is raised to a power only as _ATOM.
_SUM, _PRODUCT, _POWER, _ATOM = range(4)

_OWN_COMMAND = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log")
_NAMED = ("asin", "acos", "atan", "sign")
# Between a digit and a digit a product needs its dot.
_ENDS, _BEGINS = re.compile(r"[0-9][} ]*$"), re.compile(r"[0-9]|\\frac\{[0-9]")


class _Written(NamedTuple):
    """A part without its sign: what is to be put after a minus where ``negative``."""

    body: str
    binds: int
    negative: bool = False
    number: bool = False

    def alone(self, level: int) -> str:
        """With its sign, and in parentheses if it binds less than ``level``."""
        text = f"{'-' if self.number else '- '}{self.body}" if self.negative else self.body
        return text if (_SUM if self.negative else self.binds) >= level else rf"\left({text}\right)"

    def unsigned(self, level: int) -> str:
        return self.body if self.binds >= level else rf"\left({self.body}\right)"


def to_latex(expression: sympy.Expr, columns: Collection[str] = ()) -> str:
    """The expression typeset, as a mean over rows where it has columns.

    Raises:
        ValueError: a function that no program has.
    """
    import sympy

    if not columns:
        return _write(expression).alone(_SUM)
    of_row = {sympy.Symbol(name, real=True): sympy.Symbol(f"{name}_i", real=True) for name in columns}
    with sympy.evaluate(False):
        row = _write(expression.xreplace(of_row))
    return rf"\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} {row.alone(_PRODUCT)}"


def _write(part: Any) -> _Written:
    import sympy

    if isinstance(part, sympy.Symbol):
        return _Written(part.name, _ATOM)
    if isinstance(part, sympy.Add):
        return _sum(part)
    if isinstance(part, sympy.Mul) or (isinstance(part, sympy.Rational) and part.q != 1):
        return _product([part])
    if isinstance(part, sympy.Number):
        negative = bool(part < 0)
        body = sympy.latex(-part if negative else part)
        return _Written(body, _ATOM if body.replace(".", "").isdigit() else _PRODUCT, negative, number=True)
    if isinstance(part, sympy.NumberSymbol):
        return _Written(sympy.latex(part), _ATOM)
    if isinstance(part, sympy.Pow):
        return _power(part)
    if isinstance(part, sympy.Piecewise):
        return _write(part.args[-1].args[0])
    name = type(part).__name__
    arguments = [_write(argument).alone(_SUM) for argument in part.args]
    if name == "exp":
        return _Written(f"e^{{{arguments[0]}}}", _POWER)
    if name in ("Min", "Max"):
        return _Written(rf"\{name.lower()}\left({', '.join(arguments)}\right)", _ATOM)
    if name == "Abs":
        return _Written(rf"\left|{{{arguments[0]}}}\right|", _ATOM)
    if name in (*_OWN_COMMAND, *_NAMED):
        return _Written(rf"{_command(name)}{{\left({arguments[0]} \right)}}", _ATOM)
    raise ValueError(
        f"the expression holds {part}; allowed are {', '.join((*_OWN_COMMAND, *_NAMED))}, exp, Abs, Min, Max"
    )


def _command(name: str) -> str:
    return rf"\{name}" if name in _OWN_COMMAND else rf"\operatorname{{{name}}}"


def _parts(part: Any, kind: Any) -> list[Any]:
    """The terms of nested sums, or the factors of nested products, in order. A Piecewise is the formula it guards."""
    import sympy

    if isinstance(part, sympy.Piecewise):
        part = part.args[-1].args[0]
    if not isinstance(part, kind):
        return [part]
    return [inner for argument in part.args for inner in _parts(argument, kind)]


def _sum(part: Any) -> _Written:
    import sympy

    first, *others = (_write(term) for term in _parts(part, sympy.Add))
    text = first.alone(_SUM)
    for term in others:
        if term.negative:
            text += f" - {term.unsigned(_PRODUCT)}"
        else:  # a sum again where two minus signs have met
            text += f" {term.body}" if term.body.startswith("-") else f" + {term.body}"
    return _Written(text, _SUM)


def _product(parts: list[Any]) -> _Written:
    """Signs of numbers become one sign, factors to the power of a negative number one denominator."""
    import sympy

    negative = False
    above: list[_Written] = []
    below: list[_Written] = []
    factors: list[Any] = [inner for part in parts for inner in _parts(part, sympy.Mul)]
    for factor in factors:
        if isinstance(factor, sympy.Number) and factor < 0:
            negative, factor = not negative, -factor
        if isinstance(factor, sympy.Rational):
            above += [_write(sympy.Integer(factor.p))] * (factor.p != 1)
            below += [_write(sympy.Integer(factor.q))] * (factor.q != 1)
        elif _is_divisor(factor):
            operands: tuple[Any, ...] = factor.args
            base, exponent = operands
            below.append(_write(base) if exponent == -1 else _raised(base, -exponent))
        else:
            above.append(_write(factor))
    if below:
        return _Written(rf"\frac{{{_joined(above)}}}{{{_joined(below)}}}", _PRODUCT, negative)
    alone = above[0] if len(above) == 1 else None
    if alone is not None and not negative:
        return alone
    if alone is not None and not alone.negative and alone.binds > _SUM:
        return alone._replace(negative=negative)
    return _Written(_joined(above, several=negative), _PRODUCT, negative)


def _joined(factors: list[_Written], several: bool = False) -> str:
    """Factors side by side; a single one needs no parentheses unless something stands before it."""
    if not factors:
        return "1"
    if len(factors) == 1 and not several:
        return factors[0].alone(_SUM)
    text = ""
    for factor in factors:
        written = factor.alone(_POWER if not (factor.number and not factor.negative) else _SUM)
        dot = r" \cdot " if _ENDS.search(text) and _BEGINS.match(written) else " " if text else ""
        text += dot + written
    return text


def _is_divisor(part: Any) -> bool:
    """Whether a factor stands below the line: a power of a negative number."""
    import sympy

    if not isinstance(part, sympy.Pow) or part.base == sympy.E:
        return False
    exponent: Any = part.exp
    return isinstance(exponent, sympy.Number) and bool(exponent < 0)


def _power(part: Any) -> _Written:
    import sympy

    if part.base == sympy.E:
        return _Written(f"e^{{{_write(part.exp).alone(_SUM)}}}", _POWER)
    return _product([part]) if _is_divisor(part) else _raised(part.base, part.exp)


def _raised(base: Any, exponent: Any) -> _Written:
    """A power; a root where the exponent is 1 over a whole number."""
    import sympy

    if isinstance(exponent, sympy.Rational) and exponent.p == 1 and exponent.q != 1:
        degree = "" if exponent.q == 2 else f"[{exponent.q}]"
        return _Written(rf"\sqrt{degree}{{{_write(base).alone(_SUM)}}}", _POWER)
    power = _write(exponent).alone(_SUM)
    name = type(base).__name__
    if name in (*_OWN_COMMAND, *_NAMED) and name != "log" and isinstance(exponent, sympy.Number):
        argument = _write(base.args[0]).alone(_SUM)
        return _Written(rf"{_command(name)}^{{{power}}}{{\left({argument} \right)}}", _POWER)
    return _Written(f"{_write(base).alone(_ATOM)}^{{{power}}}", _POWER)
