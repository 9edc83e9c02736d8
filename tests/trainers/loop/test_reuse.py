"""A run that begins with another's weights: what is taken over, what stands still, which layer learns at which rate."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from trainers import Checkpoint, RunConfig, load, train
from trainers.config import frozen_layers, rate_shares
from trainers.loop.checkpoint import CheckpointMismatch
from trainers.loop.layers.reuse import begin_with, layers_of
from trainers.loop.session import Session, build_model

DIGITS = {
    "data.name": "digits",
    "model.name": "mlp",
    "model.widths": "12-10",
    "data.train_size": 60,
    "budget.epochs": 2,
    "watch.pictures": False,
}


def digits(changes: dict[str, Any] | None = None) -> RunConfig:
    return RunConfig().changed({**DIGITS, "data.half": "first"}).changed(changes or {})


def checkpoints(config: RunConfig, **others: Any) -> list[Checkpoint]:
    kept: list[Checkpoint] = []
    told = train(config, report=lambda _: None, checkpoint=lambda made, _: kept.append(made), device="cpu", **others)
    assert told.reason == "finished", told.sentence
    return kept


def weights(kept: Checkpoint) -> dict[str, torch.Tensor]:
    return {name[6:]: tensor for name, tensor in kept.tensors.items() if name.startswith("model.")}


def session(config: RunConfig, start: Checkpoint | None = None) -> Session:
    return Session(config, load(config.data), "cpu", start=start)


def test_layers_are_numbered_from_the_input_and_hold_every_parameter() -> None:
    for name, data, more in (
        ("mlp", "moons", {"model.normalization": "batch", "model.activation": "prelu"}),
        ("mlp", "moons", {"model.normalization": "weight"}),
        ("cnn", "digits", {"model.normalization": "batch"}),
        ("resnet", "digits", {}),
        ("gru", "adding", {}),
        ("transformer", "adding", {}),
    ):
        config = (
            RunConfig().changed({"data.name": data, "model.name": name, "data.size": 40} | more)
            if (data != "digits")
            else RunConfig().changed({"data.name": data, "model.name": name} | more)
        )
        model = build_model(config, load(config.data))
        layers = layers_of(model)
        listed = [id(p) for layer in layers for p in layer.parameters]
        assert sorted(listed) == sorted(map(id, model.parameters()))
        assert any(p.shape[0] == len(load(config.data).classes or [0]) for p in layers[-1].parameters)


def test_the_body_is_taken_over_and_the_head_where_the_classes_are_the_same() -> None:
    kept = checkpoints(digits())[-1]
    before = weights(kept)
    for changes, head in (
        ({"data.half": "first", "data.turn": 20.0}, True),
        ({"data.half": "first", "reuse.head": "new"}, False),
        ({"data.half": "last"}, False),
        ({"data.half": "all"}, False),
    ):
        made = dict(session(digits(changes), kept).model.state_dict())
        fresh = dict(session(digits(changes)).model.state_dict())
        for name, tensor in made.items():
            taken = head or not name.startswith("output")
            assert torch.equal(tensor, before[name] if taken else fresh[name]), (changes, name)


def test_averaged_weights_are_those_that_are_taken_over() -> None:
    kept = checkpoints(digits({"regularization.ema": 0.9}))[-1]
    model = session(digits(), kept).model
    for number, parameter in enumerate(model.parameters()):
        assert torch.equal(parameter, kept.tensors[f"average.{number}"])


def test_another_network_is_refused_with_its_sizes() -> None:
    kept = checkpoints(digits())[-1]
    config = digits({"model.widths": "12-11"})
    with pytest.raises(CheckpointMismatch, match=r"hidden\.1\.linear\.\w+ is 10( x 12)? there and 11"):
        begin_with(build_model(config, load(config.data)), kept, head=False)
    told = train(config, report=lambda _: None, start=kept, device="cpu")
    assert told.reason == "failed"
    assert "another network" in told.sentence


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "momentum", "lbfgs", "muon", "rprop"])
def test_frozen_layers_are_the_same_bit_for_bit_whatever_pulls_at_weights(optimizer: str) -> None:
    pull = {"regularization.l2": 0.01, "regularization.l1": 0.01, "regularization.ema": 0.9}
    pull |= {} if optimizer == "lbfgs" else {"regularization.weight_decay": 0.1, "regularization.clip_norm": 0.5}
    kept = checkpoints(digits())[-1]
    config = digits({"data.half": "last", "reuse.freeze": 2, "optimizer.name": optimizer, **pull})
    made = weights(checkpoints(config, start=kept)[-1])
    for name, tensor in weights(kept).items():
        assert torch.equal(made[name], tensor) == (not name.startswith("output")), name


def test_batch_normalization_of_a_frozen_layer_keeps_its_statistics() -> None:
    normed = {"model.normalization": "batch"}
    kept = checkpoints(digits(normed))[-1]
    made = weights(checkpoints(digits({**normed, "data.half": "last", "reuse.freeze": 1}), start=kept)[-1])
    same = {name for name, tensor in weights(kept).items() if torch.equal(made[name], tensor)}
    assert same == {name for name in made if name.startswith("hidden.0")}


def test_every_layer_learns_at_its_rate_as_in_groups_of_pytorch() -> None:
    kept = checkpoints(digits())[-1]
    factor, rate = 0.3, 0.02
    config = digits({"reuse.factor": factor, "optimizer.name": "adam", "optimizer.lr": rate, "budget.batch_size": 0})
    mine = session(config, kept)
    assert mine.lr == rate
    theirs = session(config, kept)
    model, splits = theirs.model, theirs.splits
    groups = [
        {"params": list(model.get_submodule(name).parameters()), "lr": rate * share}
        for name, share in (("hidden.0", factor**2), ("hidden.1", factor), ("output", 1.0))
    ]
    optimizer = torch.optim.Adam(groups, fused=True)
    x, y = torch.from_numpy(splits.train.inputs), torch.from_numpy(splits.train.targets)
    for _ in range(5):
        mine.take_step(mine.batches()[0])
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    for a, b in zip(mine.model.parameters(), model.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-7)


@pytest.mark.parametrize("schedule", ["cosine", "one_cycle", "cyclical", "step", "plateau", "warm_restarts"])
def test_a_schedule_keeps_the_ratio_of_the_rates(schedule: str) -> None:
    one = session(digits({"reuse.factor": 0.5, "schedule.name": schedule, "budget.epochs": 4}))
    alone = session(digits({"schedule.name": schedule, "budget.epochs": 4}))
    for _ in range(3):
        for each in (one, alone):
            each.take_step(each.batches()[0])
            if each.scheduling.epoch is not None:
                each.scheduling.epoch(1.0)
        assert one.lr == pytest.approx(alone.lr, rel=1e-6)
        assert [group["lr"] / one.lr for group in one.optimizers[0].param_groups] == pytest.approx([1, 0.5, 0.25])


def test_layers_begin_to_learn_when_they_are_to() -> None:
    plain = {"freeze": 3, "unfreeze": 0, "gradual": False, "factor": 0.5}
    assert [frozen_layers(plain, 3, epoch) for epoch in (0, 50)] == [2, 2]
    later = {**plain, "unfreeze": 4}
    assert [frozen_layers(later, 5, epoch) for epoch in (0, 3, 4, 9)] == [3, 3, 0, 0]
    gradual = {**later, "gradual": True}
    assert [frozen_layers(gradual, 5, epoch) for epoch in (0, 3, 4, 7, 8, 11, 12, 99)] == [3, 3, 2, 2, 1, 1, 0, 0]
    assert rate_shares(plain, 3) == (0.25, 0.5, 1.0)


def test_unfreezing_is_the_same_after_a_pause_in_the_middle() -> None:
    kept = checkpoints(digits())[-1]
    config = digits(
        {"data.half": "last", "reuse.freeze": 2, "reuse.unfreeze": 2, "reuse.gradual": True, "budget.epochs": 6}
        | {"watch.checkpoint_every": 1, "reuse.factor": 0.5, "schedule.name": "cosine"}
    )
    made = checkpoints(config, start=kept)
    through = {one.epoch: weights(one) for one in made}
    assert torch.equal(through[2.0]["hidden.1.linear.weight"], weights(kept)["hidden.1.linear.weight"])
    assert not torch.equal(through[3.0]["hidden.1.linear.weight"], weights(kept)["hidden.1.linear.weight"])
    assert torch.equal(through[4.0]["hidden.0.linear.weight"], weights(kept)["hidden.0.linear.weight"])
    assert not torch.equal(through[5.0]["hidden.0.linear.weight"], weights(kept)["hidden.0.linear.weight"])
    for epoch in (1.0, 3.0, 5.0):
        middle = next(one for one in made if one.epoch == epoch)
        again = weights(checkpoints(config, resume=Checkpoint.from_bytes(middle.to_bytes()))[-1])
        assert all(torch.equal(again[name], through[6.0][name]) for name in again)


def test_what_is_watched_is_measured_on_frozen_layers_too() -> None:
    watched = {"watch.sharpness": True, "watch.cosine": True, "watch.noise_scale": True, "reuse.freeze": 2}
    reports: list[Any] = []
    told = train(digits(watched), report=reports.extend, device="cpu")
    assert told.reason == "finished"
    assert reports[-1].sharpness > 0
    assert reports[-1].internals.update_ratio[:2] == (0.0, 0.0)


def test_a_rate_for_each_layer_does_not_go_with_one_direction() -> None:
    with pytest.raises(ValueError, match="one rate"):
        digits({"optimizer.name": "lbfgs", "reuse.factor": 0.5})
