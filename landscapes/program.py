"""The postfix program of a landscape: what the player in the browser runs, and what the NumPy functions are made from.

A code is a flat list of numbers and strings, read from left to right by a stack machine. Every entry of the stack is a
block of float64 numbers, one for each point of the block (a Float64Array in the browser, an array in NumPy). Arithmetic
is IEEE 754 double precision: overflow gives infinity, 0/0 and the square root or logarithm of a negative number give
NaN, and nothing raises.

=====================  =====================================================================================
entry                  effect (a is pushed first, b second, c third)
=====================  =====================================================================================
a number               push it; always finite
``x`` ``y``            push a coordinate
``=0`` ``=1`` ...      copy the top of the stack into register 0, 1, ...; the stack keeps it; each register is set once
``$0`` ``$1`` ...      push register 0, 1, ...; it has been set before
``add sub mul div``    pop two, push a + b, a - b, a * b, a / b
``pow``                pop two, push a to the power b; NaN for negative a and a b that is not whole
``min max``            pop two, push the smaller, the larger; NaN if either is NaN
``lt le eq``           pop two, push 1 where a < b, a <= b, a == b, else 0; 0 if either is NaN
``select``             pop three, push b where a is not 0, else c
``neg abs sqrt``       pop one, push -a, |a|, the square root
``sign``               pop one, push -1, 0 or 1; NaN for NaN
``exp log``            pop one, push e^a, the natural logarithm
``sin cos tan``        pop one, angles in radians; likewise ``asin acos atan sinh cosh tanh``
=====================  =====================================================================================

When the list is read, exactly one block is left on the stack: the result. Code made from several expressions leaves one
block for each, in order. Whole powers are products and common subexpressions are registers, so ``pow`` is rare: for
example (1 - x)^2 is ``[1.0, "x", "sub", "=0", "$0", "mul"]``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Code = list[str | float]

# Operation -> (operands, NumPy meaning). Comparisons give booleans here; arithmetic reads them as 1 and 0.
OPERATIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "add": (2, np.add),
    "sub": (2, np.subtract),
    "mul": (2, np.multiply),
    "div": (2, np.divide),
    "pow": (2, np.power),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "lt": (2, np.less),
    "le": (2, np.less_equal),
    "eq": (2, np.equal),
    "select": (3, np.where),
    "neg": (1, np.negative),
    "abs": (1, np.abs),
    "sqrt": (1, np.sqrt),
    "sign": (1, np.sign),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "tan": (1, np.tan),
    "asin": (1, np.arcsin),
    "acos": (1, np.arccos),
    "atan": (1, np.arctan),
    "sinh": (1, np.sinh),
    "cosh": (1, np.cosh),
    "tanh": (1, np.tanh),
}


@dataclass(frozen=True, kw_only=True)
class Program:
    """Postfix (reverse Polish) code for f, df/dx and df/dy; the module's docstring defines the language."""

    value: Code
    dx: Code
    dy: Code


def run_program(code: Code, points: Array) -> Array:
    """Run one code on points, ``(*batch, 2) -> (*batch)``: the stack machine whose meaning the browser's must share.

    Raises:
        ValueError: an unknown entry, too few operands, or a stack that does not end with one block.
    """
    points = np.asarray(points, dtype=np.float64)
    stack: list[Any] = []
    registers: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for entry in code:
            if isinstance(entry, int | float):
                stack.append(np.float64(entry))
            elif entry in ("x", "y"):
                stack.append(points[..., 0 if entry == "x" else 1])
            elif entry[:1] == "=" and stack:
                registers[entry[1:]] = stack[-1]
            elif entry[:1] == "$" and entry[1:] in registers:
                stack.append(registers[entry[1:]])
            elif entry in OPERATIONS and len(stack) >= OPERATIONS[entry][0]:
                count, function = OPERATIONS[entry]
                operands = stack[-count:]
                del stack[-count:]
                stack.append(np.asarray(function(*operands), dtype=np.float64))
            else:
                raise ValueError(f"the program holds {entry!r} with {len(stack)} operands; see landscapes/program.py")
    if len(stack) != 1:
        raise ValueError(f"the program leaves {len(stack)} blocks on the stack; allowed is one")
    return np.array(np.broadcast_to(stack[0], points.shape[:-1]))
