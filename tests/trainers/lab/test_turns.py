"""Whose turn it is, how much one visitor may ask for, and what a paused run holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from tests.trainers.lab.test_jobs import Threaded
from tests.trainers.lab.test_training_work import Line, Working, long
from tests.trainers.labs import WORKER, ended, now, quick, quiet_lab, stored_curve, true_curve, until
from trainers.allowances import TEACHER
from trainers.lab.error import LabError
from trainers.lab.orders import LET_GO
from trainers.lab.turns import at_work, has_his_share, in_turn, took_place
from trainers.store import StoreError
from trainers.store.types import StoredJob


def job(id: str, visitor: str, status: str = "queued") -> StoredJob:
    row = {"sentence": "", "wanted": "run", "device": None, "worker": "", "heartbeat": None, "created": 0.0}
    return StoredJob(id=id, kind="train", run=id, visitor=visitor, status=status, **row)


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def test_each_visitors_first_comes_before_anybodys_second():
    waiting = [job("a1", "a"), job("a2", "a"), job("a3", "a"), job("b1", "b"), job("c1", "c"), job("b2", "b")]
    assert [one.id for one in in_turn(waiting)] == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_what_is_at_work_counts_as_begun_and_what_is_paused_does_not():
    waiting = [job("a0", "a", "running"), job("b0", "b", "paused"), job("a1", "a"), job("b1", "b"), job("a2", "a")]
    assert [one.id for one in in_turn(waiting)] == ["b1", "a1", "a2"]


def test_runs_that_one_worker_trains_together_take_one_turn():
    together = [replace(job(f"a{n}", "a", "running"), worker="one") for n in range(8)]
    alone = [replace(job(f"b{n}", "b", "running"), worker=f"other {n}") for n in range(2)]
    waiting = [job("b", "b"), job("a", "a"), job("c", "c")]
    assert [one.id for one in in_turn([*together, *alone, *waiting])] == ["c", "a", "b"]


def test_a_visitor_who_comes_late_does_not_wait_for_all_that_another_has_asked(lab):
    many = [lab.submit(quick({"budget.seed": seed}), visitor="busy") for seed in range(5)]
    one = lab.submit(quick(), visitor="late")
    assert [lab.place(id) for id in (many[0], one, many[1])] == [1, 2, 3]


def test_one_visitor_cannot_fill_the_queue(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING_EACH", "2")
    lab.submit(quick(), visitor="late")
    lab.submit_together([("a", quick()), ("b", quick())], "Two", visitor="busy@here")
    told = "2 of your runs wait already, and this asks for 1 more; 2 of one visitor may wait while others wait"
    with pytest.raises(LabError, match=told):
        lab.submit(quick(), visitor="busy@elsewhere")
    assert lab.queue_length() == 3
    lab.submit(quick(), visitor="late")


def test_a_visitor_alone_may_fill_half_the_queue_and_no_more(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING", "8")
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING_EACH", "1")
    lab.submit_together([(str(n), quick()) for n in range(4)], "Four", visitor="busy")
    with pytest.raises(
        LabError, match="4 of your runs wait already, and this asks for 1 more; 4 of one visitor may wai"
    ):
        lab.submit(quick(), visitor="busy")
    for number in range(4):
        lab.submit(quick(), visitor=f"other {number}")
    assert lab.queue_length() == 8


def test_whoever_has_less_than_an_equal_share_may_ask_though_the_queue_is_full(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING", "4")
    for visitor in ("a", "b"):
        lab.submit_together([(str(n), quick()) for n in range(2)], "Two", visitor=visitor)
    with pytest.raises(LabError, match="queue is full: 4 wait, and 4 may"):
        lab.submit(quick(), visitor="a")
    lab.submit(quick(), visitor="c")
    with pytest.raises(LabError, match="queue is full"):
        lab.submit(quick(), visitor="c")


def test_the_teacher_is_held_by_no_bound_on_visitors_and_comes_first(lab, monkeypatch):
    for bound in ("WAITING", "WAITING_EACH", "WAITING_NETWORK", "RUNS_EACH"):
        monkeypatch.setenv(f"DESCENT_LAB_MAX_{bound}", "1")
    student = lab.submit(quick(), visitor="a@here")
    asked = [lab.submit(quick({"budget.seed": seed}), visitor=f"b@{TEACHER}") for seed in range(3)]
    assert [lab.place(id) for id in (*asked, student)] == [1, 2, 3, 4]
    with pytest.raises(StoreError, match="1 of your runs are kept, and 1 of one visitor may be"):
        lab.store.create(quick(), visitor="a@elsewhere")
    lab.rename(asked[0], "still mine", by="b@at home")


def test_one_visitor_keeps_so_many_runs(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_RUNS_EACH", "2")
    both = lab.submit_together([("a", quick()), ("b", quick())], "Two", visitor="busy@here")
    with pytest.raises(StoreError, match="2 of your runs are kept, and 2 of one visitor may be"):
        lab.submit(quick(), visitor="busy@elsewhere")
    lab.submit(quick(), visitor="other")
    lab.submit(quick())
    lab.stop(both[0], by=None)
    lab.delete([both[0]], by=None)
    lab.submit(quick(), visitor="busy")


def test_a_search_at_work_and_a_score_that_waits_take_no_turn_of_a_run():
    kinds = {"vary": "running", "score": "queued"}
    beside = [replace(job(kind, "a", status), kind=kind) for kind, status in kinds.items()]
    waiting = [*beside, job("a1", "a"), job("b1", "b"), job("a2", "a")]
    assert [one.id for one in in_turn(waiting)] == ["score", "a1", "b1", "a2"]


def test_among_first_ones_whoever_has_gone_without_for_longest_is_next():
    waiting = [job("a1", "a@x"), replace(job("b1", "b"), created=5.0), replace(job("c1", "c"), created=7.0)]
    assert [one.id for one in in_turn(waiting, {"a": 6.0})] == ["b1", "a1", "c1"]


def test_a_share_of_places_leaves_the_rest_to_others(monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_AT_ONCE_EACH", "2")
    going = at_work([job(f"a{n}", "a@x", "running") for n in range(2)])
    assert has_his_share(job("a", "a@y"), going)
    assert not any(has_his_share(job("x", visitor), going) for visitor in ("b", "", f"a@{TEACHER}"))
    assert not has_his_share(replace(job("a", "a"), kind="score"), going)
    took_place(job("b", "b"), going)
    took_place(job("b", "b"), going)
    assert has_his_share(job("b", "b"), going)
    monkeypatch.delenv("DESCENT_LAB_MAX_AT_ONCE_EACH")
    assert not has_his_share(job("a", "a"), going)


def test_one_network_cannot_fill_the_queue_by_dropping_cookies(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING_NETWORK", "3")
    for seed in range(3):
        lab.submit(quick({"budget.seed": seed}), visitor=f"new{seed}@home")
    with pytest.raises(LabError, match="3 runs from your network wait already, and this asks for 1 more; 3 may"):
        lab.submit(quick(), visitor="new3@home")
    with pytest.raises(LabError, match="3 runs from your network"):
        lab.submit_together([("a", quick()), ("b", quick())], "Two", visitor="new4@home")
    assert lab.queue_length() == 3
    lab.submit(quick(), visitor="other@elsewhere")
    lab.submit(quick(), visitor="nobody in particular")
    lab.submit(quick(), visitor="100%@me")
    assert lab.queue_length() == 6


def test_a_paused_run_gives_its_place_to_one_that_waits_and_goes_on_later_on_the_same_curve(data_home):
    lab = quiet_lab(data_home)
    lab._supervisor = cast(Any, Threaded(lab, data_home))  # one place
    watched = {"watch.every": 10, "watch.internals": False}
    try:
        first = lab.submit(quick({"budget.epochs": 100_000, **watched}))
        until(lambda: now(lab.store, first).step > 0, 300)
        lab.pause(first, by=None)
        until(lambda: now(lab.store, first).status == "paused", 300)
        worker = now(lab.store, first).worker
        second = lab.submit(quick())
        until(lambda: now(lab.store, second).status == "finished", 300)
        held = now(lab.store, first)
        assert worker
        assert (held.status, held.wanted, held.worker) == ("paused", "pause", "")
        assert held.sentence == f"Paused; resume goes on from epoch {held.epoch:.4g}."
        assert 0 < held.epoch < 100_000
        lab.resume(first, by=None)
        until(lambda: now(lab.store, first).epoch > held.epoch + 20, 300)
        lab.stop(first, by=None)
        told = stored_curve(lab.store, first) if ended(lab.store, first, 300) else []
        whole = true_curve(quick({"budget.epochs": round(told[-1][0]), **watched}))
        assert told == whole
    finally:
        lab.close()


class Said(Line):
    """The supervisor's end of the line, which says something once."""

    def recv(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.gone = False
        return LET_GO


@pytest.mark.parametrize(("order", "status"), [("resume", "queued"), ("stop", "stopped")])
@pytest.mark.parametrize("moment", ["its last checkpoint", "its end"])
def test_an_order_that_comes_while_a_paused_run_gives_up_its_place_is_kept(lab, monkeypatch, order, status, moment):
    monkeypatch.setattr("trainers.lab.worker.signal.signal", lambda *_: None)  # only the main thread may
    monkeypatch.setattr("trainers.lab.job.NICENESS", 0)
    line, true_one, heard = Said(), lab.store.jobs.one, []
    place, name = (lab.store, "keep_checkpoint") if moment == "its last checkpoint" else (lab.store.jobs, "end")
    true_write = getattr(place, name)

    def one(*arguments):
        found = true_one(*arguments)
        heard.append(found.wanted)
        return found

    def write(*arguments, **named):
        monkeypatch.setattr(place, name, true_write)
        getattr(lab, order)(run_id, by=None)
        heard.clear()
        until(lambda: len(heard) > 1 and heard[-2] != "pause")  # the worker knows of it, and goes on with its end
        return true_write(*arguments, **named)

    run_id = lab.submit(long(**{"budget.epochs": 100_000}))
    with Working(lab, run_id, line) as working:
        lab.pause(run_id, by=None)
        until(lambda: now(lab.store, run_id).status == "paused")
        monkeypatch.setattr(place, name, write)
        monkeypatch.setattr(lab.store.jobs, "one", one)
        line.gone = True
        working.thread.join()
    run = now(lab.store, run_id)
    assert (run.status, run.wanted, run.worker) == (status, "run", "")
    if status == "queued":  # it goes on from where it stood
        assert run.resume == lab.store.checkpoints(run_id)[-1].id


def test_a_run_that_has_given_up_its_place_is_stopped_at_once_and_outlives_its_server(lab):
    run = lab.store.create(quick(), status="paused", wanted="pause")
    assert now(lab.store, run.id).worker != WORKER
    lab.stop(run.id, by=None)
    assert now(lab.store, run.id).status == "stopped"
