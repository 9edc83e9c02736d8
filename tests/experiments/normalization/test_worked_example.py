"""Batch normalization by hand is PyTorch's layer, and what a person types stays within bounds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from experiments.normalization.worked_example import CELLS, by_hand, by_hand_steps, cells_of, cells_text, edited

SAMPLES = [f"sample {number}" for number in range(1, 6)]


def test_the_first_unit_is_the_lectures() -> None:
    worked = by_hand(CELLS.default, scale=1.0, shift=0.0)
    assert worked.cells.shape == (3, 5)
    assert worked.mean[0] == pytest.approx(3.7)
    assert worked.deviation[0] == pytest.approx(2.5, abs=0.01)


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (2.5, -1.0)])
def test_it_is_pytorchs_layer_in_training_mode(scale: float, shift: float) -> None:
    worked = by_hand(CELLS.default, scale=scale, shift=shift)
    layer = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    torch.nn.init.constant_(layer.weight, scale)
    torch.nn.init.constant_(layer.bias, shift)
    expected = layer(torch.from_numpy(worked.cells.T.copy())).detach().numpy().T
    np.testing.assert_allclose(worked.output, expected, rtol=1e-12)


def test_a_changed_cell_changes_its_row_alone_and_survives_the_link() -> None:
    text = edited(CELLS.default, {1: {"sample 3": -7.25}}, SAMPLES)
    assert CELLS.check(text) == text
    assert cells_of(text)[1].tolist() == [1, 1, -7.25, 3, 3]
    assert (cells_of(text)[[0, 2]] == cells_of(CELLS.default)[[0, 2]]).all()


@pytest.mark.parametrize("value", [1e300, -1e300, float("nan"), float("inf"), 1e-300, 999_999.9999999, -0.0])
def test_whatever_is_typed_is_a_link_that_can_be_read(value: float) -> None:
    text = edited(CELLS.default, {0: {"sample 1": value}}, SAMPLES)
    assert CELLS.check(text) == text
    assert cells_text(cells_of(text)) == text


def test_what_is_no_number_or_no_cell_changes_nothing() -> None:
    assert (
        edited(CELLS.default, {0: {"sample 1": None}, 7: {"sample 1": 1.0}, 1: {"unit": 2.0}}, SAMPLES) == CELLS.default
    )


def test_the_steps_say_mean_and_deviation() -> None:
    steps = by_hand_steps(by_hand(CELLS.default, scale=1.0, shift=0.0), 0, scale=1.0, shift=0.0)
    assert steps[0].endswith("= 3.7")
    assert steps[1].endswith("= 2.502")
    assert "0.5 - 3.7" in steps[2]
