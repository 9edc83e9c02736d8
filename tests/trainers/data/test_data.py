from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_moons
from sklearn.preprocessing import StandardScaler

from trainers import DATA_SETS, RunConfig, Settings, leak_report, load
from trainers.data.splits import fit_scaling, split_rows
from trainers.data.table import DataUnavailable

OFFLINE = [key for key, entry in DATA_SETS.items() if not entry.downloaded and key != "csv"]


def _data(**values):
    return RunConfig(data=Settings(values)).data


@pytest.mark.parametrize("key", OFFLINE)
def test_every_data_set_gives_the_shapes_and_classes_that_it_declares(key):
    values = _data(name=key)
    splits, entry = load(values), DATA_SETS[key]
    assert splits.shape == entry.shape(values)
    assert (len(splits.classes) or None) == entry.classes(values)
    for part in (splits.train, splits.val, splits.test):
        assert part.inputs.dtype == np.float32
        assert np.isfinite(part.inputs).all()
        assert part.targets.shape == ((len(part),) if splits.classes else (len(part), 1))
    if entry.inputs == "vector":
        assert len(splits.features) == splits.shape[0]


@pytest.mark.parametrize("key", OFFLINE)
def test_parts_share_no_row_and_leave_none_out(key):
    splits = load(_data(name=key))
    rows = np.concatenate([splits.train.rows, splits.val.rows, splits.test.rows])
    assert np.array_equal(np.sort(rows), np.arange(len(rows)))


@pytest.mark.parametrize("key", OFFLINE)
def test_the_same_seed_gives_the_same_rows_and_another_gives_others(key):
    first, again, other = load(_data(name=key)), load(_data(name=key)), load(_data(name=key, seed=1))
    assert np.array_equal(first.train.inputs, again.train.inputs)
    assert not np.array_equal(first.train.inputs, other.train.inputs)


@pytest.mark.parametrize("shares", [(0.2, 0.2), (0.1, 0.0), (0.35, 0.15)])
def test_every_class_is_in_every_part_in_its_share_within_one_row(shares):
    targets = np.repeat([0, 1, 2, 3], [500, 300, 40, 7])
    parts = split_rows(targets, *shares, seed=3)
    for part, share in zip(parts, (1 - sum(shares), *shares), strict=True):
        expected = np.bincount(targets) * share
        assert np.abs(np.bincount(targets[part], minlength=4) - expected).max() <= 1.01
    assert [len(part) for part in parts[1:]] == [round(847 * share) for share in shares]


def test_the_targets_of_a_regression_are_spread_alike():
    targets = np.random.default_rng(0).exponential(size=1000)
    train, val, test = split_rows(targets, 0.2, 0.2, seed=0)
    for part in (train, val, test):
        below = np.searchsorted(np.sort(targets[part]), np.sort(targets)) / len(part)
        assert np.abs(below - np.arange(1000) / 1000).max() <= 2 / len(part)


def test_rows_of_one_group_stay_together():
    groups = np.random.default_rng(0).integers(0, 60, 300)
    parts = split_rows(groups % 3, 0.2, 0.2, 0, groups)
    assert sum(len(part) for part in parts) == 300
    owners = [set(groups[part]) for part in parts]
    assert not owners[0] & owners[1]
    assert not owners[0] & owners[2]
    assert not owners[1] & owners[2]


def test_scaling_is_fitted_on_training_rows_alone():
    splits = load(_data(name="wine"))
    raw = {name: getattr(splits, name).inputs * splits.scale + splits.shift for name in ("train", "val")}
    reference = StandardScaler().fit(raw["train"])
    assert splits.train.inputs == pytest.approx(reference.transform(raw["train"]), abs=1e-4)
    assert splits.val.inputs == pytest.approx(reference.transform(raw["val"]), abs=1e-4)
    assert abs(splits.val.inputs.mean(0)).max() > 0.01


def test_other_validation_rows_change_nothing_in_the_training_part():
    few, many = load(_data(name="moons", test_share=0.0)), load(_data(name="moons", test_share=0.0, scaling="none"))
    low, high = many.train.inputs.min(0), many.train.inputs.max(0)
    scaled = load(_data(name="moons", test_share=0.0, scaling="minmax"))
    assert scaled.train.inputs == pytest.approx((many.train.inputs - low) / (high - low), abs=1e-6)
    assert np.array_equal(few.train.rows, many.train.rows)


def test_a_feature_that_never_changes_is_left_alone():
    shift, scale = fit_scaling(np.full((10, 1), 1e8, np.float32), "standard", "vector")
    assert scale == 1
    assert shift == 1e8


def test_images_are_scaled_by_channel_and_targets_of_a_regression_by_their_spread():
    digits = load(_data(name="digits"))
    assert digits.scale.shape == (1, 1, 1)
    assert digits.train.inputs.mean() == pytest.approx(0, abs=1e-4)
    diabetes = load(_data(name="diabetes"))
    assert diabetes.train.targets.std() == pytest.approx(1, abs=1e-5)
    raw = load(_data(name="diabetes", scale_targets=False))
    assert diabetes.val.targets * diabetes.target_scale + diabetes.target_shift == pytest.approx(
        raw.val.targets, rel=1e-4
    )


