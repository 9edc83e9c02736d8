"""First-order rules against torch.optim, step by step, and the averaged momentum against its formula."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Optimizer, descend
from settings.hyperparameter import Hyperparameter
from tests.optimizers.torch_paths import assert_same_path, torch_path

# L-BFGS is held against PyTorch in its own test, because it takes a closure.
KEYS = [key for key, rule in OPTIMIZERS.items() if rule.torch is not None and key != "lbfgs"]
PLACES = {"rosenbrock": (-1.5, 2.0), "himmelblau": (0.3, -1.4), "elongated_bowl": (-2.6, 1.1), "beale": (0.6, 1.7)}

# Rates whose paths are not chaotic on any of the places: the last bit stays where it is for 500 steps.
LARGEST_RATE = {
    "sgd": 1e-3,
    "momentum": 1e-4,
    "nesterov": 1e-4,
    "adagrad": 0.3,
    "rmsprop": 0.01,
    "adadelta": 1.0,
    "radam": 0.002,
    "rprop": 0.05,
    "asgd": 1e-3,
}

# Forms of a rule of which PyTorch has the default alone (tests/optimizers/test_forms.py).
FORMS = ("eps_place", "bias_correction")


@pytest.fixture(autouse=True)
def _float64(monkeypatch):
    """PyTorch keeps ASGD's rate in the default type; and Muon's iteration in bfloat16, where ours is exact."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    monkeypatch.setattr("torch.optim._muon._zeropower_via_newtonschulz", _newton_schulz_in_float64)
    yield
    torch.set_default_dtype(before)


def _newton_schulz_in_float64(gradient, coefficients, steps, eps):
    a, b, c = coefficients
    x = gradient / gradient.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def _theirs(rule: Optimizer, values: dict, objective, start, steps: int):
    assert rule.torch is not None
    assert rule.torch_arguments is not None
    factory = getattr(torch.optim, rule.torch.rpartition(".")[2])
    arguments = rule.torch_arguments({**rule.defaults(), **values})
    return torch_path(objective, lambda p: factory([p], **arguments), start, steps, matrix=rule.key == "muon")[0]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", KEYS)
def test_the_path_is_that_of_torch(key, place):
    rule, objective, start = OPTIMIZERS[key], LANDSCAPES[place], PLACES[place]
    values = {"lr": min(rule.defaults()["lr"], LARGEST_RATE.get(key, math.inf))}
    ours = descend(objective, rule, start=start, steps=500, **values)
    assert_same_path(ours.points, _theirs(rule, values, objective, start, 500))


def _drawn(parameter: Hyperparameter, largest_rate: float) -> st.SearchStrategy:
    if parameter.name == "lr":
        return st.floats(-5.0, math.log10(largest_rate)).map(lambda exponent: 10.0**exponent)
    if parameter.kind == "bool":
        return st.booleans()
    if parameter.kind == "int":
        return st.integers(int(parameter.low), int(parameter.high))
    if parameter.stops:
        return st.sampled_from(parameter.stops)
    if parameter.name == "eps":
        return st.floats(-10.0, -2.0).map(lambda exponent: 10.0**exponent)
    if parameter.name == "t0":
        return st.sampled_from((0.0, 1.0, 50.0, 1e6))
    if parameter.log:
        return st.sampled_from([stop for stop in parameter.slider_stops if stop <= 0.2] or parameter.slider_stops)
    return st.floats(max(parameter.low, 0.0), parameter.high)


def _drawn_values(rule: Optimizer) -> st.SearchStrategy[dict]:
    largest_rate = LARGEST_RATE.get(rule.key, 0.01)
    choices = {parameter.name: _drawn(parameter, largest_rate) for parameter in rule.hyperparameters}
    for name in FORMS:
        choices.pop(name, None)
    if rule.key == "rprop":
        choices["step_size_max"] = st.sampled_from((0.1, 1.0, 50.0))
        choices["step_size_min"] = st.sampled_from((1e-6, 1e-4, 1e-2))
    return st.fixed_dictionaries(choices)


# Noise on the gradient, about its rounding error, that shows whether a path is chaotic.
SHAKE = 1e-12


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=12)
@given(data=st.data())
def test_the_path_is_that_of_torch_for_drawn_hyperparameters(key, data):
    rule = OPTIMIZERS[key]
    place = data.draw(st.sampled_from(sorted(PLACES)))
    values = data.draw(_drawn_values(rule))
    ours, shaken = (
        descend(LANDSCAPES[place], rule, start=PLACES[place], steps=500, noise=noise, **values).points
        for noise in (0.0, SHAKE)
    )
    # A chaotic path magnifies the last bit too, where PyTorch may round otherwise; it is compared up to that step.
    tame = np.abs(shaken - ours).max(-1) <= 100 * SHAKE
    end = len(tame) if tame.all() else int(tame.argmin())
    assert end > 20
    theirs = _theirs(rule, values, LANDSCAPES[place], PLACES[place], end - 1)
    assert_same_path(ours[:end], theirs)


def test_the_path_is_that_of_a_plain_torch_loop_with_autograd():
    point = torch.tensor([-1.5, 2.0], requires_grad=True)
    optimizer = torch.optim.Adam([point], lr=0.02)
    theirs = [point.detach().clone().numpy()]
    for _ in range(500):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
        theirs.append(point.detach().clone().numpy())
    ours = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["adam"], start=(-1.5, 2.0), steps=500, lr=0.02)
    assert_same_path(ours.points, np.array(theirs))


