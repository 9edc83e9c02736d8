"""Statistics that have seen the test part: too good a score with few samples, a spoiled model under drift."""

from __future__ import annotations

import numpy as np

from experiments.normalization.leakage import drifted_features, reported_scores
from experiments.normalization.whitening import leak, two_features


def test_a_drift_moves_the_test_part_alone_and_keeps_the_law_of_the_target():
    still, moved = (drifted_features(correlation=0.5, drift=d, noise=0.0, seed=3) for d in (0.0, 2.0))
    np.testing.assert_array_equal(moved.train_x, still.train_x)
    np.testing.assert_allclose(moved.test_x - still.test_x, np.tile([6.0, 0.0], (30, 1)))
    # y = z1 + 2 z2 in standard units, in both parts
    for data in (still, moved):
        z = (data.test_x - [6.0, 0.5]) / [3.0, 0.5]
        np.testing.assert_allclose(data.test_y, z @ [1.0, 2.0], atol=1e-12)
    np.testing.assert_array_equal(
        still.test_x, two_features(correlation=0.5, train=10, test=30, noise=0, seed=3).test_x
    )


def test_with_few_samples_the_leak_reports_too_good_a_score():
    scores = reported_scores("scaled", correlation=0.9)
    assert scores.leaked.mean() < 0.75 * scores.honest.mean()
    first = leak("scaled", drifted_features(correlation=0.9))
    assert (scores.honest[0], scores.leaked[0]) == (first.test_loss, first.leaked_loss)


def test_with_many_samples_the_leak_changes_little():
    scores = reported_scores("scaled", correlation=0.9, train=2000, test=2000, draws=20)
    np.testing.assert_allclose(scores.leaked.mean(), scores.honest.mean(), rtol=0.02)


def test_with_a_drift_the_leak_spoils_the_model():
    scores = reported_scores("scaled", correlation=0.9, drift=2.0)
    assert scores.leaked.mean() > 2 * scores.honest.mean()
