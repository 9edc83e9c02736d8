"""What the pictures of derivatives draw: errors that are those of the differences, secants through their points, a
graph whose boxes stand apart, a walk that ends at the derivatives."""

from __future__ import annotations

import itertools
import json
import struct
from typing import Any

import numpy as np
import pytest

from experiments.derivatives import (
    EXPRESSIONS,
    PRESETS,
    DerivativesCodec,
    adjoints,
    curve_of,
    drawn_start,
    evaluated,
    expression_of,
    fitted,
    layer_cost,
    own_expression,
    place_of,
    steps,
    tangents,
    tape_of,
    walk_length,
)
from figures.derivatives import (
    cost_figure,
    cubic_figure,
    cubic_sentence,
    cubic_table,
    estimate_sentences,
    estimate_table,
    graph_payload,
    graph_picture,
    layer_sentence,
    loss_figure,
    near_figure,
    secant_figure,
    trace_rows,
    valley_figure,
)
from figures.derivatives.layered import layered
from figures.derivatives.walk import marked
from figures.drawing import Polygon, Text
from numerals import readable
from tests.fuzz.formula_inputs import formula_input

CODEC = DerivativesCodec()
GRAPHS = [*EXPRESSIONS.values(), own_expression("exp(x*y)+(x*y)^2/(1+x^2)-sin(x)*cos(y)+log(1+x^2+y^2)*x")]


def place(key: str = "sin", x: float = 1.0, precision: str = "float64"):
    return place_of(curve_of(key, ""), x, precision)


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def header(query: dict[str, str]) -> dict[str, Any]:
    values, problems = CODEC.read(query)
    assert not problems
    payload = graph_payload(values)
    return json.loads(payload[8 : 8 + struct.unpack("<I", payload[:4])[0]])


def test_the_valley_is_the_error_of_each_method() -> None:
    drawn = traces(valley_figure([place()], 1e-3))
    h = steps()
    expected = np.abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1))
    np.testing.assert_allclose(drawn["forward"].y, expected, atol=2e-16)
    at = drawn["forward at this h"]
    assert (at.x[0], at.y[0]) == (1e-3, pytest.approx(np.sin(1) / 2 * 1e-3, rel=1e-3))
    assert len(set(drawn["autodiff"].y)) == 1


def test_both_precisions_are_drawn_side_by_side() -> None:
    drawn = traces(valley_figure([place(), place(precision="float32")], 1e-3))
    double, single = (np.min(drawn[f"central, {bits}"].y) for bits in ("float64", "float32"))
    assert single > 1e4 * double
    assert drawn["central, float32"].line.dash != drawn["central, float64"].line.dash


def test_rules_of_thumb_and_the_chosen_step_are_marked() -> None:
    figure: Any = valley_figure([place()], 1e-3)
    marked = sorted(shape.x0 for shape in figure.layout.shapes)
    epsilon = np.finfo(np.float64).eps
    np.testing.assert_allclose(marked, [epsilon**0.5, epsilon ** (1 / 3), 1e-3])
    laws = {note.text for note in figure.layout.annotations}
    assert {"√ε", "∛ε", "∝ h", "∝ h²", "∝ 1/h"} <= laws


def test_at_a_kink_the_estimates_themselves_are_drawn() -> None:
    figure: Any = valley_figure([place("abs", 0.0)], 1e-3)
    drawn = traces(figure)
    assert set(drawn["forward"].y) == {1}
    assert set(drawn["central"].y) == {0}
    assert set(drawn["slope on the left"].y) == {-1}
    assert figure.layout.yaxis.title.text == "estimate"


def test_secants_go_through_their_points() -> None:
    h = 0.5
    drawn = traces(secant_figure(place(), h))
    forward, central = drawn["forward secant"], drawn["central secant"]
    for line, points in ((forward, (1.0, 1.0 + h)), (central, (1.0 - h, 1.0 + h))):
        np.testing.assert_allclose(np.interp(points, line.x, line.y), np.sin(points), atol=1e-12)
    tangent = drawn["tangent"]
    assert np.diff(tangent.y)[0] / np.diff(tangent.x)[0] == pytest.approx(np.cos(1))


