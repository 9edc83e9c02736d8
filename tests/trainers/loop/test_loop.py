from __future__ import annotations

import math
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.trainers.runs import curve, quick, run
from trainers import DATA_SETS, OPTIMIZERS, SCHEDULES, Checkpoint, RunConfig, load, score_checkpoint, train
from trainers.data.table import DataUnavailable
from trainers.loop.session import Session, epoch_order
from trainers.loop.training import suitable_threads


def _plain_model(config, splits):
    """The same network from plain layers, drawn as PyTorch draws them."""
    torch.manual_seed(config.budget.seed)
    width = config.model.width
    model = nn.Sequential(
        nn.Linear(splits.shape[0], width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2)
    )
    return model


def _sparing_biases(parameters, decay):
    """Weights and, without decay, what has one axis."""
    parameters = list(parameters)
    weights, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim < 2]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


# PyTorch's defaults, whatever they are; only what makes the rule is said.
OPTIMIZER_CASES = {
    "sgd": lambda p: torch.optim.SGD(p, fused=True),
    "momentum": lambda p: torch.optim.SGD(p, momentum=0.9, fused=True),
    "nesterov": lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True, fused=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, fused=True),
    "adadelta": lambda p: torch.optim.Adadelta(p),
    "rmsprop": lambda p: torch.optim.RMSprop(p),
    "adam": lambda p: torch.optim.Adam(p, fused=True),
    "adam_l2": lambda p: torch.optim.Adam(_sparing_biases(p, 0.01), fused=True),
    "amsgrad": lambda p: torch.optim.Adam(p, amsgrad=True, fused=True),
    "adamw": lambda p: torch.optim.AdamW(_sparing_biases(p, 0.01), fused=True),
    "adamax": lambda p: torch.optim.Adamax(p),
    "nadam": lambda p: torch.optim.NAdam(p),
    "radam": lambda p: torch.optim.RAdam(p),
    "rprop": lambda p: torch.optim.Rprop(p),
    "asgd": lambda p: torch.optim.ASGD(p),
    "adafactor": lambda p: torch.optim.Adafactor(p),
    "lbfgs": lambda p: torch.optim.LBFGS(p, line_search_fn="strong_wolfe"),
}
# Without a line search, PyTorch's default, it is nan within the first epoch.
SEARCHED = {"lbfgs": {"optimizer.line_search": "strong_wolfe"}}


def test_every_optimizer_but_muon_has_its_plain_counterpart_here():
    assert set(OPTIMIZER_CASES) == set(OPTIMIZERS) - {"muon"}


@pytest.mark.parametrize("key", OPTIMIZER_CASES)
def test_every_step_is_that_of_a_plain_pytorch_loop(key):
    config = quick({"optimizer.name": key, "model.initializer": "pytorch", **SEARCHED.get(key, {})})
    splits = load(config.data)
    model = _plain_model(config, splits)
    optimizer = OPTIMIZER_CASES[key](model.parameters())
    torch.manual_seed(config.budget.seed)
    session = Session(config, splits, "cpu")
    x, y = torch.from_numpy(splits.train.inputs), torch.from_numpy(splits.train.targets)
    for epoch in range(2):
        session.epoch, session.batch = epoch, 0
        order = epoch_order(0, epoch, len(x))
        assert sorted(order.tolist()) == list(range(len(x)))
        for number, rows in enumerate(order.split(32)):

            def closure(rows=rows):
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(x[rows]), y[rows])
                loss.backward()
                return loss

            expected = optimizer.step(closure)
            got = session.take_step(session.batches()[number])
            assert got.item() == expected.item()
            for mine, theirs in zip(session.parameters, model.parameters(), strict=True):
                assert torch.equal(mine, theirs)


