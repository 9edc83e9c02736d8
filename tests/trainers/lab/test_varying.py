"""Searches as jobs: runs are queued, followed, pruned, held and gone on with, and nothing is trained twice."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

import trainers.lab.work as work_on_a_run
import trainers.loop.run as loop_of_a_run
from figures.search.words import sweep_sentences
from tests.trainers.labs import WORKER, now, quick, quiet_lab, work
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab, LabError
from trainers.lab.varying.room import AHEAD, TOGETHER, most_ahead, room_for_more
from trainers.lab.varying.search import Search, search_over
from trainers.lab.varying.trial import TOO_LATE
from trainers.lab.work import TrainingWork
from trainers.lab.worker import do
from trainers.store import RunFilter, StoredJob
from trainers.sweeps import Axis, Study, Sweep, SweepRequest, of_role

RATE = Axis(name="optimizer.lr", low=1e-3, high=0.3, log=True)
WIDTH = Axis(name="model.width", values=(2, 8))


class Killed(BaseException):
    """Stands for the end of a process that says nothing any more."""


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def request(**changes: Any) -> SweepRequest:
    small = quick({"budget.epochs": 4, "watch.internals": False})
    return SweepRequest(
        **{"config": small.to_json(), "axes": (RATE, WIDTH), "samplers": ("grid",), "trials": 4, **changes}
    )


def queued(lab: Lab) -> list[StoredJob]:
    return [job for job in lab.store.jobs.listed(("queued",)) if job.kind == "train"]


@pytest.fixture
def trains(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    """Between two looks of a search its oldest waiting run is trained here; ``at`` may do something before that."""

    trains = SimpleNamespace(count=0, at={}, search=None)

    def rest(search: Search) -> None:
        if (act := trains.at.pop(trains.count, None)) is not None:
            act(search)
        waiting = queued(lab)
        if waiting:
            trains.count += 1
            work(lab.store, waiting[0].id)

    monkeypatch.setattr(Search, "rest", rest)
    return trains


def searched(lab: Lab, id: str) -> tuple[StoredJob, Sweep]:
    """The search, worked on here until it ends."""
    job = lab.job("vary", id)
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS["vary"], id, WORKER)
    return found(lab, id)


def killed_and_resumed(lab: Lab, id: str) -> tuple[int, StoredJob, Sweep]:
    """How many runs there were when its process ended, and what it has come to in the hands of another."""
    with pytest.raises(Killed):
        searched(lab, id)
    made = lab.store.count()
    before, _ = found(lab, id)
    lab.store.jobs.end(before, "interrupted", "")
    lab.resume_job("vary", id, by=None)
    return made, *searched(lab, id)


def found(lab: Lab, id: str) -> tuple[StoredJob, Sweep]:
    job = lab.job("vary", id)
    assert job is not None
    sweep = Sweep.from_plain(job.result)
    assert sweep is not None
    return job, sweep


def each_once(lab: Lab, sweep: Sweep, runs: int) -> None:
    """Every trial and seed has one run, and each was trained for its epochs and no more."""
    made = lab.store.runs(RunFilter(experiment=sweep.experiment))
    assert len(made) == runs
    assert max(Counter(of_role(run.role) for run in made).values()) == 1
    for run in made:
        steps = [report.step for _, report in lab.store.reports(run.id)]
        assert len(steps) == len(set(steps))


def test_a_grid_is_trained_as_a_whole_with_its_seeds(lab: Lab, trains: Any) -> None:
    asked = request(seeds=2)
    job, sweep = searched(lab, lab.ask("vary", request=asked.to_plain(), visitor="me"))
    assert (job.status, job.progress) == ("finished", 1.0)
    each_once(lab, sweep, 8)
    assert {trial.values for trial in sweep.trials} == {(rate, width) for rate in (1e-3, 0.3) for width in (2, 8)}
    for trial in sweep.trials:
        runs = [now(lab.store, run) for run in trial.runs]
        assert [run.config["budget.seed"] for run in runs] == [0, 1]
        assert {run.config["optimizer.lr"] for run in runs} == {trial.values[0]}
        assert trial.goal == pytest.approx(sum(run.best_val_loss for run in runs) / 2, rel=1e-4)
        assert trial.spread is not None
        assert trial.epochs == (0.0, 1.0, 2.0, 3.0, 4.0)
        assert {run.visitor for run in runs} == {"me"}
        assert all(run.test is None for run in runs)
    assert sorted(trial.order for trial in sweep.trials if trial.order is not None) == [0, 1, 2, 3]
    assert trains.count == 8
    experiment = lab.store.experiment(sweep.experiment)
    assert experiment is not None
    assert (experiment.kind, experiment.claim) == ("search", {"job": job.id})


def test_what_is_asked_twice_is_searched_once(lab: Lab) -> None:
    first = lab.ask("vary", request=request().to_plain())
    assert lab.ask("vary", request=request().to_plain()) == first
    assert lab.ask("vary", request=request(draw=1).to_plain()) != first
    same = lab.store.jobs.same("vary", request().to_plain())
    assert same is not None
    assert same.id == first
    assert lab.store.jobs.same("vary", request(draw=2).to_plain()) is None


def test_what_cannot_be_searched_is_refused_before_it_is_queued(lab: Lab) -> None:
    for wrong in ({}, {**request().to_plain(), "trials": 10**9}, {**request().to_plain(), "config": "{"}):
        with pytest.raises(LabError, match="This cannot be searched"):
            lab.ask("vary", request=wrong)
    assert lab.store.jobs.listed(("queued",)) == []


def test_no_more_runs_wait_than_leave_room_for_others(lab: Lab, trains: Any) -> None:
    most = 0

    def counted(search: Search) -> None:
        nonlocal most
        most = max(most, len(queued(lab)))

    trains.at = dict.fromkeys(range(40), counted)
    widths = Axis(name="model.width", low=2, high=40)
    asked = request(axes=(widths,), samplers=("random",), trials=AHEAD + 2)
    _, sweep = searched(lab, lab.ask("vary", request=asked.to_plain()))
    assert most == AHEAD
    each_once(lab, sweep, AHEAD + 2)


def test_runs_that_differ_only_in_numbers_wait_all_at_once_so_that_they_train_as_one(lab: Lab, trains: Any) -> None:
    asked = request(axes=(RATE,), samplers=("random",), trials=AHEAD + 6)
    _, sweep = searched(lab, lab.ask("vary", request=asked.to_plain(), visitor="me"))
    assert trains.count == 1  # the first that is trained takes all others with it
    each_once(lab, sweep, AHEAD + 6)
    assert all(trial.state == "complete" for trial in sweep.trials)


def test_what_learns_from_results_has_them_before_it_goes_on(lab: Lab, trains: Any) -> None:
    most = 0

    def counted(search: Search) -> None:
        nonlocal most
        most = max(most, len(queued(lab)))

    trains.at = dict.fromkeys(range(40), counted)
    asked = request(axes=(RATE,), samplers=("tpe",), trials=8)
    searched(lab, lab.ask("vary", request=asked.to_plain()))
    assert most == 4


def test_how_many_may_wait_depends_on_what_is_varied() -> None:
    decay = Axis(name="decay", values=(0.0, 0.1))
    beside = Axis(name="optimizer.name", values=("adam_l2", "adamw"))
    assert most_ahead(request(axes=(RATE,))) == TOGETHER
    assert most_ahead(request(axes=(RATE, decay), beside=beside)) == TOGETHER
    assert most_ahead(request(axes=(RATE, WIDTH))) == AHEAD
    assert most_ahead(request(axes=(RATE,), seconds=60.0)) < AHEAD
    alone = quick({"model.dropout": 0.2})
    assert most_ahead(request(axes=(RATE,), config=alone.to_json())) == AHEAD


def test_a_search_leaves_room_in_the_queue_for_those_who_wait() -> None:
    def waiting(mine: int, others: int) -> list[Any]:
        return [SimpleNamespace(visitor="me")] * mine + [SimpleNamespace(visitor="other")] * others

    assert room_for_more(TOGETHER, 0, waiting(0, 0), "me") == TOGETHER
    assert room_for_more(TOGETHER, 10, waiting(10, 0), "me") == TOGETHER - 10
    assert room_for_more(TOGETHER, 0, waiting(2, 1), "me") == 22 - 2  # three quarters of 30
    assert room_for_more(TOGETHER, 0, waiting(0, 225 - 3), "") == 3  # three quarters of 300


def test_a_visitor_whose_search_waits_may_still_train(lab: Lab) -> None:
    experiment = lab.store.create_experiment("Search: lr", "search", {})
    for number in range(40):
        lab.store.create(quick({"budget.seed": number}), experiment=experiment.id, visitor="me@here")
    with lab.store.changing() as change:
        assert change.waiting() == {"me@here": 1}
    lab.submit(quick(), visitor="me@here")


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
@pytest.mark.parametrize("after", [1, 5])
def test_a_search_that_is_killed_goes_on_as_if_nothing_had_been(
    lab: Lab, trains: Any, sampler: str, after: int
) -> None:
    asked = request(samplers=(sampler,), trials=10)
    _, whole = searched(lab, lab.ask("vary", request=asked.to_plain()))
    job = lab.ask("vary", request=asked.to_plain())
    trains.count = 0

    def kill(search: Search) -> None:
        raise Killed

    trains.at = {after: kill}
    with pytest.raises(Killed):
        searched(lab, job)
    broken = lab.job("vary", job)
    assert broken is not None
    lab.store.jobs.end(broken, "interrupted", "It is gone.")
    lab.resume_job("vary", job, by=None)
    done, sweep = searched(lab, job)
    assert done.status == "finished"
    count = len(whole.trials)
    each_once(lab, sweep, count)
    assert trains.count == count
    assert {(t.number, t.values, t.goal) for t in sweep.trials} == {(t.number, t.values, t.goal) for t in whole.trials}


def test_one_that_is_paused_holds_its_runs_and_goes_on(lab: Lab, trains: Any) -> None:
    id = lab.ask("vary", request=request().to_plain())

    def pause(search: Search) -> None:
        lab.pause_job("vary", id, by=None)
        search.orders._ask()

    trains.at = {1: pause}
    job, sweep = searched(lab, id)
    assert (job.status, job.active) == ("paused", True)
    assert queued(lab) == []
    assert len(sweep.held) == 2
    assert {now(lab.store, run).status for run in sweep.held} == {"stopped"}
    assert lab.ask("vary", request=request().to_plain()) == id
    lab.resume_job("vary", id, by=None)
    job, sweep = searched(lab, id)
    assert job.status == "finished"
    each_once(lab, sweep, 4)
    assert sweep.held == ()


def test_one_that_is_stopped_keeps_what_has_ended_and_may_go_on(lab: Lab, trains: Any) -> None:
    id = lab.ask("vary", request=request().to_plain())

    def stop(search: Search) -> None:
        lab.stop_job("vary", id, by=None)
        search.orders._ask()

    trains.at = {2: stop}
    job, sweep = searched(lab, id)
    assert job.status == "stopped"
    assert sum(trial.state == "complete" for trial in sweep.trials) >= 2
    with pytest.raises(LabError, match="nothing to pause"):
        lab.pause_job("vary", id, by=None)
    lab.resume_job("vary", id, by=None)
    job, sweep = searched(lab, id)
    assert job.status == "finished"
    each_once(lab, sweep, 4)
    with pytest.raises(LabError, match="This job is done"):
        lab.resume_job("vary", id, by=None)


def test_a_budget_of_time_ends_it(lab: Lab, trains: Any) -> None:
    """What has begun is trained to its end, with all of its seeds; what waits does not begin."""
    asked = request(samplers=("random",), trials=100, seconds=1e-6, seeds=2)
    told: list[str] = []
    trains.at = {1: lambda search: told.append(search._left(0.0, search._share()))}
    job, sweep = searched(lab, lab.ask("vary", request=asked.to_plain()))
    assert told == ["; those that have begun are the last."]  # and no second that is left for ever
    assert (job.status, trains.count) == ("finished", 2)
    assert [trial.state for trial in sweep.trials] == ["complete", *["not_begun"] * (len(sweep.trials) - 1)]
    assert 1 < len(sweep.trials) < 10
    late = len(sweep.trials) - 1
    assert job.sentence == f"1 trial has ended. The time is spent, before {late} more that waited."
    assert f"{late} not begun, the time was spent." in sweep_sentences(asked, sweep)
    for trial in sweep.trials[1:]:
        assert trial.sentence == TOO_LATE
        assert [(now(lab.store, run).status, now(lab.store, run).last) for run in trial.runs] == [("stopped", 0)] * 2
    assert not queued(lab)


def test_what_did_not_begin_in_time_does_not_begin_after_the_end_of_its_process(lab: Lab, trains: Any) -> None:
    def killed(_search: Search) -> None:
        raise Killed

    trains.at = {1: killed}
    id = lab.ask("vary", request=request(samplers=("tpe",), trials=100, seconds=1e-6, seeds=2).to_plain())
    made, job, sweep = killed_and_resumed(lab, id)
    assert (job.status, trains.count, lab.store.count()) == ("finished", 2, made)
    assert [trial.state for trial in sweep.trials] == ["complete", *["not_begun"] * (made // 2 - 1)]


def test_a_search_ends_when_its_runs_have_trained_as_long_as_this_server_allows(
    lab: Lab, trains: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_SEARCH_SECONDS", "60")
    told = "Stopped: this server trains the runs of one search for up to 60 seconds."
    with pytest.raises(LabError, match="may train for 90 seconds; this server takes up to 60: choose fewer"):
        lab.ask("vary", request=request(seconds=90.0).to_plain())
    id = lab.ask("vary", request=request(seconds=60.0).to_plain())
    assert search_over(request(seconds=90.0))[0] == "seconds"
    assert search_over(request(seconds=60.0)) == ("", "")
    lab.stop_job("vary", id, by=None)
    id = lab.ask("vary", request=request().to_plain())
    trains.at = {2: lambda search: lab.store.update(queued(lab)[-1].id, worker_seconds=61.0)}
    job, sweep = searched(lab, id)
    assert (job.status, job.sentence) == ("stopped", f"{told} What has ended is kept.")
    assert sum(trial.state == "complete" for trial in sweep.trials) == 3
    assert not queued(lab)
    assert len(sweep.held) == 1
    with pytest.raises(LabError, match=told):
        lab.resume_job("vary", id, by=None)
    monkeypatch.setenv("DESCENT_LAB_MAX_SEARCH_SECONDS", "600")
    lab.resume_job("vary", id, by=None)
    job, sweep = searched(lab, id)
    assert job.status == "finished"
    each_once(lab, sweep, 4)


def test_one_whose_process_ended_after_its_time_begins_nothing_new(
    lab: Lab, trains: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_SEARCH_SECONDS", "60")
    id = lab.ask("vary", request=request(samplers=("random",), trials=40).to_plain())

    def killed(search: Search) -> None:
        lab.store.update(
            lab.store.runs(RunFilter(experiment=search.sweep.experiment, statuses=("finished",)))[0].id,
            worker_seconds=61.0,
        )
        raise Killed

    trains.at = {2: killed}
    made, job, sweep = killed_and_resumed(lab, id)
    assert job.status == "stopped"
    assert "for up to 60 seconds" in job.sentence
    assert lab.store.count() == made
    assert sum(trial.state == "complete" for trial in sweep.trials) >= 2


def test_what_waits_and_comes_belongs_to_those_who_have_taken_a_search_over(lab: Lab, trains: Any) -> None:
    anna, bert = "a" * 16 + "@here", "b" * 16 + "@here"
    widths = Axis(name="model.width", low=2, high=40)
    asked = request(axes=(widths,), samplers=("random",), trials=20).to_plain()
    id = lab.ask("vary", request=asked, visitor=anna)
    assert lab.ask("vary", request=asked, visitor=bert) == id
    waited: list[set[str]] = []

    def leaves(search: Search) -> None:
        assert not lab.stop_job("vary", id, by=anna)
        search.orders._ask()

    def look(search: Search) -> None:
        waited.append({job.visitor for job in queued(lab)})

    trains.at = {1: look, 2: leaves, 3: look}
    job, sweep = searched(lab, id)
    assert job.status == "finished"
    assert waited == [{anna}, {bert}]
    runs = lab.store.runs(RunFilter(experiment=sweep.experiment))
    assert Counter(run.visitor for run in runs) == {anna: 3, bert: 17}, "what had ended stays with who had it trained"
    with pytest.raises(LabError, match="somebody else's"):
        lab.delete([next(run.id for run in runs if run.visitor == bert)], by=anna)


def test_values_that_do_not_suit_are_told_and_the_others_trained(lab: Lab, trains: Any) -> None:
    axes = (Axis(name="model.normalization", values=("none", "batch")), Axis(name="budget.batch_size", values=(1, 32)))
    job, sweep = searched(lab, lab.ask("vary", request=request(axes=axes).to_plain()))
    assert job.status == "finished"
    assert "1 was refused" in job.sentence
    (wrong,) = (trial for trial in sweep.trials if trial.state == "refused")
    assert wrong.values == ("batch", 1)
    assert "at least 2 rows" in wrong.sentence
    assert sum(trial.state == "complete" for trial in sweep.trials) == 3


def test_a_diverged_trial_is_told_as_one(lab: Lab, trains: Any) -> None:
    rates = Axis(name="optimizer.lr", values=(0.01, 1e6))
    config = quick(
        {
            "budget.epochs": 4,
            "optimizer.name": "sgd",
            "model.activation": "identity",
            "loss.name": "mse",
            "data.name": "noisy_sine",
        }
    )
    _, sweep = searched(lab, lab.ask("vary", request=request(axes=(rates,), config=config.to_json()).to_plain()))
    by_rate = {trial.values[0]: trial for trial in sweep.trials}
    assert by_rate[0.01].state == "complete"
    assert by_rate[1e6].state == "diverged"
    assert by_rate[1e6].goal is None


def test_a_hopeless_run_is_stopped_and_told_as_pruned(lab: Lab, trains: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate of 1e-8 stays where it began; it is stopped by the order of the search, given while it trains."""
    rates = Axis(name="optimizer.lr", values=(0.05, 0.03, 0.02, 1e-8))
    config = quick({"budget.epochs": 200, "watch.internals": False})
    draws = (
        request(axes=(rates,), trials=4, pruner="halving", config=config.to_json(), draw=draw) for draw in range(50)
    )
    asked = next(each for each in draws if _proposed(each)[-1] == 1e-8)
    id = lab.ask("vary", request=asked.to_plain())
    report = TrainingWork._report

    def looked_at(training: Any, batch: Any) -> None:
        report(training, batch)
        search = trains.search
        if search is not None and training.run.status != "queued":
            search._look()
            training.orders._ask()

    def hold(search: Search) -> None:
        trains.search = search

    trains.at = {0: hold}
    # However fast the machine: each epoch is told by itself, and after each the order is asked for.
    monkeypatch.setattr(work_on_a_run, "train", partial(work_on_a_run.train, report_seconds=0.0))
    monkeypatch.setattr(loop_of_a_run, "ASK_SECONDS", 0.0)
    monkeypatch.setattr(TrainingWork, "_report", looked_at)
    _, sweep = searched(lab, id)
    (hopeless,) = (trial for trial in sweep.trials if trial.values[0] == 1e-8)
    assert hopeless.state == "pruned"
    run = now(lab.store, hopeless.runs[0])
    assert run.status == "stopped"
    assert run.sentence == hopeless.sentence
    assert run.sentence.startswith("Pruned at epoch")
    assert f"grid {hopeless.number}" in sweep.pruned
    assert math.isfinite(run.best_val_loss)


