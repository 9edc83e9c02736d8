from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from tests.trainers.runs import Told, assert_close, curve, quick, run, together
from trainers import OPTIMIZERS, SCHEDULES, Checkpoint, RunConfig, load, stack_key, train_together

STACKED = [key for key, entry in OPTIMIZERS.items() if entry.by_rate]


def assert_as_alone(configs: Sequence[RunConfig], *, relative: float = 2e-3, **arguments: Any) -> list[Told]:
    assert len({stack_key(config) for config in configs}) == 1
    told = together(configs, **arguments)
    for config, mine in zip(configs, told, strict=True):
        alone = run(config)
        assert_close(curve(mine), curve(alone), relative=relative)
        assert (mine.ended.reason, mine.ended.step) == (alone.ended.reason, alone.ended.step)
        assert mine.ended.best_epoch == alone.ended.best_epoch
        assert_close(mine.ended.best_val_loss, alone.ended.best_val_loss)
        assert {kind for _, kind in mine.checkpoints} >= {kind for _, kind in alone.checkpoints}
        assert _best(mine) == _best(alone)
    return told


def _best(told: Told) -> list[float]:
    """The epoch of the newest checkpoint of the best weights, where there is one."""
    return [kept.epoch for kept, kind in told.checkpoints if kind == "best"][-1:]


def rates(changes: dict[str, Any] | None = None, each: Sequence[float] = (0.3, 1.0, 2.0)) -> list[RunConfig]:
    """The same run at some multiples of its rate, each from weights of its own."""
    config = quick({"optimizer.lr": 1.0} if changes is None else changes)
    lr = config.optimizer.lr
    return [config.changed({"optimizer.lr": lr * by, "budget.seed": seed}) for seed, by in enumerate(each)]


@pytest.mark.parametrize("key", STACKED)
def test_curves_are_those_of_single_runs_under_every_optimizer(key):
    assert_as_alone(rates({"optimizer.name": key}))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer.name": "adamw", "regularization.weight_decay": 0.1, "regularization.ema": 0.9},
        {"model.normalization": "batch", "schedule.name": "cosine"},
        {"schedule.name": "plateau", "schedule.patience": 1},
    ],
    ids=["as they are", "AdamW, average", "batch norm, cosine", "plateau"],
)
def test_runs_that_left_together_go_on_together_as_if_nothing_had_been(changes):
    configs = rates({"optimizer.lr": 0.02, "budget.epochs": 40, **changes})
    first = together(configs, called_away=lambda: range(len(configs)))
    kept = [told.checkpoints[-1][0] for told in first]
    assert {told.ended.reason for told in first} == {"stopped"}
    assert len({checkpoint.step for checkpoint in kept}) == 1
    then = together(configs, resume=[Checkpoint.from_bytes(checkpoint.to_bytes()) for checkpoint in kept])
    for before, after, never in zip(first, then, together(configs), strict=True):
        assert curve(Told(reports=[*before.reports, *after.reports])) == curve(never)
        assert (after.ended.reason, after.ended.step) == (never.ended.reason, never.ended.step)
        assert (after.ended.best_epoch, after.ended.best_val_loss) == (
            never.ended.best_epoch,
            never.ended.best_val_loss,
        )


def test_runs_that_stand_at_different_steps_are_refused():
    configs = rates()
    told = together(configs)
    places = [told[0].checkpoints[-1][0], None, None]
    longer = [config.changed({"budget.epochs": config.budget.epochs + 1}) for config in configs]
    with pytest.raises(ValueError, match="at the same one"):
        train_together(longer, report=lambda batch: None, resume=places)


def test_optimizers_whose_steps_are_no_multiple_of_the_rate_train_alone():
    alone = {key for key in OPTIMIZERS if stack_key(quick({"optimizer.name": key})) is None}
    assert alone == {"rprop", "asgd", "adafactor", "muon", "lbfgs"}


