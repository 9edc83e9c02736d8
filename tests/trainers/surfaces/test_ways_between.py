"""Ways between two networks: units matched, and a curve that stays low."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from networks.normalizing import BatchRenorm
from tests.trainers.surfaces.networks_at_hand import session_of
from trainers.loop import measure_statistics
from trainers.surfaces import Layout, bezier, matched, trained_control
from trainers.surfaces.joining import BATCH, RATE
from trainers.surfaces.matching import axes_of, why_unmatched

DIGITS, RESIDUAL = ({"data.name": "digits", "model.name": name, "model.width": 4} for name in ("cnn", "resnet"))
MATCHABLE: dict[str, dict[str, Any]] = {
    "plain": {"model.widths": "7-5-6"},
    "batch norm": {"model.normalization": "batch", "model.width": 6},
    "batch renorm": {"model.normalization": "batch_renorm", "model.width": 6},
    "layer norm after, prelu": {
        "model.normalization": "layer",
        "model.norm_position": "after",
        "model.activation": "prelu",
        "model.width": 6,
    },
    "weight norm": {"model.normalization": "weight", "model.width": 6},
    "residual": {"model.residual": True, "model.depth": 4, "model.width": 6},
    "cnn": DIGITS,
    "cnn, batch norm": {**DIGITS, "model.normalization": "batch", "model.hidden": 6},
    "cnn, batch renorm, no dense layer": {**DIGITS, "model.normalization": "batch_renorm", "model.hidden": 0},
    "cnn, instance norm, prelu": {**DIGITS, "model.normalization": "instance", "model.activation": "prelu"},
    "cnn, layer norm": {**DIGITS, "model.normalization": "layer", "model.depth": 2, "model.dropout": 0.2},
    "cnn, weight norm": {**DIGITS, "model.normalization": "weight"},
    "residual network": RESIDUAL,
    "residual network, blocks of two": {**RESIDUAL, "model.blocks": 2, "model.stages": 2},
    "residual network, weight norm": {**RESIDUAL, "model.normalization": "weight", "model.activation": "prelu"},
}
# What is not matched, and the word that says why.
TIED: dict[str, tuple[dict[str, Any], str]] = {
    "logistic regression": ({"model.name": "logistic"}, "no hidden units"),
    "no hidden layer": ({"model.depth": 0}, "no hidden units"),
    "maxout": ({"model.activation": "maxout"}, "maxout"),
    "group norm": ({"model.normalization": "group"}, "group norm"),
    "cnn, group norm": ({**DIGITS, "model.normalization": "group", "model.width": 8}, "group norm"),
    "gru": ({"data.name": "adding"}, "recurrent"),
    "rnn, layer norm": ({"data.name": "adding", "model.name": "rnn", "model.normalization": "layer"}, "recurrent"),
    "transformer": ({"data.name": "adding", "model.name": "transformer"}, "attention"),
}


def shuffled(session: Any, layout: Layout, seed: int) -> torch.Tensor:
    """The session's weights with the units of every layer in another order."""
    axes, generator = axes_of(session.model, layout), torch.Generator().manual_seed(seed)
    tensors = layout.tensors(layout.vector(session.model))
    orders = {}
    for name, of in axes.items():  # from the first layer on, so that channels are met before the pixels they give
        for axis, p in enumerate(of):
            if p is not None:
                size = tensors[name].shape[axis]
                orders.setdefault(p, torch.randperm(size, generator=generator))
                each = size // len(orders[p])
                places = (orders[p][:, None] * each + torch.arange(each)).reshape(-1)
                tensors[name] = tensors[name].index_select(axis, places)
    return torch.cat([tensor.reshape(-1) for tensor in tensors.values()])


@pytest.mark.parametrize("kind", MATCHABLE)
def test_permuted_units_leave_the_function_as_it_is_and_matching_finds_them(kind: str):
    session = session_of(MATCHABLE[kind])
    layout = Layout.of(session.model)
    generator = torch.Generator().manual_seed(9)
    fixed = layout.vector(session.model)
    fixed[: layout.parameters] += 0.1 * torch.randn(layout.parameters, generator=generator).double()  # biases too
    layout.load(session.model, fixed)
    outputs = session.model.eval()(session.val.inputs)
    assert why_unmatched(session.model) == ""
    other = shuffled(session, layout, 3)
    assert not torch.equal(other, fixed)
    layout.load(session.model, other)
    assert torch.allclose(session.model(session.val.inputs), outputs, rtol=1e-9, atol=1e-12)
    back, moved = matched(session.model, layout, fixed, other)
    assert moved > 0
    assert torch.allclose(back, fixed, atol=1e-12)


@pytest.mark.parametrize("kind", MATCHABLE)
def test_matched_weights_of_another_run_are_the_same_function_and_nearer(kind: str):
    one, two = session_of(MATCHABLE[kind]), session_of({**MATCHABLE[kind], "budget.seed": 1})
    layout = Layout.of(one.model)
    fixed, other = layout.vector(one.model), layout.vector(two.model)
    outputs = two.model.eval()(two.val.inputs)
    found, _ = matched(one.model, layout, fixed, other)
    layout.load(two.model, found)
    assert torch.allclose(two.model(two.val.inputs), outputs, rtol=1e-9, atol=1e-12)
    count = layout.parameters
    assert (found - fixed)[:count].norm() < (other - fixed)[:count].norm()
    assert found[:count].norm() == pytest.approx(float(other[:count].norm()))


@pytest.mark.parametrize("kind", TIED)
def test_what_is_not_matched_says_why(kind: str):
    changes, word = TIED[kind]
    assert word in why_unmatched(session_of(changes).model)