def _proposed(asked: SweepRequest) -> list[float]:
    study = Study(asked, asked.parts[0])
    return [study.ask()["optimizer.lr"] for _ in range(asked.trials)]


def test_a_run_whose_worker_dies_is_begun_again_a_few_times(lab: Lab, trains: Any) -> None:
    id = lab.ask("vary", request=request(axes=(RATE,), trials=1).to_plain())
    deaths = 0

    def die(search: Search) -> None:
        nonlocal deaths
        deaths += 1
        (waiting,) = queued(lab)
        lab.store.update(waiting.id, status="interrupted", sentence="The worker process was killed.")

    trains.at = {0: die}
    job, sweep = searched(lab, id)
    assert (job.status, deaths) == ("finished", 1)
    assert sweep.again == {sweep.trials[0].runs[0]: 1}
    each_once(lab, sweep, 1)


def test_where_every_run_fails_it_ends_with_their_sentence(lab: Lab, trains: Any) -> None:
    id = lab.ask("vary", request=request(axes=(RATE,), samplers=("random",), trials=20).to_plain())

    def fail(search: Search) -> None:
        for waiting in queued(lab):
            lab.store.update(waiting.id, status="no_data", sentence="These rows are nowhere.")

    trains.at = {0: fail}
    job, _ = searched(lab, id)
    assert (job.status, job.sentence) == ("failed", "These rows are nowhere.")
    assert queued(lab) == []
