"""A loss surface as a job: asked of runs that have ended, told of as it grows, killed, gone on with, remembered."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
import pytest

from tests.trainers.labs import WORKER, ended, quick, quiet_lab, until
from trainers.lab import drawn_surface, shown_surface, surface_request
from trainers.lab.identity import is_alive
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab, LabError
from trainers.lab.worker import do
from trainers.surfaces import SurfaceRequest


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def trained_here(lab: Lab, changes: dict[str, Any] | None = None) -> str:
    """A run that this process has trained."""
    id = lab.submit(quick(changes))
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS[job.kind], id, WORKER)
    return id


def asked(lab: Lab, request: SurfaceRequest) -> str:
    return lab.ask("surface", run=request.runs[0], request=request.to_plain())


def done_here(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS[job.kind], id, WORKER)
    return lab.job("surface", id)


def test_a_surface_is_drawn_once_for_everybody_who_asks_the_same(lab: Lab) -> None:
    run = trained_here(lab)
    request = surface_request(lab.store, (run,), plane="random", resolution=17)
    assert drawn_surface(lab.store, request) is None
    id = asked(lab, request)
    assert asked(lab, request) == id  # it waits already
    done = done_here(lab, id)
    assert (done.status, done.run) == ("finished", run)
    found = drawn_surface(lab.store, request)
    assert found is not None
    assert found.values["train_loss"].shape == (17, 17)
    assert found.sharpness[0].eigenvalues[0] > 0
    assert found.to_plain() == shown_surface(done).to_plain()  # pyright: ignore[reportOptionalMemberAccess]
    other = surface_request(lab.store, (run,), plane="random", resolution=17, seed=1)
    assert drawn_surface(lab.store, other) is None


def test_the_path_and_ways_between_runs_take_what_the_store_keeps(lab: Lab) -> None:
    first, second = (trained_here(lab, {"budget.seed": seed, "watch.checkpoint_every": 2}) for seed in range(2))
    path = surface_request(lab.store, (first,), plane="path", resolution=9)
    assert done_here(lab, asked(lab, path)).status == "finished"
    found = drawn_surface(lab.store, path)
    assert found is not None
    assert [mark.epoch for mark in found.marks] == [0, *sorted({one.epoch for one in lab.store.checkpoints(first)})]
    line = surface_request(lab.store, (first, second), plane="line", resolution=9)
    assert done_here(lab, asked(lab, line)).status == "finished"
    assert drawn_surface(lab.store, line).joints[0].kind == "line"  # pyright: ignore


def test_what_has_no_surface_is_refused_in_a_sentence(lab: Lab) -> None:
    waiting = lab.submit(quick())
    with pytest.raises(ValueError, match="no such run"):
        surface_request(lab.store, ("nobody",), plane="random")
    with pytest.raises(ValueError, match="still trains"):
        surface_request(lab.store, (waiting,), plane="random")
    run = trained_here(lab, {"budget.epochs": 1})
    with pytest.raises(ValueError, match="takes the weights of 3 moments or more, of this run 2 are kept"):
        surface_request(lab.store, (run,), plane="path")
    good = surface_request(lab.store, (run,), plane="random").to_plain()
    for wrong, told in (
        ({"resolution": 10}, "allowed are"),
        ({"kept": ["gone"]}, "is gone"),
        ({"runs": ["gone"]}, "no such run"),
        ({"plane": "x"}, "allowed is one of"),
        ({"plane": "path"}, "of this run 2 are kept"),
    ):
        with pytest.raises(LabError, match=told):
            lab.ask("surface", run=run, request={**good, **wrong})
    wide = trained_here(lab, {"model.width": 5})
    line = surface_request(lab.store, (run, wide), plane="line", resolution=9)
    done = done_here(lab, asked(lab, line))
    assert (done.status, "different shapes" in done.sentence) == ("failed", True)


def test_a_killed_one_goes_on_from_what_it_had_and_ends_like_one_that_was_not(tmp_path) -> None:
    lab = Lab(folder=tmp_path, slots=1)
    try:
        run = ended(lab.store, lab.submit(quick({"model.width": 64, "data.size": 800, "budget.epochs": 2}))).id
        request = surface_request(lab.store, (run,), plane="random", resolution=129)
        id = asked(lab, request)
        partly: Any = until(lambda: (job := lab.job("surface", id)) and job.active and shown_surface(job) and job)
        worker = partly.worker
        os.kill(int(worker.split(" ")[1]), signal.SIGKILL)
        until(lambda: is_alive(worker) is False)
        broken: Any = until(lambda: (job := lab.job("surface", id)) and not job.active and job)
        assert broken.status == "interrupted"
        had = shown_surface(broken)
        assert had is not None
        assert not had.complete
        assert np.isfinite(had.values["train_loss"]).all()
        assert drawn_surface(lab.store, request) is None
        again = asked(lab, request)
        assert again != id
        going: Any = until(lambda: (job := lab.job("surface", again)) and shown_surface(job))
        assert len(going.alphas) >= len(had.alphas)  # it shows at once what there was
        done: Any = until(lambda: (job := lab.job("surface", again)) and not job.active and job)
        assert done.status == "finished"
        found = drawn_surface(lab.store, request)
        assert found is not None
        stride = (129 - 1) // (len(had.alphas) - 1)
        kept = found.values["train_loss"][::stride, ::stride]
        assert np.array_equal(kept, had.values["train_loss"])
    finally:
        lab.close()
