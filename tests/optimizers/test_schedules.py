"""Schedules against torch.optim.lr_scheduler, and what each one that PyTorch lacks promises."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, SCHEDULES, Schedule, descend

KEYS = [key for key, schedule in SCHEDULES.items() if schedule.torch is not None and schedule.observe is None]
LR = 0.003


def _ours(chosen, steps: int, lr=LR) -> np.ndarray:
    """The rates of each step, from a descent that stays finite."""
    path = descend(LANDSCAPES["himmelblau"], OPTIMIZERS["adam"], start=(0.3, -1.4), steps=steps, schedule=chosen, lr=lr)
    return path.rates[:-1]


def _scheduler(schedule: Schedule, values: dict, steps: int, optimizer: torch.optim.Optimizer):
    assert schedule.torch is not None
    assert schedule.torch_arguments is not None
    factory = getattr(torch.optim.lr_scheduler, schedule.torch.rpartition(".")[2])
    return factory(optimizer, **schedule.torch_arguments(values, LR, steps))


def _optimizer() -> torch.optim.Optimizer:
    point = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    point.grad = torch.zeros_like(point)
    return torch.optim.SGD([point], lr=LR)


def _theirs(schedule: Schedule, values: dict, steps: int) -> np.ndarray:
    optimizer = _optimizer()
    scheduler = _scheduler(schedule, values, steps, optimizer)
    rates = []
    for k in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if k < steps - 1:
            scheduler.step()
    return np.array(rates)


def _assert_same_rates(ours, theirs) -> None:
    # Relative to the optimizer's own rate: PyTorch's recursion loses digits as a cosine approaches its bottom.
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * LR)


@pytest.mark.parametrize("steps", [10, 300, 500])
@pytest.mark.parametrize("key", KEYS)
def test_the_rates_are_those_of_torch(key, steps):
    chosen = SCHEDULES[key].choose()
    _assert_same_rates(_ours(chosen, steps), _theirs(SCHEDULES[key], dict(chosen.values), steps))


def _drawn(parameter) -> st.SearchStrategy:
    if parameter.kind == "bool":
        return st.booleans()
    if parameter.kind == "choice":
        return st.sampled_from(parameter.choices)
    if parameter.kind == "int":
        return st.integers(int(parameter.low), int(min(parameter.high, 400)))
    if parameter.name == "eta_min":
        return st.floats(0.0, LR)
    return st.floats(parameter.low, parameter.high)


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=25)
@given(data=st.data())
def test_the_rates_are_those_of_torch_for_drawn_hyperparameters(key, data):
    schedule = SCHEDULES[key]
    values = data.draw(st.fixed_dictionaries({p.name: _drawn(p) for p in schedule.hyperparameters}))
    steps = data.draw(st.integers(30, 400))
    chosen = schedule.choose(**values)
    _assert_same_rates(_ours(chosen, steps), _theirs(schedule, dict(chosen.values), steps))


@pytest.mark.parametrize("key", KEYS)
def test_defaults_are_those_of_torch_where_it_has_any(key):
    schedule = SCHEDULES[key]
    # A race is over before PyTorch's own 5 and 2,000 steps make sense; the notes say so.
    ours_alone = {("polynomial", "total_iters"), ("cyclical", "step_size_up"), ("cyclical", "step_size_down")}
    factory = getattr(torch.optim.lr_scheduler, str(schedule.torch).rpartition(".")[2])
    theirs = inspect.signature(factory).parameters
    for parameter in schedule.hyperparameters:
        there = theirs.get(parameter.name)
        if there is not None and there.default is not there.empty and (key, parameter.name) not in ours_alone:
            assert parameter.default == there.default, parameter.name


@pytest.mark.parametrize("key", ["cosine", "step", "exponential", "one_cycle", "polynomial"])
def test_a_warm_up_is_followed_as_by_sequential_lr(key):
    schedule, warm_up, steps, length = SCHEDULES[key], SCHEDULES["linear_warmup"], 200, 30
    then = schedule.choose()
    chosen = warm_up.choose(total_iters=length, start_factor=0.1, then=then)
    optimizer = _optimizer()
    scheduler = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            _scheduler(warm_up, dict(chosen.values), steps, optimizer),
            _scheduler(schedule, dict(then.values), steps - length, optimizer),
        ],
        milestones=[length],
    )
    theirs = []
    for k in range(steps):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if k < steps - 1:
            scheduler.step()
    # PyTorch's OneCycleLR overwrites the initial rate of a warm-up that shares its optimizer: compare what follows.
    begin = length if key == "one_cycle" else 0
    _assert_same_rates(_ours(chosen, steps)[begin:], np.array(theirs)[begin:])


@pytest.mark.parametrize("mode", ["rel", "abs"])
@settings(max_examples=25)
@given(
    factor=st.floats(0.1, 0.9),
    patience=st.integers(0, 20),
    cooldown=st.integers(0, 20),
    threshold=st.sampled_from([0.0, 1e-4, 1e-2]),
    min_lr=st.sampled_from([0.0, 1e-3]),
    place=st.sampled_from(["himmelblau", "six_hump_camel", "rastrigin"]),
)
def test_reduce_on_plateau_reduces_where_torch_does(mode, factor, patience, cooldown, threshold, min_lr, place):
    schedule = SCHEDULES["reduce_on_plateau"]
    lr = 0.4
    values = {
        "factor": factor,
        "patience": patience,
        "cooldown": cooldown,
        "threshold": threshold,
        "min_lr": min_lr,
        "threshold_mode": mode,
    }
    path = descend(
        LANDSCAPES[place], OPTIMIZERS["adam"], start=(0.3, -1.4), steps=150, schedule=schedule.choose(**values), lr=lr
    )
    optimizer = _optimizer()
    optimizer.param_groups[0]["lr"] = lr
    scheduler = _scheduler(schedule, dict(schedule.choose(**values).values), 150, optimizer)
    theirs = []
    for value in path.values[1:]:
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(float(value))
    np.testing.assert_allclose(path.rates[:-1], theirs, rtol=1e-12)


def test_reduce_on_plateau_watches_each_path_of_a_batch():
    starts = np.array([[0.3, -1.4], [3.0, 2.0]])
    together = descend(
        LANDSCAPES["himmelblau"],
        OPTIMIZERS["adam"],
        start=starts,
        steps=120,
        schedule=SCHEDULES["reduce_on_plateau"],
        lr=0.3,
    )
    assert together.rates[-1, 0] != together.rates[-1, 1]
    for i, start in enumerate(starts):
        alone = descend(
            LANDSCAPES["himmelblau"],
            OPTIMIZERS["adam"],
            start=start,
            steps=120,
            schedule=SCHEDULES["reduce_on_plateau"],
            lr=0.3,
        )
        np.testing.assert_array_equal(alone.points, together.points[:, i])
        np.testing.assert_array_equal(alone.rates, together.rates[:, i])


@pytest.mark.parametrize(("key", "power"), [("inverse_time", 1.0), ("inverse_sqrt", 0.5)])
def test_inverse_decays_are_a_lambda_lr_of_torch(key, power):
    optimizer = _optimizer()
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: (1 + 0.25 * k) ** -power)
    theirs = []
    for _ in range(300):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    _assert_same_rates(_ours(SCHEDULES[key].choose(decay_rate=0.25), 300), theirs)


def test_the_cosine_ends_a_step_before_its_bottom_and_comes_back_after_a_short_period():
    whole = _ours(SCHEDULES["cosine"].choose(eta_min=1e-4), 200)
    assert whole[0] == LR
    assert whole[-1] == pytest.approx(1e-4 + (LR - 1e-4) * (1 + math.cos(math.pi * 199 / 200)) / 2, rel=1e-12)
    short = _ours(SCHEDULES["cosine"].choose(T_max=100), 201)
    assert short[100] == pytest.approx(0.0, abs=1e-15)
    assert short[200] == pytest.approx(LR, rel=1e-12)


def test_momentum_is_not_cycled_by_one_cycle():
    path = descend(
        LANDSCAPES["himmelblau"],
        OPTIMIZERS["momentum"],
        start=(0.3, -1.4),
        steps=50,
        schedule=SCHEDULES["one_cycle"],
        lr=1e-3,
    )
    m = path.states["m"]
    gradients = LANDSCAPES["himmelblau"].gradient(path.points)
    np.testing.assert_allclose(m[2:], 0.9 * m[1:-1] + gradients[1:-1], rtol=1e-12)
