"""Studies that begin with a run of the lab, or with data that are downloaded: refused, fetched, computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainers.labs import WORKER, ended, quick, quiet_lab
from tests.trainers.openml_at_hand import StandIn, asked_here
from trainers import Checkpoint, load
from trainers.data import SOURCES
from trainers.data.real import Source
from trainers.lab import shown_study, why_no_study
from trainers.lab.job_kinds import TRAIN, TRANSFER
from trainers.lab.lab import Lab, LabError
from trainers.lab.resuming import best_checkpoint
from trainers.lab.worker import do
from trainers.transfers import WAYS, PretrainedRequest, TransferRequest
from trainers.transfers.computing import trained_curve

TINY = {"model.widths": "6-5", "budget.epochs": 3}


@pytest.fixture
def lab(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab whose studies have ten rows only and end soon."""
    monkeypatch.setattr("trainers.transfers.request.ROWS", (10,))
    monkeypatch.setattr("trainers.transfers.request.EPOCHS", 4)
    monkeypatch.setattr("trainers.transfers.request.SOURCE_EPOCHS", 2)
    made = quiet_lab(data_home)
    yield made
    made.close()


def trained(lab: Lab, changes: dict[str, Any] | None = None) -> str:
    id = lab.submit(quick({**TINY, **(changes or {})}))
    assert lab.store.claim(id, WORKER)
    do(lab.store, TRAIN, id, WORKER)
    assert ended(lab.store, id).status == "finished"
    return id


def done(lab: Lab, request: TransferRequest) -> Any:
    id = lab.ask("transfer", request=request.to_plain())
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, TRANSFER, id, WORKER)
    return lab.job("transfer", id)


def test_a_run_s_network_and_best_weights_are_what_the_second_task_begins_with(lab: Lab) -> None:
    id = trained(lab, {"model.activation": "tanh"})
    request = TransferRequest(pair="moons", run=id, seeds=1, freeze=1)
    job = done(lab, request)
    assert job.status == "finished", job.sentence
    study = shown_study(job)
    assert study is not None
    assert {way for way, _, _ in study.curves} == set(WAYS)
    run = lab.store.run(id)
    kept = best_checkpoint(lab.store.checkpoints(id))
    assert run is not None
    assert run.config is not None
    assert kept is not None
    start = Checkpoint.from_bytes(lab.store.checkpoint_bytes(kept.id))
    for way in WAYS:
        config = request.target(way, 10, 0, run.config)
        assert config.model == run.config.model
        expected = trained_curve(config, load(config.data), None if way == "scratch" else start)
        assert study.curves[way, 10, 0].losses[0] == pytest.approx(expected.losses[0], rel=1e-4)
    # Turned moons are moons: all ways but one begin with the run's own answers.
    firsts = {way: study.curves[way, 10, 0].losses[0][0] for way in WAYS}
    assert len(set(firsts.values()) - {firsts["scratch"]}) == 1


def test_a_run_that_does_not_fit_or_has_no_weights_is_refused_with_the_reason(lab: Lab) -> None:
    id = trained(lab)
    name = lab.store.run(id).name  # pyright: ignore[reportOptionalMemberAccess]
    waiting = lab.submit(quick())
    sequence = lab.submit(quick({"data.name": "parity"}))
    lab.stop(sequence, by=None)
    cases = [
        (
            TransferRequest(run=id),
            f"{name} cannot go on with digits turned by 20°: samples differ: 2 numbers there, 1 x",
        ),
        (TransferRequest(run="nobody"), "is gone; it may have been deleted"),
        (TransferRequest(run=waiting), "which this study begins with, still trains"),
        (TransferRequest(run=sequence), "No checkpoint of"),
    ]
    for request, why in cases:
        assert why in why_no_study(lab.store, request)
        with pytest.raises(LabError, match=why[:20]):
            lab.ask("transfer", request=request.to_plain())
    with pytest.raises(LabError, match="the run was given as"):
        lab.ask("transfer", request={**TransferRequest().to_plain(), "run": "../x"})
    fits = TransferRequest(pair="circles", run=id, seeds=1)
    assert why_no_study(lab.store, fits) == ""
    asked = lab.ask("transfer", request=fits.to_plain())
    lab.delete([id], by=None)  # meanwhile
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == asked)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, TRANSFER, asked, WORKER)
    told = lab.job("transfer", asked)
    assert told is not None
    assert (told.status, "is gone" in told.sentence) == ("failed", True)


def test_a_pretrained_network_is_refused_where_torchvision_is_missing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.transfers.pretrained_request.find_spec", lambda name: None)
    with pytest.raises(LabError, match="pip install torchvision"):
        lab.ask("transfer", request=PretrainedRequest().to_plain())


@pytest.fixture
def openml(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """OpenML on this machine, with three hundred images for the clothes of Fashion-MNIST."""
    random = np.random.default_rng(0)
    labels = np.arange(300) % 10
    pixels = (25 * labels[:, None] + random.integers(0, 20, (300, 28 * 28))).astype(int)
    server = StandIn(pixels, labels)
    asked_here(monkeypatch, server.url)
    classes = SOURCES["fashion_mnist"].classes
    monkeypatch.setitem(SOURCES, "fashion_mnist", Source(data_id=1, rows=300, shape=(1, 28, 28), classes=classes))
    yield server
    server.close()


def test_downloaded_images_are_fetched_once_and_their_kinds_of_classes_follow_each_other(
    lab: Lab, openml: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = TransferRequest(pair="fashion", layers=1, width=4, seeds=1)
    loaded: list[Any] = []
    for module in ("trainers.lab.job", "trainers.lab.jobs.transferring"):
        monkeypatch.setattr(f"{module}.load", lambda data, *more: (loaded.append(data), load(data, *more))[1])
    job = done(lab, request)
    assert job.status == "finished", job.sentence
    # The rows that the study was admitted with are those that the first task is learned from.
    assert loaded == [request.source(0).data, request.target("tuned", 10, 0).data]
    study = shown_study(job)
    assert study is not None
    assert len(study.curves) == len(WAYS)
    assert sum("download" in path for path in openml.requests) == 1
    # Five classes there, four here: every way begins with a last layer of its own.
    assert np.isfinite([curve.losses[0] for curve in study.curves.values()]).all()
    source, target = (load(config.data) for config in (request.source(0), request.target("tuned", 10, 0)))
    assert source.classes == ("T-shirt", "pullover", "dress", "coat", "shirt")
    assert target.classes == ("sandal", "sneaker", "bag", "boot")


def test_without_the_internet_a_study_of_downloaded_images_says_so_and_can_go_on(
    lab: Lab, openml: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    openml.server.server_close()
    request = TransferRequest(pair="fashion", layers=1, width=4, seeds=1)
    job = done(lab, request)
    assert job.status == "no_data"
    assert job.sentence.startswith("Fashion-MNIST cannot be downloaded, because OpenML cannot be reached")
    lab.resume_job("transfer", job.id, by=None)
    assert lab.job("transfer", job.id).status == "queued"  # pyright: ignore[reportOptionalMemberAccess]