def test_muon_moves_matrices_by_muon_and_the_rest_by_adamw():
    config = quick({"optimizer.name": "muon", "model.initializer": "pytorch"})
    splits = load(config.data)
    model = _plain_model(config, splits)
    matrices = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim < 2]
    optimizers = [
        torch.optim.Muon(matrices, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, weight_decay=0.0, fused=True),
    ]
    session = Session(config, splits, "cpu")
    x, y = torch.from_numpy(splits.train.inputs), torch.from_numpy(splits.train.targets)
    for number, rows in enumerate(session.batches()):
        model.zero_grad()
        functional.cross_entropy(model(x[rows]), y[rows]).backward()
        for optimizer in optimizers:
            optimizer.step()
        session.take_step(session.batches()[number])
    for mine, theirs in zip(session.parameters, model.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "plain"),
    [
        ({"regularization.l2": 0.1}, "l2"),
        ({"regularization.l2": 0.1, "optimizer.name": "adam"}, "l2"),
        ({"regularization.l2": 0.1, "optimizer.name": "adamw", "regularization.weight_decay": 0.0}, "l2"),
        ({"regularization.l1": 0.05}, "l1"),
        ({"regularization.weight_decay": 0.5}, "decay"),
        ({"regularization.weight_decay": 0.5, "optimizer.name": "adamw"}, "decay"),
        ({"regularization.clip_norm": 0.1}, "clip_norm"),
        ({"regularization.clip_value": 0.01}, "clip_value"),
    ],
)
def test_penalties_and_clipping_are_what_they_say_and_spare_the_biases(changes, plain):
    config = quick({"optimizer.name": "sgd", "model.initializer": "pytorch", **changes})
    splits = load(config.data)
    model = _plain_model(config, splits)
    name, lr = config.optimizer.name, config.optimizer.lr
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name](
        model.parameters(), lr=lr, weight_decay=0.0
    )
    session = Session(config, splits, "cpu")
    weights = [p for p in model.parameters() if p.ndim > 1]
    x, y = torch.from_numpy(splits.train.inputs), torch.from_numpy(splits.train.targets)
    for number, rows in enumerate(session.batches()):
        model.zero_grad()
        loss = functional.cross_entropy(model(x[rows]), y[rows])
        if plain == "l2":
            loss = loss + 0.05 * sum(w.square().sum() for w in weights)
        if plain == "l1":
            loss = loss + 0.05 * sum(w.abs().sum() for w in weights)
        loss.backward()
        if plain == "clip_norm":
            nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        if plain == "clip_value":
            nn.utils.clip_grad_value_(model.parameters(), 0.01)
        if plain == "decay":
            with torch.no_grad():
                for weight in weights:
                    weight.mul_(1 - lr * 0.5)
        optimizer.step()
        session.take_step(session.batches()[number])
    for mine, theirs in zip(session.parameters, model.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=2e-6)


def test_averaged_weights_are_those_of_pytorch_and_are_what_is_evaluated():
    config = quick({"regularization.ema": 0.9, "model.initializer": "pytorch", "optimizer.name": "sgd"})
    splits = load(config.data)
    session = Session(config, splits, "cpu")
    averaged = torch.optim.swa_utils.AveragedModel(
        session.model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    )
    averaged.update_parameters(session.model)  # the first update copies
    for rows in session.batches():
        session.take_step(rows)
        averaged.update_parameters(session.model)
    before = [p.detach().clone() for p in session.parameters]
    with session.evaluating() as model:
        for mine, theirs in zip(model.parameters(), averaged.module.parameters(), strict=True):
            assert torch.allclose(mine, theirs, atol=1e-6)
        assert not model.training
    assert all(torch.equal(a, b) for a, b in zip(before, session.parameters, strict=True))
    assert session.model.training


def test_the_same_configuration_gives_the_same_curves_whatever_the_clock_says():
    config = quick({"model.dropout": 0.3})
    assert curve(run(config)) == curve(run(config, report_seconds=0.0, checkpoint_seconds=0.0))
    assert curve(run(config)) != curve(run(config.changed({"budget.seed": 1})))


@pytest.mark.parametrize("data", ["moons", "digits", "parity"])
def test_threads_are_chosen_by_the_size_of_a_step_and_put_back(data):
    before = torch.get_num_threads()
    config = quick({"data.name": data, "budget.epochs": 1})
    assert run(config, threads=None).ended.reason == "finished"
    assert torch.get_num_threads() == before
    assert suitable_threads(Session(quick(), load(quick().data), "cpu")) == 1


