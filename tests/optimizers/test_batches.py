"""Mini-batches: every row once an epoch, or drawn; the steps are PyTorch's on the same rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Batches, descend
from optimizers.batches import hashed


@pytest.mark.parametrize("size", [1, 7, 32, 99, 100])
def test_an_epoch_sees_every_row_once(size: int) -> None:
    batches = Batches(rows=100, size=size, seed=3)
    epochs = [[batches.of_step(e * batches.an_epoch + k) for k in range(batches.an_epoch)] for e in range(3)]
    for epoch in epochs:
        assert sorted(np.concatenate(epoch).tolist()) == list(range(100))
        assert [len(batch) for batch in epoch] == batches.sizes(batches.an_epoch).tolist()
        assert {len(batch) for batch in epoch[:-1]} <= {size}
    assert np.concatenate(epochs[0]).tolist() != np.concatenate(epochs[1]).tolist()


def test_rows_that_are_drawn_come_from_all_as_often() -> None:
    batches = Batches(rows=10, size=10, seed=1, replacement=True)
    drawn = np.concatenate([batches.of_step(k) for k in range(2000)])
    assert (batches.sizes(3) == 10).all()
    shares = np.bincount(drawn, minlength=10) / len(drawn)
    assert np.abs(shares - 0.1).max() < 5 * np.sqrt(0.09 / len(drawn))
    assert any(len(set(batches.of_step(k).tolist())) < 10 for k in range(5))


def test_the_same_seed_gives_the_same_rows_and_another_does_not() -> None:
    one, other = (Batches(rows=50, size=50, seed=seed) for seed in (0, 1))
    assert one.of_step(4).tolist() == Batches(rows=50, size=50, seed=0).of_step(4).tolist() != other.of_step(4).tolist()


def test_the_hash_is_the_published_one() -> None:
    # lowbias32 in plain Python, from its description
    def lowbias32(x: int) -> int:
        x ^= x >> 16
        x = x * 0x7FEB352D % 2**32
        x ^= x >> 15
        x = x * 0x846CA68B % 2**32
        return x ^ x >> 16

    start = lowbias32((lowbias32(12345 ^ 0x9E3779B9) + 678) % 2**32)
    assert hashed(12345, 678, 4).tolist() == [lowbias32((i + start) % 2**32) for i in range(4)]
    assert [lowbias32(x) for x in (0, 1)] == [0, 1753845952]


@pytest.mark.parametrize("size", [0, 101])
def test_a_size_that_cannot_be_says_what_can(size: int) -> None:
    with pytest.raises(ValueError, match="allowed is a whole number from 1 to 100"):
        Batches(rows=100, size=size)


def test_batches_of_what_is_no_mean_are_refused() -> None:
    with pytest.raises(ValueError, match="no mean over rows"):
        descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["sgd"], start=(0, 0), steps=1, batches=Batches(rows=3, size=1))


TORCH = {
    "sgd": (lambda w: torch.optim.SGD(w, lr=0.05), {"lr": 0.05}),
    "momentum": (lambda w: torch.optim.SGD(w, lr=0.02, momentum=0.9), {"lr": 0.02, "momentum": 0.9}),
    "adam": (lambda w: torch.optim.Adam(w, lr=0.1), {"lr": 0.1}),
    "adagrad": (lambda w: torch.optim.Adagrad(w, lr=0.3), {"lr": 0.3}),
}
LOSS = {
    "least_squares": lambda z, t: torch.nn.functional.mse_loss(z, t),
    "logistic": lambda z, t: torch.nn.functional.binary_cross_entropy_with_logits(z, t),
    "sigmoid_squared": lambda z, t: torch.nn.functional.mse_loss(torch.sigmoid(z), t),
}


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("rule", TORCH)
@pytest.mark.parametrize("key", LOSS)
def test_a_plain_pytorch_loop_takes_the_same_steps_row_by_row(key: str, rule: str, replacement: bool) -> None:
    landscape = LANDSCAPES[key]
    assert landscape.rows is not None
    batches = Batches(rows=len(landscape.rows), size=9, seed=11, replacement=replacement)
    make, values = TORCH[rule]
    path = descend(landscape, OPTIMIZERS[rule], start=landscape.start, steps=60, batches=batches, **values)
    inputs, target = torch.tensor(landscape.rows.table[:, :2]), torch.tensor(landscape.rows.by_name["t"])
    weights = torch.tensor(landscape.start, dtype=torch.float64, requires_grad=True)
    optimizer = make([weights])
    for k in range(60):
        rows = torch.tensor(batches.of_step(k))
        optimizer.zero_grad()
        LOSS[key](inputs[rows] @ weights, target[rows]).backward()
        optimizer.step()
        np.testing.assert_allclose(path.points[k + 1], weights.detach().numpy(), rtol=1e-9, atol=1e-12)
    whole = LOSS[key](inputs @ weights, target).item()
    assert path.values[-1] == pytest.approx(whole, rel=1e-9)


def test_rules_that_look_twice_see_the_same_rows_within_a_step() -> None:
    landscape, seen = LANDSCAPES["logistic"], []

    class Watched:
        rows = landscape.rows
        value, gradient, hessian = landscape.value, landscape.gradient, landscape.hessian

        def batch(self, indices):
            seen.append(tuple(indices.tolist()))
            return landscape.batch(indices)

    path = descend(Watched(), OPTIMIZERS["sam"], start=landscape.start, steps=5, batches=Batches(rows=100, size=3))
    assert len(seen) == 5
    assert path.evaluations[-1] == 10
