"""What all charts share: letters and height for the wall of a lecture hall."""

from __future__ import annotations

from typing import Any

import pytest

from figures.axes import axis, chart, enlarge, log_axis, note


def test_enlarging_reaches_every_letter_that_has_a_size_of_its_own() -> None:
    bar = {"tickfont": {"size": 10}, "title": {"text": "loss", "font": {"size": 11}}}
    traces = [
        {"type": "heatmap", "z": [[1, 2], [3, 4]], "colorbar": bar},
        {"type": "scatter", "x": [0], "y": [1], "mode": "text", "text": ["here"], "textfont": {"size": 12}},
    ]
    figure: Any = chart(traces, False, height=400, xaxis=axis(False, "epoch"), annotations=[note(False, "best")])
    before = figure.layout.xaxis.tickfont.size, figure.layout.xaxis.title.font.size, figure.layout.font.size
    enlarge(figure, 1.5, 1.25)
    layout = figure.layout
    after = layout.xaxis.tickfont.size, layout.xaxis.title.font.size, layout.font.size
    assert after == pytest.approx([1.5 * size for size in before])
    assert layout.annotations[0].font.size == pytest.approx(1.5 * 13)
    assert layout.height == 500
    assert [figure.data[0].colorbar.tickfont.size, figure.data[0].colorbar.title.font.size] == [15, 16.5]
    assert figure.data[1].textfont.size == 18
    assert (layout.xaxis.title.text, layout.annotations[0].text, figure.data[0].colorbar.title.text) == (
        "epoch",
        "best",
        "loss",
    )


def test_enlarging_leaves_a_figure_without_a_height_to_the_page() -> None:
    figure: Any = chart([{"type": "scatter", "x": [0], "y": [1]}], True)
    enlarge(figure, 1.5, 1.25)
    assert figure.layout.height is None


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([1.0, 1.0], [0.5, 1.0, 2.0]),
        ([0.62, 2.3], [0.7, 1.0, 2.0]),
        ([2.1, 6.9], [2.0, 3.0, 5.0, 7.0]),
        ([0.22, 8.8], [1.0, 10.0]),
        ([3.0, 4000.0], [10.0, 100.0, 1000.0]),
    ],
)
def test_a_logarithmic_axis_has_round_numbers_at_its_ticks(values: list[float], ticks: list[float]) -> None:
    made = log_axis(False, "loss", values)
    assert made["tickvals"] == ticks
