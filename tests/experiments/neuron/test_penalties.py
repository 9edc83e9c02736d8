"""Lasso, ridge and elastic net of two weights against scikit-learn, and the number of lambda in each convention."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from experiments.neuron.conventions import conventions_of
from experiments.neuron.penalties import LAMBDAS, MIXES, NUMBER_ROWS, declared
from experiments.neuron.penalty import (
    bowl_loss,
    bowl_of,
    bowl_penalty,
    optimum,
    optimum_of,
    path_of,
    penalty_sentences,
    zero_from,
)
from landscapes.neurons import rows_of
from numerals import readable
from settings import SettingsCodec

CODEC = SettingsCodec(declared)
EXACT = {"fit_intercept": False, "tol": 1e-14, "max_iter": 1_000_000}


def settings(**given: Any) -> dict[str, Any]:
    start, problems = CODEC.read({})
    assert not problems
    return CODEC.changed(start, given)


def table(fitted: str) -> tuple[np.ndarray, np.ndarray]:
    rows = rows_of(fitted, "two_features")
    return rows.table[:, :2], rows.table[:, 2]


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("fitted", list(NUMBER_ROWS))
def test_the_optimum_is_scikit_learns(fitted: str, mix: float):
    x, t = table(fitted)
    for strength in (0.001, 0.0501, 0.2, 0.794, 2.0, 10.0):
        values = settings(fitted=fitted, mix=mix, **{"lambda": min(LAMBDAS, key=lambda stop: abs(stop - strength))})
        here, number = optimum_of(values), {each.key: each.number for each in conventions_of(values)}["sklearn"]
        if mix == 1:
            known = Lasso(alpha=number, **EXACT).fit(x, t)
        elif mix == 0:
            known = Ridge(alpha=number, fit_intercept=False, tol=1e-14).fit(x, t)
        else:
            known = ElasticNet(alpha=number, l1_ratio=mix, **EXACT).fit(x, t)
        np.testing.assert_allclose(here.weights, known.coef_, rtol=1e-8, atol=1e-10)
        assert (here.weights == 0).tolist() == (known.coef_ == 0).tolist()
        assert here.loss == pytest.approx(float(((t - x @ known.coef_) ** 2).mean()), rel=1e-8)


@pytest.mark.parametrize("mix", MIXES)
def test_every_convention_has_its_number_for_the_same_optimum(mix: float):
    """Each sum, written out as its formula says, is a multiple of the page's up to nothing at all."""
    values = settings(mix=mix, **{"lambda": 0.2})
    x, t = table("diabetes")
    n, points = len(t), np.random.default_rng(0).standard_normal((30, 2))
    squares = ((points @ x.T - t) ** 2).sum(-1)
    size, square = np.abs(points).sum(-1), (points**2).sum(-1)
    both = mix * size + (1 - mix) * square / 2
    page = squares / n + 0.2 * both
    written = {
        "mean": lambda a: squares / n + a * both,
        "sklearn": lambda a: squares + a * square if mix == 0 else squares / (2 * n) + a * both,
        "sum": lambda a: squares + a * both,
        "half_sum": lambda a: squares / 2 + a * size,
        "whole": lambda a: squares / n + a * square,
        "over_n": lambda a: squares / (2 * n) + a / (2 * n) * square,
        "net": lambda a: squares / (2 * n) + a / 2 * square,
        "c": lambda a: a * squares + (size if mix == 1 else square / 2),
    }
    told = conventions_of(values)
    assert len(told) == {1.0: 5, 0.0: 6}.get(mix, 3)
    for each in told:
        ratio = written[each.key](each.number) / page
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


@pytest.mark.parametrize("mix", MIXES[1:])
@pytest.mark.parametrize("fitted", list(NUMBER_ROWS))
def test_weights_are_exactly_0_from_the_lambda_that_is_told_and_not_before(fitted: str, mix: float):
    bowl = bowl_of(fitted)
    for i, end in enumerate(zero_from(bowl, mix)):
        assert end is not None
        assert optimum(bowl, end * (1 + 1e-9), mix).weights[i] == 0
        assert optimum(bowl, end * (1 - 1e-6), mix).weights[i] != 0
        assert all(optimum(bowl, end * more, mix).weights[i] == 0 for more in np.geomspace(1.001, 30, 60))


def test_where_lasso_ends_is_where_scikit_learn_has_its_largest_alpha():
    """alpha_max = max |X' t| / n (Friedman, Hastie and Tibshirani 2010)."""
    x, t = table("diabetes")
    ends = zero_from(bowl_of("diabetes"), 1.0)
    assert max(end for end in ends if end is not None) == pytest.approx(2 * np.abs(x.T @ t).max() / len(t), rel=1e-12)


@pytest.mark.parametrize("fitted", list(NUMBER_ROWS))
def test_l2_never_makes_a_weight_0(fitted: str):
    assert zero_from(bowl_of(fitted), 0.0) == (None, None)
    strengths, weights = path_of(settings(fitted=fitted, mix=0.0))
    assert strengths.tolist() == list(LAMBDAS)
    assert (weights != 0).all()


@pytest.mark.parametrize("mix", MIXES)
def test_no_place_with_a_smaller_penalty_has_a_smaller_loss(mix: float):
    """Lambda and the radius of the constraint belong together."""
    bowl, random = bowl_of("drawn"), np.random.default_rng(3)
    for strength in (0.1, 0.5):
        here = optimum(bowl, strength, mix)
        points = here.weights + random.standard_normal((5000, 2)) * 0.3
        allowed = bowl_penalty(points, mix) <= here.radius
        assert allowed.sum() > 500
        assert bowl_loss(bowl, points[allowed]).min() >= here.loss
        total = bowl_loss(bowl, points) + strength * bowl_penalty(points, mix)
        assert total.min() >= here.loss + strength * here.radius


def test_the_quadratic_is_the_landscape():
    bowl, points = bowl_of("iris"), np.random.default_rng(5).standard_normal((40, 2))
    np.testing.assert_allclose(bowl_loss(bowl, points), bowl.surface.value(points), rtol=1e-12)
    np.testing.assert_allclose(
        bowl_loss(bowl, points) + 0.3 * bowl_penalty(points, 0.5),
        bowl.surface.with_parameters(l1=0.15, l2=0.15).value(points),
        rtol=1e-12,
    )


def test_the_sentences_say_what_is_exactly_0_and_from_where():
    first, second = penalty_sentences(settings(fitted="iris", mix=1.0, **{"lambda": 0.1}))
    assert "the weight of sepal length is exactly 0" in first
    assert "petal length from λ = 1.46 on, sepal length from λ = 0.0174 on" in second
    assert "the least loss with |w₁| + |w₂| ≤ 0.681" in first
    circle, ridge = penalty_sentences(settings(mix=0.0))
    radius = np.hypot(*optimum_of(settings(mix=0.0)).weights)
    assert f"the least loss with |w| ≤ {readable(float(radius))}" in circle
    assert "neither ever 0" in ridge
