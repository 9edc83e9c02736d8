"""One worker process does one run after another as if each were alone; whoever did not end in order is not followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trainers.labs import now, quick, quiet_lab, stored_curve, true_curve
from trainers.lab import supervisor
from trainers.lab.job_kinds import RATES, TRAIN
from trainers.lab.lab import Lab
from trainers.lab.orders import LET_GO
from trainers.lab.places.place import Need
from trainers.lab.places.processes import Processes
from trainers.lab.supervisor import LINGER_SECONDS, Supervisor, Worker
from trainers.lab.worker import MOST_GROWTH, Site, _Traces

ANSWER_SECONDS = 300.0


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


@pytest.fixture
def worker(lab: Lab, data_home: Path) -> Iterator[Any]:
    """A process that waits for its first job: ``give`` hands it one, ``hear`` is what it says next, None at its end."""
    started: tuple[Any, Any] = Processes().start(Need(), Site(url="", folder=data_home))
    process, line = started

    def hear() -> Any:
        assert line.poll(ANSWER_SECONDS), "the worker says nothing"
        try:
            return line.recv()
        except EOFError:
            return None

    who = hear()["worker"]

    def give(run_id: str, **changes: Any) -> None:
        assert lab.store.claim(run_id, who)
        lab.store.update(run_id, **changes)
        line.send((TRAIN, run_id))

    yield SimpleNamespace(give=give, hear=hear, say=line.send, who=who)
    line.close()
    process.join(ANSWER_SECONDS)
    assert process.exitcode == 0


def test_runs_of_one_process_are_as_they_are_alone(lab: Lab, worker: Any) -> None:
    """With dropout and noise, whose draws one run could take from another; a run that diverges leaves nothing, too."""
    noisy = {"model.dropout": 0.2, "regularization.weight_noise": 0.05}
    configs = [quick(noisy), quick({"optimizer.lr": 1e6}), quick({"budget.seed": 1, **noisy}), quick()]
    for config in configs:
        run_id = lab.submit(config)
        worker.give(run_id)
        assert worker.hear() == {"free": worker.who}
        assert not now(lab.store, run_id).active
        assert repr(stored_curve(lab.store, run_id)) == repr(true_curve(config))
    worker.say(LET_GO)  # to a run that had just ended; the next one is not meant
    run_id = lab.submit(quick())
    worker.give(run_id)
    assert worker.hear() == {"free": worker.who}
    assert now(lab.store, run_id).status == "finished"


def test_after_a_run_that_failed_the_process_ends(lab: Lab, worker: Any) -> None:
    run_id = lab.submit(quick())
    worker.give(run_id, resume="gone", config=None)
    assert worker.hear() is None
    assert now(lab.store, run_id).status == "failed"


def test_a_process_in_which_something_goes_on_gets_no_other_job() -> None:
    traces, goes_on = _Traces(), threading.Event()
    assert not traces.has_changed()
    thread = threading.Thread(target=goes_on.wait, daemon=True)
    thread.start()
    assert traces.has_changed()
    goes_on.set()
    thread.join()
    traces._memory /= MOST_GROWTH * 1.01
    assert traces.has_changed()


class Line:
    def __init__(self, *said: Any) -> None:
        self.said, self.sent, self.closed = [*said], [], False

    def recv(self) -> Any:
        return self.said.pop(0)

    def send(self, said: Any) -> None:
        self.sent.append(said)

    def close(self) -> None:
        self.closed = True


def test_who_is_free_gets_the_next_job_before_fresh_ones_and_is_dismissed_where_there_is_none(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    watches = Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=1)
    fresh, used = (Worker(process=None, pipe=Line({"free": who}), who=who) for who in ("fresh", "used"))
    watches.workers = [fresh, used]
    watches._give(used, RATES, SimpleNamespace(id="before"))  # pyright: ignore[reportArgumentType]
    first, second = lab.submit(quick()), lab.submit(quick({"budget.seed": 1}))
    watches._give_work()
    assert watches.waiting == 0  # the one slot is taken: nothing could begin with one more worker
    watches._hear(used)
    watches._give_work()
    assert used.pipe.sent[1:] == [(TRAIN, first)]
    lab.store.update(first, status="finished", worker="")
    lab.stop(second, by=None)
    used.pipe.said = [{"free": "used"}]
    watches._hear(used)
    clock.now += LINGER_SECONDS / 2
    watches._dismiss_used()
    assert used.ready
    clock.now += LINGER_SECONDS
    watches._dismiss_used()
    assert used.pipe.closed
    assert not used.ready
    assert fresh.ready
    assert not fresh.pipe.closed


def test_who_was_told_to_give_up_its_place_just_when_it_had_ended_is_dismissed(lab: Lab, tmp_path: Path) -> None:
    """It would wait for ever: its place would be nobody's."""
    watches = Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=1)
    worker = Worker(process=None, pipe=Line({"free": "worker"}), who="worker", kind=TRAIN)
    worker.let_go = True
    watches.workers = [worker]
    watches._hear(worker)
    assert worker.pipe.closed
    assert worker.kind is None
    assert not worker.ready
