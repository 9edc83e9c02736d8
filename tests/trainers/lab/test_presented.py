"""A preset is trained once, however many open it, and ahead of all of them on request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainers.labs import quick, quiet_lab, work
from trainers.ensembles import EnsembleRequest
from trainers.lab.error import LabError
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.train_presets import train_presets
from trainers.presets import PRESETS
from trainers.rates import RateRequest
from trainers.store import TRAINING

ROLES = [("small", quick()), ("large", quick({"model.width": 99}))]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return quiet_lab(tmp_path)


def at_once(people: int, ask: Callable[[int], str]) -> list[str]:
    """What each of them is shown, who all ask in the same moment."""
    shown: list[str] = []
    ready = threading.Barrier(people)

    def one(number: int) -> None:
        ready.wait()
        shown.append(ask(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shown


def asked_at_once(lab: Lab, runs: list, people: int) -> list[str]:
    return at_once(people, lambda number: lab.shared(runs, "Widths", visitor=f"visitor {number}"))


@pytest.mark.parametrize("runs", [[("", quick())], ROLES])
def test_of_all_who_ask_at_once_one_trains_it(lab: Lab, runs: list) -> None:
    shown = asked_at_once(lab, runs, 12)
    assert len(shown) == 12
    assert len(set(shown)) == 1
    assert lab.store.count() == len(runs)
    assert [run.config for run in lab.members(shown[0])] == [config for _, config in runs]


def test_a_preset_that_twenty_open_at_once_on_two_servers_is_trained_once(database: str, tmp_path: Path) -> None:
    labs = [quiet_lab(tmp_path, url=database) for _ in range(2)]
    runs = PRESETS["three_rates"].configs()
    shown = at_once(20, lambda number: labs[number % 2].shared(runs, "Rates", visitor=f"visitor {number}@here"))
    assert len(shown) == 20
    assert len(set(shown)) == 1
    assert labs[0].store.count() == len(runs)
    for lab in labs:
        assert [(run.role, run.config) for run in lab.members(shown[0])] == runs
        lab.close()


def test_a_search_for_a_rate_that_twenty_open_at_once_is_done_once(lab: Lab) -> None:
    request = RateRequest(config=quick().to_json(), lowest=1e-3, highest=1.0).to_plain()
    jobs = at_once(20, lambda number: lab.ask("rates", request=request, visitor=f"visitor {number}"))
    assert len(jobs) == 20
    assert [job.id for job in lab.store.jobs.listed(("queued",))] == list(set(jobs))
    lab.stop_job("rates", jobs[0], by=None)
    assert lab.ask("rates", request=request) != jobs[0], "what was stopped is begun anew"


def test_an_ensemble_that_twenty_open_at_once_is_asked_once(lab: Lab) -> None:
    runs = [lab.submit(quick({"budget.seed": seed})) for seed in range(2)]
    for id in runs:
        work(lab.store, id)
    request = EnsembleRequest(runs=tuple(runs)).to_plain()
    jobs = at_once(20, lambda number: lab.ask("ensemble", request=request, visitor=f"visitor {number}"))
    assert len(jobs) == 20
    assert [job.id for job in lab.store.jobs.listed(("queued",))] == list(set(jobs))


def test_every_kind_is_done_once_for_all_who_ask() -> None:
    about_a_run = {"score", "surface"}  # of which the lab finds the same among what is asked about that run
    assert {kind for kind, job in JOBS.items() if not job.shared} == {TRAINING, *about_a_run}


def test_one_run_is_of_its_own_and_several_are_an_experiment(lab: Lab) -> None:
    (alone,) = lab.members(lab.shared([("", quick({"model.width": 7}))], "Alone", visitor="me"))
    assert (alone.name, alone.experiment, alone.visitor) == ("Alone", None, "me")
    both = lab.members(lab.shared(ROLES, "Widths"))
    assert [run.name for run in both] == ["Widths: small", "Widths: large"]
    assert both[0].experiment == both[1].experiment is not None


@pytest.mark.parametrize("end", ["stopped", "failed"])
def test_what_does_not_show_it_is_trained_again(lab: Lab, end: str) -> None:
    first = lab.shared([("", quick())], "Alone")
    lab.store.update(first, status=end)
    second = lab.shared([("", quick())], "Alone")
    assert second != first
    assert lab.shared([("", quick())], "Alone") == second


def test_a_full_queue_refuses_what_is_not_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING", "4")
    there = lab.shared([("", quick())], "Alone")
    for i in range(3):
        lab.submit(quick({"budget.seed": i + 1}))
    with pytest.raises(LabError, match="The queue is full"):
        lab.shared(ROLES, "Widths")
    assert lab.shared([("", quick())], "Alone") == there


def test_presets_are_trained_ahead_once(lab: Lab) -> None:
    def finish() -> None:
        for run in lab.store.runs():
            lab.store.update(run.id, status="finished")

    keys = ["good_fit", "three_rates"]
    said = list(train_presets(lab, keys, wait=finish))
    assert said[0] == f"{PRESETS['good_fit'].title}: finished"
    assert said[1].startswith(f"{PRESETS['three_rates'].title}: ")
    count = lab.store.count()
    assert count == sum(len(PRESETS[key].runs) for key in keys)
    assert list(train_presets(lab, keys, wait=finish)) == said
    assert lab.store.count() == count
