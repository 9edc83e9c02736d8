"""Workers that are started on demand: as many as there are jobs that wait for such, and no more."""

from __future__ import annotations

from multiprocessing import Pipe
from typing import Any

import pytest

from tests.trainers.labs import now, quick, quiet_lab
from trainers.lab.places.place import Need, PlaceAway
from trainers.lab.supervisor import Supervisor
from trainers.lab.worker import Site

CPU, GPU = Need(cpus=1), Need(cpus=1, gpus=0.25)


class Process:
    exitcode = None

    def __init__(self) -> None:
        self.killed = False
        self.sentinel, self.end = Pipe(duplex=False)

    def kill(self) -> None:
        self.killed = True
        self.end.close()

    def join(self, timeout: float | None = None) -> None:
        pass

    def close(self) -> None:
        self.sentinel.close()


class Stub:
    """A place of two CPUs and one GPU, which may be away, and loses machines."""

    on_demand = True

    def __init__(self) -> None:
        self.away, self.lost, self.asked = "", False, []

    def need(self, *, slot: bool, on_gpu: bool) -> Need:
        return Need(cpus=1 if slot else 0, gpus=0.25 if on_gpu else 0)

    def start(self, need: Need, site: Any) -> tuple[Any, Any]:
        if self.away:
            raise PlaceAway(self.away)
        self.asked.append(need)
        return Process(), Pipe()[0]

    def death(self, process: Any) -> str:
        return "The machine it was on is gone."

    def is_lost(self, process: Any) -> bool:
        return self.lost

    def slots(self) -> int:
        return 2

    def gpu_slots(self) -> int:
        return 4

    def devices(self, known: Any, told: Any) -> Any:
        return told

    def close(self) -> None:
        pass


@pytest.fixture
def lab(tmp_path):
    made = quiet_lab(tmp_path)
    yield made
    made.close()


@pytest.fixture
def supervisor(lab, tmp_path) -> Supervisor:
    return Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=None, place=Stub())


def look(supervisor: Supervisor) -> None:
    supervisor._give_work()
    supervisor._start_workers()


def test_each_waiting_job_gets_a_worker_with_what_it_needs_within_the_slots(lab, supervisor):
    for device in ("cpu", "cuda:0", "cpu"):
        lab.submit(quick(), device=device)
    look(supervisor)
    look(supervisor)
    assert supervisor.place.asked == [CPU, GPU]
    assert [now(lab.store, run.id).status for run in lab.store.runs()] == ["queued"] * 3


def test_a_job_goes_to_a_worker_that_has_what_it_needs(lab, supervisor):
    first, second = (lab.submit(quick(), device=device) for device in ("cpu", "cuda:0"))
    look(supervisor)
    on_gpu = next(worker for worker in supervisor.workers if worker.need == GPU)
    on_gpu.who = "with a GPU"
    look(supervisor)
    assert now(lab.store, first).status == "queued"
    assert now(lab.store, second).worker == "with a GPU"


def test_a_worker_whose_job_was_stopped_before_it_came_is_let_go_and_is_no_failure(lab, supervisor):
    id = lab.submit(quick(), device="cpu")
    look(supervisor)
    worker = supervisor.workers[0]
    lab.stop(id, by=None)
    look(supervisor)
    assert worker.process.killed
    ours, theirs = Pipe(duplex=False)
    theirs.send(None)
    supervisor.serve(ours)  # watches what is left, and ends with its input
    assert supervisor.workers == []
    assert supervisor.failures == 0


def test_a_run_whose_machine_is_gone_waits_for_another_but_not_for_ever(lab, supervisor):
    id = lab.submit(quick(), device="cpu")
    supervisor.place.lost = True
    for status in ("queued", "queued", "interrupted"):
        look(supervisor)
        supervisor.workers[0].who = "there"
        look(supervisor)
        assert now(lab.store, id).worker == "there"
        supervisor._bury(supervisor.workers[0])
        assert now(lab.store, id).status == status
    assert "The machine it was on is gone." in now(lab.store, id).sentence


def test_where_no_worker_can_be_had_now_it_is_told_until_there_is_one(lab, supervisor):
    id = lab.submit(quick(), device="cpu")
    supervisor.place.away = "Nobody is there."
    look(supervisor)
    assert lab.trouble() == "Nobody is there."
    assert now(lab.store, id).status == "queued"
    supervisor.place.away, supervisor.start_at = "", 0.0
    look(supervisor)
    assert lab.trouble() == ""
    assert supervisor.place.asked == [CPU]
