"""Operations in the order they were written down, and the postfix code that repeats them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from programs.language import OPERATIONS, Code


class Tape:
    """Nodes in the order they were made, so operands always come before what uses them. Equal ones are one node.

    ``nodes[i]`` is ``("x",)``, ``("y",)``, ``("@", name)``, ``("number", value)`` or an operation and its operands, as
    numbers of nodes. A tape that would grow beyond ``largest`` nodes raises ValueError, before any more work is done.
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

    def input(self, name: str) -> int:
        """What the word ``@name`` pushes."""
        return self._node("@", name)

    def number(self, value: float) -> int:
        """A constant. -0 becomes 0, so that equal numbers are one node. Raises ValueError where it is not finite."""
        if not math.isfinite(value):
            raise ValueError(f"a constant of the expression is {value}; allowed are finite numbers")
        return self._node("number", float(value) + 0.0)

    def constant(self, node: int) -> float | None:
        """The number at a node, or None where it depends on anything."""
        return self.nodes[node][1] if self.nodes[node][0] == "number" else None

    def folded(self, operation: str, *operands: int) -> int | None:
        """The constant that an operation on constants gives; None where one is no constant or it is not finite."""
        numbers = [self.constant(operand) for operand in operands]
        if None in numbers or operation not in OPERATIONS:
            return None
        with np.errstate(all="ignore"):
            value = float(OPERATIONS[operation][1](*(np.float64(number) for number in numbers)))
        return self.number(value) if math.isfinite(value) else None

    def apply(self, operation: str, *operands: int) -> int:
        """An operation on nodes, or a call of the surface. Left out only where the result has the same bits."""
        if (constant := self.folded(operation, *operands)) is not None:
            return constant
        numbers = [self.constant(operand) for operand in operands]
        if operation in ("mul", "div") and numbers[1] == 1:
            return operands[0]
        if operation == "mul" and numbers[0] == 1:
            return operands[1]
        if operation == "select" and (numbers[0] is not None or operands[1] == operands[2]):
            return operands[2] if numbers[0] == 0 else operands[1]
        return self._node(operation, *operands)

    def needed(self, roots: Iterable[int]) -> list[int]:
        """The nodes that roots are made of, operands first."""
        needed, waiting = set(), list(roots)
        while waiting:
            node = waiting.pop()
            if node not in needed:
                needed.add(node)
                waiting += [part for part in self.nodes[node][1:] if isinstance(part, int)]
        return sorted(needed)

    def code(self, *roots: int) -> Code:
        """Postfix code that leaves one block for each root."""
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
            elif operation == "@":
                code.append(f"@{operands[0]}")
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
