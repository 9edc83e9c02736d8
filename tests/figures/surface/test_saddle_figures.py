"""Critical points as pictures: which number stands where, what theory is drawn beside them, what is not met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.surface import CODEC, below, matrices, saddle_sentences, saddles_of
from figures.surface import heights_figure, minima_figure, spectrum_figure

CELLS = {
    "1": {"sought": 4, "heights": [-1.0, 1.0], "eigenvalues": [[2.0], [-3.0]]},
    "2": {"sought": 4, "heights": [-1.0, 0.0, 0.5], "eigenvalues": [[-1e-9, 2.0], [-1.0, 1.0], [-2.0, -1.0]]},
}


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("dark", [False, True])
def test_points_of_random_functions_stand_at_their_heights(dark: bool) -> None:
    values, problems = CODEC.read({"part": "saddles", "n": "2"})
    assert not problems
    saddles = saddles_of(values, CELLS)
    assert (saddles.found, saddles.minima) == ((2, 3), (1, 1))  # what is flat to rounding is not negative
    drawn = traces(heights_figure(saddles, dark=dark))
    assert list(drawn["n = 2"].x) == [-1.0, 0.0, 0.5]
    assert list(drawn["n = 2"].y) == [0.0, 0.5, 1.0]
    assert list(drawn["other dimensions"].y) == [0.0, 1.0]
    line = drawn["many dimensions"]
    np.testing.assert_allclose(line.y, below(np.array(line.x)))
    bars = traces(spectrum_figure(saddles, dark=dark))["eigenvalues"]
    assert np.sum(np.array(bars.y) * np.array(bars.width)) == pytest.approx(1)
    assert "1 of 2 in 1, 1 of 3 in 2 dimensions" in saddle_sentences(saddles)[0]


def test_dimensions_without_a_minimum_are_told_apart_and_networks_have_no_theory() -> None:
    values, problems = CODEC.read({"part": "saddles", "source": "networks", "n": "7"})
    assert not problems
    cells = {"7": {"sought": 9, "heights": [0.1, 0.3], "eigenvalues": [[-1.0] * 7, [-1.0] * 3 + [1.0] * 4]}}
    saddles = saddles_of(values, cells)
    drawn = traces(minima_figure(saddles))
    assert list(drawn["none met, so less than"].y) == [0.5]
    assert "counted" not in drawn
    heights: Any = heights_figure(saddles)
    assert "many dimensions" not in traces(heights)
    assert heights.layout.xaxis.title.text == "loss"


def test_random_matrices_have_the_semicircle_and_the_decay_of_minima() -> None:
    saddles = matrices(3, 0.0, 0)
    assert "semicircle" in traces(spectrum_figure(saddles))
    law = traces(minima_figure(saddles))["exp(-n² ln 3 / 4)"]
    steps = np.diff(np.log(law.y)) / np.diff(np.array(law.x) ** 2)
    np.testing.assert_allclose(steps, -np.log(3) / 4)
    assert "exp(-n² ln 3 / 4)" not in traces(minima_figure(matrices(3, 1.0, 0)))
