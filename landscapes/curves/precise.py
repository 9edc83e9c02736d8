"""Slopes of a curve from 400 digits: what estimates in float32 and float64 are held against.

The value is computed in mpmath's arithmetic, and a difference over 10^-60 has then no rounding that a float64 could
see. Left and right are asked apart, so that a kink, a jump and a vertical tangent are known for what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from landscapes.curves.curve import Curve

_DIGITS = 400
_STEP = 60  # the difference is over 10^-60
_ALIKE = 1e-20
_NOISE = 1e-320  # what rounding to 400 digits makes of a slope that is 0
_NOTHING = 1e-200  # what differences leave of a derivative that is 0
_LARGEST = 709.78  # natural logarithm of the largest number of float64


class _NotRealError(ArithmeticError):
    """A part is no real number, or far beyond float64."""


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """The slopes at a place, to the left and to the right of it.

    None: there is no real value on this side. Infinite: the tangent is vertical, or f jumps. rest: what float64 leaves
    of the derivative, so that an error of its last digit can be told.
    """

    left: float | None
    right: float | None
    rest: float = 0.0

    @property
    def derivative(self) -> float | None:
        """f' where both sides have one finite slope, else None."""
        if self.left is None or self.right is None or abs(self.left) == float("inf"):
            return None
        return self.right if abs(self.left - self.right) <= _ALIKE * max(1.0, abs(self.left)) else None


@cache
def _context() -> Any:
    import mpmath

    context = mpmath.MPContext()  # its own precision: that of mpmath.mp is shared by all threads
    context.dps = _DIGITS
    return context


def _value(curve: Curve, x: Any) -> Any:
    """f(x) with all digits. Raises _NotRealError."""
    graph, values = curve.graph, {}
    for node in graph.needed([curve.root]):
        operation, *operands = graph.nodes[node]
        if operation == "number":
            values[node] = _context().mpf(operands[0])
        elif operation == "x":
            values[node] = x
        else:
            values[node] = _checked(operation, [values[operand] for operand in operands])
    return values[curve.root]


def _checked(operation: str, parts: list[Any]) -> Any:
    context = _context()
    if operation in ("exp", "sinh", "cosh") and abs(parts[0]) > _LARGEST:
        if operation == "exp" and parts[0] < 0:
            return context.mpf(0)
        raise _NotRealError
    try:
        result = _operations()[operation](*parts)
    except (ZeroDivisionError, ValueError, OverflowError):
        raise _NotRealError from None
    if isinstance(result, context.mpc) or not context.isfinite(result):
        raise _NotRealError
    return result


def _power(u: Any, v: Any) -> Any:
    context = _context()
    if u == 0:
        return context.mpf(1) if v == 0 else context.mpf(0) if v > 0 else context.mpf("nan")
    if abs(v * context.log(abs(u))) > _LARGEST:
        raise _NotRealError
    return context.power(u, v)


@cache
def _operations() -> dict[str, Callable[..., Any]]:
    context = _context()
    same = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "sqrt", "log", "sign")
    return {
        **{name: getattr(context, name) for name in same},
        "add": lambda u, v: u + v,
        "sub": lambda u, v: u - v,
        "mul": lambda u, v: u * v,
        "div": lambda u, v: u / v,
        "pow": _power,
        "neg": lambda u: -u,
        "abs": abs,
        "min": min,
        "max": max,
        "lt": lambda u, v: context.mpf(u < v),
        "le": lambda u, v: context.mpf(u <= v),
        "eq": lambda u, v: context.mpf(u == v),
        "select": lambda condition, u, v: u if condition else v,
    }


def slopes_at(curve: Curve, x: float) -> Slopes:
    """The slopes to the left and to the right of ``x``; both None where f(x) is no real number."""
    at = _context().mpf(x)
    try:
        here = _value(curve, at)
    except _NotRealError:
        return Slopes(left=None, right=None)
    left, right = (_slope(curve, at, here, side) for side in (-1, 1))
    if left is None or right is None:
        return Slopes(left=None if left is None else float(left), right=None if right is None else float(right))
    if abs(left) < _context().inf and abs(left - right) <= _ALIKE * max(1, abs(left)):
        slope = (left + right) / 2  # what the second derivative adds cancels
        near = float(slope)
        return Slopes(left=near, right=near, rest=float(slope - near) if abs(near) < float("inf") else 0.0)
    return Slopes(left=float(left), right=float(right))


def _slope(curve: Curve, at: Any, here: Any, side: int) -> Any:
    """The limit of differences to one side; None where there is no value on it."""
    context = _context()
    wide, narrow = context.mpf(10) ** -_STEP, context.mpf(10) ** (-_STEP - 10)
    try:
        far, near = ((_value(curve, at + side * step) - here) / (side * step) for step in (wide, narrow))
    except _NotRealError:
        return None
    if abs(near) <= max(1, abs(here)) * _NOISE or 2 * abs(near) < abs(far):
        return context.mpf(0)
    return context.sign(near) * context.inf if abs(near) > 2 * abs(far) else far


def precise_derivatives(curve: Curve, x: float) -> tuple[float, float] | None:
    """f'' and f''' at ``x``; None where f is no real number around it."""
    context = _context()
    at, step = context.mpf(x), context.mpf(10) ** (-_STEP // 2)
    try:
        below, low, here, high, above = (_value(curve, at + k * step) for k in (-2, -1, 0, 1, 2))
    except _NotRealError:
        return None
    second, third = (high - 2 * here + low) / step**2, (above - 2 * high + 2 * low - below) / (2 * step**3)
    return float(second) if abs(second) > _NOTHING else 0.0, float(third) if abs(third) > _NOTHING else 0.0
