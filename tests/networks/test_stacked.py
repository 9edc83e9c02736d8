from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from networks.models import MODELS, TRAINABLE
from networks.stacked import Stacked
from settings import complete

SHAPE, OUTPUTS, ROWS, COUNT = (5,), 3, 24, 3


def built(key: str, **values) -> list[nn.Module]:
    """A few networks of one shape, in double precision."""
    entry = MODELS[key]
    chosen = complete(key, entry.settings, values)
    torch.manual_seed(0)
    return [entry.build(chosen, SHAPE, OUTPUTS).double().train() for _ in range(COUNT)]


def assert_equal_to_each(models: list[nn.Module]) -> None:
    """Outputs, gradients and buffers of the stacked pass are those of each network by itself."""
    alone = copy.deepcopy(models)
    x = torch.randn(COUNT, ROWS, *SHAPE, dtype=torch.float64)
    stacked = Stacked(models)
    for training in (True, False):
        outputs = stacked.forward(x, training=training)
        weights = torch.randn_like(outputs)
        gradients = torch.autograd.grad((outputs * weights).sum(), list(stacked.parameters.values()))
        for number, model in enumerate(alone):
            model.train(training)
            own = model(x[number])
            torch.testing.assert_close(outputs[number], own, rtol=1e-9, atol=1e-9)
            theirs = torch.autograd.grad((own * weights[number]).sum(), list(model.parameters()))
            for mine, each in zip(gradients, theirs, strict=True):
                torch.testing.assert_close(mine[number], each, rtol=1e-9, atol=1e-9)
            for name, buffer in model.named_buffers():
                torch.testing.assert_close(stacked.buffers[name][number], buffer)
                torch.testing.assert_close(models[number].get_buffer(name), buffer)


@pytest.mark.parametrize("normalization", ["none", "batch", "layer", "rms", "weight", "group", "batch_renorm"])
@pytest.mark.parametrize("position", ["before", "after"])
@pytest.mark.parametrize("residual", [False, True])
def test_a_stacked_perceptron_is_each_of_them(normalization, position, residual):
    assert_equal_to_each(
        built("mlp", depth=3, width=6, normalization=normalization, norm_position=position, residual=residual)
    )


@pytest.mark.parametrize("activation", TRAINABLE)
def test_every_activation_is_stacked(activation):
    assert_equal_to_each(built("mlp", width=6, activation=activation))


@pytest.mark.parametrize("normalization", ["none", "batch", "weight"])
def test_maxout_is_stacked(normalization):
    assert_equal_to_each(built("mlp", width=6, activation="maxout", pieces=3, normalization=normalization))


@pytest.mark.parametrize("key", ["linear", "logistic"])
def test_powers_of_the_features_are_stacked(key):
    assert_equal_to_each(built(key, degree=3))


def test_networks_are_views_of_the_stack():
    models = built("mlp", width=6)
    stacked = Stacked(models)
    with torch.no_grad():
        for parameter in stacked.parameters.values():
            parameter[1].fill_(0.5)
    assert all(bool((parameter == 0.5).all()) for parameter in models[1].parameters())
    assert not any(bool((parameter == 0.5).all()) for parameter in models[0].parameters())


def test_what_cannot_be_stacked_is_refused():
    with pytest.raises(ValueError, match="no networks were given"):
        Stacked([])
    with pytest.raises(ValueError, match="Dropout was given"):
        Stacked(built("mlp", dropout=0.5))
    with pytest.raises(ValueError, match="LSTM was given"):
        Stacked([nn.LSTM(2, 3)])
    with pytest.raises(ValueError, match="different shapes"):
        Stacked([nn.Linear(2, 3), nn.Linear(3, 3)])
