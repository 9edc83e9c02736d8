"""The pictures of generalization hold the numbers that the experiments have, in both themes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.generalization import CODEC, by_capacity, by_epoch, dropped_of, fits_of, tradeoff_of
from figures.generalization import (
    answers_figure,
    capacity_figure,
    epoch_figure,
    fits_figure,
    masked_figure,
    network_figure,
    tradeoff_figure,
)


def values_of(**query: str) -> dict[str, Any]:
    values, problems = CODEC.read(query)
    assert not problems
    return values


def named(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.name}


@pytest.mark.parametrize("dark", [False, True])
def test_errors_by_capacity_are_named_and_marked(dark: bool) -> None:
    values = values_of(capacity="6")
    errors = tradeoff_of(values)
    figure: Any = tradeoff_figure(errors, capacity=6, model="polynomials", dark=dark)
    lines = named(figure)
    np.testing.assert_array_equal(lines["their sum"].y, errors.total)
    np.testing.assert_array_equal(lines["bias²"].y, errors.bias)
    assert list(lines["variance"].x) == list(range(13))
    assert figure.layout.shapes[0].x0 == 5
    assert figure.layout.xaxis.title.text == "degree"
    waves: Any = tradeoff_figure(errors, capacity=6, model="waves", dark=dark)
    assert (waves.layout.shapes[0].x0, waves.layout.xaxis.title.text) == (6, "waves")


@pytest.mark.parametrize("dark", [False, True])
def test_every_fit_is_a_line_of_its_own_and_none_is_endless(dark: bool) -> None:
    fits = fits_of(values_of(capacity="13", rows="10", ridge="0"))
    figure: Any = fits_figure(fits, middle="mean of all fits", dark=dark)
    thin = named(figure)["each training set"]
    assert np.isnan(thin.y).sum() == 40
    assert np.nanmax(np.abs(thin.y)) < 1e3
    np.testing.assert_array_equal(named(figure)["truth"].y, fits.truth)


def test_the_number_of_rows_and_the_chosen_number_of_functions_are_marked() -> None:
    errors = by_capacity(values_of(part="capacity"))
    figure: Any = capacity_figure(errors, functions=50)
    assert [shape.x0 for shape in figure.layout.shapes] == [20, 50]
    assert figure.layout.annotations[0].text == "20 rows "
    assert figure.layout.yaxis.range[1] > 3


def test_valleys_are_marked() -> None:
    errors = by_epoch(values_of(part="epochs"))
    figure: Any = epoch_figure(errors, epoch=32)
    assert list(named(figure)["valley"].x) == errors.valleys


@pytest.mark.parametrize("dark", [False, True])
def test_the_network_under_a_mask_shows_who_stays(dark: bool) -> None:
    layer = dropped_of(values_of(part="dropout"))
    figure: Any = network_figure(layer, mask=7, dark=dark)
    units = next(trace for trace in figure.data if trace.text is not None and len(trace.text) == 40)
    assert [word == "stays" for word in units.text] == layer.masks[6].tolist()
    edges = [trace for trace in figure.data if trace.mode == "lines"]
    assert len(edges) == 1 + layer.masks[6].sum()


@pytest.mark.parametrize("probability", [False, True])
def test_masked_networks_and_their_answers(probability: bool) -> None:
    layer = dropped_of(values_of(part="dropout", output="probability" if probability else "number"))
    figure: Any = masked_figure(layer, mask=3, probability=probability)
    lines = named(figure)
    np.testing.assert_array_equal(lines["one scaled pass"].y, layer.scaled)
    np.testing.assert_array_equal(lines["mask 3"].y, layer.masked[2])
    assert ("rows" in lines) != probability
    around = np.array(next(trace.y for name, trace in lines.items() if "all masks" in name)).reshape(2, -1)
    high, low = around[0], around[1][::-1]
    within = ((layer.masked >= low) & (layer.masked <= high)).mean()
    assert within == pytest.approx(0.95, abs=0.02)
    assert not probability or (low.min() >= 0 and high.max() <= 1)  # two deviations would be beyond both
    answers: Any = named(answers_figure(layer, probability=probability))
    assert answers["400 masked passes"].y.sum() == 400
    assert answers["mean of masks"].x[0] == pytest.approx(layer.here.mean())
