"""Centering, scaling, rotating and whitening: exact on the training part, and what they do to least squares."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from experiments.normalization.whitening import STAGES, condition_number, fit, leak, two_features
from landscapes.least_squares import LeastSquares

DEPENDENT = two_features(correlation=0.9, seed=1)
INDEPENDENT = two_features(correlation=0.0, seed=1, train=2000)


def stages(data) -> dict[str, np.ndarray]:
    return {stage: fit(stage, data.train_x).apply(data.train_x) for stage in STAGES}


def test_scaled_and_whitened_training_data_are_those_of_scikit_learn():
    x, made = DEPENDENT.train_x, stages(DEPENDENT)
    np.testing.assert_allclose(made["scaled"], StandardScaler().fit_transform(x), rtol=1e-10, atol=1e-12)
    for stage, whiten in (("rotated", False), ("whitened", True)):
        theirs = PCA(whiten=whiten).fit_transform(x)
        theirs = theirs * (np.sqrt(200 / 199) if whiten else 1)  # they divide the variance by n - 1
        np.testing.assert_allclose(np.abs(made[stage]), np.abs(theirs), rtol=1e-8, atol=1e-10)


def test_whitened_training_data_has_the_identity_as_covariance():
    made = stages(DEPENDENT)
    for stage in ("whitened", "zca"):
        np.testing.assert_allclose(np.cov(made[stage].T, bias=True), np.eye(2), atol=1e-12)
        np.testing.assert_allclose(made[stage].mean(0), 0, atol=1e-12)
    off = np.cov(made["rotated"].T)
    assert abs(off[0, 1]) < 1e-12
    assert off[0, 0] > off[1, 1]


def test_zca_is_the_whitening_closest_to_the_centered_data():
    x, made = DEPENDENT.train_x, stages(DEPENDENT)
    centered = x - x.mean(0)
    distance = np.linalg.norm(made["zca"] - centered)
    for angle in np.linspace(0.1, 6.2, 40):
        turned = made["zca"] @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        assert np.linalg.norm(turned - centered) > distance


def test_scaling_suffices_for_independent_features_and_only_whitening_for_dependent_ones():
    independent = {stage: condition_number(x) for stage, x in stages(INDEPENDENT).items()}
    dependent = {stage: condition_number(x) for stage, x in stages(DEPENDENT).items()}
    assert independent["scaled"] < 1.2
    assert independent["centered"] > 20
    assert dependent["scaled"] == pytest.approx(19, rel=0.3)  # (1 + 0.9) / (1 - 0.9)
    assert dependent["whitened"] == pytest.approx(1)
    assert dependent["zca"] == pytest.approx(1)
    assert dependent["rotated"] == pytest.approx(dependent["centered"])
    assert dependent["raw"] > dependent["centered"] > dependent["scaled"]


@pytest.mark.parametrize("stage", list(STAGES))
def test_least_squares_is_its_definition_and_its_derivatives_are_exact(stage: str):
    x, y = fit(stage, DEPENDENT.train_x).apply(DEPENDENT.train_x), DEPENDENT.train_y
    loss = LeastSquares(x=x, y=y)
    points = np.random.default_rng(0).normal(size=(3, 4, 2))
    expected = 0.5 * ((np.einsum("nd,abd->abn", x, points) - y) ** 2).mean(-1)
    np.testing.assert_allclose(loss.value(points), expected, rtol=1e-10)
    gradient = np.einsum("abn,nd->abd", np.einsum("nd,abd->abn", x, points) - y, x) / len(y)
    np.testing.assert_allclose(loss.gradient(points), gradient, rtol=1e-9, atol=1e-9)
    assert loss.hessian(points).shape == (3, 4, 2, 2)
    np.testing.assert_allclose(np.linalg.cond(loss.hessian(points[0, 0])), condition_number(x), rtol=1e-6)
    np.testing.assert_allclose(loss.gradient(loss.minimum), 0, atol=1e-9)


def test_gradient_descent_diverges_just_above_the_largest_stable_rate():
    loss = LeastSquares(x=DEPENDENT.train_x, y=DEPENDENT.train_y)
    for factor, ends in ((0.98, True), (1.02, False)):
        w = np.array([1.0, 1.0])
        first = loss.value(w)
        for _ in range(500):
            w = w - factor * loss.largest_stable_rate * loss.gradient(w)
        assert bool(loss.value(w) < first) == ends


def test_features_have_the_asked_moments():
    data = two_features(correlation=0.8, mean=(1.0, 5.0), spread=(2.0, 0.3), train=50_000, noise=0.0)
    np.testing.assert_allclose(data.train_x.mean(0), [1, 5], atol=0.05)
    np.testing.assert_allclose(data.train_x.std(0), [2, 0.3], rtol=0.02)
    assert np.corrcoef(*data.train_x.T)[0, 1] == pytest.approx(0.8, abs=0.01)
    standard = (data.train_x - [1, 5]) / [2, 0.3]
    np.testing.assert_allclose(data.train_y, standard @ [1, 2], atol=1e-10)


def test_statistics_that_saw_the_test_part_make_it_look_more_standard():
    data = two_features(correlation=0.6, train=10, test=30, seed=4)
    found = leak("scaled", data)
    honest = fit("scaled", data.train_x).apply(data.test_x)
    np.testing.assert_allclose(found.mean, honest.mean(0))
    assert np.abs(found.leaked_mean).sum() < np.abs(found.mean).sum()
    assert found.shift > 0.05
    assert found.test_loss != found.leaked_loss
    assert leak("raw", data).shift == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit("sphered", DEPENDENT.train_x), "stage was given 'sphered'"),
        (lambda: fit("scaled", np.ones((5, 2))), "allowed are positive ones"),
        (lambda: fit("whitened", np.outer(np.arange(9.0), [1, 2])), "allowed are positive ones"),
        (lambda: LeastSquares(x=np.ones((3, 3)), y=np.ones(3)), r"allowed are \(n, 2\) and \(n,\)"),
        (lambda: two_features(correlation=1.0), "correlation 1.0"),
        (lambda: two_features(test=1), "test 1"),
    ],
)
def test_what_is_not_allowed_is_refused(call, message: str):
    with pytest.raises(ValueError, match=message):
        call()
