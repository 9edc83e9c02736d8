"""Curves as other tools write them: what can be seen in them is said, and no more.

Each case stands with its neighbors in scale, noise and length.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.trainers.curves_by_hand import decay, healthy, inside, jitter, overfit
from trainers import History, diagnose
from trainers.diagnosis.findings import Finding
from trainers.diagnosis.measures import measure

SCALES = pytest.mark.parametrize("scale", [1e-4, 1.0, 3e3])
SEEDS = pytest.mark.parametrize("seed", range(4))
NAN = math.nan


def first(**series: Any) -> Finding:
    return diagnose(History(**series))[0]


def kinds(**series: Any) -> list[str]:
    return [finding.kind for finding in diagnose(History(**series))]


def _rising(n: int, turn: int, low: float, slope: float, seed: int | None = None, noise: float = 0.0) -> dict[str, Any]:
    """Training falls all the way; validation turns at ``turn`` and then rises by ``slope`` a report."""
    i = np.arange(n)
    train = 0.3 * low + low * np.exp(-i * 9 / n) - 0.1 * low * i / n
    val = low + 0.5 * low * np.exp(-i * 12 / n) + slope * np.maximum(0, i - turn)
    if seed is not None:
        draw = np.random.default_rng(seed)
        train, val = train + noise * draw.normal(size=n), val + noise * draw.normal(size=n)
    return {"train_loss": train, "val_loss": val}


# -- a slow rise ------------------------------------------------------------------------------------------------------


def _creeping() -> list[tuple[str, dict[str, Any], int]]:
    i = np.arange(1000)
    wide = {
        "train_loss": 0.45 + 0.55 * np.exp(-i / 250) - 0.0001 * i,
        "val_loss": 0.80 + 0.2 * np.exp(-i / 90) + 0.00008 * np.maximum(0, i - 420),
    }
    near = {
        "train_loss": 0.26 + 0.46 * np.exp(-i / 110) - 0.00003 * np.maximum(0, i - 350),
        "val_loss": 0.345 + 0.4 * np.exp(-i / 100) + 0.000045 * np.maximum(0, i - 390),
    }
    return [("wide", wide, 420), ("near", near, 450)]


@SCALES
@pytest.mark.parametrize(("series", "turned"), [case[1:] for case in _creeping()], ids=["wide", "near"])
def test_a_slow_smooth_rise_is_overfitting_and_is_called_mild(series: dict[str, Any], turned: int, scale: float):
    found = first(**{name: scale * values for name, values in series.items()})
    assert found.kind == "overfitting"
    assert abs(found.since - turned) < 60
    assert "slowly, by 5%, from" in found.evidence


@SEEDS
@pytest.mark.parametrize("which", [0, 1])
def test_noise_of_a_tenth_of_the_rise_hides_it_not(which: int, seed: int):
    series = _creeping()[which][1]
    rise = 0.044 if which == 0 else 0.019
    noisy = {name: values + jitter(1000, 0.1 * rise, seed + 10 * k) for k, (name, values) in enumerate(series.items())}
    assert first(**noisy).kind == "overfitting"


@SEEDS
@pytest.mark.parametrize("n", [100, 400, 2000])
def test_a_rise_within_the_noise_or_without_end_is_none(seed: int, n: int):
    level = _rising(n, n, 0.4, 0.0, seed, 0.01)
    assert "overfitting" not in kinds(**level)
    # It has risen for the last tenth only, by as much as would do over half the run.
    late = _rising(n, round(0.9 * n), 0.4, 0.02 / (0.1 * n), seed, 0.001)
    assert "overfitting" not in kinds(**late)


@pytest.mark.parametrize("n", [100, 400, 2000])
def test_the_same_share_of_rise_at_any_length(n: int):
    assert first(**_rising(n, round(0.45 * n), 0.4, 0.024 / (0.55 * n))).kind == "overfitting"
    assert "overfitting" not in kinds(**_rising(n, round(0.45 * n), 0.4, 0.008 / (0.55 * n)))


def test_where_validation_has_turned_training_longer_is_not_advised():
    n = 60
    train = np.linspace(1.0, 0.6, n)
    val = 0.9 - 0.02 * np.arange(n).clip(max=30) + 0.001 * np.maximum(0, np.arange(n) - 30)
    found = first(train_loss=train, val_loss=val, baseline_loss=1.0)
    assert "longer" not in found.evidence
    assert "slow" not in kinds(train_loss=train, val_loss=val)
    assert "slow" in kinds(train_loss=train, val_loss=train + 0.01)


# -- what is measured where -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", ["after", "before", "sparse"])
def test_validation_at_other_places_is_paired_with_the_training_since_the_last(places: str):
    series = overfit(60)
    train: list[float | None] = []
    val: list[float | None] = []
    for i, (a, b) in enumerate(zip(series["train_loss"], series["val_loss"], strict=True)):
        if places == "sparse":
            train.append(a)
            val.append(b if i % 3 == 2 else None)
            continue
        pair = [(a, None), (None, b)] if places == "after" else [(None, b), (a, None)]
        train += [one for one, _ in pair]
        val += [other for _, other in pair]
    assert first(train_loss=train, val_loss=val).kind == "overfitting"


def test_the_training_beside_a_validation_point_is_the_mean_since_the_one_before():
    train = [8.0, 6.0, None, 4.0, 2.0, None, None]
    val = [None, None, 5.0, None, None, 3.0, 2.5]
    measures = measure(History(train_loss=train, val_loss=val))
    assert measures.val.tolist() == [5.0, 3.0, 2.5]
    assert measures.train_at_val.tolist() == [7.0, 3.0, 2.0]


@SEEDS
@pytest.mark.parametrize("steps", [20, 100])
def test_the_noise_of_single_steps_is_averaged_before_swings_are_said(steps: int, seed: int):
    n = 40 * steps
    train = decay(n, 0.7, 0.1, n / 8) + jitter(n, 0.1, seed)
    val: list[float | None] = [None] * n
    val[steps - 1 :: steps] = decay(40, 0.7, 0.12, 5).tolist()
    assert kinds(train_loss=train, val_loss=val) == ["good_fit"]


def test_a_rate_that_has_decayed_cannot_be_too_high():
    swings = 0.5 + 0.2 * np.where(np.arange(60) % 2, 1, -1)
    series: dict[str, Any] = {"train_loss": swings, "val_loss": swings + 0.02, "baseline_loss": 0.7}
    assert "oscillating" in kinds(**series, lr=np.full(60, 0.1))
    assert "oscillating" in kinds(**series, lr=np.geomspace(0.1, 0.02, 60))
    assert "oscillating" not in kinds(**series, lr=np.geomspace(0.1, 0.003, 60))


@pytest.mark.parametrize("count", [3, 6, 9])
def test_few_validation_losses_are_told_without_a_verdict_of_health(count: int):
    val: list[float | None] = [None] * 60
    places = np.linspace(5, 59, count).astype(int)
    for place, value in zip(places, np.linspace(0.34, 0.49, count), strict=True):
        val[place] = value
    found = first(train_loss=healthy()["train_loss"], val_loss=val)
    assert found.kind == "not_enough_evidence"
    assert "from 0.34 to 0.49" in found.evidence
    assert str(count) in found.evidence


@pytest.mark.parametrize("count", [5, 9])
def test_a_few_validation_losses_that_rise_are_no_case_for_a_larger_rate(count: int):
    train = np.linspace(1.0, 0.4, 60)
    assert "slow" in kinds(train_loss=train)
    val: list[float | None] = [None] * 60
    for place, value in zip(
        np.linspace(5, 59, count).astype(int), [0.6, *np.linspace(0.34, 0.49, count - 1)], strict=True
    ):
        val[place] = value
    said = first(train_loss=train, val_loss=val)
    assert said.kind == "not_enough_evidence"
    assert "from 0.6 down to 0.34 and up to 0.49" in said.evidence


# -- no number, or none measured --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("train", "val"),
    [
        ([1.2, 0.9, 0.8, 0.7], [NAN, NAN, 0.85, NAN]),
        ([1.2, NAN, 0.8, NAN, 0.6, NAN], [NAN, 0.9, NAN, 0.85, NAN, 0.8]),
        ([NAN, 0.9, 0.8, 0.7], [1.0, 0.9, 0.85, 0.8]),
    ],
)
def test_nan_between_numbers_was_not_measured(train: list[float], val: list[float]):
    assert "diverging" not in kinds(train_loss=train, val_loss=val)


@pytest.mark.parametrize("lost", [1, 3, 20])
def test_nan_to_the_end_is_diverging_at_its_epoch(lost: int):
    train = [*np.linspace(1, 0.5, 10), *[NAN] * lost]
    found = first(train_loss=train, val_loss=train)
    assert (found.kind, found.since) == ("diverging", 11)
    # Validation broke alone, after it had been measured at every report.
    alone = first(train_loss=np.linspace(1, 0.5, 14), val_loss=[*np.linspace(1, 0.5, 10), *[NAN] * 4])
    assert (alone.kind, alone.since) == ("diverging", 11)


@SCALES
def test_zeros_in_place_of_a_validation_loss_are_none(scale: float):
    found = first(train_loss=scale * healthy()["train_loss"], val_loss=np.zeros(60))
    assert found.kind == "not_enough_evidence"
    assert "validation" not in found.evidence


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-300, 1e-200])
def test_the_smallest_numbers_there_are_get_a_verdict(tiny: float):
    for train in ([tiny] * 30, [tiny, *[0.0] * 29], [tiny * (30 - i) for i in range(30)], [1.0, *[tiny] * 29]):
        for baseline in (None, tiny, 1.0):
            history = History(train_loss=train, val_loss=train[::-1], baseline_loss=baseline, grad_norm=[tiny] * 30)
            assert diagnose(history)[0].evidence.endswith(".")


# -- the sentence says what was tested --------------------------------------------------------------------------------


@SEEDS
def test_swings_are_not_a_gap(seed: int):
    n = 60
    train, val = decay(n, 1.0, 0.02), decay(n, 1.0, 0.5)
    assert kinds(train_loss=train, val_loss=val) == ["generalization_gap"]
    assert kinds(train_loss=train, val_loss=val + jitter(n, 0.02, seed)) == ["generalization_gap"]
    wide = val + jitter(n, 0.45, seed)
    assert "generalization_gap" not in kinds(train_loss=train, val_loss=wide)


def test_a_gap_says_where_validation_was_at_its_best():
    n = 80
    train, val = decay(n, 1.0, 0.02), decay(n, 1.0, 0.5)
    assert "near its lowest" in first(train_loss=train, val_loss=val).evidence
    risen = first(train_loss=train, val_loss=val + 0.0006 * np.maximum(0, np.arange(n) - 40))
    assert risen.kind == "generalization_gap"
    assert "at its best" in risen.evidence


@pytest.mark.parametrize("floor", [-500.0, 0.0, 120.0, 4000.0])
@pytest.mark.parametrize("n", [60, 300])
def test_a_fall_that_levels_off_is_not_slow_whatever_the_floor(floor: float, n: int):
    fall = 30 * np.exp(-np.arange(n) * 7 / n)
    assert "slow" not in kinds(train_loss=floor + fall, val_loss=floor + 1 + fall)


@pytest.mark.parametrize("floor", [0.0, 120.0, 4000.0])
@pytest.mark.parametrize("n", [30, 300])
def test_a_straight_fall_is_slow_whatever_the_floor(floor: float, n: int):
    fall = np.linspace(0.12, 0.08, n) * max(floor, 1.0)
    assert first(train_loss=floor + fall, val_loss=floor + 0.01 + fall).kind == "slow"


def test_a_constant_prediction_is_named_only_where_its_loss_is_known():
    n = 80
    series: dict[str, Any] = {"train_loss": decay(n, 1.0, 0.65, 5), "val_loss": decay(n, 1.0, 0.66, 5)}
    assert "it began at 1" in first(**series).evidence
    assert "a constant prediction has 0.9" in first(**series, baseline_loss=0.9).evidence


@pytest.mark.parametrize("kind", ["overfitting", "miscalibration", "good_fit"])
def test_metrics_in_percent_and_as_shares_give_one_verdict(kind: str):
    n = 60
    end = {"overfitting": 0.7, "miscalibration": 0.85, "good_fit": 0.9}[kind]
    val = np.concatenate([np.full(20, 0.85), np.linspace(0.85, end, 40)])
    series: dict[str, Any] = healthy(n) if kind == "good_fit" else overfit(n)
    share = diagnose(History(**series, train_metric=np.linspace(0.7, 0.99, n), val_metric=val))
    percent = diagnose(History(**series, train_metric=np.linspace(70, 99, n), val_metric=100 * val))
    assert share[0].kind == kind
    assert [(f.kind, f.confidence) for f in share] == [(f.kind, f.confidence) for f in percent]


@SCALES
def test_validation_below_training_is_calm_and_gets_a_word(scale: float):
    train, val = scale * decay(60, 1.0, 0.3), scale * decay(60, 1.0, 0.2)
    found = first(train_loss=train, val_loss=val)
    assert not found.alarm
    assert "validation below training is usual" in found.evidence
    assert "below training" not in first(train_loss=val, val_loss=train).evidence


def test_swings_near_zero_at_full_accuracy_are_no_oscillation():
    swings = 0.01 + 0.008 * np.where(np.arange(60) % 2, 1, -1)
    series: dict[str, Any] = {"train_loss": swings, "val_loss": np.full(60, 0.02), "baseline_loss": 0.1}
    assert "oscillating" in kinds(**series)
    assert "oscillating" not in kinds(**series, train_metric=np.full(60, 0.999))


# -- rate, from two curves alone --------------------------------------------------------------------------------------


@SCALES
@SEEDS
def test_a_slow_fall_after_the_jump_of_an_untrained_network_is_slow_through_noise(scale: float, seed: int):
    n = 45
    fall = np.concatenate([[1.9], np.linspace(1.3, 1.0, n - 1)])
    train, val = scale * (fall + jitter(n, 0.01, seed)), scale * (fall + 0.1 + jitter(n, 0.01, 50 + seed))
    assert first(train_loss=train, val_loss=val).kind == "slow"
    # As much noise as would hide such a fall.
    hidden = scale * (fall + jitter(n, 0.15, seed))
    assert "slow" not in kinds(train_loss=hidden, val_loss=hidden)


@pytest.mark.parametrize("n", [40, 200, 3000])
@pytest.mark.parametrize("power", [0.0, 0.1, 0.3, 0.5, 1.0])
def test_a_fall_by_a_power_of_the_epochs_is_not_slow(power: float, n: int):
    i = np.arange(1, n + 1)
    fall = i**-power if power else 1.0 - 0.1 * np.log(i)
    train = 2.0 + 2.0 * fall
    assert "slow" not in kinds(train_loss=train, val_loss=train + 0.05)


def test_a_straight_fall_to_a_small_part_of_the_first_loss_is_not_slow():
    assert "slow" in kinds(train_loss=np.linspace(1.0, 0.4, 40), val_loss=np.linspace(1.01, 0.41, 40))
    assert "slow" not in kinds(train_loss=np.linspace(1.0, 0.3, 40), val_loss=np.linspace(1.01, 0.31, 40))


@SCALES
@pytest.mark.parametrize("schedule", ["cosine", "drop"])
def test_a_loss_that_a_schedule_stops_half_way_is_slow_and_one_that_levels_off_is_not(scale: float, schedule: str):
    n = 60
    share = np.arange(n) / (n - 1)
    rate = (1 + np.cos(np.pi * share)) / 2 if schedule == "cosine" else np.where(share < 0.5, 1.0, 0.1)
    steps = np.concatenate([[0.0], np.cumsum(rate)[:-1]]) / rate.sum()
    creeping, arrived = 1 - 0.4 * steps, 0.6 + 0.4 * np.exp(-12 * steps)
    assert first(train_loss=scale * creeping, val_loss=scale * (creeping + 0.01)).kind == "slow"
    assert "slow" not in kinds(train_loss=scale * arrived, val_loss=scale * (arrived + 0.01))
    # Where the schedule is known to have stopped it, that is said of it, not that the rate was low.
    assert "slow" not in kinds(train_loss=creeping, val_loss=creeping + 0.01, lr=np.where(share < 0.5, 0.1, 0.0))


@SCALES
def test_the_dip_of_an_untrained_network_with_running_means_is_no_pace(scale: float):
    n = 40
    fall = np.concatenate([[1.75, 1.48, 1.57], np.linspace(1.7, 1.3, n - 3)])
    assert first(train_loss=scale * fall, val_loss=scale * (fall + 0.05)).kind == "slow"


def test_where_a_gap_opens_or_a_plateau_was_left_the_rate_is_not_too_low():
    n = 60
    train = np.linspace(1.0, 0.5, n)
    assert "slow" in kinds(train_loss=train, val_loss=train + 0.01)
    assert "slow" not in kinds(train_loss=train, val_loss=np.maximum(train, 0.7) + 0.01)
    left = np.concatenate([np.linspace(1.0, 0.96, 40), np.linspace(0.95, 0.5, 20)])
    assert "slow" not in kinds(train_loss=left, val_loss=left + 0.01)
    height = np.concatenate([[1.0], np.linspace(40.0, 0.8, n - 1)])
    assert "slow" not in kinds(train_loss=height, val_loss=height + 0.01)


@SEEDS
def test_where_validation_is_jolted_while_training_falls_evenly_the_rate_is_not_too_low(seed: int):
    train = np.linspace(1.0, 0.5, 60)
    assert "slow" in kinds(train_loss=train, val_loss=train + 0.01 + jitter(60, 0.001, seed))
    assert "slow" not in kinds(train_loss=train, val_loss=train + 0.01 + jitter(60, 0.02, seed))


@SCALES
def test_wide_swings_of_validation_are_oscillation_though_training_is_a_smooth_mean(scale: float):
    n = 60
    turns = np.where(np.arange(n) % 2, 1, -1)
    train, val = decay(n, 1.0, 0.3), decay(n, 1.0, 0.4)
    found = first(train_loss=scale * train, val_loss=scale * (val + 0.12 * turns))
    assert found.kind == "oscillating"
    assert found.evidence.startswith("Validation loss swings between")
    assert "oscillating" not in kinds(train_loss=scale * train, val_loss=scale * (val + 0.03 * turns))
    # Small beside its level: rows of their own kind, not a rate.
    assert "oscillating" not in kinds(train_loss=scale * train, val_loss=scale * (val + 2 + 0.12 * turns))


@SCALES
def test_a_training_loss_that_stands_above_where_it_was_is_a_rate_too_high(scale: float):
    """Steps that are short do not raise the loss that they go down."""
    n = 45
    turns = np.where(np.arange(n) % 2, 1, -1)
    train = decay(n, 3.0, 0.1, 5)
    raised = train + np.where(np.arange(n) > 28, 0.08, 0.0) + 0.01 * turns * (np.arange(n) > 28)
    found = first(train_loss=scale * raised, val_loss=scale * (raised + 0.02))
    assert found.kind == "oscillating"
    assert "Training loss was" in found.evidence
    assert "oscillating" not in kinds(train_loss=scale * train, val_loss=scale * (train + 0.02))
    # An even rise has another cause: a penalty, or harder rows.
    even = train + 0.08 * np.clip((np.arange(n) - 20) / 25, 0, 1)
    assert "oscillating" not in kinds(train_loss=scale * even, val_loss=scale * (even + 0.02))


@SEEDS
@pytest.mark.parametrize("n", [30, 60, 300, 2000])
def test_noise_of_a_level_loss_is_no_rate_too_high(n: int, seed: int):
    """Rows that are drawn anew jolt L and V apart, weights that jump jolt them together."""
    train, val = decay(n, 1.0, 0.3) + jitter(n, 0.02, seed), decay(n, 1.0, 0.35) + jitter(n, 0.02, 70 + seed)
    assert "oscillating" not in kinds(train_loss=train, val_loss=val)


@SCALES
def test_jolts_now_and_then_of_a_loss_that_falls_are_no_rate_too_high(scale: float):
    n = 54
    train = decay(n, 0.7, 0.01, 8)
    train[[37, 44, 47]] += np.array([0.38, 0.2, 0.15])
    assert "oscillating" not in kinds(train_loss=scale * train, val_loss=scale * (train + 0.01))
    assert "oscillating" not in kinds(train_loss=train, val_loss=train + 0.01, baseline_loss=0.69)


def test_one_excursion_of_validation_is_no_oscillation():
    val = decay(60, 1.0, 0.4)
    val[50:53] += 0.4
    assert "oscillating" not in kinds(train_loss=decay(60, 1.0, 0.3), val_loss=val)


@SCALES
@SEEDS
def test_a_gap_from_curves_alone_is_wide_or_many_times_the_training_loss_or_clear_of_noise(scale: float, seed: int):
    n = 80

    def kind(train: float, val: float, noise: float = 0.002) -> str:
        curves = [decay(n, 1.0, train) + jitter(n, noise, seed), decay(n, 1.0, val) + jitter(n, noise, 90 + seed)]
        return first(train_loss=scale * curves[0], val_loss=scale * curves[1]).kind

    assert kind(0.1, 0.31) == "generalization_gap"
    assert kind(0.1, 0.27) == "good_fit"
    assert kind(0.007, 0.13) == "generalization_gap"
    assert kind(0.02, 0.13) == "good_fit"
    assert kind(0.02, 0.13, noise=1e-4) == "generalization_gap"
    assert kind(0.02, 0.07, noise=1e-4) == "good_fit"
    assert kind(0.1, 0.19, noise=1e-4) == "good_fit"


# -- where nothing tells what a loss is measured against --------------------------------------------------------------


@SCALES
@pytest.mark.parametrize("known", [True, False])
def test_a_loss_that_is_level_from_the_start_is_no_complaint(scale: float, known: bool):
    series: dict[str, Any] = {
        "train_loss": scale * np.array([0.084, 0.082, 0.081] + [0.08] * 17),
        "val_loss": scale * np.array([0.088] + [0.085] * 19),
    }
    if known:
        series |= {"train_metric": [0.975] * 20, "val_metric": [0.972] * 20}
    found = diagnose(History(**series))
    assert [finding.alarm for finding in found] == [False]
    assert not found[0].remedies
    if not known:
        assert "a metric would tell" in found[0].evidence


@pytest.mark.parametrize("size", [0.0, 3.0])
def test_a_loss_that_stands_from_the_first_epoch_on_asks_for_a_metric_and_is_a_plateau_with_it(size: float):
    train = np.concatenate([[2724.0], 1358 + jitter(29, size)])
    series: dict[str, Any] = {"train_loss": train, "val_loss": 1400 + jitter(30, size, 1)}
    found = first(**series)
    assert found.kind == "not_enough_evidence"
    assert "what a constant prediction has" in found.evidence
    assert first(**series, val_metric=np.full(30, 0.001)).kind == "plateau"
    assert not first(**series, val_metric=np.full(30, 0.9)).alarm
    assert first(**series, baseline_loss=1358.0).kind == "plateau"


@pytest.mark.parametrize("classes", [2, 3, 10, 100, 1000])
def test_the_loss_of_guessing_is_recognized(classes: int):
    loss = math.log(classes)
    found = first(train_loss=loss + jitter(40, 1e-4), val_loss=loss + jitter(40, 1e-4, 1))
    assert found.kind == "plateau"
    assert f"guessing among {classes} classes" in found.evidence
    assert not first(train_loss=1.1 * loss + jitter(40, 1e-4), val_loss=1.1 * loss + jitter(40, 1e-4, 1)).alarm


def test_the_majority_class_under_absolute_errors_is_a_plateau():
    n = 40
    train = 0.1 + 0.08 * np.exp(-np.arange(n) / 2)
    accuracy = np.full(n, 0.9)
    found = first(train_loss=train, val_loss=train, train_metric=accuracy, val_metric=accuracy, baseline_loss=0.1)
    assert found.kind == "plateau"


# -- the inside -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "half"),
    [("tanh", 1.0), ("sigmoid", 0.5), ("hard_sigmoid", 0.5), ("relu6", 3.0), ("lecun_tanh", 1.7159)],
)
def test_saturation_by_spread_is_measured_in_the_activations_own_range(activation: str, half: float):
    n = 40
    swings = 6 + 3 * np.where(np.arange(n) % 2, 1, -1)
    curves: dict[str, Any] = {"train_loss": np.append(20.0, swings[1:]), "val_loss": swings + 1, "baseline_loss": 1.0}
    columns: dict[str, Any] = {"saturated_share": (0.1, 0.2, None), "dead_share": (0.0, 0.0, None)}
    config = {"model.activation": activation}
    for share, saturated in ((0.97, True), (0.6, False)):
        layers = inside(n, activation_std=(share * half, share * half, 5.0), **columns)
        assert (first(**curves, internals=layers, config=config).kind == "saturation") == saturated
