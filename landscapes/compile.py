"""From a SymPy expression in x and y to value, gradient, Hessian, LaTeX and the program the browser runs.

All of them come from the one expression, so they cannot disagree: the expression becomes a graph
(landscapes/graph.py), the graph is differentiated exactly, and one postfix code (landscapes/program.py) is what the
browser runs and what the NumPy functions are written from, operation by operation. The arithmetic is the same for one
point as for an array, so a batch equals its points one by one to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.from_sympy import to_graph, to_latex
from landscapes.program import OPERATIONS, Array, Code, Program, run_program

if TYPE_CHECKING:
    import sympy

__all__ = ["Code", "Compiled", "Program", "compile_expression", "run_program"]

# How an operation is written in Python. What is not listed is a call of the NumPy function of the same meaning.
_WRITTEN = {
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / {1})",
    "lt": "({0} < {1})",
    "le": "({0} <= {1})",
    "eq": "({0} == {1})",
    "neg": "(-{0})",
    "abs": "abs({0})",
}
# On one point the operands are Python floats: several times faster than NumPy numbers, and equal to the last bit.
_WRITTEN_FOR_ONE = {**_WRITTEN, "select": "({1} if {0} else {2})"}
_NAMES: dict[str, Any] = {name: function for name, (_, function) in OPERATIONS.items()}
# The square root is correctly rounded everywhere, so the math module's may replace NumPy's.
_NAMES_FOR_ONE = {**_NAMES, "sqrt": math.sqrt}
# Python's compiler refuses deeply nested parentheses.
_DEEPEST = 40
_SILENT = frozenset(["add", "sub", "mul", "neg", "abs", "lt", "le", "eq", "select"])


def _function(code: Code, written: dict[str, str], names: dict[str, Any]) -> Callable[[Any, Any], tuple[Any, ...]]:
    """The Python function (x, y) -> results of a code. Its text is made of operations and numbers only."""
    lines: list[str] = []
    stack: list[tuple[str, int]] = []
    for entry in code:
        if not isinstance(entry, str):
            stack.append((f"({float(entry)!r})", 0))
        elif entry in ("x", "y"):
            stack.append((entry, 0))
        elif entry[0] == "$":
            stack.append((f"r{int(entry[1:])}", 0))
        elif entry[0] == "=":
            lines.append(f"r{int(entry[1:])} = {stack.pop()[0]}")
            stack.append((f"r{int(entry[1:])}", 0))
        else:
            count = OPERATIONS[entry][0]
            operands = [text for text, _ in stack[-count:]]
            depth = 1 + max(depth for _, depth in stack[-count:])
            text = written.get(entry, f"{entry}_({', '.join(f'{{{i}}}' for i in range(count))})").format(*operands)
            if depth > _DEEPEST:
                lines.append(f"t{len(lines)} = {text}")
                text, depth = f"t{len(lines) - 1}", 0
            stack[-count:] = [(text, depth)]
    body = "".join(f"    {line}\n" for line in lines)
    source = f"def function(x, y):\n{body}    return ({''.join(f'{text}, ' for text, _ in stack)})\n"
    namespace = {f"{name}_": function for name, function in names.items()}
    exec(compile(source, "<landscape>", "exec"), namespace)
    return namespace["function"]


class _Evaluator:
    """One code as a function of points that leaves ``count`` numbers at each: on one point fast, on many in blocks."""

    def __init__(self, code: Code) -> None:
        self._for_one = _function(code, _WRITTEN_FOR_ONE, _NAMES_FOR_ONE)
        self._for_many = _function(code, _WRITTEN, _NAMES)
        operations = {entry for entry in code if isinstance(entry, str) and entry in OPERATIONS}
        self._quiet = operations <= _SILENT

    def __call__(self, points: Array) -> tuple[Any, ...]:
        """The results at points ``(*batch, 2)``, each ``(*batch)`` or, where it is constant, a single number."""
        points = np.asarray(points, dtype=np.float64)
        if points.shape == (2,):
            x, y = points.tolist()
            try:
                if self._quiet:
                    return self._for_one(x, y)
                with np.errstate(all="ignore"):
                    return self._for_one(x, y)
            except (ZeroDivisionError, ValueError):  # x/0 and sqrt(-1), where NumPy answers with infinity and NaN
                pass
        if points.shape[-1:] != (2,):
            raise ValueError(f"points were given with shape {points.shape}; allowed is (*batch, 2)")
        with np.errstate(all="ignore"):
            return self._for_many(np.asarray(points[..., 0], order="C"), np.asarray(points[..., 1], order="C"))


class Compiled:
    """The functions of one expression. Points are float64 ``(*batch, 2)``; NaN and infinity come back, never raise."""

    def __init__(self, expression: sympy.Expr) -> None:
        self.expression = expression
        self._graph, self._f = to_graph(expression)
        self._dx, self._dy = (self._graph.derivative(self._f, by) for by in (self._graph.x, self._graph.y))

    @cached_property
    def _value(self) -> _Evaluator:
        return _Evaluator(self._graph.code(self._f))

    @cached_property
    def _gradient(self) -> _Evaluator:
        return _Evaluator(self._graph.code(self._dx, self._dy))

    @cached_property
    def _hessian(self) -> _Evaluator:
        graph = self._graph
        dxx, dxy = graph.derivative(self._dx, graph.x), graph.derivative(self._dx, graph.y)
        return _Evaluator(graph.code(dxx, dxy, graph.derivative(self._dy, graph.y)))

    def value(self, points: Array) -> Array:
        """f, ``(*batch, 2) -> (*batch)``. Raises ValueError where the last axis is not 2."""
        result: Any
        (result,) = self._value(points)
        if np.ndim(points) == 1:
            result = np.float64(result)
        elif isinstance(result, float):
            result = np.full(np.shape(points)[:-1], result)
        return result

    def gradient(self, points: Array) -> Array:
        """``(*batch, 2) -> (*batch, 2)``. Raises ValueError where the last axis is not 2."""
        gradient = self._gradient(points)
        if np.ndim(points) == 1:
            return np.array(gradient, dtype=np.float64)
        result = np.empty(np.shape(points))
        result[..., 0], result[..., 1] = gradient
        return result

    def hessian(self, points: Array) -> Array:
        """``(*batch, 2) -> (*batch, 2, 2)``. Raises ValueError where the last axis is not 2."""
        dxx, dxy, dyy = self._hessian(points)
        result = np.empty((*np.shape(points), 2))
        result[..., 0, 0], result[..., 1, 1] = dxx, dyy
        result[..., 0, 1] = result[..., 1, 0] = dxy
        return result

    @cached_property
    def latex(self) -> str:
        return to_latex(self.expression)

    @cached_property
    def program(self) -> Program:
        code = self._graph.code
        return Program(value=code(self._f), dx=code(self._dx), dy=code(self._dy))


@lru_cache(maxsize=64)
def compile_expression(expression: sympy.Expr) -> Compiled:
    """Value, gradient, Hessian, LaTeX and program of an expression in the symbols x and y. The latest are kept.

    Raises:
        ValueError: the expression holds another symbol or a function that no program has.
    """
    return Compiled(expression)
