"""A study as a job: done once for everybody who asks the same, remembered, refused in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trainers.labs import WORKER, quiet_lab
from trainers.lab import studied
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab, LabError
from trainers.lab.worker import do
from trainers.studies import StudyRequest, spread

REQUEST = StudyRequest.of("spread", {"rows": 5})


@pytest.fixture
def lab(data_home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spread, "_STEPS", 20)
    made = quiet_lab(data_home)
    yield made
    made.close()


def done_here(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS[job.kind], id, WORKER)
    return lab.job("study", id)


def test_it_is_worked_on_once_and_known_to_all(lab: Lab) -> None:
    assert studied(lab.store, REQUEST) == {}
    id = lab.ask("study", request=REQUEST.to_plain(), visitor="one")
    assert lab.ask("study", request=REQUEST.to_plain(), visitor="another") == id
    done = done_here(lab, id)
    assert (done.status, done.sentence) == ("finished", "The bias and variance of networks is known.")
    known = studied(lab.store, REQUEST)
    assert REQUEST.is_complete(known)
    assert known == done.result["cells"]
    other = StudyRequest.of("spread", {"rows": 6})
    assert studied(lab.store, other) == {}


def test_what_is_no_study_is_refused(lab: Lab) -> None:
    for wrong in ({}, {"study": "none", "values": {}}, {"study": "spread", "values": {"sets": 10**9}}):
        with pytest.raises(LabError, match="There is no such study"):
            lab.ask("study", request=wrong)
