"""Whether a claim held: which number decides, by what margin, and what is said."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.trainers.preset_runs import config_of, trained
from trainers import History
from trainers.diagnosis import KINDS as CATALOGUE
from trainers.diagnosis.trial import Judgement, judge
from trainers.diagnosis.trial_judging import FITTED, LEARNED
from trainers.diagnosis.trial_sides import gains, half_interval
from trainers.presets.catalogue import PRESETS

N = 40
KINDS = {key for key, kind in CATALOGUE.items() if kind.alarm}
LEARNING = {key for key in KINDS if CATALOGUE[key].judging in (LEARNED, FITTED)}


def flat(value: float, n: int = N) -> list[float]:
    return [value] * n


def history(train: float = 0.1, val: float = 0.3, config: Any = None, **more: Any) -> History:
    """Level curves over forty epochs; a constant prediction has 0.7."""
    given: dict[str, Any] = {"train_loss": flat(train), "val_loss": flat(val), "baseline_loss": 0.7, **more}
    return History(**given, config=config)


def end(kind: str, a: History, b: History, since: float = 0.0) -> Judgement:
    return judge(kind, a, b, since=since, running=False)


def test_kinds_of_learning_are_judged_by_training_loss_and_the_others_by_what_they_claim():
    assert {
        "diverging",
        "exploding_gradients",
        "vanishing_gradients",
        "dead_relus",
        "saturation",
        "oscillating",
        "slow",
        "plateau",
        "underfitting",
    } == LEARNING
    assert {key: CATALOGUE[key].judging.watched for key in KINDS - LEARNING} == {
        "overfitting": "val_loss",
        "generalization_gap": "val_loss",
        "miscalibration": "val_loss",
        "leakage": "val_metric",
        "validation_too_small": "val_metric",
    }


@pytest.mark.parametrize("kind", ["overfitting", "generalization_gap", "miscalibration"])
def test_memorizing_is_judged_by_validation_loss_at_the_end(kind: str):
    a, b = history(train=0.01, val=0.63), history(train=0.2, val=0.31)
    assert end(kind, a, b) == Judgement(
        held=True, sentence="The claim held: validation loss ends at 0.31 with the remedy, 0.63 without."
    )
    assert end(kind, b, a) == Judgement(
        held=False, sentence="The remedy made it worse: validation loss ends at 0.63 with the remedy, 0.31 without."
    )


@pytest.mark.parametrize("kind", sorted(LEARNING))
def test_learning_is_judged_by_training_loss(kind: str):
    a, b = history(train=0.6, val=0.6), history(train=0.1, val=0.3)
    assert end(kind, a, b).held is True
    assert end(kind, b, a).held is False
    told = end(kind, a, b).sentence.replace("loss ends at", "loss")
    assert "training loss 0.1 with the remedy, 0.6 without" in told


def test_a_lower_training_loss_does_not_count_where_validation_is_worse():
    judged = end("underfitting", history(train=0.4, val=0.42), history(train=0.05, val=0.9))
    assert judged.held is False
    assert "validation loss is 0.9 with it at best, 0.42 without" in judged.sentence


def test_a_run_that_learned_and_overfits_later_has_shown_that_the_rate_was_too_low():
    rising = np.concatenate([np.linspace(0.6, 0.2, 10), np.linspace(0.2, 0.9, 30)])
    assert end("slow", history(train=0.6, val=0.6), history(train=0.01, val_loss=rising)).held is True


def test_less_than_the_margin_decides_nothing():
    judged = end("overfitting", history(val=0.63), history(val=0.58))
    assert judged.held is False
    assert judged.sentence.startswith("The remedy made no clear difference: validation loss ends at 0.58")
    assert end("overfitting", history(val=0.63), history(val=0.56)).held is True


def test_noise_of_single_reports_does_not_decide():
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.03, (2, N))
        a, b = (history(val_loss=0.5 + row) for row in noise)
        assert end("overfitting", a, b).held is False
    # One report of 0.4 after 0.5: the mean of the last three is within the margin.
    spike = np.append(flat(0.5, N - 1), 0.4)
    assert gains(0.5, 0.4, 0.7)
    assert end("overfitting", history(val=0.5), history(val_loss=spike)).held is False


def test_both_are_compared_after_equal_epochs():
    falling = np.linspace(0.6, 0.0, 60)
    long = History(train_loss=falling, val_loss=falling, baseline_loss=0.7)
    short = History(train_loss=falling[:20], val_loss=falling[:20], baseline_loss=0.7)
    for a, b in ((long, short), (short, long)):
        assert end("slow", a, b).sentence.startswith("The remedy made no clear difference")


def test_training_longer_is_judged_at_its_own_end():
    short = history(train=0.4, val=0.4, config={"budget.epochs": N})
    falling = np.linspace(0.6, 0.1, 80)
    long = history(train_loss=falling, val_loss=falling, config={"budget.epochs": 80})
    judged = end("underfitting", short, long)
    assert judged.held is True
    assert "training loss 0.109 with the remedy, 0.4 without" in judged.sentence


def test_the_unchanged_side_of_training_longer_stands_where_it_ended():
    short = history(train_loss=np.linspace(0.6, 0.4, N), val=0.42, config={"budget.epochs": N})
    falling = np.linspace(0.4, 0.1, N)
    longer = History(
        train_loss=falling,
        val_loss=falling,
        epochs=np.arange(N + 1, 2 * N + 1),
        baseline_loss=0.7,
        config={"budget.epochs": 2 * N},
    )
    for unchanged, before in ((short, None), (History(train_loss=[], config={"budget.epochs": N}), short)):
        judged = judge("underfitting", unchanged, longer, since=N, running=False, before=before)
        assert judged.held is True
        assert "training loss 0.108 with the remedy, 0.405 without" in judged.sentence
    # A side that was to go on and has not yet is not where it ended.
    other = history(config={"budget.epochs": N})
    same = History(train_loss=falling, epochs=np.arange(N + 1, 2 * N + 1), config={"budget.epochs": N})
    assert judge("slow", other, same, since=N, running=True).sentence.startswith("Still running: no epoch")


@pytest.mark.parametrize(("val", "held"), [(0.36, True), (0.38, True), (0.6, False), (4.13, False)])
def test_a_claim_about_fit_holds_only_where_validation_does_not_pay_and_both_are_said(val: float, held: bool):
    # At its best the remedied side was as good as the other.
    rising = np.concatenate([flat(0.36, 20), np.linspace(0.36, val, 10), flat(val, 10)])
    judged = end("underfitting", history(train=0.5, val=0.36), history(train=0.001, val_loss=rising))
    assert judged.held is held
    assert "training loss 0.001 with the remedy, 0.5 without" in judged.sentence
    assert f"{val:g}" in judged.sentence
    assert "0.36 without" in judged.sentence
    # A rate is judged by what it is about.
    assert end("slow", history(train=0.5, val=0.36), history(train=0.001, val_loss=rising)).held is True


def test_only_what_came_after_the_fork_counts():
    low_before = np.concatenate([flat(0.2, 20), flat(0.9, 20)])
    a, b = history(val_loss=low_before), history(val_loss=np.concatenate([flat(0.2, 20), flat(0.4, 20)]))
    assert end("overfitting", a, b, since=20).sentence.endswith("ends at 0.4 with the remedy, 0.9 without.")


def test_early_stopping_is_judged_by_the_epoch_it_keeps():
    stopped = history(
        train_loss=flat(0.3, 12),
        val_loss=[0.5, 0.4, 0.3, 0.3, 0.3, *flat(0.5, 7)],
        config={"regularization.patience": 7},
    )
    judged = end("overfitting", history(val=0.8, config={"regularization.patience": 0}), stopped)
    assert judged.held is True
    assert judged.sentence == "The claim held: validation loss is 0.3 at its best with the remedy, 0.8 without."


def test_a_loss_that_is_no_number_loses():
    broken = history(train_loss=[0.5, 3.0, math.nan], val_loss=[0.5, 3.0, math.nan])
    held = end("diverging", broken, history(train=0.1))
    assert held.held is True
    assert held.sentence.endswith("without, it is no number from epoch 3 on.")
    assert end("diverging", history(train=0.1), broken).held is False
    both = end("diverging", broken, broken)
    assert both.held is False
    assert both.sentence == "The remedy did not help: with it, the loss is no number from epoch 3 on."
    assert end("overfitting", broken, history()).held is True
    # Finite, but no better than guessing.
    assert end("diverging", broken, history(train=5.0)).held is False


def test_losses_that_differ_in_kind_are_not_compared():
    hard = {"loss.name": "cross_entropy", "loss.label_smoothing": 0.0}
    soft = {**hard, "loss.label_smoothing": 0.3}
    a = history(val=2.4, val_metric=flat(0.765), config=hard, val_rows=200)
    b = history(val=0.8, val_metric=flat(0.743), config=soft, val_rows=200)
    judged = end("overfitting", a, b)
    assert judged.held is False
    assert "accuracy ends at 0.743 with the remedy, 0.765 without; losses differ" in judged.sentence
    better = history(val=0.8, val_metric=flat(0.9), config=soft, val_rows=200)
    assert end("overfitting", a, better).held is True
    unmeasured = history(val=0.8, config=soft)
    assert end("overfitting", a, unmeasured).held is None


def test_miscalibration_under_another_loss_is_judged_by_its_own_rise():
    hard = {"loss.name": "cross_entropy", "loss.label_smoothing": 0.0}
    soft = {**hard, "loss.label_smoothing": 0.1}
    rise = np.concatenate([flat(0.3, 10), np.linspace(0.3, 1.3, 10), flat(1.3, 20)])
    a = history(val_loss=rise, val_metric=flat(0.9), config=hard)
    b = history(val_loss=np.concatenate([flat(0.45, 10), flat(0.5, 30)]), val_metric=flat(0.9), config=soft)
    judged = end("miscalibration", a, b)
    assert judged.held is True
    assert judged.sentence == (
        "The claim held: validation loss ends 0.05 above its lowest with the remedy, 1 without; losses differ."
    )
    worse = history(val=0.45, val_metric=flat(0.8), config=soft)
    assert end("miscalibration", a, worse).held is False


def test_regressions_whose_targets_are_scaled_by_other_rows_are_compared_by_r_squared():
    config = {"loss.name": "mse", "data.scale_targets": True, "data.train_size": 40}
    a = history(val=0.9, val_metric=flat(0.1), config=config)
    b = history(val=0.5, val_metric=flat(0.5), config={**config, "data.train_size": 0})
    assert "R² ends at 0.5 with the remedy, 0.1 without" in end("overfitting", a, b).sentence


def test_a_leak_is_confirmed_by_a_metric_that_falls_on_clean_rows():
    a, b = history(val_metric=flat(0.94), val_rows=100), history(val_metric=flat(0.83), val_rows=100)
    judged = end("leakage", a, b)
    assert judged == Judgement(
        held=True, sentence="The claim held: validation accuracy is 0.83 on clean rows, 0.94 with the leak."
    )
    assert end("leakage", a, history(val_metric=flat(0.93), val_rows=100)).held is False
    # Without a metric the loss says it, and must rise.
    assert end("leakage", history(val=0.2), history(val=0.6)).held is True
    assert end("leakage", history(val=0.6), history(val=0.2)).held is False


def test_more_validation_rows_narrow_the_interval():
    few, many = history(val_metric=flat(0.9), val_rows=14), history(val_metric=flat(0.8), val_rows=60)
    judged = end("validation_too_small", few, many)
    assert judged.held is True
    assert "from 60 rows" in judged.sentence
    assert "from 14" in judged.sentence
    assert end("validation_too_small", many, few).held is False
    plain = end("validation_too_small", history(val_rows=10), history(val_rows=40))
    assert plain.sentence == "The claim held: one row is 2.5% of the validation loss with the remedy, 10.0% without."


def test_another_split_tells_whether_splits_agree():
    first = history(val=0.1, val_rows=14, config={"data.seed": 0})
    assert end("validation_too_small", first, history(val=0.4, val_rows=14, config={"data.seed": 1})).held is True
    assert end("validation_too_small", first, history(val=0.12, val_rows=14, config={"data.seed": 1})).held is False


def test_the_interval_is_wilsons():
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert 2 * half_interval(81 / 263, 263) == pytest.approx(0.3662 - 0.2553, abs=1e-4)


def test_nothing_is_decided_while_a_run_goes_on():
    judged = judge("overfitting", history(val=0.63), history(val=0.31), since=0, running=True)
    assert judged == Judgement(
        held=None, sentence="Still running: at epoch 40, validation loss is 0.31 with the remedy, 0.63 without."
    )
    assert judge("overfitting", history(), history(), since=N, running=True).held is None


def test_without_a_report_there_is_nothing_to_compare():
    nothing = History(train_loss=[])
    for a, b in ((nothing, history()), (history(), nothing), (nothing, nothing)):
        assert end("slow", a, b) == Judgement(
            held=None, sentence="Nothing can be compared: one of the runs has no report."
        )


def _odd() -> list[History]:
    hard, soft = ({"loss.name": "cross_entropy", "loss.label_smoothing": s, "data.seed": s} for s in (0.0, 0.3))
    return [
        history(train=123456.789, val=0.000123456, val_metric=flat(0.7654), config=hard, val_rows=17),
        history(train=0.0123, val=98765.4, val_metric=flat(0.1234), config=soft, val_rows=17),
        history(train_loss=[1.0, math.nan], val_loss=[1.0, math.inf], config=hard),
        History(train_loss=[0.5, 0.4], config={"budget.epochs": 7}),
        History(train_loss=[0.5], val_loss=[None], val_metric=[math.nan]),
        history(0.0, 0.0, config={"regularization.patience": 3, "budget.epochs": 3}, val_rows=1),
        History(train_loss=[]),
    ]


@pytest.mark.parametrize("kind", sorted(KINDS | {"good_fit", "no such kind"}))
def test_every_pair_of_histories_gets_a_sentence_of_at_most_twenty_words(kind: str):
    for a, b in product(_odd(), _odd()):
        for running in (False, True):
            judged = judge(kind, a, b, since=0, running=running)
            assert judged.sentence.endswith(".")
            assert len(judged.sentence.split()) <= 20, judged.sentence
            assert judged.held is None or not running


def test_a_gain_is_three_hundredths_of_the_baseline_and_a_tenth_of_itself():
    assert gains(1.0, 0.89, 1.0)
    assert not gains(1.0, 0.91, 1.0)
    assert not gains(0.02, 0.0, 1.0)
    assert not gains(0.5, math.nan, 1.0)
    assert gains(math.nan, 0.9, 1.0)
    assert not gains(math.inf, 1.1, 1.0)


@pytest.mark.parametrize("role", ["L2 penalty", "early stopping", "one layer of 4"])
def test_the_cures_of_the_overfitting_preset_hold(role: str):
    kept = PRESETS["overfitting_cures"]
    uncured, cured = (trained(config_of(kept.key, name))[1] for name in (kept.runs[0][0], role))
    assert end("overfitting", uncured, cured).held is True


def test_a_real_leak_is_confirmed_by_the_clean_split():
    leaky, clean = (trained(config_of("leakage_feature", role))[1] for role, _ in PRESETS["leakage_feature"].runs)
    assert end("leakage", leaky, clean).held is True
