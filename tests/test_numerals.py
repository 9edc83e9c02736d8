"""Numbers read the same everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from numerals import readable


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1e-5, "0.00001"),
        (0.000123, "0.000123"),
        (1.234e-9, "1.23·10⁻⁹"),
        (1e-9, "10⁻⁹"),
        (0.012345, "0.0123"),
        (9.996, "10"),
        (0.9996, "1"),
        (123.456, "123"),
        (12345.6, "12,300"),
        (999_600.0, "10⁶"),
        (123_456_789.0, "1.23·10⁸"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (-2.5e-12, "\N{MINUS SIGN}2.5·10⁻¹²"),
        (1e300, "10³⁰⁰"),
        (math.inf, "∞"),
        (-math.inf, "\N{MINUS SIGN}∞"),
        (math.nan, "undefined"),
        (np.float64(2.5), "2.5"),
    ],
)
def test_a_float_has_three_significant_digits_and_no_needless_exponent(number: float, text: str) -> None:
    assert readable(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (500, "500"), (12_345, "12,345"), (-7, "\N{MINUS SIGN}7"), (10**7, "10⁷")]
)
def test_a_count_keeps_all_its_digits(number: int, text: str) -> None:
    assert readable(number) == text


def test_more_digits_on_demand() -> None:
    assert readable(math.pi, digits=6) == "3.14159"