# Where our defaults differ from PyTorch's, and why: PyTorch's class is another rule at its own default.
OTHER_DEFAULTS = {("momentum", "momentum"), ("nesterov", "momentum"), ("adam_l2", "weight_decay")}


@pytest.mark.parametrize("key", KEYS)
def test_defaults_are_those_of_torch(key):
    rule = OPTIMIZERS[key]
    factory = getattr(torch.optim, str(rule.torch).rpartition(".")[2])
    signature = inspect.signature(factory).parameters
    theirs = {name: parameter.default for name, parameter in signature.items()}
    for outer, inner in (("betas", ("beta1", "beta2")), ("etas", ("etaminus", "etaplus"))):
        if outer in theirs:
            theirs |= dict(zip(inner, theirs[outer], strict=True))
    if "step_sizes" in theirs:
        theirs |= dict(zip(("step_size_min", "step_size_max"), theirs["step_sizes"], strict=True))
    for name, value in rule.defaults().items():
        if name not in FORMS and (key, name) not in OTHER_DEFAULTS:
            assert value == theirs[name], name


def test_adam_without_bias_correction_is_refused_by_torch_arguments():
    rule = OPTIMIZERS["adam"]
    assert rule.torch_arguments is not None
    with pytest.raises(ValueError, match="bias_correction"):
        rule.torch_arguments({**rule.defaults(), "bias_correction": False})


def test_averaged_momentum_is_its_formula():
    lr, mu, wd = 0.003, 0.85, 0.02
    landscape = LANDSCAPES["himmelblau"]
    x, m, expected = np.array([0.3, -1.4]), np.zeros(2), []
    for _ in range(200):
        m = mu * m + (1 - mu) * (landscape.gradient(x) + wd * x)
        x = x - lr * m
        expected.append(x)
    ours = descend(
        landscape, OPTIMIZERS["momentum_ema"], start=(0.3, -1.4), steps=200, lr=lr, momentum=mu, weight_decay=wd
    )
    assert_same_path(ours.points[1:], np.array(expected), rtol=1e-12)


def test_averaged_momentum_is_torch_with_full_dampening_but_for_the_first_step():
    lr, mu, start = 0.002, 0.9, (0.3, -1.4)
    landscape = LANDSCAPES["himmelblau"]
    first = descend(landscape, OPTIMIZERS["momentum_ema"], start=start, steps=1, lr=lr, momentum=mu)
    np.testing.assert_allclose(first.points[1], start - lr * (1 - mu) * landscape.gradient(np.array(start)), rtol=1e-12)

    # With the buffer of PyTorch set to what the average is after one step, the paths are the same from there on.
    ours = descend(landscape, OPTIMIZERS["momentum_ema"], start=start, steps=300, lr=lr, momentum=mu)

    def make(point):
        optimizer = torch.optim.SGD([point], lr=lr, momentum=mu, dampening=mu)
        optimizer.state[point]["momentum_buffer"] = torch.from_numpy(ours.states["m"][1].copy())
        return optimizer

    theirs, _ = torch_path(landscape, make, tuple(ours.points[1].tolist()), 299)
    assert_same_path(ours.points[1:], theirs)


def test_averaged_momentum_at_ten_times_the_rate_is_momentum():
    start = (-1.5, 2.0)
    plain = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["momentum"], start=start, steps=300, lr=1e-4)
    averaged = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["momentum_ema"], start=start, steps=300, lr=1e-3)
    assert_same_path(averaged.points, plain.points)


def test_bias_correction_lengthens_the_first_steps():
    """Without it the first step is (1 - beta1) / sqrt(1 - beta2) of the corrected one: 3.16 at the defaults."""
    start = (0.3, -1.4)
    steps = {
        corrected: descend(
            LANDSCAPES["himmelblau"], OPTIMIZERS["adam"], start=start, steps=1, eps=0.0, bias_correction=corrected
        ).points[1]
        - np.array(start)
        for corrected in (True, False)
    }
    np.testing.assert_allclose(np.abs(steps[True]), 1e-3, rtol=1e-9)
    np.testing.assert_allclose(steps[False] / steps[True], 0.1 / math.sqrt(0.001), rtol=1e-9)


def test_adagrad_adds_up_all_squares_and_amsgrad_never_forgets_its_largest():
    adagrad = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["adagrad"], start=(-1.5, 2.0), steps=200, lr=0.3)
    gradients = LANDSCAPES["rosenbrock"].gradient(adagrad.points[:-1])
    np.testing.assert_allclose(adagrad.states["v"][1:], np.cumsum(gradients**2, axis=0), rtol=1e-12)
    amsgrad = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["amsgrad"], start=(-1.5, 2.0), steps=200, lr=0.3)
    np.testing.assert_array_equal(amsgrad.states["v_max"], np.maximum.accumulate(amsgrad.states["v"]))


def test_muon_steps_are_equally_long_whatever_the_slope():
    path = descend(
        LANDSCAPES["rosenbrock"], OPTIMIZERS["muon"], start=(-1.5, 2.0), steps=50, lr=0.01, weight_decay=0.0, ns_steps=0
    )
    np.testing.assert_allclose(np.linalg.norm(np.diff(path.points, axis=0), axis=-1), 0.01, rtol=1e-12)
    five = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["muon"], start=(-1.5, 2.0), steps=50, lr=0.01, weight_decay=0.0)
    lengths = np.linalg.norm(np.diff(five.points, axis=0), axis=-1)
    np.testing.assert_allclose(lengths, 0.01 * 0.6965, rtol=1e-3)
