"""Each published rule fires at its own threshold and not below it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.published_rules import (
    KNOWN_KINDS,
    PUBLISHED_RULES,
    autotrainer,
    deepdiagnosis,
    sagemaker_debugger,
    umlaut,
)
from tests.trainers.curves_by_hand import healthy, inside
from trainers import History


@pytest.mark.parametrize("name", PUBLISHED_RULES)
def test_a_loss_that_is_no_number_is_reported_by_all(name: str):
    assert PUBLISHED_RULES[name](History(train_loss=[1.0, math.nan]))


@pytest.mark.parametrize("name", PUBLISHED_RULES)
def test_what_a_tool_can_say_is_listed(name: str):
    broken = History(train_loss=[1.0, math.nan], lr=[1.0, 1.0])
    gone = layers(0.9e-8, 1e-2, dead=0.8)
    for history in (broken, gone, History(train_loss=np.ones(20), val_loss=2 * np.ones(20), train_metric=np.ones(20))):
        assert set(PUBLISHED_RULES[name](history)) <= KNOWN_KINDS[name]


@pytest.mark.parametrize("name", PUBLISHED_RULES)
def test_nothing_measured_is_nothing_reported(name: str):
    assert PUBLISHED_RULES[name](History(train_loss=[])) == []


def layers(first: float, last: float, dead: float = 0.0) -> History:
    """Gradients of one weight; the layers have 64, 1024 and 32."""
    internals = inside(3, grad_norm=(first * 8, 32.0, last * math.sqrt(32)), dead_share=(dead, 0.0, None))
    return History(**{name: values[:3] for name, values in healthy().items()}, internals=internals)


def test_autotrainer():
    assert "vanishing_gradients" in autotrainer(layers(0.9e-5, 1e-2))
    assert "vanishing_gradients" not in autotrainer(layers(1.1e-5, 1e-2))
    assert "vanishing_gradients" not in autotrainer(layers(1.1e-4, 1.0))
    assert "exploding_gradients" in autotrainer(layers(71, 1))
    assert "exploding_gradients" not in autotrainer(layers(69, 1))
    assert "dead_relus" in autotrainer(layers(1, 1, dead=0.7))
    assert "dead_relus" not in autotrainer(layers(1, 1, dead=0.69))
    swings = 0.5 + 0.02 * np.where(np.arange(20) % 2, 1, -1)
    assert "oscillating" in autotrainer(History(train_loss=np.ones(20), train_metric=swings))
    assert "oscillating" not in autotrainer(History(train_loss=np.ones(20), train_metric=0.5 + 0.5 * (swings - 0.5)))
    assert "slow" in autotrainer(History(train_loss=np.ones(20), train_metric=0.5 + 0.009 * np.arange(20)))
    assert "slow" not in autotrainer(History(train_loss=np.ones(20), train_metric=0.5 + 0.011 * np.arange(20)))


def test_umlaut():
    assert umlaut(History(train_loss=[1, 0.9, 0.8], val_loss=[1, 0.9, 0.95])) == ["overfitting"]
    assert umlaut(History(train_loss=[1, 0.9, 0.95], val_loss=[1, 0.9, 0.95])) == []
    assert umlaut(History(train_loss=[1.0], lr=[0.011])) == ["diverging", "oscillating"]
    assert umlaut(History(train_loss=[1.0], config={"optimizer.lr": 0.9e-7})) == ["slow"]
    assert umlaut(History(train_loss=[1.0], lr=[0.01])) == []


def test_sagemaker_debugger():
    assert sagemaker_debugger(History(train_loss=[1.0], val_loss=[1.11])) == ["overfitting"]
    assert sagemaker_debugger(History(train_loss=[1.0], val_loss=[1.09])) == []
    assert "vanishing_gradients" in sagemaker_debugger(layers(0.9e-7, 1))
    assert "vanishing_gradients" not in sagemaker_debugger(layers(1.1e-7, 1))
    assert "dead_relus" in sagemaker_debugger(layers(1, 1, dead=0.5))
    assert "plateau" in sagemaker_debugger(History(train_loss=np.ones(12)))


def test_deepdiagnosis():
    assert deepdiagnosis(layers(0.9e-7, 1)) == ["vanishing_gradients"]
    assert deepdiagnosis(layers(1, 1, dead=0.7)) == ["dead_relus"]
    assert deepdiagnosis(layers(1, 1, dead=0.69)) == []
