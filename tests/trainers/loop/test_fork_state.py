"""A fork keeps each weight's own momentum, whatever else it changes; and a leak is told from an honest feature."""

from __future__ import annotations

import pytest
import torch

from trainers import Checkpoint, RunConfig, leak_report, load, train
from trainers.loop.session import Session


def checkpoint_of(config: RunConfig) -> Checkpoint:
    kept: list[Checkpoint] = []
    train(config, report=lambda reports: None, checkpoint=lambda made, kind: kept.append(made), device="cpu")
    return kept[-1]


@pytest.mark.parametrize("change", [{"regularization.l2": 0.01}, {"optimizer.lr": 0.002}])
@pytest.mark.parametrize(("optimizer", "name"), [("adam", "exp_avg"), ("momentum", "momentum_buffer")])
def test_the_state_of_the_optimizer_stays_with_its_weight(change: dict[str, float], optimizer: str, name: str):
    config = RunConfig().changed({"optimizer.name": optimizer, "budget.epochs": 2, "data.size": 40})
    kept, splits = checkpoint_of(config), load(config.data)
    before, after = (Session(c, splits, "cpu", kept) for c in (config, config.changed(change)))
    assert len(before.optimizers[0].state) == len(before.parameters)
    for old, new in zip(before.parameters, after.parameters, strict=True):
        state = after.optimizers[0].state[new][name]
        assert state.shape == new.shape
        assert torch.equal(state, before.optimizers[0].state[old][name])


def test_a_fork_from_decayed_weights_to_free_ones_trains_on():
    config = RunConfig().changed({"regularization.l2": 0.01, "budget.epochs": 2, "data.size": 40})
    freed = config.changed({"regularization.l2": 0.0, "budget.epochs": 4})
    reports = []
    result = train(freed, report=reports.extend, resume=checkpoint_of(config), device="cpu")
    assert result.reason == "finished"
    assert [report.epoch for report in reports if report.complete] == [3, 4]


@pytest.mark.parametrize("data", ["iris", "wine", "breast_cancer", "diabetes"])
def test_the_leaked_target_is_a_give_away_and_no_honest_feature_is(data: str):
    for seed in range(8):
        spoiled = RunConfig().changed({"data.name": data}).changed({"data.leak": "feature", "data.seed": seed})
        assert [name.endswith("(leaked)") for name, _ in leak_report(load(spoiled.data)).giveaways] == [True]
        assert leak_report(load(spoiled.changed({"data.leak": "none"}).data)).giveaways == ()
