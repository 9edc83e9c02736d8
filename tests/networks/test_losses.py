"""Losses and distances equal PyTorch's values and autograd's gradients in float64, Wasserstein's SciPy's."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.stats import wasserstein_distance
from torch.nn import functional as F

from networks.losses import CONVENTIONS, DISTANCES, LOSS_FUNCTIONS, entropy, smoothed
from trainers.config import LOSSES

ROWS, CLASSES = 60, 4
RNG = np.random.default_rng(0)


def _soft(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.dirichlet(np.ones(shape[-1]), shape[:-1])


def drawn(key: str) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets of a loss, its kinks and extreme logits among them."""
    takes = LOSS_FUNCTIONS[key].takes
    if takes == "logits":
        z = RNG.normal(0, 4, (ROWS, CLASSES))
        z[0] = [800, -800, 0, 3]
        target = np.eye(CLASSES)[RNG.integers(0, CLASSES, ROWS)]
        target[ROWS // 2 :] = _soft((ROWS // 2, CLASSES))
        return z, target
    prediction = RNG.normal(0, 3, ROWS)
    if takes == "number":
        target = RNG.normal(0, 3, ROWS)
        prediction[:3] = target[:3] + np.array([0, 0.7, -0.7])  # no error, and Huber's turning points below
        return prediction, target
    prediction[:6] = [0, 800, -800, 40, 1, -1]
    if takes == "score":
        return prediction, RNG.choice([-1.0, 1.0], ROWS)
    target = RNG.choice([0.0, 1.0], ROWS)
    target[ROWS // 2 :] = RNG.random(ROWS // 2)
    return prediction, target


HYPERS = [(key, {}) for key in LOSS_FUNCTIONS]
HYPERS += [("huber", {"delta": delta}) for delta in (0.1, 0.7, 5.0)]
HYPERS += [(key, {"label_smoothing": epsilon}) for key in ("cross_entropy", "kl", "bce") for epsilon in (0.1, 0.5)]


def in_torch(key: str, z: torch.Tensor, target: torch.Tensor, hyper: dict[str, float]) -> torch.Tensor:
    """One loss a row by PyTorch's own functions."""
    epsilon = hyper.get("label_smoothing", 0.0)
    if key == "mse":
        return F.mse_loss(z, target, reduction="none")
    if key == "mae":
        return F.l1_loss(z, target, reduction="none")
    if key == "huber":
        return F.huber_loss(z, target, reduction="none", delta=hyper["delta"])
    if key == "cross_entropy":
        return F.cross_entropy(z, target, reduction="none", label_smoothing=epsilon)
    if key == "kl":
        spread = target * (1 - epsilon) + epsilon / CLASSES
        return F.kl_div(z.log_softmax(-1), spread, reduction="none").sum(-1)
    if key == "bce":
        spread = target * (1 - epsilon) + epsilon / 2
        return F.binary_cross_entropy_with_logits(z, spread, reduction="none")
    if key == "sigmoid_mse":
        return F.mse_loss(z.sigmoid(), target, reduction="none")
    missing = F.relu(1 - target * z)
    return missing if key == "hinge" else missing.square()


@pytest.mark.parametrize(("key", "given"), HYPERS, ids=[f"{key} {given}" for key, given in HYPERS])
def test_value_and_gradient_are_those_of_pytorch(key: str, given: dict[str, float]) -> None:
    loss = LOSS_FUNCTIONS[key]
    hyper = loss.defaults() | given
    prediction, target = drawn(key)
    z = torch.tensor(prediction, requires_grad=True)
    rows = in_torch(key, z, torch.tensor(target), hyper)
    rows.sum().backward()
    assert z.grad is not None
    np.testing.assert_allclose(loss.value(prediction, target, hyper), rows.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(loss.gradient(prediction, target, hyper), z.grad.numpy(), rtol=1e-10, atol=1e-15)


def test_the_lines_of_code_run_and_are_the_mean_over_rows(tmp_path: Path) -> None:
    file = tmp_path / "lines.py"
    text = "from torch.nn import functional as F\n"
    for key, loss in LOSS_FUNCTIONS.items():
        text += f"def {key}(prediction, target):\n    return {loss.pytorch_line(loss.defaults())}\n"
    for key, distance in DISTANCES.items():
        text += f"def {key}(p, q, width):\n    return {distance.torch}\n"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("lines", file)
    assert spec is not None
    assert spec.loader is not None
    lines = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lines)
    for key, loss in LOSS_FUNCTIONS.items():
        prediction, target = drawn(key)
        given = getattr(lines, key)(torch.tensor(prediction), torch.tensor(target))
        expected = float(np.mean(loss.value(prediction, target, loss.defaults())))
        assert float(given) == pytest.approx(expected, rel=1e-12), key
    p, q = _soft((2, 12))
    for key, distance in DISTANCES.items():
        given = getattr(lines, key)(torch.tensor(p), torch.tensor(q), 0.25)
        assert float(given) == pytest.approx(float(distance.value(p, q, 0.25)), rel=1e-12), key


def test_the_hinge_is_pytorch_s_margin_loss_of_two_classes() -> None:
    scores, target = drawn("hinge")
    logits = torch.stack([torch.zeros(ROWS, dtype=torch.float64), torch.tensor(scores)], -1)
    classes = torch.tensor(target > 0).long()
    for key, p in (("hinge", 1), ("squared_hinge", 2)):
        rows = 2 * F.multi_margin_loss(logits, classes, p=p, reduction="none")
        np.testing.assert_allclose(LOSS_FUNCTIONS[key].value(scores, target, {}), rows.numpy(), rtol=1e-12)


@pytest.mark.parametrize("key", LOSSES)
def test_training_has_the_same_losses_under_the_same_names(key: str) -> None:
    """What a training computes with PyTorch is what the page of losses shows."""
    trained, own = LOSSES[key], LOSS_FUNCTIONS[key]
    assert (trained.name, trained.meaning, trained.latex, trained.settings) == (
        own.name,
        own.meaning,
        own.latex,
        own.settings,
    )
    prediction, target = drawn(key)
    hyper = own.defaults()
    if own.takes == "logits":
        target = target.argmax(-1)
        expected = own.value(prediction, np.eye(CLASSES)[target], hyper)
        rows = trained.compute(torch.tensor(prediction), torch.tensor(target), hyper, "none")
    elif own.takes == "logit":
        target = (target > 0.5).astype(np.int64)
        expected = own.value(prediction, target.astype(np.float64), hyper)
        rows = trained.compute(torch.tensor(prediction)[:, None], torch.tensor(target), hyper, "none")
    else:
        expected = own.value(prediction, target, hyper)
        rows = trained.compute(torch.tensor(prediction)[:, None], torch.tensor(target)[:, None], hyper, "none")
    np.testing.assert_allclose(rows.numpy(), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_smoothing_over_all_classes_is_pytorch_s_and_the_other_one_is_that_of_a_larger_epsilon(
    classes: int, epsilon: float
) -> None:
    z = torch.tensor(RNG.normal(0, 2, (1, classes)))
    for true in range(classes):
        target = smoothed(true, classes, epsilon)
        assert target.sum() == pytest.approx(1)
        expected = F.cross_entropy(z, torch.tensor([true]), label_smoothing=epsilon)
        given = LOSS_FUNCTIONS["cross_entropy"].value(z.numpy(), target[None], {"label_smoothing": 0.0})
        assert float(given[0]) == pytest.approx(float(expected), rel=1e-12)
        own = smoothed(true, classes, epsilon / classes, "wrong")
        np.testing.assert_allclose(own, target, atol=1e-15)
        assert np.delete(own, true) == pytest.approx(epsilon / classes)


def test_an_epsilon_that_leaves_less_than_nothing_is_refused() -> None:
    assert set(CONVENTIONS) == {"all", "wrong"}
    with pytest.raises(ValueError, match=r"epsilon was given 0\.5; with 4 classes"):
        smoothed(0, 4, 0.5, "wrong")
    with pytest.raises(ValueError, match="allowed are all, wrong"):
        smoothed(0, 4, 0.1, "mine")


@pytest.mark.parametrize("key", LOSS_FUNCTIONS)
def test_the_best_constant_is_what_is_said(key: str) -> None:
    """Over a skewed sample, by a search that knows nothing of the loss."""
    loss = LOSS_FUNCTIONS[key]
    hyper = loss.defaults()
    yes = 0.7
    if loss.takes == "logits":
        frequencies = np.array([0.5, 0.3, 0.15, 0.05])
        rows = np.tile(np.log(frequencies), (CLASSES, 1))
        gradient = frequencies @ loss.gradient(rows, np.eye(CLASSES), hyper)
        assert gradient == pytest.approx(0, abs=1e-12)
        return
    target = np.array([0.0, 1, 1, 2, 9]) if loss.takes == "number" else np.repeat([0.0, 1.0], [3, 7])
    if loss.takes == "score":
        target = 2 * target - 1
    best: Any = minimize_scalar(
        lambda c: float(np.mean(loss.value(np.full(len(target), c), target, hyper))), (-1.0, 1.5)
    )
    logit = float(np.log(yes / (1 - yes)))
    said = {
        "the mean": np.mean(target),
        "the median": np.median(target),
        "the frequency of yes": logit,
        "the sign of the majority": 1.0,
        "twice the frequency of yes, less 1": 2 * yes - 1,
    }
    if loss.constant == "between median and mean":
        assert np.median(target) <= best.x <= np.mean(target)
    else:
        assert best.x == pytest.approx(said[loss.constant], abs=1e-5)


def _in_torch(key: str, p: torch.Tensor, q: torch.Tensor, width: float) -> torch.Tensor:
    middle = (p + q) / 2
    if key == "forward":
        return F.kl_div(q.log(), p, reduction="sum")
    if key == "reverse":
        return F.kl_div(p.log(), q, reduction="sum")
    if key == "js":
        return (F.kl_div(middle.log(), p, reduction="sum") + F.kl_div(middle.log(), q, reduction="sum")) / 2
    return (q - p).cumsum(-1).abs().sum() * width


@pytest.mark.parametrize("key", DISTANCES)
def test_distances_and_their_gradients_are_those_of_pytorch(key: str) -> None:
    distance = DISTANCES[key]
    for p, q in zip(_soft((20, 30)), _soft((20, 30)), strict=True):
        second = torch.tensor(q, requires_grad=True)
        value = _in_torch(key, torch.tensor(p), second, 0.25)
        value.backward()
        assert second.grad is not None
        assert float(distance.value(p, q, 0.25)) == pytest.approx(float(value.detach()), rel=1e-12)
        gradient, expected = distance.gradient(p, q, 0.25), second.grad.numpy()
        if key == "wasserstein":  # both sums end at 1; the sign of what rounding leaves there moves all entries alike
            gradient, expected = gradient - gradient[-1], expected - expected[-1]
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-12)


def test_wasserstein_is_scipy_s() -> None:
    bins = np.linspace(-3, 3, 25)
    for p, q in zip(_soft((50, 25)), _soft((50, 25)), strict=True):
        expected = wasserstein_distance(bins, bins, p, q)
        assert float(DISTANCES["wasserstein"].value(p, q, bins[1] - bins[0])) == pytest.approx(expected, rel=1e-12)


def test_what_has_nothing_in_common_is_infinitely_far_or_log_2_or_as_far_as_it_is() -> None:
    p, q = np.zeros(20), np.zeros(20)
    p[2:5] = q[12:15] = 1 / 3
    values = {key: float(distance.value(p, q, 0.5)) for key, distance in DISTANCES.items()}
    assert values["forward"] == values["reverse"] == np.inf
    assert values["js"] == pytest.approx(np.log(2))
    assert values["wasserstein"] == pytest.approx(5.0)
    assert [distance.infinite for distance in DISTANCES.values()] == [True, True, False, False]
    assert float(entropy(p)) == pytest.approx(np.log(3))