def test_training_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run(quick())
    assert torch.equal(torch.rand(3), expected)


RESUMED = {
    "plain": {},
    "dropout and momentum": {"model.dropout": 0.3, "optimizer.name": "momentum"},
    "batch norm": {"model.normalization": "batch"},
    "average": {"regularization.ema": 0.9},
    "cosine with warm-up": {"schedule.name": "cosine", "schedule.warmup": 1.5},
    "one cycle": {"schedule.name": "one_cycle"},
    "plateau": {"schedule.name": "plateau", "schedule.patience": 0, "optimizer.lr": 0.5},
    "steps": {"schedule.name": "step", "schedule.every": 1, "schedule.warmup": 0.5},
    "muon": {"optimizer.name": "muon"},
    "lbfgs": {"optimizer.name": "lbfgs", "budget.batch_size": 0},
    "asgd": {"optimizer.name": "asgd"},
    "rprop": {"optimizer.name": "rprop", "budget.batch_size": 0},
    "adafactor": {"optimizer.name": "adafactor"},
    "noise on inputs": {"augmentation.noise": 0.1, "augmentation.mixup": 0.4},
    "images": {"data.name": "digits", "data.train_size": 100, "model.width": 4, "augmentation.crop": 1},
    "sequences": {"data.name": "parity", "data.size": 100, "model.name": "lstm", "model.width": 8},
    "watched": {"watch.sharpness": True, "watch.noise_scale": True, "watch.cosine": True},
}


def told_sharpness(run, after):
    """What was told of it at the ends of epochs; how often a slow machine tells something between them is its own."""
    return [report.sharpness for report in run.reports if report.complete and report.epoch > after]


@pytest.mark.parametrize("changes", RESUMED.values(), ids=RESUMED)
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(changes):
    config = quick({"watch.checkpoint_every": 2, **changes})
    whole = run(config)
    middle = whole.last("regular") if whole.last("regular").epoch == 2 else None
    middle = middle or next(kept for kept, kind in whole.checkpoints if kind == "regular" and kept.epoch == 2)
    rest = run(config, resume=Checkpoint.from_bytes(middle.to_bytes()))
    assert curve(rest) == [row for row in curve(whole) if row[0] > 2]
    assert told_sharpness(rest, 2) == told_sharpness(whole, 2)
    first, second = whole.last().tensors, rest.last().tensors
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_stopped_within_an_epoch_goes_on_bit_for_bit():
    config = quick({"model.dropout": 0.2, "budget.batch_size": 8, "schedule.name": "cosine"})
    whole = run(config)
    stopped = _stopped_after(config, steps=13)
    assert stopped.ended.reason == "stopped"
    assert stopped.ended.step == 13
    assert stopped.ended.epoch == pytest.approx(13 / 9)
    rest = run(config, resume=stopped.last())
    assert curve(stopped) + curve(rest) == curve(whole)
    assert all(torch.equal(whole.last().tensors[n], t) for n, t in rest.last().tensors.items())


def _stopped_after(config, steps):
    """Stop between two steps, wherever the clock stands: every question is asked."""
    import trainers.loop.run

    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) >= steps

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainers.loop.run, "ASK_SECONDS", -1.0)
        return run(config, should_stop=should_stop)


def test_a_fork_with_another_rate_keeps_weights_and_momentum_and_moves_otherwise():
    config = quick({"watch.checkpoint_every": 2})
    whole = run(config)
    middle = next(kept for kept, kind in whole.checkpoints if kind == "regular" and kept.epoch == 2)
    changed = config.changed({"optimizer.lr": 0.0005})
    fork = run(changed, resume=middle)
    assert [r.epoch for r in fork.reports] == [3, 4]
    assert {r.lr for r in fork.reports} == {0.0005}
    session = Session(changed, load(changed.data), "cpu", middle)
    state = session.optimizers[0].state[session.parameters[0]]
    assert torch.equal(state["exp_avg"], middle.tensors["optimizer.0.0.exp_avg"])
    assert session.optimizers[0].param_groups[0]["lr"] == 0.0005