CHANGES: dict[str, dict[str, Any]] = {
    "l2 and decay": {"regularization.l2": 0.01, "regularization.weight_decay": 0.1},
    "AdamW with l2": {"optimizer.name": "adamw", "regularization.l2": 0.01, "regularization.weight_decay": 0.1},
    "l1": {"regularization.l1": 0.001},
    "proximal l1": {"regularization.l1": 0.01, "regularization.proximal": True},
    "jacobian": {"regularization.jacobian": 0.05, "model.activation": "tanh"},
    "orthogonality": {"regularization.orthogonality": 0.01},
    "max norm": {"regularization.max_norm": 0.7},
    "clipped by norm": {"regularization.clip_norm": 0.1},
    "clipped by value": {"regularization.clip_value": 0.01, "optimizer.name": "momentum"},
    "average": {"regularization.ema": 0.9},
    "batch norm": {"model.normalization": "batch"},
    "layer norm, residual": {"model.normalization": "layer", "model.residual": True},
    "weight norm": {"model.normalization": "weight", "model.activation": "prelu"},
    "orthogonal directions": {"model.normalization": "weight", "regularization.orthogonality": 0.03},
    "tanh, all rows": {"model.activation": "tanh", "budget.batch_size": 0},
    "LSUV": {"model.initializer": "lsuv"},
    "bce": {"loss.name": "bce", "loss.label_smoothing": 0.1},
    "kl": {"loss.name": "kl"},
    "huber": {"data.name": "noisy_sine", "loss.name": "huber", "data.size": 100},
    "linear": {"data.name": "noisy_sine", "model.name": "linear", "model.degree": 3, "data.size": 100},
    "logistic": {"model.name": "logistic"},
    "images": {"data.name": "digits", "model.name": "mlp", "data.train_size": 100, "model.width": 8},
    "reports of every second epoch": {"watch.every": 2},
    "no internals": {"watch.internals": False},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_curves_are_those_of_single_runs_under_every_setting(changes):
    assert_as_alone(rates(changes, each=(0.3, 1.0)))


@pytest.mark.parametrize("key", SCHEDULES)
def test_every_schedule_moves_every_rate(key):
    changes = {"schedule.name": key}
    if "warmup" in quick(changes).schedule:
        changes["schedule.warmup"] = 1.5
    if key == "plateau":
        changes |= {"schedule.patience": 0, "watch.every": 2}
    told = assert_as_alone(rates(changes))
    for one, config in zip(told, rates(changes), strict=True):
        # On a busy machine the clock adds looks within an epoch.
        both = ([report for report in told.reports if report.complete] for told in (one, run(config)))
        for mine, alone in zip(*both, strict=True):
            assert mine.lr == pytest.approx(alone.lr, rel=1e-12)


def test_numbers_of_the_optimizer_penalties_data_and_weights_may_differ():
    config = quick({"optimizer.name": "momentum"})
    configs = [
        config,
        config.changed({"optimizer.momentum": 0.5, "optimizer.lr": 0.05}),
        config.changed({"regularization.l2": 0.1}),
        config.changed({"optimizer.momentum": 0.5, "regularization.weight_decay": 0.5}),
        config.changed({"data.noise": 0.5}),
        config.changed({"data.seed": 3}),
        config.changed({"model.init_scale": 2.0}),
        config.changed({"model.initializer": "xavier_normal", "budget.seed": 7}),
    ]
    assert_as_alone(configs)
    penalties = {"l1": 0.01, "jacobian": 0.1, "orthogonality": 0.02, "max_norm": 0.8}
    each = [quick({"model.activation": "tanh", f"regularization.{name}": value}) for name, value in penalties.items()]
    assert_as_alone([*each, each[0].changed({"regularization.proximal": True})])
    betas = [quick({"optimizer.beta1": beta}) for beta in (0.9, 0.5, 0.9)]
    assert_as_alone(betas)


def test_a_run_that_breaks_leaves_and_the_others_do_not_notice():
    base = quick({"optimizer.name": "sgd", "data.name": "noisy_sine", "data.size": 100, "budget.epochs": 5})
    configs = [base.changed({"optimizer.lr": rate}) for rate in (0.01, 1e6, 0.05)]
    told = assert_as_alone(configs)
    assert [each.ended.reason for each in told] == ["finished", "diverged", "finished"]
    assert "1e+06" in told[1].ended.sentence


def test_a_run_that_stops_early_leaves_and_the_others_go_on():
    base = quick({"budget.epochs": 12})
    configs = [
        base.changed({"optimizer.lr": 1e-9, "regularization.patience": 2, "regularization.min_gain": 0.1}),
        base.changed({"optimizer.lr": 0.01}),
        base.changed({"optimizer.lr": 0.02, "regularization.patience": 100}),
    ]
    told = assert_as_alone(configs)
    assert [each.ended.reason for each in told] == ["early_stopped", "finished", "finished"]


RESUMED: dict[str, dict[str, Any]] = {
    "adam": {},
    "nadam and cosine": {"optimizer.name": "nadam", "schedule.name": "cosine"},
    "momentum, batch norm": {"optimizer.name": "momentum", "model.normalization": "batch"},
    "average, l2": {"regularization.ema": 0.9, "regularization.l2": 0.01},
    "plateau": {"schedule.name": "plateau", "schedule.patience": 0, "optimizer.lr": 0.05},
}


@pytest.mark.parametrize("changes", RESUMED.values(), ids=RESUMED)
def test_a_run_called_away_goes_on_alone_as_if_it_had_been_alone(changes):
    configs = rates({**changes, "budget.epochs": 6}, each=(1.0, 0.5, 0.3))
    seen = [0]

    def called_away() -> list[int]:
        seen[0] += 1
        return [1] if seen[0] >= 3 else []

    told = together(configs, called_away=called_away, report_seconds=0.0)
    assert [each.ended.reason for each in told][::2] == ["finished", "finished"]
    alone = run(configs[1])
    left = told[1].last()
    reference = run(configs[1], should_stop=lambda: True).last() if told[1].ended.reason == "stopped" else left
    assert left.tensors.keys() == reference.tensors.keys()
    assert left.state.keys() == reference.state.keys()
    rest = run(configs[1], resume=Checkpoint.from_bytes(left.to_bytes()))
    assert_close(curve(rest), [row for row in curve(alone) if row[0] > left.epoch])
    last, whole = rest.last(), alone.last()
    for name, tensor in whole.tensors.items():
        torch.testing.assert_close(last.tensors[name], tensor, rtol=2e-3, atol=1e-4)
    best = told[2].last("best")
    assert best.epoch == run(configs[2]).last("best").epoch


@pytest.mark.parametrize("configs", [rates(), [quick({"optimizer.name": "momentum"})] * 2], ids=["adam", "momentum"])
def test_checkpoints_are_of_the_same_kind_as_those_of_single_runs(configs):
    told = together(configs, checkpoint_seconds=0.0)
    for config, mine in zip(configs, told, strict=True):
        alone = run(config).last()
        assert "regular" in {kind for _, kind in mine.checkpoints}
        for checkpoint, _ in mine.checkpoints:
            again = Checkpoint.from_bytes(checkpoint.to_bytes())
            assert again.state["config"] == config.to_json()
            shapes = {name: (tensor.shape, tensor.dtype) for name, tensor in alone.tensors.items()}
            assert {name: (tensor.shape, tensor.dtype) for name, tensor in again.tensors.items()} == shapes
        for name, tensor in alone.tensors.items():
            if name.startswith(("random", "start")):
                assert torch.equal(mine.last().tensors[name], tensor)


def test_regular_checkpoints_stand_where_they_are_asked_for():
    for told in together(rates({"watch.checkpoint_every": 2})):
        assert [kept.epoch for kept, kind in told.checkpoints if kind == "regular"] == [2, 4]


def test_every_run_has_a_picture_at_its_end():
    base = quick({"watch.pictures": True})
    told = together([base.changed({"optimizer.lr": rate}) for rate in (0.001, 0.01, 0.1)])
    assert all(each.reports[-1].pictures for each in told)
    assert set(told[0].reports[-1].pictures or ()) == set(run(base).reports[-1].pictures or ())


def test_an_error_among_the_reports_loses_none_of_them():
    told: dict[int, int] = {}

    def report(batch: Any) -> None:
        for number, reports in batch.items():
            told[number] = told.get(number, 0) + len(reports)

    def broken() -> list[int]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        train_together(rates({"budget.epochs": 400}), report=report, called_away=broken, device="cpu", threads=1)
    assert set(told) == {0, 1, 2}


ALONE: dict[str, dict[str, Any]] = {
    "dropout": {"model.dropout": 0.1},
    "noise on inputs": {"augmentation.noise": 0.1},
    "noise on weights": {"regularization.weight_noise": 0.1},
    "noise on activations": {"regularization.activity_noise": 0.1},
    "sharpness": {"watch.sharpness": True},
    "images": {"data.name": "digits"},
    "sequences": {"data.name": "parity"},
}


@pytest.mark.parametrize("changes", ALONE.values(), ids=ALONE)
def test_what_draws_numbers_or_has_other_layers_trains_alone(changes):
    config = RunConfig().changed(changes)
    assert stack_key(config) is None
    with pytest.raises(ValueError, match="cannot be trained together"):
        train_together([config, config], report=lambda told: None)


def test_runs_that_differ_in_more_than_numbers_are_refused():
    for changes in ({"model.width": 16}, {"budget.batch_size": 16}, {"data.size": 100}, {"optimizer.name": "sgd"}):
        configs = [quick(), quick().changed(changes)]
        with pytest.raises(ValueError, match="cannot be trained together"):
            train_together(configs, report=lambda told: None)


def test_training_together_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    together(rates())
    assert torch.equal(torch.rand(3), expected)


def test_data_that_the_caller_has_are_used():
    configs = rates()
    splits = load(configs[0].data)
    assert_close(
        [curve(each) for each in together(configs, splits=[splits] * 3)], [curve(each) for each in together(configs)]
    )
