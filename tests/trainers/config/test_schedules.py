from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from trainers import SCHEDULES, RunConfig, Settings
from trainers.config.schedules import build_schedule

EPOCHS, STEPS, LR = 10, 4, 0.5


def _rates(done=0, **values):
    """The rate of every step of a run."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)
    section = RunConfig(schedule=Settings(values)).schedule
    scheduling = build_schedule([optimizer], section, LR, EPOCHS, STEPS, done)
    rates = []
    for k in range(done, EPOCHS * STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduling.step is not None:
            scheduling.step()
        if (k + 1) % STEPS == 0 and scheduling.epoch is not None:
            scheduling.epoch(1.0)
    return rates


CASES = {
    "constant": ({}, lambda k, e: 1.0),
    "step": ({"every": 3, "gamma": 0.5}, lambda k, e: 0.5 ** (e // 3)),
    "milestones": ({}, lambda k, e: 0.1 ** ((e >= 5) + (e >= 7))),
    "exponential": ({"gamma": 0.9}, lambda k, e: 0.9**e),
    "polynomial": ({"power": 2.0}, lambda k, e: (1 - k / 40) ** 2),
    "cosine": ({"final": 0.1}, lambda k, e: 0.1 + 0.45 * (1 + math.cos(math.pi * k / 40))),
    "warm_restarts": ({"period": 2, "growth": 2}, lambda k, e: 0.5 * (1 + math.cos(math.pi * _wave(k)))),
    "cyclical": ({"period": 2, "lowest": 0.1}, lambda k, e: 0.1 + 0.9 * (1 - abs((k % 8) / 4 - 1))),
}


def _wave(k):
    length = 8
    while k >= length:
        k, length = k - length, 2 * length
    return k / length


@pytest.mark.parametrize("key", CASES)
def test_the_rate_of_every_step_follows_the_formula(key):
    values, formula = CASES[key]
    expected = [LR * formula(k, k // STEPS) for k in range(EPOCHS * STEPS)]
    assert _rates(name=key, **values) == pytest.approx(expected, abs=1e-12)


def test_one_cycle_rises_to_the_rate_and_falls_to_almost_zero():
    rates = _rates(name="one_cycle", rise=0.25)
    assert max(rates) == pytest.approx(LR, rel=1e-2)
    assert rates.index(max(rates)) in (9, 10)
    assert rates[0] == pytest.approx(LR / 25)
    assert rates[-1] < LR / 100


def test_a_plateau_drops_the_rate_when_the_loss_stands_still():
    rates = _rates(name="plateau", patience=2, gamma=0.1)
    assert rates[: 4 * STEPS] == [LR] * 4 * STEPS
    assert rates[4 * STEPS] == pytest.approx(LR / 10)


@pytest.mark.parametrize("key", [key for key in SCHEDULES if key not in ("one_cycle", "plateau")])
def test_warm_up_rises_in_a_straight_line_before_every_schedule(key):
    rates = _rates(name=key, warmup=2.0)
    rising = rates[: 2 * STEPS]
    if SCHEDULES[key].per == "epoch":
        plain = _rates(name=key)
        assert rising == pytest.approx([(k + 1) / 9 * plain[k] for k in range(8)], rel=1e-9)
        assert rates[8:] == pytest.approx(plain[8:], rel=1e-9)
    else:
        assert rising[0] < rising[-1]
        assert max(rates) <= LR * 1.0001


@pytest.mark.parametrize("key", [key for key in SCHEDULES if key != "plateau"])
@pytest.mark.parametrize("done", [3, 4, 17])
def test_a_schedule_moved_on_gives_the_rates_of_one_that_ran(key, done):
    values: dict[str, Any] = {"warmup": 1.5} if key != "one_cycle" else {}
    assert _rates(done, name=key, **values) == _rates(name=key, **values)[done:]