def test_a_fork_with_another_batch_size_or_optimizer_starts_at_the_epoch():
    config = quick({"budget.batch_size": 8})
    stopped = _stopped_after(config, steps=13)
    fork = run(config.changed({"budget.batch_size": 16, "optimizer.name": "sgd"}), resume=stopped.last())
    assert [r.epoch for r in fork.reports] == [2, 3, 4]
    assert fork.reports[0].step == 13 + 5
    assert fork.ended.reason == "finished"


def test_a_run_can_be_trained_on():
    config = quick()
    first = run(config)
    more = run(config.changed({"budget.epochs": 6}), resume=first.last())
    assert [r.epoch for r in more.reports] == [5, 6]
    assert curve(first) + curve(more) == curve(run(config.changed({"budget.epochs": 6})))


def test_a_plateau_scheduler_keeps_its_lowered_rate_across_a_fork():
    config = quick(
        {"schedule.name": "plateau", "schedule.patience": 0, "optimizer.lr": 5.0, "watch.checkpoint_every": 3}
    )
    whole = run(config)
    assert whole.reports[-1].lr < 5.0
    middle = next(kept for kept, kind in whole.checkpoints if kind == "regular")
    fork = run(config.changed({"optimizer.lr": 0.5}), resume=middle)
    assert fork.reports[0].lr == pytest.approx(whole.reports[4].lr / 10)


def test_a_checkpoint_of_another_model_ends_with_a_sentence():
    config = quick()
    told = run(config.changed({"model.width": 8}), resume=run(config).last())
    assert told.ended.reason == "failed"
    assert told.ended.sentence == "The checkpoint is of another model; a changed model starts from the beginning."


def test_reports_come_at_every_epoch_and_are_bounded_for_long_runs():
    told = run(quick())
    assert [r.epoch for r in told.reports] == [0, 1, 2, 3, 4]
    assert told.reports[-1].step == 4 * 3
    long = run(quick({"budget.epochs": 1300, "budget.batch_size": 0, "data.size": 20, "watch.internals": False}))
    epochs = [r.epoch for r in long.reports]
    assert epochs[:3] == [0, 3, 6]
    assert epochs[-1] == 1300
    assert len(epochs) <= 502
    assert [r.epoch for r in run(quick({"watch.every": 3})).reports] == [0, 3, 4]


def test_reports_are_handed_over_together_and_the_last_ones_always():
    told = run(quick(), report_seconds=1000.0)
    assert told.deliveries == [1, 4]
    assert set(run(quick(), report_seconds=0.0).deliveries) == {1}


def test_a_long_epoch_is_looked_into_by_the_clock_without_changing_it():
    config = quick({"data.size": 2000, "budget.batch_size": 1, "budget.epochs": 1})
    calm, looked = run(config, report_seconds=1000.0), run(config, report_seconds=0.0)
    looks = [r for r in looked.reports if not r.complete]
    assert looks
    assert all(0 < r.epoch < 1 and r.internals is None for r in looks)
    assert curve(calm) == curve(looked)


def test_reported_losses_are_those_of_the_model_in_eval_mode():
    config = quick({"model.dropout": 0.5, "model.normalization": "batch"})
    told = run(config)
    splits = load(config.data)
    session = Session(config, splits, "cpu", told.last())
    model = session.model.eval()
    last = told.reports[-1]
    for part, loss, metric in (
        (splits.train, last.train_loss, last.train_metric),
        (splits.val, last.val_loss, last.val_metric),
    ):
        outputs, targets = model(torch.from_numpy(part.inputs)), torch.from_numpy(part.targets)
        assert functional.cross_entropy(outputs, targets).item() == pytest.approx(loss, rel=1e-5)
        assert (outputs.argmax(1) == targets).float().mean().item() == pytest.approx(metric)


