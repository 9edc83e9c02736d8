"""The pictures and payloads of the page of losses hold the numbers of the losses themselves."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from experiments.losses import (
    CLASSIFICATION,
    MIDDLES,
    REGRESSION,
    SHIFTS,
    LossesCodec,
    apart_of,
    at_shift,
    classification_readings,
    fits_of,
    on_grid,
    placed,
    smoothed_of,
)
from figures.losses import (
    apart_figure,
    apart_payload,
    distance_table,
    error_curves,
    gradient_bars,
    logit_curves,
    loss_table,
    outlier_figure,
    outlier_payload,
    probability_curves,
    reading_table,
    target_bars,
)
from networks.losses import DISTANCES, LOSS_FUNCTIONS


def values_of(**query: str) -> dict[str, Any]:
    values, problems = LossesCodec().read(query)
    assert not problems
    return values


def lines_of(figure: Any) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {trace.name: (trace.x, trace.y) for trace in figure.data if trace.mode == "lines"}


def header_of(payload: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack_from("<I", payload)
    return json.loads(payload[8 : 8 + length]), payload[8 + length :]


@pytest.mark.parametrize("dark", [False, True])
def test_curves_over_the_error_are_value_and_slope_and_break_where_the_slope_jumps(dark: bool) -> None:
    figure: Any = error_curves(values_of(delta="0.5"), dark=dark)
    lines = lines_of(figure)
    assert set(lines) == {"MSE", "MSE, slope", "MAE", "MAE, slope", "Huber", "Huber, slope"}
    x, y = lines["Huber"]
    assert y == pytest.approx(LOSS_FUNCTIONS["huber"].value(x, np.zeros_like(x), {"delta": 0.5}))
    x, slope = lines["MAE, slope"]
    assert np.isnan(slope[x == 0]).all()
    assert set(slope[x != 0]) == {-1.0, 1.0}
    x, slope = lines["Huber, slope"]
    assert np.isfinite(slope).all()
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(mark.x[0], mark.y[0]) for mark in marks[:2]] == [(2, 4), (2, 4)]


def test_a_loss_that_is_switched_off_has_no_curve() -> None:
    assert set(lines_of(error_curves(values_of(mae="false", huber="false")))) == {"MSE", "MSE, slope"}


@pytest.mark.parametrize("target", ["yes", "no"])
def test_curves_over_the_logit_are_all_four_and_the_chosen_one_is_in_sight(target: str) -> None:
    values = values_of(part="classification", target=target, loss="squared_hinge", logit="-6")
    figure: Any = logit_curves(values)
    lines = lines_of(figure)
    assert len(lines) == 2 * len(CLASSIFICATION)
    number = 1.0 if target == "yes" else 0.0
    x, y = lines["BCE"]
    assert y == pytest.approx(np.logaddexp(0, x) - number * x)
    read = next(each for each in classification_readings(values) if each.key == "squared_hinge")
    assert figure.layout.yaxis.range[1] >= read.value
    assert figure.layout.yaxis2.range[0] <= read.slope <= figure.layout.yaxis2.range[1]


def test_curves_over_the_probability_are_the_logarithms() -> None:
    lines = lines_of(probability_curves(values_of(part="classification")))
    (x, yes), (_, no), (_, square) = lines.values()
    assert yes == pytest.approx(-np.log(x))
    assert no == pytest.approx(-np.log(1 - x))
    assert square == pytest.approx((x - 1) ** 2)


def test_bars_are_probabilities_targets_and_their_difference() -> None:
    view = smoothed_of(values_of(part="cross_entropy"))
    figure: Any = target_bars(view, convention="all")
    probability, target, other = figure.data
    assert probability.x == pytest.approx(view.probabilities)
    assert target.x == pytest.approx([0.925, 0.025, 0.025, 0.025])
    assert other.x == pytest.approx([0.7, 0.1, 0.1, 0.1])
    assert "PyTorch" in target.name
    slopes: Any = gradient_bars(view)
    (bars,) = slopes.data
    assert bars.x == pytest.approx(view.probabilities - view.target)
    assert bars.y[0].startswith("class 1, true")


def test_without_another_target_there_are_two_kinds_of_bars() -> None:
    view = smoothed_of(values_of(part="cross_entropy", epsilon="0.8"))
    figure: Any = target_bars(view, convention="all")
    assert len(figure.data) == 2


def test_the_table_has_every_loss_and_no_cell_that_breaks_it() -> None:
    rows = loss_table().splitlines()
    assert len(rows) == len(LOSS_FUNCTIONS) + 2
    assert {row.count("|") for row in rows} == {7}


def test_tables_read_as_people_read_numbers() -> None:
    values = values_of(part="classification")
    table = reading_table(classification_readings(values))
    assert table["value"].tolist()[2:] == ["4", "16"]
    at = at_shift(values_of(part="distributions", p="box", q="box", shift="5"))
    told = distance_table(at)
    assert told["value"].tolist() == ["∞", "∞", "0.693", "5"]
    assert told["slope by the shift"].tolist() == ["none", "none", "0", "1"]


def test_the_browser_has_every_fit_and_slopes_that_are_straight_between_their_knots() -> None:
    values = values_of(part="outlier", delta="0.7", ox="3", oy="2.25")
    header, data = header_of(outlier_payload(values))
    fits = fits_of(values)
    assert header["at"] == list(on_grid(values))
    assert (header["across"][header["at"][0]], header["up"][header["at"][1]]) == (3, 2.25)
    errors = np.linspace(-9, 9, 1001)
    for key, told in zip(REGRESSION, header["losses"], strict=True):
        count, start = told["fits"]["n"], told["fits"]["at"]
        numbers = np.frombuffer(data, "<f8", count, start).reshape(fits.by_loss[key].shape)
        np.testing.assert_array_equal(numbers, fits.by_loss[key])
        straight = np.interp(errors, told["knots"], told["slopes"])
        expected = LOSS_FUNCTIONS[key].gradient(errors, np.zeros_like(errors), {"delta": 0.7})
        np.testing.assert_allclose(straight, expected, atol=1e-9)
        assert placed(fits, key, on_grid(values)).intercept == numbers[tuple(header["at"])][0]


def test_the_browser_has_both_histograms_and_every_distance_at_every_shift() -> None:
    values = values_of(part="distributions", p="box", q="box", shift="-2.04")
    header, data = header_of(apart_payload(values))
    known = apart_of(values)
    assert header["shifts"][header["at"]] == -2.0
    q = np.frombuffer(data, "<f4", header["q"]["n"], header["q"]["at"]).reshape(len(SHIFTS), len(MIDDLES))
    np.testing.assert_allclose(q, known.q, rtol=1e-6, atol=1e-12)
    assert [told["name"] for told in header["distances"]] == [each.name for each in DISTANCES.values()]
    told = header["distances"][0]["values"]
    numbers = np.frombuffer(data, "<f4", told["n"], told["at"])
    assert np.isnan(numbers[np.isinf(known.values["forward"])]).all()


def test_the_still_of_an_outlier_has_the_fits_and_shares_of_its_place():
    values = values_of(part="outlier", ox="2.5", oy="-3")
    figure: Any = outlier_figure(values)
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines"]
    bars = [trace for trace in figure.data if trace.type == "bar"]
    for key, line, bar in zip(REGRESSION, lines, bars, strict=True):
        fit = placed(fits_of(values), key, on_grid(values))
        assert np.asarray(line.y) == pytest.approx(fit.intercept + fit.slope * np.asarray(line.x))
        assert np.sum(bar.y) == pytest.approx(100)
        assert bar.y[-1] == pytest.approx(100 * fit.share)


def test_the_still_of_two_histograms_has_the_distances_of_its_shift():
    values = values_of(part="distributions", p="box", q="box", shift="3")
    figure: Any = apart_figure(values)
    p, q, *lines = figure.data
    assert np.sum(p.y) == pytest.approx(2)  # both corners of every bin
    assert np.average(q.x, weights=q.y) == pytest.approx(3, abs=0.01)
    names = [line.name for line in lines[::2]]
    told = at_shift(values).values
    assert names[:2] == [f"{DISTANCES[key].name}: \N{INFINITY}" for key in ("forward", "reverse")]
    assert np.isinf(told["forward"])
    for key, line in zip(DISTANCES, lines[::2], strict=True):
        known = apart_of(values).values[key]
        assert np.asarray(line.y)[np.isfinite(known)] == pytest.approx(known[np.isfinite(known)])
