"""The language of programs: postfix code that a browser runs, and NumPy too.

A code is a flat list of numbers and strings, read from left to right by a stack machine. Every entry of the stack is a
block of float64 numbers, one for each point of the block (a Float64Array in the browser, an array in NumPy). Arithmetic
is IEEE 754 double precision: overflow gives infinity, 0/0 and the square root or logarithm of a negative number give
NaN, and nothing raises.

=====================  =====================================================================================
entry                  effect (a is pushed first, b second, c third)
=====================  =====================================================================================
a number               push it; always finite
``x`` ``y``            push a coordinate
``@name``              push an input of that name: a parameter, a hyperparameter, what a rule remembers
``=0`` ``=1`` ...      copy the top of the stack into register 0, 1, ...; the stack keeps it; each register is set once
``$0`` ``$1`` ...      push register 0, 1, ...; it has been set before
``add sub mul div``    pop two, push a + b, a - b, a * b, a / b
``pow``                pop two, push a to the power b; NaN for negative a and a b that is not whole
``min max``            pop two, push the smaller, the larger; NaN if either is NaN
``hypot``              pop two, push the root of a^2 + b^2, without overflow on the way
``lt le eq``           pop two, push 1 where a < b, a <= b, a == b, else 0; 0 if either is NaN
``select``             pop three, push b where a is not 0, else c
``neg abs sqrt``       pop one, push -a, |a|, the square root
``sign floor``         pop one, push -1, 0 or 1 (NaN for NaN); the largest whole number that is not above a
``exp log``            pop one, push e^a, the natural logarithm
``sin cos tan``        pop one, angles in radians; likewise ``asin acos atan sinh cosh tanh``
``mean``               pop one, push its mean over the rows of the surface's table
``value``              pop two, push the surface's f(a, b)
``dx dy``              pop two, push its first derivatives at (a, b)
``dxx dxy dyy``        pop two, push its second derivatives at (a, b)
=====================  =====================================================================================

The code of a surface holds none of the last three rows. A surface that is the mean of a loss over rows of a table takes
the table's columns as inputs (``@a``): what is worked out of them is a block for each row, until ``mean`` makes it one
block again. Nothing else holds ``mean``, and no result is a block for each row.

When the list is read, exactly its results are left on the stack, in order: one block for each. Common subexpressions
are registers; for example (1 - x)^2 is ``[1.0, "x", "sub", "=0", "$0", "mul"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

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
    "hypot": (2, np.hypot),
    "lt": (2, np.less),
    "le": (2, np.less_equal),
    "eq": (2, np.equal),
    "select": (3, np.where),
    "neg": (1, np.negative),
    "abs": (1, np.abs),
    "sqrt": (1, np.sqrt),
    "sign": (1, np.sign),
    "floor": (1, np.floor),
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

MEAN = "mean"
"""The word that ends what is done for each row."""


def mean_of_rows(block: Any) -> Any:
    """The mean over the last axis, which stays with size 1: added up one after the other, as a browser does."""
    block = np.asarray(block)
    return np.add.accumulate(block, axis=-1)[..., -1:] / block.shape[-1]


class Surface(Protocol):
    """What a program may ask for, at points ``(*batch, 2)``."""

    def value(self, points: Any) -> Any:
        """``(*batch,)``"""
        ...

    def gradient(self, points: Any) -> Any:
        """``(*batch, 2)``"""
        ...

    def hessian(self, points: Any) -> Any:
        """``(*batch, 2, 2)``"""
        ...


# Word -> (method of the surface, place of the number in what it gives).
CALLS: dict[str, tuple[str, tuple[int, ...]]] = {
    "value": ("value", ()),
    "dx": ("gradient", (0,)),
    "dy": ("gradient", (1,)),
    "dxx": ("hessian", (0, 0)),
    "dxy": ("hessian", (0, 1)),
    "dyy": ("hessian", (1, 1)),
}


def run_code(
    code: Code, inputs: Mapping[str, Any], surface: Surface | None = None, dtype: DTypeLike = np.float64
) -> list[Any]:
    """Every result of a code: the stack machine whose meaning the browser's must share.

    Args:
        inputs: by the word that pushes them, e.g. ``{"x": ..., "y": ..., "@lr": ...}``; float64 that broadcast. Of a
            surface with rows the columns are ``(n,)`` and all others ``(*batch, 1)``; so are the results.
        surface: answers the words of ``CALLS``.
        dtype: what is computed in; the browser has float64 alone.

    Raises:
        ValueError: an unknown entry or too few operands.
    """
    stack: list[Any] = []
    registers: dict[str, Any] = {}
    asked: dict[tuple[str, int, int], Any] = {}
    operands: list[Any]
    number: Any = np.dtype(dtype).type
    with np.errstate(all="ignore"):
        for entry in code:
            if isinstance(entry, int | float):
                stack.append(number(entry))
            elif entry in inputs:
                stack.append(np.asarray(inputs[entry], dtype=dtype))
            elif entry[:1] == "=" and stack:
                registers[entry[1:]] = stack[-1]
            elif entry[:1] == "$" and entry[1:] in registers:
                stack.append(registers[entry[1:]])
            elif entry in CALLS and surface is not None and len(stack) >= 2:
                method, place = CALLS[entry]
                operands = stack[-2:]
                del stack[-2:]
                call = (method, id(operands[0]), id(operands[1]))
                if call not in asked:
                    answer = getattr(surface, method)(np.stack(np.broadcast_arrays(*operands), axis=-1))
                    asked[call] = (operands, np.asarray(answer, dtype=dtype))  # operands kept: their ids stay
                stack.append(asked[call][1][(..., *place)])
            elif entry == MEAN and stack:
                stack.append(mean_of_rows(stack.pop()))
            elif entry in OPERATIONS and len(stack) >= OPERATIONS[entry][0]:
                count, function = OPERATIONS[entry]
                operands = stack[-count:]
                del stack[-count:]
                stack.append(np.asarray(function(*operands), dtype=dtype))
            else:
                raise ValueError(f"the program holds {entry!r} with {len(stack)} operands; see programs/language.py")
    return stack