def test_the_metric_of_a_regression_is_r_squared():
    from sklearn.metrics import r2_score

    config = quick({"data.name": "diabetes"})
    told = run(config)
    splits = load(config.data)
    session = Session(config, splits, "cpu", told.last())
    with torch.no_grad():
        predicted = session.model.eval()(torch.from_numpy(splits.val.inputs))
    assert told.reports[-1].val_metric == pytest.approx(r2_score(splits.val.targets, predicted.numpy()), abs=1e-5)


def test_a_rate_too_high_ends_with_a_sentence_after_it_was_recorded():
    config = quick({"optimizer.name": "sgd", "optimizer.lr": 1e6, "data.name": "diabetes", "budget.keep_going": 2})
    told = run(config.changed({"budget.epochs": 10}))
    assert told.ended.reason == "diverged"
    assert told.ended.sentence.startswith("The loss is no longer a number since epoch")
    assert "1e+06" in told.ended.sentence
    bad = [r for r in told.reports if not r.is_finite]
    assert len(bad) == 3
    assert told.ended.epoch < 10


def test_early_stopping_stops_and_names_the_best_epoch():
    config = quick({"regularization.patience": 2, "budget.epochs": 200, "optimizer.lr": 0.05, "data.label_noise": 0.3})
    told = run(config)
    complete = [r for r in told.reports if r.complete]
    assert told.ended.reason == "early_stopped"
    best = min(complete, key=lambda r: r.val_loss)
    assert told.ended.best_epoch == best.epoch
    assert told.ended.best_val_loss == best.val_loss
    assert complete[-1].epoch == best.epoch + 2
    assert told.last("best").epoch == best.epoch


def test_the_best_checkpoint_holds_the_weights_of_the_best_epoch():
    config = quick({"budget.epochs": 30, "optimizer.lr": 0.05, "data.label_noise": 0.3})
    told = run(config)
    splits = load(config.data)
    session = Session(config, splits, "cpu", told.last("best"))
    with torch.no_grad():
        outputs = session.model.eval()(torch.from_numpy(splits.val.inputs))
    loss = functional.cross_entropy(outputs, torch.from_numpy(splits.val.targets)).item()
    assert loss == pytest.approx(told.ended.best_val_loss, rel=1e-5)


def test_the_test_part_is_scored_only_when_asked_for():
    config = quick({"data.name": "iris"})
    assert run(config).ended.test is None
    told = run(config, score_test=True)
    score = told.ended.test
    assert score is not None
    assert score == score_checkpoint(config, told.last(), device="cpu")
    assert score.confusion is not None
    assert np.sum(score.confusion) == score.rows == 30
    assert np.trace(np.array(score.confusion)) / 30 == pytest.approx(score.metric)
    with pytest.raises(ValueError, match="no test part"):
        score_checkpoint(config.changed({"data.test_share": 0.0}), told.last(), device="cpu")


def test_a_pause_is_not_counted():
    naps = [0.3]

    def should_stop():
        if naps:
            time.sleep(naps.pop())
        return False

    begun = time.perf_counter()
    told = run(quick({"budget.epochs": 50}), should_stop=should_stop)
    assert not naps
    assert told.ended.seconds < time.perf_counter() - begun - 0.3


def test_data_that_cannot_be_had_ends_the_run_with_its_sentence(monkeypatch):
    def unavailable(values, progress):
        raise DataUnavailable("MNIST cannot be downloaded.")

    monkeypatch.setattr("trainers.loop.training.load", unavailable)
    told = run(quick())
    assert (told.ended.reason, told.ended.sentence) == ("no_data", "MNIST cannot be downloaded.")


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."),
    ],
)
def test_full_memory_ends_the_run_with_a_sentence_and_its_reports(monkeypatch, error):
    from trainers.loop import run as run_module

    original = run_module.Run._after_epoch
    calls = []

    def full(self):
        calls.append(1)
        if len(calls) == 3:
            raise error
        return original(self)

    monkeypatch.setattr(run_module.Run, "_after_epoch", full)
    told = run(quick(), report_seconds=1000.0)
    assert told.ended.reason == "out_of_memory"
    assert "batch size below 32" in told.ended.sentence
    assert [r.epoch for r in told.reports] == [0, 1, 2]


