"""Ranges have two ends: whatever a declaration allows, at its very ends, can be computed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from networks import ACTIVATIONS, INITIALIZERS, Setup, predict
from optimizers import OPTIMIZERS, SCHEDULES, descend
from settings import Hyperparameter
from tests.fuzz.campaign import check_refusal
from tests.fuzz.numbers import EXTREME
from trainers.config import RunConfig


def ends(parameter: Hyperparameter) -> list[Any]:
    """Every end of float64, and of the declaration, that it allows."""
    if parameter.kind not in ("float", "int"):
        return []
    allowed = set()
    for text in (*EXTREME, repr(parameter.lowest), repr(parameter.highest)):
        try:
            allowed.add(parameter.check(float(text)))
        except ValueError:
            continue
    return sorted(allowed)


def cases(catalogue: Mapping[str, Any]) -> list[Any]:
    return [
        pytest.param(key, parameter, id=f"{key}-{parameter.name}")
        for key, item in catalogue.items()
        for parameter in item.hyperparameters
        if ends(parameter)
    ]


@pytest.mark.parametrize(("key", "parameter"), cases(OPTIMIZERS))
def test_rules_move_points_at_every_end(key: str, parameter: Hyperparameter) -> None:
    for value in ends(parameter):
        for surface in ("rosenbrock", "rastrigin"):
            landscape = LANDSCAPES[surface]
            path = descend(landscape, OPTIMIZERS[key], start=landscape.start, steps=8, **{parameter.name: value})
            assert np.isfinite(path.points[0]).all()


@pytest.mark.parametrize(("key", "parameter"), cases(SCHEDULES))
def test_schedules_set_rates_at_every_end(key: str, parameter: Hyperparameter) -> None:
    landscape = LANDSCAPES["rosenbrock"]
    for value in ends(parameter):
        chosen = SCHEDULES[key].choose(**{parameter.name: value})
        for lr in (1e-3, 1e99, 5e-324, 0.0):
            path = descend(landscape, OPTIMIZERS["sgd"], start=landscape.start, steps=12, schedule=chosen, lr=lr)
            assert not np.isnan(path.rates[0]).any()


@pytest.mark.parametrize(("key", "parameter"), cases(LANDSCAPES))
def test_landscapes_are_valued_at_every_end(key: str, parameter: Hyperparameter) -> None:
    for value in ends(parameter):
        landscape = LANDSCAPES[key].with_parameters(**{parameter.name: value})
        points = np.array([landscape.start, (0.0, 0.0), (1.0, -2.0)])
        assert landscape.value(points).shape == (3,)
        assert landscape.gradient(points).shape == (3, 2)
        assert landscape.hessian(points).shape == (3, 2, 2)


@pytest.mark.parametrize(("key", "parameter"), cases(ACTIVATIONS))
def test_activations_are_valued_at_every_end(key: str, parameter: Hyperparameter) -> None:
    activation = ACTIVATIONS[key]
    x = np.array([-1e300, -3.0, -5e-324, 0.0, 5e-324, 2.0, 1e300])
    for value in ends(parameter):
        hyper = activation.choose(**{parameter.name: value})
        with np.errstate(all="ignore"):
            assert activation.value(x, hyper).shape == x.shape
            assert activation.derivative(x, hyper).shape == x.shape
        predict(Setup(activation=key, initializer="lecun_normal", parameters={parameter.name: value}, widths=(8,) * 4))


@pytest.mark.parametrize(("key", "parameter"), cases(INITIALIZERS))
def test_set_ups_are_predicted_and_written_as_code_at_every_end(key: str, parameter: Hyperparameter) -> None:
    for value in ends(parameter):
        setup = Setup(activation="tanh", initializer=key, widths=(8,) * 5, samples=10, **{parameter.name: value})
        predict(setup)
        entry = setup.initializer_entry
        assert entry.pytorch_line(setup.initializer_settings, setup.activation_gain, 8, 8)


def _numbers() -> Iterator[tuple[str, Any]]:
    for name, setting in RunConfig().settings().items():
        if isinstance(setting, Hyperparameter):
            yield from ((name, value) for value in _outside(setting))


def _outside(setting: Hyperparameter) -> Sequence[Any]:
    wild = (10**400, -(10**400), 10**5000, float("nan"), float("inf"), -float("inf"), 5e-324, -0.0, 1e308, "9" * 400)
    return wild if setting.kind in ("float", "int", "bool", "choice") else ()


def test_a_configuration_takes_or_refuses_every_number_in_a_sentence() -> None:
    for name, value in _numbers():
        try:
            config = RunConfig().changed({name: value})
        except ValueError as error:
            check_refusal(error)
        else:
            assert RunConfig.from_json(config.to_json()) == config
