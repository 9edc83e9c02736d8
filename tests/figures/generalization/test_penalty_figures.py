"""Pictures of penalties and augmentation hold what was trained and drawn, in both themes."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from experiments.generalization import CODEC, Penalized, shown_of
from figures.generalization import images_figure, penalty_figure


def penalty(name: str, pictures: dict[str, Any], **more: Any) -> Penalized:
    values: dict[str, Any] = {
        "penalty": "l1",
        "name": name,
        "strength": "",
        "epochs": np.array([0.0, 10.0]),
        "train": np.array([1.0, 0.2]),
        "val": np.array([1.1, 0.5]),
        "metric": 0.9,
        "counts": np.array([1, 6, 1]),
        "top": 0.9,
        "zeros": 4,
        "total": 8,
        "pictures": pictures,
        "points": {},
        "stopped": False,
    }
    return Penalized(**{**values, **more})


SURFACE = {
    "x": [-1.0, 1.0],
    "y": [-2.0, 2.0],
    "winner": np.array([[0, 1], [1, 1]], np.uint8),
    "confidence": np.array([[255, 255], [204, 153]], np.uint8),
}
POINTS = {"train_x": [0.0, 0.5], "train_y": [0.1, 0.2], "train_class": [0, 1], "val_x": [], "val_y": []}


@pytest.mark.parametrize("dark", [False, True])
def test_a_penalty_s_picture_has_probabilities_rows_zeros_and_losses(dark: bool) -> None:
    run = penalty("L1", {"surface": SURFACE}, points=POINTS)
    figure: Any = penalty_figure(run, [run, penalty("L2", {}, top=3.0)], dark=dark)
    traces = {trace.name: trace for trace in figure.data}
    np.testing.assert_allclose(traces["probability of the second class"].z, [[0, 1], [0.8, 0.6]])
    assert list(traces["training rows, class 2"].x) == [0.5]
    np.testing.assert_allclose(traces["exactly zero"].y, [0, 0.5, 0])
    np.testing.assert_allclose(traces["other weights"].y, [0.125, 0.25, 0.125])
    np.testing.assert_allclose(np.asarray(traces["other weights"].base, dtype=float), [0, 0.5, 0])
    assert list(traces["validation loss"].y) == [1.1, 0.5]
    assert tuple(figure.layout.xaxis2.range) == (-3.0, 3.0)  # those of all runs


def test_a_curve_is_drawn_over_its_rows() -> None:
    curve = {"x": np.array([0.0, 1.0], np.float32), "y": np.array([2.0, 3.0], np.float32)}
    points = {"train_x": [0.2], "train_y": [2.2], "val_x": [0.7], "val_y": [2.9]}
    run = penalty("L2", {"curve": curve}, points=points)
    figure: Any = penalty_figure(run, [run])
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["fit: L2"].y) == [2.0, 3.0]
    assert list(traces["validation rows"].x) == [0.7]


def test_losses_that_broke_leave_the_axes_to_the_others() -> None:
    broken = penalty("none", {}, train=np.array([np.nan, np.nan]), val=np.array([np.nan, np.nan]))
    figure: Any = penalty_figure(broken, [broken, penalty("L2", {})])
    assert figure.layout.yaxis3.range[1] == pytest.approx(1.1 * 1.05)
    alone: Any = penalty_figure(broken, [broken])
    assert np.isfinite(alone.layout.yaxis3.range).all()


@pytest.mark.parametrize("dark", [False, True])
def test_the_grid_has_each_image_as_it_is_and_as_it_was_drawn(dark: bool) -> None:
    values, _ = CODEC.read({"part": "augmentation", "rotation": "90"})
    shown = shown_of(values)
    figure: Any = images_figure(shown, dark=dark)
    _, _, text = figure.data[0].source.partition(",")
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))
    assert list(figure.layout.yaxis.ticktext) == list(shown.classes)
    times, gap = 12, 9
    tall = 8 * times + gap
    for row in range(6):
        tile = sheet[row * tall : row * tall + 8 * times : times, : 8 * times : times]
        np.testing.assert_array_equal(tile, np.repeat(shown.originals[row], 3, -1))
        left = 3 * (8 * times + gap) + gap
        drawn = sheet[row * tall : row * tall + 8 * times : times, left : left + 8 * times : times]
        np.testing.assert_array_equal(drawn, np.repeat(shown.drawn[row, 2], 3, -1))