def test_near_by_rounding_makes_stairs() -> None:
    drawn = traces(near_figure(place(), 1e-16))
    assert len(set(drawn["f in float64"].y)) <= 5
    exact = drawn["f exactly"]
    assert np.ptp(np.diff(exact.y)) < 1e-12
    assert len(set(traces(near_figure(place(), 1e-3))["f in float64"].y)) > 300


@pytest.mark.parametrize("h", [1e-18, 1e-8, 1.0])
@pytest.mark.parametrize(
    ("key", "x"),
    [("sin", 1e9), ("log", -1.0), ("log", 0.0), ("sqrt", 0.0), ("exp", 800.0), ("cube", 1e12), ("bell", 0)],
)
def test_every_place_has_a_picture_and_a_sentence(key: str, x: float, h: float) -> None:
    for precision in ("float64", "float32"):
        here = place(key, x, precision)
        figures: list[Any] = [valley_figure([here], h), secant_figure(here, h), near_figure(here, h, dark=True)]
        assert all(len(figure.data) for figure in figures)
        assert all(sentence.endswith(".") for sentence in estimate_sentences(here, h))
        assert len(estimate_table([here], h, None)) >= 3


def test_sentences_tell_which_error_is_larger_and_where_there_is_none() -> None:
    assert "truncation is larger" in " ".join(estimate_sentences(place(), 0.1))
    assert "rounding is larger" in " ".join(estimate_sentences(place(), 1e-12))
    assert (
        "no derivative: slope \N{MINUS SIGN}1 on the left, 1 on the right"
        in estimate_sentences(place("abs", 0.0), 0.1)[0]
    )
    assert "no real number" in estimate_sentences(place("log", -1.0), 0.1)[0]
    assert "No complex step" in estimate_sentences(place("relu"), 0.1)[-1]


@pytest.mark.parametrize("expression", GRAPHS, ids=lambda each: each.name)
def test_boxes_stand_apart_and_arrows_go_on(expression: Any) -> None:
    operands = [operation.operands for operation in tape_of(expression).operations]
    layout = layered(operands)
    for (layer, height), (other, beside) in itertools.combinations(layout.places, 2):
        assert layer != other or abs(height - beside) > 0.99
    ways = iter(layout.bends)
    for node, given in enumerate(operands):
        for operand in given:
            levels = [layout.places[operand][0], *(bend[0] for bend in next(ways)), layout.places[node][0]]
            assert np.diff(levels).tolist() == [1] * (len(levels) - 1)
    assert min(height for _, height in layout.places) >= 0


@pytest.mark.parametrize("key", EXPRESSIONS)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_the_walk_ends_at_the_derivatives(key: str, mode: str) -> None:
    told = header({"view": "graph", "g": key, "mode": mode})
    expression = EXPRESSIONS[key]
    tape = tape_of(expression)
    numbers = evaluated(tape, expression.inputs)
    final = adjoints(tape, numbers) if mode == "reverse" else tangents(tape, numbers, next(iter(expression.inputs)))
    assert len(told["walk"]) == walk_length(tape, mode) + 1 == told["step"] + 1
    slopes: dict[str, str] = {}
    for step in told["walk"]:
        slopes |= step["slopes"]
    ahead = {str(i): readable(value) for i, value in enumerate(final) if value != 0}
    assert slopes | ahead == slopes
    assert [node["value"] for node in told["nodes"]] == [readable(value, 4) for value in numbers.values]
    assert len(told["edges"]) == sum(len(operation.operands) for operation in tape.operations)


def test_what_is_used_twice_adds_up() -> None:
    said = [step["said"] for step in header({"view": "graph", "g": "shared"})["walk"]]
    assert any("v̄2 += v̄3" in sentence and "now 2.68" in sentence for sentence in said)


def test_the_trace_has_a_row_a_node() -> None:
    values, _ = CODEC.read({"view": "graph", "g": "product"})
    rows = trace_rows(values)
    assert [row["node"] for row in rows] == ["x", "y", "v1", "v2", "v3"]
    assert rows[1]["adjoint df / d node"] == "2"
    assert header({"view": "graph", "g": "own"})["nodes"][-1]["output"] == "f"