@pytest.mark.parametrize("share", [0.1, 0.25, 1.0])
@pytest.mark.parametrize("key", ["moons", "digits"])
def test_label_noise_makes_this_share_of_training_labels_wrong_and_no_others(key, share):
    clean, noisy = load(_data(name=key)), load(_data(name=key, label_noise=share))
    wrong = np.flatnonzero(clean.train.targets != noisy.train.targets)
    assert len(wrong) == round(share * len(clean.train))
    assert np.array_equal(wrong, noisy.flipped)
    assert np.array_equal(clean.val.targets, noisy.val.targets)
    assert np.array_equal(clean.test.targets, noisy.test.targets)
    assert noisy.train.targets.max() < len(noisy.classes)


def test_label_noise_in_a_regression_shuffles_targets():
    clean = load(_data(name="diabetes", scale_targets=False))
    noisy = load(_data(name="diabetes", scale_targets=False, label_noise=0.3))
    assert np.sort(clean.train.targets, 0) == pytest.approx(np.sort(noisy.train.targets, 0))
    assert 0.2 < (clean.train.targets != noisy.train.targets).mean() <= 0.3


def test_fewer_training_rows_leave_validation_and_test_as_they_were():
    all_rows, few = load(_data(name="digits")), load(_data(name="digits", train_size=100))
    assert len(few.train) == 100
    assert set(few.train.rows) <= set(all_rows.train.rows)
    assert np.array_equal(few.val.rows, all_rows.val.rows)
    assert np.bincount(few.train.targets).min() >= 8


def test_a_bootstrap_sample_draws_training_rows_again_and_no_others():
    whole = load(_data(name="digits"))
    first, second = (load(_data(name="digits", bootstrap=number)) for number in (1, 2))
    for sample in (first, second):
        assert len(sample.train) == len(whole.train)
        assert set(sample.train.rows) < set(whole.train.rows)
        # Of n rows drawn n times with replacement 1 - 1/e are there.
        assert len(set(sample.train.rows)) / len(whole.train) == pytest.approx(1 - np.exp(-1), abs=0.03)
        assert np.array_equal(sample.val.rows, whole.val.rows)
        assert np.array_equal(sample.test.rows, whole.test.rows)
    assert set(first.train.rows) != set(second.train.rows)
    again = load(_data(name="digits", bootstrap=1))
    assert np.array_equal(again.train.rows, first.train.rows)


def test_made_rows_are_those_of_scikit_learn():
    splits = load(_data(name="moons", size=100, noise=0.1, seed=7, scaling="none"))
    points, labels = make_moons(100, noise=0.1, random_state=7)
    assert splits.train.inputs == pytest.approx(np.asarray(points)[splits.train.rows], abs=1e-6)
    assert np.array_equal(splits.train.targets, np.asarray(labels)[splits.train.rows])
    iris = load(_data(name="iris", scaling="none"))
    assert iris.val.inputs == pytest.approx(np.asarray(load_iris().data)[iris.val.rows], abs=1e-6)  # pyright: ignore


def test_sequences_have_the_answers_that_they_ask_for():
    adding = load(_data(name="adding", size=100, scaling="none", scale_targets=False)).train
    numbers, marks = adding.inputs[..., 0], adding.inputs[..., 1]
    assert (marks.sum(1) == 2).all()
    assert (numbers * marks).sum(1) == pytest.approx(adding.targets[:, 0], abs=1e-6)
    parity = load(_data(name="parity", size=100)).train
    assert np.array_equal(parity.inputs[..., 0].sum(1) % 2, parity.targets)
    sine = load(_data(name="sine_continuation", size=50, noise=0, scale_targets=False)).train
    wave = sine.inputs[..., 0]
    # A sine obeys s(t + 1) = 2 cos(w) s(t) - s(t - 1), with one w for the whole row.
    cos = ((wave[:, 2:] + wave[:, :-2]) * wave[:, 1:-1]).sum(1) / (2 * (wave[:, 1:-1] ** 2).sum(1))
    assert 2 * cos * wave[:, -1] - wave[:, -2] == pytest.approx(sine.targets[:, 0], abs=1e-3)


@pytest.mark.parametrize("key", [key for key in OFFLINE if key != "parity"])
def test_honest_data_raises_no_suspicion(key):
    report = leak_report(load(_data(name=key)))
    if key not in ("iris",):  # Iris has a flower twice
        assert report.shared_val <= 1
    assert report.giveaways == ()


@pytest.mark.parametrize("key", ["moons", "wine", "breast_cancer", "diabetes"])
def test_the_target_as_a_feature_is_found_and_can_be_left_out(key):
    report = leak_report(load(_data(name=key, leak="feature")))
    ((name, score),) = report.giveaways
    assert name.endswith("(leaked)")
    assert score > 0.98
    assert any(name in sentence for sentence in report.sentences())
    cured = load(_data(name=key, leak="feature", drop_giveaways=True))
    assert name not in cured.features
    assert leak_report(cured).giveaways == ()


def test_rows_that_stand_twice_are_found_and_kept_together_where_asked():
    leaky, cured = (
        load(_data(name="wine", leak="duplicates")),
        load(_data(name="wine", leak="duplicates", grouped=True)),
    )
    report = leak_report(leaky)
    assert report.shared_val > 0.3 * len(leaky.val)
    assert f"{report.shared_val:,} of {len(leaky.val):,} validation rows" in report.sentences()[0]
    assert leak_report(cured).sentences() == []
    assert len(cured.train) + len(cured.val) + len(cured.test) == 356


def test_a_split_that_leaves_nothing_says_so():
    with pytest.raises(DataUnavailable, match="needs 3 at the least"):
        load(Settings({**_data(name="moons", size=10), "size": 2}))
