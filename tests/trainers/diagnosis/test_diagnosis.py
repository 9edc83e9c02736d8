"""Verdicts on curves with a known cause, and what must hold for any history."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainers.curves_by_hand import decay, healthy, inside, jitter, overfit
from trainers import History, RunConfig, diagnose
from trainers.diagnosis import KINDS as CATALOGUE
from trainers.diagnosis.findings import Finding

KINDS = {
    "diverging",
    "oscillating",
    "exploding_gradients",
    "vanishing_gradients",
    "dead_relus",
    "saturation",
    "slow",
    "plateau",
    "underfitting",
    "overfitting",
    "generalization_gap",
    "miscalibration",
    "leakage",
    "validation_too_small",
    "good_fit",
    "not_enough_evidence",
}
SCALES = (1e-3, 1.0, 2e4)


def first(**series: Any) -> Finding:
    return diagnose(History(**series))[0]


def kinds(**series: Any) -> list[str]:
    return [finding.kind for finding in diagnose(History(**series))]


def test_the_catalogue_holds_the_public_kinds():
    assert set(CATALOGUE) == KINDS


def test_diagnosing_imports_no_torch():
    code = (
        "import sys; from trainers import History, diagnose; "
        "diagnose(History(train_loss=[1, 2])); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("scale", SCALES)
def test_a_healthy_run_is_a_good_fit_in_any_unit(scale: float):
    series = {name: scale * values for name, values in healthy().items()}
    assert kinds(**series) == ["good_fit"]


@pytest.mark.parametrize("scale", SCALES)
def test_overfitting_is_found_with_its_epoch_and_its_numbers_in_any_unit(scale: float):
    series = {name: scale * values for name, values in overfit(best=15).items()}
    finding = first(**series)
    assert finding.kind == "overfitting"
    assert 12 <= finding.since <= 20
    assert finding.span == (finding.since, 60)
    lowest = series["val_loss"].min()
    assert f"since epoch {finding.since:g}" in finding.evidence
    assert np.isclose(lowest, series["val_loss"][int(finding.since) - 1])


def test_validation_loss_that_rises_while_accuracy_holds_is_miscalibration():
    n = 60
    found = diagnose(History(**overfit(n), train_metric=np.linspace(0.7, 1, n), val_metric=np.full(n, 0.85)))
    assert [finding.kind for finding in found] == ["miscalibration", "overfitting"]
    assert found[1].secondary


def test_validation_loss_that_rises_while_accuracy_falls_is_overfitting():
    n = 60
    metric = np.concatenate([np.full(20, 0.85), np.linspace(0.85, 0.7, 40)])
    assert first(**overfit(n), train_metric=np.linspace(0.7, 1, n), val_metric=metric).kind == "overfitting"


def test_validation_loss_that_rises_while_training_loss_rises_too_is_not_overfitting():
    n = 60
    rise = np.maximum(0, np.arange(n) - 20) * 0.004
    assert "overfitting" not in kinds(train_loss=decay(n) + rise, val_loss=decay(n, end=0.13) + rise)


def test_a_regression_loss_near_zero_is_no_overfitting_though_it_triples():
    n = 80
    train, val = decay(n, 1.0, 1e-6, 4), decay(n, 1.0, 1e-5, 4)
    val = val + 2e-5 * np.maximum(0, np.arange(n) - 60) / 20
    assert kinds(train_loss=train, val_loss=val) == ["good_fit"]


def test_a_rise_within_the_noise_of_validation_is_no_overfitting():
    n = 80
    assert "overfitting" not in kinds(train_loss=decay(n, end=0.1), val_loss=decay(n, end=0.2) + jitter(n, 0.05))


def test_overfitting_takes_itself_back_when_validation_falls_below_its_best_again():
    n = 160
    hump = 0.35 * np.exp(-(((np.arange(n) - 60) / 15) ** 2))
    train, val = decay(n, end=0.06, pace=20), decay(n, end=0.12, pace=15) + hump
    assert first(train_loss=train[:75], val_loss=val[:75]).kind == "overfitting"
    assert kinds(train_loss=train, val_loss=val) == ["good_fit"]


def test_a_rate_drop_after_a_level_stretch_is_no_plateau():
    n = 90
    train = np.concatenate([decay(45, 2.3, 0.8, 5), 0.3 + 0.5 * np.exp(-np.arange(45) / 2)]) + jitter(n, 0.01)
    rate = np.where(np.arange(n) < 45, 0.1, 0.01)
    for end in (44, n):
        assert not any(
            f.alarm for f in diagnose(History(train_loss=train[:end], val_loss=train[:end] + 0.05, lr=rate[:end]))
        )


def test_loss_at_the_level_of_a_constant_prediction_is_a_plateau():
    n = 60
    finding = first(train_loss=0.69 + jitter(n, 1e-4), val_loss=0.695 + jitter(n, 2e-4, 1))
    assert finding.kind == "plateau"


def test_a_flat_loss_halfway_down_with_no_gap_is_underfitting():
    n = 80
    found = kinds(train_loss=decay(n, 1.0, 0.65, 5), val_loss=decay(n, 1.0, 0.66, 5))
    assert found[0] == "underfitting"


def test_a_reference_model_decides_whether_a_high_loss_is_underfitting():
    n = 80
    curves = {"train_loss": decay(n, 1.0, 0.65, 5), "val_loss": decay(n, 1.0, 0.66, 5)}
    metric = np.full(n, 0.35)
    assert "underfitting" not in kinds(**curves, train_metric=metric, val_metric=metric, reference_metric=0.36)
    assert kinds(**curves, train_metric=metric, val_metric=metric, reference_metric=0.9)[0] == "underfitting"


def test_a_loss_that_a_schedule_has_brought_to_rest_is_no_underfitting():
    n = 60
    train = np.concatenate([np.linspace(1.0, 0.65, 40), np.full(20, 0.65)])
    curves: dict[str, Any] = {"train_loss": train, "val_loss": train + 0.01}
    dropped = np.where(np.arange(n) < 40, 0.1, 1e-4)
    assert first(**curves, lr=np.full(n, 0.1)).kind == "underfitting"
    assert not first(**curves, lr=dropped).alarm


def test_a_loss_that_would_fall_far_in_the_same_budget_again_is_no_underfitting():
    n = 60
    curves: dict[str, Any] = {"train_loss": decay(n, 1.0, 0.65, 5), "val_loss": decay(n, 1.0, 0.66, 5)}
    creeping = {name: values - 0.003 * np.arange(n) for name, values in curves.items()}
    assert first(**curves).kind == "underfitting"
    assert not first(**creeping).alarm


def test_underfitting_needs_a_reference_that_is_better_beyond_its_own_error():
    n = 80
    metric = np.full(n, 0.84)
    given: dict[str, Any] = {
        "train_loss": decay(n, 1.0, 0.5, 5),
        "val_loss": decay(n, 1.0, 0.51, 5),
        "train_metric": metric,
        "val_metric": metric,
        "reference_metric": 0.9,
        "config": {"data.val_share": 0.2, "data.test_share": 0.2},
    }
    assert not first(**given, val_rows=40).alarm
    assert first(**given, val_rows=400).kind == "underfitting"


def test_a_claim_about_rate_or_fit_needs_more_at_the_start_of_the_budget():
    n = 40
    swings = 0.3 + 0.05 * np.where(np.arange(n) % 2, 1, -1) + jitter(n, 0.01)
    given: dict[str, Any] = {"train_loss": swings, "val_loss": swings + 0.02, "baseline_loss": 1.0}
    assert first(**given, config={"budget.epochs": n}).kind == "oscillating"
    early = first(**given, config={"budget.epochs": 10 * n})
    assert early.kind != "oscillating"
    wider = {name: values * 2 if name != "baseline_loss" else values for name, values in given.items()}
    assert first(**wider, config={"budget.epochs": 10 * n}).kind == "oscillating"


def test_one_excursion_is_no_oscillation():
    n = 60
    level = 0.4 + jitter(n, 0.01)
    once = level.copy()
    once[50] += 0.5
    often = level.copy()
    often[42::4] += 0.5
    assert "oscillating" not in kinds(train_loss=once, val_loss=once, baseline_loss=0.7)
    assert "oscillating" in kinds(train_loss=often, val_loss=often, baseline_loss=0.7)


def test_sentences_of_calm_verdicts_read_well_for_one_report_and_where_validation_is_lowest():
    assert first(train_loss=[0.7], val_loss=[0.7]).evidence == "There is 1 report so far; most verdicts need 10."
    assert first(train_loss=[0.7, 0.6], val_loss=[0.7, 0.6]).evidence.startswith("There are 2 reports so far;")
    falling = {"train_loss": decay(60, 1.0, 0.05), "val_loss": decay(60, 1.0, 0.07)}
    falling["val_loss"][-3:] = falling["val_loss"][-1]
    assert ", its lowest; training loss is " in first(**falling).evidence
    falling["val_loss"] = falling["val_loss"] + 5e-4 * np.maximum(0, np.arange(60) - 40)
    assert " at its best); training loss is " in first(**falling).evidence


def test_a_wide_gap_with_validation_at_its_best_is_no_overfitting():
    n = 80
    assert kinds(train_loss=decay(n, 1.0, 0.02), val_loss=decay(n, 1.0, 0.5)) == ["generalization_gap"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300])
def test_a_loss_that_is_no_number_is_diverging_at_its_epoch(bad: float):
    finding = first(train_loss=[0.7, 0.6, 3.0, bad, bad], val_loss=[0.7, 0.6, 3.1, bad, bad])
    assert (finding.kind, finding.since) == ("diverging", 4)


def test_a_missing_value_is_not_divergence():
    train = list(healthy()["train_loss"])
    val = [v if i % 5 == 4 else None for i, v in enumerate(healthy()["val_loss"])]
    assert kinds(train_loss=train, val_loss=val) == ["good_fit"]


def test_a_loss_that_runs_away_in_swings_is_not_told_to_stay_anywhere():
    swings = np.concatenate([np.linspace(1, 0.3, 10), np.tile([3.0, 100.0, 2.0, 40.0, 2.5], 8)])
    finding = first(train_loss=swings, val_loss=swings)
    assert finding.kind == "diverging"
    assert finding.evidence.startswith("Training loss swings up to 100, half of it above 3, since epoch")
    assert finding.evidence.endswith("; its lowest was 0.3.")


def test_a_loss_far_above_its_minimum_is_diverging_and_one_spike_is_not():
    train = decay(60)
    spike = train.copy()
    spike[40:42] = 5.0
    away = train.copy()
    away[40:] = 5.0
    assert first(train_loss=away, val_loss=away).kind == "diverging"
    assert "stays near" in first(train_loss=away, val_loss=away).evidence
    assert "diverging" not in kinds(train_loss=spike, val_loss=spike)


def test_a_broken_start_that_ends_in_no_number_is_exploding_gradients_and_its_cause():
    found = diagnose(History(train_loss=[4000.0, math.nan], val_loss=[4100.0, math.nan], baseline_loss=0.69))
    assert [finding.kind for finding in found] == ["exploding_gradients", "diverging"]
    assert found[1].secondary


def test_wide_swings_without_descent_are_oscillation():
    n = 60
    swings = 0.5 + 0.2 * np.where(np.arange(n) % 2, 1, -1) + jitter(n, 0.03)
    assert first(train_loss=swings, val_loss=swings + 0.02, baseline_loss=0.7).kind == "oscillating"


def test_warm_restarts_are_no_oscillation():
    n = 80
    wave = 0.5 * (1 + np.cos(np.pi * (np.arange(n) % 8) / 8))
    curve = 0.1 + 0.3 * wave
    assert "oscillating" in kinds(train_loss=curve + jitter(n, 0.05), val_loss=curve, baseline_loss=0.7)
    assert "oscillating" not in kinds(train_loss=curve + jitter(n, 0.05), val_loss=curve, baseline_loss=0.7, lr=wave)


def test_swings_that_two_curves_show_are_seen_where_more_is_known():
    """L stands above where it has been, in swings just below those that count by themselves where L0 is known."""
    n = 48
    back = np.where(np.arange(n) < 16, decay(n, 0.9, 0.15, 3), 0.30) + 0.027 * np.where(np.arange(n) % 2, 1, -1)
    curves: dict[str, Any] = {"train_loss": back, "val_loss": back + 0.02}
    assert first(**curves).kind == "oscillating"
    assert first(**curves, baseline_loss=1.0, internals=inside(n)).kind == "oscillating"
    # Beside an L0 many times that, a calmer rate would be worth little.
    assert "oscillating" not in kinds(**curves, baseline_loss=10.0)


def test_jolts_that_are_no_swing_do_not_hide_a_slow_run():
    n = 60
    falling = decay(n, 1.0, 0.4, 40)
    jolted = falling + 0.012 * np.where(np.arange(n) % 2, 1, -1)
    steps = inside(n, update_ratio=(1e-4, 1e-4, 1e-4))
    for curve in (falling, jolted):
        given: dict[str, Any] = {"train_loss": curve, "val_loss": curve + 0.01, "baseline_loss": 1.0}
        assert first(**given, internals=steps).kind == "slow"


def test_a_straight_creeping_fall_is_slow():
    n = 60
    curve = np.linspace(0.70, 0.64, n)
    assert first(train_loss=curve, val_loss=curve + 0.005, baseline_loss=0.693).kind == "slow"


def test_vanishing_gradients_explain_the_plateau():
    n = 40
    series: dict[str, Any] = {"train_loss": 0.693 + jitter(n, 1e-4), "val_loss": 0.694 + jitter(n, 1e-4, 1)}
    found = diagnose(History(**series, internals=inside(n, grad_norm=(1e-7, 1e-4, 0.1))))
    assert found[0].kind == "vanishing_gradients"
    assert {f.kind for f in found[1:]} <= {"plateau", "underfitting"}
    assert all(finding.secondary for finding in found[1:])


def test_small_gradients_at_a_low_loss_are_convergence():
    n = 60
    assert kinds(**healthy(n), internals=inside(n, grad_norm=(1e-9, 1e-6, 1e-4))) == ["good_fit"]


def test_dead_units_are_found_while_much_is_left_to_learn_only():
    n = 40
    stuck = {"train_loss": 0.69 + jitter(n, 1e-4), "val_loss": 0.69 + jitter(n, 1e-4, 1)}
    dead = inside(n, dead_share=(0.1, 0.95, None), grad_norm=(0.0, 0.0, 0.1))
    assert first(**stuck, internals=dead).kind == "dead_relus"
    assert kinds(**healthy(), internals=inside(60, dead_share=(0.1, 0.6, None))) == ["good_fit"]


def test_saturated_layers_are_found():
    n = 40
    stuck = {"train_loss": 0.6 + jitter(n, 1e-3), "val_loss": 0.62 + jitter(n, 1e-3, 1), "baseline_loss": 0.69}
    flat = inside(n, saturated_share=(0.9, 0.2, None), dead_share=(None, None, None), grad_norm=(1e-4, 0.01, 0.1))
    assert first(**stuck, internals=flat).kind == "saturation"


def test_values_at_the_ends_of_an_activation_since_a_bad_start_are_saturation_though_the_loss_swings():
    n = 40
    swings = 6 + 3 * np.where(np.arange(n) % 2, 1, -1)
    curves: dict[str, Any] = {"train_loss": np.append(20.0, swings[1:]), "val_loss": swings + 1.0, "baseline_loss": 1.0}
    columns: dict[str, Any] = {"saturated_share": (0.1, 0.2, None), "dead_share": (0.0, 0.0, None)}
    at_ends = inside(n, activation_std=(0.97, 0.99, 5.0), **columns)
    between = inside(n, activation_std=(0.6, 0.5, 5.0), **columns)
    assert first(**curves, internals=at_ends).kind == "saturation"
    assert first(**curves, internals=between).kind != "saturation"
    half_as_far = inside(n, activation_std=(0.485, 0.495, 5.0), **columns)
    sigmoid = {"model.activation": "sigmoid"}
    assert first(**curves, internals=half_as_far, config=sigmoid).kind == "saturation"


def test_gradients_that_outgrow_their_past_are_the_rates_doing_where_the_first_steps_were_long():
    n = 40
    train = np.concatenate([decay(20, 1.0, 0.5), np.full(20, 9.0)])
    norms = np.where(np.arange(n) == 35, 5000.0, 1.0)
    curves: dict[str, Any] = {"train_loss": train, "val_loss": train, "grad_norm": norms, "baseline_loss": 1.0}
    short, long = (inside(n, update_ratio=(ratio,) * 3) for ratio in (1e-3, 0.2))
    assert first(**curves, internals=short).kind == "exploding_gradients"
    assert first(**curves, internals=long).kind == "diverging"


def test_a_constant_left_by_dead_units_is_no_divergence():
    n = 60
    train = np.concatenate([decay(12, 1.4, 0.4, 4), np.full(48, 1.0)]) + jitter(n, 1e-3)
    curves: dict[str, Any] = {"train_loss": train, "val_loss": train, "baseline_loss": 1.0}
    assert first(**curves, internals=inside(n)).kind == "diverging"
    assert first(**curves, internals=inside(n, dead_share=(0.2, 1.0, None))).kind == "dead_relus"


def test_a_level_loss_is_no_plateau_where_the_first_weights_have_moved():
    n = 60
    curves: dict[str, Any] = {"train_loss": 0.69 + jitter(n, 1e-4), "val_loss": 0.69 + jitter(n, 1e-4, 1)}
    assert first(**curves, internals=inside(n, distance=(0.01, 0.01, 0.4))).kind == "plateau"
    assert first(**curves, internals=inside(n, distance=(0.6, 0.4, 0.4))).kind == "underfitting"


def test_swings_that_hardly_go_below_their_mean_are_no_oscillation():
    n = 60
    swings = 0.5 + 0.04 * np.where(np.arange(n) % 2, 1, -1)
    assert "oscillating" not in kinds(train_loss=swings, val_loss=swings + 0.02, baseline_loss=0.7)
    assert "oscillating" in kinds(train_loss=swings - 0.25, val_loss=swings - 0.23, baseline_loss=0.7)


def test_a_steep_descent_in_a_few_reports_is_no_swing():
    train = [2.7, 1.7, 1.0, 0.53, 0.19, 0.19, 0.18, 0.06, 0.12, 0.03, 0.05]
    val = [2.7, 1.7, 1.1, 0.66, 0.3, 0.36, 0.31, 0.19, 0.27, 0.15, 0.17]
    assert kinds(train_loss=train, val_loss=val, baseline_loss=2.3) == ["good_fit"]


def test_one_layer_whose_loss_still_falls_at_the_end_of_its_budget_is_slow():
    n = 60
    curve = decay(n, 0.85, 0.05, 45)
    given: dict[str, Any] = {"train_loss": curve, "val_loss": curve + 0.01, "baseline_loss": 0.69}
    whole, half = ({"model.name": "logistic", "budget.epochs": epochs} for epochs in (n, 2 * n))
    healthy_steps = inside(n, update_ratio=(0.01,) * 3)
    assert first(**given, config=whole, internals=healthy_steps).kind == "slow"
    assert not first(**given, config=half, internals=healthy_steps).alarm


def test_a_drift_that_lowers_the_training_loss_by_nothing_is_no_overfitting():
    n = 60
    train = decay(n, 1.0, 0.48, 3) - 0.0001 * np.arange(n)
    assert "overfitting" not in kinds(train_loss=train, val_loss=0.43 + np.maximum(0, np.arange(n) - 12) * 0.002)


class Found:
    """What ``leak_report`` gives."""

    def __init__(self, shared: int = 0, giveaways: tuple[tuple[str, float], ...] = ()) -> None:
        self.shared_val, self.val_rows, self.giveaways = shared, 100, giveaways


def test_a_leak_is_told_from_the_data_and_never_from_the_curves():
    assert kinds(**healthy()) == ["good_fit"]
    assert first(**healthy(), leaks=Found(shared=40)).kind == "leakage"
    assert first(**healthy(), leaks=Found(giveaways=(("target (leaked)", 1.0),))).kind == "leakage"
    assert kinds(**healthy(), leaks=Found(shared=1)) == ["good_fit"]


def test_a_feature_that_is_merely_good_is_no_leak():
    assert kinds(**healthy(), leaks=Found(giveaways=(("petal width", 0.983),))) == ["good_fit"]


def test_few_validation_rows_come_before_what_is_read_from_them():
    found = diagnose(History(**overfit(), val_rows=6))
    assert [finding.kind for finding in found] == ["validation_too_small", "overfitting"]
    assert found[1].secondary


def test_the_number_of_validation_rows_is_read_from_accuracies():
    n = 60
    metric = np.round(np.linspace(0.3, 0.9, n) * 7) / 7
    assert first(**healthy(n), val_metric=metric).kind == "validation_too_small"


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_a_few_reports_are_not_enough(n: int):
    assert kinds(**healthy(n)) == ["not_enough_evidence"]


def test_training_loss_alone_gets_no_verdict_about_validation():
    assert kinds(train_loss=overfit()["train_loss"]) == ["not_enough_evidence"]


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0])
def test_constant_losses_are_read(value: float):
    assert kinds(train_loss=[value] * 30, val_loss=[value] * 30)


def test_losses_below_zero_are_read_on_their_own_scale():
    n = 60
    series = {name: values - 4.0 for name, values in overfit(n).items()}
    assert first(**series).kind == "overfitting"
    assert not first(**{name: values - 4.0 for name, values in healthy(n).items()}).alarm


@settings(max_examples=150)
@given(
    st.lists(st.none() | st.floats(), max_size=60),
    st.lists(st.none() | st.floats(), max_size=60),
    st.lists(st.none() | st.floats(), max_size=60),
)
def test_any_numbers_get_a_verdict_and_the_same_one_twice(train: list, val: list, metric: list):
    history = History(train_loss=train, val_loss=val, val_metric=metric)
    found = diagnose(history)
    assert found
    assert found == diagnose(history)
    for finding in found:
        assert finding.kind in KINDS
        assert 0 <= finding.confidence <= 1
        assert finding.span[0] == finding.since <= finding.span[1]
        assert len(finding.evidence.split()) <= 25
        assert finding.evidence.endswith(".")


@pytest.mark.parametrize("data", ["moons", "digits", "diabetes", "parity"])
def test_every_remedy_is_a_configuration_that_can_be_run(data: str):
    n = 60
    config = RunConfig(data={"name": data}, budget={"epochs": n})  # pyright: ignore[reportArgumentType]
    cases: list[dict[str, Any]] = [
        overfit(n),
        {"train_loss": [1.0, math.nan]},
        {"train_loss": [0.69] * n, "val_loss": [0.69] * n},
        {"train_loss": np.linspace(0.70, 0.64, n), "val_loss": np.linspace(0.70, 0.64, n)},
        {**overfit(n), "val_metric": np.full(n, 0.9)},
        {"train_loss": decay(n, 1.0, 0.65, 5), "val_loss": decay(n, 1.0, 0.66, 5)},
        {"train_loss": decay(n, 1.0, 0.02), "val_loss": decay(n, 1.0, 0.5)},
        {**healthy(), "leaks": Found(shared=40)},
        {**healthy(), "val_rows": 5},
        {"train_loss": [0.69] * n, "internals": inside(n, dead_share=(0.1, 0.9, None))},
        {"train_loss": [0.69] * n, "internals": inside(n, saturated_share=(0.9, 0.9, None))},
        {"train_loss": [0.69] * n, "internals": inside(n, grad_norm=(1e-8, 1e-4, 1.0))},
    ]
    for case in cases:
        finding = diagnose(History(**case, config=config))[0]
        for remedy in finding.remedies:
            assert config.changed(remedy.changes) != config
        if finding.kind not in ("leakage", "saturation"):
            assert finding.remedies, finding.kind


def test_without_a_configuration_remedies_are_still_told():
    finding = first(**overfit())
    assert finding.remedies
    assert all(len(remedy.label.split()) <= 20 for remedy in finding.remedies)


def test_what_is_no_list_of_numbers_is_refused_with_what_was_given():
    with pytest.raises(ValueError, match=r"val_loss was given \['high'\]"):
        History(train_loss=[1.0], val_loss=["high"])  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="epochs was given"):
        History(train_loss=[1.0, 2.0], epochs=[2, 1])
