"""The grammar of formulas typed by a user. The text is read token by token; it is never evaluated as Python.

::

    sum     = product (("+" | "-") product)*
    formula = (name ("(" ("x" | "y") ("," "y")? ")")? "=")? sum       the front is left out: z = x, f(x, y) = x
    product = signed (("*" | "/") signed | power)*      the last: 2x, 2(x + 1), (x + 1)(y + 1)
    signed  = ("+" | "-") signed | power
    power   = atom (("**" | "^") signed | superscript)? so -x^2 is -(x^2) and x^y^2 is x^(y^2)
    atom    = number | "x" | "y" | "pi" | "e" | function "(" sum ("," sum)* ")" | "(" sum ")"

Limits keep every answer within a second and a few megabytes: 200 characters, 25 levels of nesting, constant powers up
to 1000, and constants that float64 holds. Nothing is simplified while reading, so no input makes SymPy work for long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from landscapes.cures import beside, cure, decimal_comma, unknown_name
from landscapes.from_sympy import coordinates, exact
from landscapes.program import OPERATIONS
from landscapes.tokens import FUNCTIONS, NAMES, PI, FormulaError, Token, plain, tokens, unexpected

if TYPE_CHECKING:
    import sympy

MAX_DEPTH = 25
MAX_POWER = 1000


class _Part(NamedTuple):
    """What was read: its expression, and its value where it holds neither x nor y (else None)."""

    expression: sympy.Expr
    constant: float | None


def read_formula(text: str) -> sympy.Expr:
    """The SymPy expression of a formula, unevaluated, in the real symbols x and y.

    Raises:
        FormulaError: the text is not a formula in this grammar, or breaks one of its limits.
    """
    words = tokens(text)
    try:
        return _Reader(text, words).formula()
    except FormulaError as error:
        raise cure(plain(text), words) or error from None


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str, found: list[Token]) -> None:
        import sympy

        self._sympy = sympy
        self._text = plain(text)
        self._symbols = dict(zip("xy", coordinates(), strict=True))
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> Token | None:
        """The next token if it is one of these signs."""
        token = self._next
        if token.kind == "sign" and token.text in texts:
            self._at += 1
            return token
        return None

    def _expect(self, text: str, what: str) -> None:
        if not self._take(text):
            raise self._unexpected(what)

    def _unexpected(self, what: str) -> FormulaError:
        comma = decimal_comma(self._tokens, self._at) if self._next.text == "," else ""
        missing = beside(self._tokens, self._at)
        return unexpected(self._next, comma or f"expected {what}{missing}")

    def formula(self) -> sympy.Expr:
        self._skip_front()
        part = self._sum()
        if self._next.kind != "end":
            raise self._unexpected("an operator such as * or +")
        return part.expression

    def _skip_front(self) -> None:
        """Leave out "z =" and "f(x, y) =" before the expression itself."""
        texts = [token.text.lower() for token in self._tokens]
        if self._next.kind != "name" or texts[0] in (*NAMES, PI):
            return
        for front in (["="], ["(", "x", ",", "y", ")", "="], ["(", "x", ")", "="], ["(", "y", ")", "="]):
            for sign in (front, [*front[:-1], ":", "="]):
                if texts[1 : 1 + len(sign)] == sign:
                    self._at = 1 + len(sign)
                    return

    def _call(self, operation: str, *parts: _Part, position: int) -> float | None:
        """The constant value of an operation on constants, or of one with zero; None where it depends on x or y."""
        if operation == "div" and parts[1].constant == 0:
            raise FormulaError("this divides by zero", position)
        if operation in ("mul", "div") and any(part.constant == 0 for part in parts):
            return 0.0  # times x or not: what is divided by it is divided by zero
        numbers = [part.constant for part in parts if part.constant is not None]
        if len(numbers) < len(parts):
            return None
        with np.errstate(all="ignore"):
            value = float(OPERATIONS[operation][1](*(np.float64(number) for number in numbers)))
        if math.isnan(value):
            raise FormulaError("this part is not a real number", position)
        if math.isinf(value):
            raise FormulaError("this part is infinite or above 1.8e308, the largest number allowed", position)
        return value

    def _negative(self, part: _Part) -> _Part:
        constant = None if part.constant is None else -part.constant
        if part.expression.is_Number:
            return _Part(-part.expression, constant)
        return _Part(self._sympy.Mul(-1, part.expression, evaluate=False), constant)

    def _sum(self) -> _Part:
        start = self._next.position
        total = self._product()
        terms = [total.expression]
        while sign := self._take("+", "-"):
            part = self._product()
            if sign.text == "-":
                part = self._negative(part)
            total = _Part(part.expression, self._call("add", total, part, position=start))
            terms.append(part.expression)
        return _Part(self._sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0], total.constant)

    def _product(self) -> _Part:
        sympy = self._sympy
        start = self._next.position
        total = self._signed()
        above, below = [total.expression], []
        while True:
            position = self._next.position
            if sign := self._take("*", "/"):
                part = self._signed()
            elif self._is_implied():
                part = self._power()
            else:
                break
            divides = sign is not None and sign.text == "/"
            constant = self._call("div" if divides else "mul", total, part, position=position if divides else start)
            (below if divides else above).append(part.expression)
            total = _Part(part.expression, constant)
        factors = self._ordered(above)
        if below:
            divisors = self._ordered(below)
            divisor = sympy.Mul(*divisors, evaluate=False) if len(divisors) > 1 else divisors[0]
            inverse = sympy.Pow(divisor, -1, evaluate=False)
            factors = [inverse] if factors == [sympy.S.One] else [*factors, inverse]
        return _Part(sympy.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0], total.constant)

    def _ordered(self, factors: list[sympy.Expr]) -> list[sympy.Expr]:
        """Numbers first, as one writes 2 x; a factor 1 beside others is left out."""
        others = [factor for factor in factors if factor != 1] or factors[:1]
        return sorted(others, key=lambda factor: not factor.is_Number)

    def _is_implied(self) -> bool:
        """Whether a product sign is left out here: after a number or ``)``, before a name or ``(``."""
        before, token = self._tokens[self._at - 1], self._next
        opens = token.kind == "name" or (token.kind == "sign" and token.text == "(")
        return opens and (before.kind in ("number", "superscript") or before.text in (")", PI))

    def _signed(self) -> _Part:
        sign = self._take("+", "-")
        if not sign:
            return self._power()
        self._enter(sign.position)
        part = self._signed()
        self._depth -= 1
        return self._negative(part) if sign.text == "-" else part

    def _power(self) -> _Part:
        start = self._next.position
        base = self._atom()
        if self._next.kind == "superscript":
            position, power = self._next.position, self._superscript()
        elif self._take("**", "^"):
            position = self._next.position
            self._enter(position)
            power = self._signed()
            self._depth -= 1
        else:
            return base
        constant = self._call("pow", base, power, position=start)
        if power.constant is not None and abs(power.constant) > MAX_POWER:
            allowed = f"allowed are powers from -{MAX_POWER} to {MAX_POWER}"
            raise FormulaError(f"the power {power.constant:g} is too large; {allowed}", position)
        return _Part(self._sympy.Pow(base.expression, power.expression, evaluate=False), constant)

    def _superscript(self) -> _Part:
        power = float(self._next.text)
        if math.isinf(power):
            raise FormulaError(f"the number {self._next.text} is too large", self._next.position)
        self._at += 1
        if self._next.kind == "sign" and self._next.text in ("^", "**"):
            raise FormulaError("a power follows a power; write (x^2)^3 or x^(2^3)", self._next.position)
        return _Part(exact(power), power)

    def _enter(self, position: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"the formula is nested too deeply; allowed are {MAX_DEPTH} levels", position)

    def _atom(self) -> _Part:
        kind, text, position = self._next
        if kind == "number":
            self._at += 1
            value = float(text)
            if math.isinf(value):
                raise FormulaError(f"the number {text} is too large", position)
            return _Part(exact(value), value)
        if kind == "name":
            self._at += 1
            return self._named(text, position)
        if not self._take("("):
            raise self._unexpected("a number, x, y, a function or (")
        self._enter(position)
        part = self._sum()
        self._expect(")", "a closing parenthesis )")
        self._depth -= 1
        return part

    def _named(self, given: str, position: int) -> _Part:
        name = "pi" if given == PI else given.lower()
        if name in FUNCTIONS:
            return self._function(name, position)
        called = self._next.kind == "sign" and self._next.text == "("
        if name in ("x", "y", "pi", "e") and not called:
            if name in self._symbols:
                return _Part(self._symbols[name], None)
            return _Part(self._sympy.pi if name == "pi" else self._sympy.E, math.pi if name == "pi" else math.e)
        close = f"write {name}*(...)" if name in NAMES else unknown_name(self._text, self._tokens, self._at - 1)
        if called:
            close = close or "allowed are functions such as sin, exp, sqrt and max"
            raise FormulaError(f"{given!r} is not a function that can be called; {close}", position)
        close = close or "allowed are x, y, pi, e and functions such as sin"
        raise FormulaError(f"the name {given!r} is unknown; {close}", position)

    def _function(self, name: str, position: int) -> _Part:
        if not self._take("("):
            argument = self._next.text if self._next.kind in ("name", "number") else "x"
            raise FormulaError(f"{name} needs its argument in parentheses, such as {name}({argument})", position)
        self._enter(position)
        parts = [self._sum()]
        comma = ""
        while self._next.text == ",":
            comma = comma or decimal_comma(self._tokens, self._at)
            self._at += 1
            parts.append(self._sum())
        self._expect(")", "a comma or a closing parenthesis )")
        self._depth -= 1
        several = name in ("min", "max")
        if (len(parts) < 2) if several else (len(parts) != 1):
            given = f"{len(parts)} argument{'s' if len(parts) > 1 else ''}"
            takes = "two or more" if several else "one"
            cured = f"; {comma}" if comma else ""
            raise FormulaError(f"{name} was given {given}; it takes {takes}{cured}", position)
        return self._apply(FUNCTIONS[name], parts, position)

    def _apply(self, operation: str, parts: list[_Part], position: int) -> _Part:
        sympy = self._sympy
        first, *others = parts
        if operation in ("log2", "log10"):
            base = 2 if operation == "log2" else 10
            inner = self._apply("log", parts, position)
            divisor = sympy.Pow(sympy.log(base, evaluate=False), -1, evaluate=False)
            constant = None if inner.constant is None else inner.constant / math.log(base)
            return _Part(sympy.Mul(inner.expression, divisor, evaluate=False), constant)
        if operation == "sqrt":
            root = sympy.Pow(first.expression, sympy.Rational(1, 2), evaluate=False)
            return _Part(root, self._call("sqrt", first, position=position))
        function = getattr(sympy, {"abs": "Abs", "min": "Min", "max": "Max"}.get(operation, operation))
        constant = first.constant
        for other in others:
            constant = self._call(operation, _Part(first.expression, constant), other, position=position)
        if not others:
            constant = self._call(operation, first, position=position)
        return _Part(function(*(part.expression for part in parts), evaluate=False), constant)
