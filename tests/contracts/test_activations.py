"""Every activation of the catalogues: NumPy equals PyTorch and its autograd, and the declared facts are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from networks import ACTIVATIONS, GATED, Activation, Gated
from settings.hyperparameter import Interval

ALL = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda entry: entry.key)
PAIRS = pytest.mark.parametrize("gated", GATED.values(), ids=lambda entry: entry.key)


def settings(activation: Activation) -> Iterator[dict[str, Any]]:
    """The defaults, then six draws over the whole slider of every hyperparameter.

    Rounded to float32, since PyTorch's derivative of CELU (torch 2.13) takes alpha in single precision.
    """
    yield activation.choose()
    generator = np.random.default_rng(7)
    for _ in range(6 if activation.hyperparameters else 0):
        drawn = {
            one.name: float(np.float32(one.low + generator.random() * (one.high - one.low)))
            for one in activation.hyperparameters
        }
        yield activation.choose(**drawn)


def inputs(activation: Activation, hyper: dict[str, Any]) -> np.ndarray:
    """From 1e-12 to 1e4 in size, dense around zero, and the kinks themselves."""
    far = np.logspace(-12, 4, 400)
    kinks = np.array(activation.kinks(hyper))
    return np.concatenate([np.linspace(-30, 30, 6001), far, -far, [0.0], kinks])


def autograd(activation: Activation, hyper: dict[str, Any], x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, first and second derivative by PyTorch in float64."""
    tensor = torch.from_numpy(x).requires_grad_()
    value = activation.tensor(tensor, hyper)
    (first,) = torch.autograd.grad(value.sum(), tensor, create_graph=True, materialize_grads=True)
    second = torch.zeros_like(first)
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), tensor, materialize_grads=True)
    return value.detach().numpy(), first.detach().numpy(), second.numpy()


@ALL
def test_value_and_derivatives_equal_autograd(activation: Activation):
    for hyper in settings(activation):
        x = inputs(activation, hyper)
        value, first, second = autograd(activation, hyper, x)
        # PyTorch's second derivative of Mish is NaN where exp(x) overflows.
        lost = np.isnan(second) & (np.abs(x) > 700)
        second = np.where(lost, 0.0, second)
        # Second derivatives of sine with omega = 30 reach 900, hence tolerances relative to the largest.
        for ours, theirs in (
            (activation.value(x, hyper), value),
            (activation.derivative(x, hyper), first),
            (activation.second_derivative(x, hyper), second),
        ):
            assert ours.dtype == np.float64
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14 * max(1.0, np.abs(second).max()))


@ALL
def test_the_pytorch_line_is_the_same_function(activation: Activation):
    x = torch.linspace(-7, 7, 301, dtype=torch.float64)
    for hyper in settings(activation):
        hyper = {name: float(f"{value:.6g}") for name, value in hyper.items()}  # the digits that the line shows
        shown = eval(activation.pytorch_line(hyper), {"torch": torch, "x": x})
        torch.testing.assert_close(shown, activation.tensor(x, hyper), rtol=1e-13, atol=1e-13)


@ALL
def test_values_stay_in_the_declared_range_and_come_near_its_ends(activation: Activation):
    for hyper in settings(activation):
        text = activation.range(hyper)
        ends = re.findall(r"-?inf|-?[\d.]+", text)
        low, high = (float(end) for end in ends)
        x = np.concatenate([np.linspace(-40, 40, 80_001), [-1e6, 1e6]])
        values = activation.value(x, hyper)
        for text_end, reached, outwards in zip(ends, (values.min(), values.max()), (-1, 1), strict=True):
            decimals = text_end.partition(".")[2]
            printed = 10.0 ** -len(decimals) if decimals else 0.0  # 0.17 stands for the rounded end
            if "inf" in text_end:
                assert outwards * reached > 100
            else:
                assert -max(printed, 1e-5) <= outwards * (reached - float(text_end)) <= printed
        assert low < high
        assert Interval.parse(text)


@ALL
def test_nothing_overflows_or_warns_far_out(activation: Activation):
    hyper = activation.choose()
    x = np.array([-1e150, -1e10, -750.0, -40.0, 40.0, 750.0, 1e10, 1e150])
    for function in (activation.value, activation.derivative, activation.second_derivative):
        assert np.isfinite(function(x, hyper)).all()


@ALL
def test_any_shape_goes_in_and_comes_out_and_the_input_is_left_alone(activation: Activation):
    hyper = activation.choose()
    for function in (activation.value, activation.derivative, activation.second_derivative):
        for shape in ((), (3,), (2, 3, 4)):
            x = np.full(shape, 0.5)
            result = np.asarray(function(x, hyper))
            assert result.shape == shape
            result = result + 1
            assert (x == 0.5).all()


@ALL
def test_declared_saturation_is_that_of_the_slope(activation: Activation):
    far = np.array([1e6, 1.1e6, 1.7e6])
    for hyper in settings(activation):
        steepest = activation.slope_limit(hyper)
        left, right = (
            bool((np.abs(activation.derivative(sign * far, hyper)) <= 1e-9 * steepest).all()) for sign in (-1, 1)
        )
        assert (activation.saturates in ("left", "both"), activation.saturates in ("right", "both")) == (left, right)


