"""Two heads on shared layers: the gradient of the shared part is the sum of both, that of a head its own alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from trainers.data import load
from trainers.transfers import TasksRequest
from trainers.transfers.two_tasks import TwoHeads, agreement, second_targets, shared_loss, train_alone, train_shared


@pytest.fixture
def drawn():
    torch.manual_seed(0)
    model = TwoHeads(6, 5).double()
    rows = [(torch.randn(7, 6, dtype=torch.float64), torch.randint(0, classes, (7,))) for classes in (10, 2)]
    return model, rows


def own_gradient(model: TwoHeads, rows, task: int) -> dict[str, torch.Tensor]:
    """Of one task's loss alone, by autograd; None where a parameter has no part in it."""
    x, y = rows[task]
    features = model.body(x)
    loss = functional.cross_entropy(model.heads[task](features), y)
    names, parameters = zip(*model.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss, parameters, allow_unused=True), strict=True))


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_shared_layers_follow_the_sum_of_both_gradients_and_heads_their_own(drawn, weight: float) -> None:
    model, rows = drawn
    shared_loss(model, rows, weight).backward()
    first, second = own_gradient(model, rows, 0), own_gradient(model, rows, 1)
    for name, parameter in model.named_parameters():
        parts = [
            share * gradient
            for share, gradient in ((weight, first[name]), (1 - weight, second[name]))
            if gradient is not None
        ]
        assert len(parts) == (2 if name.startswith("body") else 1)
        assert parameter.grad is not None
        assert torch.allclose(parameter.grad, sum(parts, torch.zeros_like(parameter)), atol=1e-12), name


def test_the_agreement_is_the_cosine_of_both_gradients_in_the_shared_layers(drawn) -> None:
    model, rows = drawn
    flat = [
        torch.cat([g.flatten() for name, g in own_gradient(model, rows, task).items() if name.startswith("body")])
        for task in (0, 1)
    ]
    assert agreement(model, rows) == pytest.approx(float(functional.cosine_similarity(flat[0], flat[1], dim=0)))
    same = [rows[0], rows[0]]
    model.heads[1] = model.heads[0]
    assert agreement(model, same) == pytest.approx(1.0)


def test_second_tasks_are_what_they_are_called() -> None:
    part = load(TasksRequest().data(0).data).train
    middle = part.inputs.mean(0)
    assert np.array_equal(second_targets("even", part, middle), [int(y % 2 == 0) for y in part.targets])
    assert np.array_equal(second_targets("large", part, middle), [int(y >= 5) for y in part.targets])
    side = second_targets("direction", part, middle)
    assert 0.4 < side.mean() < 0.6
    by_digit = [side[part.targets == digit].mean() for digit in range(10)]
    assert np.mean([max(share, 1 - share) for share in by_digit]) < 0.9  # the digit does not say it


def test_a_task_that_counts_for_nothing_leaves_the_other_as_it_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.transfers.two_tasks.EPOCHS", 2)
    request = TasksRequest(weight=1.0, width=8, rows=10)
    shared, alone = train_shared(request, 0), train_alone(request, 0)
    assert shared.losses[0] == alone.losses[0]
    assert shared.losses[1] != alone.losses[1]
    assert len(shared.agreement) == len(shared.losses[0])
    assert alone.agreement == ()
