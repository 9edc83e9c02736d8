"""The cubic for sin x: descent goes to least squares, and theory's limit of the rate is its limit."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.derivatives import cubic_at, cubic_rows, drawn_start, fitted

START = drawn_start(0)


def test_descent_comes_to_the_least_squares_cubic():
    fit = fitted(START, 1e-6, 10_000, 2000)
    np.testing.assert_allclose(fit.coefficients, fit.best, atol=1e-6)
    x, sine = cubic_rows(2000)
    np.testing.assert_allclose(fit.best[::-1], np.polyfit(x, sine, 3), atol=1e-12)


@pytest.mark.parametrize(("part", "grows"), [(0.97, False), (1.03, True)])
def test_the_limit_of_the_rate_divides_falling_from_growing(part: float, grows: bool):
    limit = fitted(START, 1e-6, 0, 500).limit
    fit = fitted(START, part * limit, 400, 500)
    assert (fit.loss[-1] > fit.loss[0]) is np.bool_(grows)


def test_one_step_is_a_step_along_the_gradient():
    x, sine = cubic_rows(50)
    fit = fitted(START, 1e-5, 1, 50)
    h = 1e-6
    for k in range(4):
        moved = [[each + side * h * (i == k) for i, each in enumerate(START)] for side in (1, -1)]
        up, down = (np.square(cubic_at((a, b, c, d), x) - sine).sum() for a, b, c, d in moved)
        assert START[k] - fit.coefficients[k] == pytest.approx(1e-5 * (up - down) / (2 * h), rel=1e-5)


def test_a_run_of_no_steps_is_its_start():
    fit = fitted(START, 1e-6, 0, 10)
    assert fit.coefficients == START
    assert fit.step.tolist() == [0]
    assert not fit.diverged


def test_divergence_is_told():
    assert fitted(START, 1.0, 1000, 100).diverged
