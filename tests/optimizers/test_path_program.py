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


def _moments(key: str, values: dict[str, Any], trajectory: Trajectory) -> np.ndarray:
    """The second moment as each step used it, from all gradients of the path by the weights of the average."""
    hyper = trajectory.hyperparameters
    gradients = HIMMELBLAU.gradient(trajectory.points[:-1])
    if key == "adagrad":
        return np.cumsum(gradients**2, axis=0)
    keep = hyper[{"rmsprop": "alpha", "adadelta": "rho"}.get(key, "beta2")]
    weights = np.array([[(1 - keep) * keep ** (t - i) if i <= t else 0.0 for i in range(STEPS)] for t in range(STEPS)])
    corrected = hyper["bias_correction"] if key in ("adam", "adamw", "rmsprop") else key != "adadelta"
    if corrected:
        weights = weights / weights.sum(1, keepdims=True)
    return weights @ gradients**2 - ((weights @ gradients) ** 2 if hyper.get("centered") else 0.0)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("adagrad", {}),
        ("adadelta", {}),
        ("rmsprop", {}),
        ("rmsprop", {"bias_correction": True}),
        ("rmsprop", {"bias_correction": True, "centered": True}),
        ("adam", {}),
        ("adam", {"bias_correction": False}),
        ("adamw", {"eps_place": "inside", "weight_decay": 0.0}),
        ("nadam", {}),
        ("radam", {}),
    ],
)
def test_the_root_of_the_second_moment_is_that_of_the_gradients_so_far(key: str, values: dict[str, Any]) -> None:
    rule = OPTIMIZERS[key]
    trajectory = descend(HIMMELBLAU, rule, start=(0.3, -1.4), steps=STEPS, **values)
    program = path_program(rule, trajectory.hyperparameters, steps=STEPS)
    assert program is not None
    assert program.scale is not None
    inputs = {f"@{name}": value for name, value in program.inputs.items()}
    memory = np.concatenate([trajectory.states[name].reshape(STEPS + 1, -1) for name in program.memory], axis=1)
    roots = [
        run_code(program.scale, {"@k": k, **inputs, **{f"@{i}": each for i, each in enumerate(memory[k + 1])}})
        for k in range(STEPS)
    ]
    np.testing.assert_allclose(np.array(roots) ** 2, _moments(key, values, trajectory), rtol=1e-6, atol=1e-9)


def test_rules_with_a_root_of_a_leaky_mean_or_a_sum_of_squares_say_so() -> None:
    """But for those that do not always have one (Lookahead), or whose squares are of something else (Prodigy)."""
    seconds = ("leaky mean", "sum", "largest leaky mean")
    expected = {key for key, rule in OPTIMIZERS.items() if rule.traits and rule.traits.second in seconds}
    assert {key for key, rule in OPTIMIZERS.items() if rule.moment is not None} == expected - {"prodigy"}


@pytest.mark.parametrize("key", sorted(SEARCHING))
def test_a_rule_that_searches_in_a_loop_has_no_program(key: str) -> None:
    assert path_program(OPTIMIZERS[key], OPTIMIZERS[key].defaults(), steps=STEPS) is None
