"""Pictures of the signal through depth: the data in their traces, and the settings behind them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from experiments.initialization.settings import (
    PRESETS,
    at_spreads,
    declared,
    make_signal,
    setup_label,
    setups_of,
    verdicts,
    without,
)
from experiments.initialization.signal import Signal
from exports.signals import signals_csv
from figures.signals.depth import spread_figure
from figures.signals.histograms import histograms_figure
from figures.signals.phase_plane import phase_figure, phase_sentence, plane_of, spreads_of
from figures.signals.table import layer_table
from networks import ACTIVATIONS, predict, trace, verdict
from networks.verdict import facts
from settings.linked import read_settings, settle, write_settings


def traces(figure: Any) -> Any:
    return figure.data


def layout(figure: Any) -> Any:
    return figure.layout


def values(**query: str) -> dict[str, Any]:
    found, problems = read_settings(declared, {key.replace("__", "."): text for key, text in query.items()})
    assert not problems
    return found


def measured(**query: str) -> list[Signal]:
    setups = setups_of(values(samples="100", width="64", **query))
    return [make_signal(slot, setup, predict(setup), trace(setup), None) for slot, setup in enumerate(setups, 1)]


def test_the_first_three_are_those_of_the_lecture() -> None:
    setups = setups_of(values())
    assert [setup_label(setup) for setup in setups] == ["Tanh, Normal 0.01", "Tanh, Normal 1", "Tanh, Xavier normal"]
    assert all(setup.widths == (500,) * 11 and setup.samples == 1000 for setup in setups)


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_the_link_that_it_writes(key: str) -> None:
    found, problems = read_settings(declared, PRESETS[key].query)
    assert not problems
    assert write_settings(declared, found) == PRESETS[key].query
    assert len(PRESETS[key].look_for.split()) <= 20
    assert setups_of(found)


def test_points_are_the_measured_table_and_lines_are_theory() -> None:
    signals = measured(n="2")
    figure = spread_figure(signals)
    assert signals[0].trace is not None
    assert signals[0].theory is not None
    points = next(each for each in traces(figure) if each.mode == "markers" and each.yaxis == "y" and each.name == "1")
    np.testing.assert_array_equal(points.y, signals[0].trace.table["std"])
    line = next(
        each for each in traces(figure) if each.mode == "lines" and each.yaxis == "y2" and each.name == "1 theory"
    )
    np.testing.assert_array_equal(line.y, signals[0].theory.grad_std)
    assert {each.line.dash for each in traces(figure) if each.mode == "lines"} == {"solid", "8px,4px"}


def test_what_has_no_place_on_a_logarithmic_axis_is_left_out() -> None:
    (signal,) = measured(n="1", s1__initializer="zeros")
    points = next(each for each in traces(spread_figure([signal])) if each.mode == "markers")
    assert np.isnan(points.y).all()
    assert verdicts([signal])[0][1].startswith("1: Tanh, Zeros. Silent")


def test_histograms_have_a_row_a_layer_and_their_spread_beside_it() -> None:
    (signal,) = measured(n="1", depth="50")
    figure = histograms_figure([signal])
    shapes, numbers, _ = traces(figure)
    assert np.isnan(np.asarray(shapes.y, dtype=float)).sum() == 50
    assert layout(figure).height / 50 >= 10
    assert signal.trace is not None
    assert float(numbers.text[0]) == pytest.approx(signal.trace.table["std"].iloc[0], rel=0.01)
    gradients = traces(histograms_figure([signal], part="gradients"))[1]
    assert float(gradients.text[-1]) == pytest.approx(signal.trace.table["grad_std"].iloc[-1], rel=0.01)


def test_what_is_not_measured_yet_shows_theory_only() -> None:
    (setup,) = setups_of(values(n="1"))
    signal = make_signal(1, setup, predict(setup), None, None)
    assert {each.mode for each in traces(spread_figure([signal]))} == {"lines"}
    assert not traces(histograms_figure([signal]))
    assert verdicts([signal])[0][1].endswith("Measuring.")
    assert layer_table(signal).empty
    assert signals_csv([signal]) == ""


def test_the_edge_of_chaos_of_tanh_begins_at_one() -> None:
    plane = plane_of(ACTIVATIONS["tanh"], {})
    assert plane.edge_w[0] == pytest.approx(1.0, abs=0.01)
    (signal,) = setups_of(values(n="1", s1__initializer="lecun_normal", s1__gain="1.7"))
    drawn = make_signal(1, signal, None, None, None)
    assert spreads_of(drawn) == (pytest.approx(1.7), 0.0)
    assert "chaotic" in phase_sentence(plane, drawn)
    net = traces(phase_figure(plane, [drawn], focus=1))[-1]
    assert len(net.x) > 1000
    assert net.marker.opacity == 0


@pytest.mark.parametrize(("key", "cross"), [("relu", True), ("gelu", False), ("tanh", False)])
def test_an_edge_that_is_one_point_is_a_cross_and_a_line_has_none(key: str, cross: bool) -> None:
    activation = ACTIVATIONS[key]
    edge = traces(phase_figure(plane_of(activation, activation.choose()), [], focus=1))[1]
    assert list(edge.marker.size) == ([11] if cross else [0] * len(edge.x))
    assert (len(edge.x) == 1) == cross
    assert not edge.connectgaps


def test_a_point_of_the_plane_becomes_the_spreads_of_the_set_up_in_focus() -> None:
    before = values(n="2")
    after, _ = settle(declared, lambda key, p: (before | at_spreads(2, 1.5, 0.3)).get(key, p.default))
    signal = make_signal(2, setups_of(after)[1], None, None, None)
    assert spreads_of(signal) == (pytest.approx(1.5), 0.3)
    assert setups_of(after)[0] == setups_of(before)[0]


def test_set_ups_are_taken_away_with_their_settings() -> None:
    before = values(n="3", s3__activation="elu", s3__a__alpha="2", s3__residual="true", focus="3")
    changed = before | without(before, 1)
    after, _ = settle(declared, lambda key, p: changed.get(key, p.default))
    assert [setup.activation for setup in setups_of(after)] == ["tanh", "elu"]
    assert setups_of(after)[1].residual
    assert after["s2.a.alpha"] == 2.0
    assert after["focus"] == 2


def test_the_table_has_three_digits_and_the_csv_all() -> None:
    (signal,) = measured(n="1")
    table = layer_table(signal)
    assert table["layer"].tolist() == [str(layer) for layer in range(1, 11)]
    assert {"spread", "spread in theory", "gradient"} <= set(table.columns)
    assert len(signals_csv([signal]).splitlines()) == 11


@pytest.mark.parametrize(
    "query",
    [
        {"s1__initializer": "xavier_normal"},
        {"s1__activation": "relu", "s1__initializer": "kaiming_normal", "s1__residual": "true", "depth": "30"},
        {"s1__initializer": "normal", "s1__scale": "0.01", "s1__normalization": "batch"},
        {"s1__initializer": "normal", "s1__scale": "1", "s1__normalization": "layer", "depth": "20"},
        {"s1__activation": "relu", "s1__initializer": "kaiming_normal", "widths": "128-64-32-16"},
    ],
)
def test_the_plane_and_the_verdict_tell_one_gradient(query: dict[str, str]) -> None:
    (signal,) = measured(n="1", **query)
    assert signal.trace is not None
    plane = plane_of(signal.setup.activation_entry, signal.setup.activation_settings)
    sentence, known = phase_sentence(plane, signal), facts(signal.trace)
    factor = signal.gradient_factor
    assert factor is not None
    assert factor == known.backward
    told = re.search(
        r"through these \d+ layers its gradient (shrinks|grows|keeps)[^;]* factor ([\d.]+) a layer", sentence
    )
    assert told is not None
    assert float(told[2]) == pytest.approx(max(factor, 1 / factor) if told[1] != "keeps" else factor, rel=6e-3)
    if "explodes" in verdict(signal.trace).split("The gradient")[-1]:
        assert told[1] == "grows"
    if signal.off_plane:
        assert not re.search("ordered|chaotic|edge of chaos|long run", sentence)


def test_theory_stands_in_until_the_gradient_is_measured() -> None:
    query = {"s1__activation": "relu", "s1__initializer": "kaiming_normal", "s1__residual": "true", "depth": "30"}
    (setup,) = setups_of(values(n="1", **query))
    expected = make_signal(1, setup, predict(setup), None, None)
    assert expected.gradient_factor is not None
    assert expected.gradient_factor > 1.1
    assert make_signal(1, setup, None, None, None).gradient_factor is None
