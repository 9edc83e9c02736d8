"""Numbers read the same everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from numerals import readable, readable_epoch, readable_ticks


@pytest.mark.parametrize(
    ("epoch", "text"),
    [
        (0, "0"),
        (1 / 3, "0.3333"),
        (142.64, "142.6"),
        (999.96, "1,000"),
        (1912.0, "1,912"),
        (1912.333, "1,912.3"),
        (12345.6, "12,345.6"),
        (np.float64(100_000), "100,000"),
    ],
)
def test_an_epoch_keeps_all_its_digits(epoch: float, text: str) -> None:
    assert readable_epoch(epoch) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1e-5, "0.00001"),
        (0.000123, "0.000123"),
        (1.234e-9, "1.23\N{MULTIPLICATION SIGN}10⁻⁹"),
        (1e-9, "10⁻⁹"),
        (0.012345, "0.0123"),
        (9.996, "10"),
        (0.9996, "1"),
        (123.456, "123"),
        (12345.6, "12,300"),
        (999_600.0, "10⁶"),
        (123_456_789.0, "1.23\N{MULTIPLICATION SIGN}10⁸"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (-2.5e-12, "\N{MINUS SIGN}2.5\N{MULTIPLICATION SIGN}10⁻¹²"),
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
    ("numbers", "texts"),
    [
        ([1e-9, 1e-6, 1e-3, 1.0], "10⁻⁹ 10⁻⁶ 10⁻³ 1"),
        ([1e-6, 1e-3, 1.0, 1e3], "0.000001 0.001 1 1,000"),
        ([1.0, 10.0, 100.0, 1e8], "1 10 10² 10⁸"),
        (
            [-2e-9, 0.0, 2e-9, 0.05],
            "\N{MINUS SIGN}2\N{MULTIPLICATION SIGN}10⁻⁹ 0 2\N{MULTIPLICATION SIGN}10⁻⁹ 5\N{MULTIPLICATION SIGN}10⁻²",
        ),
        ([0.1, 0.2, 0.5], "0.1 0.2 0.5"),
    ],
)
def test_the_numbers_of_an_axis_have_one_form(numbers: list[float], texts: str) -> None:
    assert readable_ticks(numbers) == texts.split(" ")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (500, "500"), (12_345, "12,345"), (-7, "\N{MINUS SIGN}7"), (10**7, "10⁷")]
)
def test_a_count_keeps_all_its_digits(number: int, text: str) -> None:
    assert readable(number) == text


def test_more_digits_on_demand() -> None:
    assert readable(math.pi, digits=6) == "3.14159"
