"""Arrays that write down what is done to them: a function run on them leaves its program on a tape.

A recorded array has the shape that the array of numbers would have, and holds the node of the tape that is each of its
entries. NumPy hands functions of such arrays over to them (``__array_ufunc__``, ``__array_function__``). Comparisons
give 1 and 0, so ``&``, ``|`` and ``~`` are products, maxima and differences from 1. What asks a recorded array for its
number, as ``if``, ``while`` or ``math.sqrt`` do, cannot be recorded and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from programs.language import OPERATIONS
from programs.tape import Tape

Nodes = NDArray[np.int64]

_LARGEST = float(np.finfo(np.float64).max)


class NotRecordedError(TypeError):
    """A function asked a recorded array for its numbers, or called what no program has."""


class Recorded(NDArrayOperatorsMixin):
    """Nodes of a tape in the shape of the array whose entries they are."""

    def __init__(self, tape: Tape, nodes: Any) -> None:
        self.tape = tape
        self.nodes: Nodes = np.asarray(nodes, dtype=np.int64)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.nodes.shape

    @property
    def ndim(self) -> int:
        return self.nodes.ndim

    @property
    def size(self) -> int:
        return self.nodes.size

    def __getitem__(self, index: Any) -> Recorded:
        return Recorded(self.tape, self.nodes[index])

    def __len__(self) -> int:
        return len(self.nodes)

    def copy(self) -> Recorded:
        return self

    def item(self) -> Recorded:
        return Recorded(self.tape, self.nodes.reshape(()) if self.size == 1 else _refuse("item of several numbers"))

    def sum(self, axis: int | None = None) -> Recorded:
        return self._reduced("add", axis, False)

    def any(self, axis: int | None = None, keepdims: bool = False) -> Recorded:
        return (self != 0)._reduced("max", axis, keepdims)

    def all(self, axis: int | None = None, keepdims: bool = False) -> Recorded:
        return (self != 0)._reduced("min", axis, keepdims)

    def max(self, axis: int | None = None, keepdims: bool = False) -> Recorded:
        return self._reduced("max", axis, keepdims)

    def min(self, axis: int | None = None, keepdims: bool = False) -> Recorded:
        return self._reduced("min", axis, keepdims)

    def _reduced(self, operation: str, axis: int | None, keepdims: bool) -> Recorded:
        first, *others = self.nodes.ravel() if axis is None else np.moveaxis(self.nodes, axis, 0)
        result = Recorded(self.tape, first)
        for other in others:
            result = applied(self.tape, operation, result, Recorded(self.tape, other))
        if not keepdims:
            return result
        kept = [1 if axis is None or i == axis % self.ndim else size for i, size in enumerate(self.shape)]
        return Recorded(self.tape, result.nodes.reshape(kept))

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Recorded:
        if method != "__call__" or options or ufunc.__name__ not in _UFUNCS:
            _refuse(f"np.{ufunc.__name__}")
        return _UFUNCS[ufunc.__name__](self.tape, *operands)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        name = function.__name__
        if name in ("shape", "ndim", "size"):
            return getattr(arguments[0], name)
        if name in ("zeros_like", "ones_like"):
            return np.full(arguments[0].shape, float(name == "ones_like"))
        if name == "where" and len(arguments) == 3 and not options:
            return applied(self.tape, "select", *arguments)
        if name in _RESHAPING:
            first, *others = arguments
            several = isinstance(first, list | tuple)
            nodes = [lifted(self.tape, each).nodes for each in first] if several else lifted(self.tape, first).nodes
            return Recorded(self.tape, function(nodes, *others, **options))
        return _refuse(f"np.{name}")

    def __array__(self, *_: Any, **__: Any) -> Any:
        _refuse("its numbers")

    def __bool__(self) -> bool:
        return _refuse("whether it is true")

    def __float__(self) -> float:
        return _refuse("its number")

    def __int__(self) -> int:
        return _refuse("its number")

    def __index__(self) -> int:
        return _refuse("its number")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _refuse(f".{name}")

    __hash__ = None  # type: ignore[assignment]


def _refuse(what: str) -> Any:
    raise NotRecordedError(f"a recorded array was asked for {what}")


def lifted(tape: Tape, value: Any) -> Recorded:
    """Numbers as constants of the tape; what is recorded stays. Infinity is written as 1 / 0."""
    if isinstance(value, Recorded):
        return value
    numbers = np.asarray(value, dtype=np.float64)
    return Recorded(tape, np.array([_constant(tape, each) for each in numbers.ravel().tolist()]).reshape(numbers.shape))


def _constant(tape: Tape, value: float) -> int:
    if np.isnan(value):
        _refuse("a constant that is no number")
    if np.isinf(value):
        return tape.apply("div", tape.number(np.copysign(1.0, value)), tape.number(0.0))
    return tape.number(value)


def applied(tape: Tape, operation: str, *operands: Any) -> Recorded:
    """An operation entry by entry on what broadcasts."""
    arrays = np.broadcast_arrays(*(lifted(tape, each).nodes for each in operands))
    entries = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    return Recorded(tape, np.array([tape.apply(operation, *each) for each in entries]).reshape(arrays[0].shape))


def _direct(operation: str) -> Callable[..., Recorded]:
    return lambda tape, *operands: applied(tape, operation, *operands)


def _not(tape: Tape, a: Any) -> Recorded:
    return applied(tape, "sub", 1.0, a)


def _whole_quotient(tape: Tape, a: Any, b: Any) -> Recorded:
    return applied(tape, "floor", applied(tape, "div", a, b))


# By the name of NumPy's function. Whole numbers of steps stay far below 2^53, so quotients and remainders are exact.
_UFUNCS: dict[str, Callable[..., Recorded]] = {
    **{function.__name__: _direct(name) for name, (_, function) in OPERATIONS.items() if name != "select"},
    "greater": lambda tape, a, b: applied(tape, "lt", b, a),
    "greater_equal": lambda tape, a, b: applied(tape, "le", b, a),
    "not_equal": lambda tape, a, b: _not(tape, applied(tape, "eq", a, b)),
    "square": lambda tape, a: applied(tape, "mul", a, a),
    "positive": lambda tape, a: lifted(tape, a),
    "logical_and": _direct("mul"),
    "bitwise_and": _direct("mul"),
    "logical_or": _direct("max"),
    "bitwise_or": _direct("max"),
    "logical_not": _not,
    "invert": _not,
    "isfinite": lambda tape, a: applied(tape, "le", applied(tape, "abs", a), _LARGEST),
    "isnan": lambda tape, a: _not(tape, applied(tape, "eq", a, a)),
    "floor_divide": _whole_quotient,
    "remainder": lambda tape, a, b: applied(tape, "sub", a, applied(tape, "mul", b, _whole_quotient(tape, a, b))),
}
# What only moves entries about.
_RESHAPING = frozenset(
    ["stack", "concatenate", "broadcast_to", "diagonal", "swapaxes", "moveaxis", "reshape", "expand_dims", "squeeze"]
)
