"""Pictures of activations: the data in their traces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.activations.curve import Curve
from experiments.activations.settings import CHAIN, PRESETS, curves_of, declared, with_one_more, without
from figures.activations.chain import chain_figure, chain_sentences, products_of, spread
from figures.activations.curves import curves_figure, grid, sampled, zones
from figures.activations.gates import gate_slopes, gate_surface
from figures.activations.softmax import softmax_bars, softmax_by_temperature, softmax_slopes
from figures.activations.table import property_table
from networks import ACTIVATIONS, GATED, measure_cost
from settings.linked import read_settings, settle, write_settings


def traces(figure: Any) -> Any:
    return figure.data


def layout(figure: Any) -> Any:
    return figure.layout


def curve(key: str, slot: int = 1, **hyper: float) -> Curve:
    activation = ACTIVATIONS[key]
    return Curve(activation=activation, hyper=activation.choose(**hyper), slot=slot)


def values(**query: str) -> dict:
    found, problems = read_settings(declared, query)
    assert not problems
    return found


def test_the_zones_of_tanh_begin_where_its_slope_falls_below_the_threshold() -> None:
    tanh = curve("tanh")
    low, high = zones(tanh, grid([tanh], 5.0), 0.05)
    assert not low.dead
    assert not high.dead
    assert high.low == pytest.approx(np.arctanh(np.sqrt(0.95)), abs=0.02)
    assert low.high == pytest.approx(-high.low)


def test_the_dead_zone_of_relu_reaches_to_zero_and_the_step_is_dead_everywhere() -> None:
    relu, step = curve("relu"), curve("step")
    (zone,) = zones(relu, grid([relu], 5.0), 0.05)
    assert zone.dead
    assert (zone.low, zone.high) == (-5.0, pytest.approx(0.0, abs=1e-8))
    (everywhere,) = zones(step, grid([step], 5.0), 0.05)
    assert everywhere.dead
    assert (everywhere.low, everywhere.high) == (-5.0, 5.0)


def test_lines_break_at_a_jump_of_the_slope_and_nowhere_else() -> None:
    relu = curve("relu")
    lines = sampled(relu, grid([relu], 5.0))
    assert np.flatnonzero(np.isnan(lines.slope)).tolist() == np.flatnonzero(lines.x == 0).tolist()
    assert not np.isnan(lines.value).any()


def test_the_figure_holds_value_slope_and_curvature_of_every_curve_in_one_grid() -> None:
    curves = curves_of(values())
    figure = curves_figure(curves, reach=5.0, threshold=0.05, shaded=1)
    lines = [trace for trace in traces(figure) if trace.type == "scatter"]
    assert [trace.name for trace in lines[::3]] == ["Sigmoid", "Tanh", "ReLU", "GELU"]
    x = np.asarray(lines[1].x, dtype=np.float64)
    sigmoid = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(lines[1].y, sigmoid * (1 - sigmoid), atol=1e-6)
    assert len({trace.line.dash for trace in lines[::3]}) == 4
    assert len(layout(figure).shapes) == 2


def test_ten_sigmoid_layers_stay_below_a_quarter_to_the_power_ten() -> None:
    chosen = values(n="1")
    products = [products_of(each, {name: chosen[name] for name in CHAIN}) for each in curves_of(chosen)]
    assert 0 < spread(products[0])[-1] < 0.25**10
    ((_, sentence),) = chain_sentences(curves_of(chosen), products, weight=1.0)
    assert "at most 0.25 to the power 10" in sentence


def test_the_steepest_slope_of_swish_lies_beyond_one() -> None:
    swish = ACTIVATIONS["swish"]
    for beta in (0.1, 1.0, 10.0):  # 1.0998 at beta x = 2.3994, Ramachandran et al. (2017)
        assert swish.steepest_slope(swish.choose(beta=beta)) == pytest.approx(1.09984, abs=1e-5)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_no_input_keeps_more_than_the_steepest_slope_allows(key: str) -> None:
    activation = ACTIVATIONS[key]
    wide = {"depth": 6, "weight": 1.0, "spread": 3.0, "inputs": "normal", "fresh": True, "seed": 0}
    bound = activation.steepest_slope(activation.choose()) ** np.arange(1, 7)
    assert (np.abs(products_of(curve(key), wide)).max(1) <= bound * (1 + 1e-5)).all()


def test_where_some_inputs_get_no_gradient_the_others_are_said_to_get_some_and_curves_stand_apart() -> None:
    chosen = values(**PRESETS["dead"].query)
    curves = curves_of(chosen)
    products = [products_of(each, {name: chosen[name] for name in CHAIN}) for each in curves]
    dead, leaky, elu = (sentence for _, sentence in chain_sentences(curves, products, weight=1.0))
    assert "% of the inputs get none" in dead
    assert leaky.endswith("every input gets some.")
    assert elu.endswith("every input gets some.")
    ends = [float(spread(product)[-1]) for product in products]
    assert min(ends[1], ends[2]) > 1.4 * ends[0]


def test_the_linear_case_is_the_weight_to_the_power_of_the_layer() -> None:
    chosen = values(n="1", f1="identity", weight="1.5", depth="20")
    products = [products_of(each, {name: chosen[name] for name in CHAIN}) for each in curves_of(chosen)]
    np.testing.assert_allclose(spread(products[0]), 1.5 ** np.arange(1, 21))
    figure = chain_figure(curves_of(chosen), products, weight=1.5)
    np.testing.assert_allclose(traces(figure)[0].y, 1.5 ** np.arange(1, 21))


def test_a_function_can_stand_twice_and_is_then_told_apart_by_its_parameters() -> None:
    chosen = values(n="2", f1="swish", f2="swish", **{"f2.beta": "5"})
    assert [each.label for each in curves_of(chosen)] == ["Swish, beta 1", "Swish, beta 5"]


def test_functions_are_added_and_taken_away_with_their_parameters() -> None:
    chosen = values(n="3", f1="relu", f2="swish", f3="elu", **{"f3.alpha": "2"})
    assert with_one_more(chosen)["n"] == 4
    assert with_one_more(chosen)["f4"] not in ("relu", "swish", "elu")
    changed = without(chosen, 2)
    after, _ = settle(declared, lambda key, parameter: (chosen | changed).get(key, parameter.default))
    assert [each.label for each in curves_of(after)] == ["ReLU", "ELU"]
    assert after["f2.alpha"] == 2.0


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_the_link_that_it_writes(key: str) -> None:
    found, problems = read_settings(declared, PRESETS[key].query)
    assert not problems
    assert write_settings(declared, found) == PRESETS[key].query
    assert len(PRESETS[key].look_for.split()) <= 20


def test_the_table_knows_what_the_catalogue_declares_and_what_was_measured() -> None:
    curves = [curve("sigmoid"), curve("relu", 2)]
    table = property_table(curves, {"sigmoid": measure_cost(ACTIVATIONS["sigmoid"], {}, size=1000, repeats=3)})
    assert table["range"].tolist() == ["(0, 1)", "[0, ∞)"]
    assert table["steepest slope"].tolist() == ["0.25", "1"]
    assert table["kinks at x ="].tolist() == ["none", "0"]
    assert str(table["cost of value"].tolist()[0]).endswith("\N{MULTIPLICATION SIGN} ReLU")
    assert table["cost of value"].tolist()[1] == "…"


@pytest.mark.parametrize("key", GATED)
def test_surfaces_of_two_inputs_hold_the_gates_own_values(key: str) -> None:
    surface = traces(gate_surface(GATED[key]))[0]
    a, b = np.meshgrid(surface.x, surface.y)
    np.testing.assert_allclose(surface.z, GATED[key].value(a, b), rtol=1e-5, atol=1e-6)
    in_value, in_gate = traces(gate_slopes(GATED[key]))
    np.testing.assert_allclose(in_gate.z, GATED[key].gradient(a, b)[..., 1], rtol=1e-5, atol=1e-6)
    assert (in_value.zmin, in_value.zmax) == (in_gate.zmin, in_gate.zmax)


def test_softmax_is_drawn_at_its_temperature_and_over_all() -> None:
    logits = [2.0, 1.0, 0.5, -1.0]
    shown, plain = traces(softmax_bars(logits, 0.3))
    expected = np.exp(np.array(logits) / 0.3)
    np.testing.assert_allclose(shown.y, expected / expected.sum())
    assert plain.y[0] < shown.y[0]
    curves = traces(softmax_by_temperature(logits, 0.3))
    np.testing.assert_allclose([each.y[-1] for each in curves], 0.25, atol=0.01)
    np.testing.assert_allclose(np.sum(traces(softmax_slopes(logits, 0.3))[0].z, axis=0), 0.0, atol=1e-12)
