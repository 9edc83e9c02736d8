"""The picture of many rows: every look of every path, on the axis that is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.neuron import ManyRows, solve
from figures.neuron import many_rows_figure

SMALL = ManyRows(rows=150, features=5, batch=20, epochs=3)


@pytest.mark.parametrize("dark", [False, True])
def test_every_path_is_drawn_on_both_axes(dark: bool) -> None:
    result = solve(SMALL)
    for by in ("iteration", "epoch"):
        figure: Any = many_rows_figure(result, by, dark=dark)
        assert [trace.name for trace in figure.data] == ["All rows a step", "20 rows a step", "One row a step"]
        assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 3
        for trace, walked in zip(figure.data, result.walked, strict=True):
            at = walked.iterations if by == "iteration" else walked.epochs
            drawn = at > 0 if by == "iteration" else at >= 0
            np.testing.assert_array_equal(trace.x, at[drawn])
            np.testing.assert_array_equal(trace.y, walked.excess[drawn])
        assert by in figure.layout.xaxis.title.text
        assert figure.layout.yaxis.type == "log"


def test_a_path_that_diverges_leaves_room_for_the_others() -> None:
    figure: Any = many_rows_figure(solve(replace(SMALL, some=2.0, epochs=30)), "epoch")
    assert figure.layout.yaxis.range[1] < 3
    assert all(np.isfinite(trace.y).all() for trace in figure.data)
