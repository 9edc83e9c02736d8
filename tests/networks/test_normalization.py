"""Normalization by NumPy is PyTorch's, and what batches of few samples and a forgotten eval mode cost."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from networks.normalization import KINDS, RunningAverages, batch_error, forgotten_eval, normalize, running_path, sharing

X = np.random.default_rng(5).normal(2.0, 3.0, (5, 6, 4))
SCALE, SHIFT = np.linspace(0.5, 2, 6), np.linspace(-1, 1, 6)


def module(kind: str) -> torch.nn.Module:
    line = KINDS[kind].torch.format(channels=6, positions=4, groups=3)
    return eval(line, {"torch": torch}).double()


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_equals_its_pytorch_module(kind: str):
    expected = module(kind)(torch.from_numpy(X)).detach().numpy()
    result = normalize(X, kind, groups=3)
    np.testing.assert_allclose(result.output, expected, rtol=1e-10, atol=1e-12)
    scaled = normalize(X, kind, groups=3, scale=SCALE, shift=SHIFT)
    np.testing.assert_allclose(scaled.output, expected * SCALE[:, None] + SHIFT[:, None], rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(scaled.standardized, result.output)


@pytest.mark.parametrize("kind", list(KINDS))
def test_statistics_come_from_exactly_the_cells_that_share_a_number(kind: str):
    """Another value in one cell changes mean and variance there and in its group, and nowhere else."""
    groups = sharing(kind, X.shape, 3)
    before = normalize(X, kind, groups=3)
    assert sorted(set(groups.ravel().tolist())) == list(range(groups.max() + 1))
    for cell in ((0, 0, 0), (4, 5, 3), (2, 3, 1)):
        other = X.copy()
        other[cell] += 10
        after = normalize(other, kind, groups=3)
        np.testing.assert_array_equal(after.variance != before.variance, groups == groups[cell])


@pytest.mark.parametrize(("kind", "number"), [("batch", 6), ("layer", 5), ("group", 15), ("instance", 30), ("rms", 5)])
def test_the_number_of_groups_is_as_defined(kind: str, number: int):
    assert sharing(kind, X.shape, 3).max() + 1 == number


def test_group_normalization_contains_layer_and_instance():
    np.testing.assert_array_equal(sharing("group", X.shape, 1), sharing("layer", X.shape))
    np.testing.assert_array_equal(sharing("group", X.shape, 6), sharing("instance", X.shape))


@pytest.mark.parametrize("momentum", [0.1, 0.5, 1.0])
def test_running_averages_and_evaluation_equal_pytorch(momentum: float):
    theirs = torch.nn.BatchNorm1d(6, momentum=momentum).double()
    ours = RunningAverages.fresh(6)
    batches = np.random.default_rng(0).normal(1, 2, (7, 5, 6, 4))
    for batch in batches:
        theirs(torch.from_numpy(batch))
        ours = ours.update(batch, momentum)
    state = theirs.state_dict()
    np.testing.assert_allclose(ours.mean, state["running_mean"], rtol=1e-12)
    np.testing.assert_allclose(ours.variance, state["running_var"], rtol=1e-12)
    np.testing.assert_allclose(ours.normalize(X), theirs.eval()(torch.from_numpy(X)).detach(), rtol=1e-12)
    assert ours.batches == 7
    means, variances = running_path(batches, momentum)
    np.testing.assert_array_equal(means[-1], ours.mean)
    np.testing.assert_array_equal(variances[0], np.ones(6))


def test_small_batches_err_by_the_law_of_the_mean():
    """The mean of n errs by 1 / sqrt(n); one sample has variance 0, an error of 100 %, and becomes 0 itself."""
    population = np.random.default_rng(0).normal(3, 2, 20_000)
    error = batch_error(population, draws=4000)
    assert error.sizes == (1, 2, 4, 8, 32)
    np.testing.assert_allclose(error.mean, 1 / np.sqrt(error.sizes), rtol=0.06)
    assert error.variance[0] == pytest.approx(1)
    assert error.output[0] == pytest.approx(1, rel=0.05)
    assert (np.diff(error.variance) < 0).all()
    assert (np.diff(error.output) < 0).all()
    n = np.array(error.sizes)
    expected = np.sqrt(2 * (n - 1) / n**2 + 1 / n**2)  # variance plus squared bias of the biased estimate
    np.testing.assert_allclose(error.variance, expected, rtol=0.08)


def test_training_mode_at_test_time_makes_an_answer_depend_on_its_batch():
    population = np.random.default_rng(1).normal(0, 1, 5000)
    assert (forgotten_eval(1.5, population, size=1) == 0).all()
    spreads = [forgotten_eval(1.5, population, size=size, draws=1000).std() for size in (4, 16, 64, 256)]
    assert (np.diff(spreads) < 0).all()
    assert spreads[0] > 0.2
    many = forgotten_eval(1.5, population, size=4096, draws=20)
    truth = (1.5 - population.mean()) / population.std()
    assert many.mean() == pytest.approx(truth, abs=0.03)
    one = np.concatenate([[1.5], np.random.default_rng(0).choice(population, (1, 7))[0]])
    expected = normalize(one[:, None, None], "batch").output[0, 0, 0]
    assert forgotten_eval(1.5, population, size=8, draws=1)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalize(X, "spectral"), "normalization was given 'spectral'"),
        (lambda: normalize(X, "group", groups=4), "groups was given 4; allowed is a divisor of the 6 channels"),
        (lambda: normalize(X[0], "layer"), r"shape \(6, 4\) was given"),
        (lambda: RunningAverages.fresh(6).update(X[:1, :, :1]), "needs two or more"),
        (lambda: RunningAverages.fresh(6).update(X, 0.0), "momentum was given 0.0"),
        (lambda: batch_error(np.ones(9)), "equal numbers"),
    ],
)
def test_what_is_not_allowed_is_refused(call, message: str):
    with pytest.raises(ValueError, match=message):
        call()
