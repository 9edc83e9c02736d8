"""A search in processes of its own: its coordinator and a worker are killed, and it goes on to the same end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from tests.trainers.labs import ended, now, quick, true_curve, until
from tests.trainers.labs import stored_curve as curve_in
from trainers.lab.lab import Lab
from trainers.store import RunFilter, StoredJob, StoreError
from trainers.sweeps import Axis, Study, Sweep, SweepRequest, of_role

RATE = Axis(name="optimizer.lr", low=1e-3, high=0.3, log=True)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    made = Lab(folder=tmp_path_factory.mktemp("search"), slots=2)
    made.warm()
    yield made
    made.close()


def job(lab: Lab, id: str) -> StoredJob:
    found = lab.job("vary", id)
    assert found is not None
    return found


def sweep_of(lab: Lab, id: str) -> Any:
    return Sweep.from_plain(job(lab, id).result)


def kill(worker: str) -> None:
    os.kill(int(worker.split(" ")[1]), signal.SIGKILL)


def test_a_killed_search_and_a_killed_worker_lose_nothing_and_train_nothing_twice(lab):
    config = quick({"budget.epochs": 150, "watch.internals": False, "watch.checkpoint_every": 20})
    asked = SweepRequest(config=config.to_json(), axes=(RATE,), samplers=("tpe",), trials=10)
    id = lab.ask("vary", request=asked.to_plain())
    until(lambda: (sweep := sweep_of(lab, id)) and sum(trial.over for trial in sweep.trials) >= 2)
    kill(job(lab, id).worker)
    broken: Any = until(lambda: not (found := job(lab, id)).active and found)
    assert broken.status == "interrupted"
    assert "SIGKILL" in broken.sentence
    stood = sweep_of(lab, id)
    assert stood is not None
    before = {run.id: run.status for run in lab.store.runs(RunFilter(experiment=stood.experiment))}
    lab.resume_job("vary", id, by=None)

    def trained_by() -> str:
        now = sweep_of(lab, id)
        assert now is not None
        runs = lab.store.runs(RunFilter(experiment=now.experiment, statuses=("running",)))
        return next((run.worker for run in runs if run.step and run.id not in before), "")

    kill(until(trained_by))
    done: Any = until(lambda: not (found := job(lab, id)).active and found)
    assert done.status == "finished"
    sweep = sweep_of(lab, id)
    assert sweep is not None
    runs = lab.store.runs(RunFilter(experiment=sweep.experiment))
    assert sorted(Counter(of_role(run.role) for run in runs).items()) == [(("tpe", n, 0), 1) for n in range(10)]
    assert set(before) <= {run.id for run in runs}
    assert {run.status for run in runs} == {"finished"}
    assert sum(sweep.again.values()) >= 1
    study = Study(asked, asked.parts[0])
    for trial in sweep.trials:  # what was killed has changed neither what is proposed nor what comes of it
        assert study.ask() == {"optimizer.lr": trial.values[0]}
        whole = true_curve(asked.configured(asked.parts[0], {"optimizer.lr": trial.values[0]}, 0))
        assert curve_in(lab.store, trial.runs[0]) == whole
        if study.asked % 4 == 0:
            for number in range(study.asked - 4, study.asked):
                study.tell(number, "complete", now(lab.store, sweep.trials[number].runs[0]).best_val_loss)


def test_a_killed_database_loses_nothing_and_the_search_goes_on_when_it_is_back(postgresql_server, tmp_path):
    url = postgresql_server.new_database(durable=True)
    config = quick({"budget.epochs": 100, "watch.internals": False, "watch.checkpoint_every": 25})
    asked = SweepRequest(config=config.to_json(), axes=(RATE,), samplers=("random",), trials=5)
    lab = Lab(url=url, folder=tmp_path, slots=2)
    try:
        id = lab.ask("vary", request=asked.to_plain())
        until(lambda: (sweep := sweep_of(lab, id)) and any(trial.over for trial in sweep.trials))
        over = {
            run.id: (run.last, run.ended)
            for run in lab.store.runs(RunFilter(experiment=sweep_of(lab, id).experiment, statuses=("finished",)))
        }
        postgresql_server.kill()

        def done() -> bool:
            with suppress(StoreError):  # until the last connection of the old one is gone
                now = lab.job("vary", id)
                if now is not None and now.status == "interrupted":
                    lab.resume_job("vary", id, by=None)
                return now is not None and now.status == "finished"
            return False

        until(done)
        sweep = sweep_of(lab, id)
        assert [trial.state for trial in sweep.trials] == ["complete"] * 5
        runs = lab.store.runs(RunFilter(experiment=sweep.experiment))
        assert Counter(of_role(run.role) for run in runs) == {("random", number, 0): 1 for number in range(5)}
        assert {run.id: (run.last, run.ended) for run in runs if run.id in over} == over
        for run in runs:
            assert run.status == "finished"
            assert run.config is not None
            assert curve_in(lab.store, run.id) == true_curve(run.config)
    finally:
        lab.close()
        postgresql_server.drop(url)


def test_a_search_of_a_server_that_ends_goes_on_with_the_next_one(tmp_path):
    config = quick({"budget.epochs": 300, "watch.internals": False})
    asked = SweepRequest(config=config.to_json(), axes=(RATE,), samplers=("random",), trials=6).to_plain()
    first = Lab(folder=tmp_path, slots=2)
    id = first.ask("vary", request=asked)
    until(lambda: (sweep := sweep_of(first, id)) and any(trial.over for trial in sweep.trials))
    first.close()
    second = Lab(folder=tmp_path, slots=2)
    try:
        assert job(second, id).status == "interrupted"
        assert "Go on takes it up" in job(second, id).sentence
        second.resume_job("vary", id, by=None)
        until(lambda: not job(second, id).active)
        sweep = sweep_of(second, id)
        assert sweep is not None
        assert [trial.state for trial in sweep.trials] == ["complete"] * 6
        assert second.store.count(RunFilter(experiment=sweep.experiment)) == 6
        assert all(ended(second.store, trial.runs[0]).epoch == 300 for trial in sweep.trials)
    finally:
        second.close()
