"""Every initializer: moments, bounds and distribution as declared, and PyTorch's own numbers where PyTorch has it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from networks import INITIALIZERS, Initializer, draw
from networks.initializers import fans, variance_of

ALL = pytest.mark.parametrize("initializer", INITIALIZERS.values(), ids=lambda entry: entry.key)
RANDOM = [entry for entry in INITIALIZERS.values() if entry.distribution in ("normal", "uniform")]
SHAPE = (300, 500)


def drawn(initializer: Initializer, shape: tuple[int, ...] = SHAPE, gain: float = 1.3, seed: int = 0) -> torch.Tensor:
    return draw(initializer, shape, initializer.choose(), gain, torch.Generator().manual_seed(seed))


@ALL
def test_mean_and_variance_are_as_declared(initializer: Initializer):
    for shape in (SHAPE, (64, 32, 3, 3)):
        weights = drawn(initializer, shape).double().numpy().ravel()
        variance = variance_of(initializer, shape, initializer.choose(), 1.3)
        if initializer.distribution == "constant":
            assert (weights == np.float32(initializer.level(initializer.choose()))).all()
            assert variance == 0
            continue
        n = len(weights)
        assert abs(weights.mean()) < 5 * math.sqrt(variance / n)
        assert weights.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / n))


@pytest.mark.parametrize("initializer", RANDOM, ids=lambda entry: entry.key)
def test_the_distribution_is_as_declared(initializer: Initializer):
    std = math.sqrt(initializer.variance(SHAPE[1], SHAPE[0], initializer.choose(), 1.3))
    weights = drawn(initializer).double().numpy().ravel()
    if initializer.distribution == "uniform":
        bound = math.sqrt(3) * std
        assert np.abs(weights).max() <= bound * (1 + 1e-6)
        assert np.abs(weights).max() > 0.999 * bound
        expected = stats.uniform(-bound, 2 * bound)
    else:
        expected = stats.norm(0, std)
    assert stats.kstest(weights[:20_000], expected.cdf).pvalue > 1e-3


@ALL
def test_the_pytorch_line_draws_the_same_numbers(initializer: Initializer):
    """The global generator, seeded alike, drives the line; the last digits differ where a number is printed in six."""
    hyper = initializer.choose()
    line = initializer.pytorch_line(hyper, 1.3, SHAPE[1], SHAPE[0])
    w = torch.empty(SHAPE)
    inputs = torch.randn(200, SHAPE[1], generator=torch.Generator().manual_seed(1))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        exec(line, {"torch": torch, "w": w, "inputs": inputs})
    ours = drawn(initializer)
    if initializer.data_dependent:
        ours *= hyper["scale"] / (inputs @ ours.T).std()
    torch.testing.assert_close(ours, w, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("key", "values", "theirs"),
    [
        ("xavier_normal", {"gain": 0.7}, lambda w, g: torch.nn.init.xavier_normal_(w, 0.7, generator=g)),
        ("xavier_uniform", {"gain": 0.7}, lambda w, g: torch.nn.init.xavier_uniform_(w, 0.7, generator=g)),
        ("kaiming_normal", {}, lambda w, g: torch.nn.init.kaiming_normal_(w, nonlinearity="relu", generator=g)),
        (
            "kaiming_uniform",
            {"mode": "fan_out"},
            lambda w, g: torch.nn.init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu", generator=g),
        ),
        ("orthogonal", {"gain": 0.7}, lambda w, g: torch.nn.init.orthogonal_(w, 0.7, generator=g)),
    ],
)
@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (16, 8, 3, 3)])
def test_the_numbers_are_pytorchs(key: str, values: dict[str, float], theirs, shape: tuple[int, ...]):
    initializer = INITIALIZERS[key]
    ours = draw(initializer, shape, initializer.choose(**values), math.sqrt(2), torch.Generator().manual_seed(4))
    expected = theirs(torch.empty(shape), torch.Generator().manual_seed(4))
    torch.testing.assert_close(ours, expected, rtol=1e-6, atol=1e-7)


def test_orthogonal_rows_or_columns_are_orthonormal_up_to_the_gain():
    for shape in ((40, 60), (60, 40)):
        w = drawn(INITIALIZERS["orthogonal"], shape, gain=1.0).double()
        w = w if shape[0] < shape[1] else w.T
        torch.testing.assert_close(w @ w.T, torch.eye(40, dtype=torch.float64), atol=1e-6, rtol=0)


def test_a_seed_gives_the_same_weights_and_another_seed_others():
    one = INITIALIZERS["kaiming_normal"]
    assert torch.equal(drawn(one, seed=3), drawn(one, seed=3))
    assert not torch.equal(drawn(one, seed=3), drawn(one, seed=4))


@ALL
def test_words_are_complete_and_short(initializer: Initializer):
    for sentence in (initializer.idea, *(one.meaning for one in initializer.hyperparameters)):
        assert sentence.endswith(".")
        assert len(sentence.split()) <= 20
    assert initializer.latex
    assert initializer.reference


def test_a_vector_is_refused():
    with pytest.raises(ValueError, match=r"shape \(5,\)"):
        fans((5,))
