"""What pages read: the arrays of the stored reports, read once for everybody and never changed behind a reader."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from tests.trainers.databases import inside_of, report_at
from tests.trainers.store.test_store import FACTS_OF_MOONS
from trainers import History, RunConfig
from trainers.lab import feed as watched
from trainers.lab.feed import SERIES, Feed, watch
from trainers.store.codec import COLUMNS
from trainers.store.store import Store, StoreError
from trainers.store.tables import REPORTS

CONFIG = RunConfig()


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    """Every test begins with nothing known."""
    made = Clock()
    monkeypatch.setattr(watched, "time", SimpleNamespace(monotonic=made))
    monkeypatch.setattr(watched, "_readers", type(watched._readers)())
    return made


@pytest.fixture
def lab(tmp_path) -> Iterator[Store]:
    """A store in SQLite; what differs between databases is held by the tests of the store."""
    opened = Store.open(folder=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def news(lab, monkeypatch) -> list[int]:
    """How many reports each question to the store brought."""
    asked: list[int] = []
    ask = Store.news

    def counted(self, *arguments, **named):
        found = ask(self, *arguments, **named)
        asked.append(0 if found is None else len(found.lines))
        return found

    monkeypatch.setattr(Store, "news", counted)
    return asked


def seen(store: Store, run_id: str) -> Feed:
    """The run, which is there."""
    found = watch(store, run_id)
    assert found is not None
    return found


def distance(found: Feed) -> np.ndarray:
    """A column of its layers."""
    assert found.layers is not None
    return found.layers["distance"]


def later(clock: Clock, store: Store, run_id: str) -> Feed:
    """The run, after as long as it takes for the store to be asked again."""
    clock.now += 1.01 * watched.ASK_SECONDS
    return seen(store, run_id)


def same_histories(first: History, second: History) -> None:
    for name in (*watched.HISTORY_SERIES, "epochs", "missing_train", "missing_val"):
        assert np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True), name
    assert (first.internals is None) == (second.internals is None)
    if first.internals is not None and second.internals is not None:
        assert first.internals.names == second.internals.names
        assert np.array_equal(first.internals.sizes, second.internals.sizes)
        for name in COLUMNS:
            assert np.array_equal(first.internals[name], second.internals[name], equal_nan=True), name
    names = ("config", "baseline_loss", "reference_metric", "val_rows", "leaks")
    assert [getattr(first, name) for name in names] == [getattr(second, name) for name in names]


def from_store(store: Store, run_id: str) -> History:
    run = store.run(run_id)
    assert run is not None
    facts = run.facts
    return History.from_reports(
        [report for _, report in store.reports(run_id)],
        config=run.config,
        leaks=facts.leaks if facts else None,
        reference_metric=facts.reference_metric if facts else None,
    )


def test_a_run_that_is_not_there_is_none(lab):
    assert watch(lab, "abcdefghij") is None
    assert watch(lab, "../\0") is None
    assert not watched._readers


def test_a_run_without_reports_is_shown(lab):
    run = lab.create(CONFIG)
    found = seen(lab, run.id)
    assert found.run == run
    assert len(found.epochs) == len(found.looks["epoch"]) == 0
    assert (found.layers, found.album, found.baseline_loss) == (None, (), None)
    assert len(found.history()) == 0


def test_the_history_is_that_of_the_stored_reports(lab, clock):
    run = lab.create(CONFIG)
    rng = np.random.default_rng(3)
    for epoch in range(150):
        loss = math.nan if epoch == 70 else float(rng.random())
        metric = None if epoch % 7 == 0 else float(rng.random())
        inside = None if epoch == 0 else inside_of(4, float(rng.random()))
        lab.add_reports(run.id, [report_at(epoch, val_loss=loss, val_metric=metric, internals=inside, cosine=metric)])
        if epoch % 30 == 0:
            same_histories(later(clock, lab, run.id).history(), from_store(lab, run.id))
    lab.update(run.id, facts=FACTS_OF_MOONS)
    found = later(clock, lab, run.id)
    same_histories(found.history(), from_store(lab, run.id))
    assert found.history().leaks == FACTS_OF_MOONS.leaks
    assert found.history().val_rows == 20
    for name in SERIES:
        told = [getattr(report, name) for _, report in lab.reports(run.id)]
        expected = np.array([math.nan if value is None else value for value in told])
        assert np.array_equal(found.series[name], expected, equal_nan=True), name


def test_only_what_is_new_is_read(lab, clock, news):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(i) for i in range(50)])
    watch(lab, run.id)
    lab.add_reports(run.id, [report_at(50), report_at(51)])
    assert len(later(clock, lab, run.id).epochs) == 52
    lab.update(run.id, sentence="x")
    assert later(clock, lab, run.id).run.sentence == "x"
    later(clock, lab, run.id)
    assert news == [50, 2, 0, 0]


def test_the_store_is_asked_at_most_every_seventh_of_a_second(lab, clock, news):
    run = lab.create(CONFIG)
    first = seen(lab, run.id)
    lab.add_reports(run.id, [report_at(1)])
    clock.now += 0.9 * watched.ASK_SECONDS
    assert [watch(lab, run.id) is first for _ in range(30)] == [True] * 30
    assert len(news) == 1
    clock.now += 0.11 * watched.ASK_SECONDS
    assert len(seen(lab, run.id).epochs) == 1
    assert len(news) == 2


def test_thirty_viewers_cost_one_and_see_the_same(lab, clock, news, tmp_path):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(i) for i in range(5)])
    second = Store.open(folder=tmp_path)  # of another session: the same database
    gate = threading.Barrier(30)

    def view(number: int) -> Feed | None:
        gate.wait(300)
        return watch(second if number % 2 else lab, run.id)

    with ThreadPoolExecutor(30) as pool:
        seen = list(pool.map(view, range(30)))
    assert len({id(one) for one in seen}) == 1
    assert news == [5]
    second.close()


def test_a_viewer_does_not_wait_for_a_store_that_is_being_read(lab, clock, monkeypatch):
    run = lab.create(CONFIG)
    known = seen(lab, run.id)
    entered, leave = threading.Event(), threading.Event()
    ask = Store.news

    def slow(self, *arguments, **named):
        entered.set()
        assert leave.wait(300)
        return ask(self, *arguments, **named)

    monkeypatch.setattr(Store, "news", slow)
    lab.add_reports(run.id, [report_at(1)])
    clock.now += 1
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(watch, lab, run.id)
        assert entered.wait(300)
        assert watch(lab, run.id) is known
        leave.set()
        refreshed = reading.result(300)
    assert refreshed is not None
    assert len(refreshed.epochs) == 1


def test_what_was_given_out_never_changes(lab, clock):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(i, internals=inside_of(2, 0.5)) for i in range(10)])
    early = seen(lab, run.id)
    copies = {name: values.copy() for name, values in early.series.items()}
    distances = distance(early).copy()
    for epoch in range(10, 200):
        lab.add_reports(run.id, [report_at(epoch, internals=inside_of(2, 0.7))])
        later(clock, lab, run.id)
    lab.add_reports(run.id, [report_at(3, val_loss=99.0)], drop_after_step=20)
    assert later(clock, lab, run.id).series["val_loss"][-1] == 99.0
    for name, values in copies.items():
        assert np.array_equal(early.series[name], values, equal_nan=True)
    assert np.array_equal(distance(early), distances, equal_nan=True)
    with pytest.raises(ValueError, match="read-only"):
        early.epochs[0] = 5.0


def test_dropped_reports_are_forgotten(lab, clock, news):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(i) for i in range(10)])
    before = seen(lab, run.id)
    lab.add_reports(run.id, [report_at(5, val_loss=0.001)], drop_after_step=40)
    found = later(clock, lab, run.id)
    assert found.epochs.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.series["val_loss"][-1] == 0.001
    assert found.version != before.version
    same_histories(found.history(), from_store(lab, run.id))
    lab.add_reports(run.id, [], drop_after_step=-1)
    assert len(later(clock, lab, run.id).epochs) == 0
    assert news == [10, 6, 0]


def test_looks_are_those_after_the_last_complete_report(lab, clock):
    run = lab.create(CONFIG)
    looks = [report_at(1 + i / 4, complete=False, step=11 + i) for i in range(3)]
    lab.add_reports(run.id, [report_at(1), *looks[:1]])
    assert seen(lab, run.id).looks["epoch"].tolist() == [1.0]
    lab.add_reports(run.id, looks[1:])
    found = later(clock, lab, run.id)
    assert found.looks["epoch"].tolist() == [1.0, 1.25, 1.5]
    assert found.looks["val_loss"].tolist() == [report.val_loss for report in looks]
    assert set(found.looks) == {"epoch", "train_loss", "val_loss", "train_metric", "val_metric", "batch_loss"}
    lab.add_reports(run.id, [report_at(2), report_at(2.25, complete=False)])
    found = later(clock, lab, run.id)
    assert found.epochs.tolist() == [1, 2]
    assert found.looks["epoch"].tolist() == [2.25]


def test_the_newest_picture_is_enough_while_it_trains_and_then_the_album_is_whole(lab, clock):
    run = lab.create(CONFIG)
    lab.update(run.id, status="running")
    for epoch in range(5):
        lab.add_reports(run.id, [report_at(epoch, pictures={"a": [float(epoch)]})])
    found = seen(lab, run.id)
    assert [(epoch, dict(pictures)) for epoch, pictures in found.album] == [(4.0, {"a": (4.0,)})]
    lab.update(run.id, sentence="Still going.")
    assert later(clock, lab, run.id).album is found.album  # not read again
    lab.update(run.id, status="paused")
    assert [epoch for epoch, _ in later(clock, lab, run.id).album] == [0, 1, 2, 3, 4]
    lab.update(run.id, status="running")
    assert [epoch for epoch, _ in later(clock, lab, run.id).album] == [4]


def test_the_version_changes_with_everything_and_only_then(lab, clock):
    run = lab.create(CONFIG)
    versions = [seen(lab, run.id).version]
    for change in (
        lambda: None,
        lambda: lab.add_reports(run.id, [report_at(1)]),
        lambda: lab.rename(run.id, "new"),
        lambda: lab.add_reports(run.id, [], drop_after_step=0),
    ):
        change()
        versions.append(later(clock, lab, run.id).version)
    assert versions[0] == versions[1]
    assert len(set(versions)) == 4


def test_a_run_that_was_deleted_is_gone(lab, clock):
    run = lab.create(CONFIG, status="stopped")
    watch(lab, run.id)
    lab.delete([run.id])
    clock.now += 1
    assert watch(lab, run.id) is None
    assert not watched._readers


def test_a_short_failure_of_the_store_is_not_shown_and_a_long_one_is(lab, clock, monkeypatch):
    run = lab.create(CONFIG)
    known = seen(lab, run.id)

    def broken(*_arguments, **_named):
        raise StoreError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "news", broken)
        assert later(clock, lab, run.id) is known
        clock.now += watched.FORGIVEN_SECONDS
        with pytest.raises(StoreError, match="busy"):
            watch(lab, run.id)
        with pytest.raises(StoreError, match="busy"):
            watch(lab, lab.create(CONFIG).id)
    assert later(clock, lab, run.id).run == run


def test_runs_nobody_looks_at_are_forgotten_first(lab, clock, monkeypatch):
    monkeypatch.setattr(watched, "MAX_WATCHED", 3)
    ids = [lab.create(CONFIG).id for _ in range(4)]
    for run_id in (*ids[:3], ids[0], ids[3]):
        watch(lab, run_id)
    assert [key[-1] for key in watched._readers] == [ids[2], ids[0], ids[3]]
    monkeypatch.setattr(watched, "MAX_BYTES", 0)
    watch(lab, ids[1])
    assert [key[-1] for key in watched._readers] == [ids[1]]


def test_damaged_reports_are_left_out_and_told(lab, clock):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(i, internals=inside_of(2, 0.5)) for i in range(6)], sentence="Training.")
    with lab._database.writing() as connection:
        connection.execute(REPORTS.update().where(REPORTS.c.number == 2).values(numbers=b"junk"))
        connection.execute(REPORTS.update().where(REPORTS.c.number == 4).values(inside=b"junk"))
    found = seen(lab, run.id)
    assert found.epochs.tolist() == [0, 2, 3, 4, 5]
    assert np.isnan(distance(found)[2]).all()
    assert found.run.sentence == "Training. 2 of its stored reports cannot be read."


def test_epochs_rise_whatever_is_stored(lab, clock):
    run = lab.create(CONFIG)
    lab.add_reports(run.id, [report_at(e, step=s) for s, e in ((1, 1), (2, 2), (3, 3), (4, 2.5), (5, 4))])
    assert seen(lab, run.id).epochs.tolist() == [1, 2, 2.5, 4]
    lab.add_reports(run.id, [report_at(2.75, step=6)])
    assert later(clock, lab, run.id).epochs.tolist() == [1, 2, 2.5, 2.75]


def test_a_long_run_is_followed_by_reading_only_what_is_new(lab, clock, monkeypatch):
    run = lab.create(CONFIG)
    lab.update(run.id, status="running")
    lab.add_reports(run.id, [report_at(i) for i in range(2_000)])
    assert len(seen(lab, run.id).epochs) == 2_000
    read, news = [], Store.news

    def counted(self, *arguments, **named):
        found = news(self, *arguments, **named)
        read.append(len(found.lines) if found else 0)
        return found

    monkeypatch.setattr(Store, "news", counted)
    for epoch in range(2_000, 2_003):
        lab.add_reports(run.id, [report_at(epoch)])
        assert len(later(clock, lab, run.id).epochs) == epoch + 1
    assert read == [1, 1, 1]