def test_orders_that_frozen_weights_are_in_stay_as_they_are():
    """Frozen weights are no part of the vector, so what they share an order with may not move either."""
    one, two = session_of(DIGITS), session_of({**DIGITS, "budget.seed": 1})
    for session in (one, two):
        session.model.convolutions[0].requires_grad_(False)  # pyright: ignore[reportCallIssue, reportIndexIssue]
    layout = Layout.of(one.model)
    found, moved = matched(one.model, layout, layout.vector(one.model), layout.vector(two.model))
    outputs = two.model.eval()(two.val.inputs)
    layout.load(two.model, found)
    assert moved > 0
    assert torch.allclose(two.model(two.val.inputs), outputs, rtol=1e-9, atol=1e-12)


def test_a_quadratic_curve_begins_and_ends_at_its_ends_and_bends_toward_its_middle():
    first, control, second = (torch.randn(4, generator=torch.Generator().manual_seed(k)).double() for k in range(3))
    assert torch.equal(bezier(first, control, second, 0.0), first)
    assert torch.equal(bezier(first, control, second, 1.0), second)
    assert torch.allclose(bezier(first, control, second, 0.5), first / 4 + control / 2 + second / 4)
    shares = torch.linspace(0, 1, 5).double()[:, None]
    assert bezier(first, control, second, shares).shape == (5, 4)


def test_the_middle_of_a_curve_follows_the_slope_of_the_loss_on_the_way():
    """As autograd has it through the curve itself (Garipov et al. 2018, equation 2)."""
    session, steps = session_of({"model.activation": "tanh"}), 25
    layout, rows = Layout.of(session.model), len(session.train)
    first = layout.vector(session.model)
    second = layout.vector(session_of({"model.activation": "tanh", "budget.seed": 1}).model)
    found = trained_control(session, layout, first, second, seed=3, steps=steps)
    generator = torch.Generator().manual_seed(3)
    control = ((first + second) / 2).requires_grad_()
    optimizer = torch.optim.Adam([control], lr=RATE)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
        share = torch.rand((), generator=generator)
        picked = torch.randint(rows, (min(BATCH, rows),), generator=generator)
        there = layout.tensors(bezier(first, control, second, share.double()))
        outputs = torch.func.functional_call(session.model, there, (session.train.inputs[picked],))
        optimizer.zero_grad()
        session.losses(outputs, session.train.targets[picked], "mean").backward()
        optimizer.step()
    assert torch.allclose(found, control.detach(), rtol=1e-6, atol=1e-9)


def test_the_middle_of_a_curve_is_drawn_from_a_seed_and_leaves_the_network_as_it_was():
    session = session_of({"model.dropout": 0.2})
    layout = Layout.of(session.model)
    first = layout.vector(session.model)
    second = layout.vector(session_of({"budget.seed": 1}).model)
    told: list[float] = []
    one, again, other = (
        trained_control(session, layout, first, second, seed=seed, steps=40, told=told.append) for seed in (1, 1, 2)
    )
    assert not torch.equal(one, other)
    assert told[:2] == [0.0, 0.5]
    assert torch.equal(layout.vector(session.model), first)
    assert not session.model.training
    assert again.shape == one.shape


def test_batch_renormalization_on_a_curve_is_batch_normalization() -> None:
    """Its averages, measured anew, are those that batch normalization has of the same rows; so the same curve is found,
    and nothing of the network itself is moved."""
    renorm, plain = (session_of({"model.normalization": kind, "model.width": 6}) for kind in ("batch_renorm", "batch"))
    layout, of_plain = Layout.of(renorm.model), Layout.of(plain.model)
    ours = [module for module in renorm.model.modules() if isinstance(module, BatchRenorm)]
    assert ours
    for module in ours:
        module.num_batches_tracked.fill_(700)  # far beyond its first steps, where r and d are wide
    start = layout.vector(renorm.model)
    with torch.no_grad():
        for one, other in zip(plain.model.parameters(), renorm.model.parameters(), strict=True):
            one.copy_(other)
    passes = renorm.train.inputs.tensor_split(2)
    measure_statistics(renorm.model, passes)
    measure_statistics(plain.model, passes)
    theirs = [module for module in plain.model.modules() if isinstance(module, nn.BatchNorm1d)]
    for one, other in zip(ours, theirs, strict=True):
        assert torch.allclose(one.running_mean, other.running_mean, rtol=1e-9)  # pyright: ignore[reportArgumentType]
        assert int(one.num_batches_tracked) == 700
        assert not one.training
    # In one pass what evaluation sees is what training saw: each layer's rows over their own mean and spread.
    measure_statistics(renorm.model, [renorm.train.inputs])
    plain.model.train()
    for other in theirs:
        other.track_running_stats = False
    assert torch.allclose(renorm.model(renorm.train.inputs), plain.model(plain.train.inputs), rtol=1e-7, atol=1e-9)
    for other in theirs:
        other.track_running_stats = True
    layout.load(renorm.model, start)
    second = layout.vector(
        session_of({"model.normalization": "batch_renorm", "model.width": 6, "budget.seed": 1}).model
    )
    count = layout.parameters
    beside = of_plain.vector(plain.model)[count:]
    ends = [torch.cat([weights[:count], beside]) for weights in (start, second)]
    one = trained_control(renorm, layout, start, second, steps=30)
    other = trained_control(plain, of_plain, ends[0], ends[1], steps=30)
    assert torch.allclose(one[:count], other[:count], rtol=1e-6, atol=1e-9)
    assert torch.equal(layout.vector(renorm.model), start)
    assert all(module.track_running_stats and int(module.num_batches_tracked) == 700 for module in ours)
