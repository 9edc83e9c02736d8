"""Epsilon's place and the bias correction, where sources differ: every form against a loop written from its source.

PyTorch's own classes are an oracle for some of the forms that they have not: with rate and epsilon set anew before each
step Adam makes the forms without correction, and with epsilon before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend
from optimizers.stability import stability
from tests.optimizers.surfaces import Quadratic
from tests.optimizers.torch_paths import assert_same_path, torch_path

Array = NDArray[np.float64]
HIMMELBLAU = LANDSCAPES["himmelblau"]
START = (0.3, -1.4)
STEPS = 200
EPS = 0.03  # large, so that its place is seen
FORMS = [
    (key, place, corrected)
    for key, rule in OPTIMIZERS.items()
    for parameter in rule.hyperparameters
    if parameter.name == "eps_place"
    for place in parameter.choices
    for corrected in ((True, False) if "bias_correction" in rule.defaults() else (None,))
]


def _root(v: Array, place: str, correction: float) -> Array:
    """The divisor as the sources write it, with v not corrected and what it is divided by."""
    if place == "inside":  # Optax: sqrt(nu_hat + eps_root)
        return np.sqrt(v / correction + EPS)
    if place == "uncorrected":  # Kingma and Ba: alpha sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon hat)
        return (np.sqrt(v) + EPS) / math.sqrt(correction)
    return np.sqrt(v / correction) + EPS


def _adam(key: str, place: str, corrected: bool | None, hyper: dict[str, Any]) -> Callable[[Array, Array, int], Array]:
    m, v, largest = np.zeros(2), np.zeros(2), np.zeros(2)

    def step(x: Array, g: Array, t: int) -> Array:
        nonlocal m, v, largest
        decay, lr = hyper["weight_decay"], hyper["lr"]
        if key in ("adam_l2", "amsgrad"):
            g = g + decay * x
        if key == "adamw":
            x = x - lr * decay * x
        m = hyper["beta1"] * m + (1 - hyper["beta1"]) * g
        v = hyper["beta2"] * v + (1 - hyper["beta2"]) * g**2
        largest = np.maximum(largest, v)
        late1, late2 = (1 - hyper["beta1"] ** t, 1 - hyper["beta2"] ** t) if corrected else (1.0, 1.0)
        return x - lr * (m / late1) / _root(largest if key == "amsgrad" else v, place, late2)

    return step


def _adagrad(place: str, hyper: dict[str, Any]) -> Callable[[Array, Array, int], Array]:
    total = np.zeros(2)

    def step(x: Array, g: Array, t: int) -> Array:
        nonlocal total
        total = total + g**2
        return x - hyper["lr"] * g / _root(total, place, 1.0)

    return step


def _rmsprop(place: str, corrected: bool | None, hyper: dict[str, Any]) -> Callable[[Array, Array, int], Array]:
    alpha, v, mean, velocity = hyper["alpha"], np.zeros(2), np.zeros(2), np.zeros(2)

    def step(x: Array, g: Array, t: int) -> Array:
        nonlocal v, mean, velocity
        v, mean = alpha * v + (1 - alpha) * g**2, alpha * mean + (1 - alpha) * g
        late = 1 - alpha**t if corrected else 1.0
        variance = v / late - (mean / late) ** 2 if hyper["centered"] else v / late
        velocity = hyper["momentum"] * velocity + g / _root(np.maximum(variance, 0.0), place, 1.0)
        return x - hyper["lr"] * velocity

    return step


def _adamax(place: str, hyper: dict[str, Any]) -> Callable[[Array, Array, int], Array]:
    m, u = np.zeros(2), np.zeros(2)

    def step(x: Array, g: Array, t: int) -> Array:
        nonlocal m, u
        m = hyper["beta1"] * m + (1 - hyper["beta1"]) * g
        u = np.maximum(hyper["beta2"] * u, np.abs(g) + (EPS if place == "gradient" else 0.0))
        return x - hyper["lr"] / (1 - hyper["beta1"] ** t) * m / (u + (EPS if place == "outside" else 0.0))

    return step


def _radam(place: str, hyper: dict[str, Any]) -> Callable[[Array, Array, int], Array]:
    m, v, keep1, keep2 = np.zeros(2), np.zeros(2), hyper["beta1"], hyper["beta2"]

    def step(x: Array, g: Array, t: int) -> Array:
        nonlocal m, v
        m, v = keep1 * m + (1 - keep1) * g, keep2 * v + (1 - keep2) * g**2
        longest = 2 / (1 - keep2) - 1
        length = longest - 2 * t * keep2**t / (1 - keep2**t)
        if length <= 5:
            return x - hyper["lr"] * m / (1 - keep1**t)
        trust = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        return x - hyper["lr"] * trust * (m / (1 - keep1**t)) / _root(v, place, 1 - keep2**t)

    return step


def _stepper(
    key: str, place: str, corrected: bool | None, hyper: dict[str, Any]
) -> Callable[[Array, Array, int], Array]:
    if key == "adagrad":
        return _adagrad(place, hyper)
    if key == "rmsprop":
        return _rmsprop(place, corrected, hyper)
    if key == "adamax":
        return _adamax(place, hyper)
    return _radam(place, hyper) if key == "radam" else _adam(key, place, corrected, {"weight_decay": 0.0, **hyper})


def _by_source(key: str, place: str, corrected: bool | None, hyper: dict[str, Any]) -> Array:
    step, x = _stepper(key, place, corrected, hyper), np.array(START)
    path = [x]
    for t in range(1, STEPS + 1):
        x = step(x, HIMMELBLAU.gradient(x), t)
        path.append(x)
    return np.array(path)


def _chosen(key: str, place: str, corrected: bool | None) -> dict[str, Any]:
    rule, values = OPTIMIZERS[key], {"lr": 0.01, "eps": EPS, "eps_place": place}
    values |= {"weight_decay": 0.05} if key in ("adam_l2", "adamw", "amsgrad") else {}
    values |= {} if corrected is None else {"bias_correction": corrected}
    return {**rule.defaults(), **values}


@pytest.mark.parametrize(("key", "place", "corrected"), FORMS)
def test_every_form_is_that_of_its_source(key: str, place: str, corrected: bool | None) -> None:
    hyper = _chosen(key, place, corrected)
    ours = descend(HIMMELBLAU, OPTIMIZERS[key], start=START, steps=STEPS, **hyper)
    assert_same_path(ours.points, _by_source(key, place, corrected, hyper), rtol=1e-9)


@pytest.mark.parametrize("place", ["outside", "inside"])
@pytest.mark.parametrize("corrected", [False, True])
def test_every_form_of_centered_rmsprop_with_momentum_too(place: str, corrected: bool) -> None:
    hyper = _chosen("rmsprop", place, corrected) | {"centered": True, "momentum": 0.5}
    ours = descend(HIMMELBLAU, OPTIMIZERS["rmsprop"], start=START, steps=STEPS, **hyper)
    assert_same_path(ours.points, _by_source("rmsprop", place, corrected, hyper), rtol=1e-7)


@pytest.mark.parametrize("key", sorted({key for key, _, _ in FORMS}))
def test_forms_are_different_paths(key: str) -> None:
    """But for epsilon before a correction that is not made, which is epsilon outside."""
    ends = {
        (place, corrected): descend(
            HIMMELBLAU, OPTIMIZERS[key], start=START, steps=30, **_chosen(key, place, corrected)
        ).points[-1]
        for other, place, corrected in FORMS
        if other == key
    }
    for a, one in ends.items():
        for b, two in ends.items():
            same = a == b or {a, b} == {("outside", False), ("uncorrected", False)}
            assert (np.abs(one - two).max() < 1e-9) == same, (a, b)


@pytest.mark.parametrize(("corrected", "place"), [(True, "uncorrected"), (False, "outside")])
def test_pytorchs_adam_makes_the_form_with_rate_and_epsilon_set_before_each_step(corrected: bool, place: str) -> None:
    """Epsilon as eps / sqrt(1 - beta2^t), and without correction the rate as lr (1 - beta1^t) / sqrt(1 - beta2^t)."""

    def set_for(optimizer: Any, t: int) -> None:
        late1, late2 = 1 - 0.9**t, math.sqrt(1 - 0.999**t)
        group = optimizer.param_groups[0]
        group["eps"] = EPS / late2
        group["lr"] = 0.01 if corrected else 0.01 * late1 / late2

    def make(point: torch.Tensor) -> torch.optim.Optimizer:
        optimizer = torch.optim.Adam([point], lr=0.01)
        set_for(optimizer, 1)
        return optimizer

    def after(optimizer: Any, point: torch.Tensor) -> None:
        set_for(optimizer, int(optimizer.state[point]["step"]) + 1)

    theirs, _ = torch_path(HIMMELBLAU, make, START, STEPS, after=after)
    ours = descend(HIMMELBLAU, OPTIMIZERS["adam"], start=START, steps=STEPS, **_chosen("adam", place, corrected))
    assert_same_path(ours.points, theirs)


def test_epsilon_inside_adagrads_root_is_what_its_sum_starts_from() -> None:
    theirs, _ = torch_path(
        HIMMELBLAU,
        lambda point: torch.optim.Adagrad([point], lr=0.1, initial_accumulator_value=EPS, eps=0.0),
        START,
        STEPS,
    )
    ours = descend(HIMMELBLAU, OPTIMIZERS["adagrad"], start=START, steps=STEPS, lr=0.1, eps=EPS, eps_place="inside")
    assert_same_path(ours.points, theirs)


@pytest.mark.parametrize(("key", "place", "corrected"), FORMS)
def test_pytorchs_arguments_are_given_for_pytorchs_form_only(key: str, place: str, corrected: bool | None) -> None:
    rule, hyper = OPTIMIZERS[key], _chosen(key, place, corrected)
    assert rule.torch_arguments is not None
    usual = rule.defaults()
    odd = [name for name in ("eps_place", "bias_correction") if name in usual and hyper[name] != usual[name]]
    if not odd:
        assert rule.torch_arguments(hyper)["eps"] == EPS
        return
    with pytest.raises(ValueError, match=rf"{odd[0]} was given .*; PyTorch's \w+ has .* only"):
        rule.torch_arguments(hyper)


@pytest.mark.parametrize("key", sorted({key for key, _, _ in FORMS}))
def test_every_form_has_a_formula_of_its_own(key: str) -> None:
    rule = OPTIMIZERS[key]
    assert rule.formula(rule.defaults()) == rule.latex
    corrections = (True, False) if "bias_correction" in rule.defaults() else (None,)
    for corrected in corrections:
        formulas = {
            p: rule.formula(_chosen(key, p, corrected)) for other, p, c in FORMS if (other, c) == (key, corrected)
        }
        alike = {"uncorrected"} if corrected is False else set()
        assert len(set(formulas.values())) == len(formulas.keys() - alike)
        for formula in formulas.values():
            assert formula.count("{") == formula.count("}")
            assert r"\epsilon" in formula
    if None not in corrections:
        assert len({rule.formula(_chosen(key, "outside", corrected)) for corrected in corrections}) == 2


@pytest.mark.parametrize(
    ("key", "place", "corrected"), [form for form in FORMS if form[0] not in ("adamax", "radam", "amsgrad")]
)
def test_the_step_size_limit_knows_the_form(key: str, place: str, corrected: bool | None) -> None:
    """The rate of each coordinate is what the rule itself divides a steady gradient by."""
    bowl = Quadratic(1.0, 8.0)
    hyper: dict[str, Any] = _chosen(key, place, corrected)
    path = descend(bowl, OPTIMIZERS[key], start=(1.0, 1.0), steps=5, **hyper)
    limit = stability(path, bowl.hessian(path.points[:-1]))
    assert limit is not None
    late = 1 - hyper.get("beta2", hyper.get("alpha", 0.0)) ** np.arange(1, 6)[:, None] if corrected else np.ones((5, 1))
    v = path.states["v"][1:]
    expected = np.array([_root(each, place, float(one)) for each, one in zip(v, late[:, 0], strict=True)])
    if key == "rmsprop" and corrected:
        expected = np.array([_root(each / one, place, 1.0) for each, one in zip(v, late[:, 0], strict=True)])
    np.testing.assert_allclose(limit.rates, hyper["lr"] / expected, rtol=1e-12)
