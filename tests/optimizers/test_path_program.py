"""A path's program, run in NumPy, moves as ``descend`` does; line searches have none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, SCHEDULES, ChosenSchedule, Optimizer, PathProgram, Trajectory, descend, path_program
from optimizers.meter import noise_tilts
from programs import run_code
from tests.optimizers.test_descend import SEARCHING

HIMMELBLAU = LANDSCAPES["himmelblau"]
STEPS = 60
WITH_PROGRAM = [key for key in OPTIMIZERS if key not in SEARCHING]


def walked(program: PathProgram, start: Any, steps: int, tilts: Any = None, **moved: float) -> dict[str, np.ndarray]:
    """Points, rates, evaluations and memory of a program's run."""
    inputs = {f"@{name}": value for name, value in {**program.inputs, **moved}.items()}
    x, y = start
    memory = run_code(program.init, {"x": x, "y": y, **inputs})
    points, rates, spent, memories = [(x, y)], [], [0.0], [memory]
    for k in range(steps):
        tilt = {} if tilts is None else {"@tilt_x": tilts[k, 0], "@tilt_y": tilts[k, 1]}
        now = {"x": x, "y": y, "@k": k, **inputs, **tilt, **{f"@{i}": each for i, each in enumerate(memory)}}
        x, y, rate, cost, *memory = run_code(program.step, now, HIMMELBLAU)
        points.append((x, y))
        rates.append(rate)
        spent.append(spent[-1] + cost)
        memories.append(memory)
    return {
        "points": np.array(points),
        "rates": np.array(rates),
        "evaluations": np.array(spent),
        "memory": np.array(memories, dtype=np.float64).reshape(steps + 1, -1),
    }


def assert_same(trajectory: Trajectory, ran: dict[str, np.ndarray]) -> None:
    near: Any = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(ran["points"], trajectory.points, **near)
    np.testing.assert_array_equal(ran["evaluations"], trajectory.evaluations)
    if "lr" in trajectory.hyperparameters:
        np.testing.assert_allclose(ran["rates"], trajectory.rates[:-1], **near)
    states = [state.reshape(len(state), -1) for state in trajectory.states.values()]
    for i, column in enumerate(np.concatenate(states, axis=1).T if states else ()):
        np.testing.assert_allclose(ran["memory"][:, i], column, **near)


def variants(rule: Optimizer) -> list[dict[str, Any]]:
    """The defaults, each switch turned, each other choice taken."""
    turned = [{p.name: not p.default} for p in rule.hyperparameters if p.kind == "bool"]
    return [{}, *turned, *({p.name: choice} for p in rule.hyperparameters for choice in p.choices[1:])]


@pytest.mark.parametrize("key", WITH_PROGRAM)
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_program_of_a_rule_moves_as_the_rule(key: str, noise: float) -> None:
    rule = OPTIMIZERS[key]
    tilts = noise_tilts(noise, 3, STEPS) if noise else None
    for values in variants(rule):
        hyper = {**rule.defaults(), **values}
        program = path_program(rule, hyper, steps=STEPS, noisy=bool(noise))
        assert program is not None
        trajectory = descend(HIMMELBLAU, rule, start=(0.5, 1.5), steps=STEPS, noise=noise, seed=3, **values)
        assert_same(trajectory, walked(program, (0.5, 1.5), STEPS, tilts))
        assert program.memory == {name: state[0].size for name, state in trajectory.states.items()}


@pytest.mark.parametrize("key", WITH_PROGRAM)
def test_one_program_serves_every_real_hyperparameter(key: str) -> None:
    rule = OPTIMIZERS[key]
    program = path_program(rule, rule.defaults(), steps=STEPS)
    assert program is not None
    real = [p for p in rule.hyperparameters if p.kind == "float"]
    assert set(program.inputs) == {p.name for p in real}
    for p in real:
        for value in (p.low, (p.slider_stops or ((p.low + p.high) / 2,))[-2:][0]):
            changed: dict[str, Any] = {p.name: value}
            trajectory = descend(HIMMELBLAU, rule, start=(0.5, 1.5), steps=8, **changed)
            if trajectory.first_nonfinite < 0 and np.abs(trajectory.points).max() < 1e3:
                ran = walked(program, (0.5, 1.5), 8, **{p.name: float(value)})
                np.testing.assert_allclose(ran["points"], trajectory.points, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("key", SCHEDULES)
@pytest.mark.parametrize("warm", [0, 7])
def test_the_program_holds_the_schedule(key: str, warm: int) -> None:
    rule, schedule = OPTIMIZERS["adam"], SCHEDULES[key]
    turned: list[dict[str, Any]] = [{p.name: not p.default} for p in schedule.hyperparameters if p.kind == "bool"]
    turned += [{p.name: choice} for p in schedule.hyperparameters for choice in p.choices[1:]]
    shorter = {"step_size": 20, "milestone1": 10, "milestone2": 30, "T_0": 9, "T_mult": 2, "step_size_up": 8}
    shorter |= {"patience": 2, "cooldown": 3}
    short = {p.name: shorter[p.name] for p in schedule.hyperparameters if p.name in shorter}
    tried: list[dict[str, Any]] = [{}, short, *turned]
    for values in tried:
        chosen: ChosenSchedule = schedule.choose(**values)
        if warm:
            chosen = SCHEDULES["linear_warmup"].choose(then=chosen, total_iters=warm)
        hyper = {**rule.defaults(), "lr": 0.3}
        program = path_program(rule, hyper, schedule=chosen, steps=STEPS)
        assert program is not None
        trajectory = descend(HIMMELBLAU, rule, start=(0.5, 1.5), steps=STEPS, schedule=chosen, lr=0.3)
        assert_same(trajectory, walked(program, (0.5, 1.5), STEPS))


@pytest.mark.parametrize("key", sorted(SEARCHING))
def test_a_rule_that_searches_in_a_loop_has_no_program(key: str) -> None:
    assert path_program(OPTIMIZERS[key], OPTIMIZERS[key].defaults(), steps=STEPS) is None
