"""A history from reports, cut short, and the reference model beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.trainers.curves_by_hand import inside
from trainers import History, Report, RunConfig, diagnose, load
from trainers.data.reference import reference_metric


def report(epoch: float, **values: object) -> Report:
    usual: dict[str, object] = {
        "epoch": epoch,
        "step": int(10 * epoch),
        "complete": epoch == int(epoch),
        "seconds": epoch,
        "samples_per_second": None,
        "train_loss": 1 / (1 + epoch),
        "val_loss": 1.1 / (1 + epoch),
        "train_metric": None,
        "val_metric": 0.5,
        "batch_loss": None,
        "baseline_loss": 0.7,
        "lr": 0.1,
    }
    return Report(**{**usual, **values})  # pyright: ignore[reportArgumentType]


def test_the_complete_reports_of_a_run_are_a_history():
    reports = [report(0.0), report(0.4), report(1.0, internals=inside(1)[0]), report(2.0, grad_norm=3.0)]
    history = History.from_reports(reports, val_rows=12)
    assert list(history.epochs) == [0, 1, 2]
    assert list(history.train_loss) == [1, 1 / 2, 1 / 3]
    assert np.isnan(history.train_metric).all()
    assert history.internals is not None
    assert history.internals["grad_norm"].shape == (3, 3)
    assert np.isnan(history.internals["grad_norm"][0]).all()
    assert list(history.internals["grad_norm"][1]) == [0.5, 0.5, 0.5]
    assert (history.baseline_loss, history.val_rows, history.grad_norm[2]) == (0.7, 12, 3.0)


def test_no_report_is_a_history_too():
    assert diagnose(History.from_reports([]))[0].kind == "not_enough_evidence"


def test_a_history_cut_short_is_the_history_of_that_moment():
    train, val = [1.0, 0.8, math.nan], [1.1, None, 0.7]
    whole = History(train_loss=train, val_loss=val, internals=inside(3), epochs=[0, 1, 2], val_rows=9)
    cut, then = whole.first(2), History(train_loss=train[:2], val_loss=val[:2], internals=inside(2), epochs=[0, 1])
    for name in ("epochs", "train_loss", "val_loss", "missing_train", "missing_val"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(then, name))
    assert cut.val_rows == 9
    assert cut.internals is not None
    assert then.internals is not None
    np.testing.assert_array_equal(cut.internals["update_ratio"], then.internals["update_ratio"])


def test_the_inside_may_be_given_as_columns():
    columns = {"grad_norm": np.ones((4, 2)), "dead_share": np.zeros((4, 2))}
    history = History(train_loss=[1, 1, 1, 1], internals=columns)  # pyright: ignore[reportArgumentType]
    assert history.internals is not None
    assert history.internals.names == ("1", "2")
    assert np.isnan(history.internals["update_ratio"]).all()


def test_settings_are_read_by_dotted_name():
    assert History(train_loss=[], config=RunConfig()).setting("optimizer.name") == "adam"
    assert History(train_loss=[], config={"optimizer.lr": 3.0}).setting("optimizer.lr") == 3.0
    assert History(train_loss=[]).setting("optimizer.lr", "none") == "none"
    assert History(train_loss=[], config=RunConfig()).setting("model.no_such") is None


@pytest.mark.parametrize(("data", "least", "most"), [("moons", 0.9, 1.0), ("parity", 0.3, 0.7), ("diabetes", 0.3, 0.6)])
def test_the_reference_model_does_well_where_the_data_allow_it(data: str, least: float, most: float):
    found = reference_metric(load(RunConfig(data={"name": data}).data))  # pyright: ignore[reportArgumentType]
    assert found is not None
    assert least <= found <= most


def test_too_few_rows_have_no_reference():
    config = RunConfig(data={"name": "moons", "train_size": 10})  # pyright: ignore[reportArgumentType]
    assert reference_metric(load(config.data)) is None
