"""A rate divided by fan-in: what it does to a step, along schedules and over a resumption."""

from __future__ import annotations

import pytest
import torch

from tests.trainers.runs import quick, run
from trainers import load
from trainers.config import RunConfig, stack_key
from trainers.loop.session import Session
from trainers.store.rows import config_hash

FAN = {"optimizer.name": "sgd", "optimizer.lr": 0.3, "optimizer.by_fan_in": True}


def _session(changes: dict[str, object], resume=None) -> Session:
    config = quick(changes)
    return Session(config, load(config.data), "cpu", resume)


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_a_step_moves_each_weight_by_the_rate_over_the_inputs_of_its_unit(data):
    session = _session({**FAN, "data.name": data, "data.train_size": 60})
    before = [p.detach().clone() for p in session.parameters]
    rows = session.batches()[0]
    x, y = session.train.inputs[rows], session.train.targets[rows]
    gradients = torch.autograd.grad(torch.nn.functional.cross_entropy(session.model(x), y), session.parameters)
    session.take_step(rows)
    assert session.lr == 0.3
    for old, new, gradient in zip(before, session.parameters, gradients, strict=True):
        fan_in = torch.nn.init._calculate_fan_in_and_fan_out(new)[0] if new.ndim > 1 else 1
        torch.testing.assert_close(new.detach(), old - 0.3 / fan_in * gradient)


@pytest.mark.parametrize(
    "schedule",
    [
        {"schedule.name": "cosine", "schedule.final": 0.1},
        {"schedule.name": "one_cycle"},
        {"schedule.name": "step"},
        {"schedule.name": "cosine", "schedule.warmup": 1.0},
    ],
)
def test_along_a_schedule_every_weight_keeps_its_share_of_the_rate(schedule):
    scaled, plain = (_session({**FAN, "optimizer.by_fan_in": fan, **schedule}) for fan in (True, False))
    shares = None
    for epoch in range(2):
        for a, b in zip(scaled.batches(), plain.batches(), strict=True):
            assert scaled.lr == pytest.approx(plain.lr, rel=1e-6)
            now = [group["lr"] / scaled.lr for group in scaled.optimizers[0].param_groups]
            shares = shares or now
            assert now == pytest.approx(shares, rel=1e-6)
            scaled.take_step(a)
            plain.take_step(b)
        for session in (scaled, plain):
            session.epoch = epoch + 1
            if session.scheduling.epoch is not None:
                session.scheduling.epoch(1.0)
    assert shares == pytest.approx([1, 1 / 2, 1 / 32])


def test_a_resumed_run_ends_where_an_unbroken_one_does():
    changes = {**FAN, "optimizer.name": "adam", "optimizer.lr": 0.05, "watch.checkpoint_every": 1, "budget.epochs": 3}
    whole = run(quick(changes))
    half = run(quick({**changes, "budget.epochs": 1}))
    again = run(quick(changes), resume=half.last())
    assert again.reports[-1].train_loss == pytest.approx(whole.reports[-1].train_loss, rel=1e-5)


def test_runs_with_it_are_trained_alone_and_without_it_they_are_found_as_before():
    config = RunConfig()
    assert stack_key(config) is not None
    assert stack_key(config.changed({"optimizer.by_fan_in": True})) is None
    assert config_hash(config.changed({"optimizer.by_fan_in": True})) != config_hash(config)
    for name in ("lbfgs", "muon"):
        assert "optimizer.by_fan_in" not in config.changed({"optimizer.name": name}).settings()