def test_costs_are_those_that_are_counted() -> None:
    drawn = traces(cost_figure(100, 1))
    cost = layer_cost(100, 1)
    assert drawn["forward mode, n = 100"].y[0] == cost.forward / cost.values
    assert drawn["reverse mode"].y[-1] < 2 < 500 < drawn["forward mode"].y[-1]
    assert layer_sentence(100, 1).endswith("Reverse mode wins.")
    assert layer_sentence(1, 100).endswith("Forward mode wins.")


def test_the_cubic_and_its_loss() -> None:
    fit = fitted(drawn_start(0), 1e-6, 2000, 2000)
    cubic, loss = traces(cubic_figure(fit)), traces(loss_figure(fit))
    assert np.abs(cubic["cubic"].y - cubic["sin x"].y).max() < 0.3
    assert loss["loss"].y[-1] < 10 < 1e4 < loss["loss"].y[0]
    assert cubic_table(fit, 2000)[1]["b"] == f"{fit.coefficients[1]:.12f}"
    assert "down from" in cubic_sentence(fit, 1e-6, 2000)


def test_a_diverged_fit_is_said_and_drawn_as_far_as_it_goes() -> None:
    fit = fitted(drawn_start(0), 1e-4, 2000, 2000)
    assert "cubic" not in traces(cubic_figure(fit))
    assert np.isfinite(traces(loss_figure(fit))["loss"].y).all()
    assert "above 2 / L" in cubic_sentence(fit, 1e-4, 2000)
    assert cubic_table(fit, 2000)[1]["a"] == "undefined"


@pytest.mark.parametrize("key", [key for key, preset in PRESETS.items() if preset.query.get("view") == "graph"])
def test_presets_of_the_graph_can_be_drawn(key: str) -> None:
    values, _ = CODEC.read(PRESETS[key].query)
    assert expression_of(values).key in EXPRESSIONS
    assert header(dict(PRESETS[key].query))["step"] == values["step"]


@pytest.mark.parametrize("number", range(40))
def test_whatever_formula_is_taken_can_be_drawn(number: int) -> None:
    text = formula_input(7, number)
    query = {"f": "own", "formula": text.replace("y", "x"), "g": "own", "expression": text}
    values, _ = CODEC.read({name: each for name, each in query.items() if len(each) <= 200})
    here = place_of(curve_of(values["f"], values["formula"]), values["x0"], "float64")
    for figure in (valley_figure([here], 0.1), secant_figure(here, 0.1), near_figure(here, 0.1)):
        assert figure.data
    assert estimate_sentences(here, 0.1)
    assert len(estimate_table([here], 0.1, None)) >= 3
    assert graph_payload(values)
    assert trace_rows(values)


@pytest.mark.parametrize(("key", "mode"), [("neuron", "reverse"), ("spiral", "forward")])
def test_the_still_of_a_graph_has_every_node_with_its_derivative(key: str, mode: str):
    """At the first step of the walk all of it has been made; at another one only so much."""
    values = DerivativesCodec().read({"view": "graph", "g": key, "mode": mode})[0]
    tape = tape_of(expression_of(values))
    picture = graph_picture(values, width=600, height=440)
    texts = [item.text for item in picture.outside if isinstance(item, Text)]
    for operation in tape.operations:
        assert any(text.startswith(f"{marked(operation.name, mode)} = ") for text in texts), operation.name
    assert picture.width / picture.height == pytest.approx(600 / 440, rel=0.01)
    boxes = [item for item in picture.outside if isinstance(item, Polygon) and len(item.points) == 4]
    assert len(boxes) == len(tape.operations)
    for box in boxes:
        assert (box.points >= 0).all()
        assert (box.points <= (picture.width, picture.height)).all()
    for one, other in itertools.combinations(boxes, 2):
        apart = np.maximum(one.points.min(0) - other.points.max(0), other.points.min(0) - one.points.max(0))
        assert apart.max() > 0
    early = graph_picture(values | {"step": 1}, width=600, height=440)
    assert sum(item.text == "\N{MIDDLE DOT}" for item in early.outside if isinstance(item, Text)) > 0
