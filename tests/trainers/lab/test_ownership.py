"""Whose a run is: every order of somebody else is refused, in the transaction of the order; the teacher may do all."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quick, quiet_lab
from trainers.lab import TEACHER, is_teachers, not_yours, owner_of, teacher_is_known
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import MAX_PINNED, Lab, LabError
from trainers.lab.worker import do
from trainers.store import RunFilter, StoredJob

ANNA, BERT = "a" * 16 + "@here", "b" * 16 + "@here"
ORDERS: dict[str, Callable[[Lab, str, str | None], Any]] = {
    "pause": lambda lab, id, by: lab.pause(id, by=by),
    "stop": lambda lab, id, by: lab.stop(id, by=by),
    "resume": lambda lab, id, by: lab.resume(id, by=by),
    "rewind": lambda lab, id, by: lab.rewind(id, lab.store.checkpoints(id)[0].id, by=by),
    "train_on": lambda lab, id, by: lab.train_on(id, 1, by=by),
    "rename": lambda lab, id, by: lab.rename(id, "mine now", by=by),
    "delete": lambda lab, id, by: lab.delete([id], by=by),
    "score_test": lambda lab, id, by: lab.score_test(id, by=by),
}


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def ended(lab: Lab, visitor: str) -> str:
    id = lab.submit(quick({"budget.epochs": 2}), visitor=visitor)
    for job in lab.store.jobs.listed(("queued",)):
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[job.kind], job.id, WORKER)
    return id


def test_every_order_that_changes_a_run_asks_who_gives_it() -> None:
    asking = {
        name
        for name, method in inspect.getmembers(Lab, inspect.isfunction)
        if "by" in inspect.signature(method).parameters and not name.startswith("_")
    }
    of_jobs = {"stop_job", "leave_job", "pause_job", "resume_job"}
    assert asking == {*ORDERS, *of_jobs, "pin", "clear"}, "each is attacked below"
    for name in asking:
        by = inspect.signature(getattr(Lab, name)).parameters["by"]
        assert by.default is inspect.Parameter.empty, f"{name}: who forgets it would act as the lab itself"


@pytest.mark.parametrize("order", ORDERS)
def test_somebody_else_is_refused_and_nothing_is_changed(lab: Lab, order: str) -> None:
    id = ended(lab, ANNA)
    before = lab.store.run(id)
    forged = [
        BERT,
        "",
        "@here",
        "a" * 15,
        ANNA.partition("@")[0].upper(),
        "a" * 16 + "x@here",
        "%",
        "_" * 16,
        "TEACHER",
    ]
    for by in forged:
        with pytest.raises(LabError, match="somebody else's"):
            ORDERS[order](lab, id, by)
        assert lab.store.run(id) == before
        assert not lab.store.jobs.listed(("queued",))


@pytest.mark.parametrize("order", ["train_on", "rename", "delete", "score_test", "rewind"])
@pytest.mark.parametrize("by", [ANNA, "a" * 16 + "@elsewhere", "a" * 16, TEACHER, None])
def test_who_began_it_and_the_teacher_are_not_refused(lab: Lab, order: str, by: str | None) -> None:
    id = ended(lab, ANNA)
    before = lab.store.run(id)
    ORDERS[order](lab, id, by)
    assert lab.store.run(id) != before


def test_a_run_of_nobody_in_particular_may_be_changed_by_all(lab: Lab) -> None:
    id = ended(lab, "")
    lab.rename(id, "ours", by=BERT)
    found = lab.store.run(id)
    assert found is not None
    assert found.name == "ours"


def test_of_several_that_are_to_go_none_goes_where_one_is_somebody_elses(lab: Lab) -> None:
    mine, theirs = ended(lab, BERT), ended(lab, ANNA)
    with pytest.raises(LabError, match="somebody else's"):
        lab.delete([mine, theirs], by=BERT)
    assert lab.store.run(mine) is not None
    lab.delete([mine], by=BERT)
    assert lab.store.run(mine) is None


def test_others_may_watch_fork_and_compare(lab: Lab) -> None:
    id = ended(lab, ANNA)
    assert lab.watch(id) is not None
    forked = lab.store.run(lab.fork(id, {"budget.epochs": 9}, visitor=BERT))
    assert forked is not None
    assert owner_of(forked.visitor) == owner_of(BERT)
    assert not not_yours(forked, BERT)


def test_a_job_of_somebody_else_goes_on(lab: Lab) -> None:
    from trainers.rates import RateRequest

    job = lab.ask("rates", request=RateRequest(config=quick().to_json(), steps=20).to_plain(), visitor=ANNA)
    for order in (lab.stop_job, lab.leave_job, lab.pause_job, lab.resume_job):
        with pytest.raises(LabError, match="somebody else's"):
            order("rates", job, by=BERT)
    assert lab.stop_job("rates", job, by=ANNA)
    found = lab.job("rates", job)
    assert found is not None
    assert found.status == "stopped"


CARL = "c" * 16 + "@here"


def searched(lab: Lab, visitor: str) -> str:
    from trainers.rates import RateRequest

    return lab.ask("rates", request=RateRequest(config=quick().to_json(), steps=20).to_plain(), visitor=visitor)


def job_of(lab: Lab, id: str) -> StoredJob:
    found = lab.job("rates", id)
    assert found is not None
    return found


@pytest.mark.parametrize("worker", ["", WORKER])
@pytest.mark.parametrize("first", [ANNA, BERT])
def test_what_several_wait_for_ends_with_the_last_of_them(lab: Lab, first: str, worker: str) -> None:
    id, second = searched(lab, ANNA), BERT if first == ANNA else ANNA
    assert searched(lab, BERT) == id
    if worker:
        assert lab.store.jobs.claim(job_of(lab, id), worker)
    with pytest.raises(LabError, match="Others wait for this too"):
        lab.pause_job("rates", id, by=first)
    assert not lab.stop_job("rates", id, by=first)
    there = job_of(lab, id)
    assert there.active
    assert there.wanted == "run"
    assert there.visitor == second, "it takes the turn of one who still waits"
    with pytest.raises(LabError, match="somebody else's"):
        lab.stop_job("rates", id, by=first)
    assert lab.stop_job("rates", id, by=second.replace("here", "elsewhere"))
    assert job_of(lab, id).wanted == "stop" if worker else job_of(lab, id).status == "stopped"
    assert searched(lab, CARL) != id


def test_two_pages_of_one_visitor_turn_away_one_by_one(lab: Lab) -> None:
    id = searched(lab, ANNA)
    searched(lab, ANNA)
    assert not lab.leave_job("rates", id, by=ANNA)
    assert job_of(lab, id).active
    assert lab.leave_job("rates", id, by=ANNA)
    assert not job_of(lab, id).active
    again = searched(lab, ANNA)
    searched(lab, ANNA)
    assert lab.stop_job("rates", again, by=ANNA), "an order is of all his pages"


@pytest.mark.parametrize("by", [TEACHER, None])
def test_the_teacher_ends_what_others_wait_for(lab: Lab, by: str | None) -> None:
    id = searched(lab, ANNA)
    searched(lab, BERT)
    assert lab.stop_job("rates", id, by=by)
    assert not job_of(lab, id).active


def test_a_job_from_before_askers_were_written_down_is_whose_it_was(lab: Lab) -> None:
    import sqlalchemy as sa

    id = searched(lab, ANNA)
    with lab.store.jobs.database.writing() as connection:
        connection.execute(sa.text("DELETE FROM askers"))
    with pytest.raises(LabError, match="somebody else's"):
        lab.stop_job("rates", id, by=BERT)
    searched(lab, BERT)
    assert not lab.stop_job("rates", id, by=BERT)
    assert job_of(lab, id).active


def test_what_somebody_held_or_ended_goes_on_for_whoever_asks_for_it(lab: Lab) -> None:
    id = searched(lab, ANNA)
    lab.pause_job("rates", id, by=ANNA)
    with pytest.raises(LabError, match="somebody else's"):
        lab.resume_job("rates", id, by=BERT)
    assert [lab.has_part(job_of(lab, id), who) for who in (ANNA, BERT, TEACHER, None)] == [True, False, True, True]
    assert searched(lab, BERT) == id
    assert lab.has_part(job_of(lab, id), BERT)
    assert job_of(lab, id).status == "queued"
    assert not lab.stop_job("rates", id, by=BERT)
    assert lab.stop_job("rates", id, by=ANNA)
    lab.resume_job("rates", id, by=CARL)
    there = job_of(lab, id)
    assert (there.status, there.visitor) == ("queued", CARL)
    with pytest.raises(LabError, match="somebody else's"):
        lab.stop_job("rates", id, by=ANNA)
    assert lab.stop_job("rates", id, by=CARL)


def test_mine_are_those_of_my_browser_wherever_it_is(lab: Lab) -> None:
    first, second, other = ended(lab, ANNA), ended(lab, "a" * 16 + "@elsewhere"), ended(lab, BERT)
    assert {run.id for run in lab.store.runs(RunFilter(owner=owner_of(ANNA)))} == {first, second}
    assert lab.store.count(RunFilter(owner=owner_of(ANNA))) == 2
    assert [run.id for run in lab.store.runs(RunFilter(owner=owner_of(BERT)))] == [other]
    assert lab.store.runs(RunFilter(owner="%")) == []
    assert lab.store.count() == 3


def test_the_teacher_pins_and_clears_and_nobody_else_does(lab: Lab) -> None:
    ids = [ended(lab, ANNA) for _ in range(3)]
    for by in (ANNA, BERT, ""):
        with pytest.raises(LabError, match="Only the teacher"):
            lab.pin(ids[:1], True, by=by)
        with pytest.raises(LabError, match="Only the teacher"):
            lab.clear(by=by)
    lab.pin(ids[:1], True, by=TEACHER)
    lab.pin(ids[1:2], True, by=TEACHER)
    assert [run.id for run in lab.pinned()] == [ids[1], ids[0]]
    lab.pin(ids[1:2], False, by=TEACHER)
    waits = lab.submit(quick(), visitor=BERT)
    assert lab.clear(by=TEACHER) == 2
    assert {run.id for run in lab.store.runs()} == {ids[0], waits}
    with pytest.raises(LabError, match=f"{MAX_PINNED} may be"):
        lab.pin([f"{i}" for i in range(MAX_PINNED)], True, by=TEACHER)


def test_the_teachers_word_is_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_LAB_TEACHER", raising=False)
    assert not teacher_is_known()
    assert not is_teachers("")
    monkeypatch.setenv("DESCENT_LAB_TEACHER", "snow in may")
    assert teacher_is_known()
    assert is_teachers("snow in may")
    for wrong in ("", "snow", "snow in may ", "Snow in may", "śnow"):
        assert not is_teachers(wrong)
