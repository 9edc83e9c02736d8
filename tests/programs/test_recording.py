"""What functions do to recorded arrays is what they do to numbers; what needs numbers is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from programs import CALLS, NotRecordedError, Recorded, Tape, lifted, run_code

VALUES = {"@a": np.array([2.5, -3.0, 0.0, 7.0]), "@b": np.array([-1.5, -3.0, 2.0, 0.25])}


def both(function: Callable[[Any, Any], Any]) -> tuple[np.ndarray, np.ndarray]:
    """What the program of a function of the pair (a, b) and of b gives; what the function gives, point by point."""
    tape = Tape()
    a, b = tape.input("a"), tape.input("b")
    result = lifted(tape, function(Recorded(tape, [a, b]), Recorded(tape, b)))
    ran = run_code(tape.code(*result.nodes.ravel().tolist()), VALUES)
    recorded = np.stack(np.broadcast_arrays(*ran, VALUES["@a"])[:-1], axis=-1).reshape(4, *result.shape)
    with np.errstate(all="ignore"):
        direct = [function(np.array(pair), np.float64(pair[1])) for pair in zip(*VALUES.values(), strict=True)]
    return recorded, np.array(direct, dtype=np.float64)


@pytest.mark.parametrize(
    "function",
    [
        lambda pair, b: pair * 2 + b / pair - (-pair),
        lambda pair, b: abs(pair) ** 0.5 + 2.0**pair,
        lambda pair, b: np.where((pair > 0) & ~(pair >= 5), pair, np.where((pair != b) | (b <= 0), 1.0, np.inf)),
        lambda pair, b: pair.any(-1, keepdims=True) + pair[..., ::-1],
        lambda pair, b: np.stack([pair.max(-1), pair.min(), pair.sum(-1), (pair > 0).all()], axis=-1),
        lambda pair, b: np.diagonal(pair[:, None] * pair[None, :], axis1=-2, axis2=-1),
        lambda pair, b: np.concatenate([pair[..., :1], np.zeros_like(pair)], axis=-1),
        lambda pair, b: np.swapaxes(pair[:, None] * np.ones((2, 3)), -1, -2),
        lambda pair, b: pair // 2 + (pair % 3) * 10,
        lambda pair, b: np.isfinite(pair / b) + 2 * np.isnan(pair / b * 0) + np.sign(pair) + np.hypot(pair, b),
        lambda pair, b: np.zeros(2) + np.minimum(np.maximum(pair, -1), pair[1:].item()),
        lambda pair, b: np.broadcast_to(np.full_like(np.zeros(np.shape(pair)), -np.inf), (2, 2)),
    ],
)
def test_a_recorded_function_is_the_function(function: Callable[[Any, Any], Any]) -> None:
    recorded, direct = both(function)
    np.testing.assert_array_equal(recorded, direct)


@pytest.mark.parametrize(
    "function",
    [
        lambda a: 1 if a > 0 else 2,
        lambda a: math.sqrt(a),
        lambda a: range(a),
        lambda a: np.asarray(a),
        lambda a: np.linalg.norm(a),
        lambda a: np.arctan2(a, a),
        lambda a: np.add.reduce(a),
        lambda a: a.argmax(),
        lambda a: a + np.nan,
    ],
)
def test_what_needs_the_numbers_is_refused(function: Callable[[Any], Any]) -> None:
    tape = Tape()
    with pytest.raises(NotRecordedError, match="a recorded array was asked for"):
        function(Recorded(tape, tape.input("a")))


def test_equal_operations_are_one_and_constants_are_worked_out() -> None:
    tape = Tape()
    a = Recorded(tape, tape.input("a"))
    result = (a * 3.0 + 1.0) * 1 - (a * 3.0 + 1.0) / 1
    assert tape.code(result.nodes.item()) == ["@a", 3.0, "mul", 1.0, "add", "=0", "$0", "sub"]
    assert tape.code(lifted(tape, np.float64(2.0) * 4).nodes.item()) == [8.0]


def test_calls_ask_the_surface_once_for_each_point() -> None:
    class Counting:
        asked = 0

        def value(self, points: Any) -> Any:
            return points[..., 0]

        def gradient(self, points: Any) -> Any:
            self.asked += 1
            return points * 10

        def hessian(self, points: Any) -> Any:
            return points[..., None] * points[..., None, :]

    surface = Counting()
    code: list[str | float] = ["@a", 1.0, "add", "=0", "@b", "=1", "dx", "$0", "$1", "dy", "$0", "$1", "dxy"]
    dx, dy, dxy = run_code(code, VALUES, surface)
    np.testing.assert_array_equal(dx, (VALUES["@a"] + 1) * 10)
    np.testing.assert_array_equal(dy, VALUES["@b"] * 10)
    np.testing.assert_array_equal(dxy, (VALUES["@a"] + 1) * VALUES["@b"])
    assert set(CALLS) == {"value", "dx", "dy", "dxx", "dxy", "dyy"}
    with pytest.raises(ValueError, match="holds 'dx' with 2 operands"):
        run_code(code, VALUES)


def test_a_tape_is_bounded() -> None:
    class Short(Tape):
        largest = 4

    tape = Short()
    tape.number(1.0)
    tape.number(2.0)
    with pytest.raises(ValueError, match="more than 4 operations"):
        tape.number(3.0)
