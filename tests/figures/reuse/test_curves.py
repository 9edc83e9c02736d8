"""Pictures of reuse: what is there is drawn, what is not is left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.reuse import agreement_figure, epochs_figure, rows_figure
from trainers.transfers import ALONE, ROWS, SHARED, WAYS, Curve, Study


def study() -> Study:
    made = Study(epochs=(0, 1, 2), total=99)
    for number, way in enumerate(WAYS):
        for rows in ROWS[:2]:
            for seed in range(2):
                losses = (3.0, 2.0 - 0.1 * number, 1.0 + seed)
                made = made.having((way, rows, seed), Curve(losses=(losses,), scores=((0.1, 0.2, 0.3),)))
    both = Curve(losses=((3, 2, 1), (1, 0.5, 0.2)), scores=((0, 0.5, 1), (0.5, 0.6, 0.7)), agreement=(0.1, -0.2, 0.3))
    return made.having((SHARED, 0, 0), both).having((ALONE, 0, 0), both)


def names(figure: Any) -> list[str]:
    return [trace.name for trace in figure.data if trace.mode != "none" and trace.showlegend is not False]


def test_every_way_that_is_there_has_a_line_by_epoch_and_by_rows() -> None:
    made = study()
    figure: Any = epochs_figure(made, list(WAYS), rows=ROWS[0])
    assert figure is not None
    assert names(figure) == list(WAYS.values())
    assert list(figure.data[0].y) == [3.0, 2.0, 1.5]
    assert figure.layout.shapes[0].y0 == 1.5
    assert epochs_figure(made, list(WAYS), rows=ROWS[-1]) is None
    by_rows: Any = rows_figure(made, rows=ROWS[0], dark=True)
    assert by_rows is not None
    assert [list(trace.x) for trace in by_rows.data] == [list(ROWS[:2])] * len(WAYS)
    assert rows_figure(Study(epochs=(0,), total=1), rows=20) is None


def test_two_ways_have_bands_and_accuracy_goes_to_one() -> None:
    figure: Any = epochs_figure(study(), (SHARED, ALONE), task=1, shown="score", dark=True)
    assert figure is not None
    assert names(figure) == ["shared layers", "a network of its own"]
    assert list(figure.data[-1].y) == [0.5, 0.6, 0.7]
    assert figure.layout.yaxis.range[1] >= 1


def test_the_agreement_is_between_minus_one_and_one() -> None:
    figure: Any = agreement_figure(study())
    assert figure is not None
    assert np.allclose(figure.data[-1].y, [0.1, -0.2, 0.3])
    assert agreement_figure(Study(epochs=(0,), total=1)) is None
