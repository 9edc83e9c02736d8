"""The marks on the map."""

from __future__ import annotations

import numpy as np

from figures.drawing import Polygon, minimum_mark
from figures.drawing.marks import moved


def test_a_minimum_is_a_four_pointed_star_as_in_the_player():
    (star,) = minimum_mark(10.0, 20.0, 9.0)
    assert isinstance(star, Polygon)
    lengths = np.hypot(*(star.points - [10.0, 20.0]).T)
    np.testing.assert_allclose(lengths, [9.0, 0.34 * 9.0] * 4)
    assert np.allclose(star.points[0], [10.0, 11.0])


def test_a_mark_moves_with_its_colors():
    (star,) = minimum_mark(0.0, 0.0, 7.0)
    assert isinstance(star, Polygon)
    beside = moved(star, 5.0)
    assert isinstance(beside, Polygon)
    np.testing.assert_allclose(beside.points, star.points + np.array([5.0, 0.0]))
    assert (beside.fill, beside.stroke) == (star.fill, star.stroke)
