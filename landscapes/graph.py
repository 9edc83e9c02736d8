"""Expressions as a graph in which every distinct subexpression is one node, and the postfix code of such a graph.

A node is an integer. Equal subexpressions get the same number, so value, gradient and Hessian share what they have in
common.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TypeGuard

from programs import MEAN, Code, Tape

# x^2 to x^64 become products: exact to the last bit on one point and on many, and several times faster than a power.
_LARGEST_PRODUCT = 64


def _is_moderate(number: float) -> bool:
    """Whether constants may be put together to this one: far from where their order decides what becomes 0."""
    return 1e-30 <= abs(number) <= 1e30


class Graph(Tape):
    """A tape that simplifies as a person would: x - (-y) is x + y, constants before a product become one."""

    def apply(self, operation: str, *operands: int) -> int:
        """An operation of the program on nodes, simplified where one operand is 0 or 1 or all are numbers."""
        if (constant := self.folded(operation, *operands)) is not None:
            return constant
        simplify = getattr(self, f"_{operation}", None)
        return simplify(*operands) if simplify else self._node(operation, *operands)

    def mean(self, node: int, columns: Collection[str]) -> int:
        """The mean over the rows; what no column is in is its own."""
        needed = (self.nodes[each] for each in self.needed([node]))
        return self._node(MEAN, node) if any(part[0] == "@" and part[1] in columns for part in needed) else node

    def _negated(self, node: int) -> int | None:
        operation, *operands = self.nodes[node]
        return operands[0] if operation == "neg" else None

    def _neg(self, a: int) -> int:
        inner = self._negated(a)
        if inner is not None:
            return inner
        operation, *operands = self.nodes[a]
        if operation == "sub":
            return self._node("sub", operands[1], operands[0])
        if operation == "mul" and (number := self.constant(operands[0])) is not None:
            return self._node("mul", self.number(-number), operands[1])
        return self._node("neg", a)

    def _add(self, a: int, b: int) -> int:
        if self.constant(a) == 0:
            return b
        if self.constant(b) == 0:
            return a
        if (inner := self._negated(b)) is not None:
            return self._sub(a, inner)
        if (inner := self._negated(a)) is not None:
            return self._sub(b, inner)
        if a == b:
            return self.apply("mul", self.number(2), a)
        return self._node("add", *sorted((a, b)))

    def _sub(self, a: int, b: int) -> int:
        if self.constant(a) == 0:
            return self.apply("neg", b)
        if self.constant(b) == 0:
            return a
        if (inner := self._negated(b)) is not None:
            return self.apply("add", a, inner)
        return self._node("sub", a, b)

    def _mul(self, a: int, b: int) -> int:
        if self.constant(b) is not None:
            a, b = b, a
        number = self.constant(a)
        if number == 0:
            return a
        if number == 1:
            return b
        if number == -1:
            return self.apply("neg", b)
        if (inner := self._negated(a)) is not None:
            return self.apply("neg", self.apply("mul", inner, b))
        if (inner := self._negated(b)) is not None:
            if number is not None:
                return self.apply("mul", self.number(-number), inner)
            return self.apply("neg", self.apply("mul", a, inner))
        operation, *operands = self.nodes[b]
        second = self.constant(operands[0]) if number is not None and operation == "mul" else None
        if number is not None and second is not None and _is_moderate(number * second):
            return self.apply("mul", self.number(number * second), operands[1])
        if number is not None:
            return self._node("mul", a, b)
        for factor, other in ((a, b), (b, a)):
            operation, *operands = self.nodes[factor]
            if operation == "mul" and (constant := self.constant(operands[0])) is not None:
                inner = self.apply("mul", operands[1], other)
                if self._takes(inner, constant):
                    return self.apply("mul", operands[0], inner)
                break
        return self._node("mul", *sorted((a, b)))

    def _takes(self, node: int, constant: float) -> bool:
        """Whether a constant before a product becomes one with the product's own: constants must not pile up."""
        operation, *operands = self.nodes[node]
        second = self.constant(operands[0]) if operation == "mul" else None
        return second is None or _is_moderate(constant * second)

    def _div(self, a: int, b: int) -> int:
        if self.constant(b) == 1 or self.constant(a) == 0:
            return a
        divisor = self.constant(b)
        # The inverse of a power of 2 is exact, unless it is denormal or infinite.
        halves = divisor is not None and abs(math.frexp(divisor)[0]) == 0.5
        if divisor is not None and halves and 2.0**-1022 <= abs(divisor) <= 2.0**1022:
            return self.apply("mul", a, self.number(1 / divisor))
        return self._node("div", a, b)

    def _select(self, condition: int, a: int, b: int) -> int:
        known = self.constant(condition)
        if a == b or known is not None:
            return b if known == 0 else a
        return self._node("select", condition, a, b)

    def _pow(self, a: int, b: int) -> int:
        power = self.constant(b)
        if power == 0:
            return self.number(1)
        if power == 1:
            return a
        return self.apply("sqrt", a) if power == 0.5 else self._node("pow", a, b)

    def _expand_powers(self, roots: tuple[int, ...]) -> tuple[int, ...]:
        """The same roots with whole and half powers as products, quotients and square roots."""
        expanded: dict[int, int] = {}
        for node in self.needed(roots):
            operation, *operands = self.nodes[node]
            if operation in ("number", "x", "y", "@"):
                expanded[node] = node
            elif operation == "pow" and self._is_product(power := self.constant(operands[1])):
                expanded[node] = self._product(expanded[operands[0]], power)
            else:
                expanded[node] = self.apply(operation, *(expanded[operand] for operand in operands))
        return tuple(expanded[root] for root in roots)

    def _is_product(self, power: float | None) -> TypeGuard[float]:
        return power is not None and abs(power) <= _LARGEST_PRODUCT and float(2 * power).is_integer()

    def _product(self, a: int, power: float) -> int:
        if power < 0:
            return self.apply("div", self.number(1), self._product(a, -power))
        whole = int(power)
        result = self.number(1) if whole == power else self.apply("sqrt", a)
        while whole:
            if whole & 1:
                result = self.apply("mul", result, a)
            whole >>= 1
            if whole:
                a = self.apply("mul", a, a)
        return result

    def code(self, *roots: int) -> Code:
        """Postfix code that leaves one block for each root."""
        return super().code(*self._expand_powers(roots))
