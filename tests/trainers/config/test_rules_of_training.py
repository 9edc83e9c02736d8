"""Optimizers and schedules of training follow the shared catalogue, with PyTorch's defaults and PyTorch's rates."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

import optimizers
from optimizers.rates import Rates, stages
from settings import Hyperparameter
from trainers import OPTIMIZERS, SCHEDULES, RunConfig, Settings
from trainers.config import arguments_of, build_schedule

IN_TORCH = {key: rule for key, rule in optimizers.OPTIMIZERS.items() if (rule.torch or "").startswith("torch.optim.")}
# Where the rule is the argument: these name what PyTorch's class does only when it is told to.
MEANT = {
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9, "nesterov": True},
    "amsgrad": {"amsgrad": True},
    "adam_l2": {"weight_decay": 0.01},
    "muon": {"adjust_lr_fn": "match_rms_adamw"},
}
EVERY_OPTIMIZER = pytest.mark.parametrize("key", OPTIMIZERS)
EVERY_SCHEDULE = pytest.mark.parametrize("key", SCHEDULES)
LR, EPOCHS, STEPS = 0.5, 12, 5


def _weight() -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.tensor([[1.0, -2.0], [3.0, 0.5]], dtype=torch.float64))


def _arguments(config: RunConfig) -> dict[str, Any]:
    penalties = config.regularization
    return arguments_of(config.optimizer, l2=penalties.l2, decay=penalties.weight_decay, device="cpu")


def test_training_has_every_shared_rule_that_pytorch_has_and_every_shared_schedule():
    assert set(IN_TORCH) == set(OPTIMIZERS) - {"adafactor"}
    assert len(SCHEDULES) == len(optimizers.SCHEDULES) - 1  # a warm-up is a setting of what follows it


@pytest.mark.parametrize("key", IN_TORCH)
def test_words_and_hyperparameters_are_those_of_the_shared_rule(key):
    rule, entry = IN_TORCH[key], OPTIMIZERS[key]
    assert (entry.name, entry.meaning, entry.latex, entry.reference, entry.notes) == (
        rule.name,
        rule.idea,
        rule.latex,
        rule.reference,
        rule.notes,
    )
    declared = {(p.symbol, p.default, p.meaning) for p in rule.hyperparameters}
    own = {"max_iter"}
    assert all(
        (s.symbol, s.default, s.meaning) in declared
        for s in entry.settings
        if isinstance(s, Hyperparameter) and s.name not in own
    )


@EVERY_OPTIMIZER
def test_the_defaults_are_those_of_pytorch(key):
    config = RunConfig(optimizer=Settings(name=key))
    made = getattr(torch.optim, OPTIMIZERS[key].torch)
    given = {name: value for name, value in _arguments(config).items() if name != "fused"}
    assert made([_weight()], **given).defaults == made([_weight()], **MEANT.get(key, {})).defaults


@EVERY_OPTIMIZER
def test_weight_decay_is_of_the_kind_that_the_entry_says(key):
    """Where the gradient is zero, decay beside the rule shrinks the weight by rate times decay; L2 is a gradient."""
    entry = OPTIMIZERS[key]
    if entry.decays == "none":
        assert "weight_decay" not in _arguments(RunConfig(optimizer=Settings(name=key)))
        return
    config = RunConfig(optimizer=Settings(name=key, lr=0.01))
    arguments = arguments_of(config.optimizer, l2=0.3, decay=0.2, device="cpu")
    first, second = _weight(), _weight()
    for weight, gradient, changes in (
        (first, torch.zeros_like(first), {}),
        (second, 0.3 * second.detach(), {"weight_decay": 0.0}),
    ):
        weight.grad = gradient.clone()
        getattr(torch.optim, entry.torch)([weight], **{**arguments, **changes}).step()
    if entry.decays == "decoupled":
        torch.testing.assert_close(first.detach(), (1 - 0.01 * 0.2) * _weight().detach())
    else:
        torch.testing.assert_close(first.detach(), second.detach())


def test_what_pytorch_cannot_take_is_not_offered():
    for entry in OPTIMIZERS.values():
        assert {"bias_correction", "eps_place"}.isdisjoint({setting.name for setting in entry.settings}), entry.key


def test_every_number_has_an_end_that_single_precision_can_hold():
    for entry in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        for setting in entry.settings:
            assert isinstance(setting, Hyperparameter)
            assert "inf" not in setting.valid or setting.kind in ("bool", "choice"), (entry.key, setting.name)


def _rates(config: RunConfig, losses: np.ndarray) -> list[float]:
    """The rate of every step of training; ``losses`` holds one validation loss an epoch."""
    optimizer = torch.optim.SGD([_weight()], lr=LR)
    scheduling = build_schedule([optimizer], config.schedule, LR, EPOCHS, STEPS, 0)
    rates = []
    for k in range(EPOCHS * STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduling.step is not None:
            scheduling.step()
        if (k + 1) % STEPS == 0 and scheduling.epoch is not None:
            scheduling.epoch(float(losses[k // STEPS]))
    return rates


@EVERY_SCHEDULE
@pytest.mark.parametrize("changed", [False, True], ids=["defaults", "others"])
def test_the_rates_are_those_of_the_shared_schedule(key, changed):
    others = {
        "decay_rate": 1.0,
        "every": 2,
        "gamma": 0.7,
        "power": 2.0,
        "final": 0.1,
        "period": 3,
        "growth": 2,
        "rise": 0.4,
        "patience": 1,
        "lowest": 0.2,
        "mode": "triangular2",
        "milestone1": 2,
        "milestone2": 9,
        "total_iters": 7,
        "T_max": 5,
        "anneal_strategy": "linear",
        "three_phase": True,
        "cooldown": 1,
        "min_lr": 0.2,
    }
    entry = SCHEDULES[key]
    names = {setting.name for setting in entry.settings}
    values = {name: value for name, value in others.items() if name in names} if changed else {}
    config = RunConfig(schedule=Settings(name=key, **values))
    losses = np.array([1.0, 0.8, 0.8, 0.8, 0.8, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6])
    rule = next(rule for rule in optimizers.SCHEDULES.values() if rule.rate is entry.rate)
    per_step = entry.per == "step"
    total = EPOCHS * STEPS if per_step else EPOCHS
    chosen = rule.choose(**entry.shared(config.schedule, LR, EPOCHS, STEPS))
    ours = Rates(stages(chosen, total), LR)
    expected = []
    for k in range(total):
        expected += [ours.at(k)] * (1 if per_step else STEPS)
        ours.observe(losses[k] if not per_step else 0.0)
    assert _rates(config, losses) == pytest.approx(expected, rel=1e-11, abs=1e-14)


def test_one_over_the_epoch_and_one_over_its_root_are_those_of_the_lecture():
    losses = np.ones(EPOCHS)
    time = _rates(RunConfig(schedule=Settings(name="inverse_time", decay_rate=1.0)), losses)
    root = _rates(RunConfig(schedule=Settings(name="inverse_sqrt", decay_rate=1.0)), losses)
    power = _rates(RunConfig(schedule=Settings(name="exponential", gamma=0.95)), losses)
    for epoch in range(EPOCHS):
        assert time[epoch * STEPS] == time[epoch * STEPS + STEPS - 1] == pytest.approx(LR / (1 + epoch))
        assert root[epoch * STEPS] == pytest.approx(LR / (epoch + 1) ** 0.5)  # epochs of the lecture count from 1
        assert power[epoch * STEPS] == pytest.approx(LR * 0.95**epoch)


def test_a_cycle_that_rises_for_exactly_one_step_is_ours_where_pytorch_divides_by_zero():
    values = RunConfig(schedule=Settings(name="one_cycle", rise=0.25)).schedule
    optimizer = torch.optim.SGD([_weight()], lr=LR)
    scheduling = build_schedule([optimizer], values, LR, 1, 4, 0)
    assert scheduling.step is not None
    assert optimizer.param_groups[0]["lr"] == pytest.approx(LR)


MADE_UP = """
import dataclasses, json, types
import optimizers
from settings import Hyperparameter

