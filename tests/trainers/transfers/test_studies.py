"""Studies of transfer: requests from outside, curves that are those of runs, and going on from what there is."""

from __future__ import annotations

from typing import Any

import pytest

from trainers import Checkpoint, load, train
from trainers.transfers import EPOCHS, PAIRS, ROWS, WAYS, Study, TasksRequest, TransferRequest, request_from
from trainers.transfers.computing import compute_study, trained_curve
from trainers.transfers.request import SEEN

SMALL = TransferRequest(pair="moons", layers=1, width=4, seeds=1)


def test_a_request_comes_back_and_junk_is_refused_with_what_is_allowed() -> None:
    for request in (TransferRequest(pair="noisy", factor=0.5), TasksRequest(second="even", weight=0.25), SMALL):
        assert request_from(request.to_plain()) == request
    plain = SMALL.to_plain()
    junk: list[tuple[dict[str, Any], str]] = [
        ({}, "part"),
        ({"part": "x"}, "part"),
        ({**plain, "pair": "y"}, "tasks were given"),
        ({**plain, "layers": 9}, "whole number from 1 to 3"),
        ({**plain, "width": True}, "width"),
        ({**plain, "factor": float("nan")}, "factor"),
        ({**plain, "seeds": 10**9}, "seeds"),
        ({**plain, "other": 1}, "other"),
        ({**plain, "pair": 3}, "pair"),
        ({"part": "tasks", "rows": 5}, "rows"),
        ({"part": "tasks", "weight": 2.0}, "weight"),
    ]
    for given, told in junk:
        with pytest.raises(ValueError, match=told):
            request_from(given)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_configuration_of_a_study_is_a_run_that_could_be_trained(pair: str) -> None:
    request = TransferRequest(pair=pair, layers=3, freeze=2)
    source = request.source(0)
    frozen = {way: request.target(way, 20, 0).reuse for way in WAYS}
    assert frozen["scratch"] == frozen["tuned"]
    assert (frozen["frozen"].freeze, frozen["frozen"].unfreeze) == (2, 0)
    assert (frozen["gradual"].freeze, frozen["gradual"].unfreeze, frozen["gradual"].gradual) == (3, 5, True)
    assert frozen["discriminative"].factor == 0.385
    assert source.model == request.target("tuned", 20, 0).model
    assert source.data.seed != request.target("tuned", 20, 0).data.seed


def test_the_curve_of_a_way_is_that_of_the_run_with_its_settings() -> None:
    few = {"budget.epochs": 3, "watch.internals": False}
    source, config = SMALL.source(0).changed(few), SMALL.target("frozen", 20, 0).changed(few)
    kept: list[Checkpoint] = []
    train(source, report=lambda _: None, checkpoint=lambda made, _: kept.append(made), device="cpu")
    reports: list[Any] = []
    train(config, report=reports.extend, start=kept[-1], device="cpu")
    told = {report.epoch: report.val_loss for report in reports if report.complete}
    curve = trained_curve(config, load(config.data), kept[-1])
    assert len(curve.losses[0]) == 4
    for epoch, loss in list(enumerate(curve.losses[0]))[1:]:
        assert loss == pytest.approx(told[epoch], rel=1e-6)


def test_a_study_goes_on_from_what_there_is_and_ends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.transfers.two_tasks.EPOCHS", 1)

    class Enough(Exception):
        pass

    request = TasksRequest(width=4, rows=10, seeds=1)
    whole = compute_study(request, lambda study, words: None)
    kept: list[Study] = []

    def told(study: Study, words: str) -> None:
        kept.append(study)
        if len(study.curves) == 1:
            raise Enough

    with pytest.raises(Enough):
        compute_study(request, told)
    again: list[int] = []
    before = Study.from_plain(kept[-1].to_plain())
    assert before is not None
    done = compute_study(request, lambda study, words: again.append(len(study.curves)), before)
    assert again == [1]
    assert done.complete
    assert done.to_plain() == whole.to_plain()


def test_a_study_as_plain_values_is_small_enough_to_be_kept_and_junk_is_none() -> None:
    request = TransferRequest(seeds=10)
    assert len(request.keys()) == 10 * len(ROWS) * len(WAYS)
    assert len(SEEN) <= 26
    assert max(SEEN) == EPOCHS
    for junk in (None, {}, [], {"epochs": [1], "total": 1, "curves": [1]}, {"epochs": "x", "total": 1, "curves": []}):
        assert Study.from_plain(junk) is None
