from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from trainers import LOSSES

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = torch.randn(20, 4, generator=GENERATOR)
CLASSES = torch.randint(0, 4, (20,), generator=GENERATOR)
ONE_HOT = functional.one_hot(CLASSES, 4).float()
NUMBERS, TRUE = torch.randn(20, 1, generator=GENERATOR), torch.randn(20, 1, generator=GENERATOR)


def _compute(key, outputs, targets, reduction="mean", **values):
    values = {setting.name: setting.default for setting in LOSSES[key].settings} | values
    return LOSSES[key].compute(outputs, targets, values, reduction)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("mse", functional.mse_loss(NUMBERS, TRUE)),
        ("mae", functional.l1_loss(NUMBERS, TRUE)),
        ("huber", functional.huber_loss(NUMBERS, TRUE)),
    ],
)
def test_losses_of_a_regression_are_those_of_pytorch(key, expected):
    assert _compute(key, NUMBERS, TRUE).item() == expected.item()


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("cross_entropy", {}, functional.cross_entropy(LOGITS, CLASSES)),
        ("cross_entropy", {"label_smoothing": 0.2}, functional.cross_entropy(LOGITS, CLASSES, label_smoothing=0.2)),
        ("bce", {}, functional.binary_cross_entropy_with_logits(LOGITS, ONE_HOT)),
        ("mse", {}, functional.mse_loss(LOGITS.softmax(1), ONE_HOT)),
        ("kl", {}, functional.cross_entropy(LOGITS, CLASSES)),
        (
            "kl",
            {"label_smoothing": 0.2},
            functional.kl_div(LOGITS.log_softmax(1), 0.8 * ONE_HOT + 0.05, reduction="batchmean"),
        ),
    ],
)
def test_losses_of_a_classification_are_those_of_pytorch(key, values, expected):
    assert _compute(key, LOGITS, CLASSES, **values).item() == pytest.approx(expected.item(), rel=1e-6)


def test_two_classes_take_one_logit_under_binary_cross_entropy():
    assert [LOSSES["bce"].outputs(classes) for classes in (2, 3, None)] == [1, 3, 1]
    assert LOSSES["cross_entropy"].outputs(2) == 2
    labels = CLASSES % 2
    expected = functional.binary_cross_entropy_with_logits(LOGITS[:, 0], labels.float())
    assert _compute("bce", LOGITS[:, :1], labels).item() == pytest.approx(expected.item())
    mixed = functional.one_hot(labels, 2).float()
    assert _compute("bce", LOGITS[:, :1], mixed).item() == pytest.approx(expected.item())


@pytest.mark.parametrize("key", LOSSES)
def test_the_mean_is_that_of_the_rows_and_mixed_targets_equal_classes(key):
    for outputs, targets in ((LOGITS, CLASSES), (NUMBERS, TRUE)):
        task = "regression" if outputs is NUMBERS else "classification"
        if task not in LOSSES[key].tasks:
            continue
        rows = _compute(key, outputs, targets, "none")
        assert rows.shape == (20,)
        assert rows.mean().item() == pytest.approx(_compute(key, outputs, targets).item(), rel=1e-6)
    if "classification" in LOSSES[key].tasks:
        assert _compute(key, LOGITS, ONE_HOT).item() == pytest.approx(_compute(key, LOGITS, CLASSES).item(), rel=1e-6)