pull = Hyperparameter(name="pull", symbol="p", default=0.25, meaning="How much is kept.", valid="[0, inf)")
mode = Hyperparameter(name="mode", symbol="m", default="soft", meaning="How.", kind="choice", choices=("soft", "hard"))
sgd = optimizers.OPTIMIZERS["sgd"]
rule = dataclasses.replace(
    sgd, key="made_up", name="Made up", idea="A rule of a test.", hyperparameters=(*sgd.hyperparameters, pull, mode),
    torch_arguments=lambda h: {"lr": h["lr"], "momentum": h["pull"], "nesterov": h["mode"] == "hard"},
)
bare = dataclasses.replace(rule, key="without", torch=None, torch_arguments=None)
fade = dataclasses.replace(
    optimizers.SCHEDULES["inverse_time"], key="made_up", name="Made up", torch=None, torch_arguments=None,
    rate=lambda lr, k, steps, hyper, state: lr * (1 - 0.5 * k / steps),
)
with_rules = {**optimizers.OPTIMIZERS, "made_up": rule, "without": bare}
optimizers.OPTIMIZERS = types.MappingProxyType(with_rules)
optimizers.SCHEDULES = types.MappingProxyType({**optimizers.SCHEDULES, "made_up": fade})

from experiments.training import groups, named, names, shown
from exports import script
from trainers import OPTIMIZERS, RunConfig, Settings, train

config = RunConfig(
    optimizer=Settings(name="made_up", lr=0.2, mode="hard"), schedule=Settings(name="made_up"),
    budget=Settings(epochs=4), data=Settings(size=60),
)
assert RunConfig.from_query(config.to_query()) == (config, [])
assert RunConfig.from_json(config.to_json()) == config
reports = []
train(config, report=reports.extend, device="cpu", threads=1)
text = script(config)
compile(text, "script.py", "exec")
sight = [name for group in groups(config) for name in (*group.sight, *group.drawer)]
print(json.dumps({
    "menu": ["made_up" in shown(config, f"{section}.name").choices for section in ("optimizer", "schedule")],
    "without": "without" in OPTIMIZERS,
    "words": [named("optimizer.name", "made_up"), named("schedule.name", "made_up"), names("optimizer.mode")["hard"]],
    "controls": [name for name in ("optimizer.pull", "optimizer.mode") if name in sight],
    "call": "momentum=0.25, nesterov=True" in text and "LambdaLR" in text,
    "rates": [report.lr for report in reports if report.complete],
}))
"""


def test_a_made_up_rule_and_schedule_are_in_the_menus_train_and_are_exported():
    done = subprocess.run([sys.executable, "-c", MADE_UP], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rates"] == pytest.approx([0.2, 0.2, 0.175, 0.15, 0.125], rel=1e-9)  # of the last step before each
    assert told["menu"] == [True, True]
    assert told["without"] is False
    assert told["words"] == ["Made up", "Made up", "Hard"]
    assert told["controls"] == ["optimizer.pull", "optimizer.mode"]
    assert told["call"]
