"""The file that a watched training wrote, brought to the lab: its curves, and the inside of the network beside them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from trainers.diagnosis import diagnose
from trainers.imported import CurvesError, keep_curves, read_curves
from trainers.store.store import Store
from trainers.watch import Watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Watch(tmp_path / "run.jsonl", model, optimizer, overhead=1.0) as watch:
        watch.account.began -= 60.0  # by now looks are paid for
        for epoch in range(1, 13):
            loss = model(torch.randn(16, 4)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            watch.report(
                epoch=epoch, train_loss=math.nan if epoch == 12 else loss, val_loss=None if epoch == 3 else 1.0
            )
    return tmp_path / "run.jsonl"


def test_it_is_read_with_its_inside_and_kept_with_it(file: Path, store: Store):
    curves = read_curves([(file.read_bytes(), "run.jsonl")])
    history = curves.history
    assert curves.form == "the file of a watched training"
    assert list(history.epochs) == list(range(1, 13))
    assert np.isnan(history.val_loss[2])
    assert history.missing_val[2]
    assert np.isinf(history.train_loss[-1])  # it broke, which is not the same as not being there
    assert history.internals is not None
    assert history.internals.names == ("0", "2")
    assert np.isfinite(history.internals["grad_norm"]).any()
    assert diagnose(history)[0].kind == "diverging"
    run = keep_curves(store, history, "brought")
    first = next(report for _, report in store.reports(run) if report.internals is not None)
    at = int(np.flatnonzero(history.epochs == first.epoch)[0])
    assert first.internals is not None
    assert first.internals.grad_norm == tuple(history.internals["grad_norm"][at])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('{"epoch":1,"step":1,"train_loss":[1]}', "line 2: train_loss"),
        ("{" * 10_000 + "\n", "line 2"),
        ("", "no report"),
    ],
)
def test_what_is_wrong_with_it_is_named_with_its_line(wrong: str, says: str):
    with pytest.raises(CurvesError, match=says):
        read_curves([('{"watch":1,"run":"AbCdEf1234"}\n' + wrong, "run.jsonl")])
