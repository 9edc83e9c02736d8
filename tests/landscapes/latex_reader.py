r"""Reads the LaTeX of a landscape back, as a person reads it, into a function of NumPy arrays x and y.

::

    mean    = r"\frac{1}{n} \sum_{i=1}^{n}" product | sum
    sum     = "-"? product (("+" | "-") product)*
    product = power (r"\cdot"? power)*
    power   = atom ("^" "{" sum "}")?
    atom    = number (r"\cdot 10^{" digits "}")? | "x" | "y" | column "_i" | "e" | r"\pi"
            | r"\frac" "{" sum "}" "{" sum "}"
            | r"\sqrt" ("[" number "]")? "{" sum "}" | r"\left(" sum r"\right)" | r"\left|" "{" sum "}" r"\right|"
            | function ("^" "{" sum "}")? "{" r"\left(" sum r"\right)" "}"
            | (r"\min" | r"\max") r"\left(" sum ("," sum)* r"\right)"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array, Array], Array]

_TOKEN = re.compile(
    r"\s*([a-z][a-z0-9]*_i|\\operatorname\{[a-z]+\}|\\left[(|]|\\right[)|]|\\[a-z]+|[-+xye^{}\[\],]"
    r"|[0-9]+(?:\.[0-9]+)?(?: \\cdot 10\^\{-?[0-9]+\})?)"
)
_ONE = {
    **{rf"\{name}": getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log")},
    **{rf"\operatorname{{a{name}}}": getattr(np, f"arc{name}") for name in ("sin", "cos", "tan")},
    r"\operatorname{sign}": np.sign,
}
_SEVERAL = {r"\min": np.minimum, r"\max": np.maximum}


_MEAN = r"\frac{1}{n} \sum_{i=1}^{n} "


def read_latex(text: str, columns: Mapping[str, Array] = MappingProxyType({})) -> Function:
    """The function that the LaTeX shows, in the precision of its arguments. columns: of a mean over rows, ``(n,)``.

    Raises:
        ValueError: the LaTeX is not in the grammar above.
    """
    over_rows = text.startswith(_MEAN)
    reader = _Reader(text.removeprefix(_MEAN), columns)
    function = reader.product() if over_rows else reader.sum()
    reader.expect("")

    def evaluate(x: Array, y: Array) -> Array:
        with np.errstate(all="ignore"):
            if over_rows:
                return np.mean(function(np.asarray(x)[..., None], np.asarray(y)[..., None]), axis=-1)
            return np.asarray(function(np.asarray(x), np.asarray(y)))

    return evaluate


class _Reader:
    def __init__(self, text: str, columns: Mapping[str, Array]) -> None:
        self._columns = columns
        self._tokens: list[str] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if not match:
                raise ValueError(f"cannot read {text[at:]!r}")
            self._tokens.append(match[1])
            at = match.end()
        self._tokens.append("")
        self._at = 0

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self, *tokens: str) -> str | None:
        if self._next in tokens:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def expect(self, token: str) -> None:
        if self._next != token:
            raise ValueError(f"{self._next!r} stands where {token!r} is expected: {self._tokens[: self._at]}")
        self._at += 1

    def sum(self) -> Function:
        total = self._negated(self.product()) if self._take("-") else self.product()
        while sign := self._take("+", "-"):
            total = self._joined(np.add if sign == "+" else np.subtract, total, self.product())
        return total

    def product(self) -> Function:
        total = self._power()
        while self._take(r"\cdot") or self._next not in ("", "+", "-", ",", "}", "]", r"\right)", r"\right|"):
            total = self._joined(np.multiply, total, self._power())
        return total

    def _power(self) -> Function:
        if self._next == "e" and self._tokens[self._at + 1] == "^":
            self._at += 2
            exponent = self._braced()
            return lambda x, y: np.exp(exponent(x, y))
        base = self._atom()
        return self._joined(np.power, base, self._braced()) if self._take("^") else base

    def _braced(self) -> Function:
        self.expect("{")
        inner = self.sum()
        self.expect("}")
        return inner

    def _atom(self) -> Function:
        token = self._next
        self._at += 1
        if token[:1].isdigit():
            return self._constant(float(token.replace(r" \cdot 10^{", "e").rstrip("}")))
        if token in ("e", r"\pi"):
            return self._constant(np.e if token == "e" else np.pi)
        if token in ("x", "y"):
            return lambda x, y: x if token == "x" else y
        if token.endswith("_i"):
            return lambda x, y: self._columns[token.removesuffix("_i")]
        if token == r"\frac":
            return self._joined(np.divide, self._braced(), self._braced())
        if token == r"\sqrt":
            degree = 2.0
            if self._take("["):
                degree = float(self._next)
                self._at += 1
                self.expect("]")
            return self._joined(np.power, self._braced(), self._constant(1 / degree))
        if token == r"\left(":
            return self._closed()
        if token == r"\left|":
            inner = self._braced()
            self.expect(r"\right|")
            return lambda x, y: np.abs(inner(x, y))
        if token in _ONE:
            power = self._braced() if self._take("^") else self._constant(1.0)
            self.expect("{")
            self.expect(r"\left(")
            inner = self._closed()
            self.expect("}")
            return self._joined(np.power, lambda x, y: _ONE[token](inner(x, y)), power)
        if token in _SEVERAL:
            self.expect(r"\left(")
            total = self.sum()
            while self._take(","):
                total = self._joined(_SEVERAL[token], total, self.sum())
            self.expect(r"\right)")
            return total
        raise ValueError(f"{token!r} is no part of a formula: {self._tokens}")

    def _closed(self) -> Function:
        inner = self.sum()
        self.expect(r"\right)")
        return inner

    @staticmethod
    def _constant(value: float) -> Function:
        return lambda x, y: np.full_like(x, value)

    @staticmethod
    def _negated(function: Function) -> Function:
        return lambda x, y: -function(x, y)

    @staticmethod
    def _joined(operation: Callable[[Array, Array], Array], left: Function, right: Function) -> Function:
        return lambda x, y: operation(left(x, y), right(x, y))
