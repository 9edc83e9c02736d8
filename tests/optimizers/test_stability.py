from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizers import OPTIMIZERS, descend
from optimizers.stability import noise_gap, stability
from tests.optimizers.surfaces import Quadratic

CURVATURE = 8.0
BOWL = Quadratic(1.0, CURVATURE)


def _of(key: str, steps: int = 400, **values: Any):
    path = descend(BOWL, OPTIMIZERS[key], start=(1.0, 1.0), steps=steps, **values)
    found = stability(path, BOWL.hessian(path.points[:-1]))
    assert found is not None
    return path, found


@pytest.mark.parametrize(
    ("key", "values", "limit"),
    [
        ("sgd", {}, 2.0),
        ("momentum", {"momentum": 0.9}, 3.8),
        ("momentum", {"momentum": 0.5, "dampening": 0.5}, 6.0),
        ("momentum_ema", {"momentum": 0.9}, 38.0),
        ("nesterov", {"momentum": 0.9}, 3.8 / 2.8),
    ],
)
def test_the_limit_separates_paths_that_shrink_from_paths_that_grow(key, values, limit):
    """The limit is a theorem about quadratics, so the rule itself must change sides there."""
    for factor, grows in ((0.97, False), (1.03, True)):
        path, found = _of(key, steps=600, lr=factor * limit / CURVATURE, **values)
        assert found.limit == pytest.approx(limit, rel=1e-12)
        np.testing.assert_allclose(found.products, factor * limit, rtol=1e-12)
        distance = np.abs(path.points[:, 1])
        assert (distance[-20:].max() > distance[:20].max()) == grows


def test_weight_decay_in_the_gradient_adds_to_the_curvature():
    _, found = _of("sgd", steps=3, lr=0.1, weight_decay=2.0)
    np.testing.assert_allclose(found.products, 0.1 * (CURVATURE + 2.0), rtol=1e-12)


def test_adagrad_divides_the_rate_of_each_coordinate_by_the_root_of_its_memory():
    path, found = _of("adagrad", steps=5, lr=0.3, eps=1e-10)
    gradients = BOWL.gradient(path.points[:-1])
    expected = 0.3 / (np.sqrt(np.cumsum(gradients**2, axis=0)) + 1e-10)
    np.testing.assert_allclose(found.rates, expected, rtol=1e-9)
    np.testing.assert_allclose(found.products, (expected * [1.0, CURVATURE]).max(-1), rtol=1e-9)
    assert found.rescaled


def test_the_product_of_a_rescaled_rule_is_the_curvature_of_the_rescaled_surface():
    tilted = Quadratic(3.0, 5.0, c=2.0)
    path = descend(tilted, OPTIMIZERS["adam"], start=(1.0, -0.5), steps=10, lr=0.05)
    found = stability(path, tilted.hessian(path.points[:-1]))
    assert found is not None
    assert found.limit == pytest.approx(38.0)
    for rates, product in zip(found.rates, found.products, strict=True):
        # D H has the eigenvalues of D^(1/2) H D^(1/2), without their symmetry.
        expected = np.linalg.eigvals(np.diag(rates) @ tilted.matrix).real.max()
        assert product == pytest.approx(expected, rel=1e-9)


def test_rmsprop_ends_at_its_limit_when_it_swings():
    _, found = _of("rmsprop", steps=2000, lr=0.05)
    assert np.median(found.products[-200:]) == pytest.approx(2.0, rel=0.2)


def test_no_limit_is_claimed_for_rules_without_a_known_one():
    for key in ("newton", "lion", "bfgs", "rprop"):
        path = descend(BOWL, OPTIMIZERS[key], start=(1.0, 1.0), steps=3)
        assert stability(path, BOWL.hessian(path.points[:-1])) is None
    bare = descend(BOWL, OPTIMIZERS["adam"], start=(1.0, 1.0), steps=3, record="points")
    assert stability(bare, BOWL.hessian(bare.points[:-1])) is None


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.6])
def test_the_gap_that_noise_keeps_open_is_that_of_many_paths(rate: float) -> None:
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    hessian = turn @ np.diag([3.0, 0.5]) @ turn.T
    root = np.array([[1.0, 0.0], [0.7, 0.4]])
    random, points = np.random.default_rng(0), np.zeros((20_000, 2))
    for _ in range(int(12 / (rate * 0.5))):  # twelve times the slower memory
        points = points - rate * (points @ hessian + random.standard_normal(points.shape) @ root.T)
    gaps = 0.5 * ((points @ hessian) * points).sum(-1)
    expected = noise_gap(hessian, root @ root.T, rate)
    assert expected is not None
    assert abs(gaps.mean() - expected) < 5 * gaps.std() / np.sqrt(len(gaps))
    assert noise_gap(hessian, root @ root.T, 0.7) is None  # beyond 2 / 3


def test_no_gap_is_told_where_the_surface_does_not_hold_a_path() -> None:
    assert noise_gap(np.diag([1.0, -1.0]), np.eye(2), 0.1) is None
