"""One neuron of every kind: its rows, its surface and the chain of its numbers, beside PyTorch's autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from landscapes import LANDSCAPES, Landscape
from landscapes.neurons import (
    CHAIN,
    CLASSES,
    DATA,
    KINDS,
    answer_code,
    chain_codes,
    class_names,
    facts_of,
    feature_table,
    rows_for,
    stored_rows,
    target_name,
)
from landscapes.rows import Rows
from programs import run_code

NEURON = LANDSCAPES["neuron"]
UNITS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sign": torch.sign,
}


def rows_in(landscape: Landscape) -> Rows:
    assert landscape.rows is not None
    return landscape.rows


def torch_loss(kind: str, z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """The loss of rows, by PyTorch's own functions where it has them."""
    match KINDS[kind].loss:
        case "cross_entropy":
            return torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none")
        case "perceptron":
            return torch.relu(-t * z)
    return torch.nn.functional.mse_loss(UNITS[KINDS[kind].unit](z), t, reduction="none")


def numbers(kind: str, z: float, t: float) -> dict[str, float]:
    inputs = {"x": np.array([z]), "y": np.zeros(1), "@t": np.array([t])}
    codes = chain_codes(KINDS[kind])
    return {name: float(np.broadcast_to(run_code(codes[name], inputs)[0], 1)[0]) for name in CHAIN}


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_of_a_row_are_those_of_autograd(kind: str) -> None:
    for z in (-3.7, -0.4, 0.25, 2.9):
        for t in KINDS[kind].targets or (0.0, 1.0, -1.7):
            logit = torch.tensor(z, dtype=torch.float64, requires_grad=True)
            target = torch.tensor(t, dtype=torch.float64)
            answer = UNITS[KINDS[kind].unit](logit)
            loss = torch_loss(kind, logit, target)
            by_z = torch.autograd.grad(loss, logit, retain_graph=True)[0]
            free = answer.detach().clone().requires_grad_()
            of_answer = (
                torch.nn.functional.binary_cross_entropy(free, target)
                if KINDS[kind].loss == "cross_entropy"
                else (free - target) ** 2
            )
            mine = numbers(kind, z, t)
            by_answer = torch.autograd.grad(of_answer, free)[0]
            answer_by_z = torch.autograd.grad(answer, logit)[0]
            theirs = {
                "answer": answer,
                "loss": loss,
                "loss_by_answer": by_answer,
                "answer_by_z": answer_by_z,
                "loss_by_z": by_z,
            }
            assert mine == pytest.approx({name: each.item() for name, each in theirs.items()}, rel=1e-12, abs=1e-15)
            if kind != "perceptron":
                assert mine["loss_by_answer"] * mine["answer_by_z"] == pytest.approx(mine["loss_by_z"], rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_over_the_answer_is_the_loss(kind: str) -> None:
    code = answer_code(KINDS[kind])
    for z in (-2.1, 0.3, 1.4):
        for t in KINDS[kind].targets or (0.0, 1.0, -1.7):
            mine = numbers(kind, z, t)
            over = run_code(code, {"x": np.array([mine["answer"]]), "y": np.zeros(1), "@t": np.array([t])})[0]
            expected = (mine["answer"] - t) ** 2 if kind == "perceptron" else mine["loss"]
            assert float(over[0]) == pytest.approx(expected, rel=1e-12)


def test_a_saturated_logit_keeps_its_slope() -> None:
    wrong = numbers("logistic", 60.0, 0.0)
    assert wrong["loss"] == pytest.approx(60.0)
    assert wrong["loss_by_z"] == 1.0
    assert numbers("logistic", 800.0, 1.0)["loss_by_z"] == 0.0
    assert wrong["loss_by_answer"] * wrong["answer_by_z"] == pytest.approx(1.0)


def test_a_step_has_no_slope_and_the_perceptron_rule_moves_wrong_rows_only() -> None:
    for z in (-2.0, 0.5):
        assert numbers("sign", z, 1.0)["loss_by_z"] == 0
        assert numbers("perceptron", z, 1.0)["answer_by_z"] == 0
    assert [numbers("perceptron", z, t)["loss_by_z"] for z, t in ((-2, 1), (2, 1), (2, -1), (-2, -1))] == [-1, 0, 1, 0]


SETTINGS = [
    {"kind": kind, **more}
    for kind in KINDS
    for more in (
        {},
        {"second": 0, "offset": 0.7},
        {"first": 3, "second": 4, "scaled": False, "offset": -1.5},
        {"data": "diabetes"},
    )
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_surface_is_the_mean_of_pytorch_and_its_slopes_are_autograds(settings: dict) -> None:
    landscape = NEURON.with_parameters(**settings)
    rows = rows_in(landscape)
    offset = settings.get("offset", 0.0)
    random = np.random.default_rng(4)
    low, high = np.array(landscape.domain).T
    for point in random.uniform(low, high, (3, 2)):
        weights = torch.tensor(point, requires_grad=True)
        a, t = (torch.tensor(rows.by_name[name]) for name in ("a", "t"))
        other = torch.tensor(rows.by_name["b"]) if "b" in rows.by_name else torch.ones_like(a)
        loss = torch_loss(settings["kind"], weights[0] * a + weights[1] * other + offset, t).mean()
        assert float(landscape.value(point)) == pytest.approx(loss.item(), rel=1e-12)
        slopes = torch.autograd.grad(loss, weights)[0] if settings["kind"] != "sign" else torch.zeros(2)
        np.testing.assert_allclose(landscape.gradient(point), slopes.numpy(), rtol=1e-10, atol=1e-13)


def test_rows_have_the_features_that_were_picked_and_targets_that_suit_the_unit() -> None:
    iris = stored_rows()["iris"][50:]
    landscape = NEURON.with_parameters(first=3, second=2, scaled=False)
    assert rows_in(landscape).meanings == ("sepal length", "petal width", "target")
    np.testing.assert_array_equal(rows_in(landscape).table[:, :2], iris[:, [0, 3]])
    assert set(rows_in(NEURON.with_parameters(kind="tanh")).by_name["t"]) == {-1.0, 1.0}
    assert set(rows_in(NEURON.with_parameters(kind="relu")).by_name["t"]) == {0.0, 1.0}
    scaled = rows_in(NEURON).table[:, :2]
    np.testing.assert_allclose([scaled.mean(0), scaled.std(0)], [[0, 0], [1, 1]], atol=1e-12)
    assert rows_in(NEURON.with_parameters(second=0)).columns == ("a", "t")
    assert rows_in(NEURON.with_parameters(data="blobs", first=4)).meanings[0] == "second", "the last that there is"


def test_a_number_is_asked_of_a_class_unit_as_above_its_median_or_not() -> None:
    number = rows_in(NEURON.with_parameters(data="diabetes", kind="linear")).by_name["t"]
    asked = rows_in(NEURON.with_parameters(data="diabetes", kind="logistic")).by_name["t"]
    np.testing.assert_array_equal(asked, number > np.median(number))
    assert len(set(number)) > 100


def test_where_the_loss_has_no_lowest_point_none_is_said() -> None:
    assert NEURON.with_parameters(data="setosa_virginica").minima == ()
    assert NEURON.with_parameters(second=1).minima == (), "two weights do the work of one: a line of lowest points"
    assert NEURON.with_parameters(kind="relu").minimum is None
    rule = NEURON.with_parameters(kind="perceptron")
    assert (rule.minima, rule.minimum, float(rule.value(np.zeros(2)))) == ((), 0.0, 0.0)
    assert rule.with_parameters(offset=1.0).minimum is None
    for kind in ("logistic", "linear", "sigmoid_squared", "tanh"):
        landscape = NEURON.with_parameters(kind=kind)
        (lowest,) = landscape.minima
        np.testing.assert_allclose(landscape.gradient(np.array(lowest)), 0, atol=1e-9)
    squares = NEURON.with_parameters(kind="linear", scaled=False)
    a, b, t = rows_in(squares).table.T
    best = np.linalg.lstsq(np.column_stack([a, b]), t, rcond=None)[0]
    np.testing.assert_allclose(squares.minima, [best], rtol=1e-9)


def test_scaled_and_unscaled_features_have_the_same_lowest_loss() -> None:
    one = NEURON.with_parameters(second=0)
    assert one.minimum == pytest.approx(one.with_parameters(scaled=False).minimum, rel=1e-9)


def test_every_choice_has_names_and_a_start_inside() -> None:
    for data in DATA:
        inputs, target, names = feature_table(data)
        assert inputs.shape == (len(target), len(names))
        assert all(class_names(data))
        assert (target_name(data) != "target") == (data not in CLASSES)
        for kind in KINDS:
            landscape = NEURON.with_parameters(data=data, kind=kind)
            for at, (low, high) in zip(landscape.start, landscape.domain, strict=True):
                assert low < at < high


def test_a_table_of_a_caller_becomes_a_surface() -> None:
    inputs = np.array([[0.0, 3.0], [1.0, 1.0], [2.0, 2.0], [3.0, 0.0]])
    rows = rows_for(inputs, np.array([0.0, 0, 1, 1]), ("u", "v"), KINDS["logistic"], 2, 0, False, classes=True)
    assert rows.table.tolist() == [[3, 0], [1, 0], [2, 1], [0, 1]]
    facts = facts_of(rows, KINDS["logistic"], 0.0)
    assert facts.rows is rows
    assert facts.domain[0][1] > 0
