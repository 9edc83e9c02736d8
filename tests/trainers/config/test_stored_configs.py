"""What was stored before optimizers and schedules followed the shared catalogue means what it meant.

``stored_configs.json``: for each optimizer and schedule of that day a configuration at its defaults and one with
every setting changed, what PyTorch was given for it (at seven steps an epoch), and the hash that its run is found by;
for each run of each preset the hash of its configuration.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from trainers import OPTIMIZERS, SCHEDULES, RunConfig
from trainers.config import arguments_of, build_schedule
from trainers.presets import PRESETS
from trainers.store.rows import config_hash

STORED = json.loads(Path(__file__).with_name("stored_configs.json").read_text(encoding="utf-8"))
STEPS = 7
RUNS = pytest.mark.parametrize(
    "stored", STORED["runs"], ids=lambda stored: f"{stored['optimizer']['name']}-{stored['schedule']['name']}"
)


def _read(stored: dict[str, Any]) -> RunConfig:
    sections = {name: stored[name] for name in ("optimizer", "schedule", "regularization")}
    return RunConfig.from_json(json.dumps({**STORED["every"], **sections}))


def _point() -> list[torch.nn.Parameter]:
    return [torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))]


@RUNS
def test_a_stored_configuration_keeps_its_values_and_its_hash(stored):
    config = _read(stored)
    for section in ("optimizer", "schedule", "regularization"):
        assert {name: config[f"{section}.{name}"] for name in stored[section]} == stored[section]
    assert config_hash(config) == stored["hash"]
    assert RunConfig.from_json(config.to_json()) == config


@RUNS
def test_a_stored_run_goes_on_with_the_same_optimizer(stored):
    config = _read(stored)
    name, given = stored["torch_optimizer"]
    before = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    penalties = config.regularization
    now = arguments_of(config.optimizer, l2=penalties.l2, decay=penalties.weight_decay, device="cpu")
    assert OPTIMIZERS[config.optimizer.name].torch == name
    made = getattr(torch.optim, name)
    assert made(_point(), **now).defaults == made(_point(), **before).defaults


@RUNS
def test_a_stored_run_goes_on_with_the_same_rates(stored):
    config = _read(stored)
    name, arguments = stored["torch_schedule"]
    entry, lr, epochs = SCHEDULES[config.schedule.name], config.optimizer.lr, 30
    if not name:
        assert entry.is_constant
        return
    arguments = {**arguments, **({"milestones": [15, 22]} if name == "MultiStepLR" else {})}
    arguments |= {key: epochs * STEPS for key in ("total_steps", "T_max") if key in arguments}
    arguments |= {"total_iters": epochs * STEPS} if name == "PolynomialLR" else {}
    mine, theirs = (torch.optim.SGD(_point(), lr=lr) for _ in range(2))
    scheduling = build_schedule([mine], {**config.schedule, "warmup": 0.0}, lr, epochs, STEPS, 0)
    scheduler = getattr(torch.optim.lr_scheduler, name)(theirs, **arguments)
    for k in range(1, epochs * STEPS):
        mine.step()
        theirs.step()
        if scheduling.step is not None:
            scheduling.step()
        if k % STEPS == 0 and scheduling.epoch is not None:
            scheduling.epoch(1.0)
        if entry.per == "step":
            scheduler.step()
        elif k % STEPS == 0:
            scheduler.step(*([1.0] if entry.per == "loss" else []))
        assert mine.param_groups[0]["lr"] == theirs.param_groups[0]["lr"]


@pytest.mark.parametrize("key", STORED["presets"])
def test_every_preset_of_that_day_trains_what_it_did(key):
    now = {role: config_hash(config) for role, config in PRESETS[key].configs()}
    for role, before in STORED["presets"][key].items():
        assert now[role].startswith(before), role
