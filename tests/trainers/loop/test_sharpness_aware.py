"""SAM against its two passes written by hand, with PyTorch's own optimizers; batch norm, dropout, stacks."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from tests.trainers.labs import quick
from trainers.config import stack_key
from trainers.data import load
from trainers.loop.session import Session

RHO = 0.1


def session(changes: dict[str, Any]) -> Session:
    config = quick({"regularization.sam": RHO, "budget.batch_size": 16, **changes})
    return Session(config, load(config.data), "cpu")


def by_hand(own: Session, optimizer: torch.optim.Optimizer, rows: torch.Tensor, clip: float = 0.0) -> None:
    """One step of the paper: its gradient, e = rho g / |g|, the gradient at w + e, and the base rule from w."""
    x, y = own.train.inputs[rows], own.train.targets[rows]
    weights = list(own.model.parameters())
    optimizer.zero_grad()
    state = torch.get_rng_state()
    functional.cross_entropy(own.model(x), y).backward()
    statistics = {name: value.clone() for name, value in own.model.named_buffers()}
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    assert len(gradients) == len(weights)
    length = torch.sqrt(sum((gradient.square().sum() for gradient in gradients), torch.zeros(())))
    away = [RHO * gradient / length for gradient in gradients]
    with torch.no_grad():
        for weight, e in zip(weights, away, strict=True):
            weight += e
    optimizer.zero_grad()
    torch.set_rng_state(state)
    functional.cross_entropy(own.model(x), y).backward()
    with torch.no_grad():
        for weight, e in zip(weights, away, strict=True):
            weight -= e
        for name, value in own.model.named_buffers():
            value.copy_(statistics[name])
    if clip:
        torch.nn.utils.clip_grad_norm_(weights, clip)
    optimizer.step()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"optimizer.name": "adamw", "optimizer.lr": 0.01}, torch.optim.AdamW),
        ({"optimizer.name": "sgd", "optimizer.lr": 0.1, "regularization.clip_norm": 0.05}, torch.optim.SGD),
        ({"optimizer.name": "sgd", "optimizer.lr": 0.1, "model.normalization": "batch"}, torch.optim.SGD),
        ({"optimizer.name": "sgd", "optimizer.lr": 0.1, "model.normalization": "batch_renorm"}, torch.optim.SGD),
        ({"optimizer.name": "sgd", "optimizer.lr": 0.1, "model.dropout": 0.3}, torch.optim.SGD),
    ],
)
def test_a_step_is_that_of_two_passes_by_hand(changes: dict[str, Any], rule: Any) -> None:
    own, theirs = session(changes), session(changes)
    groups: list[dict[str, Any]] = [{"params": list(theirs.model.parameters()), "weight_decay": 0.0}]
    if rule is torch.optim.AdamW:
        decayed = [p for p in theirs.model.parameters() if p.ndim > 1]
        groups = [{"params": decayed}, {"params": [p for p in theirs.model.parameters() if p.ndim < 2]}]
        groups[1]["weight_decay"] = 0.0
    optimizer = rule(groups, lr=own.config.optimizer.lr)
    for rows in own.batches()[:3]:
        torch.manual_seed(0)
        own.take_step(rows)
        torch.manual_seed(0)
        by_hand(theirs, optimizer, rows, own.config.regularization.clip_norm)
    for (name, ours), there in zip(own.model.state_dict().items(), theirs.model.state_dict().values(), strict=True):
        torch.testing.assert_close(ours, there, rtol=1e-4, atol=1e-6, msg=name)


def test_what_is_told_is_the_loss_and_gradient_where_the_run_stands() -> None:
    own, plain = session({}), session({"regularization.sam": 0.0})
    seen: list[list[torch.Tensor]] = []
    losses = []
    for each in (own, plain):

        def see(each: Session = each) -> None:
            seen.append([p.grad.clone() for p in each.parameters if p.grad is not None])

        losses.append(each.take_step(each.batches()[0], see))
    assert losses[0] == losses[1]
    assert len(seen[0]) == len(own.parameters)
    assert all(torch.equal(a, b) for a, b in zip(*seen, strict=True))
    moved = any(not torch.equal(a, b) for a, b in zip(own.parameters, plain.parameters, strict=True))
    assert moved  # with another gradient


def test_such_runs_are_trained_alone() -> None:
    assert stack_key(quick()) is not None
    assert stack_key(quick({"regularization.sam": 0.05})) is None
