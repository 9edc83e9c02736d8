"""Jobs beside training whose worker is killed: each says so, is asked for again, and ends as if nothing had been.

Training, searches and surfaces of one run have tests of their own; what the pages compute at once is no job.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from tests.trainers.labs import ended, quick, until
from trainers.ensembles import EnsembleRequest
from trainers.lab import drawn_surface, remembered_ensemble, remembered_rates, studied, surface_request
from trainers.lab.lab import Lab
from trainers.rates import RateRequest
from trainers.studies import StudyRequest

STUDY = StudyRequest.of("saddles", {"source": "functions"})
RATES = RateRequest(config=quick({"data.size": 400}).to_json())


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    made = Lab(folder=tmp_path_factory.mktemp("kills"), slots=1)
    made.warm()
    yield made
    made.close()


@pytest.fixture(scope="module")
def runs(lab: Lab) -> list[str]:
    ids = [lab.submit(quick({"budget.seed": seed})) for seed in range(2)]
    return [ended(lab.store, id).id for id in ids]


def asked(lab: Lab, runs: list[str], kind: str) -> dict[str, Any]:
    """What ``Lab.ask`` takes."""
    if kind == "study":
        return {"request": STUDY.to_plain()}
    if kind == "rates":
        return {"request": RATES.to_plain()}
    if kind == "ensemble":
        return {"request": EnsembleRequest(runs=tuple(runs)).to_plain()}
    curve = surface_request(lab.store, tuple(runs), plane="curve", resolution=9, rows=100)
    return {"run": runs[0], "request": curve.to_plain()}


KNOWN: Mapping[str, Callable[[Lab, list[str]], Any]] = {
    "study": lambda lab, runs: STUDY.is_complete(studied(lab.store, STUDY)),
    "rates": lambda lab, runs: remembered_rates(lab.store, RATES),
    "ensemble": lambda lab, runs: remembered_ensemble(lab.store, [r for r in map(lab.store.run, runs) if r]),
    "surface": lambda lab, runs: drawn_surface(
        lab.store, surface_request(lab.store, tuple(runs), plane="curve", resolution=9, rows=100)
    ),
}


def killed(lab: Lab, kind: str, request: dict[str, Any]) -> Any:
    """A job of this kind whose worker was killed. Where one ended before, another is asked for."""
    while True:
        id = lab.ask(kind, **request)
        begun: Any = until(lambda id=id: (job := lab.job(kind, id)) and (job.worker or not job.active) and job)
        if kind == "study":  # once there is a cell that can be lost
            until(lambda id=id: (job := lab.job(kind, id)) and (STUDY.known(job.result) or not job.active))
        with suppress(ProcessLookupError):
            os.kill(int(begun.worker.split(" ")[1]), signal.SIGKILL)
        over: Any = until(lambda id=id: (job := lab.job(kind, id)) and not job.active and job)
        if over.status == "interrupted":
            return over
        assert over.status == "finished", over.sentence


@pytest.mark.parametrize("kind", list(KNOWN))
def test_a_killed_job_is_told_and_asked_again_it_ends(lab: Lab, runs: list[str], kind: str) -> None:
    request = asked(lab, runs, kind)
    broken = killed(lab, kind, request)
    assert "SIGKILL" in broken.sentence
    had = dict(broken.result["cells"]) if kind == "study" else {}
    again = lab.ask(kind, **request)
    assert again != broken.id
    over: Any = until(lambda: (job := lab.job(kind, again)) and not job.active and job)
    assert over.status == "finished", over.sentence
    assert KNOWN[kind](lab, runs)
    if kind == "study":  # cells that were there are not worked out again
        assert had
        assert {name: over.result["cells"][name] for name in had} == had
