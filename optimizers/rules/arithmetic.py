"""Arithmetic of hyperparameters and rows of points that gives one point and a batch of points the same last bit.

A hyperparameter is a Python number, an array ``(n, 1)``, or recorded (programs/recording.py): then the rule runs to
write down its program, and no value is known. So nothing here asks what is neither number nor array whether it is true.
Elementary operations and square roots are rounded correctly
everywhere, so they agree anyway; NumPy's ``power`` and ``log`` on arrays may differ from the C library's in the last
bit, so those go through the C library number by number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from optimizers.types import Array


def is_number(value: Any) -> bool:
    """Whether this is one number, whose value is known."""
    return isinstance(value, int | float | np.generic)


def each(function: Callable[..., Any], *values: Any) -> Any:
    """``function`` of Python floats, applied to numbers (-> float) or entry by entry to arrays that broadcast."""
    if not any(isinstance(value, np.ndarray) for value in values):
        return function(*values)
    arrays = np.broadcast_arrays(*values)
    entries = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    return np.array([function(*entry) for entry in entries], dtype=np.float64).reshape(arrays[0].shape)


def power(base: Any, exponent: Any) -> Any:
    """``base ** exponent`` for ``base >= 0``; numbers or arrays ``(n, 1)``. Overflow gives infinity."""
    if type(base) is float and base < 1.0 and type(exponent) is int and exponent > 2:  # an average's decay: hot
        return base**exponent
    if not all(is_number(value) or isinstance(value, np.ndarray) for value in (base, exponent)):
        return base**exponent
    if type(exponent) is not np.ndarray:
        if type(base) is float:
            return _power(base, exponent)
        if exponent == 2:
            return base * base
    return each(_power, base, exponent)


def _power(base: float, exponent: float) -> float:
    if exponent == 2:
        return base * base
    try:
        return base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf


def root(value: Any) -> Any:
    """Square root of a number or an array ``(n, 1)``; NaN below zero."""
    if not is_number(value):
        return np.sqrt(value)
    return math.sqrt(value) if value >= 0 else math.nan


def logarithm(value: Any) -> Any:
    """Natural logarithm of a number that is not negative; minus infinity at zero."""
    if not is_number(value):
        return np.log(value)
    return math.log(value) if value else -math.inf


def exponential(value: Any) -> Any:
    """e to the power of a number."""
    return math.exp(value) if is_number(value) else np.exp(value)


def cosine(value: Any) -> Any:
    """The cosine of an angle in radians."""
    return math.cos(value) if is_number(value) else np.cos(value)


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two numbers."""
    return min(one, other) if is_number(one) and is_number(other) else np.minimum(one, other)


def choose(condition: Any, one: Any, other: Any) -> Any:
    """``one`` where the condition holds, else ``other``: as it is where that is known, else entry by entry."""
    if isinstance(condition, bool | np.bool_):
        return one if condition else other
    return np.where(condition, one, other)


def nowhere(condition: Any) -> bool:
    """Whether a condition is known to hold for no point, so that nobody needs what it would choose."""
    return condition is False or (isinstance(condition, np.ndarray) and not condition.any())


def norm(vectors: Array) -> Array:
    """Euclidean length, ``(*batch, 2) -> (*batch, 1)``."""
    squares = vectors * vectors
    return np.sqrt(squares[..., :1] + squares[..., 1:])


def with_decay(gradient: Array, points: Array, weight_decay: Any) -> Array:
    """``gradient + weight_decay * points``: weight decay inside the gradient (an L2 penalty)."""
    if type(weight_decay) is float and not weight_decay:
        return gradient
    return gradient + weight_decay * points


def shrunk(points: Array, lr: Any, weight_decay: Any) -> Array:
    """``(1 - lr * weight_decay) * points``: decoupled weight decay."""
    if type(weight_decay) is float and not weight_decay:
        return points
    return points * (1 - lr * weight_decay)
