"""Points at rest: all that a surface is known to have, none that it has not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from experiments.maps import grid_starts, rest_points
from landscapes import LANDSCAPES, parse_formula

SQUARE = ((-3.0, 3.0), (-3.0, 3.0))
KINKS = ("ackley", "ravine", "drop_wave", "eggholder")  # surfaces with points where the slope jumps
COUNTS = {
    "himmelblau": {"minimum": 4, "saddle": 4, "maximum": 1},
    "three_hump_camel": {"minimum": 3, "saddle": 2},
    "six_hump_camel": {"minimum": 6, "saddle": 7, "maximum": 2},
    "rosenbrock": {"minimum": 1},
    "rastrigin": {"minimum": 121, "saddle": 220, "maximum": 100},
    "monkey_saddle": {"saddle": 1},
    "deep_linear": {"saddle": 1},  # its minima are a curve
    "goldstein_price": {"minimum": 4, "saddle": 4, "maximum": 1},
}


@pytest.mark.parametrize("key", COUNTS)
def test_all_points_of_a_surface_are_there_and_no_other(key: str):
    landscape = LANDSCAPES[key]
    assert Counter(point.kind for point in rest_points(landscape, landscape.domain)) == COUNTS[key]


@pytest.mark.parametrize("key", LANDSCAPES)
def test_the_lowest_minimum_is_the_known_one_and_comes_first(key: str):
    landscape = LANDSCAPES[key]
    points = rest_points(landscape, landscape.domain)
    minima = [point for point in points if point.kind == "minimum"]
    assert [point.kind == "minimum" for point in points] == [True] * len(minima) + [False] * (len(points) - len(minima))
    assert (np.diff([point.value for point in minima]) > -1e-8).all()
    if landscape.minimum is not None and key not in ("deep_linear", "eggholder"):  # a curve; a minimum on the edge
        assert minima[0].value == pytest.approx(landscape.minimum, abs=1e-9)
    with np.errstate(all="ignore"):
        for point in points:
            slope = np.hypot(*landscape.gradient(np.array([point.x, point.y])))
            assert not np.isfinite(slope) or slope < 1e-4 or key in KINKS, point


@pytest.mark.parametrize("key", ["himmelblau", "rastrigin", "levy"])
def test_discs_do_not_touch(key: str):
    landscape = LANDSCAPES[key]
    points = rest_points(landscape, landscape.domain)
    for i, one in enumerate(points):
        for other in points[:i]:
            assert np.hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("abs(x) + abs(y)", [("minimum", 0.0, 0.0)]),
        ("x^4 + y^4", [("minimum", 0.0, 0.0)]),
        ("x^2 + y^2 + 1/x", [("minimum", 0.5 ** (1 / 3), 0.0)]),
        ("(x*y - 1)^2", [("saddle", 0.0, 0.0)]),
        ("sqrt(x) + y^2", [("minimum", 0.0, 0.0)]),
        ("max(x, y)", []),
        ("log(x)", []),
        ("0*x", []),
        ("1/x", []),
    ],
)
def test_kinks_poles_curves_and_planes(formula: str, expected: list[tuple[str, float, float]]):
    points = rest_points(parse_formula(formula, domain=SQUARE), SQUARE)
    assert [point.kind for point in points] == [kind for kind, _, _ in expected]
    for point, (_, x, y) in zip(points, expected, strict=True):
        assert (point.x, point.y) == pytest.approx((x, y), abs=1e-6)


def test_cells_begin_at_the_top_left():
    starts = grid_starts(((0.0, 4.0), (0.0, 2.0)), 2)
    np.testing.assert_array_equal(starts, [[[1, 1.5], [3, 1.5]], [[1, 0.5], [3, 0.5]]])
