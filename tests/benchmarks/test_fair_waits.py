"""How the benchmark of a class tells an order that favours some from what chance does to a few waits."""

from __future__ import annotations

import numpy as np

from benchmarks.server.sixty import by_chance, index_of


def test_equal_waits_are_equal_however_they_are_dealt() -> None:
    waits = [[3.0] * count for count in (1, 2, 5)]
    assert index_of(waits) == 1
    assert by_chance(waits) == (1, 1)
    assert index_of([[0.1], [0.9]]) == 1, "what is below a second is the ticking of the queue"


def test_few_waits_that_chance_has_dealt_are_among_what_chance_gives() -> None:
    draw = np.random.default_rng(1)
    waits = [draw.exponential(4.0, count).tolist() for count in draw.integers(1, 5, 57)]
    mean, low = by_chance(waits)
    assert low < index_of(waits)
    assert 0.6 < mean < 0.9, "far from 1, and yet nobody was favoured"


def test_an_order_that_favours_some_is_below() -> None:
    waits = [[1.0] * 3 if number % 2 else [9.0] * 3 for number in range(40)]
    assert index_of(waits) < by_chance(waits)[1]
