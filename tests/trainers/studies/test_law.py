"""Power laws: exact ones are found again, errors are as large as they say, and what is no law is none."""

from __future__ import annotations

import numpy as np
import pytest

from trainers.studies import fit_law

X = np.geomspace(10, 10_000, 9)


@pytest.mark.parametrize("floor", [0.0, 0.02])
def test_an_exact_law_is_found_again(floor: float) -> None:
    law = fit_law(X, floor + 5 * X**-0.7)
    assert law is not None
    assert law.exponent == pytest.approx(0.7, rel=1e-4)
    assert law.floor == pytest.approx(floor, abs=1e-6)
    np.testing.assert_allclose(law(X), floor + 5 * X**-0.7, rtol=1e-4)
    assert law.tenfold == pytest.approx(10**0.7, rel=1e-3)


def test_without_a_floor_it_is_the_straight_line_of_least_squares() -> None:
    random = np.random.default_rng(0)
    losses = 5 * X**-0.7 * np.exp(0.1 * random.standard_normal(len(X)))
    law = fit_law(X, losses, floor=False)
    (slope, start), covariance = np.polyfit(np.log(X), np.log(losses), 1, cov=True)
    assert law is not None
    assert law.exponent == pytest.approx(-slope, rel=1e-5)
    assert law.scale == pytest.approx(np.exp(start), rel=1e-4)
    assert law.error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-4)


def test_the_error_of_the_exponent_is_how_far_it_is_off() -> None:
    random = np.random.default_rng(1)
    off = []
    for _ in range(100):
        law = fit_law(X, 5 * X**-0.7 * np.exp(0.05 * random.standard_normal(len(X))), floor=False)
        assert law is not None
        off.append((law.exponent - 0.7) / law.error)
    assert 0.8 < np.std(off) < 1.5  # Student's t with 7 degrees of freedom: 1.18


def test_few_places_have_no_law_and_what_is_no_number_is_left_out() -> None:
    assert fit_law(X[:4], X[:4] ** -0.7) is None
    assert fit_law([], []) is None
    losses = 5 * X**-0.7
    losses[4] = np.nan
    law = fit_law(X, losses)
    assert law is not None
    assert law.exponent == pytest.approx(0.7, rel=1e-3)
