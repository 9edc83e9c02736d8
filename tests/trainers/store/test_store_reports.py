"""Reports and pictures in the store: numbered, replaced, dropped, bounded; the row always says where the run stands."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sqlalchemy as sa

from tests.trainers.databases import inside_of, report_at
from trainers import RunConfig
from trainers.store import reports as store_reports
from trainers.store.reports import spread
from trainers.store.store import StoreError
from trainers.store.tables import PICTURES, REPORTS

CONFIG = RunConfig()


@pytest.fixture
def run(store):
    return store.create(CONFIG)


def steps(store, run) -> list[int]:
    return [report.step for _, report in store.reports(run.id)]


def test_reports_come_back_in_order_with_their_numbers(store, run):
    told = [report_at(i, internals=inside_of(3, i / 8), val_loss=math.nan if i == 2 else 0.5) for i in range(5)]
    store.add_reports(run.id, told[:2])
    store.add_reports(run.id, told[:1:-1])  # a batch is put in order
    back = store.reports(run.id)
    assert [number for number, _ in back] == [1, 2, 3, 4, 5]
    assert repr([report for _, report in back]) == repr(told)
    assert [number for number, _ in store.reports(run.id, after=3)] == [4, 5]
    assert store.run(run.id).last == 5


def test_the_row_says_where_the_newest_report_stands(store, run):
    store.add_reports(run.id, [report_at(1), report_at(2, val_metric=0.75)], status="running")
    now = store.run(run.id)
    newest = report_at(2, val_metric=0.75)
    for name in ("epoch", "step", "seconds", "samples_per_second", "train_loss", "val_loss", "train_metric"):
        assert getattr(now, name) == getattr(newest, name)
    assert (now.status, now.val_metric, now.best_epoch, now.best_val_loss) == ("running", 0.75, 2.0, 0.5)
    store.add_reports(run.id, [report_at(3, val_loss=math.nan, train_loss=math.inf)], best_epoch=1.0)
    now = store.run(run.id)
    assert (now.epoch, now.val_loss, now.train_loss) == (3.0, None, None)
    assert (now.best_epoch, now.best_val_loss) == (1.0, 0.5)


def test_looks_into_an_epoch_are_no_best_epoch(store, run):
    store.add_reports(run.id, [report_at(1, val_loss=0.5), report_at(1.5, val_loss=0.1, complete=False)])
    assert (store.run(run.id).best_epoch, store.run(run.id).epoch) == (1.0, 1.5)


def test_what_is_dropped_is_gone_and_the_row_stands_where_it_stood_then(store, run):
    losses = (0.9, 0.6, 0.8, 0.4, 0.7)
    told = [report_at(i + 1, val_loss=loss, pictures={"a": [float(i)]}) for i, loss in enumerate(losses)]
    for report in told:
        store.add_reports(run.id, [report])
    store.keep_checkpoint(run.id, b"early", "regular", 2.0, 20)
    store.keep_checkpoint(run.id, b"late", "best", 4.0, 40)
    store.add_reports(run.id, [], drop_after_step=30, status="stopped")
    now = store.run(run.id)
    assert steps(store, run) == [10, 20, 30]
    assert (now.epoch, now.step, now.val_loss, now.best_epoch, now.best_val_loss) == (3.0, 30, 0.8, 2.0, 0.6)
    assert (now.generation, now.last) == (1, 5)
    assert [epoch for epoch, _ in store.album(run.id)] == [1.0, 2.0, 3.0]
    assert [kept.step for kept in store.checkpoints(run.id)] == [20]


def test_what_follows_a_drop_has_numbers_that_were_never_used(store, run):
    store.add_reports(run.id, [report_at(i) for i in range(1, 5)])
    store.add_reports(run.id, [report_at(3, val_loss=0.01)], drop_after_step=20)
    assert [(number, report.step) for number, report in store.reports(run.id)] == [(1, 10), (2, 20), (5, 30)]
    now = store.run(run.id)
    assert (now.generation, now.last, now.best_epoch) == (1, 5, 3.0)
    # A reader that knew all four finds the new one.
    assert [report.val_loss for _, report in store.reports(run.id, after=4)] == [0.01]


def test_everything_can_be_dropped(store, run):
    store.add_reports(run.id, [report_at(i) for i in range(3)])
    store.add_reports(run.id, [], drop_after_step=-1)
    now = store.run(run.id)
    assert store.reports(run.id) == []
    assert (now.epoch, now.step, now.val_loss, now.best_epoch, now.generation) == (0.0, 0, None, None, 1)


def test_a_batch_told_twice_is_there_once(store, run):
    batch = [report_at(i, pictures={"a": [float(i)]}) for i in range(1, 4)]
    store.add_reports(run.id, batch[:1])
    for _ in range(2):
        store.add_reports(run.id, batch[1:])
    assert steps(store, run) == [10, 20, 30]
    assert [epoch for epoch, _ in store.album(run.id)] == [1.0, 2.0, 3.0]
    now = store.run(run.id)
    assert (now.generation, now.last) == (1, 5)
    assert [number for number, _ in store.reports(run.id)] == [1, 4, 5]


def test_reports_that_only_come_behind_leave_the_generation_alone(store, run):
    for epoch in range(5):
        store.add_reports(run.id, [report_at(epoch)])
    assert store.run(run.id).generation == 0


def test_a_batch_is_written_as_a_whole_or_not_at_all(store, run):
    store.add_reports(run.id, [report_at(1)])
    before = store.run(run.id)
    with pytest.raises(ValueError, match="was given"):
        store.add_reports(run.id, [report_at(2)], drop_after_step=0, status="nonsense")
    with pytest.raises(ValueError, match="could not convert"):
        store.add_reports(run.id, [report_at(2), report_at(3, lr="fast")], drop_after_step=0)
    assert store.run(run.id) == before
    assert steps(store, run) == [10]


def test_reports_of_a_run_that_is_gone_are_refused(store):
    with pytest.raises(ValueError, match="no run"):
        store.add_reports("abcdefghij", [report_at(1)])


def test_a_damaged_report_is_left_out(store, run):
    store.add_reports(run.id, [report_at(i, internals=inside_of(2, 0.5)) for i in range(4)])
    with store._database.writing() as connection:
        connection.execute(REPORTS.update().where(REPORTS.c.number == 2).values(numbers=b"junk"))
        connection.execute(REPORTS.update().where(REPORTS.c.number == 3).values(inside=b"junk"))
    assert [number for number, _ in store.reports(run.id)] == [1, 4]


def test_an_album_is_thinned_evenly_and_ends_with_the_newest(store, run):
    picture = {"curve": {"y": np.arange(3, dtype=np.float32)}}
    seen = []
    for epoch in range(90):
        store.add_reports(run.id, [report_at(epoch, pictures=picture)])
        if epoch in (20, 60, 89):
            seen.append([place for place, _ in store.album(run.id)])
    assert seen[0] == list(range(21))
    for epochs, newest in zip(seen[1:], (60, 89), strict=True):
        assert len(epochs) <= 24
        assert (epochs[0], epochs[-1]) == (0.0, newest)
        assert max(np.diff(epochs)) <= 3 * newest / 23
    with store._database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(PICTURES)).scalar_one() <= 48
    assert np.array_equal(store.album(run.id)[-1][1]["curve"]["y"], picture["curve"]["y"])


def test_a_picture_that_is_far_too_large_is_left_out_and_its_report_kept(store, run, monkeypatch):
    monkeypatch.setattr(store_reports, "MAX_PICTURES", 1000)
    noise = np.random.default_rng(0).integers(0, 255, 5000).astype(np.uint8)
    store.add_reports(run.id, [report_at(1, pictures={"images": noise}), report_at(2, pictures={"images": noise[:9]})])
    assert steps(store, run) == [10, 20]
    assert [epoch for epoch, _ in store.album(run.id)] == [2.0]


def test_damaged_pictures_are_left_out(store, run):
    store.add_reports(run.id, [report_at(i, pictures={"a": [1.0]}) for i in range(3)])
    with store._database.writing() as connection:
        connection.execute(PICTURES.update().where(PICTURES.c.number == 2).values(content=b"junk"))
    assert [epoch for epoch, _ in store.album(run.id)] == [0.0, 2.0]


def test_looks_into_a_very_long_epoch_are_bounded_and_complete_reports_all_kept(store, run, monkeypatch):
    monkeypatch.setattr(store_reports, "MAX_LOOKS", 40)
    monkeypatch.setattr(store_reports, "LOOKED_AFTER", 10)
    for start in range(0, 400, 10):
        looks = [report_at(1 + (start + i) / 500, step=100 + start + i, complete=False) for i in range(9)]
        store.add_reports(run.id, looks)
    store.add_reports(run.id, [report_at(2, step=1000)])
    kept = [report for _, report in store.reports(run.id) if not report.complete]
    assert 20 <= len(kept) <= 60
    assert kept[-1].step == 498
    later = [report_at(2 + i / 500, step=1001 + i, complete=False) for i in range(50)]
    store.add_reports(run.id, later)
    left = [report for _, report in store.reports(run.id)]
    assert [report.step for report in left if report.complete] == [1000]
    assert min(report.step for report in left) == 1000
    assert store.run(run.id).generation == 0


def test_more_complete_reports_than_are_stored_are_refused_with_a_sentence(store, run, monkeypatch):
    monkeypatch.setattr(store_reports, "MAX_REPORTS", 20)
    monkeypatch.setattr(store_reports, "LOOKED_AFTER", 10)
    store.add_reports(run.id, [report_at(i) for i in range(20)])
    with pytest.raises(StoreError, match="the most that are stored"):
        store.add_reports(run.id, [report_at(i) for i in range(20, 40)])
    assert len(store.reports(run.id)) == 20


@pytest.mark.parametrize("count", [0, 1, 2, 23, 24, 25, 49, 500])
def test_a_choice_of_places_is_even_and_has_both_ends(count: int):
    chosen = spread([float(i) ** 1.5 for i in range(count)], 24)
    assert len(chosen) == len(set(chosen)) <= 24
    assert chosen == sorted(chosen)
    if count:
        assert (chosen[0], chosen[-1]) == (0, count - 1)
    if count <= 24:
        assert len(chosen) == count
