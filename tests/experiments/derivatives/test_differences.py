"""Differences miss what theory says they miss, in both precisions; the complex step misses nothing."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.derivatives import (
    FUNCTIONS,
    best_step,
    curve_of,
    error_of,
    estimated,
    methods_of,
    place_of,
    rule_of_thumb,
    steps,
)
from landscapes.curves import read_curve

SMOOTH = ("sin", "exp", "sigmoid", "tanh", "softplus", "squire_trapp")


def place(key: str, precision: str = "float64", x: float = 1.0):
    return place_of(curve_of(key, ""), x, precision)


@pytest.mark.parametrize("key", SMOOTH)
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("method", ["forward", "central"])
def test_the_valley_lies_where_theory_has_it(key: str, precision: str, method: str):
    here = place(key, precision)
    swept = estimated(here, method, steps())
    best, thumb = best_step(here, method), rule_of_thumb(here, method)
    assert swept.error is not None
    assert swept.theory is not None
    assert best is not None
    assert thumb is not None
    # A lucky step may hit the last digit; a run of eight steps, a third of a decade, does not.
    runs = np.median(np.lib.stride_tricks.sliding_window_view(swept.error, 8), axis=-1)
    assert best / 10 < swept.h[np.argmin(runs) + 4] < best * 10
    assert thumb / 300 < best < thumb * 300
    # Twice theory's bound holds around the valley: NumPy's functions round by more than half a last digit.
    near = (swept.h > best / 1e4) & (swept.h < best * 1e2)
    assert (swept.error <= 2 * swept.theory)[near].mean() > 0.97


@pytest.mark.parametrize(("method", "slope"), [("forward", 1), ("central", 2), ("complex", 2)])
def test_truncation_falls_with_the_power_of_h_that_theory_names(method: str, slope: int):
    h = np.array([0.01, 0.001])
    error = estimated(place("sin"), method, h).error
    assert error is not None
    assert np.log10(error[0] / error[1]) == pytest.approx(slope, abs=0.02)


def test_forward_misses_half_the_second_derivative():
    error = estimated(place("exp"), "forward", np.array([1e-4])).error
    assert error is not None
    assert error[0] == pytest.approx(np.e / 2 * 1e-4, rel=1e-3)


@pytest.mark.parametrize("key", SMOOTH)
@pytest.mark.parametrize(("precision", "digits"), [("float64", 1e-15), ("float32", 1e-6)])
def test_the_complex_step_has_no_valley(key: str, precision: str, digits: float):
    here = place(key, precision)
    swept = estimated(here, "complex", steps())
    exact = here.slopes.derivative
    assert swept.error is not None
    assert exact is not None
    assert swept.error[swept.h < 1e-8].max() <= 4 * digits * max(1.0, abs(exact))


def test_a_step_below_the_last_digit_gives_nothing():
    estimates = estimated(place("sin"), "forward", np.array([1e-17]))
    assert estimates.estimate[0] == 0


def test_float32_is_computed_in_float32():
    here = place("sin", "float32")
    h = np.float32(0.01)
    expected = (np.sin(np.float32(1) + h) - np.sin(np.float32(1))) / h
    assert expected.dtype == np.float32
    assert estimated(here, "forward", np.array([0.01])).estimate[0] == expected


def test_at_a_kink_there_are_estimates_and_no_errors():
    here = place("abs", x=0.0)
    told = {method: estimated(here, method, np.array([1e-3])) for method in methods_of(here.curve)}
    assert list(told) == ["forward", "central"]
    assert [each.estimate[0] for each in told.values()] == [1, 0]
    assert all(each.error is None and each.theory is None for each in told.values())


def test_far_from_zero_the_floor_is_higher():
    near, far = (estimated(place("sin", x=x), "central", steps()).error for x in (1.0, 1e6))
    assert near is not None
    assert far is not None
    assert far.min() > 10 * near.min()


def test_an_error_of_less_than_the_last_digit_is_told():
    here = place("sin")
    error = error_of(here, np.cos(1.0))
    assert error is not None
    assert 0 < error < 1.2e-16


def test_every_function_on_offer_can_be_read():
    for function in FUNCTIONS.values():
        assert read_curve(function.text)
