"""The sentence about a network names the right failure, with the numbers of its table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from networks import ACTIVATIONS, INITIALIZERS, Setup, trace, verdict
from networks.verdict import facts


def told(**given) -> str:
    return verdict(trace(Setup(**{"widths": [200] * 11, "samples": 200, **given})))


CASES = [
    ({"initializer": "zeros"}, "Silent: every activation is the same number", "Layers 1 to 9 get no gradient."),
    (
        {"scale": 0.01, "widths": [500] * 11},
        "The signal vanishes by a factor 4.5 a layer.",
        "The gradient vanishes by a factor 4.5 a layer.",
    ),
    (
        {"scale": 1.0, "widths": [500] * 11},
        "Saturated: 93 % of units beyond 0.97.",
        "The gradient explodes by a factor 3.5",
    ),
    ({"initializer": "xavier_normal"}, "Healthy:", "The gradient arrives."),
    (
        {"initializer": "xavier_normal", "activation": "relu", "widths": [500] * 11},
        "The signal vanishes by a factor 1.4",
        "vanishes by a factor 1.4",
    ),
    ({"initializer": "kaiming_normal", "activation": "relu"}, "Healthy:", "The gradient arrives."),
    (
        {"initializer": "orthogonal", "activation": "identity", "widths": [50] * 101},
        "Healthy: the signal keeps its spread.",
        "The gradient arrives.",
    ),
    (
        {"initializer": "kaiming_normal", "activation": "relu", "residual": True, "widths": [200] * 31},
        "The signal explodes by a factor 1.",
        "The gradient explodes by a factor 1.",
    ),
    ({"initializer": "constant"}, "All units of a layer compute the same number", ""),
    ({"initializer": "xavier_normal", "activation": "sigmoid"}, "Inputs become indistinguishable:", "vanishes"),
    (
        {"activation": "relu", "scale": 1.0, "widths": [500] * 41},
        "The signal explodes and overflows at layer 32.",
        "overflows",
    ),
    ({"activation": "step", "scale": 1.0}, "Dead: 100 % of units never respond.", "Layers 1 to 9 get no gradient."),
    ({"activation": "relu", "scale": 0.05, "bias_scale": 50.0}, "Dead:", ""),
]


@pytest.mark.parametrize(("given", "forward", "backward"), CASES, ids=[str(case[0]) for case in CASES])
def test_the_failure_is_named_with_its_numbers(given: dict, forward: str, backward: str):
    sentence = told(**given)
    assert sentence.startswith(forward)
    assert backward in sentence[len(forward) :]


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_every_verdict_is_at_most_25_words_and_every_sentence_20(activation: str):
    for initializer, scale in itertools.product(("normal", "constant", "kaiming_normal", "lsuv"), (None, 3.0)):
        if scale and not any(one.name == "scale" for one in INITIALIZERS[initializer].hyperparameters):
            continue
        text = told(activation=activation, initializer=initializer, scale=scale, widths=[24] * 8, samples=16)
        assert len(text.split()) <= 25, text
        assert text.endswith(".")
        assert "nan" not in text
        assert "!" not in text


def test_factors_are_those_of_the_table():
    result = trace(Setup(scale=0.02, widths=[200] * 7, samples=200))
    known, std, grad = facts(result), result.table["std"].to_numpy(), result.table["grad_std"].to_numpy()
    assert known.forward == pytest.approx((std[-1] / std[0]) ** (1 / 5))
    assert known.backward_total == pytest.approx(grad[0] / grad[-1])
    assert known.depth == 6
    assert known.overflow_layer is None
    assert known.silent_layer is None
    assert known.contrast == pytest.approx(result.table["sample_std"][6] / std[-1])


def test_one_layer_has_a_verdict_too():
    assert told(widths=[50, 50], initializer="xavier_normal").startswith("Healthy")
    assert np.isfinite(facts(trace(Setup(widths=[50, 50], samples=20))).forward)