def test_an_error_of_another_kind_is_not_swallowed(monkeypatch):
    def broken(*args):
        raise RuntimeError("something else")

    monkeypatch.setattr("trainers.loop.training.load", broken)
    with pytest.raises(RuntimeError, match="something else"):
        train(RunConfig(), report=lambda reports: None, device="cpu")


def test_an_unknown_device_is_refused_with_those_that_are_here():
    with pytest.raises(ValueError, match=r"the device was given 'tpu'; here are .*cpu"):
        train(RunConfig(), report=lambda reports: None, device="tpu")


@pytest.mark.parametrize("key", SCHEDULES)
def test_every_schedule_trains_and_changes_the_rate(key):
    told = run(quick({"schedule.name": key, "optimizer.lr": 0.01} | ({"schedule.every": 2} if key == "step" else {})))
    rates = [r.lr for r in told.reports[1:]]
    assert all(0 <= rate <= 0.0101 for rate in rates)
    assert len(set(rates)) > 1 or key in ("constant", "plateau", "warm_restarts")


def test_a_last_batch_of_one_row_is_left_out_under_batch_normalization():
    config = quick({"data.size": 55, "model.normalization": "batch"})  # 33 training rows
    assert Session(config, load(config.data), "cpu").steps == 1
    told = run(config)
    assert told.ended.reason == "finished"
    assert math.isfinite(told.reports[-1].val_loss)


def test_full_batches_keep_the_rows_in_their_place():
    config = quick({"budget.batch_size": 0, "optimizer.name": "sgd", "model.initializer": "pytorch"})
    splits = load(config.data)
    session, model = Session(config, splits, "cpu"), _plain_model(config, splits)
    loss = functional.cross_entropy(
        model(torch.from_numpy(splits.train.inputs)), torch.from_numpy(splits.train.targets)
    )
    assert session.take_step(session.batches()[0]).item() == loss.item()


@pytest.mark.parametrize("key", [key for key, entry in DATA_SETS.items() if not entry.downloaded and key != "csv"])
def test_every_data_set_trains_with_its_defaults(key):
    config = quick({"data.name": key, "data.train_size": 300, "budget.epochs": 8})
    told = run(config)
    last = told.reports[-1]
    assert told.ended.reason == "finished"
    # Sums and parities over a whole sequence take longer than this to be found.
    assert last.train_loss < (1.05 if key in ("adding", "parity") else 0.98) * last.baseline_loss


def test_a_cubic_fitted_to_the_sine_is_the_one_of_least_squares():
    changes = {"data.name": "sine_exact", "model.name": "linear", "model.degree": 3, "optimizer.name": "lbfgs"}
    config = quick({**changes, "budget.batch_size": 0, "budget.epochs": 30, "data.scale_targets": False})
    told, train_part = run(config), load(config.data).train
    x, y = train_part.inputs[:, 0].astype(float), train_part.targets[:, 0].astype(float)
    expected = np.mean((np.polyval(np.polyfit(x, y, 3), x) - y) ** 2)
    assert told.reports[-1].train_loss == pytest.approx(expected, rel=1e-3)


def test_iris_is_learned_by_the_lectures_perceptron():
    config = quick({"data.name": "iris", "model.widths": "8-6", "budget.epochs": 100, "optimizer.lr": 0.02})
    told = run(config, score_test=True)
    assert config.parameter_count() == 115
    assert told.ended.test is not None
    assert told.ended.test.metric is not None
    assert told.ended.test.metric >= 0.9


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_run_that_does_not_fit_on_the_gpu_ends_cleanly():
    large = {"data.name": "blobs", "data.size": 100_000, "data.features": 500, "model.widths": "4000-4000"}
    config = quick({**large, "budget.batch_size": 0})
    held = torch.empty(int(torch.cuda.mem_get_info()[0] * 0.99), dtype=torch.uint8, device="cuda")
    told = run(config, device="cuda")
    del held
    assert told.ended.reason == "out_of_memory"
