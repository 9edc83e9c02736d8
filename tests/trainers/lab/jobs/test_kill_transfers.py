"""Studies of transfer whose worker is killed: what was trained stays, and going on trains the rest, the same.

A package stands in for torchvision, in the workers too; weights are fetched from a server of this machine.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.labs import until
from tests.trainers.weights_at_hand import FileServer, forget_torchvision, saved, stand_in_package
from trainers.lab import shown_study
from trainers.lab.lab import Lab
from trainers.transfers import AnyRequest, PretrainedRequest, TransferRequest
from trainers.transfers.computing import compute_study
from trainers.transfers.pretrained import torchvision_models

REQUESTS: dict[str, AnyRequest] = {
    "transfer": TransferRequest(pair="moons", layers=1, width=4, seeds=2),
    "pretrained": PretrainedRequest(network="resnet18", side=96, blocks=5, seeds=2),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("kills")
    server = FileServer()
    with pytest.MonkeyPatch.context() as patch:
        site = stand_in_package(folder, "")
        patch.setenv("DESCENT_LAB_DATA", str(folder))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
        patch.syspath_prepend(str(site))
        torch.manual_seed(7)
        models = torchvision_models()
        if not str(models.__file__).startswith(str(site)):
            pytest.skip("torchvision itself is loaded in this process")
        server.content = saved(models.get_model("resnet18").state_dict())
        (Path(site) / "torchvision" / "url.txt").write_text(server.address())
        made = Lab(folder=folder, slots=1)
        made.warm()
        yield made
        made.close()
        forget_torchvision()
    server.close()


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_killed_study_keeps_what_was_trained_and_goes_on(lab: Lab, kind: str) -> None:
    request = REQUESTS[kind]
    id = lab.ask("transfer", request=request.to_plain())

    def begun() -> Any:
        job = lab.job("transfer", id)
        study = shown_study(job)
        assert job is not None
        return job if (study is not None and study.curves) or not job.active else None

    job = until(begun)
    os.kill(int(job.worker.split(" ")[1]), signal.SIGKILL)

    def over() -> Any:
        now = lab.job("transfer", id)
        return now if now is not None and not now.active else None

    broken = until(over)
    assert broken.status == "interrupted", broken.sentence
    assert "SIGKILL" in broken.sentence
    had = shown_study(broken)
    assert had is not None
    assert 0 < len(had.curves) < had.total
    lab.resume_job("transfer", id, by=None)
    finished = until(over)
    assert finished.status == "finished", finished.sentence
    study = shown_study(finished)
    assert study is not None
    assert study.complete
    assert {key: study.curves[key] for key in had.curves} == dict(had.curves)
    if kind == "transfer":  # the whole of it, as if nothing had been
        whole = compute_study(request, lambda study, words: None)
        for key, curve in whole.curves.items():
            assert study.curves[key].losses[0] == pytest.approx(curve.losses[0], rel=1e-3)
