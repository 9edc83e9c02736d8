"""Products of derivatives, cost, softmax, and what importing the package loads."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from networks import ACTIVATIONS, derivative_product, measure_cost, softmax, softmax_jacobian
from networks.activations.softmax_function import pytorch_line

SIGMOID, TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]


def test_importing_the_package_loads_neither_torch_nor_pandas_nor_scipy():
    """An activations page needs none of them; they cost seconds at the start."""
    code = (
        "import sys, networks; networks.ACTIVATIONS['tanh'].value(1.0, {}); networks.ACTIVATIONS['relu'].gain({});"
        "networks.Setup(); print(sorted({'torch', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    import networks

    with pytest.raises(AttributeError, match="no attribute 'propagte'"):
        networks.propagte  # noqa: B018


def test_the_linear_case_is_a_power_of_the_weight():
    product = derivative_product(ACTIVATIONS["identity"], {}, depth=12, weight=0.5, samples=3)
    np.testing.assert_allclose(product, np.repeat(0.5 ** np.arange(1, 13)[:, None], 3, 1), rtol=1e-14)


def test_the_product_is_the_derivative_of_the_chain():
    product = derivative_product(TANH, {}, depth=6, weight=1.7, samples=50, seed=3)
    x = torch.from_numpy(np.random.default_rng(3).standard_normal(50)).requires_grad_()
    h = x
    for layer in range(6):
        h = torch.tanh(1.7 * h)
        (slope,) = torch.autograd.grad(h.sum(), x, retain_graph=True)
        np.testing.assert_allclose(product[layer], slope.numpy(), rtol=1e-12, atol=1e-15)


def test_a_sigmoid_loses_at_least_three_quarters_a_layer():
    for fresh in (False, True):
        product = derivative_product(SIGMOID, {}, depth=30, samples=500, fresh=fresh)
        assert (product <= 0.25 ** np.arange(1, 31)[:, None] * (1 + 1e-12)).all()
    zero = derivative_product(SIGMOID, {}, depth=3, spread=0.0, samples=2, fresh=True)
    np.testing.assert_allclose(zero, np.repeat(0.25 ** np.arange(1, 4)[:, None], 2, 1))


def test_growth_without_bound_is_shown_not_raised():
    assert np.isinf(derivative_product(ACTIVATIONS["identity"], {}, depth=400, weight=10.0, samples=1)[-1, 0])


@pytest.mark.parametrize("given", [{"depth": 0}, {"depth": 3, "samples": 0}, {"depth": 3, "weight": np.nan}])
def test_a_chain_of_nothing_is_refused(given: dict):
    with pytest.raises(ValueError, match=r"was given|were given"):
        derivative_product(TANH, {}, **given)


def test_cost_is_relative_to_relu_in_the_same_run():
    cost = measure_cost(ACTIVATIONS["mish"], {}, size=20_000, repeats=5)
    assert cost.value > 0
    assert cost.derivative > 0
    assert cost.value_ratio > 1.5  # an exponential, a logarithm and a tanh against one comparison


@pytest.mark.parametrize("temperature", [0.05, 1.0, 8.0])
def test_softmax_and_its_jacobian_equal_pytorch(temperature: float):
    logits = np.random.default_rng(0).normal(0, 3, (4, 5))
    z = torch.from_numpy(logits)
    expected = eval(pytorch_line(temperature), {"torch": torch, "z": z})
    np.testing.assert_allclose(softmax(logits, temperature), expected.numpy(), rtol=1e-12, atol=1e-300)
    for row in range(4):
        jacobian = torch.autograd.functional.jacobian(lambda v: torch.softmax(v / temperature, -1), z[row])
        np.testing.assert_allclose(softmax_jacobian(logits, temperature)[row], jacobian, rtol=1e-10, atol=1e-14)


def test_softmax_bears_huge_logits_and_extreme_temperatures():
    np.testing.assert_array_equal(softmax([1e4, 0.0, -1e4]), [1, 0, 0])
    np.testing.assert_allclose(softmax([3.0, 1.0, 2.0], 1e9), 1 / 3, rtol=1e-8)
    np.testing.assert_allclose(softmax([3.0, 1.0, 2.0], 1e-3), [1, 0, 0], atol=1e-300)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_not_positive_is_refused(temperature: float):
    with pytest.raises(ValueError, match="allowed is a number in"):
        softmax([1.0, 2.0], temperature)
