"""The largest run of a server: refused with what was given and allowed, before it waits or where it is known first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quick, quiet_lab
from trainers.ensembles import EnsembleRequest
from trainers.lab import surface_request
from trainers.lab.job_kinds import JOBS, TRAIN
from trainers.lab.lab import Lab, LabError
from trainers.lab.sizes import most
from trainers.lab.worker import do
from trainers.rates import RateRequest
from trainers.store import TRAINING
from trainers.studies import StudyRequest
from trainers.sweeps import Axis, SweepRequest
from trainers.transfers import TransferRequest


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def trained(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, TRAIN, id, WORKER)
    return lab.store.run(id)


@pytest.mark.parametrize("text", ["", "0", "-5", "1e3", "many", "٣", "9" * 16])
def test_what_is_no_number_above_zero_is_no_limit(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_EPOCHS", text)
    assert most("DESCENT_LAB_MAX_EPOCHS") is None


@pytest.mark.parametrize(
    ("variable", "limit", "changes", "told"),
    [
        ("DESCENT_LAB_MAX_EPOCHS", "5", {}, "epochs; this server takes up to 5: choose fewer epochs"),
        ("DESCENT_LAB_MAX_ROWS", "119", {}, "has 120 rows; this server takes up to 119: choose fewer rows"),
        ("DESCENT_LAB_MAX_PARAMETERS", "1000", {"model.width": 64}, "parameters; this server takes up to 1,000"),
    ],
)
def test_what_is_too_large_is_refused_at_every_way_in(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, variable: str, limit: str, changes: dict[str, int], told: str
) -> None:
    done = lab.submit(quick(changes))
    trained(lab, done)
    monkeypatch.setenv(variable, limit)
    for attempt in (
        lambda: lab.submit(quick(changes)),
        lambda: lab.submit_together([("a", quick(changes)), ("b", quick(changes))], "two"),
        lambda: lab.shared([("", quick({**changes, "budget.seed": 9}))], "preset"),
        lambda: lab.fork(done, {"budget.seed": 4}),
        lambda: lab.train_on(done, 3, by=None),
    ):
        with pytest.raises(LabError, match=told):
            attempt()
    assert told in lab.refusal_of(quick(changes))
    assert lab.store.jobs.listed(("queued",)) == []
    monkeypatch.setenv(variable, "1000000000")
    assert lab.refusal_of(quick(changes)) == ""
    lab.submit(quick(changes))


def test_rows_of_a_table_are_counted_by_the_worker(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_ROWS", "100")
    run = trained(lab, lab.submit(quick({"data.name": "iris"})))
    assert run.status == "failed"
    assert run.sentence.startswith("These data have 150 rows; this server takes up to 100")


def test_a_run_whose_time_is_up_ends_with_a_sentence_and_can_be_looked_at(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_SECONDS", "1")
    run = trained(lab, lab.submit(quick({"budget.epochs": 90_000})))
    assert run.status == "stopped"
    assert run.sentence == "Stopped: this server trains one run for up to 1 second."
    assert run.epoch > 0
    assert lab.store.checkpoints(run.id)


def requests(lab: Lab) -> dict[str, tuple[str | None, dict[str, Any]]]:
    """Something to ask for of every kind that is asked for: the run it is about, and the request."""
    done = [lab.submit(quick({"budget.seed": seed})) for seed in range(2)]
    for id in done:
        assert trained(lab, id).status == "finished"
    config = quick({"budget.epochs": 6}).to_json()
    axis = Axis(name="optimizer.lr", low=0.01, high=0.1, log=True)
    return {
        "score": (done[0], {}),
        "rates": (None, RateRequest(config=config).to_plain()),
        "surface": (done[0], surface_request(lab.store, (done[0],), plane="random", resolution=9).to_plain()),
        "ensemble": (None, EnsembleRequest(runs=tuple(done)).to_plain()),
        "transfer": (None, TransferRequest().to_plain()),
        "study": (None, StudyRequest.of("spread", {}).to_plain()),
        "vary": (None, SweepRequest(config=config, axes=(axis,)).to_plain()),
    }


TRAINS = {"transfer", "study", "vary"}  # for epochs; the others train nothing, or take a few steps
ROWS_LATER = {"transfer"}  # whose rows only the worker counts


def test_every_kind_of_job_is_bounded(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = requests(lab)
    assert {*asked, TRAINING} == set(JOBS), "a new kind of job says how large it may be, and is tried here"
    for kind, (run, request) in asked.items():
        unbounded = {limit for limit, kinds in (("ROWS", ROWS_LATER), ("EPOCHS", set(JOBS) - TRAINS)) if kind in kinds}
        for limit in sorted({"PARAMETERS", "ROWS", "EPOCHS"} - unbounded):
            monkeypatch.setenv(f"DESCENT_LAB_MAX_{limit}", "3")
            with pytest.raises(LabError, match=rf"[\d,]+ {limit.lower()}; this server takes up to 3: choose "):
                lab.ask(kind, run=run, request=request)
            monkeypatch.delenv(f"DESCENT_LAB_MAX_{limit}")
        assert not lab.store.jobs.listed(("queued",))
    monkeypatch.setattr("trainers.lab.job.time_is_up", lambda seconds, does: "Stopped: the time is up.")
    for kind, (run, request) in asked.items():
        if kind == "vary":
            continue  # it computes nothing: each of its runs is bounded as any run
        job = lab.store.jobs.one(kind, lab.ask(kind, run=run, request=request))
        assert job is not None
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[kind], job.id, WORKER)
        found = lab.store.jobs.one(kind, job.id)
        assert found is not None
        assert (found.status, found.sentence) == ("stopped", "Stopped: the time is up."), kind


def test_a_search_is_refused_where_what_it_varies_goes_beyond(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_PARAMETERS", "1000")
    monkeypatch.setenv("DESCENT_LAB_MAX_EPOCHS", "20")
    config = quick({"model.depth": 1, "model.width": 8}).to_json()

    def asked(*axes: Axis) -> str:
        return lab.ask("vary", request=SweepRequest(config=config, axes=axes).to_plain())

    with pytest.raises(LabError, match="The largest run of this has 1,282 parameters"):
        asked(Axis(name="model.width", low=4, high=256, log=True), Axis(name="optimizer.lr", values=(0.1,)))
    with pytest.raises(LabError, match="has 30 epochs; this server takes up to 20: choose fewer epochs"):
        asked(Axis(name="budget.epochs", values=(5, 30)))
    asked(Axis(name="model.width", low=4, high=64, log=True), Axis(name="budget.epochs", low=5, high=20))


def test_rows_that_only_a_worker_knows_end_a_job(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_ROWS", "1000")
    job = lab.store.jobs.one("transfer", lab.ask("transfer", request=TransferRequest().to_plain()))
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS["transfer"], job.id, WORKER)
    found = lab.store.jobs.one("transfer", job.id)
    assert found is not None
    assert found.status == "failed"
    assert found.sentence.startswith("These data have 1,797 rows; this server takes up to 1,000")
