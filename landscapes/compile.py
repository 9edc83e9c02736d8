"""From a SymPy expression in x and y to value, gradient, Hessian, LaTeX and the program the browser runs.

All of them come from the one expression, so they cannot disagree (landscapes/stored.py keeps the codes of the
catalogue, and a test holds them equal to fresh ones): the expression becomes a graph
(landscapes/graph.py), which is differentiated exactly (landscapes/derivative.py), and one postfix code
(programs/language.py) is what the browser runs and what NumPy runs, operation by operation. No Python source is
written or evaluated. The arithmetic is the same for one point as for an array, so a batch equals its points one by one
to the last bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landscapes.derivative import derivative
from landscapes.from_sympy import to_graph
from landscapes.program import MEAN, OPERATIONS, Array, Code, Program, mean_of_rows, run_program
from landscapes.rows import Rows
from landscapes.typeset import to_latex

if TYPE_CHECKING:
    import sympy

__all__ = [
    "Code",
    "Compiled",
    "ExpressionCodes",
    "MovingCodes",
    "Program",
    "StoredCodes",
    "compile_expression",
    "run_program",
]

# Python's operators are NumPy's on arrays, and on one point work on Python floats, which is several times faster than
# on NumPy numbers and equal to the last bit.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "lt": operator.lt,
    "le": operator.le,
    "eq": operator.eq,
    "neg": operator.neg,
    "abs": abs,
}
_FOR_MANY = {**{name: function for name, (_, function) in OPERATIONS.items()}, **_OPERATORS}
_FOR_ROWS = {**_FOR_MANY, MEAN: mean_of_rows}
# Numbers of a block of points by rows: what is worked out at once stays in the cache.
_ROWS_AT_ONCE = 65_536
# The square root is correctly rounded everywhere, so the math module's may stand in for NumPy's.
_FOR_ONE = {**_FOR_MANY, "sqrt": math.sqrt, "select": lambda condition, a, b: a if condition else b}
# These never make NumPy warn on Python floats; entering np.errstate would cost as much as all of them.
_SILENT = frozenset(["add", "sub", "mul", "neg", "abs", "lt", "le", "eq", "select"])
_NONE = -1

Step = tuple[str, int, int, int, int]


def _schedule(code: Code, columns: Collection[str] = ()) -> tuple[list[float], list[Step], list[int]]:
    """The code as steps (operation, slot of the result, slots of up to three operands) on a list of slots.

    Slots 0 and 1 are x and y, then come the columns and the constants, then work space that is reused as soon as a
    result is not needed any more: large arrays are freed early, and small ones stay in the cache.
    """
    given = {name: i for i, name in enumerate(["x", "y", *(f"@{column}" for column in columns)])}
    constants: dict[float, int] = {}
    for entry in code:
        if not isinstance(entry, str):
            constants.setdefault(entry, len(given) + len(constants))
    first = len(given) + len(constants)  # a result is numbered from here, in the order of the code
    stack: list[int] = []
    registers: dict[str, int] = {}
    steps: list[tuple[str, list[int]]] = []
    for entry in code:
        if not isinstance(entry, str):
            stack.append(constants[entry])
        elif entry in given:
            stack.append(given[entry])
        elif entry[0] == "=":
            registers[entry[1:]] = stack[-1]
        elif entry[0] == "$":
            stack.append(registers[entry[1:]])
        else:
            count = 1 if entry == MEAN else OPERATIONS[entry][0]
            steps.append((entry, stack[-count:]))
            stack[-count:] = [first + len(steps) - 1]
    last = {operand: at for at, (_, operands) in enumerate(steps) for operand in operands}
    slot = {value: value for value in range(first)}
    free: list[int] = []
    size, scheduled = first, []
    for at, (operation, operands) in enumerate(steps):
        slots = [slot[operand] for operand in operands]
        free += {slot[o] for o in operands if o >= first and last[o] == at and o not in stack}
        if not free:
            free.append(size)
            size += 1
        slot[first + at] = target = free.pop()
        scheduled.append((operation, target, *slots, *[_NONE] * (3 - len(slots))))
    return [*[0.0] * len(given), *constants, *[0.0] * (size - first)], scheduled, [slot[value] for value in stack]


class _Evaluator:
    """One code as a function of points: on one point fast, on many in arrays."""

    def __init__(self, code: Code) -> None:
        self._slots, steps, self._results = _schedule(code)
        self._slots_for_many = [np.float64(constant) for constant in self._slots]
        self._for_one = [(_FOR_ONE[operation], *slots) for operation, *slots in steps]
        self._for_many = [(_FOR_MANY[operation], *slots) for operation, *slots in steps]
        self._silent = {step[0] for step in steps} <= _SILENT

    def __call__(self, points: Array) -> list[Any]:
        """The results at points ``(*batch, 2)``, each ``(*batch)`` or, where it is constant, a single number."""
        points = np.asarray(points, dtype=np.float64)
        if points.shape == (2,):
            x, y = points.tolist()
            try:
                if self._silent:
                    return self._run(self._for_one, self._slots, x, y)
                with np.errstate(all="ignore"):
                    return self._run(self._for_one, self._slots, x, y)
            except (ZeroDivisionError, ValueError):  # x/0 and sqrt(-1), where NumPy answers with infinity and NaN
                pass
        if points.shape[-1:] != (2,):
            raise ValueError(f"points were given with shape {points.shape}; allowed is (*batch, 2)")
        with np.errstate(all="ignore"):
            return self._run(self._for_many, self._slots_for_many, points[..., 0].copy(), points[..., 1].copy())

    def _run(self, steps: list[Any], slots: list[Any], x: Any, y: Any) -> list[Any]:
        slots = slots.copy()
        slots[0], slots[1] = x, y
        return _walk(steps, slots, self._results)


def _walk(steps: list[Any], slots: list[Any], results: list[int]) -> list[Any]:
    for function, target, a, b, c in steps:
        if b < 0:
            slots[target] = function(slots[a])
        elif c < 0:
            slots[target] = function(slots[a], slots[b])
        else:
            slots[target] = function(slots[a], slots[b], slots[c])
    return [slots[result] for result in results]


@lru_cache(maxsize=64)
def _row_schedule(code: tuple[str | float, ...], columns: tuple[str, ...]) -> tuple[list[float], list[Step], list[int]]:
    """``_schedule``, once for all batches of the same loss."""
    return _schedule(list(code), columns)


class _RowsEvaluator:
    """One code whose columns are rows of a table, as a function of points: arrays of points by rows."""

    def __init__(self, code: Code, rows: Rows) -> None:
        slots, steps, self._results = _row_schedule(tuple(code), rows.columns)
        self._slots: list[Any] = [np.float64(constant) for constant in slots]
        self._slots[2 : 2 + len(rows.columns)] = rows.by_name.values()
        self._steps = [(_FOR_ROWS[operation], *operands) for operation, *operands in steps]
        self._at_once = max(1, _ROWS_AT_ONCE // len(rows))

    def taken(self, indices: NDArray[np.intp]) -> _RowsEvaluator:
        """The same over some of the rows."""
        other = copy(self)
        other._slots = [each[indices] if np.ndim(each) else each for each in self._slots]
        other._at_once = max(1, _ROWS_AT_ONCE // max(1, len(indices)))
        return other

    def __call__(self, points: Array) -> list[Any]:
        """The results at points ``(*batch, 2)``, each ``(*batch)``, or one number at one point."""
        points = np.asarray(points, dtype=np.float64)
        if points.shape[-1:] != (2,):
            raise ValueError(f"points were given with shape {points.shape}; allowed is (*batch, 2)")
        flat = points.reshape(-1, 2)
        results = [np.empty(len(flat)) for _ in self._results]
        with np.errstate(all="ignore"):
            for low in range(0, len(flat), self._at_once):
                some = slice(low, low + self._at_once)
                slots = self._slots.copy()
                slots[0], slots[1] = flat[some, :1], flat[some, 1:]
                for result, block in zip(results, _walk(self._steps, slots, self._results), strict=True):
                    result[some] = block[..., 0] if np.ndim(block) else block
        return [result.reshape(points.shape[:-1])[()] for result in results]


@dataclass(frozen=True, kw_only=True)
class StoredCodes:
    """What ``ExpressionCodes`` makes, ready: read from landscapes/stored.json."""

    value: Code
    gradient: Code
    hessian: Code
    program: Program
    latex: str


class ExpressionCodes:
    """The codes of an expression in the symbols x and y, each made when it is asked for.

    ``gradient`` leaves df/dx and df/dy, ``hessian`` the second derivatives xx, xy and yy.

    parameters: the names of further symbols, which the codes take as inputs (``@condition``). Only run_code and the
    browser run such codes. columns: those of the rows that the expression is about, one by one; the codes are about
    their mean. dimensions: 1 for an expression in x alone, on the line y = 0. There df/dy is 0, and the second
    derivative stands for y as well as for x: whatever asks for the smallest or the largest curvature, or solves with
    the Hessian, hears of the one there is.

    Raises:
        ValueError: the expression holds another symbol or a function that no program has, or is too large.
    """

    def __init__(
        self,
        expression: sympy.Expr,
        parameters: Collection[str] = (),
        columns: Collection[str] = (),
        dimensions: int = 2,
    ) -> None:
        self._expression, self._dimensions = expression, dimensions
        self._columns = columns
        self._graph, self._f = to_graph(expression, (*parameters, *columns))
        self._dx, self._dy = (derivative(self._graph, self._f, by) for by in (self._graph.x, self._graph.y))

    def _code(self, *roots: int) -> Code:
        graph = self._graph
        return graph.code(*(graph.mean(root, self._columns) for root in roots) if self._columns else roots)

    @cached_property
    def value(self) -> Code:
        return self._code(self._f)

    @cached_property
    def gradient(self) -> Code:
        return self._code(self._dx, self._dy)

    @cached_property
    def hessian(self) -> Code:
        graph = self._graph
        dxx, dxy = derivative(graph, self._dx, graph.x), derivative(graph, self._dx, graph.y)
        return self._code(dxx, dxy, dxx if self._dimensions == 1 else derivative(graph, self._dy, graph.y))

    @cached_property
    def program(self) -> Program:
        code = self._code
        return Program(value=code(self._f), dx=code(self._dx), dy=code(self._dy))

    @cached_property
    def latex(self) -> str:
        return to_latex(self._expression, self._columns)


@dataclass(frozen=True, kw_only=True)
class MovingCodes:
    """The codes of a landscape whose parameters are inputs of the program."""

    value: Code
    gradient: Code
    hessian: Code


def moving_codes(
    expression: sympy.Expr, parameters: Collection[str], columns: Collection[str] = (), dimensions: int = 2
) -> MovingCodes:
    """The codes of an expression in x, y and the symbols named. Raises ValueError as ``ExpressionCodes`` does."""
    codes = ExpressionCodes(expression, parameters, columns, dimensions)
    return MovingCodes(value=codes.value, gradient=codes.gradient, hessian=codes.hessian)


class Compiled:
    """The functions of one set of codes. Points are float64 ``(*batch, 2)``; NaN and infinity come back as such."""

    def __init__(self, codes: ExpressionCodes | StoredCodes, rows: Rows | None = None) -> None:
        self._codes = codes
        self._rows = rows

    def _evaluator(self, code: Code) -> _Evaluator | _RowsEvaluator:
        return _Evaluator(code) if self._rows is None else _RowsEvaluator(code, self._rows)

    @cached_property
    def _value(self) -> _Evaluator | _RowsEvaluator:
        return self._evaluator(self._codes.value)

    @cached_property
    def _gradient(self) -> _Evaluator | _RowsEvaluator:
        return self._evaluator(self._codes.gradient)

    @cached_property
    def _hessian(self) -> _Evaluator | _RowsEvaluator:
        return self._evaluator(self._codes.hessian)

    def taken(self, indices: NDArray[np.intp]) -> Compiled:
        """The mean over some of the rows, which may come more than once."""
        return _Taken(self, indices)

    def make_all(self) -> None:
        """Make now what is otherwise made when it is asked for. Raises ValueError where something cannot be made."""
        _ = self._value, self._gradient, self._hessian, self.program, self.latex

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

    @property
    def codes(self) -> ExpressionCodes | StoredCodes:
        return self._codes

    @property
    def latex(self) -> str:
        return self._codes.latex

    @property
    def program(self) -> Program:
        return self._codes.program


class _Taken(Compiled):
    """The functions over some of the rows, each made of that over all of them."""

    def __init__(self, whole: Compiled, indices: NDArray[np.intp]) -> None:
        self._whole, self._indices = whole, indices
        self._codes = whole.codes

    @cached_property
    def _value(self) -> Any:
        return self._whole._value.taken(self._indices)  # type: ignore[union-attr]

    @cached_property
    def _gradient(self) -> Any:
        return self._whole._gradient.taken(self._indices)  # type: ignore[union-attr]

    @cached_property
    def _hessian(self) -> Any:
        return self._whole._hessian.taken(self._indices)  # type: ignore[union-attr]


@lru_cache(maxsize=64)
def compile_expression(expression: sympy.Expr, dimensions: int = 2) -> Compiled:
    """Value, gradient, Hessian, LaTeX and program of an expression in the symbols x and y. The latest are kept.

    dimensions: as ``ExpressionCodes`` takes them.

    Raises:
        ValueError: the expression holds another symbol or a function that no program has.
    """
    return Compiled(ExpressionCodes(expression, dimensions=dimensions))
