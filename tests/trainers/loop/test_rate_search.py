"""The search for a rate takes the very steps that PyTorch takes at those rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from trainers import RunConfig, load
from trainers.config import LOSSES
from trainers.loop import search_rates
from trainers.loop.session import build_model, epoch_order
from trainers.rates import RateRequest, RateSearch, held_rate


def silent(_found: RateSearch, _share: float) -> None:
    pass


def searched(changes: dict[str, Any], told: Any = silent, **asked: Any) -> RateSearch:
    config = RunConfig().changed({"data.size": 200} if "data.name" not in changes else {}).changed(changes)
    return search_rates(RateRequest(config=config.to_json(), **asked), load(config.data), told)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_every_loss_is_that_of_a_plain_loop_at_these_rates(schedule: str) -> None:
    changes = {"optimizer.name": "sgd", "schedule.name": schedule, "budget.batch_size": 16, "data.size": 200}
    config = RunConfig().changed(changes)
    splits = load(config.data)
    test = searched(changes, lowest=1e-4, highest=0.5, steps=30).range_test
    np.testing.assert_allclose(test.rates, np.geomspace(1e-4, 0.5, 30))
    torch.manual_seed(config.budget.seed)
    model = build_model(config, splits)
    inputs, targets = torch.from_numpy(splits.train.inputs), torch.from_numpy(splits.train.targets)
    losses: list[float] = []
    epoch, rows = 0, list(epoch_order(config.budget.seed, 0, len(inputs)).split(16))
    for rate in [*test.rates, test.rates[-1]]:
        if not rows:
            epoch += 1
            rows = list(epoch_order(config.budget.seed, epoch, len(inputs)).split(16))
        chosen = rows.pop(0)
        model.zero_grad()
        output = model(inputs[chosen])
        loss = LOSSES[config.loss.name].compute(output, targets[chosen], config.loss, "mean")
        loss.backward()
        losses.append(float(loss.detach()))
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter -= rate * parameter.grad
    np.testing.assert_allclose(test.losses, losses[1:], rtol=1e-4)
    assert test.passes == pytest.approx(30 / -(-len(inputs) // 16))


def test_it_ends_where_the_loss_is_far_above_its_start_and_halves_until_a_trial_holds() -> None:
    found = searched({"optimizer.name": "sgd"}, lowest=1e-3, highest=1000.0)
    assert len(found.range_test.rates) == len(found.range_test.losses) < 100
    assert not np.isfinite(found.range_test.losses[-1]) or found.range_test.losses[-1] > 3
    rates = [trial.rate for trial in found.trials]
    assert rates == [1000.0 / 2**k for k in range(len(rates))]
    assert [trial.held for trial in found.trials] == [False] * (len(rates) - 1) + [True]
    held = held_rate(found.trials)
    assert held is not None
    assert held < 100
    assert found.rows == 120


def test_where_no_rate_holds_it_ends_at_the_lowest() -> None:
    found = searched({"optimizer.name": "sgd"}, lowest=2e3, highest=1e4, steps=20)
    assert [trial.rate for trial in found.trials] == [1e4, 5e3, 2.5e3]
    assert held_rate(found.trials) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer.name": "adam", "budget.batch_size": 0},
        {"data.name": "diabetes", "optimizer.name": "rmsprop"},
        {"model.normalization": "batch", "model.dropout": 0.2},
        {"optimizer.name": "lbfgs"},
        {"optimizer.name": "muon"},
    ],
)
def test_every_kind_of_run_has_a_rate(changes: dict[str, Any]) -> None:
    state = torch.random.get_rng_state()
    found = searched(changes, steps=40)
    assert held_rate(found.trials) is not None
    assert len(found.range_test.losses) > 5
    assert torch.equal(state, torch.random.get_rng_state())
    assert searched(changes, steps=40) == found


def test_what_there_is_is_told_and_can_end_it() -> None:
    told: list[tuple[int, float]] = []
    searched({}, lambda found, share: told.append((len(found.range_test.rates), share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    assert told[3][0] > told[1][0]

    class Left(Exception):
        pass

    def leave(_found: RateSearch, _share: float) -> None:
        raise Left

    with pytest.raises(Left):
        searched({}, leave)
