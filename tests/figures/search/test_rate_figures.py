"""The pictures of a search for a rate: every batch, every trial, the rates that were read from them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from figures.search import range_figure, trials_figure
from trainers.rates import RangeTest, RateSearch, Suggestion, Trial

RATES = tuple(np.geomspace(1e-4, 1, 20).tolist())
LOSSES = (*(1.0 - 0.04 * k for k in range(18)), 3.0, math.inf)
SEARCH = RateSearch(
    range_test=RangeTest(rates=RATES, losses=LOSSES, passes=2.0, most=1.0),
    trials=(
        Trial(rate=1.0, losses=(1.0, 50.0, math.inf), held=False),
        Trial(rate=0.5, losses=(1.0, 9.0, 10.0), held=False),
        Trial(rate=0.25, losses=(1.0, 0.6, 0.4), held=True),
    ),
    rows=100,
)


@pytest.mark.parametrize("dark", [False, True])
def test_every_batch_is_drawn_and_the_rates_are_marked(dark: bool) -> None:
    found = Suggestion(reason="So.", rate=0.01, steepest=0.01, lowest=0.2, breaks=0.6)
    figure: Any = range_figure(SEARCH, found, dark=dark)
    np.testing.assert_array_equal(figure.data[0].x, RATES)
    np.testing.assert_array_equal(figure.data[0].y, [*LOSSES[:19], np.nan])
    assert [shape.x0 for shape in figure.layout.shapes] == [0.01, 0.6]
    assert [note.text for note in figure.layout.annotations] == ["suggested 0.01", "breaks 0.6"]
    first, second = (note.y for note in figure.layout.annotations)
    assert second < first - 0.06, "they do not meet where the picture is narrow"
    low, high = figure.layout.yaxis.range
    assert low < min(LOSSES) < 1.0 < high < 3
    assert figure.layout.xaxis.type == "log"


def test_a_search_that_has_nothing_yet_is_a_picture_with_axes() -> None:
    nothing = RateSearch(range_test=RangeTest())
    figure: Any = range_figure(nothing, Suggestion(reason="Nothing."))
    assert figure.layout.xaxis.title.text == "learning rate"
    assert not figure.layout.shapes
    figure = trials_figure(nothing)
    assert not figure.data


def test_trials_are_told_apart_by_more_than_color() -> None:
    figure: Any = trials_figure(SEARCH)
    assert [trace.name for trace in figure.data] == ["1 to 0.5 diverged", "1 to 0.5 diverged", "0.25 held"]
    assert [trace.showlegend for trace in figure.data] == [True, False, True]
    assert [trace.line.dash for trace in figure.data] == ["4px,3px", "4px,3px", "solid"]
    np.testing.assert_array_equal(figure.data[0].y, [1.0, 50.0, np.nan])
