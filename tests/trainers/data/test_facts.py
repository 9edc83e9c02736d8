from __future__ import annotations

import json

import numpy as np
import pytest

from trainers import RunConfig, leak_report, load
from trainers.data.catalogue import DATA_SETS
from trainers.data.facts import MAX_POINTS, DataFacts, facts_of


def splits_of(**changes):
    return load(RunConfig().changed({name.replace("__", "."): value for name, value in changes.items()}).data)


@pytest.mark.parametrize("name", ["moons", "noisy_sine", "iris", "digits", "parity"])
def test_facts_survive_json(name):
    facts = facts_of(splits_of(data__name=name))
    again = DataFacts.from_dict(json.loads(json.dumps(facts.to_dict())))
    assert again == facts
    assert set(again.points) == set(facts.points)
    for key, values in facts.points.items():
        np.testing.assert_array_equal(again.points[key], values)
        assert again.points[key].dtype == values.dtype


def test_the_scale_of_a_target_is_that_of_the_loss_and_facts_of_an_earlier_day_have_none():
    splits = splits_of(data__name="diabetes")
    facts = facts_of(splits)
    assert (facts.unit, facts.scale) == ("", splits.target_scale)
    raw = DATA_SETS["diabetes"].make(RunConfig().changed({"data.name": "diabetes"}).data, lambda *_: None).targets
    assert facts.scale == pytest.approx(raw[splits.train.rows].std(), rel=1e-6)
    assert facts_of(splits_of(data__name="iris")).scale is None
    earlier = {name: value for name, value in facts.to_dict().items() if name not in ("unit", "scale")}
    assert (DataFacts.from_dict(earlier).unit, DataFacts.from_dict(earlier).scale) == ("", None)


def test_points_of_a_plane_are_the_rows_in_raw_units():
    config = RunConfig().changed({"data.size": 200})
    splits, table = load(config.data), DATA_SETS["moons"].make(config.data, lambda sentence, share: None)
    points = facts_of(splits).points
    drawn = np.stack([points["val_x"], points["val_y"]], 1)
    np.testing.assert_allclose(drawn, table.inputs[splits.val.rows], atol=1e-5)
    np.testing.assert_array_equal(points["val_class"], table.targets[splits.val.rows])


def test_points_of_a_line_are_input_and_target_in_raw_units():
    config = RunConfig().changed({"data.name": "noisy_sine", "data.size": 200})
    splits, table = load(config.data), DATA_SETS["noisy_sine"].make(config.data, lambda sentence, share: None)
    points = facts_of(splits).points
    np.testing.assert_allclose(points["train_x"], table.inputs[splits.train.rows, 0], atol=1e-5)
    np.testing.assert_allclose(points["train_y"], table.targets[splits.train.rows], atol=1e-5)
    assert "train_class" not in points


def test_at_most_600_points_of_a_part_are_kept():
    facts = facts_of(splits_of(data__size=2000))
    assert facts.rows == (1200, 400, 400)
    assert len(facts.points["train_x"]) == len(facts.points["train_class"]) == MAX_POINTS
    assert len(facts.points["val_x"]) == 400


def test_leaks_are_told_and_can_be_left_for_later():
    splits = splits_of(data__leak="duplicates", data__label_noise=0.5)
    facts = facts_of(splits)
    assert facts.leaks == leak_report(splits)
    assert facts.leak_sentences
    assert facts.flipped == len(splits.flipped) > 0
    assert facts_of(splits, leaks=False).leaks is None


def test_more_than_two_features_have_no_picture():
    assert facts_of(splits_of(data__name="iris")).points == {}


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"rows": "abc"},
        None,
        [],
        {**facts_of(splits_of()).to_dict(), "points": {"train_x": "not base64 !"}},
        {**facts_of(splits_of()).to_dict(), "points": {"elsewhere": ""}},
        {**facts_of(splits_of()).to_dict(), "points": {"train_x": "A" * 200_000}},
        {**facts_of(splits_of()).to_dict(), "rows": [1, 2]},
        {**facts_of(splits_of()).to_dict(), "leaks": {"shared_val": 1}},
    ],
)
def test_what_are_no_facts_is_refused(junk):
    with pytest.raises(ValueError, match="no facts"):
        DataFacts.from_dict(junk)
