"""The suite that scores the diagnosis: groups kept apart, enough runs, and scores that mean what they say."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.diagnosis import HEALTHY, REPORTING, Labelled, coarse, curve_runs, macro, scores, verdict
from benchmarks.diagnosis_runs import Trained, _doubt, gains
from benchmarks.diagnosis_suite import BASES, CURVE_SEEDS, cases
from tests.trainers.curves_by_hand import healthy, overfit
from trainers import History
from trainers.diagnosis import KINDS


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory):
    patch = pytest.MonkeyPatch()
    patch.setenv("DESCENT_LAB_DATA", str(tmp_path_factory.mktemp("data")))
    yield cases("reporting")
    patch.undo()


def test_there_are_enough_runs_data_sets_and_families(suite: list):
    assert len(suite) >= 200
    assert 0.4 <= sum(not case.cause for case in suite) / len(suite) <= 0.6
    assert len({base.label for base in BASES if base.group == "reporting"}) >= 6
    assert len({base.family for base in BASES if base.group == "reporting"}) >= 4
    assert len({base.model for base in BASES}) >= 6


def test_what_is_reported_is_on_other_data_than_thresholds_were_set_on():
    reported = {(base.label, base.family) for base in BASES if base.group == REPORTING}
    known = {(base.label, base.family) for base in BASES if base.group != REPORTING}
    assert not reported & known
    assert not {label for label, _ in reported} & {label for label, _ in known}


def test_no_run_is_in_the_suite_twice(suite: list):
    again = cases("fourth_rehearsal", "fifth_rehearsal")
    assert len(again) > 500
    for chosen in (suite, again):
        assert max(Counter((case.config, case.cause) for case in chosen).values()) == 1


def test_there_are_enough_runs_of_what_two_curves_can_show(suite: list):
    causes = Counter(case.cause for case in suite)
    assert min(causes[cause] for cause in CURVE_SEEDS) >= 20
    assert causes[""] + sum(causes[cause] for cause in CURVE_SEEDS) >= 300


def test_scores_are_those_of_the_definition():
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), (HEALTHY, "a")]
    assert scores(pairs) == {"a": (0.5, 1, 1, 1), "b": (0.8, 2, 1, 0), HEALTHY: (0.0, 0, 0, 1)}
    assert macro(pairs) == pytest.approx((0.5 + 0.8 + 0.0) / 3)
    assert macro(pairs, {"b"}) == pytest.approx(0.8)


def test_a_tool_is_credited_with_the_right_kind_wherever_it_stands():
    assert verdict(["slow", "plateau"], "plateau") == "plateau"
    assert verdict(["slow", "plateau"], "overfitting") == "slow"
    assert verdict([], "overfitting") == HEALTHY
    assert coarse([("slow", "plateau"), (HEALTHY, "slow")]) == [
        ("too little movement", "too little movement"),
        (HEALTHY, "too little movement"),
    ]


def test_a_gain_is_more_than_a_trifle():
    assert gains(0.5, 0.4, 0.7)
    assert not gains(0.5, 0.46, 0.7)
    assert not gains(0.01, 0.001, 0.7)
    assert gains(float("inf"), 0.5, 0.7)
    assert not gains(float("inf"), 0.8, 0.7)
    assert not gains(0.5, float("inf"), 0.7)


def _ended(losses: list[float]) -> Trained:
    reports: Any = [SimpleNamespace(train_loss=loss, val_loss=loss, baseline_loss=1.0) for loss in losses]
    unused: Any = None
    return Trained(config=unused, splits=unused, reports=reports, kept={})


def test_the_error_of_an_end_is_that_of_means_as_long():
    """Steps of three reports each: 0.5, 0.3, 0.4; half the mean square of their differences is its variance."""
    ended = _ended([1.0] * 21 + [0.5] * 3 + [0.3] * 3 + [0.4] * 3)
    assert ended.error("train_loss") == pytest.approx(np.sqrt((0.2**2 + 0.1**2) / 4))
    assert _ended([0.5] * 30).error("train_loss") == 0.0
    assert _ended([0.5] * 29 + [np.inf]).error("train_loss") == 0.0


def test_a_gain_within_noise_is_in_doubt():
    """0.4 over 0.2 gains in both; with blocks that differ by 0.2, two standard errors take the gain away."""
    calm, wild = _ended([0.4] * 30), _ended([1.0] * 21 + [0.4] * 3 + [0.2] * 3 + [0.4] * 3)
    fork = _ended([0.2] * 30)
    _doubt(calm, fork, "train_loss")
    _doubt(wild, fork, "train_loss")
    assert not calm.doubts
    assert wild.doubts == ["the gain is within noise"]


def test_two_curves_are_scored_on_what_they_can_show():
    def run(label: str, train: list[float], val: list[float]) -> Labelled:
        outcome: Any = SimpleNamespace(label=label)
        history = History(train_loss=train, val_loss=val)
        return Labelled(outcome=outcome, full=history, curves=history)

    fit = healthy()
    rising = overfit()
    runs = [
        run("good_fit", fit["train_loss"], fit["val_loss"]),
        run("overfitting", rising["train_loss"], rising["val_loss"]),
        run("leakage", fit["train_loss"], fit["val_loss"]),
        run("dead_relus", [2.0] * 30, [2.0] * 30),
    ]
    assert [one.label for one in curve_runs(runs)] == ["good_fit", "overfitting"]
    assert {key for key, kind in KINDS.items() if kind.curves and kind.key != "not_enough_evidence"} == {
        "diverging",
        "oscillating",
        "slow",
        "overfitting",
        "generalization_gap",
        "good_fit",
    }
