"""What is offered: nothing that the run has already, said as what it is, and the one that helps most often first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.trainers.curves_by_hand import decay, inside, jitter, overfit
from trainers import History, RunConfig, diagnose
from trainers.diagnosis.findings import Remedy

N = 60


def offered(config: RunConfig, **series: Any) -> dict[str, Remedy]:
    found = diagnose(History(**series, config=config))[0]
    return {remedy.label: remedy for remedy in found.remedies}


def stuck(**columns: Any) -> dict[str, Any]:
    flat = {"train_loss": 0.693 + jitter(N, 1e-4), "val_loss": 0.694 + jitter(N, 1e-4, 1), "baseline_loss": 0.6931}
    return {**flat, "internals": inside(N, **columns)}


DEAD = stuck(dead_share=(1.0, 1.0, None), grad_norm=(0.0, 0.0, 0.1))
VANISHED = stuck(grad_norm=(1e-8, 1e-4, 0.1))
SATURATED = stuck(saturated_share=(0.9, 0.9, None), dead_share=(None, None, None))
CASES = {"dead": DEAD, "vanished": VANISHED, "saturated": SATURATED, "overfit": overfit(N)}


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("regularization.patience", 30, "Stop early"),
        ("regularization.weight_decay", 0.1, "weight decay"),
        ("model.dropout", 0.5, "Drop a third"),
        ("data.train_size", 0, "all training rows"),
    ],
)
def test_what_the_run_has_already_in_any_size_is_not_offered(setting: str, value: Any, word: str):
    config = RunConfig().changed({"budget.epochs": N, "data.train_size": 40})
    assert any(word in label for label in offered(config, **overfit(N)))
    assert not any(word in label for label in offered(config.changed({setting: value}), **overfit(N)))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
def test_a_label_names_what_changes(name: str, activation: str):
    config = RunConfig().changed({"model.activation": activation, "model.init_scale": 5.0, "budget.epochs": N})
    for label, remedy in offered(config, **CASES[name]).items():
        after = config.changed(remedy.changes)
        assert after != config
        if "ReLU with" in label:
            assert after.model.activation == "relu" != activation
        if "leaky" in label:
            assert after.model.activation == "leaky_relu" != activation
        if "usual size" in label:
            assert after.model.init_scale == 1.0
        if "inputs" in label and "layer" not in label:
            assert after.data.scaling != config.data.scaling
        for after_set in ("clip_norm", "patience", "weight_decay"):
            assert after.regularization[after_set] >= config.regularization[after_set]


def test_batch_normalization_that_is_there_is_not_offered_again():
    config = RunConfig().changed({"model.normalization": "batch", "model.activation": "relu", "budget.epochs": N})
    assert not any("Normalize" in label for label in offered(config, **VANISHED))
    plain = config.changed({"model.normalization": "none"})
    assert any("Normalize" in label for label in offered(plain, **VANISHED))


@pytest.mark.parametrize("initializer", ["zeros", "constant"])
def test_weights_that_are_all_alike_are_cured_first(initializer: str):
    config = RunConfig().changed({"model.initializer": initializer, "budget.epochs": N})
    first = next(iter(offered(config, **DEAD).values()))
    assert first.label == "Start from weights of the usual size."
    assert config.changed(first.changes).model.initializer == "kaiming_normal"
    usual = config.changed({"model.initializer": "kaiming_normal"})
    assert "leaky ReLU" in next(iter(offered(usual, **DEAD)))


def test_a_network_that_drops_units_on_purpose_is_not_made_larger():
    curves = {"train_loss": decay(80, 1.0, 0.65, 5), "val_loss": decay(80, 1.0, 0.66, 5), "baseline_loss": 1.0}
    config = RunConfig().changed({"budget.epochs": 80})
    assert any("larger" in label for label in offered(config, **curves))
    dropping = offered(config.changed({"model.dropout": 0.5}), **curves)
    assert next(iter(dropping)) == "Regularize less."
    assert not any("larger" in label for label in dropping)


def test_wrong_labels_leave_a_loss_that_is_no_underfitting():
    floor = float(-0.1 * np.log(0.1) - 0.9 * np.log(0.9))
    curves = {"train_loss": decay(80, 0.9, 0.43, 5), "val_loss": decay(80, 0.9, 0.44, 5), "baseline_loss": 0.6931}
    assert floor < 0.43
    config = RunConfig().changed({"budget.epochs": 80})
    assert diagnose(History(**curves, config=config))[0].kind == "underfitting"
    wrong = config.changed({"data.label_noise": 0.1})
    assert not diagnose(History(**curves, config=wrong))[0].alarm


def test_three_times_the_rate_is_the_last_thing_to_try_on_a_plateau():
    config = RunConfig().changed({"model.init_scale": 0.02, "budget.epochs": N, "optimizer.name": "sgd"})
    labels = list(offered(config, **stuck(distance=(0.01, 0.01, 0.01))))
    assert labels[0] == "Start from weights of the usual size."
    assert labels[-1] == "Go on with three times the rate."


@pytest.mark.parametrize(
    ("normalization", "rows", "first"), [("batch", 2, True), ("batch", 32, False), ("layer", 2, False)]
)
def test_batch_normalization_of_few_rows_is_cured_by_more_rows(normalization: str, rows: int, first: bool):
    changes = {"model.normalization": normalization, "budget.batch_size": rows, "budget.epochs": N}
    found = diagnose(History(**VANISHED, config=RunConfig().changed(changes)))[0]
    assert found.kind == "vanishing_gradients"
    assert (found.remedies[0].changes == {"budget.batch_size": 32}) == first
    assert ("normalized over 2 rows" in found.evidence) == first
