"""The chord and the smallest curvature, growing weights, and feature scaling, against PyTorch and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from experiments.neuron.chord import SURFACES, chord_of, chord_sentence, ends_of
from experiments.neuron.convexity import (
    DECAYS,
    ENDS,
    MEASURED_ROWS,
    WEIGHTS,
    declared,
)
from experiments.neuron.growth import STEPS, gradient, growth_of, growth_sentences, loss, widest_margin
from experiments.neuron.scaling import MOST_OF_SQUARES, TOLERANCE, races_of, scaling_sentence
from landscapes import LANDSCAPES
from landscapes.neurons import CLASSES, REGRESSION, row_table, rows_of
from settings import SettingsCodec

CODEC = SettingsCodec(declared)


def settings(**given: Any) -> dict[str, Any]:
    start, problems = CODEC.read({})
    assert not problems
    return CODEC.changed(start, given)


def inputs(classes: str, weights: str) -> tuple[np.ndarray, np.ndarray]:
    rows = rows_of(classes, weights)
    t = rows.by_name["t"]
    second = rows.by_name["b"] if weights == "two_features" else np.ones(len(t))
    return np.stack([rows.by_name["a"], second], -1), t


def torch_loss(key: str, w: torch.Tensor, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    z = x @ w
    return F.binary_cross_entropy_with_logits(z, t) if key == "logistic" else F.mse_loss(torch.sigmoid(z), t)


def curvature(of: Callable[[torch.Tensor], torch.Tensor], at: torch.Tensor) -> torch.Tensor:
    return torch.autograd.functional.hessian(of, at)  # type: ignore[return-value]


# ---- the chord -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", list(WEIGHTS))
@pytest.mark.parametrize("classes", CLASSES)
def test_losses_along_the_segment_and_their_smallest_curvature_are_those_of_autograd(classes: str, weights: str):
    values = settings(classes=classes, weights=weights, ax=-3.0, by=2.5)
    a, b = ends_of(values)
    x, t = (torch.tensor(each) for each in inputs(classes, weights))
    for along in chord_of(values):
        ends = [torch_loss(along.key, torch.tensor(end), x, t).item() for end in (a, b)]
        for i in (0, 37, 50, 100):
            s = i / 100
            point = torch.tensor((1 - s) * a + s * b)
            assert along.value[i] == pytest.approx(torch_loss(along.key, point, x, t).item(), rel=1e-12)
            assert along.chord[i] == pytest.approx((1 - s) * ends[0] + s * ends[1], rel=1e-12)
            hessian = curvature(lambda w, key=along.key: torch_loss(key, w, x, t), point)
            assert along.smallest[i] == pytest.approx(torch.linalg.eigvalsh(hessian)[0].item(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("weights", list(WEIGHTS))
@pytest.mark.parametrize("classes", CLASSES)
def test_no_chord_of_cross_entropy_fails_wherever_its_ends_are(classes: str, weights: str):
    random = np.random.default_rng(0)
    for ends in random.uniform(-8, 8, (12, 4)).round(1):
        at = dict(zip(ENDS, ends.tolist(), strict=True))
        cross_entropy, _ = chord_of(settings(classes=classes, weights=weights, **at))
        assert cross_entropy.above == 0
        assert cross_entropy.lowest >= 0


@pytest.mark.parametrize("classes", CLASSES)
def test_the_chord_of_the_default_fails_for_squared_error_and_says_so(classes: str):
    cross_entropy, squared = chord_of(settings(classes=classes))
    assert squared.above > 0.005
    assert squared.lowest < 0
    assert squared.value[round(100 * squared.at)] - squared.chord[round(100 * squared.at)] == squared.above
    assert "not convex" in chord_sentence(squared)
    assert "never stands above its chord" in chord_sentence(cross_entropy)
    assert "never falls below 0" in chord_sentence(cross_entropy)


def test_a_chord_of_no_length_fails_for_nobody():
    for along in chord_of(settings(ax=2.0, ay=2.0, bx=2.0, by=2.0)):
        assert along.above == 0


def test_both_losses_are_landscapes_over_the_same_rows():
    assert list(SURFACES) == ["logistic", "sigmoid_squared"]
    assert [LANDSCAPES[key].key for key in SURFACES] == list(SURFACES)


# ---- growth --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", list(WEIGHTS))
@pytest.mark.parametrize("classes", CLASSES)
def test_the_gradient_that_is_walked_is_the_landscapes(classes: str, weights: str):
    surface = LANDSCAPES["logistic"].with_parameters(data=classes, inputs=weights)
    points = np.random.default_rng(1).uniform(-9, 9, (20, 2))
    np.testing.assert_allclose(
        gradient(points, *inputs(classes, weights)), surface.gradient(points), rtol=1e-10, atol=1e-14
    )
    np.testing.assert_allclose(loss(points, *inputs(classes, weights)), surface.value(points), rtol=1e-11)


@pytest.mark.parametrize("weights", list(WEIGHTS))
def test_every_path_is_that_of_a_plain_loop_in_pytorch_with_weight_decay(weights: str):
    growth = growth_of(settings(classes="setosa_virginica", weights=weights))
    x, t = (torch.tensor(each) for each in inputs("setosa_virginica", weights))
    for place in (0, DECAYS.index(0.01), DECAYS.index(1.0)):
        w = [torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2)]
        groups = [
            {"params": w[:1], "weight_decay": DECAYS[place]},
            {"params": w[1:], "weight_decay": DECAYS[place] if weights == "two_features" else 0.0},
        ]
        optimizer = torch.optim.SGD(groups, lr=float(growth.rates[place]))
        for step in range(1, 101):
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(x @ torch.stack(w), t).backward()
            optimizer.step()
            if step in (1, 10, 100):
                at = int(np.flatnonzero(growth.steps == step)[0])
                np.testing.assert_allclose(
                    growth.weights[place, at], [each.item() for each in w], rtol=1e-11, atol=1e-14
                )


def test_without_l2_the_weights_grow_with_the_logarithm_and_turn_to_the_widest_margin():
    growth = growth_of(settings(classes="setosa_versicolor"))
    assert growth.margin is not None
    assert growth.angle is not None
    decade = [int(np.flatnonzero(growth.steps == steps)[0]) for steps in (100, 1000, 10_000)]
    gained = np.diff(growth.length[0, decade])
    assert np.log(10) / growth.margin * 0.6 < gained[1] < np.log(10) / growth.margin
    assert (np.diff(growth.angle[0, decade]) < 0).all()
    fallen = growth.loss[0, decade[1]] / growth.loss[0, decade[2]]
    assert 7 < fallen < 10  # towards 1 / t


def test_with_l2_the_weights_come_to_the_minimum_that_scikit_learn_knows():
    from sklearn.linear_model import LogisticRegression

    classes = "setosa_virginica"
    growth = growth_of(settings(classes=classes))
    x, t = inputs(classes, "two_features")
    for decay in (0.01, 0.1):
        known = LogisticRegression(C=1 / (decay * len(t)), fit_intercept=False, tol=1e-12, max_iter=1000).fit(x, t)
        np.testing.assert_allclose(growth.weights[DECAYS.index(decay), -1], known.coef_[0], rtol=1e-5)


@pytest.mark.parametrize("weights", list(WEIGHTS))
@pytest.mark.parametrize("classes", ["setosa_virginica", "setosa_versicolor"])
def test_the_widest_margin_is_that_of_a_hard_support_vector_machine(classes: str, weights: str):
    from sklearn.svm import LinearSVC

    x, t = inputs(classes, weights)
    unit, margin = widest_margin((2 * t - 1)[:, None] * x)
    assert ((2 * t - 1) * (x @ unit)).min() == pytest.approx(margin, rel=1e-12)
    known = (
        LinearSVC(C=1e4, loss="hinge", fit_intercept=False, tol=1e-10, max_iter=2_000_000, dual="auto")
        .fit(x, t)
        .coef_[0]
    )
    np.testing.assert_allclose(unit, known / np.hypot(*known), atol=2e-4)
    assert margin == pytest.approx(1 / np.hypot(*known), rel=2e-4)


def test_where_no_line_parts_the_classes_the_words_speak_of_a_minimum():
    growth = growth_of(settings(classes="blobs"))
    assert not growth.separable
    assert growth.angle is None
    minimum = LANDSCAPES["logistic"].with_parameters(data="blobs").minima[0]
    np.testing.assert_allclose(growth.weights[0, -1], minimum, rtol=1e-6)
    assert "there is a minimum" in growth_sentences(growth, 0.01)[0]


def test_the_sentences_say_the_numbers_of_the_last_step():
    growth = growth_of(settings(classes="setosa_virginica"))
    free, held = growth_sentences(growth, 0.0104)  # of a link, beside the strengths that are known
    assert f"after {STEPS:,} steps |w| is 8.69" in free
    assert "ln(10) / margin = 2.96" in free
    assert held.startswith("With λ = 0.01: |w| comes to 2.86")


# ---- scaling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", list(MEASURED_ROWS))
def test_both_surfaces_have_one_minimum_and_its_condition_is_that_of_autograd(data: str):
    measured, scaled = races_of(settings(measured=data))
    assert measured.lowest == pytest.approx(scaled.lowest, rel=1e-12)
    feature, target, _ = row_table(data)
    for raced in (measured, scaled):
        a = feature[:, 0]
        a = (a - a.mean()) / a.std() if raced.scaled else a
        x, t = torch.tensor(np.stack([a, np.ones(len(a))], -1)), torch.tensor(target)

        def at(w: torch.Tensor, x: torch.Tensor = x, t: torch.Tensor = t) -> torch.Tensor:
            return F.mse_loss(x @ w, t) if data in REGRESSION else F.binary_cross_entropy_with_logits(x @ w, t)

        minimum = torch.tensor(raced.minimum, requires_grad=True)
        (slope,) = torch.autograd.grad(at(minimum), minimum)
        assert slope.abs().max() < 1e-10
        low, high = torch.linalg.eigvalsh(curvature(at, minimum.detach())).tolist()
        assert raced.condition == pytest.approx(high / low, rel=1e-8)


@pytest.mark.parametrize("data", list(MEASURED_ROWS))
def test_the_race_is_gradient_descent_on_the_landscape(data: str):
    for raced in races_of(settings(measured=data)):
        w = np.zeros(2)
        for step in range(1, 61):
            w = w - raced.rate * raced.surface.gradient(w)
            np.testing.assert_allclose(raced.path[step], w, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("data", list(MEASURED_ROWS))
def test_the_steps_to_the_tolerance_are_the_first_ones_that_reach_it(data: str):
    for raced in races_of(settings(measured=data)):
        height = float(raced.surface.value(np.zeros(2))) - raced.lowest
        if raced.needed is None:
            assert (raced.left > TOLERANCE).all()
            continue
        before, after = raced.surface.value(raced.path[[raced.needed - 1, raced.needed]])
        assert (after - raced.lowest) / height <= TOLERANCE < (before - raced.lowest) / height


def test_the_words_of_the_race():
    measured, scaled = (scaling_sentence(each) for each in races_of(settings(measured="iris")))
    assert measured.startswith("Condition number 105; 149 steps are enough")
    assert scaled.startswith("Condition number 1; one step is enough")
    far, _ = races_of(settings(measured="diabetes"))
    assert len(far.path) == MOST_OF_SQUARES + 1