@ALL
def test_the_slope_is_small_beyond_the_tails_and_not_just_inside_them(activation: Activation):
    for hyper in settings(activation):
        level = (1 - 0.97**2) * activation.slope_limit(hyper)
        low, high = activation.tails(hyper)
        for sign, end in ((-1, low), (1, high)):
            if np.isfinite(end) and low != high:
                outside = end + sign * np.logspace(-6, 4, 500)
                assert (np.abs(activation.derivative(outside, hyper)) <= level * (1 + 1e-9)).all()
                inside = np.array(end - sign * 1e-3)
                assert abs(activation.derivative(inside, hyper)) > level * 0.9


@ALL
def test_declared_monotony_is_that_of_the_values(activation: Activation):
    hyper = activation.choose()
    falls = np.diff(activation.value(np.linspace(-12, 12, 24_001), hyper)).min() < -1e-9
    assert activation.monotonic == (not falls)


@ALL
def test_slopes_jump_only_at_declared_kinks(activation: Activation):
    """Between neighbors 1e-7 apart a smooth first and second derivative changes by little."""
    for hyper in settings(activation):
        kinks = np.array(activation.kinks(hyper))
        x = np.linspace(-5, 5, 2003)
        if len(kinks):
            x = x[np.abs(x[:, None] - kinks).min(1) > 1e-3]
        for function in (activation.derivative, activation.second_derivative):
            scale = max(1.0, np.abs(function(x, hyper)).max())
            assert np.abs(function(x + 1e-7, hyper) - function(x, hyper)).max() < 1e-4 * scale
            if len(kinks):
                assert np.isfinite(function(kinks, hyper)).all()
        jumps = [
            np.abs(function(kinks + 1e-7, hyper) - function(kinks - 1e-7, hyper))
            for function in (activation.value, activation.derivative, activation.second_derivative)
        ]
        if len(kinks) and abs(hyper.get("weight", 0.0) - 1) > 1e-3:
            assert (np.max(jumps, axis=0) > 1e-3).all()


@pytest.mark.parametrize(
    ("key", "name", "parameter"),
    [
        ("identity", "linear", None),
        ("sigmoid", "sigmoid", None),
        ("tanh", "tanh", None),
        ("relu", "relu", None),
        ("leaky_relu", "leaky_relu", 0.01),
        ("selu", "selu", None),
    ],
)
def test_the_gain_is_pytorchs_where_it_has_one(key: str, name: Any, parameter: float | None):
    activation = ACTIVATIONS[key]
    assert activation.gain(activation.choose()) == pytest.approx(
        torch.nn.init.calculate_gain(name, parameter), rel=1e-15
    )


@ALL
def test_other_gains_keep_the_second_moment_at_one(activation: Activation):
    if activation.torch_gain is not None:
        return
    z = np.random.default_rng(3).standard_normal(1_000_000)
    for hyper in settings(activation):
        squares = activation.value(z, hyper) ** 2
        error = 5 * squares.std() / 1000
        assert abs(squares.mean() - 1 / activation.gain(hyper) ** 2) < error + 1e-12


@ALL
def test_words_are_complete_and_short(activation: Activation):
    for sentence in (activation.when_to_use, *(one.meaning for one in activation.hyperparameters)):
        assert sentence.endswith(".")
        assert len(sentence.split()) <= 20
        assert "!" not in sentence
    assert activation.latex
    assert activation.latex_derivative
    assert activation.source


@PAIRS
def test_two_inputs_equal_autograd(gated: Gated):
    a, b = np.meshgrid(np.linspace(-6, 6, 61), np.linspace(-6.1, 6.1, 62))
    ta, tb = torch.from_numpy(a).requires_grad_(), torch.from_numpy(b).requires_grad_()
    value = gated.tensor(ta, tb)
    np.testing.assert_allclose(gated.value(a, b), value.detach().numpy(), rtol=1e-13, atol=1e-14)
    first = torch.autograd.grad(value.sum(), (ta, tb), create_graph=True)
    np.testing.assert_allclose(gated.gradient(a, b), torch.stack(first, -1).detach().numpy(), rtol=1e-13, atol=1e-14)
    rows = []
    for part in first:
        row = [torch.zeros_like(part)] * 2
        if part.requires_grad:
            row = torch.autograd.grad(part.sum(), (ta, tb), materialize_grads=True, retain_graph=True)
        rows.append(torch.stack(list(row), -1))
    np.testing.assert_allclose(gated.hessian(a, b), torch.stack(rows, -2).numpy(), rtol=1e-12, atol=1e-13)


@PAIRS
def test_the_pytorch_line_of_two_inputs_is_the_same_function(gated: Gated):
    a, b = torch.randn(2, 5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    shown = eval(gated.torch, {"torch": torch, "a": a, "b": b})
    torch.testing.assert_close(shown, gated.tensor(a, b), rtol=1e-14, atol=1e-14)
    assert len(gated.when_to_use.split()) <= 20
    assert gated.source


def test_maxout_gives_half_of_the_gradient_to_each_on_the_ridge_as_pytorch_does():
    a, b = (
        torch.ones(1, dtype=torch.float64, requires_grad=True),
        torch.ones(1, dtype=torch.float64, requires_grad=True),
    )
    theirs = torch.autograd.grad(torch.maximum(a, b).sum(), (a, b))
    ours = GATED["maxout"].gradient(np.ones(1), np.ones(1))
    np.testing.assert_array_equal(ours[0], [float(part) for part in theirs])
