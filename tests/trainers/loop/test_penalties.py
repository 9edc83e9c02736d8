"""Penalties and noise of a step, against autograd, PyTorch's own functions and scikit-learn."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.trainers.runs import quick, run
from trainers import RunConfig, load
from trainers.loop.layers.penalties import from_orthogonal, orthogonal_gradient, shake_, shorten_, squared_slopes
from trainers.loop.session import Session


def session_of(changes: dict[str, Any]) -> Session:
    config = quick({"optimizer.name": "sgd", "optimizer.lr": 0.2, **changes})
    return Session(config, load(config.data), "cpu")


def weights_of(model: nn.Module) -> list[nn.Parameter]:
    return [p for p in model.parameters() if p.ndim > 1]


def assert_steps_follow(session: Session, more: Callable[[nn.Module, Tensor], Any], after: Any = None) -> None:
    """Three steps are those of SGD on cross-entropy and what ``more`` gives; ``after`` changes the model then."""
    model = copy.deepcopy(session.model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for rows in session.batches()[:3]:
        x, y = session.train.inputs[rows], session.train.targets[rows]
        optimizer.zero_grad()
        plain = functional.cross_entropy(model(x), y)
        (plain + more(model, x)).backward()
        optimizer.step()
        if after is not None:
            after(model)
        assert session.take_step(rows).item() == pytest.approx(plain.item(), rel=1e-4)
    for mine, theirs in zip(session.parameters, model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("changes", [{"model.activation": "tanh"}, {"data.name": "digits", "data.train_size": 100}])
def test_the_jacobian_penalty_is_that_of_autograd_row_by_row(changes: dict[str, Any]) -> None:
    session = session_of({**changes, "regularization.jacobian": 0.3})

    def penalty(model: nn.Module, x: Tensor) -> Tensor:
        each = [
            torch.autograd.functional.jacobian(lambda row: model(row[None])[0], row, create_graph=True) for row in x
        ]
        return 0.15 * torch.stack([slopes.square().sum() for slopes in each]).mean()

    assert_steps_follow(session, penalty)


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 4), (2, 5, 3)])
def test_orthogonality_has_the_gradient_of_autograd_and_is_zero_where_it_should(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    weight = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(from_orthogonal(weight).sum(), weight)
    torch.testing.assert_close(orthogonal_gradient(weight.detach()), gradient)
    orthogonal = nn.init.orthogonal_(torch.empty(shape[-2:], dtype=torch.float64))
    assert from_orthogonal(orthogonal).item() == pytest.approx(0.0, abs=1e-20)


@pytest.mark.parametrize("changes", [{}, {"data.name": "digits", "data.train_size": 100}])
def test_the_orthogonality_penalty_counts_every_matrix(changes: dict[str, Any]) -> None:
    session = session_of({**changes, "regularization.orthogonality": 0.01})

    def penalty(model: nn.Module, x: Tensor) -> Any:
        total = 0.0
        for weight in weights_of(model):
            flat = weight.flatten(1)
            gram = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
            total = total + 0.01 * torch.linalg.matrix_norm(gram - torch.eye(len(gram))) ** 2
        return total

    assert_steps_follow(session, penalty)


@pytest.mark.parametrize("changes", [{}, {"data.name": "digits", "data.train_size": 100}])
def test_under_weight_norm_directions_become_orthonormal_and_lengths_are_free(changes: dict[str, Any]) -> None:
    """w = g v / |v|: the lengths g are a column of numbers, and no matrix that could be orthonormal."""
    session = session_of({**changes, "model.normalization": "weight", "regularization.orthogonality": 0.01})
    given = copy.deepcopy(session.model)
    assert_steps_follow(session, _of_directions)
    config = quick({**changes, "optimizer.name": "lbfgs", "budget.batch_size": 0, "budget.epochs": 1})
    config = config.changed({"model.normalization": "weight", "regularization.orthogonality": 0.01})
    searched = Session(config, load(config.data), "cpu")
    seen: list[Tensor] = []
    searched.take_step(
        searched.batches()[0],
        lambda: seen.extend(p.grad.clone() for p in searched.parameters if p.grad is not None),
    )
    x, y = searched.train.inputs, searched.train.targets
    loss = functional.cross_entropy(given(x), y) + _of_directions(given, x)
    for mine, theirs in zip(seen, torch.autograd.grad(loss, list(given.parameters())), strict=True):
        torch.testing.assert_close(mine, theirs, atol=2e-5, rtol=1e-4)


def _of_directions(model: nn.Module, x: Tensor) -> Any:
    total = 0.0
    for name, weight in model.named_parameters():
        if weight.ndim > 1 and "original0" not in name:
            flat = weight.flatten(1)
            gram = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
            total = total + 0.01 * torch.linalg.matrix_norm(gram - torch.eye(len(gram))) ** 2
    return total


def test_the_penalties_are_part_of_what_l_bfgs_makes_small() -> None:
    changes = {"data.name": "noisy_sine", "data.size": 60, "model.name": "linear", "model.degree": 3}
    changes |= {"optimizer.name": "lbfgs", "budget.batch_size": 0, "budget.epochs": 3}
    config = quick({**changes, "regularization.jacobian": 0.2, "regularization.orthogonality": 0.05})
    session = Session(config, load(config.data), "cpu")
    for _ in range(3):
        session.take_step(session.batches()[0])
    x = session.train.inputs.clone().requires_grad_()
    outputs = session.model(x)
    loss = functional.mse_loss(outputs, session.train.targets) + 0.1 * squared_slopes(outputs, x).mean()
    (weight,) = weights_of(session.model)
    total = loss + 0.05 * from_orthogonal(weight)
    gradients = torch.autograd.grad(total, session.parameters)
    assert max(float(each.abs().max()) for each in gradients) < 1e-3


@pytest.mark.parametrize("changes", [{}, {"data.name": "digits", "data.train_size": 100}])
def test_max_norm_is_pytorch_s_renorm_after_each_step(changes: dict[str, Any]) -> None:
    session = session_of({**changes, "regularization.max_norm": 0.8})

    def after(model: nn.Module) -> None:
        with torch.no_grad():
            for weight in weights_of(model):
                weight.copy_(torch.renorm(weight, 2, 0, 0.8))

    assert_steps_follow(session, lambda model, x: 0.0, after)
    lengths = torch.cat([weight.flatten(1).norm(dim=1) for weight in weights_of(session.model)])
    assert lengths.max() <= 0.8 + 1e-6
    assert (lengths < 0.79).any()  # short ones are left alone


def test_units_of_many_networks_are_shortened_each_by_its_own_limit() -> None:
    weight = torch.ones(2, 3, 4)
    shorten_(weight, torch.tensor([1.0, torch.inf]).view(2, 1, 1), unit_axis=1)
    torch.testing.assert_close(weight[0], torch.full((3, 4), 0.5))
    assert torch.equal(weight[1], torch.ones(3, 4))


def test_noise_on_weights_is_drawn_for_the_gradient_alone() -> None:
    session = session_of({"regularization.weight_noise": 0.3})
    model = copy.deepcopy(session.model)
    rows = session.batches()[0]
    state = torch.get_rng_state()
    with torch.no_grad():
        clean = shake_(weights_of(model), 0.3)
    functional.cross_entropy(model(session.train.inputs[rows]), session.train.targets[rows]).backward()
    torch.set_rng_state(state)
    session.take_step(rows)
    others = dict(zip(map(id, weights_of(model)), clean, strict=True))
    for mine, theirs in zip(session.parameters, model.parameters(), strict=True):
        assert theirs.grad is not None
        torch.testing.assert_close(mine, others.get(id(theirs), theirs) - 0.2 * theirs.grad)


@pytest.mark.parametrize("activation", ["relu", "sine", "maxout"])
def test_noise_on_activations_is_there_in_training_and_gone_in_evaluation(activation: str) -> None:
    changes = {"model.depth": 1, "model.width": 4, "model.activation": activation}
    session = session_of({"regularization.activity_noise": 0.5, **changes})
    x = session.train.inputs[:1].expand(20_000, 2)
    with torch.no_grad():
        noisy = session.model(x)
        with session.evaluating() as model:
            plain = model(x)
    spread = session.model.get_parameter("output.weight").detach().norm(dim=1) * 0.5
    torch.testing.assert_close(noisy.std(0), spread, rtol=0.05, atol=0.0)
    torch.testing.assert_close(noisy.mean(0), plain[0], rtol=0.0, atol=0.05)
    assert torch.equal(plain[:-1], plain[1:])


def test_l1_by_proximal_steps_ends_at_scikit_learn_s_lasso() -> None:
    from sklearn.linear_model import Lasso

    changes = {"data.name": "diabetes", "model.name": "linear", "budget.batch_size": 0, "budget.epochs": 4000}
    changes |= {"optimizer.name": "sgd", "optimizer.lr": 0.1, "watch.every": 4000}
    config = RunConfig().changed({"data.name": "diabetes"})
    config = config.changed({**changes, "regularization.l1": 0.2, "regularization.proximal": True})
    session = Session(config, load(config.data), "cpu")
    for _ in range(2000):
        session.take_step(session.batches()[0])
    x, y = session.train.inputs.numpy(), session.train.targets.numpy()[:, 0]
    # Lasso halves the mean square: its alpha is half of lambda.
    lasso = Lasso(alpha=0.1, tol=1e-10).fit(x.astype(np.float64), y.astype(np.float64))
    (weight,) = weights_of(session.model)
    np.testing.assert_allclose(weight.detach().numpy()[0], lasso.coef_, atol=1e-4)
    assert 0 < (lasso.coef_ == 0).sum() < len(lasso.coef_)
    assert ((weight == 0).numpy()[0] == (lasso.coef_ == 0)).all()


def test_noise_on_the_inputs_of_a_line_is_an_l2_penalty_of_twice_its_square() -> None:
    changes = {"data.name": "diabetes", "model.name": "linear", "budget.batch_size": 0, "optimizer.name": "sgd"}
    plain = RunConfig().changed({"data.name": "diabetes"}).changed({**changes, "optimizer.lr": 0.02})
    penalised = plain.changed({"regularization.l2": 2 * 0.5**2})
    noisy = plain.changed({"augmentation.noise": 0.5})
    found = []
    for config in (penalised, noisy):
        session = Session(config, load(config.data), "cpu")
        total = torch.zeros(10)
        for step in range(3000):
            session.take_step(session.batches()[0])
            if step >= 1000:
                total += weights_of(session.model)[0].detach()[0] / 2000
        found.append(total)
    torch.testing.assert_close(found[1], found[0], atol=0.02, rtol=0.0)


def test_label_smoothing_is_pytorch_s() -> None:
    session = session_of({"loss.label_smoothing": 0.2})
    rows = session.batches()[0]
    x, y = session.train.inputs[rows], session.train.targets[rows]
    expected = nn.CrossEntropyLoss(label_smoothing=0.2)(session.model(x), y).item()
    assert session.take_step(rows).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"data.name": "parity", "regularization.jacobian": 0.1}, "is for tables and images"),
        ({"model.normalization": "batch", "regularization.jacobian": 0.1}, "batch normalization mixes them"),
        ({"model.name": "logistic", "regularization.activity_noise": 0.1}, "logistic has none"),
        ({"regularization.sam": 0.1, "regularization.jacobian": 0.1}, "the slope of the loss alone"),
        ({"regularization.sam": 0.1, "regularization.weight_noise": 0.1}, "the slope of the loss alone"),
        ({"optimizer.name": "lbfgs", "regularization.weight_noise": 0.1}, "its weights cannot be noisy"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        RunConfig().changed({"data.name": changes.get("data.name", "moons")}).changed(changes)


def test_a_run_with_all_of_them_goes_on_bit_for_bit() -> None:
    names = {"jacobian": 0.05, "orthogonality": 0.01, "max_norm": 2.0, "weight_noise": 0.05, "activity_noise": 0.1}
    config = quick({"budget.epochs": 4} | {f"regularization.{name}": value for name, value in names.items()})
    whole = run(config)
    half = run(config.changed({"budget.epochs": 2}))
    middle = next(kept for kept, kind in half.checkpoints if kind == "last")
    on = run(config, resume=middle)
    assert [r.val_loss for r in on.reports if r.complete][-2:] == [r.val_loss for r in whole.reports if r.complete][-2:]
