"""Values, tangents and adjoints equal PyTorch's autograd in float64; operations are counted as they are carried out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from experiments.derivatives import (
    EXPRESSIONS,
    MOST_NODES,
    Expression,
    adjoints,
    cost_of,
    evaluated,
    layer_cost,
    layer_tape,
    own_expression,
    tangents,
    tape_of,
)
from landscapes import FormulaError

Tensor = torch.Tensor
Written = Callable[..., Sequence[Tensor]]


def softplus(u: Tensor) -> Tensor:
    return torch.log(1 + torch.exp(u))


READY: dict[str, Written] = {
    "neuron": lambda w, x, b, t: [(torch.sigmoid(w * x + b) - t) ** 2],
    "product": lambda x, y: [x * y + torch.sin(x)],
    "log_sum_exp": lambda a, b, c: [torch.logsumexp(torch.stack([a, b, c]), 0)],
    "softplus": lambda x: [softplus(softplus(softplus(x)))],
    "rosenbrock": lambda x, y: [(1 - x) ** 2 + 100 * (y - x**2) ** 2],
    "shared": lambda x, y: [(torch.exp(x * y) + x) * (torch.exp(x * y) - y)],
    "spiral": lambda t: [t * torch.cos(t), t * torch.sin(t), torch.exp(-t)],
}
OWN: dict[str, Written] = {
    "exp(x*y) + (x*y)^2 / (1 + x^2)": lambda x, y: [torch.exp(x * y) + (x * y) ** 2 / (1 + x**2)],
    "sqrt(x^2 + y^2) * max(x, y)": lambda x, y: [torch.sqrt(x**2 + y**2) * torch.maximum(x, y)],
    "x^y - abs(x - 2) / tanh(y)": lambda x, y: [x**y - torch.abs(x - 2) / torch.tanh(y)],
    "max(x, 0.8) + abs(y - 0.5)": lambda x, y: [torch.maximum(x, torch.full_like(x, 0.8)) + torch.abs(y - 0.5)],
    "x*x + log2(x) - asin(x) * atan(x)": lambda x: [x * x + torch.log2(x) - torch.asin(x) * torch.atan(x)],
}
CASES = [(EXPRESSIONS[key], function) for key, function in READY.items()] + [
    (own_expression(text), function) for text, function in OWN.items()
]
IDS = [expression.name for expression, _ in CASES]


def test_every_expression_is_compared():
    assert set(READY) == set(EXPRESSIONS)


@pytest.mark.parametrize(("expression", "function"), CASES, ids=IDS)
def test_values_adjoints_and_tangents_are_those_of_autograd(expression: Expression, function: Written):
    inputs = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in expression.inputs.values()]
    outputs = function(*inputs)
    tape = tape_of(expression)
    numbers = evaluated(tape, expression.inputs)
    assert len(outputs) == len(tape.outputs)
    for k, output in enumerate(outputs):
        assert numbers.values[tape.outputs[k]] == pytest.approx(output.item(), rel=1e-14)
        expected = [float(each) for each in torch.autograd.grad(output, inputs, retain_graph=True)]
        backward = adjoints(tape, numbers, k)
        np.testing.assert_allclose(backward[: len(inputs)], expected, rtol=1e-13, atol=1e-15)
        for i, name in enumerate(tape.inputs):
            forward = tangents(tape, numbers, name)
            assert forward[tape.outputs[k]] == pytest.approx(expected[i], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(("expression", "function"), CASES[:7], ids=IDS[:7])
def test_every_node_has_the_local_derivative_of_its_operation(expression: Expression, function: Written):
    """The adjoint of each node is how the output answers when that node alone is moved, by the values after it."""
    tape = tape_of(expression)
    numbers = evaluated(tape, expression.inputs)
    for i, operation in enumerate(tape.operations):
        total = sum(
            numbers.local[user][theirs.operands.index(i)] * adjoints(tape, numbers)[user]
            for user, theirs in enumerate(tape.operations)
            if i in theirs.operands
        )
        own = float(i == tape.outputs[0])
        assert adjoints(tape, numbers)[i] == pytest.approx(own + total, abs=1e-14), operation.name


def test_a_common_part_is_one_node():
    names = [operation.text for operation in tape_of(own_expression("exp(x*y) + exp(x*y)^2")).operations]
    assert sum(text.startswith("exp") for text in names) == 1


def test_a_jacobian_is_counted_by_carrying_it_out():
    """By hand for x y + sin x: v1 = x y, v2 = sin x, v3 = v1 + v2."""
    cost = cost_of(tape_of(EXPRESSIONS["product"]))
    assert (cost.values, cost.local) == (3, 1)  # cos x
    assert cost.forward_sweep == 3 + 2  # y x' + x y', cos(x) x', v1' + v2'
    assert cost.reverse_sweep == 3 + 1  # products along three edges; x adds what comes along two
    assert cost.forward == 3 + 1 + 2 * 5
    assert cost.reverse == 3 + 1 + 4


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (1, 4), (5, 1), (4, 3), (12, 7)])
def test_the_cost_of_a_layer_is_what_is_counted_on_its_graph(inputs: int, outputs: int):
    assert cost_of(layer_tape(inputs, outputs)) == layer_cost(inputs, outputs)


def test_reverse_mode_costs_a_loss_a_few_evaluations_whatever_its_inputs():
    """The cheap gradient principle (Griewank and Walther 2008): below five evaluations; forward mode grows with n."""
    for n in (1, 10, 1000):
        cost = layer_cost(n, 1)
        assert cost.reverse <= 5 * cost.values
        assert cost.forward >= n * cost.values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", "neither x nor y"),
        ("x", "0 operations"),
        ("+".join(f"sin({i}*x)" for i in range(2, 20)), f"1 to {MOST_NODES}"),
        ("x +", "ends too early"),
    ],
)
def test_a_formula_that_cannot_be_drawn_is_refused(text: str, said: str):
    with pytest.raises(FormulaError, match=said):
        own_expression(text)


def test_where_a_number_is_not_real_it_is_told_as_such():
    tape = tape_of(own_expression("log(x - 2) * y"))
    numbers = evaluated(tape, {"x": 1.0, "y": 1.0})
    assert math.isnan(numbers.values[-1])
