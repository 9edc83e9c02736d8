"""Expressions as a graph in which every distinct subexpression is one node, and the postfix code of such a graph.

A node is an integer. Equal subexpressions get the same number, so value, gradient and Hessian share what they have in
common.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeGuard

import numpy as np

from landscapes.program import OPERATIONS, Code

# x^2 to x^64 become products: exact to the last bit on one point and on many, and several times faster than a power.
_LARGEST_PRODUCT = 64


def _is_moderate(number: float) -> bool:
    """Whether constants may be put together to this one: far from where their order decides what becomes 0."""
    return 1e-30 <= abs(number) <= 1e30


class Graph:
    """Nodes in the order they were made, so operands always come before what uses them.

    ``nodes[i]`` is ``("x",)``, ``("y",)``, ``("number", value)`` or an operation of the program and its operands.
    A graph that would grow beyond ``largest`` nodes raises ValueError, before any more work is done on it.
    """

    largest = 20_000

    def __init__(self) -> None:
        self.nodes: list[tuple] = []
        self._index: dict[tuple, int] = {}
        self.x = self._node("x")
        self.y = self._node("y")

    def _node(self, *parts: str | float) -> int:
        if parts not in self._index:
            if len(self.nodes) >= self.largest:
                raise ValueError(f"the expression and its derivatives take more than {self.largest} operations")
            self._index[parts] = len(self.nodes)
            self.nodes.append(parts)
        return self._index[parts]

    def __len__(self) -> int:
        return len(self.nodes)

    def number(self, value: float) -> int:
        """A constant. -0 becomes 0, so that equal numbers are one node. Raises ValueError where it is not finite."""
        if not math.isfinite(value):
            raise ValueError(f"a constant of the expression is {value}; allowed are finite numbers")
        return self._node("number", float(value) + 0.0)

    def constant(self, node: int) -> float | None:
        """The number at a node, or None where it depends on x or y."""
        return self.nodes[node][1] if self.nodes[node][0] == "number" else None

    def apply(self, operation: str, *operands: int) -> int:
        """An operation of the program on nodes, simplified where one operand is 0 or 1 or all are numbers."""
        numbers = [self.constant(operand) for operand in operands]
        if None not in numbers:
            with np.errstate(all="ignore"):
                folded = float(OPERATIONS[operation][1](*(np.float64(number) for number in numbers)))
            if math.isfinite(folded):
                return self.number(folded)
        simplify = getattr(self, f"_{operation}", None)
        return simplify(*operands) if simplify else self._node(operation, *operands)

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

    def needed(self, roots: Iterable[int]) -> list[int]:
        """The nodes that roots are made of, operands first."""
        needed, waiting = set(), list(roots)
        while waiting:
            node = waiting.pop()
            if node not in needed:
                needed.add(node)
                waiting += [part for part in self.nodes[node][1:] if isinstance(part, int)]
        return sorted(needed)

    def _expand_powers(self, roots: tuple[int, ...]) -> tuple[int, ...]:
        """The same roots with whole and half powers as products, quotients and square roots."""
        expanded: dict[int, int] = {}
        for node in self.needed(roots):
            operation, *operands = self.nodes[node]
            if operation in ("number", "x", "y"):
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
        roots = self._expand_powers(roots)
        uses = dict.fromkeys(self.needed(roots), 0)
        for node in uses:
            for operand in self.nodes[node][1:]:
                if isinstance(operand, int):
                    uses[operand] += 1
        for root in roots:
            uses[root] += 1
        code: Code = []
        registers: dict[int, int] = {}
        waiting: list[tuple[int, bool]] = [(root, False) for root in reversed(roots)]
        while waiting:
            node, ready = waiting.pop()
            operation, *operands = self.nodes[node]
            if operation == "number":
                code.append(operands[0])
            elif operation in ("x", "y"):
                code.append(operation)
            elif node in registers:
                code.append(f"${registers[node]}")
            elif not ready:
                waiting.append((node, True))
                waiting += [(operand, False) for operand in reversed(operands)]
            else:
                code.append(operation)
                if uses[node] > 1:
                    registers[node] = len(registers)
                    code.append(f"={registers[node]}")
        return code
