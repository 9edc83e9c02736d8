"""The search for a rate as a job: queued, refused, worked on, told of, stopped, and remembered for all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quick, quiet_lab
from trainers.lab import remembered_rates
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab, LabError
from trainers.lab.worker import do
from trainers.rates import RateRequest, RateSearch, suggestion


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def asked(lab: Lab, request: RateRequest) -> str:
    return lab.ask("rates", request=request.to_plain())


def done_here(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS[job.kind], id, WORKER)
    return lab.job("rates", id)


def test_what_was_found_is_remembered_for_everybody_who_asks_the_same(lab: Lab) -> None:
    request = RateRequest(config=quick({"optimizer.name": "sgd"}).to_json(), steps=40)
    assert remembered_rates(lab.store, request) is None
    done = done_here(lab, asked(lab, request))
    assert done.status == "finished"
    found = remembered_rates(lab.store, request)
    assert found is not None
    assert found == RateSearch.from_plain(done.result)
    assert suggestion(found.range_test).rate is not None
    assert found.trials[-1].held
    other = RateRequest(config=request.config, steps=41)
    assert remembered_rates(lab.store, other) is None


def test_what_cannot_be_searched_is_refused_before_it_is_queued(lab: Lab) -> None:
    plain = RateRequest(config=quick().to_json()).to_plain()
    for wrong, told in (
        ({"highest": -1.0}, "allowed are a lower and a higher one"),
        ({"config": "{"}, "No rate can be looked for"),
        ({"config": json.dumps({"model": {"name": "mlp", "width": 10**9}})}, "No rate can be looked for"),
    ):
        with pytest.raises(LabError, match=told):
            lab.ask("rates", request={**plain, **wrong})
    with pytest.raises(LabError, match="has no"):
        lab.ask("rates", request={})
    assert lab.store.jobs.listed(("queued",)) == []


def test_one_that_is_stopped_keeps_what_it_had_and_is_not_remembered(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    request = RateRequest(config=quick().to_json(), steps=60)
    id = asked(lab, request)
    tell = lab.store.jobs.tell

    def tell_and_stop(job: Any, **columns: Any) -> None:
        tell(job, **columns)
        if columns.get("result", {}).get("range_test", {}).get("rates"):
            raise MemoryError  # as good as any end from without

    monkeypatch.setattr(type(lab.store.jobs), "tell", lambda _self, job, **columns: tell_and_stop(job, **columns))
    monkeypatch.setattr("trainers.lab.jobs.rate_finding.PROGRESS_SECONDS", 0.0)
    done = done_here(lab, id)
    assert done.status == "out_of_memory"
    kept = RateSearch.from_plain(done.result)
    assert kept is not None
    assert 0 < len(kept.range_test.rates) < 60
    assert remembered_rates(lab.store, request) is None
