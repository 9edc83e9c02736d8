"""The field shows valleys where values span decades, and stays linear where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from figures.race.field import contour_levels, field_scale, sample
from landscapes import LANDSCAPES


def scale_of(key: str):
    landscape = LANDSCAPES[key]
    values = sample(landscape, landscape.domain, 80, 80)[2]
    return field_scale(values), values


@pytest.mark.parametrize("key", list(LANDSCAPES))
def test_levels_fill_zero_to_one_and_keep_the_order_of_values(key: str) -> None:
    scale, values = scale_of(key)
    levels = scale.levels(values)
    assert levels.min() == 0
    assert levels.max() == pytest.approx(1)
    order = np.argsort(values, axis=None)
    assert (np.diff(levels.ravel()[order]) >= 0).all()


def test_decades_get_a_logarithmic_field_in_which_the_valley_shows() -> None:
    scale, values = scale_of("rosenbrock")
    assert scale.logarithmic
    levels = scale.levels(values)
    assert np.quantile(levels, 0.1) <= 0.2 + 1e-9
    assert np.quantile(levels, 0.5) == pytest.approx(0.5, abs=0.1)


def test_a_saddle_keeps_a_linear_field() -> None:
    scale, _ = scale_of("saddle")
    assert scale.curve == 0
    assert scale.value(0.5) == pytest.approx((scale.low + scale.high) / 2)


@pytest.mark.parametrize("key", ["rosenbrock", "saddle", "goldstein_price"])
def test_a_level_turns_back_into_its_value(key: str) -> None:
    scale, _ = scale_of(key)
    for level in contour_levels(5):
        assert scale.levels(np.array(scale.value(level))) == pytest.approx(level)


def test_what_is_not_finite_counts_as_high_and_does_not_bend_the_scale() -> None:
    values = np.array([0.0, 1.0, 2.0, np.inf, np.nan])
    scale = field_scale(values)
    assert (scale.low, scale.high) == (0, 2)
    assert scale.levels(values)[3:].tolist() == [1, 1]


@pytest.mark.parametrize("values", [np.full(9, 3.0), np.full(4, np.nan)])
def test_a_plane_has_a_scale_too(values: np.ndarray) -> None:
    scale = field_scale(values)
    assert scale.high > scale.low
    assert np.isfinite(scale.levels(values)).all()


def test_samples_lie_on_the_box_with_rows_upward() -> None:
    x, y, values = sample(LANDSCAPES["saddle"], ((0.0, 1.0), (0.0, 2.0)), 3, 5)
    assert (x[-1], y[-1]) == (1, 2)
    assert values.shape == (5, 3)
    assert values[4, 0] == -4
    assert values[0, 2] == 1
